"""Which people are counted together: published numbers are sums over whole atoms, and no atom is too small.

Two lattices a round: the first carries scores, the second, built of the first one's atoms, carries shares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from insights.cells import ROLES, Reason, UnitKey
from insights.comments.counting import CommentTally


@dataclass(frozen=True, slots=True)
class FrozenUnit:
    """A unit as it stood when the round opened; the organisation itself is the one without a parent."""

    id: str
    parent: str | None
    name: str
    headcount: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers to one question, counted by option. `established` counts those of established people."""

    counts: tuple[int, ...]
    skips: int
    established: int

    @property
    def is_whole(self) -> bool:
        """Whether people can have answered like this: nothing below nought, no more established than answers.

        >>> Tally((3, 4), 1, 7).is_whole, Tally((3, 4), 1, 8).is_whole
        (True, False)
        """
        return min(*self.counts, self.skips, self.established) >= 0 and self.established <= sum(self.counts)


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one sealed box held. `at` is the unit it stands at, `units` are those whose people it holds.

    `key` is `<at>` for a team, `<at>~own` for people who sit in an inner unit (or in one that would be, had any unit
    below it been launched), `<at>~small` for the box of small teams, and `ROLES`, with `at` None, for role-holders.
    `people` were asked, `respondents` answered; both are 0 where only tallies are known, as in an audit. `comments`
    is None where nothing is known of them.
    """

    key: UnitKey
    at: str | None
    units: tuple[str, ...]
    people: int
    respondents: int
    tallies: Mapping[str, Tally]
    comments: CommentTally | None = None


Keys: TypeAlias = tuple[UnitKey, ...]
"""Leaves that are counted together, by key, in ascending order."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Leaves that are only ever counted together. `at` is where they stand: a unit, or `ROLES`."""

    at: str
    leaves: Keys
    pooled: bool = False


class Tree:
    """The frozen units, from the organisation down. ValueError unless they form one tree."""

    def __init__(self, units: Sequence[FrozenUnit]) -> None:
        self.units = {unit.id: unit for unit in sorted(units, key=lambda unit: (unit.name, unit.id))}
        roots = [unit.id for unit in units if unit.parent is None]
        if len(roots) != 1 or len(self.units) != len(units):
            raise ValueError("units need different ids and exactly one without a parent")
        self.root = roots[0]
        self._children: dict[str, list[str]] = defaultdict(list)
        for unit in self.units.values():
            if unit.parent is not None:
                self._children[unit.parent].append(unit.id)
        if set(self.walk(self.root)) != self.units.keys():
            raise ValueError("every unit must hang below the one without a parent")

    def children(self, unit: str) -> Sequence[str]:
        """The units directly below, by name.

        >>> Tree([FrozenUnit("org", None, "Org", 0), FrozenUnit("a", "org", "A", 9)]).children("org")
        ['a']
        """
        return self._children.get(unit, [])

    def walk(self, unit: str) -> Iterator[str]:
        """This unit and all below it, parents first, siblings by name.

        >>> list(Tree([FrozenUnit("org", None, "Org", 0), FrozenUnit("a", "org", "A", 9)]).walk("org"))
        ['org', 'a']
        """
        waiting = [unit]
        while waiting:
            here = waiting.pop()
            yield here
            waiting += reversed(self.children(here))


