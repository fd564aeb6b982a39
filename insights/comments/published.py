"""What a round publishes of comments: tones and themes, on a third lattice built of the atoms of the second.

The same rule as for answers, with n = commenters: every published set is a union of disjoint atoms, each of ten
commenters or more, and each of them made of whole atoms of the lattice below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from insights import display
from insights.cells import Cell, Reason, Stat, UnitKey, Withheld
from insights.comments.counting import TONES, together
from insights.lattice import Atom, Keys, Leaf, Tree, pool
from insights.policy import SHARES_FLOOR, SHARES_FROM

TONE: Final = "~tone"
"""The question of cells that say how comments sound; its options are the tones. No pack can ask it."""

THEMES: Final = "~themes"
"""The question of cells that say what comments are about; its options are the themes, several at once."""

_NONE: Final[Mapping[UnitKey, int]] = MappingProxyType({})

Told: TypeAlias = tuple[str, str, Cell]
"""(question, stat, cell)"""


def comment_atoms(
    tree: Tree, nested: Sequence[Atom], leaves: Mapping[UnitKey, Leaf], k: int, read: Mapping[UnitKey, int] = _NONE
) -> tuple[Atom, ...]:
    """The atoms of comments: of those of shares, each with enough commenters, pooled upwards where it has not.

    Enough are ten, and k, and k established ones; among the people asked there have to be so many that ten
    commenters do not mean everybody. Empty where the leaves know nothing of comments.
    `read` are the comments of each leaf that stand beside it as cards, which anybody can analyse and subtract: what
    they leave has to be nobody, or enough by itself.

    >>> from insights.comments.counting import MARKS, CommentTally
    >>> from insights.lattice import FrozenUnit
    >>> tree, atom = Tree([FrozenUnit("a", None, "A", 30)]), Atom("a", (UnitKey("a"),))
    >>> tally = CommentTally(10, 10, (10, *[0] * (MARKS - 1)))
    >>> leaves = {UnitKey("a"): Leaf(UnitKey("a"), "a", ("a",), 12, 12, {}, tally)}
    >>> [len(comment_atoms(tree, [atom], leaves, k)) for k in (5, 11)]
    [1, 0]
    """

    def is_admitted(keys: Keys) -> bool:
        held = [leaves[key] for key in keys]
        tally = together(one.comments for one in held if one.comments)
        most, least = display.coded_within(sum(one.people for one in held)), max(SHARES_FLOOR, k)
        unread = tally.commenters - sum(read.get(key, 0) for key in keys)
        return min(tally.commenters, most) >= least and tally.established >= k and (not unread or unread >= least)

    return pool(tree, nested, is_admitted) if any(one.comments for one in leaves.values()) else ()


def comment_cells(
    first: Iterable[Keys], why: Reason | None, atoms: Sequence[Atom], leaves: Mapping[UnitKey, Leaf]
) -> Iterator[Told]:
    """The cells of one line: `first` are the atoms of its scores, `why` the reason if it has none, `atoms` those of
    all comments.

    From twenty commenters on every tone and theme has its share, before only the one in front, if it is clear.

    >>> [(question, str(stat)) for question, stat, _ in comment_cells((), Reason.TOO_FEW, (), {})]
    [('~tone', 'top'), ('~themes', 'top')]
    """
    covered = {key for atom in first for key in atom}
    mine = [key for atom in atoms if covered.issuperset(atom.leaves) for key in atom.leaves]
    if why is None and not mine:
        held = {key for atom in atoms for key in atom.leaves}
        why = Reason.POOLED if covered & held else Reason.TOO_FEW
    if why is not None:
        yield TONE, Stat.TOP, Withheld(why)
        yield THEMES, Stat.TOP, Withheld(why)
        return
    tally = together(one for key in mine if (one := leaves[key].comments))
    most = display.coded_within(sum(leaves[key].people for key in mine))
    n, tones, themes = tally.commenters, tally.marks[: len(TONES)], tally.marks[len(TONES) :]
    for question, counts in ((TONE, tones), (THEMES, themes)):
        if min(n, most) < SHARES_FROM:
            yield question, Stat.TOP, display.top(counts, n, most)
        else:
            yield from ((question, Stat.share(i), display.share(count, n, most)) for i, count in enumerate(counts))
