"""The figures as a page: docs/hotspots-table.md."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.wards.aims import ANY, SEEN, Aim
from benchmarks.wards.figures import (
    ANSWERS,
    OURS,
    QUICKLY,
    Change,
    Delay,
    Method,
    named,
    precision_recall,
)
from benchmarks.wards.scorer import PATIENCE, delays, episodes, false_alarms, worth
from benchmarks.wards.study import Watched
from benchmarks.wards.world import Fate
from insights.hotspot_kinds import FlagKind

NOT_TOLD = "-"
COLUMNS = (
    Change(Fate.STEP, 0.8),
    Change(Fate.STEP, 0.5),
    Change(Fate.STEP, 1.2),
    Change(Fate.DRIFT, 0.8),
    Change(Fate.STEP, 0.8, ANY),
)

INTRODUCTION = """# How often hotspots are wrong, and how late they are right

`python -m benchmarks.hotspots` writes this page; `benchmarks/README.md` says how. These are simulated people: the
figures say how the methods behave if staff are as simulated.

{what}

*False* is flags per 100 team-years of teams that nothing befell. *Delay* is the mean number of waves until the first
flag, 1 being the first wave of the change, {missed} where none came within {patience}. Rises are in standard
deviations of people within a team (about 19 points), and unless said otherwise in teams with 8 to 13 answers a wave.
A digest's *precision* is the share of its flags that were right, its *recall* the share of rises and drifts of all
sizes (also of 0.3, which hardly anybody finds) that it told while they lasted.
"""

BESIDE = """
## Beside what is done elsewhere

Ours reads what the product shows: scores to the nearest 5 points, numbers of answers in bands. The rules read exact
means. The oracles are told what nobody can know: A everything but a team's own weather and luck, B everything shared
and the size of the change, but not where the team usually stands.
"""


@dataclass(frozen=True, slots=True)
class Shifted:
    """A world that is not as we thought, and what came of it."""

    name: str
    watched: Watched


def page(
    what: str,
    watched: Watched,
    found: Sequence[Method],
    reached: Sequence[Aim],
    shifted: Sequence[Shifted],
    pack: tuple[Watched, Sequence[Method], Sequence[Aim]] | None,
) -> str:
    """The whole page; `what` says what was run."""
    parts = [
        INTRODUCTION.format(what=what, patience=PATIENCE, missed=PATIENCE + 1),
        BESIDE,
        *methods_table(watched, found),
    ]
    parts += [
        "\n## What was aimed at\n",
        *aims_table(reached),
        "\n## Whether P(real) is\n",
        *bins_table(watched, found),
    ]
    parts += ["\n## By size and by answers\n", *delay_table(watched, found)]
    parts += ["\n## The other kinds\n", *kinds_table(watched)]
    if shifted:
        parts += ["\n## In worlds that are not as we thought\n", SHIFTED_NOTE, *shifted_table(shifted)]
    if pack:
        parts += ["\n## With the product's own pack\n", PACK_NOTE, *methods_table(pack[0], pack[1]), ""]
        parts += aims_table(pack[2], is_gate=False)
    return "\n".join(parts) + "\n"


SHIFTED_NOTE = """The detector keeps its one setting. Aimed at: at most 15 false alarms of rises in each. *Bar* is the
evidence for a watch that organisations have earned by their own improvements (mean, and least to most).
"""

PACK_NOTE = """Two of the five items a wave: exhaustion in every one, the other four in turn. Nothing is aimed at
here: the last column is what is aimed at with five items. The oracles see the same two items.
"""


def methods_table(watched: Watched, found: Sequence[Method]) -> Iterator[str]:
    """One line a method."""
    truth = watched.truth
    yield (
        "| Method | Set | False | Precision | Recall | Delay of +0.8 | ... within 8 | +0.5 | +1.2 "
        "| Drift of 0.8 | +0.8, all teams |"
    )
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for method in found:
        known = (NOT_TOLD, NOT_TOLD)
        if not method.is_oracle():
            precision, recall = precision_recall(truth, method)
            known = number(precision), number(recall)
        delay = [method.delay(truth, change) for change in COLUMNS]
        name = f"oracle {method.name}" if method.is_oracle() else method.name
        name = f"**{name}**" if method.name == OURS else name
        cells = [name, method.setting, number(method.false(truth), 1), *known, number(delay[0].mean, 1)]
        cells += [percent(delay[0].within(QUICKLY)), *(number(each.mean, 1) for each in delay[1:])]
        yield row(cells)


def aims_table(reached: Sequence[Aim], is_gate: bool = True) -> Iterator[str]:
    """One line an aim."""
    yield "| | Measured | Aim | |" if is_gate else "| | Measured | Aim with five items |"
    yield "|---|--:|---|---|" if is_gate else "|---|--:|---|"
    for aim in reached:
        is_aim = math.isfinite(aim.low) or math.isfinite(aim.high)
        said = ("reached" if aim.is_reached else "**missed**") if is_aim else ""
        cells = [aim.what, number(aim.value, aim.digits), limits(aim)]
        yield row([*cells, said] if is_gate else cells)


def limits(aim: Aim) -> str:
    """An aim's limits in words."""
    low, high = f"{aim.low:g}", f"{aim.high:g}"
    if math.isfinite(aim.low) and math.isfinite(aim.high):
        said = f"{low} to {high}"
    elif math.isfinite(aim.high):
        said = f"at most {high}"
    else:
        said = f"at least {low}" if math.isfinite(aim.low) else ""
    return f"{said} (better: {aim.wish})" if aim.wish else said


