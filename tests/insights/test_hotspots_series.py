"""What the detector reads off a page, and what it takes a coded number for."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pytest

from insights.cells import WHOLE, Cell, CellKey, Kind, Line, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.hotspot_series import behind, shown_rounds
from insights.policy import N_BANDS
from tests.insights.hotspot_ledgers import NAN, TRUST, below, ledger, names, ordinary, without


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


@pytest.mark.parametrize("answered", [6.0, 12.0, 99.0, NAN])
@pytest.mark.parametrize("k", [5, 10, 11, 20, 50])
def test_k_is_what_the_page_says_whatever_is_shown(answered: float, k: int) -> None:
    pages = ledger(np.full((3, 2), NAN), np.full((3, 2), answered), people=400, k=k)
    assert [one.k for one in shown_rounds(pages)] == [k, k, k]


def test_every_round_has_the_k_of_its_own_page() -> None:
    pages = [dataclasses.replace(page, k=k) for page, k in zip(ledger(ordinary(3, 2)), (5, 10, 20), strict=True)]
    assert [one.k for one in shown_rounds(pages)] == [5, 10, 20]
    assert [one.k for one in shown_rounds(pages, after=1)] == [10, 20]


def test_teams_are_read_in_the_order_of_their_keys() -> None:
    (shown,) = shown_rounds(ledger(np.array([[30.0, 40.0, 50.0]]), units=[UnitKey(k) for k in ("c", "a", "b")]))
    assert shown.units == ("a", "b", "c")
    assert shown.strain.tolist() == [40.0, 50.0, 30.0]


def test_only_teams_are_read() -> None:
    pages = ledger(ordinary(3, 4), divisions=2)
    assert [one.units for one in shown_rounds(pages)] == [names(4)] * 3


@pytest.mark.parametrize("kind", [Kind.POOL, Kind.OWN, Kind.GROUP, Kind.ROLES])
def test_other_lines_are_no_teams(kind: Kind) -> None:
    (page,) = ledger(ordinary(1, 1))
    other = dataclasses.replace(page, lines=(dataclasses.replace(page.lines[-1], kind=kind),))
    assert shown_rounds([other])[0].units == ()


def test_what_is_withheld_is_nan_and_what_is_rounded_is_noisier() -> None:
    (shown,) = shown_rounds(ledger(np.array([[40.0, NAN]])))
    assert np.isnan(shown.strain).tolist() == [False, True]
    assert shown.items == 2
    assert shown.coding[0] == pytest.approx(25 / 24)
    assert np.isnan(shown.answers[1])


@pytest.mark.parametrize(
    ("reason", "silent"),
    [(Reason.TOO_FEW, True), (Reason.POOLED, True), (Reason.TOO_NEW, False), (Reason.NOT_ASKED, False)],
)
def test_only_too_few_answers_are_silence(reason: Reason, silent: bool) -> None:
    assert shown_rounds(ledger(np.array([[NAN]]), reason=reason))[0].silent[0] == silent


def test_a_team_that_is_not_on_a_page_is_not_in_its_round() -> None:
    pages = ledger(ordinary(2, 2))
    pages[1] = without(pages[1], UnitKey("t01"))
    assert [one.units for one in shown_rounds(pages)] == [names(2), names(1)]


def test_an_unknown_number_of_people_gives_no_turnout() -> None:
    (page,) = ledger(np.array([[40.0]]), people=0)
    assert np.isnan(shown_rounds([page])[0].answered[0])


def test_teams_know_the_division_they_are_in_now() -> None:
    pages = ledger(ordinary(2, 4), divisions=2)
    pages[1] = below(pages[1], UnitKey("t01"), TRUST)
    assert [one.parents for one in shown_rounds(pages)] == [("d0", "d1", "d0", "d1"), ("d0", TRUST, "d0", "d1")]


def test_a_spread_is_the_mean_of_the_scored_questions_and_only_of_all_of_them() -> None:
    pages = ledger(ordinary(1, 3), spread=np.array([[50.0, NAN, 75.0]]))
    half: dict[CellKey, Cell] = {(UnitKey("t00"), "turn0", Stat.SPREAD): Released(100.0, "10-19")}
    half[UnitKey("t02"), "fixed", Stat.SPREAD] = Withheld(Reason.TOO_FEW)
    (shown,) = shown_rounds([dataclasses.replace(pages[0], cells={**pages[0].cells, **half})])
    assert shown.spread[0] == 75.0
    assert np.isnan(shown.spread[1:]).all()
    assert shown.spread_items == 2


def test_only_later_rounds_are_read_and_they_know_the_earlier_ones() -> None:
    pages = ledger(ordinary(6, 4))
    every, late = shown_rounds(pages), shown_rounds(pages, after=4)
    assert [one.number for one in late] == [5, 6]
    assert [one.whole for one in late] == [one.whole for one in every[4:]]


def test_the_whole_is_what_every_round_asks() -> None:
    wholes = [one.whole for one in shown_rounds(ledger(ordinary(3, 4), whole=np.array([40.0, 41.0, 42.0])))]
    assert [one.unit for one in wholes if one] == [TRUST] * 3
    # the first round cannot know which of its questions come again
    assert [(one.score, one.items) for one in wholes if one] == [(40.0, 2), (41.0, 1), (42.0, 1)]
    assert [round(one.coding, 9) for one in wholes if one] == [round(4 / 12 / n, 9) for n in (2, 1, 1)]


def test_where_every_question_changes_there_is_no_whole() -> None:
    pages = [_only(page, f"turn{i}") for i, page in enumerate(ledger(ordinary(4, 4)))]
    assert [one.whole for one in shown_rounds(pages)[1:]] == [None] * 3


def _only(page: Page, question: str) -> Page:
    return dataclasses.replace(page, questions=(question,))


def _withheld(pages: list[Page]) -> list[bool]:
    return [bool(np.isnan(one.whole.score)) for one in shown_rounds(pages) if one.whole]


def test_a_question_that_is_dropped_later_leaves_a_gap() -> None:
    pages = ledger(ordinary(4, 4))
    cells = {key: cell for key, cell in pages[3].cells.items() if key[1] != "fixed"}
    pages[3] = dataclasses.replace(pages[3], cells=cells)
    assert _withheld(pages) == [False, False, False, True]


def test_a_team_at_the_top_is_no_whole() -> None:
    line = Line(TRUST, None, "Practice", Kind.TEAM, 1, 1, 20, 20)
    pages = [dataclasses.replace(page, lines=(line,)) for page in ledger(ordinary(3, 1))]
    assert [(one.units, one.whole) for one in shown_rounds(pages)] == [((TRUST,), None)] * 3


def test_role_holders_are_not_the_whole() -> None:
    roles = Line(UnitKey("~roles"), None, "", Kind.ROLES, 0, 0, 6, 6)
    pages = [dataclasses.replace(page, lines=(roles, *page.lines)) for page in ledger(ordinary(3, 4))]
    assert [one.whole.unit for one in shown_rounds(pages) if one.whole] == [TRUST] * 3


def test_the_wholes_participation_is_its_number_of_answers() -> None:
    pages = ledger(ordinary(2, 10))
    told: dict[CellKey, Cell] = {(TRUST, WHOLE, Stat.ANSWERED): Released(123.0, "100-199")}
    pages = [dataclasses.replace(page, cells={**page.cells, **told}) for page in pages]
    assert [one.whole.answers for one in shown_rounds(pages) if one.whole] == [123.0, 123.0]


def test_a_withheld_whole_is_a_gap() -> None:
    pages = ledger(ordinary(3, 4))
    hidden: dict[CellKey, Cell] = {(TRUST, "fixed", Stat.SCORE): Withheld(Reason.TOO_FEW)}
    pages[1] = dataclasses.replace(pages[1], cells={**pages[1].cells, **hidden})
    assert _withheld(pages) == [False, True, False]


def test_rounds_keep_their_numbers_where_one_was_void() -> None:
    pages = [
        dataclasses.replace(p, round=n, opened_on=date(2026, 1, n))
        for p, n in zip(ledger(ordinary(2, 2)), (3, 5), strict=True)
    ]
    assert [one.number for one in shown_rounds(pages)] == [3, 5]
