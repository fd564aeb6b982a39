"""How often hotspots are wrong and how late they are right, beside common rules and two oracles, on simulated staff.

python -m benchmarks.hotspots                       the whole table: minutes; writes docs/hotspots-table.md and .png
python -m benchmarks.hotspots --quick               a first look: under a minute, writes nothing
python -m benchmarks.hotspots --first-seed 100 --out /tmp
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.wards.aims import aims
from benchmarks.wards.figures import methods
from benchmarks.wards.picture import DelayPicture
from benchmarks.wards.report import Shifted, page
from benchmarks.wards.shifts import SHIFTS
from benchmarks.wards.simulator import FIVE_ITEMS, OWN_PACK
from benchmarks.wards.study import seconds_a_wave, watch_all
from benchmarks.wards.world import World

QUICK_ORGANISATIONS, QUICK_TEAMS = 4, 300


def asked() -> argparse.Namespace:
    """What the command line says."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--organisations", type=int, default=24, help="organisations in the table (24)")
    ask.add_argument("--teams", type=int, default=600, help="teams in each (600)")
    ask.add_argument("--waves", type=int, default=78, help="weekly waves (78)")
    ask.add_argument("--first-seed", type=int, default=0, help="seeds run from here on (0)")
    ask.add_argument(
        "--quick", action="store_true", help=f"{QUICK_ORGANISATIONS} organisations of {QUICK_TEAMS} teams"
    )
    ask.add_argument("--out", type=Path, help="folder for the page and the picture (docs; with --quick: none)")
    told = ask.parse_args()
    if told.quick:
        told.organisations, told.teams = QUICK_ORGANISATIONS, QUICK_TEAMS
    if told.organisations < 1 or told.teams < 2 or told.waves <= World().learning:
        ask.error(f"there must be an organisation, two teams and more than {World().learning} waves")
    told.out = told.out or (None if told.quick else Path("docs"))
    return told


def in_shifted_worlds(seeds: Sequence[int], teams: int, waves: int) -> list[Shifted]:
    """The detector alone, in each of the worlds that are not as we thought, on half of the seeds."""
    found = []
    for shift in SHIFTS:
        many = max(1, len(seeds) // 2) * shift.organisations
        world = replace(shift.world, teams=min(teams, shift.world.teams), waves=waves)
        some = range(seeds[0], seeds[0] + many)
        found.append(Shifted(shift.name, watch_all(world, FIVE_ITEMS, some, shift.name, beside_us=False)))
    return found


def main() -> int:
    """Print the page, and write it with its picture."""
    told = asked()
    seeds = range(told.first_seed, told.first_seed + told.organisations)
    world = World(teams=told.teams, waves=told.waves)
    watched = watch_all(world, FIVE_ITEMS, seeds, "five items", beside_us=True)
    found = methods(watched)
    pack = watch_all(world, OWN_PACK, seeds, "own pack", beside_us=True)
    pack_found = methods(pack)
    shifted = in_shifted_worlds(seeds, told.teams, told.waves)
    seconds = seconds_a_wave(seed=told.first_seed)
    what = (
        f"Here: {told.organisations} organisations of {told.teams} teams, {told.waves} weekly waves, "
        f"seeds {seeds[0]} to {seeds[-1]}."
    )
    text = page(
        what,
        watched,
        found,
        aims(watched, found, seconds),
        shifted,
        (pack, pack_found, aims(pack, pack_found, float("nan"))),
    )
    print(text)
    if told.out:
        told.out.mkdir(parents=True, exist_ok=True)
        (told.out / "hotspots-table.md").write_text(text, "utf-8")
        (told.out / "hotspots.png").write_bytes(DelayPicture(watched.truth, found).draw().png())
    return 0


if __name__ == "__main__":
    sys.exit(main())
