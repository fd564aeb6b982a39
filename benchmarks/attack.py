"""Attacks what is published, and writes what came of it to docs/attacks.md.

    python -m benchmarks.attack [--wide 1] [--thin 5] [--rounds 12] [--out docs/attacks.md]

Ends with 1 if anything that is demanded of the rule is not so. How the attacks work stands in tests/privacy/attack/.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.privacy.attack.accuracy import seconds
from tests.privacy.attack.attackers import Findings, attacked
from tests.privacy.attack.organisations import ROUNDS, THIN, WIDE, Kind
from tests.privacy.attack.report import is_kept, page

INTERVAL_ROUNDS: dict[Kind, int] = {WIDE: 1, THIN: 3}
"""Rounds of an organisation whose shown values are attacked by programs."""


def main() -> int:
    """Run all, with a line of progress on stderr."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--wide", type=int, default=1)
    ask.add_argument("--thin", type=int, default=5)
    ask.add_argument("--rounds", type=int, default=ROUNDS)
    ask.add_argument("--out", type=Path, default=Path("docs/attacks.md"))
    told = ask.parse_args()
    seeds: dict[Kind, int] = {WIDE: told.wide, THIN: told.thin}
    parts: dict[tuple[str, int], Findings] = {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        waiting = {
            pool.submit(attacked, kind, seed, told.rounds, INTERVAL_ROUNDS[kind]): (kind.name, seed)
            for kind, n in seeds.items()
            for seed in range(n)
        }
        for done in as_completed(waiting):
            parts[waiting[done]] = done.result()
            print(f"\r{len(parts)} of {len(waiting)} organisations", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    found, wide = Findings(), Findings()
    for name, part in sorted(parts.items()):
        found.add(part)
        if name[0] == WIDE.name:
            wide.add(part)
    took = seconds(300, 10)
    told.out.write_text(page(found, wide, seeds, told.rounds, took), "utf-8")
    return 0 if is_kept(found, wide, took) else 1


if __name__ == "__main__":
    sys.exit(main())
