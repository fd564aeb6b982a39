"""What the detector keeps between rounds as bytes: plain numbers with their names, no code, the same every time."""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_MAGIC = b"hotspots"


def grow(part: Any, teams: int) -> None:
    """Makes room for `teams` columns in every array of a tree of dataclasses: the last axis of each is the teams'.

    New columns are 0, or what the field's metadata names as `pad`.

    >>> from insights.hotspot_telling import Recent
    >>> recent = Recent.of(1)
    >>> grow(recent, 4)
    >>> recent.level.shape
    (3, 4)
    """
    for one in dataclasses.fields(part):
        value = getattr(part, one.name)
        if dataclasses.is_dataclass(value):
            grow(value, teams)
        elif isinstance(value, np.ndarray) and value.shape[-1] < teams:
            wider = np.full((*value.shape[:-1], teams), one.metadata.get("pad", 0), dtype=value.dtype)
            wider[..., : value.shape[-1]] = value
            setattr(part, one.name, wider)


def numbers_of(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every array and number of a tree of dataclasses with its path, in the order of fields.

    >>> from insights.hotspot_telling import MirrorCount
    >>> [name for name, _ in numbers_of(MirrorCount.of(1))]
    ['teller.told', 'teller.alerted', 'counted', 'told', 'team_rounds']
    """
    for one in dataclasses.fields(part):
        value = getattr(part, one.name)
        name = f"{path}{one.name}"
        if dataclasses.is_dataclass(value):
            yield from numbers_of(value, f"{name}.")
        else:
            yield name, np.asarray(value)


def restore(part: Any, numbers: Mapping[str, Any], path: str = "") -> None:
    """Puts back what `numbers_of` gave. KeyError where something is missing, ValueError where a shape differs.

    >>> from insights.hotspot_telling import MirrorCount
    >>> kept, count = dict(numbers_of(MirrorCount.of(1))) | {"told": np.asarray(7)}, MirrorCount.of(1)
    >>> restore(count, kept)
    >>> count.told
    7
    """
    for one in dataclasses.fields(part):
        value = getattr(part, one.name)
        name = f"{path}{one.name}"
        if dataclasses.is_dataclass(value):
            restore(value, numbers, f"{name}.")
            continue
        found = numbers[name]
        if found.shape != np.shape(value):
            raise ValueError(f"{name} has another shape")
        setattr(part, one.name, found if isinstance(value, np.ndarray) else found.item())


def pack(about: Mapping[str, Any], numbers: Mapping[str, Any]) -> bytes:
    """`about` (what JSON can say) and arrays as bytes: equal input, equal bytes.

    >>> about, numbers = unpack(pack({"version": 1}, {"x": np.array([1.5, np.nan])}))
    >>> about, numbers["x"].tolist()
    ({'version': 1}, [1.5, nan])
    """
    arrays = {name: np.ascontiguousarray(value) for name, value in numbers.items()}
    shapes = {name: [value.dtype.str, np.shape(numbers[name])] for name, value in arrays.items()}
    head = json.dumps({"about": about, "arrays": shapes}).encode()
    body = b"".join(value.tobytes() for value in arrays.values())
    return _MAGIC + zlib.compress(len(head).to_bytes(4, "big") + head + body, 3)


def unpack(state: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `pack` was given. ValueError where the bytes are damaged or something else.

    >>> unpack(b"something else")
    Traceback (most recent call last):
    ...
    ValueError: not a detector's state
    """
    try:
        if not state.startswith(_MAGIC):
            raise ValueError("not a detector's state")
        content = zlib.decompress(state[len(_MAGIC) :])
        end = 4 + int.from_bytes(content[:4], "big")
        head = json.loads(content[4:end])
        numbers = {}
        for name, (kind, shape) in head["arrays"].items():
            dtype = np.dtype(kind)
            size = int(np.prod(shape)) * dtype.itemsize
            numbers[name] = np.frombuffer(content[end : end + size], dtype).reshape(shape).copy()
            end += size
        return head["about"], numbers
    except (zlib.error, KeyError, TypeError, IndexError) as problem:
        raise ValueError("a damaged detector's state") from problem
