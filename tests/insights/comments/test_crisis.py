"""Who is offered help, and who is left in peace. Short examples only; figures are in docs/comments-table.md."""

from __future__ import annotations

import logging
import tomllib
from importlib import resources

import pytest

from insights import policy
from insights.comments.crisis import Care, Said, by_phrases, care_for, joined, judged
from insights.comments.crisis_abroad import is_abroad
from insights.comments.crisis_form import form
from insights.comments.crisis_layer import features, nearness
from insights.comments.crisis_rules import Hit, compiled, standing


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "I don't want to be alive any more",
        "been thinking about ending my life",
        "they would all be better off without me",
        "I have been cutting again",
        "I've saved up enough tablets",
        "my husband hits me",
        "I took an overdose last weekend",
    ],
)
def test_what_is_said_plainly_gets_the_crisis_card(text: str) -> None:
    assert care_for(text) is Care.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "I want to d.i.e",
        "i w a n t t o d i e",
        "iwanttodie",
        "want to k*ll myself",
        "want to k1ll mys3lf",
        "want to ki\u200bll my\u200dself",
        "w\u0430nt to di\u0435",
        "want to diiiie",
        "wnat to kil myslef",
        "WANT TO DIE",
        "want 2 die",
        "wanna die",
        "I don\u2019t want to live any more",
        "dont wanna live nomore",
    ],
)
def test_disguises_and_slips_are_seen_through(text: str) -> None:
    assert care_for(text) is Care.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "this rota will be the death of me",
        "dying for a brew",
        "my feet are killing me",
        "dead chuffed with the new rota",
        "ligature audit all done",
        "patient came in after an overdose, settled now",
        "burnt my hand on the steriliser",
        "want to end my contract in March",
        "saving up for a tablet for uni",
        "needlestick, bloods done",
        "Short staffed again and no break",
        "lovely team today",
        "what were you doing, I could not hear what you want in an hour",
        "",
        "👍",
        "10/10",
    ],
)
def test_idioms_clinical_talk_and_plain_comments_get_no_card(text: str) -> None:
    assert care_for(text) is Care.NONE


@pytest.mark.parametrize(
    "text",
    [
        "not suicidal, just knackered",
        "I'm not going to hurt myself or anything",
        "cut myself on an ampoule",
        "speaking up here is career suicide",
    ],
)
def test_a_denial_or_a_mishap_gets_no_crisis_card(text: str) -> None:
    assert care_for(text) is not Care.CRISIS


def test_what_a_patient_says_is_not_taken_for_the_writers_own() -> None:
    assert care_for("patient said she wanted to die, psych liaison came") is Care.NONE
    assert care_for("I said I wanted to die") is Care.CRISIS


def test_a_worry_about_a_colleague_gets_the_gentle_card() -> None:
    assert care_for("my colleague says she wants to kill herself") is Care.GENTLE


def test_a_laugh_softens_and_meaning_it_does_not() -> None:
    assert care_for("want to die lol") is Care.GENTLE
    assert care_for("want to die lol no I am serious") is Care.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "chcę umrzeć",
        "ich will nicht mehr leben",
        "quiero morir",
        "gusto ko nang mamatay",
        "मैं मरना चाहता हूँ",
        "main marna chahta hoon",
        "മരിക്കണം",
        "أريد أن أموت",
        "أُرِيدُ أَنْ أَمُوتَ",
        "dwi eisiau marw",
        "我想死",
        "ölmek istiyorum",
        "HOÇU ÖLMEK İSTİYORUM",
    ],
)
def test_other_languages_get_the_gentle_card_and_never_more(text: str) -> None:
    assert is_abroad(text)
    assert care_for(text) is Care.GENTLE


def test_every_language_of_the_lists_has_phrases_that_its_own_form_finds() -> None:
    text = (resources.files("insights.comments") / "data" / "crisis_languages.toml").read_text("utf-8")
    lists = tomllib.loads(text)
    assert lists["reviewed"] == []
    assert len(lists["phrases"]) >= 30
    for block in lists["phrases"].values():
        assert block.split()
        assert all(is_abroad(f"x {line} y") for line in block.splitlines() if line.strip())


