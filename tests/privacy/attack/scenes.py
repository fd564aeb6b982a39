"""The situations in which attackers look: a closing, a reorganisation, windows, two thresholds, live totals.

Each gives the scene for our rule and for rules of others. Where ours publishes nothing of the kind, the attack runs
on what it does publish in that situation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from insights.lattice import FrozenUnit
from tests.privacy.attack.equations import distinct
from tests.privacy.attack.organisations import NO_PATTERN, Mask, Numbers, Rows, Week
from tests.privacy.attack.rules import Ours, Sets, TreeRule, by_question
from tests.privacy.attack.trials import Scene, left_over, small_groups

WINDOW = 4
"""Rounds in a rolling month."""
DAYS = 6
"""Times at which running totals are looked at while a round is open."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule under attack: ours, where `tree_rule` is None."""

    name: str
    tree_rule: TreeRule | None = None
    with_lens: bool = False

    def at_closing(self, week: Week, k: int) -> Sets:
        """What it publishes when a round has closed."""
        if self.tree_rule is None:
            return Ours(week, k, self.with_lens).sets
        return by_question(self.tree_rule, week, k, with_lens=self.with_lens)


def closing(rule: Rule, week: Week, k: int) -> Scene:
    """One round, as published at its closing; with a lens, groups are crossed with its categories."""
    sets = rule.at_closing(week, k)
    targets = [*units(week, sets, k)]
    if rule.with_lens:
        targets += crossed(week, sets, k)
    return Scene(sets, week.valid, targets, k)


def units(week: Week, sets: Sets, k: int) -> Iterator[Mask]:
    """Targets that a tree suggests: small teams, own people and role-holders, two such beside each other, and what
    a unit's published parts leave over."""
    beside: dict[str, list[Mask]] = defaultdict(list)
    for unit, people in zip(week.tree, week.groups, strict=False):
        beside[unit.parent or unit.id].append(people)
    for i, unit in enumerate(week.tree):
        if unit.id in beside:
            beside[unit.id].append(week.groups[i])
            yield from left_over(week.below[i][week.unit] & ~week.holds_role, sets)
    for groups in [*beside.values(), [week.holds_role]]:
        yield from small_groups(groups, week.valid, k)


def crossed(week: Week, sets: Sets, k: int) -> Iterator[Mask]:
    """Each group and each smallest published set with each category of the lens, where that is fewer than k."""
    atoms = [rows[[not (rows < one).all(axis=1).any() for one in rows]] for rows in sets.values() if len(rows)]
    for group in [*week.groups, *distinct(np.vstack(atoms))]:
        for category in range(NO_PATTERN + 1):
            cell = group & (week.pattern == category)
            if any(0 < (cell & valid).sum() < k for valid in week.valid.values()):
                yield cell


def windows(rule: Rule, weeks: Sequence[Week], k: int) -> Scene:
    """Consecutive rounds; others publish each of them, and each rolling window of WINDOW rounds beside it."""
    starts = np.cumsum([0, *(len(week.unit) for week in weeks)])
    width = int(starts[-1])
    valid = {question: np.concatenate([week.valid[question] for week in weeks]) for question in weeks[0].valid}
    sets, targets = {}, list[Mask]()
    alone = [rule.at_closing(week, k) for week in weeks]
    for question in valid:
        rows = [placed(one[question], start, width) for one, start in zip(alone, starts, strict=False)]
        if rule.tree_rule is not None:
            rows += [
                placed(windowed(rule.tree_rule, weeks[i : i + WINDOW], question, k), int(starts[i]), width)
                for i in range(len(weeks) - WINDOW + 1)
            ]
        sets[question] = np.vstack(rows)
    for week, one, start in zip(weeks, alone, starts, strict=False):
        small = units(week, one, k)
        targets += [placed(target[None], start, width)[0] for target in small]
    return Scene(sets, valid, targets, k)


def windowed(rule: TreeRule, weeks: Sequence[Week], question: str, k: int) -> Rows:
    """The sums of a rule over all answers of a window."""
    unit = np.concatenate([week.unit for week in weeks])
    return rule(weeks[0].tree, unit, np.concatenate([week.valid[question] for week in weeks]), k)


def placed(rows: Rows, start: int, width: int) -> Rows:
    """Sets over some people as sets over a longer row of people, in which they begin at `start`."""
    found = np.zeros((len(rows), width), dtype=bool)
    found[:, start : start + rows.shape[1]] = rows
    return found


def two_thresholds(rule: Rule, week: Week, k: int) -> Scene:
    """Leads see k, HR sees 2k. Ours has one k for everybody: what it shows from 2k answers on is built of the same
    atoms. Others run their rule twice; a pooling rule that does is `twice`."""
    if rule.tree_rule is None:
        return closing(rule, week, k)
    both = [rule.at_closing(week, threshold) for threshold in (k, 2 * k)]
    sets = {question: np.vstack([one[question] for one in both]) for question in week.valid}
    return Scene(sets, week.valid, [*units(week, sets, k)], k)


def twice(week: Week, k: int) -> Scene:
    """Two releases of one round by our own rule, with k for leads and with 2k for HR: what we do not do."""
    both = [Ours(week, threshold).sets for threshold in (k, 2 * k)]
    sets = {question: np.vstack([one[question] for one in both]) for question in week.valid}
    return Scene(sets, week.valid, [*units(week, sets, k)], k)


