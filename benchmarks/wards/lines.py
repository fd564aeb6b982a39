"""An organisation's tallies as lines of JSON (format `tally/1`), as `shiftpulse detect` reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.wards.simulator import Organisation
from benchmarks.wards.world import ITEMS, LEVELS

ROOT = "org"


def team_names(count: int) -> list[str]:
    """The names of teams, in order."""
    return [f"t{number:05d}" for number in range(count)]


def division_name(number: int) -> str:
    """The name of a division."""
    return f"d{number:03d}"


def lines(organisation: Organisation) -> Iterator[str]:
    """The first line describes questions and units, the others follow wave by wave, without line ends."""
    yield _compact(_meta(organisation))
    teams = team_names(organisation.world.teams)
    for wave in range(organisation.world.waves):
        asked = organisation.plan.asked(wave)
        for number, unit in enumerate(teams):
            line: dict[str, object] = {"wave": wave, "unit": unit}
            people = int(organisation.people[wave, number])
            if organisation.withheld[wave, number]:
                yield _compact({**line, "roster": people, "suppressed": True})
                continue
            rest = {"answered": int(organisation.answered[wave, number]), "roster": people}
            for item in asked:
                # options as they were tapped: where a high option is good, the most strained one comes first
                counts = organisation.counts[wave, number, item].tolist()[:: ITEMS[item].polarity]
                yield _compact({**line, "question": ITEMS[item].id, "counts": counts, **rest})


def _meta(organisation: Organisation) -> dict[str, object]:
    division = organisation.course.division.tolist()
    units: list[dict[str, str | None]] = [{"unit": ROOT, "parent": None}]
    units += [{"unit": division_name(j), "parent": ROOT} for j in range(max(division) + 1)]
    names = team_names(len(division))
    units += [{"unit": unit, "parent": division_name(j)} for unit, j in zip(names, division, strict=True)]
    return {
        "type": "meta",
        "format": "tally/1",
        "scale": LEVELS,
        "min_n": organisation.world.fewest,
        "questions": [{"id": item.id, "polarity": item.polarity} for item in ITEMS],
        "units": units,
    }


def _compact(line: dict[str, object]) -> str:
    return json.dumps(line, separators=(",", ":"))
