"""One reading of a comment, in one order, light enough for a bot that is asked while somebody waits."""

from __future__ import annotations

import subprocess
import sys

import pytest

from insights.comments.analysis import Analysis, analyse, tone_of
from insights.comments.counting import Tone
from insights.comments.crisis import Care
from insights.comments.language import Language
from insights.comments.sentiment import Mood
from insights.comments.themes import Theme
from tests.command_line.shell import bare_environment

QUICK = 1.0
"""Seconds of a processor for the import: 0.1 are usual."""
HEAVY = ("textblob", "nltk", "phonenumbers", "numpy", "scipy", "aiogram", "sqlalchemy")


def test_an_english_comment_is_read_whole() -> None:
    found = analyse("Two nurses short again, gutted. Ask Priya on ext 4471")
    assert (found.language, found.label, found.care) == (Language.ENGLISH, Mood.NEGATIVE, Care.NONE)
    assert Theme.STAFFING in found.themes
    assert found.polarity is not None
    assert found.polarity < 0 < found.coverage
    assert found.scrubbed == "Two nurses short again, gutted. Ask [name] on ext [phone]"


@pytest.mark.parametrize(
    "text",
    [
        "dzisiaj by\u0142o bardzo ci\u0119\u017cko na oddziale, nie mamy ludzi",
        "heddiw roedd hi'n brysur iawn ar y ward",
    ],
)
def test_nobody_guesses_at_another_language(text: str) -> None:
    found = analyse(text)
    assert (found.language, found.polarity, found.label, found.themes) == (Language.OTHER, None, None, ())
    assert tone_of(found) is Tone.OTHER_LANGUAGE


def test_the_words_of_another_language_are_scrubbed_all_the_same() -> None:
    assert "Agnieszka" not in analyse("Agnieszka powiedzia\u0142a mi o tym wczoraj rano").scrubbed


def test_emoji_alone_can_tell_a_mood() -> None:
    found = analyse("😡😡")
    assert (found.language, found.label) == (Language.NONE, Mood.NEGATIVE)


@pytest.mark.parametrize("text", ["12", "...", "", "7/10"])
def test_without_words_and_emoji_there_is_nothing_to_tell(text: str) -> None:
    found = analyse(text)
    assert (found.polarity, found.label, found.themes) == (None, None, ())
    assert tone_of(found) is Tone.UNCLEAR


def test_care_is_told_beside_everything_else() -> None:
    found = analyse("I don't want to be alive any more, Priya")
    assert found.care is Care.CRISIS
    assert found.scrubbed.endswith("[name]")


@pytest.mark.parametrize("mood", Mood)
def test_every_mood_is_a_tone(mood: Mood) -> None:
    assert tone_of(Analysis(Language.ENGLISH, 0.1, 1.0, mood, (), Care.NONE, "")).value == mood.value


def test_its_repr_says_nothing_of_what_was_typed() -> None:
    assert "gutted" not in repr(analyse("gutted about the rota"))


def test_names_of_wards_and_people_are_the_callers() -> None:
    assert analyse("cosy corner is full", ["Cosy Corner"]).scrubbed == "[unit] is full"


def test_reading_loads_nothing_heavy() -> None:
    """Neither the import nor a comment without numbers: of TextBlob one file is loaded, without its package."""
    code = (
        "import sys, time; before = time.process_time(); from insights.comments.analysis import analyse\n"
        "took = time.process_time() - before\n"
        f"first = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "analyse('no break again, ask Priya')\n"
        f"print(first, [name for name in {HEAVY!r} if name in sys.modules], took < {QUICK})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=bare_environment(), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[] [] True"
