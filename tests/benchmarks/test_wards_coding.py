"""The benchmark's quick display coding is the product's own, cell by cell, and its lines say what its arrays say."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.wards.coding import scores, shown, spreads
from benchmarks.wards.lines import lines
from benchmarks.wards.simulator import FIVE_ITEMS, OWN_PACK, Plan, simulate
from benchmarks.wards.world import World
from insights import display
from insights.cells import Bound, Released
from insights.wave_rounds import read_surveys

OPTIONS = (0, 25, 50, 75, 100)
CROWDED = World(teams=24, waves=14, size_median=45.0, size_ends=(8, 120), response=0.7, response_ends=(0.2, 0.97))


def many_counts() -> np.ndarray:
    """Every way in which 5 to 7 people answer, and larger teams by chance, extremes among them."""
    small = [c for c in itertools.product(range(8), repeat=5) if 5 <= sum(c) <= 7]
    rng = np.random.default_rng(0)
    large = [rng.multinomial(n, rng.dirichlet(np.full(5, 0.6))) for n in rng.integers(8, 320, 600)]
    return np.array([*small, *large])


def test_scores_are_coded_as_the_product_does() -> None:
    counts = many_counts()
    for most in (5, 9, 19, 49, display.NO_LIMIT):
        coded = np.minimum(counts.sum(axis=1), most)
        found, inside = scores(counts, coded)
        expected = [
            display.score(display.mean(c, OPTIONS), n) for c, n in zip(counts.tolist(), coded.tolist(), strict=True)
        ]
        assert [cell.value for cell in expected] == found.tolist()
        assert [cell.bound is Bound.ABOUT for cell in expected] == inside.tolist()


def test_spread_is_coded_as_the_product_does() -> None:
    counts = many_counts()
    for most in (19, 49, display.NO_LIMIT):
        coded = np.minimum(counts.sum(axis=1), most)
        enough = coded >= 10
        cells = [display.spread(c, OPTIONS, most) for c in counts[enough].tolist()]
        assert all(isinstance(cell, Released) for cell in cells)
        expected = [cell.value for cell in cells if isinstance(cell, Released)]
        assert expected == spreads(counts, coded)[enough].tolist()


@pytest.mark.parametrize("plan", [FIVE_ITEMS, OWN_PACK])
@pytest.mark.parametrize("world", [World(teams=24, waves=14), CROWDED, replace(CROWDED, fewest=10)])
def test_rounds_are_those_that_the_product_reads_from_the_lines(world: World, plan: Plan) -> None:
    organisation = simulate(world, 100, plan)
    read = read_surveys(f"{line}\n".encode() for line in lines(organisation)).rounds
    assert [one.number for one in read] == [one.number for one in shown(organisation)]
    for ours, theirs in zip(shown(organisation), read, strict=True):
        for name in ("strain", "answers", "coding", "people", "answered", "silent", "spread"):
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-12, err_msg=name)
        for name in ("units", "parents", "items", "spread_items", "k"):
            assert getattr(theirs, name) == getattr(ours, name), name
        assert theirs.whole is not None
        assert ours.whole is not None
        assert ours.whole.unit == theirs.whole.unit
        for name in ("score", "answers", "people", "coding", "items"):
            assert getattr(ours.whole, name) == pytest.approx(getattr(theirs.whole, name)), name


def test_where_nobody_may_be_shown_nothing_is() -> None:
    one = shown(simulate(World(teams=6, waves=14, fewest=100), 100))[-1]
    assert np.isnan(one.strain).all()
    assert one.silent.all()
    assert one.whole is not None
    assert np.isnan(one.whole.score)


def test_options_are_written_as_they_were_tapped() -> None:
    organisation = simulate(World(teams=6, waves=14), 100)
    meta, *rest = (json.loads(line) for line in lines(organisation))
    assert [question["polarity"] for question in meta["questions"]] == [1, -1, 1, -1, -1]
    counted = [line for line in rest if line["unit"] == "t00000" and line["wave"] == 1 and "counts" in line]
    assert len(counted) == 5
    for item, line in enumerate(counted):
        least_first = organisation.counts[1, 0, item].tolist()
        assert line["counts"] == least_first[:: meta["questions"][item]["polarity"]]
