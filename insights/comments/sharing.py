"""Comments that people want to be read: shown among enough of them, without date and in no order, or destroyed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import floor
from typing import TypeAlias

from insights.cells import UnitKey
from insights.lattice import Atom, Keys, Leaf, Tree, pool
from insights.policy import COMMENTS_KEPT, PARTICIPATION_CEILING, SHARERS_FLOOR


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one person wants to be read, as it was shown back to them. Its repr says nothing."""

    text: str = field(repr=False)
    is_established: bool = field(repr=False)


ByLeaf: TypeAlias = Mapping[UnitKey, Sequence[Wanted]]


def sharing_atoms(
    tree: Tree, nested: Sequence[Atom], wanted: ByLeaf, leaves: Mapping[UnitKey, Leaf], k: int
) -> tuple[Atom, ...]:
    """Whose words are read together: groups of whole atoms of shares, ten respondents or more, with enough sharers.

    Enough are five, and k, as many of them established, and not more than 90 per cent of those asked: cards can be
    counted, and would name who stayed silent. Others are pooled upwards; what is left at the top is nowhere.

    >>> from insights.lattice import FrozenUnit
    >>> tree, atom = Tree([FrozenUnit("a", None, "A", 30)]), Atom("a", (UnitKey("a"),))
    >>> leaves = {UnitKey("a"): Leaf(UnitKey("a"), "a", ("a",), 12, 12, {})}
    >>> [len(sharing_atoms(tree, [atom], {UnitKey("a"): [Wanted("tea", True)] * n}, leaves, 5)) for n in (4, 5, 11)]
    [0, 1, 0]
    """

    def is_admitted(keys: Keys) -> bool:
        held = [one for key in keys for one in wanted.get(key, ())]
        least, most = max(SHARERS_FLOOR, k), floor(PARTICIPATION_CEILING * sum(leaves[key].people for key in keys))
        return least <= len(held) <= most and sum(one.is_established for one in held) >= least

    return pool(tree, nested, is_admitted)


def read_by_leaf(atoms: Sequence[Atom], wanted: ByLeaf) -> dict[UnitKey, int]:
    """How many comments of each leaf are read as cards.

    >>> read_by_leaf([Atom("a", (UnitKey("a"),))], {UnitKey("a"): [Wanted("tea", True)], UnitKey("b"): []})
    {'a': 1}
    """
    return {key: len(wanted.get(key, ())) for atom in atoms for key in atom.leaves}


def shared_at(atoms: Sequence[Atom], wanted: ByLeaf) -> dict[UnitKey, tuple[str, ...]]:
    """What may be read, by the unit at which its people stand (`ROLES` for role-holders), in alphabetical order: the
    order in which they came is nobody's business.

    >>> shared_at([Atom("a", (UnitKey("a"),))], {UnitKey("a"): [Wanted("tea", True), Wanted("beds", True)]})
    {'a': ('beds', 'tea')}
    """
    told: dict[UnitKey, list[str]] = defaultdict(list)
    for atom in atoms:
        told[UnitKey(atom.at)] += [one.text for key in atom.leaves for one in wanted.get(key, ())]
    return {unit: tuple(sorted(texts)) for unit, texts in told.items()}


def kept_until(day: date) -> date:
    """Until when what is shared on `day` is kept: the end of the quarter in which `COMMENTS_KEPT` runs out. A day
    would say in which check-in it was written.

    >>> kept_until(date(2026, 1, 13)), kept_until(date(2026, 3, 30))
    (datetime.date(2027, 3, 31), datetime.date(2027, 3, 31))
    """
    over = day + COMMENTS_KEPT
    months = over.year * 12 + (over.month - 1) // 3 * 3 + 3
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
