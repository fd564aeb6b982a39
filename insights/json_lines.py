"""Lines of JSON that somebody brings: an object each, read line by line, every fault named by its number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeGuard, TypeVar

from insights.policy import HEADCOUNT_MOST, OPTIONS_FEWEST
from insights.units_faults import SHOWN

UNIT_RESERVED: Final = "~"
"""What no unit's id holds: lines of the ledger that stand for several units are named with it."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

_Line = TypeVar("_Line")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `line` counts from 1; 0 where no line is to blame."""

    line: int
    text: str = field(repr=False)


class LinesError(ValueError):
    """Lines that cannot be used: `faults` in the order of lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__(f"{len(self.faults)} faults")


def tables(lines: Iterable[bytes], faults: list[Fault]) -> Iterator[tuple[int, dict[str, object]]]:
    """Number and object of every line that holds one; blank ones are passed over. What does not is added to `faults`.

    >>> faults = []
    >>> list(tables([b'{"a": 1}', b"", b"oops"], faults)), [(fault.line, fault.text) for fault in faults]
    ([(1, {'a': 1})], [(3, 'is not JSON')])
    """
    decoder = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_once)
    for number, raw in enumerate(lines, 1):
        line = raw.removeprefix(_BYTE_ORDER_MARK) if number == 1 else raw
        if not line.strip():
            continue
        try:
            table = decoder.decode(line.decode("utf-8"))
        except UnicodeDecodeError:
            faults.append(Fault(number, "is not UTF-8 text"))
        except _KeyTwiceError:
            faults.append(Fault(number, "says one key twice"))
        except (ValueError, RecursionError):
            faults.append(Fault(number, "is not JSON"))
        else:
            if isinstance(table, dict):
                yield number, table
            else:
                faults.append(Fault(number, "is not an object"))


def quoted(value: object) -> str:
    """A value of the input as a fault repeats it: printable, and short.

    >>> quoted("ward" + chr(27)), len(quoted("w" * 99))
    ('"ward\\\\u001b"', 43)
    """
    text = json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


class _KeyTwiceError(ValueError):
    """An object has two values under one key."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _KeyTwiceError
    return table


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


class Fields:
    """The fields of one line. What is wrong with one is noted, and something harmless stands in for it."""

    def __init__(self, line: int, table: dict[str, object]) -> None:
        self.line, self.table = line, table
        self._wrong: list[str] = []

    def keep(self, kept: list[_Line], one: _Line, faults: list[Fault]) -> None:
        """Adds `one` to what is kept, or what is wrong with it to `faults`."""
        if self.is_sound(faults):
            kept.append(one)

    def is_sound(self, faults: list[Fault]) -> bool:
        """Whether nothing was wrong; what was is added to `faults`."""
        faults += [Fault(self.line, text) for text in self._wrong]
        return not self._wrong

    def text(self, key: str, reserved: str = "") -> str:
        """Text that is not blank and holds no reserved character."""
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            self.blame(key, "must be text that is not empty")
            return ""
        if any(character in value for character in reserved):
            self.blame(key, f"must not contain {' or '.join(reserved)}")
        return value

    def parent(self) -> str | None:
        """The unit above; the organisation may leave it out."""
        return None if self.table.get("parent") is None else self.text("parent", UNIT_RESERVED)

    def whole(self, key: str, least: int, most: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        value = self.value(key)
        if not is_whole(value):
            self.blame(key, "must be a whole number")
            return least
        if value < least:
            self.blame(key, f"must be at least {least}")
        elif most is not None and value > most:
            self.blame(key, f"must not be more than {most}")
        return value

    def counts(self) -> tuple[int, ...]:
        """Answers by option."""
        value = self.value("counts")
        counts = tuple([n for n in value if is_whole(n)]) if isinstance(value, list) else ()
        if not isinstance(value, list) or len(counts) < len(value):
            self.blame("counts", "must be a list of whole numbers")
        elif len(counts) < OPTIONS_FEWEST:
            self.blame("counts", f"must be at least {OPTIONS_FEWEST} numbers")
        elif min(counts) < 0:
            self.blame("counts", "must not be negative")
        elif max(counts) > HEADCOUNT_MOST:
            self.blame("counts", f"must not be more than {HEADCOUNT_MOST}")
        return counts

    def value(self, key: str) -> object:
        """Whatever stands there; its absence is blamed."""
        if key not in self.table:
            self.blame(key, "is missing")
        return self.table.get(key)

    def blame(self, key: str, what: str) -> None:
        """One fault a field: the first."""
        if not self.is_blamed(key):
            self._wrong.append(f'"{key}" {what}')

    def is_blamed(self, *keys: str) -> bool:
        """Whether something was wrong with any of these fields."""
        return any(text.startswith(f'"{key}"') for text in self._wrong for key in keys)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value of the input is a whole number: JSON's true is none.

    >>> is_whole(3), is_whole(3.0), is_whole(True)
    (True, False, False)
    """
    return type(value) is int