def bins_table(watched: Watched, found: Sequence[Method]) -> Iterator[str]:
    """What was told of flags, and how many were real."""
    counted = named([*found], OURS).counted[0.0]
    yield "| P(real) as told, mean | Share that was real | Flags |"
    yield "|--:|--:|--:|"
    for told, real, flags in worth(watched.truth, counted, p=watched.flags.p_real).bins:
        yield row([number(told), number(real), f"{flags:,}"])


def delay_table(watched: Watched, found: Sequence[Method]) -> Iterator[str]:
    """Ours and the oracles by size of change and number of answers."""
    truth = watched.truth
    ours, a, b = (named([*found], name) for name in (OURS, "A", "B"))
    heads = ("Change", "Answers a wave", "Changes", "Ours", "... within 4 / 8 / 12", "A", "B")
    yield row([*heads, "Ours over A (90 %)", "Ours over B"])
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    for kind in (Fate.STEP, Fate.DRIFT):
        for size in truth.world.step.sizes:
            for answers in ANSWERS:
                change = Change(kind, size, answers)
                mine, first, second = (method.delay(truth, change) for method in (ours, a, b))
                if math.isnan(mine.mean):
                    continue
                ratio, low, high = mine.ratio(first)
                within = " / ".join(percent(mine.within(waves)) for waves in (4, 8, 12))
                cells = [f"{kind.value} {size:g}", span(answers), str(len(mine.waves)), number(mine.mean, 1), within]
                cells += [number(first.mean, 1), number(second.mean, 1)]
                cells += [f"{number(ratio)} ({number(low)}-{number(high)})", number(mine.ratio(second)[0])]
                yield row(cells)


def kinds_table(watched: Watched) -> Iterator[str]:
    """Silence and splits by size, teams with at least 7 answers."""
    truth = watched.truth
    yield "| Kind | Size | Changes | Delay | ... within 4 / 8 / 12 |"
    yield "|---|--:|--:|--:|--:|"
    for flag, fate, sizes in (
        (FlagKind.SILENCE, Fate.SILENCE, truth.world.silence.sizes),
        (FlagKind.SPLIT, Fate.SPLIT, truth.world.split.sizes),
    ):
        counted = episodes(watched.flags.said[flag], truth.world.learning)
        for size in sizes:
            delay = Delay(delays(truth, counted, truth.hit_by(fate, size, SEEN)))
            within = " / ".join(percent(delay.within(waves)) for waves in (4, 8, 12))
            unit = "logits" if fate is Fate.SILENCE else "SD"
            yield row([flag.value, f"{size:g} {unit}", str(len(delay.waves)), number(delay.mean, 1), within])


def shifted_table(shifted: Sequence[Shifted]) -> Iterator[str]:
    """One line a world."""
    yield "| World | Teams | False rises | Delay of +0.8 | ... within 8 | False silence | Bar |"
    yield "|---|--:|--:|--:|--:|--:|---|"
    for one in shifted:
        truth, learning = one.watched.truth, one.watched.truth.world.learning
        rises, silence = (
            episodes(one.watched.flags.said[kind], learning) for kind in (FlagKind.RISE, FlagKind.SILENCE)
        )
        change = Change(Fate.STEP, 0.8)
        delay = Delay(delays(truth, rises, truth.hit_by(change.kind, change.size, change.answers)))
        bars = [mirror.bar for mirror in one.watched.mirrors]
        bar = f"{np.mean(bars):.1f} ({min(bars):.1f}-{max(bars):.1f})" if bars else NOT_TOLD
        cells = [one.name, f"{len(truth.kind):,}", number(false_alarms(truth, rises), 1), number(delay.mean, 1)]
        yield row([*cells, percent(delay.within(QUICKLY)), number(false_alarms(truth, silence), 1), bar])


def span(answers: tuple[float, float]) -> str:
    """A range of answers in words."""
    if answers == ANY:
        return "any"
    return f"{answers[0]:g}-{answers[1]:g}" if math.isfinite(answers[1]) else f"{answers[0]:g} or more"


def number(value: float, digits: int = 2) -> str:
    """A figure, or that there is none."""
    return f"{value:.{digits}f}" if math.isfinite(value) else NOT_TOLD


def percent(share: float) -> str:
    """A share as a percentage."""
    return f"{100 * share:.0f} %" if math.isfinite(share) else NOT_TOLD


def row(cells: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"
