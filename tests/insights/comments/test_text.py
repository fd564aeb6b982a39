"""What is typed in many ways is read in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.comments.text import normalise, tokens

CONTRACTIONS = {
    "isn't": "is not", "aren't": "are not", "wasn't": "was not", "weren't": "were not", "don't": "do not",
    "doesn't": "does not", "didn't": "did not", "haven't": "have not", "hasn't": "has not", "hadn't": "had not",
    "can't": "can not", "couldn't": "could not", "won't": "will not", "wouldn't": "would not", "shan't": "shall not",
    "shouldn't": "should not", "mustn't": "must not", "mightn't": "might not", "needn't": "need not",
    "ain't": "is not",
    "I'm": "I am", "you're": "you are", "we're": "we are", "they're": "they are", "he's": "he is", "she's": "she is",
    "it's": "it is", "that's": "that is", "there's": "there is", "what's": "what is", "who's": "who is",
    "nobody's": "nobody is", "I've": "I have", "we've": "we have", "they've": "they have", "I'll": "I will",
    "we'll": "we will", "I'd": "I would", "they'd": "they would", "could've": "could have",
    "should've": "should have",
    "couldn't've": "could not have", "let's": "let us", "'cause": "because", "o'clock": "oclock",
}  # fmt: skip
BARE = ("isnt", "dont", "cant", "wont", "didnt", "couldnt", "wasnt", "havent", "im", "ive", "theyre", "thats")
APOSTROPHES = "\u2018\u2019\u201b\u2032\u00b4`\u02bc\uff07"


@pytest.mark.parametrize("apostrophe", ["'", *APOSTROPHES])
def test_contractions_are_written_out_whatever_their_apostrophe(apostrophe: str) -> None:
    for short, full in CONTRACTIONS.items():
        assert normalise(short.replace("'", apostrophe)) == full


def test_a_capital_stays_a_capital() -> None:
    assert normalise("Isn\u2019t it? WON'T! I'LL") == "Is not it? WILL NOT! I WILL"


def test_a_forgotten_apostrophe_makes_no_difference() -> None:
    for bare in BARE:
        assert " " in normalise(bare)
    assert normalise("dont") == normalise("don't")


def test_words_that_only_look_like_contractions_stay() -> None:
    assert normalise("I was ill, well, were they, its id, shell") == "I was ill, well, were they, its id, shell"


@pytest.mark.parametrize("slipped", ["doesn;t", "does'nt", "doesnt'", "doesn 't", "doesn' t"])
def test_a_slipped_apostrophe_makes_no_difference(slipped: str) -> None:
    assert normalise(f"it {slipped} work") == "it does not work"


def test_a_possessive_keeps_its_word() -> None:
    assert (
        normalise("the ward's fridge, the nurses' room, \u2018quotes\u2019")
        == "the wards fridge, the nurses room, quotes"
    )


def test_drawn_out_words_are_shortened() -> None:
    assert normalise("sooooo tiredddd, noooo, goooood, stillll") == "so tired, no, good, still"


def test_emoticons_and_emoji_stand_apart() -> None:
    assert tokens("ok:) done👍🏽👩\u200d⚕\ufe0f!") == ("ok", "🙂", "done", "👍", "👩", "⚕", "!")
    assert tokens("see notes:(1) http://x 10:30") == ("see", "notes", "1", "http", "x", "10", "30")


def test_text_speak_is_read_as_words() -> None:
    assert normalise("thx 4 it, cant w8 2 c u, w/o a brk") == "thanks 4 it, can not w8 2 c you, without a brk"


def test_other_languages_keep_their_letters() -> None:
    assert normalise("Jestem wykończona, ഇന്ന് नमस्ते diolch") == "Jestem wykończona, ഇന്ന് नमस्ते diolch"


def test_nothing_gives_nothing() -> None:
    assert normalise("") == normalise(" \n\t\u200b") == ""
    assert tokens("") == tokens(" ,;- ") == ()


@given(st.text(max_size=80) | st.text(alphabet="nt's'aI\u2019 :(😀w/o.", max_size=40))
def test_normalising_again_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
