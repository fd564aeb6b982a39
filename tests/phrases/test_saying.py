"""What people wrote, in a phrase: bands, coded ends, what is in front, and what is not said."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from handlers.saying import can_do, mark_name, phrase, words_of
from handlers.words import load_words
from insights.cells import Cell, CellKey, Stat, UnitKey
from insights.comments.counting import MARKS, THEMES, TONES, CommentTally, Tone
from insights.comments.published import THEMES as ABOUT
from insights.comments.published import TONE, comment_cells
from insights.comments.themes import Theme
from insights.comments.told import Said, said
from insights.lattice import Atom, Leaf
from tests.insights.comments.said import front, hidden, shares
from tests.insights.pages import page, tree

SAY = load_words().speak("en")
WARD = UnitKey("ward7")


def line(cells: Mapping[CellKey, Cell]) -> str:
    """The ward's line as it is read."""
    return re.sub(r"<[^>]+>", "", words_of(page(1, tree(), cells), WARD, SAY))


def found(cells: Mapping[CellKey, Cell]) -> Said:
    one = said(page(1, tree(), cells), WARD)
    assert one is not None
    return one


def published(commenters: int, negative: int, staffing: int, people: int = 300) -> str:
    """The line of a ward in which so many wrote, through the release rule: the others were neutral."""
    marks = [0] * MARKS
    marks[TONES.index(Tone.NEGATIVE)], marks[TONES.index(Tone.NEUTRAL)] = negative, commenters - negative
    marks[len(TONES) + THEMES.index(Theme.STAFFING)] = staffing
    leaf = Leaf(WARD, WARD, (WARD,), people, people, {}, CommentTally(commenters, commenters, tuple(marks)))
    enough = [Atom(WARD, (WARD,))] if commenters >= 10 else []
    cells = comment_cells([(WARD,)], None, enough, {WARD: leaf})
    return line({(WARD, question, stat): cell for question, stat, cell in cells})


TOO_FEW = "In words: too few wrote to be told, or too few of one mind."


@pytest.mark.parametrize(
    ("wrote", "negative", "staffing", "told"),
    [
        (9, 9, 9, TOO_FEW),
        (10, 6, 4, "In words (10-19 wrote): most often about staffing; more negative than anything else."),
        (19, 10, 3, "In words (10-19 wrote): no theme stands out; more negative than anything else."),
        (19, 9, 12, "In words (10-19 wrote): most often about staffing; more neutral than anything else."),
        (20, 8, 8, "In words (20-49 wrote): staffing; about 4 in 10 who wrote were negative."),
        (20, 4, 4, "In words (20-49 wrote): no theme stands out; 2 in 10 or fewer who wrote were negative."),
        (20, 16, 5, "In words (20-49 wrote): staffing; 8 in 10 or more who wrote were negative."),
        (49, 49, 49, "In words (20-49 wrote): staffing; 8 in 10 or more who wrote were negative."),
        (50, 23, 5, "In words (50-99 wrote): no theme stands out; about 45 in 100 who wrote were negative."),
        (50, 25, 8, "In words (50-99 wrote): staffing; about 5 in 10 who wrote were negative."),
        (50, 0, 0, "In words (50-99 wrote): no theme stands out; 1 in 10 or fewer who wrote were negative."),
        (200, 86, 60, "In words (200+ wrote): staffing; about 43 in 100 who wrote were negative."),
    ],
)
def test_at_every_band_what_is_published_is_said(wrote: int, negative: int, staffing: int, told: str) -> None:
    assert published(wrote, negative, staffing) == told


def test_of_many_themes_the_three_named_most_are_said() -> None:
    named = {Theme.PAY: 30, Theme.BREAKS_REST: 60, Theme.STAFFING: 50, Theme.TEAM: 40}
    assert line(shares("ward7", {Tone.NEGATIVE: 40}, named)).startswith(
        "In words (20-49 wrote): breaks, staffing, the team;"
    )


def test_where_more_were_glad_than_anything_else_that_is_said_first() -> None:
    told = line(shares("ward7", {Tone.POSITIVE: 60, Tone.NEGATIVE: 30}, {Theme.TEAM: 50}))
    assert told.endswith("the team; about 6 in 10 who wrote were positive, about 3 in 10 negative.")


def test_other_languages_are_told_from_a_visible_share_on() -> None:
    some = "Some wrote in other languages: counted, not read."
    assert line(shares("ward7", {Tone.NEGATIVE: 40, Tone.OTHER_LANGUAGE: 30}, {})).endswith(some)
    assert some not in line(shares("ward7", {Tone.NEGATIVE: 40, Tone.OTHER_LANGUAGE: 20}, {}))
    assert "most wrote in other languages" in line(front("ward7", Tone.OTHER_LANGUAGE, None))


@pytest.mark.parametrize("tone", [*Tone, None])
@pytest.mark.parametrize("theme", [*Theme, None])
def test_whatever_is_in_front_has_its_words(tone: Tone | None, theme: Theme | None) -> None:
    told = line(front("ward7", tone, theme))
    assert (told == TOO_FEW) == (tone is None and theme is None)
    assert not {"{", "}", "None"} & set(re.split(r"[^\w{}]", told))


def test_where_nobody_could_have_written_nothing_is_said() -> None:
    assert line({}) == ""
    assert line(hidden("ward7")) == TOO_FEW
    assert line(hidden("ward1")) == ""


def test_nobody_is_everybody() -> None:
    every = [line(shares("ward7", {tone: 100}, dict.fromkeys(Theme, 100.0))) for tone in Tone]
    assert not [told for told in every if re.search(r"every|all |nobody|10 in 10|100", told)]


@pytest.mark.parametrize("theme", Theme)
def test_each_theme_has_a_step_that_a_lead_can_take(theme: Theme) -> None:
    step = can_do(found(front("ward7", Tone.NEGATIVE, theme)), SAY)
    assert step is not None
    assert step.startswith("A next step: ")


def test_about_what_people_are_glad_of_there_is_nothing_to_mend() -> None:
    assert can_do(found(front("ward7", Tone.POSITIVE, Theme.TEAM)), SAY) is None
    assert can_do(found(front("ward7", Tone.NEGATIVE, None)), SAY) is None


def test_the_phrase_itself_says_no_number_of_people() -> None:
    assert phrase(found(front("ward7", Tone.NEGATIVE, Theme.PAY)), SAY) == (
        "most often about pay; more negative than anything else."
    )


def test_marks_of_a_later_version_are_called_by_their_place() -> None:
    assert [mark_name(TONE, 0, SAY), mark_name(ABOUT, 0, SAY)] == ["negative", "staffing"]
    assert [mark_name(TONE, 99, SAY), mark_name(ABOUT, 99, SAY)] == ["100", "100"]


def test_every_share_has_a_bound_that_is_spoken() -> None:
    assert {str(stat) for _, question, stat in shares("ward7", {}, {}) if question == TONE} == {
        Stat.share(place) for place in range(len(TONES))
    }