class Totals:
    """Sums over leaves. ValueError where a leaf does not fit the tree or the round's questions."""

    def __init__(self, tree: Tree, leaves: Sequence[Leaf], options: Mapping[str, int]) -> None:
        self.leaves = {leaf.key: leaf for leaf in leaves}
        if len(self.leaves) != len(leaves):
            raise ValueError("two leaves have one key")
        self._options = options
        for leaf in leaves:
            if leaf.key not in _keys_of(tree, leaf) or not tree.units.keys() >= {*leaf.units}:
                raise ValueError(f"leaf {leaf.key} does not fit the tree")
            for question, n in options.items():
                if not _fits(leaf.tallies.get(question), n):
                    raise ValueError(f"leaf {leaf.key}: the tally of {question} does not fit the question")
            if leaf.comments and not leaf.comments.is_whole:
                raise ValueError(f"leaf {leaf.key}: nobody can have written like its comments")

    def counts(self, keys: Iterable[UnitKey], question: str) -> tuple[int, ...]:
        """The answers to a question by option, over these leaves.

        >>> tree = Tree([FrozenUnit("a", None, "A", 9)])
        >>> leaf = Leaf(UnitKey("a"), "a", ("a",), 9, 8, {"q": Tally((3, 4), 1, 7)})
        >>> Totals(tree, [leaf], {"q": 2}).counts(["a"], "q")
        (3, 4)
        """
        rows = [self.leaves[key].tallies[question].counts for key in keys]
        return tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * self._options[question]

    def tally(self, keys: Iterable[UnitKey], question: str) -> Tally:
        """The answers to a question as one tally, over these leaves.

        >>> Totals(Tree([FrozenUnit("a", None, "A", 9)]), [], {"q": 2}).tally((), "q")
        Tally(counts=(0, 0), skips=0, established=0)
        """
        held = [*keys]
        tallies = [self.leaves[key].tallies[question] for key in held]
        skips, established = sum(one.skips for one in tallies), sum(one.established for one in tallies)
        return Tally(self.counts(held, question), skips, established)

    def least(self, keys: Keys) -> int:
        """The fewest valid answers that any question of the round has, over these leaves.

        >>> Totals(Tree([FrozenUnit("a", None, "A", 9)]), [], {"q": 2}).least(())
        0
        """
        return min(sum(self.counts(keys, question)) for question in self._options)

    def least_established(self, keys: Keys) -> int:
        """The same, of answers from established people.

        >>> Totals(Tree([FrozenUnit("a", None, "A", 9)]), [], {"q": 2}).least_established(())
        0
        """
        return min(sum(self.leaves[key].tallies[question].established for key in keys) for question in self._options)

    def shortfall(self, keys: Keys, k: int) -> Reason | None:
        """Why these leaves may not be published as one number, or None if they may: they are an atom.

        >>> Totals(Tree([FrozenUnit("a", None, "A", 9)]), [], {"q": 2}).shortfall((), 5)
        <Reason.TOO_FEW: 'too few answers'>
        """
        if self.least(keys) < k:
            return Reason.TOO_FEW
        return Reason.TOO_NEW if self.least_established(keys) < k else None

    def has_answers(self, keys: Keys) -> bool:
        """Whether anybody in these leaves answered anything: skipping is no answer.

        >>> Totals(Tree([FrozenUnit("a", None, "A", 9)]), [], {"q": 2}).has_answers(())
        False
        """
        return any(any(self.counts(keys, question)) for question in self._options)

    @cached_property
    def staff(self) -> Keys:
        """The leaves of all staff: everybody but the role-holders."""
        return tuple(sorted(key for key, leaf in self.leaves.items() if leaf.at is not None))

    @cached_property
    def blocks(self) -> tuple[Atom, ...]:
        """Each leaf on its own, where it stands."""
        return tuple(Atom(leaf.at or ROLES, (key,)) for key, leaf in self.leaves.items())


