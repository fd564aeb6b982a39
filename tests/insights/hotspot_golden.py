"""A small hospital in which everything happens that can be told, and what the detector said of it when last agreed.

`python -m tests.insights.hotspot_golden` writes the file anew, after `METHOD` was raised.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from insights.cells import Page, UnitKey
from insights.hotspot_change import Array
from insights.hotspot_detector import METHOD, Detector
from insights.hotspot_kinds import Flag, OpenFlag, Reading
from insights.hotspot_series import shown_rounds
from tests.insights.hotspot_ledgers import NAN, below, coded, ledger, without

GOLDEN = Path(__file__).with_name("golden_hotspots.jsonl")
COMMAND = "python -m tests.insights.hotspot_golden"
SEEDS = (1, 2, 3)
TEAMS, ROUNDS, PEOPLE = 40, 40, 20
DIGITS = 6
"""Numbers are compared to so many: beyond, machines differ."""

JOINS, LEAVES, MOVES = UnitKey("t30"), UnitKey("t31"), UnitKey("t33")


def hospital(seed: int, rounds: int = ROUNDS) -> list[Page]:
    """Forty wards in four divisions.

    t04 burns from round 16 on, t09 by half as much; t13 falls silent in round 20; t17 splits in round 18; t22 is
    above all others throughout; t27 gets better in round 18. t30 opens in round 15, t31 closes after round 25, t33
    moves to another division in round 22, t35 is shown every other week. The whole hospital is worse off in rounds
    24 to 29, and its division d2 from round 33 on.
    """
    return list(_pages(seed)[:rounds])


@cache
def _pages(seed: int) -> tuple[Page, ...]:
    # the legacy generator: its numbers are promised to stay as they are
    rng = np.random.RandomState(seed)
    strain, willing, apart = _true(rng)
    answering = rng.binomial(PEOPLE, willing)
    shown = np.where(answering < 5, NAN, np.clip(3.0 * np.round(answering / 3), 5, 18))
    sd = np.sqrt(469 / np.maximum(answering, 5) - 237 / PEOPLE + 6.5)
    strain = np.where(np.isnan(shown), NAN, coded(strain + sd * rng.standard_normal(strain.shape)))
    strain[::2, 35] = shown[::2, 35] = NAN
    spread = np.clip(25 * np.round((apart + 25 * rng.standard_normal(apart.shape)) / 25), 0, 200)
    spread = np.where(np.nan_to_num(shown) < 10, NAN, spread)
    whole = 2 * np.round((40 + _shock() + rng.standard_normal(ROUNDS)) / 2)
    pages = ledger(strain, shown, people=PEOPLE, divisions=4, whole=whole, spread=spread)
    pages = [without(page, *_absent(page.round)) for page in pages]
    return tuple(below(page, MOVES, UnitKey("d3")) if page.round >= 22 else page for page in pages)


def _true(rng: np.random.RandomState) -> tuple[Array, Array, Array]:
    """Levels of strain, shares of answers, and spread: (rounds, teams)."""
    strain = 40 + 5 * rng.standard_normal(TEAMS) + _shock()[:, None] + np.zeros((ROUNDS, TEAMS))
    willing, apart = np.full((ROUNDS, TEAMS), 0.55), np.full((ROUNDS, TEAMS), 20.0)
    strain[15:, 4] += 16.0
    strain[15:, 9] += 8.0
    willing[19:, 13] = 0.12
    apart[17:, 17] = 130.0
    strain[:, 22] = 58.0 + _shock()
    strain[17:, 27] -= 16.0
    strain[32:, 2::4] += 11.0
    return strain, willing, apart


def _shock() -> Array:
    t = np.arange(ROUNDS)
    return np.where((t >= 23) & (t < 29), 9.0, 0.0)


def _absent(number: int) -> tuple[UnitKey, ...]:
    return ((JOINS,) if number < 15 else ()) + ((LEAVES,) if number > 25 else ())


def told(seed: int) -> list[dict[str, Any]]:
    """Every flag of a run as JSON says it, in the order they were raised, and the reading at its end."""
    detector, lines = Detector(), []
    for shown in shown_rounds(hospital(seed)):
        lines += [{"seed": seed, **_plain(flag)} for flag in detector.step(shown)]
    return [*lines, {"seed": seed, "reading": _reading(detector.reading())}]


def _plain(flag: Flag) -> dict[str, Any]:
    said = {one.name: getattr(flag, one.name) for one in dataclasses.fields(flag)}
    return {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in said.items()}


def _reading(reading: Reading) -> dict[str, Any]:
    mirror = reading.mirror
    return {
        "open": [_open(one) for one in reading.open_flags],
        "unjudged": list(reading.unjudged),
        "usual": {unit: round(level, DIGITS) for unit, level in sorted(reading.usual.items())},
        "mirror": [round(x, DIGITS) for x in dataclasses.astuple(mirror)] if mirror else None,
    }


def _open(one: OpenFlag) -> list[Any]:
    return [one.flag.round, one.flag.unit, one.flag.kind, one.state]


def agreed(file: Path = GOLDEN) -> tuple[int, list[dict[str, Any]]]:
    """The method that wrote the file, and what it said."""
    head, *lines = file.read_text("utf-8").splitlines()
    return json.loads(head)["method"], [json.loads(line) for line in lines]


def write(file: Path = GOLDEN, seeds: Sequence[int] = SEEDS, method: int = METHOD) -> None:
    """Writes the file anew. SystemExit where the flags differ although `METHOD` is what wrote the file: states that
    were kept would be taken up by a method that did not write them."""
    lines = [json.loads(json.dumps(line)) for seed in seeds for line in told(seed)]
    if file.exists():
        wrote, before = agreed(file)
        if wrote == method and before != lines:
            raise SystemExit("The flags differ and METHOD does not: raise it in insights/hotspot_detector.py first.")
    head = {"format": "flags/1", "method": method, "teams": TEAMS, "rounds": ROUNDS}
    file.write_text("".join(f"{json.dumps(line)}\n" for line in (head, *lines)), "utf-8")


if __name__ == "__main__":
    write()
