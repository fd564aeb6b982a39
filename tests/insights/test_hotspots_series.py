"""What the detector reads off a page, and what it takes a coded number for."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pytest

from insights.cells import WHOLE, Cell, CellKey, Kind, Line, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.hotspot_series import behind, k_in_force, teams_of, whole_of
from insights.policy import N_BANDS
from tests.insights.hotspot_ledgers import TRUST, ledger, names, ordinary

NAN = float("nan")


@pytest.mark.parametrize(
    ("band", "n", "step"),
    [("5-9", 6, 5), ("10-19", 13, 5), ("20-49", 31, 5), ("50-99", 70, 2), ("100-199", 141, 2), ("200+", 200, 1)],
)
def test_a_band_stands_for_its_lower_middle(band: str, n: int, step: int) -> None:
    assert behind(band, NAN) == (n, step)


@pytest.mark.parametrize("band", [name for _, name in N_BANDS])
def test_the_number_reckoned_with_lies_in_the_band(band: str) -> None:
    low = int(band.rstrip("+").split("-")[0])
    high = float("inf") if band.endswith("+") else int(band.split("-")[1])
    for told in (0.0, 6.0, 9.0, 21.0, 51.0, 99.0, 201.0, 900.0):
        assert low <= behind(band, told)[0] <= high


@pytest.mark.parametrize(("least", "k"), [(6.0, 5), (7.2, 8), (9.0, 10), (12.0, 11), (15.0, 5), (99.0, 5)])
def test_k_is_guessed_from_the_smallest_number_ever_shown(least: float, k: int) -> None:
    assert k_in_force(np.array([[NAN, 300.0], [least, NAN]])) == k


def test_k_is_five_where_nothing_is_shown() -> None:
    assert k_in_force(np.full((3, 2), NAN)) == 5


def test_teams_are_read_in_the_order_of_their_keys() -> None:
    series = teams_of(ledger(np.array([[30.0, 40.0, 50.0]]), units=[UnitKey(k) for k in ("c", "a", "b")]))
    assert series.units == ("a", "b", "c")
    assert series.strain.tolist() == [[40.0, 50.0, 30.0]]


def test_only_teams_are_read() -> None:
    pages = ledger(ordinary(3, 4), divisions=2)
    assert teams_of(pages).units == names(4)


@pytest.mark.parametrize("kind", [Kind.POOL, Kind.OWN, Kind.GROUP, Kind.ROLES])
def test_other_lines_are_no_teams(kind: Kind) -> None:
    (page,) = ledger(ordinary(1, 1))
    other = dataclasses.replace(page, lines=(dataclasses.replace(page.lines[-1], kind=kind),))
    assert teams_of([other]).units == ()


def test_what_is_withheld_is_nan_and_what_is_rounded_is_noisier() -> None:
    series = teams_of(ledger(np.array([[40.0, NAN]])))
    assert np.isnan(series.strain[0]).tolist() == [False, True]
    assert series.coding[0, 0] == pytest.approx(25 / 24)
    assert np.isnan(series.answers[0, 1])


@pytest.mark.parametrize(
    ("reason", "silent"),
    [(Reason.TOO_FEW, True), (Reason.POOLED, True), (Reason.TOO_NEW, False), (Reason.NOT_ASKED, False)],
)
def test_only_too_few_answers_are_silence(reason: Reason, silent: bool) -> None:
    assert teams_of(ledger(np.array([[NAN]]), reason=reason)).silent[0, 0] == silent


def test_a_team_that_is_not_on_a_page_is_nothing_at_all() -> None:
    pages = ledger(ordinary(2, 2))
    pages[1] = dataclasses.replace(pages[1], lines=pages[1].lines[:-1])
    series = teams_of(pages)
    assert np.isnan(series.strain[1, 1])
    assert not series.silent[1, 1]
    assert series.people[1, 1] == 0


def test_an_unknown_number_of_people_gives_no_turnout() -> None:
    (page,) = ledger(np.array([[40.0]]), people=0)
    assert np.isnan(teams_of([page]).answered[0, 0])


def test_teams_of_one_division_have_one_number() -> None:
    group = teams_of(ledger(ordinary(2, 6), divisions=3)).group
    assert group.tolist() == [[0, 1, 2, 0, 1, 2]] * 2


def test_the_whole_is_what_every_round_asks() -> None:
    series = whole_of(ledger(ordinary(3, 4), whole=np.array([40.0, 41.0, 42.0])))
    assert series.units == (TRUST,)
    assert series.strain[:, 0].tolist() == [40.0, 41.0, 42.0]
    assert series.coding[0, 0] == pytest.approx(4 / 12)


def test_a_single_round_asks_nothing_twice() -> None:
    assert whole_of(ledger(ordinary(1, 4))).units == ()


def test_where_every_question_changes_there_is_no_whole() -> None:
    pages = [_only(page, f"turn{i}") for i, page in enumerate(ledger(ordinary(4, 4)))]
    assert whole_of(pages).units == ()


def _only(page: Page, question: str) -> Page:
    return dataclasses.replace(page, questions=(question,))


def test_a_question_that_is_dropped_later_leaves_a_gap() -> None:
    pages = ledger(ordinary(4, 4))
    cells = {key: cell for key, cell in pages[3].cells.items() if key[1] != "fixed"}
    pages[3] = dataclasses.replace(pages[3], cells=cells)
    assert np.isnan(whole_of(pages).strain[:, 0]).tolist() == [False, False, False, True]


def test_a_team_at_the_top_is_no_whole() -> None:
    line = Line(TRUST, None, "Practice", Kind.TEAM, 1, 1, 20, 20)
    pages = [dataclasses.replace(page, lines=(line,)) for page in ledger(ordinary(3, 1))]
    assert whole_of(pages).units == ()


def test_role_holders_are_not_the_whole() -> None:
    roles = Line(UnitKey("~roles"), None, "", Kind.ROLES, 0, 0, 6, 6)
    pages = [dataclasses.replace(page, lines=(roles, *page.lines)) for page in ledger(ordinary(3, 4))]
    assert whole_of(pages).units == (TRUST,)


def test_the_wholes_participation_is_its_number_of_answers() -> None:
    pages = ledger(ordinary(2, 10))
    told: dict[CellKey, Cell] = {(TRUST, WHOLE, Stat.ANSWERED): Released(123.0, "100-199")}
    pages = [dataclasses.replace(page, cells={**page.cells, **told}) for page in pages]
    assert whole_of(pages).answers[:, 0].tolist() == [123.0, 123.0]


def test_a_withheld_whole_is_a_gap() -> None:
    pages = ledger(ordinary(3, 4))
    hidden: dict[CellKey, Cell] = {(TRUST, "fixed", Stat.SCORE): Withheld(Reason.TOO_FEW)}
    pages[1] = dataclasses.replace(pages[1], cells={**pages[1].cells, **hidden})
    assert np.isnan(whole_of(pages).strain[:, 0]).tolist() == [False, True, False]


def test_rounds_keep_their_numbers_where_one_was_void() -> None:
    pages = [
        dataclasses.replace(p, round=n, opened_on=date(2026, 1, n))
        for p, n in zip(ledger(ordinary(2, 2)), (3, 5), strict=True)
    ]
    assert teams_of(pages).rounds == (3, 5)
