"""The table of docs/attacks.md: what every attacker got out of every rule, and what the rule costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.privacy.attack import attackers
from tests.privacy.attack.attackers import GUESS, INTERVAL, LENS, LENS_SUMS, NAIVE, NEXT, OURS, TWICE, Findings, K
from tests.privacy.attack.interval import KINDS
from tests.privacy.attack.organisations import Kind
from tests.privacy.attack.rank import PRIME, SWEPT
from tests.privacy.attack.trials import Outcome

ORDER = (
    attackers.AT_CLOSING,
    attackers.CROSSED,
    attackers.REORGANISED,
    attackers.WINDOWS,
    attackers.THRESHOLDS,
    attackers.LIVE,
    *(f"{INTERVAL}: {kind}" for kind in KINDS),
    LENS_SUMS,
)
DEMANDED_TRIALS, DEMANDED_WIDE, DEMANDED_ERROR, DEMANDED_SECONDS = 9_000, 0.99, 1.7, 60.0

HEAD = """# Attacks on what is published

`make attack` runs them and writes this page; the same code runs on a sample with every run of the tests
(`tests/privacy/test_attacks.py`). Nothing here is drawn without a seed: the page repeats to the letter.

"""

READING = """
## How to read it

A **trial** is one organisation, one round (or one window, or one pair of rounds), one target group and one
attacker. A target is a group of people of whom some, but fewer than {k}, gave a valid answer to a question of the
round: a team's or an inner unit's own people, the role-holders, two such groups beside each other, what a unit's
published parts leave over, the difference of two published sets, and, with the lens, each of these crossed with a
category. It counts once, however many questions it is tried on. A group that is **determined** has a sum that
follows from what is published; the sweep then tries every other set of people that sums can tell apart, up to
{swept} of each composition. **Rounds broken** are those in which anything below k was determined by either.

- **Ours** is `insights.release` with boxes as `insights.seating` makes them, k = {k}; with the lens, working pattern.
- **Naive** publishes every unit, and every unit's own people, with at least {k} valid answers. With a lens it does
  so for every category of every unit.
- **Hide the next smallest** does the same, and where exactly one part of a unit is hidden, it hides the next
  smallest one beside it.
- **Rank**: whether a combination of published sets exists that vanishes outside the target: exact arithmetic modulo
  {prime}. The attacker is given every published number exactly as it was before it was coded, and knows who is
  silent. People whom no published number tells apart are one column. A null-space test errs with a probability of
  about one in two thousand million, and only towards "determined".
- **Reorganisation**: teams merge, split, go to another parent and get another name, people move alone. Others
  also tell the earlier round again by the new tree. Ours is asked again for the earlier round, by its frozen tree,
  and releases the next one by the new tree.
- **Rolling windows**: five rounds; others publish each round and each four rounds together. Ours has the rounds only.
- **Two thresholds**: leads see {k}, HR sees {twice}. "Run twice" is our own rule released once with each: it breaks,
  which is why there is one k for all, and why shares from {twice} on are built of the atoms of scores.
- **Live totals**: looked at on six days of an open round. Ours shows nothing before the closing.
- **Interval**: mixed-integer programs over all whole numbers of answers that fit the *shown* values (rounded scores,
  bands, coded ends, participation, top drivers), the number asked in each unit, k, and what follows from the rule.
  Broken where one value is possible for the number of a group that answered, or that chose an option: nought too, so
  that "nobody chose it" counts as found out, whatever the size of the group around them of which it is true. Others
  show plain counts. The spread index is no linear fact and is left out.
- **Lens sums**: linear programs for the least and most of every cell of published unit block and category, empty
  ones too; cells of fewer than {k}. Cells that can change places are solved once.

## What is assumed

The organisations are drawn, not observed: wide ones of about 230 teams with a median of 14 people, thin ones with
one to four teams a division and a median of 9; half of those asked answer, 4 % skip a question, each round 2 %
leave and as many join, 1 % move alone, 3 % are not asked; people count as established after four openings. Programs
run on some rounds only, and in wide organisations every fourth round is enough for other rules and for what is not
about one closing. Attackers are outside the groups: colleagues who tell each other what they answered subtract
themselves. Answers of different rounds are different unknowns.

