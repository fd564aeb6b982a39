"""Lines of past surveys for the tests of the detector: what somebody would bring to `shiftpulse detect`."""

from __future__ import annotations

import json
from collections.abc import Sequence

Line = dict[str, object]

TEAMS = ("ward-a", "ward-b", "ward-c")
UNITS = (("org", None), ("med", "org"), ("ward-a", "med"), ("ward-b", "med"), ("ward-c", "org"))
"""A hospital with one division of two wards, and a ward of its own."""

QUESTIONS = (("worn", 1), ("energy", -1))


def meta(
    units: Sequence[tuple[str, str | None]] = UNITS,
    questions: Sequence[tuple[str, int]] = QUESTIONS,
    scale: int = 5,
    min_n: int = 5,
    **more: object,
) -> Line:
    head: Line = {"type": "meta", "format": "tally/1", "scale": scale, "min_n": min_n}
    asked = [{"id": id, "polarity": polarity} for id, polarity in questions]
    return head | {"questions": asked, "units": [{"unit": id, "parent": above} for id, above in units]} | more


def tally(
    unit: str,
    counts: Sequence[int],
    question: str = "worn",
    wave: int = 0,
    answered: int | None = None,
    roster: int | None = None,
) -> Line:
    """Nobody skipped, and everybody took part, unless told otherwise."""
    n = sum(counts) if answered is None else answered
    at: Line = {"wave": wave, "unit": unit, "question": question}
    return at | {"counts": [*counts], "answered": n, "roster": n if roster is None else roster}


def withheld(unit: str, wave: int = 0, roster: int = 12) -> Line:
    return {"wave": wave, "unit": unit, "roster": roster, "suppressed": True}


def written(*lines: Line | str) -> list[bytes]:
    """One a line; text stands as it is."""
    return [f"{line if isinstance(line, str) else json.dumps(line)}\n".encode() for line in lines]


def level(points: int, n: int) -> tuple[int, ...]:
    """n answers to five options whose mean is as near to so many points as can be, two options side by side."""
    low, part = divmod(round(points * n / 25), n)
    return tuple(n - part if option == low else part if option == low + 1 else 0 for option in range(5))


def hospital(
    waves: int = 40, hot: int = 25, teams: int = 12, n: int = 16, by: int = 35, quiet: int = 0, first: str = "t00"
) -> list[Line]:
    """Teams that hardly move, in two divisions, every fourth wave a little worse; from wave `hot` on the first is
    worse `by` so many points. Of the last `quiet` waves the last team's answers are withheld."""
    ids = [first, *(f"t{number:02}" for number in range(1, teams))]
    units = [("org", None), ("d0", "org"), ("d1", "org"), *((id, f"d{at % 2}") for at, id in enumerate(ids))]
    lines = [meta(units, (("worn", 1),))]
    for wave in range(waves):
        for at, id in enumerate(ids):
            worse = by if at == 0 and wave >= hot else 0
            usual = 35 + at % 4 + (wave + at) % 3 * 4 + (wave % 4 == 0) * 2
            is_quiet = at == teams - 1 and wave >= waves - quiet
            one = (
                withheld(id, wave, 2 * n)
                if is_quiet
                else tally(id, level(usual + worse, n), "worn", wave, roster=2 * n)
            )
            lines.append(one)
    return lines
