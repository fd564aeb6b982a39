"""Faults at every place where code waits or works: enumerated while it runs, not named beforehand.

A coroutine is failed at its n-th suspension, a thread in the n-th function that it enters or leaves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")
NOWHERE: Final = -1
_STORAGE: Final = str(Path(__file__).parents[2] / "storage")
_DRIVERS: Final = {"sqlite3", "psycopg"}


@dataclass
class Failing(Generic[T]):
    """Awaits `work`, and raises these errors in it at these of its suspensions: when what is waited for has happened,
    or at once, without waiting for it. `places` tells afterwards how often it waited."""

    work: Coroutine[Any, Any, T]
    errors: Mapping[int, BaseException] = field(default_factory=dict)
    is_at_once: bool = False
    places: int = 0

    def __await__(self) -> Generator[Any, Any, T]:
        try:
            waiting = self.work.send(None)
            while True:
                error = self.errors.get(self.places)
                self.places += 1
                if error is not None and self.is_at_once:
                    waiting = self.work.throw(error)
                    continue
                came = None
                try:
                    came = yield waiting
                except BaseException as fault:  # noqa: BLE001 - it is raised again where it belongs
                    error = error or fault
                waiting = self.work.send(came) if error is None else self.work.throw(error)
        except StopIteration as done:
            value: T = done.value
            return value


@dataclass
class Trap:
    """For `sys.setprofile` of a thread: while `begins` runs, raises in the `place`-th of our functions of `storage/`
    or of the driver's, at its beginning or its end. Once: the profiler is off then."""

    begins: str
    place: int = NOWHERE
    error: BaseException | None = None
    places: int = 0
    _inside: FrameType | None = None

    def __call__(self, frame: FrameType, what: str, arg: Any) -> None:
        """One event of the profiler."""
        if self._inside is None:
            is_here = what == "call" and frame.f_code.co_name == self.begins and _is_ours(frame)
            self._inside = frame if is_here else None
        elif frame is self._inside and what == "return":
            self._inside = None
        elif _is_driver(arg) if what.startswith("c_") else _is_ours(frame):
            here, self.places = self.places, self.places + 1
            if here == self.place and self.error is not None:
                sys.setprofile(None)
                raise self.error


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_STORAGE)


def _is_driver(function: Callable[..., object]) -> bool:
    """A method of a database connection or cursor."""
    return type(getattr(function, "__self__", None)).__module__.partition(".")[0] in _DRIVERS