"""

REMAINS = """Somebody may take for granted that a unit in which the same people are asked answered exactly as last
time, and read two rounds as one. The sets that are published change from round to round, so that differences of two
rounds are smaller than k under every rule. The premise is a guess: units with the same people gave the same totals
in {equal:,} of {pairs:,} pairs of rounds ({share:.1f} %), and what is shown is rounded. No zero is claimed here.

"""


def page(found: Findings, wide: Findings, seeds: dict[Kind, int], rounds: int, seconds: float) -> str:
    """The whole page: all findings, and those in wide organisations."""
    drawn = "; ".join(f"{kind.name}: seeds 0 to {n - 1}" for kind, n in seeds.items())
    reading = READING.format(k=K, twice=2 * K, swept=f"{SWEPT:,}", prime=PRIME)
    parts = [HEAD, f"Organisations of {rounds} rounds each: {drawn}.\n\n", *table(found, ORDER), "\n"]
    parts += [*demands(found, wide, seconds), reading, *remains(found)]
    return "".join(parts)


def table(found: Findings, order: Sequence[str]) -> Iterator[str]:
    """A row for each attacker and rule."""
    yield "| Attacker | Rule | Trials | Determined | Sets swept | Found | Rounds broken |\n"
    yield "|---|---|--:|--:|--:|--:|--:|\n"
    for attacker in order:
        for rule in (OURS.name, LENS.name, TWICE, NAIVE.name, NEXT.name):
            one = found.outcomes.get((attacker, rule))
            if one:
                cells = [f"{n:,}" for n in (one.trials, one.determined, one.swept, one.found)]
                yield f"| {' | '.join([attacker, rule, *cells, f'{one.broken:,} of {one.rounds:,}'])} |\n"


def ours(found: Findings) -> Outcome:
    """All attacks on our rule, as it is used. With one k, to look for a second threshold is to look at one closing,
    which is not counted twice."""
    names = {*ORDER} - {attackers.THRESHOLDS}
    mine = [one for (name, rule), one in found.outcomes.items() if rule in (OURS.name, LENS.name) and name in names]
    return sum(mine, Outcome())


def demands(found: Findings, wide: Findings, seconds: float) -> Iterator[str]:
    """What was demanded, and what came of it."""
    total, cells = ours(found), found.outcomes[LENS_SUMS, LENS.name]
    yield "## What is demanded\n\n| | Demanded | Found |\n|---|---|---|\n"
    yield (
        f"| groups below k determined, ours | 0 of at least {DEMANDED_TRIALS:,} "
        f"| {total.determined + total.found:,} of {total.trials:,} |\n"
    )
    yield f"| unit x category cells below k pinned, lens on | 0 | {cells.determined:,} of {cells.trials:,} |\n"
    for where, some, is_on, wanted in (
        ("lens off", found, False, "100 %"),
        ("lens on, wide", wide, True, "at least 99 %"),
        ("lens on, all", found, True, "not demanded"),
    ):
        cost = some.costs[is_on]
        shown = f"{100 * cost.shown_share:.2f} % ({cost.shown:,} of {cost.admissible:,})"
        yield f"| admissible team-rounds shown, {where} | {wanted} | {shown} |\n"
    for is_on, cost in sorted(found.costs.items()):
        yield (
            f"| mean distance of shown from exact scores, lens {'on' if is_on else 'off'} "
            f"| at most {DEMANDED_ERROR} points | {cost.error:.2f} |\n"
        )
    verdict = "less" if seconds < DEMANDED_SECONDS else "MORE"
    yield f"| release of 300 units x 10 questions | less than {DEMANDED_SECONDS:.0f} s | {verdict} |\n"


def remains(found: Findings) -> Iterator[str]:
    """What no rule of one round can prevent."""
    share = 100 * found.same_answers / max(found.same_people, 1)
    yield "## What remains: guessing across rounds\n\n"
    yield REMAINS.format(equal=found.same_answers, pairs=found.same_people, share=share)
    yield from table(found, [GUESS])


def is_kept(found: Findings, wide: Findings, seconds: float) -> bool:
    """Whether all that is demanded is so."""
    total, lens_off, lens_on = ours(found), found.costs[False], wide.costs[True]
    return (
        total.trials >= DEMANDED_TRIALS
        and not total.determined + total.found
        and lens_off.shown_share == 1
        and lens_on.shown_share >= DEMANDED_WIDE
        and max(cost.error for cost in found.costs.values()) <= DEMANDED_ERROR
        and seconds < DEMANDED_SECONDS
    )
