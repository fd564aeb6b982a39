"""English is kept, whatever it looks like; other languages are told apart."""

from __future__ import annotations

import subprocess
import sys

import pytest

from insights.comments.english import english
from insights.comments.language import Language, language_of


@pytest.mark.parametrize(
    "text",
    [
        "Ta",
        "Manic!",
        "knackered",
        "SHATTERED",
        "soooo tired",
        "Ward 7B obs",
        "EPMA down, TTOs late, OPEL 4",
        "tbh cba 2nite, no brk agn",
        "nobreaktodayagain",
        "cannae dae this, pure scunnered",
        "Gave Mrs Okonkwo her tinzaparin",
        "The kuya on nights is lovely",
        "pateints everwhere",
        "I don\u2019t know \u2014 it isn\u2019t good",
        "café shut again",
        "Our manager Wojciech Szczepański is great",
    ],
)
def test_english_is_kept(text: str) -> None:
    assert language_of(text) is Language.ENGLISH


@pytest.mark.parametrize(
    "text",
    [
        "Jestem bardzo zmęczona",
        "Jestem bardzo zmeczona",
        "Pagod na pagod na ako, walang pahinga",
        "Kulang kami sa staff",
        "staff bahut kam hai yaar",
        "njan valare tired aanu, innu break illa",
        "Dwi wedi blino'n lân",
        "kaum geschlafen",
        "ward pe bahut kaam tha aaj",
        "मैं बहुत थक गई हूँ",
        "staff की कमी है",
        "أنا متعبة جدا",
        "人手不够",
        "我很累",
        "Mo ti rẹ̀ gan-an lónìí",
    ],
)
def test_other_languages_are_told_apart(text: str) -> None:
    assert language_of(text) is Language.OTHER


@pytest.mark.parametrize("text", ["", "   ", "👍👍", "10/10", "12:30!!", "\u200b", "❤️🙌"])
def test_where_there_is_nothing_to_tell_by_nothing_is_told(text: str) -> None:
    assert language_of(text) is Language.NONE


def test_a_language_that_no_list_has_is_told_by_its_unknown_words() -> None:
    assert language_of("Olen hyvin väsynyt tänään, ei taukoa koko yönä") is Language.OTHER


def test_one_or_two_unknown_words_leave_a_text_english() -> None:
    assert language_of("Had my chai and samosa with Thulasi after the shift") is Language.ENGLISH


def test_a_long_or_hostile_text_is_answered() -> None:
    assert language_of("good shift " * 400) is Language.ENGLISH
    assert language_of("x" * 4096) in set(Language)
    assert language_of("a" * 40) in set(Language)


def test_words_are_known_inflected_and_mistyped() -> None:
    words = english()
    assert all(map(words.has, ("nurses", "knackered", "overworked", "unsafe", "hoisting")))
    assert not any(map(words.has, ("pagod", "zmeczona", "bahut")))
    assert all(map(words.is_slip_of, ("nihgt", "brk", "thankyouteam")))
    assert words.likeness("patience") > 4 > words.likeness("szczescie")


def test_textblob_itself_is_not_imported() -> None:
    code = (
        "import sys; from insights.comments.language import language_of; language_of('hello there');"
        "sys.exit(any(name.partition('.')[0] in ('textblob', 'nltk') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
