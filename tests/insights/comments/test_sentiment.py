"""The mood of comments: negations hold, lists do not misfire, no signal is no mood, TextBlob itself is left alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from insights import policy
from insights.comments.lexicon import NUMBERS, read
from insights.comments.ngrams import Layer
from insights.comments.sentiment import Mood, Sentiment, sentiment, weighed

NEGATED = {
    "The rota {} fair": ("isn't", "aren't", "wasn't", "weren't", "ain't"),
    "This {} good": ("isn't", "wasn't", "ain't"),
    "The new system {} helpful": ("isn't", "wasn't", "ain't"),
    "It {} safe": ("isn't", "wasn't", "weren't"),
    "Management {} supportive": ("isn't", "aren't", "wasn't", "weren't"),
    "We {} feel valued": ("don't", "didn't", "can't", "couldn't", "wouldn't"),
    "I {} enjoy my shifts": ("don't", "didn't", "can't", "couldn't", "won't"),
    "They {} listen to us": ("don't", "doesn't", "didn't", "won't", "wouldn't"),
    "We {} get a proper break": ("don't", "didn't", "can't", "couldn't", "won't"),
    "I {} recommend working here": ("don't", "can't", "couldn't", "wouldn't"),
    "It {} been a good week": ("hasn't", "hadn't"),
    "I {} had a nice week": ("haven't", "hadn't"),
}


@pytest.mark.parametrize("frame", NEGATED)
def test_a_negated_good_word_is_never_good_however_it_is_typed(frame: str) -> None:
    for short in NEGATED[frame]:
        typed = {short, short.replace("'", "\u2019"), short.replace("'", "\u2018"), short.replace("'", "")}
        moods = {sentiment(frame.format(one)) for one in typed}
        assert len(moods) == 1
        assert moods.pop().label is not Mood.POSITIVE


@pytest.mark.parametrize(
    "text", ["not bad at all", "can't complain", "couldn\u2019t be happier", "No complaints", "👍", "😊😊"]
)
def test_praise_in_the_negative_and_in_pictures_is_praise(text: str) -> None:
    assert sentiment(text).label is Mood.POSITIVE


@pytest.mark.parametrize("text", ["dead on my feet", "at the end of my tether", "😡", "knackered again", "burnt out"])
def test_phrases_of_the_wards_and_pictures_are_heard(text: str) -> None:
    assert sentiment(text).label is Mood.NEGATIVE


@pytest.mark.parametrize(
    "text", ["first", "patient", "early", "critical care", "positive swab", "long day", "late shift"]
)
def test_words_that_mean_no_mood_on_a_ward_are_no_signal_to_the_lists(text: str) -> None:
    reading = read(text)
    assert (reading.known, reading.coverage) == (0, 0.0)


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "-"])
def test_nothing_said_is_no_mood(text: str) -> None:
    assert sentiment(text) == Sentiment(None, 0.0, None)


def test_no_known_word_and_no_lean_is_no_signal() -> None:
    alone, unknown = read("xylophone"), read("xylophone glockenspiel")
    assert weighed(alone, (0.7, 0.2, 0.1)) == Sentiment(None, 0.0, None)
    assert weighed(unknown, (0.3, 0.4, 0.3)) == Sentiment(None, 0.0, None)
    assert weighed(unknown, (0.7, 0.2, 0.1)).label is Mood.NEGATIVE


def test_a_comment_is_good_only_from_the_cut_off_on() -> None:
    known = read("lovely")
    at = policy.MOOD_POSITIVE_FROM
    for polarity, label in ((at - 0.01, Mood.NEUTRAL), (at + 0.01, Mood.POSITIVE)):
        good, bad = (0.81 + polarity * 0.9) / 2, (0.81 - polarity * 0.9) / 2
        found = weighed(known, (bad, 0.19, good))
        assert (found.polarity, found.label) == (pytest.approx(polarity, abs=1e-3), label)


def test_the_likeliest_of_three_is_the_label() -> None:
    known = read("lovely")
    assert weighed(known, (0.2, 0.5, 0.3)).label is Mood.NEUTRAL
    assert weighed(known, (0.5, 0.2, 0.3)).label is Mood.NEGATIVE
    assert weighed(known, (0.1, 0.2, 0.7)).label is Mood.POSITIVE


def test_what_is_said_in_denial_is_not_meant_well() -> None:
    assert weighed(read("not helpful"), (0.2, 0.2, 0.6)).label is Mood.NEGATIVE
    assert weighed(read("not helpful, but lovely"), (0.2, 0.2, 0.6)).label is Mood.POSITIVE


def test_sums_grow_with_what_is_said() -> None:
    once, twice = (read(text).numbers[NUMBERS.index("for_own")] for text in ("lovely", "lovely, brilliant"))
    assert 0 < once < twice < 1


def test_polarity_stays_in_its_bounds() -> None:
    for text in ("awful " * 200, "brilliant " * 200, "😡" * 300, "A" * 4096):
        found = sentiment(text)
        assert found.polarity is None or -1 <= found.polarity <= 1
        assert 0 <= found.coverage <= 1


def test_the_layer_was_fitted_with_the_numbers_that_are_read() -> None:
    assert Layer.load("sentiment").dense == NUMBERS
    assert Layer.load("sentiment").classes == tuple(mood.value for mood in Mood)


def test_textblob_and_nltk_are_not_imported_for_it() -> None:
    code = (
        "import sys; from insights.comments.sentiment import sentiment; sentiment('good')\n"
        "print([name for name in ('textblob', 'nltk', 'numpy', 'scipy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_textblob_of_everybody_else_stays_as_it_was() -> None:
    code = (
        "from insights.comments.sentiment import sentiment; sentiment('knackered first')\n"
        "from textblob.en import sentiment as shared; print(shared('knackered')[0], shared('first')[0])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "0.0 0.25\n"
    )


def test_nothing_of_a_text_is_in_what_is_told_of_it() -> None:
    assert "xylophone" not in f"{read('xylophone')} {sentiment('xylophone')}"
