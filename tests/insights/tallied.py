"""Lines of totals for the tests of the audit: what somebody would bring to `shiftpulse release`."""

from __future__ import annotations

import json
from collections.abc import Sequence

Line = dict[str, object]

ORG: Line = {"kind": "unit", "id": "org", "parent": None}


def unit(id: str, parent: str | None = "org") -> Line:
    return {"kind": "unit", "id": id, "parent": parent}


def tally(
    unit: str, counts: Sequence[int], question: str = "q12b", round: int = 1, established: int | None = None
) -> Line:
    """Nobody skipped, all are established unless told otherwise."""
    old = sum(counts) if established is None else established
    at: Line = {"kind": "tally", "round": round, "unit": unit, "question": question}
    return at | {"counts": [*counts], "skips": 0, "established": old}


def lens(category: str, counts: Sequence[int], question: str = "q12b", round: int = 1) -> Line:
    at: Line = {"kind": "lens", "round": round, "lens": "pattern", "category": category, "question": question}
    return at | {"counts": [*counts], "established": sum(counts)}


def written(lines: Sequence[Line | str]) -> str:
    """One a line; text stands as it is."""
    return "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)


HOUSE: tuple[Line, ...] = (ORG, unit("med"), unit("ward-a", "med"), unit("ward-b", "med"), unit("ward-c"))
"""A hospital with one division of two wards, and a ward of its own."""