def pool(tree: Tree, blocks: Iterable[Atom], admits: Callable[[Keys], bool]) -> tuple[Atom, ...]:
    """The atoms of one lattice: blocks that are admitted, and pools of leftovers that are; by their leaves.

    From the teams upwards: what is not admitted on its own is pooled with all that is left over at and below
    the same unit; a pool that is not admitted either moves up. What is left at the top is in no atom, hence in
    no number. Role-holders are never pooled with staff.

    >>> small = FrozenUnit("a", "org", "A", 4), FrozenUnit("b", "org", "B", 3)
    >>> tree = Tree([FrozenUnit("org", None, "Org", 0), *small])
    >>> blocks = [Atom("a", ("a",)), Atom("b", ("b",)), Atom("~roles", ("~roles",))]
    >>> pool(tree, blocks, lambda leaves: len(leaves) >= 2)
    (Atom(at='org', leaves=('a', 'b'), pooled=True),)
    """
    standing: dict[str, list[Atom]] = defaultdict(list)
    for block in blocks:
        standing[block.at].append(block)
    atoms = [block for block in standing[ROLES] if admits(block.leaves)]
    left: dict[str, Keys] = {}
    for unit in reversed(list(tree.walk(tree.root))):
        over: list[UnitKey] = []
        for block in standing[unit]:
            if admits(block.leaves):
                atoms.append(block)
            else:
                over += block.leaves
        for child in tree.children(unit):
            over += left[child]
        left[unit] = tuple(sorted(over))
        if over and admits(left[unit]):
            atoms.append(Atom(unit, left[unit], pooled=True))
            left[unit] = ()
    return tuple(sorted(atoms, key=lambda atom: atom.leaves))


def leftovers(blocks: Iterable[Atom], atoms: Iterable[Atom]) -> Keys:
    """The leaves of staff that stand in a block and in no atom.

    >>> leftovers([Atom("a", (UnitKey("a"),)), Atom("b", (UnitKey("b"),))], [Atom("a", (UnitKey("a"),))])
    ('b',)
    """
    held = {key for atom in atoms for key in atom.leaves}
    return tuple(sorted(key for block in blocks if block.at != ROLES for key in block.leaves if key not in held))


def join(tree: Tree, atoms: Sequence[Atom], left: Keys, size: Callable[[Keys], int], least: int) -> tuple[Atom, ...]:
    """The atoms of a lattice that leaves no staff out: what was left over at the top joins one that is large.

    The smallest by `size` of those with `least` or more, ties by where it stands; where there is none, the smallest
    ones together, until they are. Never the role-holders'. A small one could be a team of puppets, who would be given
    somebody from anywhere. With what has joined it, it is a pool of the whole organisation: there was none before, or
    nothing would have been left. ValueError without an atom of staff.

    >>> small = FrozenUnit("a", "org", "A", 4), FrozenUnit("b", "org", "B", 3)
    >>> tree = Tree([FrozenUnit("org", None, "Org", 0), *small])
    >>> join(tree, [Atom("a", (UnitKey("a"),))], (UnitKey("b"),), len, least=1)
    (Atom(at='org', leaves=('a', 'b'), pooled=True),)
    """
    staff = sorted(
        (atom for atom in atoms if atom.at != ROLES), key=lambda atom: (size(atom.leaves), atom.at, atom.leaves)
    )
    if not staff:
        raise ValueError("there is no atom of staff to join")
    host = [next((atom for atom in staff if size(atom.leaves) >= least), staff[0])]
    for atom in staff[1:]:
        if size(_leaves(host)) >= least:
            break
        host.append(atom)
    joined = Atom(tree.root, tuple(sorted((*_leaves(host), *left))), pooled=True)
    others = (atom for atom in atoms if atom not in host)
    return tuple(sorted((*others, joined), key=lambda atom: atom.leaves))


def _leaves(atoms: Iterable[Atom]) -> Keys:
    return tuple(key for atom in atoms for key in atom.leaves)


def _keys_of(tree: Tree, leaf: Leaf) -> tuple[str, ...]:
    if leaf.at is None:
        return (ROLES,)
    if leaf.at not in tree.units:
        return ()
    below = (f"{leaf.at}~own", f"{leaf.at}~small")
    return below if tree.children(leaf.at) else (leaf.at, *below)


def _fits(tally: Tally | None, options: int) -> bool:
    return tally is not None and len(tally.counts) == options and tally.is_whole
