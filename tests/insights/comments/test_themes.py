"""Themes are told of what a comment really speaks of, and of nothing that only looks like it."""

from __future__ import annotations

import json
import random
import time
import tomllib
from importlib import resources

import pytest

from insights.comments.ngrams import Layer
from insights.comments.phrases import compiled
from insights.comments.theme_phrases import strongest, theme_phrases
from insights.comments.themes import Theme, driver_of, scores, themes_of, weighed
from insights.pack import default_pack
from insights.policy import COMMENT_LENGTH

DATA = resources.files("insights.comments") / "data"

NOTHING = -3.0
"""Log-odds of a theme that no phrase speaks for."""

ONE_EACH = {
    Theme.STAFFING: ("Two nurses short again", "finally fully staffed today", "agency didn't turn up"),
    Theme.WORKLOAD: ("run ragged since seven", "paperwork piling up", "Busy but manageable"),
    Theme.BREAKS_REST: ("no break again", "ate a biscuit standing up at 4pm", "Got my break and a hot cup of tea"),
    Theme.SLEEP_SHIFTS: ("four nights on the bounce", "annual leave refused", "rota is out"),
    Theme.MANAGEMENT_SUPPORT: ("matron never listens", "my manager checked in on me", "appraisal booked for Tuesday"),
    Theme.TEAM: (
        "best team I have worked with",
        "the atmosphere on here is toxic between us",
        "proper laugh with the girls",
    ),
    Theme.BULLYING_DISCRIMINATION: (
        "she mocks my accent",
        "racist comments and nobody acts",
        "being bullied by a senior",
    ),
    Theme.PATIENT_AGGRESSION: (
        "got punched by a patient",
        "relatives shouting at reception",
        "spat at, security took ages",
    ),
    Theme.MORAL_DISTRESS: (
        "patients dying on trolleys in the corridor",
        "he died alone",
        "her death keeps playing in my head",
    ),
    Theme.RECOGNITION: ("not even a thank you", "nominated for an award", "family brought us a card and chocolates"),
    Theme.PAY: ("paid wrong again", "can't afford to park here", "back pay came through"),
    Theme.HOME_LIFE: ("missed my daughter's nativity", "childcare fell through", "great weekend with the family"),
    Theme.TRAINING_DEVELOPMENT: ("passed my OSCE", "study leave cancelled", "mandatory training at two"),
    Theme.EQUIPMENT_ENVIRONMENT: ("printer broken again", "35 degrees and no fans", "new hoists arrived"),
}


@pytest.mark.parametrize(("theme", "text"), [(theme, text) for theme, texts in ONE_EACH.items() for text in texts])
def test_a_plain_comment_has_its_theme(theme: Theme, text: str) -> None:
    assert theme in themes_of(text)


def test_every_theme_has_its_place_and_none_is_missing() -> None:
    assert set(ONE_EACH) == set(Theme)
    assert theme_phrases().themes == tuple(Theme)
    assert Layer.load("themes").classes == tuple(Theme)


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("break a leg tomorrow", Theme.BREAKS_REST),
        ("had to break bad news to his wife", Theme.BREAKS_REST),
        ("the phone died on me", Theme.MORAL_DISTRESS),
        ("pay attention to the small print", Theme.PAY),
        ("thanks for asking", Theme.RECOGNITION),
        ("the bank holiday was lovely", Theme.STAFFING),
        ("missed my train home", Theme.TRAINING_DEVELOPMENT),
    ],
)
def test_what_only_looks_like_a_theme_is_passed_over(text: str, theme: Theme) -> None:
    assert theme not in themes_of(text)


def test_good_news_about_breaks_is_about_breaks() -> None:
    assert Theme.BREAKS_REST in themes_of("first break in weeks")


@pytest.mark.parametrize("text", ["", "ok", "so so", "same as last week", "👍", "12", "...", "\u200b"])
def test_nothing_much_has_no_theme(text: str) -> None:
    assert themes_of(text) == ()


