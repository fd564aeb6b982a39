"""Themes over some rounds: what was shown is counted, and nothing that was not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from insights.cells import Bound, Cell, CellKey, Kind, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.comments.counting import THEMES as ALL_THEMES
from insights.comments.counting import TONES, Tone
from insights.comments.published import THEMES, TONE
from insights.comments.summary import is_heard, looked_at_words, summaries
from insights.comments.themes import Theme
from tests.insights.comments.said import coded, front, hidden, shares
from tests.insights.pages import TRUST, line, page, tree

MEDICINE, SURGERY = UnitKey("medicine"), UnitKey("surgery")


def ledger(*rounds: Mapping[CellKey, Cell]) -> list[Page]:
    return [page(number, tree(), cells) for number, cells in enumerate(rounds, 1)]


def test_the_unit_itself_comes_first_and_then_those_directly_below_it() -> None:
    found = summaries(ledger({}), TRUST, 12)
    assert [row.line.key for row in found] == ["trust", "medicine", "surgery"]
    assert [row.line.key for row in summaries(ledger({}), SURGERY, 12)] == ["surgery", "ward7", "theatres"]


def test_groups_of_a_lens_have_no_row() -> None:
    lens = line("~pattern.nights", kind=Kind.LENS)
    pages = [page(1, (*tree(), lens), {})]
    assert "~pattern.nights" not in {row.line.key for row in summaries(pages, TRUST, 12)}


def test_each_row_tells_the_newest_round_that_told_it() -> None:
    pages = ledger(
        shares("medicine", {Tone.NEGATIVE: 50}, {Theme.PAY: 40}),
        front("medicine", Tone.POSITIVE, Theme.TEAM),
        hidden("medicine"),
    )
    row = summaries(pages, TRUST, 12)[1]
    assert row.last is not None
    assert (row.last.round, row.last.said.tone, row.last.said.theme) == (2, Tone.POSITIVE, Theme.TEAM)
    assert (row.heard, row.told) == (3, 2)


def test_themes_are_counted_in_the_rounds_that_named_them_and_no_share_is_reckoned_anew() -> None:
    pages = ledger(
        shares("medicine", {Tone.NEGATIVE: 50}, {Theme.PAY: 40, Theme.STAFFING: 30}),
        shares("medicine", {Tone.NEGATIVE: 30}, {Theme.PAY: 30}),
        front("medicine", Tone.NEGATIVE, Theme.STAFFING),
        shares("medicine", {Tone.NEGATIVE: 10}, {}),
    )
    row = summaries(pages, TRUST, 12)[1]
    assert row.named == ((Theme.STAFFING, 2), (Theme.PAY, 2))
    assert row.negative == (coded(10), coded(50))
    assert row.negative[0].bound is Bound.AT_MOST


def test_a_round_out_of_the_period_counts_no_more() -> None:
    pages = ledger(front("medicine", Tone.NEGATIVE, Theme.PAY), hidden("medicine"), hidden("medicine"))
    assert summaries(pages, TRUST, 3)[1].told == 1
    row = summaries(pages, TRUST, 2)[1]
    assert (row.last, row.told, row.heard, row.named, row.negative) == (None, 0, 2, (), None)


def test_rounds_before_comments_were_counted_are_not_heard() -> None:
    row = summaries(ledger({}, hidden("medicine")), TRUST, 12)[1]
    assert row.heard == 1
    assert is_heard(ledger(hidden("medicine"))[0], MEDICINE)
    assert not is_heard(ledger(hidden("medicine"))[0], SURGERY)


@pytest.mark.parametrize("pages", [[], ledger({})])
def test_a_ledger_without_such_a_unit_is_refused(pages: list[Page]) -> None:
    with pytest.raises(LookupError):
        summaries(pages, UnitKey("nowhere"), 12)


def test_who_looked_is_said_to_have_seen_so_many_cells() -> None:
    pages = ledger(shares("medicine", {}, {}), hidden("medicine"), hidden("surgery"))
    both = looked_at_words(pages, ["trust", "medicine", "surgery"], 12)
    assert both == {
        "unit": "trust",
        "question": "words",
        "stat": "all",
        "rounds": [1, 3],
        "cells": len(TONES) + len(ALL_THEMES) + 2 + 2,
    }
    assert looked_at_words(pages, (None,), 1)["cells"] == 2


def test_cells_that_only_withhold_say_nothing_of_why() -> None:
    reasons = (Reason.TOO_FEW, Reason.POOLED, Reason.NOT_CLEAR)
    rows = [
        summaries(ledger({(MEDICINE, asked, Stat.TOP): Withheld(reason) for asked in (TONE, THEMES)}), TRUST, 12)[1]
        for reason in reasons
    ]
    assert len({(row.last, row.heard, row.told) for row in rows}) == 1


def test_shares_stand_as_they_were_published() -> None:
    pages = ledger(shares("medicine", {Tone.NEGATIVE: 80}, {}))
    row = summaries(pages, TRUST, 12)[1]
    assert row.negative == (Released(80, "20-49", Bound.AT_LEAST),) * 2
