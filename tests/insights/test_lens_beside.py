"""A lens's lines in the ledger: trends and files have them; flags, digests and heat maps read as if they were not."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

from insights.cells import WHOLE, Cell, CellKey, Kind, Line, Page, Stat, UnitKey, Withheld
from insights.digest import compose
from insights.heat_rows import choose, marks
from insights.hotspots import detect
from insights.policy import LEARNING_ROUNDS
from insights.subtree import subtree
from insights.trends import ExportWords, is_told, series, to_csv
from tests.insights.hotspot_ledgers import TRUST, ledger, ordinary
from tests.insights.pages import shown

NIGHTS = UnitKey("~pattern.nights")
OTHERS = UnitKey("~pattern.days+mixed")
WORDS = ExportWords("not shown", {}, lambda line: f"all {line.name}", lambda _question, index: str(index))


def with_lens(page: Page, strain: float) -> Page:
    """The page with two groups, whose nights say this."""
    lines = tuple(
        Line(key, TRUST, key.partition(".")[2], Kind.LENS, teams_in=0, teams=0, people=0, headcount=0)
        for key in (OTHERS, NIGHTS)
    )
    cells: dict[CellKey, Cell] = {
        (key, question, stat): shown(value, "50-99")
        for key, value in ((NIGHTS, strain), (OTHERS, 40.0))
        for question, stat in ((WHOLE, Stat.STRAIN), (page.questions[0], Stat.SCORE))
    }
    return replace(page, lines=(*page.lines, *lines), cells={**page.cells, **cells})


@pytest.fixture(scope="module")
def plain() -> list[Page]:
    """Twenty rounds of twelve teams: one that gets much worse, one that falls silent."""
    strain = ordinary(LEARNING_ROUNDS + 8, 12)
    answered = np.full(strain.shape, 12.0)
    strain[-4:, 3] = 80.0
    strain[-6:, 5] = np.nan
    answered[-6:, 5] = np.nan
    return ledger(strain, answered, divisions=2)


@pytest.fixture(scope="module")
def lensed(plain: list[Page]) -> list[Page]:
    """The same, and nights that go from calm to the end of the scale."""
    return [with_lens(page, 20.0 if page.round <= LEARNING_ROUNDS else 90.0) for page in plain]


def test_no_flag_is_raised_and_none_is_changed_by_a_lens(plain: list[Page], lensed: list[Page]) -> None:
    reading = detect(plain)
    assert reading.flags or reading.open_flags
    assert detect(lensed) == reading


def test_a_digest_and_a_heat_map_read_the_same_beside_a_lens(plain: list[Page], lensed: list[Page]) -> None:
    reading = detect(plain)
    assert compose(lensed, TRUST, reading) == compose(plain, TRUST, reading)
    assert choose(lensed[-1], TRUST, marks(reading)) == choose(plain[-1], TRUST, marks(reading))


def test_a_lens_is_below_the_organisation_and_in_no_division(lensed: list[Page]) -> None:
    assert {NIGHTS, OTHERS} <= {line.key for line in subtree(lensed[-1], TRUST)}
    assert not {NIGHTS, OTHERS} & {line.key for line in subtree(lensed[-1], UnitKey("d0"))}


def test_a_group_has_a_trend_but_nobody_counts_who_was_asked(lensed: list[Page]) -> None:
    points = series(lensed, NIGHTS, WHOLE, Stat.STRAIN)
    assert [point.cell for point in points[-2:]] == [shown(90.0, "50-99")] * 2
    assert series(lensed, NIGHTS, WHOLE, Stat.ANSWERED) == ()
    withheld = series(lensed, TRUST, WHOLE, Stat.ANSWERED)
    assert len(withheld) == len(lensed)
    assert all(isinstance(point.cell, Withheld) for point in withheld)


def test_a_group_that_was_put_together_otherwise_is_another(plain: list[Page], lensed: list[Page]) -> None:
    mixed = [*plain[:5], *lensed[5:]]
    assert [point.round for point in series(mixed, OTHERS, WHOLE, Stat.STRAIN)] == [p.round for p in lensed[5:]]


def test_a_file_has_the_groups_under_a_name_that_can_be_read(lensed: list[Page]) -> None:
    words = replace(WORDS, definitions={key: key for key in ("strain", "score", "answered")})
    rows = list(csv.DictReader(StringIO(to_csv(lensed[-1:], None, words))))
    found = {(row["unit"], row["name"], row["people_asked"]) for row in rows if row["kind"] == "lens"}
    assert found == {(NIGHTS, "all nights", ""), (OTHERS, "all days+mixed", "")}


def test_every_other_line_tells_who_answered(lensed: list[Page]) -> None:
    told = {line.kind: is_told(line, Stat.ANSWERED) for line in lensed[-1].lines}
    assert told == {Kind.GROUP: True, Kind.TEAM: True, Kind.LENS: False}