@pytest.mark.parametrize("text", ["Jestem zmęczona po nocy", "Hoy fue un buen turno", "Pagod na ako", "बहुत काम है"])
def test_plain_comments_in_other_languages_get_no_card(text: str) -> None:
    assert care_for(text) is Care.NONE


def test_a_long_text_is_read_at_both_ends_and_in_between() -> None:
    plain, telling = "The ward was busy and the rota is wrong. ", "I want to die. "
    assert care_for(plain * 90) is Care.NONE
    for text in (telling + plain * 90, plain * 90 + telling, plain * 45 + telling + plain * 45):
        assert len(text) <= policy.MESSAGE_LENGTH
        assert care_for(text) is Care.CRISIS
    assert care_for(telling + plain * 3000 + telling) is Care.CRISIS


def test_the_layer_alone_can_ask_for_either_card_and_takes_none_away() -> None:
    assert joined(Said(Care.NONE), 0.2, 0.4, 0.8) is Care.NONE
    assert joined(Said(Care.NONE), 0.5, 0.4, 0.8) is Care.GENTLE
    assert joined(Said(Care.NONE), 0.9, 0.4, 0.8) is Care.CRISIS
    assert joined(Said(Care.GENTLE), 0.1, 0.4, 0.8) is Care.GENTLE
    assert joined(Said(Care.CRISIS), 0.1, 0.4, 0.8) is Care.CRISIS


def test_what_phrases_have_explained_the_layer_does_not_call_a_crisis() -> None:
    assert joined(Said(Care.NONE, is_explained=True), 0.2, 0.4, 0.8) is Care.NONE
    assert joined(Said(Care.NONE, is_explained=True), 0.9, 0.4, 0.8) is Care.GENTLE
    assert by_phrases(form("cut myself on an ampoule"), "").is_explained
    assert not by_phrases(form("no break again"), "").is_explained


def test_nearness_of_nothing_is_far_and_the_nearest_part_of_a_long_text_counts() -> None:
    telling = ("nobody", "would", "miss", "me", "if", "i", "was", "gone")
    plain = ("the", "bins", "were", "emptied", "by", "noon") * 30
    assert nearness(()) < 0.5
    assert nearness((*plain, *telling)) > nearness(plain)
    assert features((), 64).keys() <= set(range(64))


def test_the_same_text_is_answered_alike_every_time() -> None:
    text = "I can't see a way through this"
    assert len({care_for(text) for _ in range(5)}) == 1
    assert form(text) == form(text)


def test_nothing_that_is_looked_at_ends_in_a_repr_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    text = "zebrafinch want to die"
    tokens = form(text)
    told = repr(list(judged(tokens))) + repr(care_for(text)) + repr(by_phrases(tokens, text))
    assert "zebrafinch" not in told
    assert "die" not in told.lower()
    assert caplog.records == []


def test_a_mask_explains_what_it_overlaps_but_not_what_says_more() -> None:
    assert list(standing([Hit("a", 0, 2)], [Hit("m", 0, 2)])) == []
    assert list(standing([Hit("a", 0, 2)], [Hit("m", 1, 4)])) == []
    assert list(standing([Hit("a", 0, 4)], [Hit("m", 1, 3)])) == [Hit("a", 0, 4)]
    assert list(standing([Hit("a", 0, 2)], [Hit("m", 2, 3)])) == [Hit("a", 0, 2)]


@pytest.mark.parametrize(
    ("phrase", "said", "is_there"),
    [
        ("a .. b", "a x y b", True),
        ("a .. b", "a x y z b", False),
        ("a ... b", "a . b", False),
        ("a b? c", "a c", True),
        ("a b? c", "a b c", True),
        ("^ a $", "x . a . y", True),
        ("^ a $", "x a", False),
        ("a|b @c", "b two words", True),
        ("a|b @c", "b two", False),
    ],
)
def test_the_signs_of_a_phrase_mean_what_the_data_says(phrase: str, said: str, is_there: bool) -> None:
    phrases = compiled({"g": [phrase]}, {"c": ("two words",)})
    assert bool(list(phrases.find(said.split()))) is is_there


@pytest.mark.parametrize("phrase", [".. a", "a? b", "@unknown a"])
def test_a_phrase_that_cannot_be_looked_for_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"begins with|no class"):
        compiled({"g": [phrase]}, {})
