"""Comments that people want to be read: shown among enough of them, without date and in no order, or destroyed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

from insights.cells import UnitKey
from insights.lattice import Atom, Keys, Tree, pool
from insights.policy import COMMENTS_KEPT, SHARERS_FLOOR


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one person wants to be read, as it was shown back to them. Its repr says nothing."""

    text: str = field(repr=False)
    is_established: bool = field(repr=False)


ByLeaf: TypeAlias = Mapping[UnitKey, Sequence[Wanted]]


def shared_at(tree: Tree, nested: Sequence[Atom], wanted: ByLeaf, k: int) -> dict[UnitKey, tuple[str, ...]]:
    """What may be read, by the unit at which its people stand (`ROLES` for role-holders), in alphabetical order: the
    order in which they came is nobody's business.

    `nested` are the atoms of shares: groups of ten respondents or more. Those with enough sharers (five, and k, as
    many of them established) are read on their own; the others are pooled upwards, and what is left at the top is
    nowhere.

    >>> from insights.lattice import FrozenUnit
    >>> tree, atom = Tree([FrozenUnit("a", None, "A", 30)]), Atom("a", (UnitKey("a"),))
    >>> [len(shared_at(tree, [atom], {atom.leaves[0]: [Wanted("tea", True)] * n}, k=5)) for n in (4, 5)]
    [0, 1]
    """

    def is_admitted(keys: Keys) -> bool:
        held = [one for key in keys for one in wanted.get(key, ())]
        least = max(SHARERS_FLOOR, k)
        return len(held) >= least and sum(one.is_established for one in held) >= least

    told: dict[UnitKey, list[str]] = defaultdict(list)
    for atom in pool(tree, nested, is_admitted):
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
