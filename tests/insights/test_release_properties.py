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
from insights.lens import OTHER, Lens
from insights.policy import LENS_FLOOR, N_BANDS, SHARES_FLOOR, SHARES_FROM
from insights.release import FrozenUnit, Leaf, Release, Tally, release
from tests.insights.lenses import divide
from tests.insights.orgs import QUESTIONS, STRAIN, leaf, unit

DEEPEST = 6
WEIGHTS = ((1, 1, 0, 0), (6, 3, 1, 0), (3, 3, 1, 1))
thorough = settings(max_examples=60, derandomize=True, deadline=None)


@dataclass(frozen=True)
class World:
    units: tuple[FrozenUnit, ...]
    leaves: tuple[Leaf, ...]
    k: int
    lens: Lens | None

    def release(self) -> Release:
        return release(self.units, self.leaves, QUESTIONS, STRAIN, self.k, self.lens)

    def leaf(self, key: str) -> Leaf:
        return next(leaf for leaf in self.leaves if leaf.key == key)

    def counts(self, keys: Sequence[str], question: str) -> list[int]:
        rows = [self.leaf(key).tallies[question].counts for key in keys]
        return [sum(column) for column in zip(*rows, strict=True)]

    def group(self, categories: Sequence[str], question: str) -> Tally:
        """The answers of some categories; who is in none of them is in the other one."""
        assert self.lens
        parts = [tallies[question] for name, tallies in self.lens.categories.items() if name in categories]
        if OTHER in categories:
            parts += [leaf.tallies[question] for leaf in self.leaves if leaf.at]
            all_ = [tallies[question] for tallies in self.lens.categories.values()]
            parts += [Tally(tuple(-n for n in each.counts), 0, -each.established) for each in all_]
        columns = zip(*(part.counts for part in parts), strict=True)
        return Tally(tuple(map(sum, columns)), 0, sum(part.established for part in parts))


@st.composite
def tallies(draw: st.DrawFn) -> dict[str, Tally]:
    found, dice = {}, random.Random(draw(st.integers(0, 999)))
    for question in QUESTIONS:
        n = draw(st.integers(0, 12))
        leaning = [dice.random() ** 3 for _ in question.options]
        picks = dice.choices(range(len(question.options)), leaning, k=n)
        counts = tuple(picks.count(option) for option in range(len(question.options)))
        found[question.id] = Tally(counts, 12 - n, draw(st.integers(0, n)))
    return found


@st.composite
def trees(draw: st.DrawFn, least: int, most: int) -> tuple[FrozenUnit, ...]:
    units, depth = [unit("u0", name="Same")], {"u0": 1}
    for number in range(1, draw(st.integers(least, most))):
        parent = draw(st.sampled_from([id for id in depth if depth[id] < DEEPEST]))
        units.append(unit(f"u{number}", parent, draw(st.sampled_from(["Same", "Other"]))))
        depth[f"u{number}"] = depth[parent] + 1
    return tuple(units)


@st.composite
def worlds(draw: st.DrawFn, lens: bool | None = None) -> World:
    """Organisations with a lens and without, unless told which. A lens wants many people: two groups of twenty."""
    has_lens = draw(st.booleans()) if lens is None else lens
    units = draw(trees(20, 32) if has_lens else trees(1, 10))
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
    divided = divide(leaves, draw(st.integers(0, 99)), draw(st.sampled_from(WEIGHTS)))[0] if has_lens else None
    return World(units, tuple(leaves), draw(st.sampled_from([5, 10, 11])), divided)


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
        counts, shares = (world.counts(keys, question.id) for keys in (first, nested))
        most = display.NO_LIMIT
        if line.kind is Kind.LENS:
            counts = shares = [*world.group(shown.categories[line.key], question.id).counts]
        elif first:
            most = display.coded_up_to(sum(world.leaf(key).respondents for key in first), line.people, world.k)
        if question.scores is not None:
            score, spread = (shown.cells[line.key, question.id, stat] for stat in (Stat.SCORE, Stat.SPREAD))
            assert isinstance(score, Released) is bool(counts)
            assert isinstance(spread, Released) is (bool(shares) and most >= SHARES_FLOOR)
            if counts:
                n = min(sum(counts), most)
                assert score == display.score(display.mean(counts, question.scores), n)
            if shares:
                assert spread == display.spread(shares, question.scores, most)
        whole = min(sum(shares), most) >= SHARES_FROM
        assert isinstance(shown.cells[line.key, question.id, Stat.share(0)], Released) is whole


def test_generated_organisations_do_show_their_lens_and_do_have_leftovers_that_join():
    """The properties of the lens would hold of nothing otherwise."""
    found: list[tuple[bool, bool, bool]] = []

    @settings(max_examples=40, derandomize=True, deadline=None)
    @given(world=worlds(lens=True))
    def look(world: World) -> None:
        plain, shown = replace(world, lens=None).release(), world.release()
        found.append((bool(shown.categories), shown.atoms != plain.atoms, shown.nested != plain.nested))

    look()
    assert [sum(column) >= 5 for column in zip(*found, strict=True)] == [True] * 3


@thorough
@given(world=worlds(lens=True))
def test_a_lens_makes_atoms_larger_and_never_smaller(world: World):
    plain, shown = replace(world, lens=None).release(), world.release()
    after = all_atoms(shown.atoms)
    for atom in all_atoms(plain.atoms):
        assert sum(set(atom) <= set(joined) for joined in after) == 1
    assert len(all_atoms(plain.atoms) - after) <= 1


@thorough
@given(world=worlds(lens=True))
def test_groups_of_a_lens_are_large_and_sum_up_to_the_published_staff(world: World):
    shown = world.release()
    root = next(each.id for each in world.units if each.parent is None)
    for categories, question in itertools.product(shown.categories.values(), QUESTIONS):
        group = world.group(categories, question.id)
        assert sum(group.counts) >= max(LENS_FLOOR, world.k)
        assert group.established >= world.k
    for lattice, question in itertools.product((shown.atoms, shown.nested), QUESTIONS if shown.categories else ()):
        staff = [key for atom in lattice[UnitKey(root)] for key in atom if key != ROLES]
        parts = [world.group(categories, question.id).counts for categories in shown.categories.values()]
        assert [sum(column) for column in zip(*parts, strict=True)] == world.counts(staff, question.id)


@thorough
@given(world=worlds(lens=True))
def test_no_cell_of_an_atom_and_a_group_is_fixed_below_k(world: World):
    """The bounds of a table's cell with all its margins known: Frechet's."""
    shown = world.release()
    atoms = [atom for atom in all_atoms(shown.atoms) if atom != (ROLES,)] if shown.categories else []
    for question in QUESTIONS:
        rows = [sum(world.counts(atom, question.id)) for atom in atoms]
        columns = [sum(world.group(inside, question.id).counts) for inside in shown.categories.values()]
        for row, column in itertools.product(rows, columns):
            least, most = max(0, row + column - sum(rows)), min(row, column)
            assert least < most or least >= world.k


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
@given(world=worlds(lens=False))
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
@given(world=worlds(lens=False), extra=st.integers(1, 6))
def test_a_larger_k_never_shows_a_team_that_a_smaller_one_hides(world: World, extra: int):
    lower, higher = world.release(), replace(world, k=world.k + extra).release()
    for each in world.leaves:
        alone = (each.key,)
        if alone in all_atoms(higher.atoms):
            assert alone in all_atoms(lower.atoms)
