"""The table of themes: what it says, that it can be drawn of anything published, the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from insights.cells import Line
from insights.chart_words import ThemeWords
from insights.charts import theme_table
from insights.comments.counting import Tone
from insights.comments.summary import Summary, summaries
from insights.comments.themes import Theme
from insights.easel import Easel
from insights.policy import HEAT_ROWS
from insights.theme_picture import ThemePicture
from tests.insights.comments.said import front, hidden, shares
from tests.insights.pages import TRUST, page, tree

PNG = b"\x89PNG\r\n\x1a\n"


def called(line: Line) -> str:
    return line.name


WORDS = ThemeWords(
    title="What people wrote of: Trust",
    note="Per cent of those who wrote.",
    negative="negative",
    few="few",
    front="named most",
    withheld="not shown",
    never="too few wrote",
    theme=lambda theme: theme.value[:9],
    wrote=lambda n: f"{n} wrote",
    week=lambda day: f"{day:%d %b}",
    name=called,
    more=lambda count: f"+ {count} more",
)


def rows() -> Sequence[Summary]:
    cells = shares("trust", {Tone.NEGATIVE: 80}, {Theme.STAFFING: 50, Theme.TEAM: 80})
    return summaries(
        [page(1, tree(), cells | front("medicine", Tone.NEGATIVE, Theme.PAY) | hidden("surgery"))], TRUST, 12
    )


def written(easel: Easel) -> list[str]:
    """Every text on the sheet."""
    return [text.get_text() for text in easel.figure.axes[0].texts]


def test_it_is_a_picture_as_wide_as_a_phone_and_the_same_each_time() -> None:
    first = theme_table(rows(), WORDS)
    assert first.startswith(PNG)
    assert int.from_bytes(first[16:20], "big") == 1170
    assert theme_table(rows(), WORDS) == first


def test_it_says_shares_with_their_bounds_what_is_in_front_and_what_is_not_shown() -> None:
    said = written(ThemePicture(rows(), WORDS).draw())
    assert {"≥80", "50"} <= set(said)
    assert said.count("≥80") == 2
    assert said.count("●") == 2 + 1
    assert said.count("·") == 13 + 15 + 1
    assert {"06 Jan · 20-49 wrote", "06 Jan · 10-19 wrote", "too few wrote"} <= set(said)
    assert {"few", "named most", "not shown"} <= set(said)
    assert [theme.value for theme in Theme if theme.value[:9] not in said] == []


def test_the_legend_explains_only_what_is_there() -> None:
    said = written(ThemePicture(rows()[:1], WORDS).draw())
    assert "few" in said
    assert not {"named most", "not shown", "●", "·"} & set(said)


def test_of_more_units_than_fit_the_first_are_drawn_and_the_others_counted() -> None:
    many = [rows()[2]] * (HEAT_ROWS + 3)
    said = written(ThemePicture(many, WORDS).draw())
    assert said.count("too few wrote") == HEAT_ROWS
    assert "+ 3 more" in said


@pytest.mark.parametrize("name", ["", "🙂", "W" * 200, "A & B <C> $x_1$"])
def test_any_name_can_be_drawn(name: str) -> None:
    [row] = rows()[1:2]
    assert theme_table([replace(row, line=replace(row.line, name=name))], WORDS).startswith(PNG)