def live(rule: Rule, week: Week, k: int, rng: np.random.Generator) -> Scene:
    """Totals looked at each day while answers come in. Ours shows nothing before the closing."""
    day = rng.integers(0, DAYS, len(week.unit))
    sets = {}
    for question, valid in week.valid.items():
        if rule.tree_rule is None:
            continue
        until = [valid & (day <= last) for last in range(DAYS)]
        sets[question] = np.vstack([rule.tree_rule(week.tree, week.unit, seen, k) & seen for seen in until])
    shown = sets or rule.at_closing(week, k)
    batches = [group & (day == when) for group in week.groups for when in range(DAYS)]
    small = [one for one in batches if any(0 < (one & valid).sum() < k for valid in week.valid.values())]
    return Scene(shown, week.valid, [*small, *units(week, shown, k)], k)


@dataclass(frozen=True, eq=False)
class Reorganisation:
    """A new tree, where each unit's people go, and who moves alone."""

    tree: tuple[FrozenUnit, ...]
    goes_to: Numbers
    halves: Mapping[int, int]
    alone: Mapping[int, int]

    def unit(self, week: Week) -> Numbers:
        """Everybody's unit after it."""
        found = self.goes_to[week.unit]
        for old, new in self.halves.items():
            found[(week.unit == old) & (week.person % 2 == 1)] = new
        for person, new in self.alone.items():
            found[week.person == person] = new
        return found

    def reached(self, week: Week) -> Week:
        """A later round, asked after it: who moved alone is no longer established."""
        moved = np.isin(week.person, [*self.alone])
        return replace(week, tree=self.tree, unit=self.unit(week), established=week.established & ~moved)


def reorganised(week: Week, rng: np.random.Generator) -> Reorganisation:
    """Two teams merge, one is split, one goes to another parent, one gets another name, a few people move alone."""
    tree, inner = list(week.tree), {unit.parent for unit in week.tree}
    teams = [i for i, unit in enumerate(tree) if unit.id not in inner]
    gone, kept, cut, sent, renamed = map(int, rng.choice(teams, 5, replace=False))
    goes_to = np.arange(len(tree))
    goes_to[gone] = kept
    tree.append(replace(tree[cut], id=f"{tree[cut].id}-b"))
    parents = sorted({tree[i].parent or "" for i in teams})
    tree[sent] = replace(tree[sent], parent=str(rng.choice(parents)))
    tree[renamed] = replace(tree[renamed], name="Renamed")
    staff = np.flatnonzero(~week.holds_role)
    movers = rng.choice(staff, max(3, len(staff) // 100), replace=False)
    alone = {int(week.person[i]): int(rng.choice(teams)) for i in movers}
    alone = {person: kept if team == gone else team for person, team in alone.items()}
    return Reorganisation(tuple(tree), goes_to, {cut: len(tree) - 1}, alone)


def reorganisation(rule: Rule, week: Week, after: Week, k: int, rng: np.random.Generator) -> Scene:
    """A round before, and one after. Others also tell the earlier round again by the new tree.

    Ours is asked for the earlier round again too: it has that round's frozen tree only, and gives the same sets.
    """
    change = reorganised(week, rng)
    retold, later = replace(week, tree=change.tree, unit=change.unit(week)), change.reached(after)
    again = rule.at_closing(week if rule.tree_rule is None else retold, k)
    before, then = rule.at_closing(week, k), rule.at_closing(later, k)
    here, width = len(week.unit), len(week.unit) + len(later.unit)
    sets = {
        question: np.vstack(
            [
                placed(np.vstack([before[question], again[question]]), 0, width),
                placed(then[question], here, width),
            ]
        )
        for question in week.valid
    }
    valid = {question: np.concatenate([week.valid[question], later.valid[question]]) for question in week.valid}
    between = [(week.unit == old) & (retold.unit == new) for old, new in {*zip(week.unit, retold.unit, strict=True)}]
    small = [one for one in between if 0 < (one & week.answered).sum() < k]
    targets = [placed(one[None], 0, width)[0] for one in [*small, *units(week, before, k)]]
    targets += [placed(one[None], here, width)[0] for one in units(later, then, k)]
    return Scene(sets, valid, targets, k)


def guessed_unchanged(rule: Rule, week: Week, after: Week, k: int) -> Scene:
    """Two rounds, read by somebody who takes for granted that a unit with the same people answered the same.

    Nobody can know that, and it is hardly ever true. It says what remains once it is.
    """
    here, width = len(week.unit), len(week.unit) + len(after.unit)
    before, then = rule.at_closing(week, k), rule.at_closing(after, k)
    same = alike(week, after)
    is_same, stays = (np.isin(one.unit, [*same]) for one in (week, after))
    sets = {}
    for question in week.valid:
        later = placed(then[question] & ~stays, here, width)
        for row, people in zip(later, then[question], strict=True):
            row[:here] = is_same & np.isin(week.unit, np.unique(after.unit[people]))
        sets[question] = np.vstack([placed(before[question], 0, width), later])
    valid = {question: np.concatenate([week.valid[question], after.valid[question]]) for question in week.valid}
    targets = [placed(one[None], 0, width)[0] for one in units(week, before, k)]
    return Scene(sets, valid, targets, k)


def alike(week: Week, after: Week) -> set[int]:
    """The units in which the same people are asked in both rounds."""
    return {
        unit
        for unit in range(len(week.tree))
        if {*week.person[week.unit == unit]} == {*after.person[after.unit == unit]}
    }


def unchanged(week: Week, after: Week) -> tuple[int, int]:
    """In how many units the same people, of whom some answered, were asked twice; and how many gave equal totals of
    all questions."""
    people = equal = 0
    for unit in alike(week, after):
        mine, later = (sorted(map(tuple, one.answers[one.answered & (one.unit == unit)])) for one in (week, after))
        people += bool(mine)
        totals = [sorted(column) for column in zip(*mine, strict=True)]
        equal += bool(mine) and totals == [sorted(column) for column in zip(*later, strict=True)]
    return people, equal
