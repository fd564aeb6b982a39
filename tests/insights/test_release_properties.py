"""What holds of every release, whatever the organisation: generated trees, generated tallies."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from insights import display
from insights.cells import ROLES, WHOLE, Kind, Released, Stat, UnitKey, Withheld
from insights.lattice import Tree
from insights.policy import N_BANDS, SHARES_FLOOR, SHARES_FROM
from insights.release import FrozenUnit, Leaf, Release, Tally, release
from tests.insights.orgs import QUESTIONS, STRAIN, leaf, unit

DEEPEST = 6
thorough = settings(max_examples=80, derandomize=True, deadline=None)


@dataclass(frozen=True)
class World:
    units: tuple[FrozenUnit, ...]
    leaves: tuple[Leaf, ...]
    k: int

    def release(self) -> Release:
        return release(self.units, self.leaves, QUESTIONS, STRAIN, self.k)

    def leaf(self, key: str) -> Leaf:
        return next(leaf for leaf in self.leaves if leaf.key == key)

    def counts(self, keys: Sequence[str], question: str) -> list[int]:
        rows = [self.leaf(key).tallies[question].counts for key in keys]
        return [sum(column) for column in zip(*rows, strict=True)]


@st.composite
def tallies(draw: st.DrawFn) -> dict[str, Tally]:
    found = {}
    for question in QUESTIONS:
        n = draw(st.integers(0, 12))
        picks = draw(st.lists(st.integers(0, len(question.options) - 1), min_size=n, max_size=n))
        counts = tuple(picks.count(option) for option in range(len(question.options)))
        found[question.id] = Tally(counts, 12 - n, draw(st.integers(0, n)))
    return found


@st.composite
def trees(draw: st.DrawFn) -> tuple[FrozenUnit, ...]:
    units, depth = [unit("u0", name="Same")], {"u0": 1}
    for number in range(1, draw(st.integers(1, 10))):
        parent = draw(st.sampled_from([id for id in depth if depth[id] < DEEPEST]))
        units.append(unit(f"u{number}", parent, draw(st.sampled_from(["Same", "Other"]))))
        depth[f"u{number}"] = depth[parent] + 1
    return tuple(units)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    units = draw(trees())
    tree = Tree(units)
    boxes: dict[str, list[str]] = {}
    leaves = [leaf(ROLES, 12, answers=draw(tallies()))] if draw(st.booleans()) else []
    for each in units:
        place = draw(st.sampled_from(["leaf", "leaf", "leaf", "small box", "nobody"]))
        if place == "leaf":
            key = f"{each.id}~own" if tree.children(each.id) else each.id
            leaves.append(leaf(key, 12, people=draw(st.integers(12, 30)), answers=draw(tallies())))
        elif place == "small box":
            boxes.setdefault(each.parent or each.id, []).append(each.id)
    for at, held in boxes.items():
        leaves.append(leaf(f"{at}~small", 12, units=held, answers=draw(tallies())))
    return World(units, tuple(leaves), draw(st.sampled_from([5, 5, 7, 11])))


def all_atoms(lattice: Mapping[UnitKey, tuple[tuple[UnitKey, ...], ...]]) -> set[tuple[UnitKey, ...]]:
    return {atom for atoms in lattice.values() for atom in atoms}


@thorough
@given(world=worlds())
def test_every_atom_has_k_answers_and_k_established_ones_to_every_question(world: World):
    shown = world.release()
    for lattice, floor in ((shown.atoms, world.k), (shown.nested, max(SHARES_FLOOR, world.k))):
        for atom, question in itertools.product(all_atoms(lattice), QUESTIONS):
            assert sum(world.counts(atom, question.id)) >= floor
            assert sum(world.leaf(key).tallies[question.id].established for key in atom) >= world.k


@thorough
@given(world=worlds())
def test_atoms_are_disjoint_so_that_every_published_set_is_a_union_of_whole_ones(world: World):
    shown = world.release()
    for lattice in (shown.atoms, shown.nested):
        atoms = all_atoms(lattice)
        assert len({key for atom in atoms for key in atom}) == sum(len(atom) for atom in atoms)
        for covered in lattice.values():
            assert len(set(covered)) == len(covered)


@thorough
@given(world=worlds())
def test_the_nested_lattice_never_cuts_an_atom_of_the_first(world: World):
    shown = world.release()
    first = all_atoms(shown.atoms)
    for coarse in all_atoms(shown.nested):
        inside = [atom for atom in first if set(atom) <= set(coarse)]
        assert sorted(coarse) == sorted(key for atom in inside for key in atom)
    for line, covered in shown.nested.items():
        held = {key for atom in shown.atoms[line] for key in atom}
        assert {key for atom in covered for key in atom} <= held


@thorough
@given(world=worlds())
def test_strain_items_and_shares_of_a_unit_rest_on_one_lattice(world: World):
    shown = world.release()
    for line, question in itertools.product(shown.lines, QUESTIONS):
        first = [key for atom in shown.atoms.get(line.key, ()) for key in atom]
        nested = [key for atom in shown.nested.get(line.key, ()) for key in atom]
        if question.scores is not None:
            score, spread = (shown.cells[line.key, question.id, stat] for stat in (Stat.SCORE, Stat.SPREAD))
            assert isinstance(score, Released) is bool(first)
            assert isinstance(spread, Released) is bool(nested)
            if first:
                counts = world.counts(first, question.id)
                assert score == display.score(display.mean(counts, question.scores), sum(counts))
            if nested:
                assert spread == display.spread(world.counts(nested, question.id), question.scores)
        whole = bool(nested) and sum(world.counts(nested, question.id)) >= SHARES_FROM
        assert isinstance(shown.cells[line.key, question.id, Stat.share(0)], Released) is whole


@thorough
@given(world=worlds())
def test_strain_can_be_recomputed_from_the_scores_beside_it(world: World):
    shown = world.release()
    for line in shown.lines:
        strain = shown.cells[line.key, WHOLE, Stat.STRAIN]
        items = [shown.cells[line.key, item, Stat.SCORE] for item in STRAIN]
        values = [item.value for item in items if isinstance(item, Released)]
        if isinstance(strain, Released):
            assert strain.value == sum(values) / len(STRAIN)
        else:
            assert not values


@thorough
@given(world=worlds(), seed=st.integers(0, 99))
def test_shuffling_the_input_changes_nothing(world: World, seed: int):
    units, leaves = [*world.units], [*world.leaves]
    random.Random(seed).shuffle(units)
    random.Random(seed + 1).shuffle(leaves)
    first, second = world.release(), replace(world, units=tuple(units), leaves=tuple(leaves)).release()
    assert first == second
    assert [*first.cells.items()] == [*second.cells.items()]


@thorough
@given(world=worlds())
def test_no_exact_number_of_answers_and_no_extreme_is_ever_shown(world: World):
    bands = {label for _, label in N_BANDS}
    for (_, _, stat), cell in world.release().cells.items():
        if isinstance(cell, Withheld):
            continue
        assert cell.n in bands
        if stat in (Stat.SCORE, Stat.STRAIN) or stat.startswith("share"):
            assert 10 <= cell.value <= 90


@thorough
@given(world=worlds())
def test_lines_are_a_tree_in_order_and_their_counts_of_teams_add_up(world: World):
    shown = world.release()
    seen: set[UnitKey | None] = {None}
    for line in shown.lines:
        assert line.parent in seen
        assert 0 <= line.teams_in <= line.teams
        seen.add(line.key)
    assert len(seen) == len(shown.lines) + 1
    assert seen >= {each.id for each in world.units}
    teams = [line for line in shown.lines if line.kind is Kind.TEAM and line.parent is not None]
    assert not teams or sum(line.teams for line in teams) == shown.lines[0].teams


def rotated(of: Leaf) -> Leaf:
    """The same people, every one of whom answered something else."""
    turned = {id: replace(tally, counts=(*tally.counts[1:], tally.counts[0])) for id, tally in of.tallies.items()}
    return replace(of, tallies=turned)


@thorough
@given(world=worlds())
def test_what_is_in_no_atom_moves_no_number(world: World):
    shown = world.release()
    held = {key for atom in all_atoms(shown.atoms) for key in atom}
    changed = tuple(each if each.key in held else rotated(each) for each in world.leaves)
    assert replace(world, leaves=changed).release() == shown


def exchange(first: Leaf, second: Leaf, question: str) -> tuple[Leaf, Leaf]:
    """One answer of each leaf changes places with one of the other, where both have one."""
    a, b = [*first.tallies[question].counts], [*second.tallies[question].counts]
    given_away, received = max(range(len(a)), key=a.__getitem__), max(range(len(b)), key=b.__getitem__)
    if a[given_away] and b[received]:
        for counts, gone, come in ((a, given_away, received), (b, received, given_away)):
            counts[gone] -= 1
            counts[come] += 1
    return tuple(  # type: ignore[return-value]
        replace(of, tallies={**of.tallies, question: replace(of.tallies[question], counts=tuple(counts))})
        for of, counts in ((first, a), (second, b))
    )


@thorough
@given(world=worlds(), question=st.sampled_from([question.id for question in QUESTIONS]))
def test_who_of_a_pool_answered_what_changes_nothing(world: World, question: str):
    shown = world.release()
    leaves = {each.key: each for each in world.leaves}
    for atom in all_atoms(shown.atoms):
        for one, other in itertools.pairwise(atom):
            swapped = exchange(leaves[one], leaves[other], question)
            leaves[one], leaves[other] = swapped
    assert replace(world, leaves=tuple(leaves.values())).release() == shown


@thorough
@given(world=worlds(), extra=st.integers(1, 6))
def test_a_larger_k_never_shows_a_team_that_a_smaller_one_hides(world: World, extra: int):
    lower, higher = world.release(), replace(world, k=world.k + extra).release()
    for each in world.leaves:
        alone = (each.key,)
        if alone in all_atoms(higher.atoms):
            assert alone in all_atoms(lower.atoms)