def test_several_themes_come_in_their_order() -> None:
    assert themes_of("no break again and we are short staffed") == (Theme.STAFFING, Theme.BREAKS_REST)


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda text: text.replace("'", "\u2019")])
def test_case_and_quotes_make_no_difference(change: object) -> None:
    text = "Can't afford to park, it's \u00a39 a day"
    assert callable(change)
    assert themes_of(change(text)) == themes_of(text)


@pytest.mark.parametrize("theme", Theme)
def test_a_theme_belongs_to_an_option_of_the_driver_question_or_to_none(theme: Theme) -> None:
    options = default_pack().questions["driver"].options
    found = driver_of(theme)
    assert found is None or options[found] != "nothing"


def test_drivers_are_those_of_the_standards() -> None:
    options = default_pack().questions["driver"].options
    named = {theme: options[found] for theme in Theme if (found := driver_of(theme)) is not None}
    assert named[Theme.WORKLOAD] == named[Theme.STAFFING] == "demands"
    assert named[Theme.MANAGEMENT_SUPPORT] == "support"
    assert named[Theme.BULLYING_DISCRIMINATION] == "relationships"
    assert {Theme.PAY, Theme.HOME_LIFE, Theme.MORAL_DISTRESS}.isdisjoint(named)


def test_every_list_can_be_read_and_repeats_nothing() -> None:
    told = tomllib.loads((DATA / "themes.toml").read_text("utf-8"))
    for lists in told.values():
        phrases = [" ".join(one.split()) for kind in ("sure", "likely", "hints") for one in lists[kind].split(",")]
        assert all(phrases)
        assert sorted(set(phrases)) == sorted(phrases)
        assert all(one == one.lower() and not set(one) & set("'\"?!;") for one in phrases)
        assert not any(one.startswith(("..", "*")) or one.endswith("..") for one in phrases)


def test_what_was_learnt_is_of_phrases_that_there_are() -> None:
    learnt = json.loads((DATA / "themes.json").read_text("utf-8"))
    phrases = theme_phrases()
    known = {(phrases.themes[of], name) for of, name in zip(phrases.of, phrases.names, strict=True)}
    assert {(theme, name) for theme, found in learnt["phrases"].items() for name in found} <= known
    assert all(0 < chance < 1 for found in learnt["phrases"].values() for chance in found.values())


def test_gaps_stems_choices_and_numbers_find_what_they_say() -> None:
    phrases = compiled(["short .. staff*", "no|without breaks", "# nurses"])

    def labels(text: str) -> list[int]:
        return [one.label for one in phrases.found(text.split())]

    assert labels("short of good old trained staffing") == [0]
    assert labels("short a b c d e staff") == []
    assert labels("without breaks or no breaks") == [1, 1]
    assert labels("3 nurses and three nurses and nurses") == [2, 2]


def test_phrases_about_the_same_words_count_once() -> None:
    found = list(compiled(["no break", "break"]).found(["no", "break"]))
    assert strongest(found, lambda _: 1.0) == (1.0, NOTHING, NOTHING)


def test_a_theme_with_a_stronger_rival_is_less_likely() -> None:
    alone = weighed([(0.0, NOTHING), (NOTHING, NOTHING)], (0, 0), (1, 0, -0.5, 0), (0, 0))
    beside = weighed([(0.0, NOTHING), (2.0, NOTHING)], (0, 0), (1, 0, -0.5, 0), (0, 0))
    assert beside[0] < alone[0]


def test_the_longest_comment_is_read_in_milliseconds() -> None:
    """CPU time with much room: 2 ms are usual, and numbers are the worst that can be typed."""
    pieces = ["1 ", "short ", "no break ", "not enough ", "a ", "😴", "7 nurses for ", "x"]
    drawn = random.Random(5)
    texts = [piece * COMMENT_LENGTH for piece in pieces]
    texts += ["".join(drawn.choices(pieces, k=COMMENT_LENGTH)) for _ in range(5)]
    scores("first")
    for text in texts:
        before = time.process_time()
        scores(text[:COMMENT_LENGTH])
        assert time.process_time() - before < 0.3
