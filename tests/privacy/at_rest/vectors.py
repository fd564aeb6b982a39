"""The attack itself: from looks at a store, one after each commit, to the answers of each person.

How a look is read is the attacker's choice (`plainly`, `unmasked`, `opened`); what rose from one reading to the next
is then somebody's answers, and the token that came with it is whose.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from storage.boxes import SKIPPED, BoxDamagedError, Counters, Sealer
from tests.make import HEARING, LAYOUT
from tests.privacy.at_rest.crowd import ROUND, Sent
from tests.privacy.at_rest.looks import Look, Place

Vector: TypeAlias = tuple[str, tuple[int, ...]]
"""(scope, answers)"""
Reading: TypeAlias = Callable[[Look], Mapping[Place, int]]

NONCE: Final = 12
_TAG: Final = 16
_COUNTERS: Final = struct.Struct(f">{LAYOUT.size}I")


def plainly(look: Look) -> Mapping[Place, int]:
    """Counters as they stand; bytes that are no counters are read as if they were, from wherever they fit."""
    read = dict(look.counters)
    for scope, box in look.boxes.items():
        read |= _places(scope, box[-_COUNTERS.size - _TAG :][: _COUNTERS.size])
    return read


def unmasked(first: Look) -> Reading:
    """If a nonce ever comes back, so does the mask that hides the counters; a box that nobody has answered into is
    the bare mask."""

    def read(look: Look) -> Mapping[Place, int]:
        counters: dict[Place, int] = {}
        for scope, box in look.boxes.items():
            bare = zip(box[NONCE:-_TAG], first.boxes[scope][NONCE:-_TAG], strict=True)
            counters |= _places(scope, bytes(one ^ mask for one, mask in bare))
        return counters

    return read


def opened(key: bytes, round_number: int = ROUND) -> Reading:
    """With the key of the boxes: whoever took over the server while the round was open, or keys that came back."""
    sealer = Sealer(key, round_number)

    def read(look: Look) -> Mapping[Place, int]:
        counters: dict[Place, int] = {}
        for scope, box in look.boxes.items():
            for layout in (LAYOUT, HEARING):
                try:
                    values = sealer.unseal(scope, layout, box).values
                except BoxDamagedError:
                    continue
                counters |= _places(scope, _COUNTERS.pack(*values[: LAYOUT.size]))
        return counters

    return read


def _places(scope: str, plain: bytes) -> dict[Place, int]:
    """Where each counter of an answer stands; those of comments come after them, where they are counted at all."""
    values, places, start = _COUNTERS.unpack(plain[: _COUNTERS.size]), {}, 1
    for question, options in enumerate(LAYOUT.options):
        for option in range(options):
            places[scope, question, option] = values[start + option]
        places[scope, question, SKIPPED] = values[start + options]
        start += options + 2
    return places


def in_clear(sent: Sequence[Sent]) -> list[bytes]:
    """Every state that a box passes through, as it is before it is sealed."""
    boxes: dict[str, Counters] = {}
    states = []
    for one in sent:
        box = boxes.setdefault(one.scope, Counters.zero(LAYOUT))
        box.count(one.answers, is_established=True)
        states.append(_COUNTERS.pack(*box.values))
    return states


def vectors(looks: Sequence[Look], reading: Reading = plainly) -> list[Vector | None]:
    """What was answered between each look and the next; None where nothing sensible rose."""
    return [_risen(before, after) for before, after in pairwise(map(reading, looks))]


def _risen(before: Mapping[Place, int], after: Mapping[Place, int]) -> Vector | None:
    rose = {place: n - before.get(place, 0) for place, n in after.items() if n != before.get(place, 0)}
    scopes = {scope for scope, _question, _option in rose}
    asked = sorted(question for _scope, question, _option in rose)
    if set(rose.values()) != {1} or len(scopes) != 1 or asked != list(range(len(LAYOUT.options))):
        return None
    chosen = {question: option for _scope, question, option in rose}
    return scopes.pop(), tuple(chosen[question] for question in asked)


def given_back(found: Sequence[Vector | None], sent: Sequence[Sent]) -> int:
    """How many are right, in the order of sending."""
    return sum(one == (truth.scope, truth.answers) for one, truth in zip(found, sent, strict=True))


def by_person(
    looks: Sequence[Look], known: Mapping[bytes, int], reading: Reading = plainly
) -> dict[int, Vector | None]:
    """The answers of each person whose token is known, by Telegram id."""
    came = [after.tokens - before.tokens for before, after in pairwise(looks)]
    found = zip(came, vectors(looks, reading), strict=True)
    return {known[token]: vector for tokens, vector in found for token in tokens if token in known}


def exposed(found: Mapping[int, Vector | None], sent: Sequence[Sent]) -> int:
    """Of how many people the answers are known, by name."""
    return sum(found.get(one.telegram_id) == (one.scope, one.answers) for one in sent)
