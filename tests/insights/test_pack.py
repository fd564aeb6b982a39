"""Packs: what ships is what was decided, and a pack that could fail in a round is refused before it."""

from __future__ import annotations

import pytest

from insights.pack import ROTATION, PackError, Question, default_pack, load_pack

PACK = """
id = "mini"
version = 2
licence = "ours"
source = "us"
rotation = ["b", "c"]
order = ["a", "@rotation", "why"]
strain = ["a", "@rotation"]
[scales.often]
options = ["no", "yes"]
scores = [0, 100]
en = { no = "No", yes = "Yes" }
cy = { no = "Na", yes = "Ie" }
[scales.reason]
options = ["work", "other"]
en = { work = "Work", other = "Other" }
[questions.a]
scale = "often"
en = { ask = "Tired?", short = "Tired" }
cy = { ask = "Wedi blino?", short = "Blino" }
[questions.b]
scale = "often"
en = { ask = "Worn?", short = "Worn" }
[questions.c]
scale = "often"
en = { ask = "Cross?", short = "Cross" }
[questions.why]
scale = "reason"
en = { ask = "Why?", short = "Why" }
"""


def with_change(old: str, new: str) -> str:
    assert old in PACK
    return PACK.replace(old, new, 1)


def test_the_default_pack_asks_the_fixed_item_the_rotating_one_and_the_driver():
    asked = [question.id for question in default_pack().round_questions(1)]
    assert asked == ["q12b", "q12a", "driver"]


def test_the_default_pack_comes_round_to_the_same_item_after_six_rounds():
    pack = default_pack()
    items = [pack.round_questions(number)[1].id for number in range(1, 14)]
    assert items[:6] == ["q12a", "q12c", "q12d", "q12e", "q12f", "q12g"]
    assert items[6:12] == items[:6]
    assert items[12] == "q12a"


def test_strain_is_made_of_the_fixed_and_the_rotating_item():
    assert [default_pack().strain_items(number) for number in (1, 2)] == [("q12b", "q12a"), ("q12b", "q12c")]


def test_the_default_pack_scores_burnout_upwards_and_drivers_not_at_all():
    questions = default_pack().questions
    assert questions["q12b"].scores == (0, 25, 50, 75, 100)
    assert questions["driver"].scores is None


def test_the_default_pack_says_where_its_questions_come_from():
    assert "NHS Staff Survey" in default_pack().source
    assert "Open Government Licence" in default_pack().licence


def test_the_default_pack_has_english_words_for_everything():
    for question in default_pack().questions.values():
        assert question.ask("en").endswith("?")
        assert question.short("en")
        assert all(question.option(index, "en") for index in range(len(question.options)))


def test_rounds_are_numbered_from_one():
    with pytest.raises(ValueError, match="from 1"):
        default_pack().round_questions(0)


def test_words_come_in_the_language_asked_for():
    question = load_pack(PACK).questions["a"]
    assert (question.ask("cy"), question.short("cy"), question.option(1, "cy")) == ("Wedi blino?", "Blino", "Ie")


def test_a_regional_language_is_served_by_its_own_language():
    assert load_pack(PACK).questions["a"].ask("cy-GB") == "Wedi blino?"


def test_a_missing_language_falls_back_to_english():
    pack = load_pack(PACK)
    assert pack.questions["a"].ask("pl") == "Tired?"
    assert pack.questions["b"].ask("cy") == "Worn?"
    assert pack.questions["b"].option(0, "cy") == "Na"


def test_a_pack_without_rotation_asks_the_same_in_every_round():
    text = with_change('rotation = ["b", "c"]', "rotation = []")
    text = text.replace('order = ["a", "@rotation", "why"]', 'order = ["a", "b", "c", "why"]')
    pack = load_pack(text.replace('strain = ["a", "@rotation"]', 'strain = ["a"]'))
    assert pack.round_questions(1) == pack.round_questions(2)
    assert pack.strain_items(9) == ("a",)


def test_a_question_does_not_print_its_words_and_can_be_a_key():
    question = load_pack(PACK).questions["a"]
    assert "Tired" not in repr(question)
    assert {question: 1}[question] == 1


def test_questions_can_be_made_without_words():
    assert Question("a", ("no", "yes"), None).options == ("no", "yes")


def test_a_pack_cannot_be_changed_after_it_was_read():
    with pytest.raises(TypeError):
        load_pack(PACK).questions["d"] = Question("d", ("no", "yes"), None)  # type: ignore[index]


REFUSED = {
    "no TOML": ("id = ", "id = = ", "not TOML"),
    "id with a capital": ('id = "mini"', 'id = "Mini"', "id: "),
    "id too long": ('id = "mini"', 'id = "a1234567890123456"', "id: "),
    "version is text": ("version = 2", 'version = "2"', "version: "),
    "version is a truth": ("version = 2", "version = true", "version: "),
    "version is zero": ("version = 2", "version = 0", "version: "),
    "licence missing": ('licence = "ours"', "", "licence: "),
    "source empty": ('source = "us"', 'source = " "', "source: "),
    "unknown key": ("version = 2", "version = 2\nrotate = []", "rotate: "),
    "rotation is no list": ('rotation = ["b", "c"]', 'rotation = "b"', "rotation: "),
    "rotation names a stranger": ('rotation = ["b", "c"]', 'rotation = ["b", "c", "z"]', "rotation: "),
    "rotation is empty": ('rotation = ["b", "c"]', "rotation = []", "rotation: "),
    "rotation holds itself": ('rotation = ["b", "c"]', 'rotation = ["b", "c", "@rotation"]', "rotation: "),
    "rotation repeats a fixed item": ('rotation = ["b", "c"]', 'rotation = ["a", "b", "c"]', "rotation: "),
    "rotation twice the same": ('rotation = ["b", "c"]', 'rotation = ["b", "c", "b"]', "rotation: "),
    "order is empty": ('order = ["a", "@rotation", "why"]', "order = []", "order: "),
    "order names a stranger": ('order = ["a",', 'order = ["z", "a",', "order: "),
    "order has the same twice": ('order = ["a",', 'order = ["a", "a",', "order: "),
    "a question is never asked": ('rotation = ["b", "c"]', 'rotation = ["b"]', "questions.c: "),
    "strain is not asked": ('strain = ["a",', 'strain = ["b",', "strain: "),
    "strain has no scores": ('strain = ["a",', 'strain = ["why",', "strain: "),
    "one option": ('options = ["work", "other"]', 'options = ["work"]', "scales.reason.options: "),
    "option id with a space": ('options = ["work", "other"]', 'options = ["work", "o o"]', "scales.reason.options: "),
    "option twice": ('options = ["work", "other"]', 'options = ["work", "work"]', "scales.reason.options: "),
    "option is the rotation": ('["work", "other"]', '["work", "@rotation"]', "scales.reason.options: "),
    "too few scores": ("scores = [0, 100]", "scores = [0]", "scales.often.scores: "),
    "scores are text": ("scores = [0, 100]", 'scores = ["0", "100"]', "scales.often.scores: "),
    "scores do not reach 100": ("scores = [0, 100]", "scores = [0, 80]", "scales.often.scores: "),
    "scores below 0": ("scores = [0, 100]", "scores = [-1, 100]", "scales.often.scores: "),
    "English scale missing": ('en = { no = "No", yes = "Yes" }', "", "scales.often.en: "),
    "English question missing": ('en = { ask = "Worn?", short = "Worn" }', "", "questions.b.en: "),
    "an option without a word": ('{ no = "Na", yes = "Ie" }', '{ no = "Na" }', "scales.often.cy.yes: "),
    "an option word too many": ('yes = "Ie" }', 'yes = "Ie", perhaps = "E" }', "scales.often.cy.perhaps: "),
    "two options read the same": ('{ no = "Na", yes = "Ie" }', '{ no = "Ie", yes = "Ie" }', "scales.often.cy: "),
    "a question without a short name": (', short = "Worn"', "", "questions.b.en.short: "),
    "a word over two lines": ('ask = "Worn?"', 'ask = "Worn\\n?"', "questions.b.en.ask: "),
    "a label that fits no button": ('yes = "Yes"', f'yes = "{"y" * 41}"', "scales.often.en.yes: "),
    "a key that is no language": (
        'en = { ask = "Worn?"',
        'hint_x = { }\nen = { ask = "Worn?"',
        "questions.b.hint_x: ",
    ),
    "a scale that is not there": ('scale = "reason"', 'scale = "reasons"', "questions.why.scale: "),
    "question id with a dash": ("[questions.why]", "[questions.why-not]", "questions.why-not: "),
}


@pytest.mark.parametrize(("old", "new", "cause"), REFUSED.values(), ids=REFUSED.keys())
def test_a_faulty_pack_is_refused_in_one_line_that_names_the_key(old: str, new: str, cause: str):
    with pytest.raises(PackError) as refusal:
        load_pack(with_change(old, new))
    assert str(refusal.value).startswith(cause)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("gone", ["scales", "questions"])
def test_a_pack_without_scales_or_questions_is_refused(gone: str):
    head = PACK.partition("[scales")[0]
    with pytest.raises(PackError, match=r"^(scales|questions): "):
        load_pack(head + ("" if gone == "scales" else '[scales.s]\noptions=["a","b"]\n'))


def many(questions: int, options: int) -> str:
    ids = [f"q{i}" for i in range(questions)]
    choices = [f"o{i}" for i in range(options)]
    words = ", ".join(f'{choice} = "{choice}"' for choice in choices)
    return "\n".join(
        [
            f'id = "many"\nversion = 1\nlicence = "l"\nsource = "s"\norder = {ids}\n[scales.s]\noptions = {choices}',
            f"en = {{ {words} }}",
            *(f'[questions.{id}]\nscale = "s"\nen = {{ ask = "A?", short = "A" }}' for id in ids),
        ]
    )


@pytest.mark.parametrize(("questions", "options"), [(1, 2), (12, 12)])
def test_twelve_questions_of_twelve_options_are_the_most(questions: int, options: int):
    pack = load_pack(many(questions, options))
    assert len(pack.round_questions(1)) == questions
    assert len(pack.questions["q0"].options) == options


@pytest.mark.parametrize(("questions", "options", "cause"), [(13, 2, "order: "), (1, 13, "scales.s.options: ")])
def test_thirteen_of_either_are_refused(questions: int, options: int, cause: str):
    with pytest.raises(PackError, match=f"^{cause}"):
        load_pack(many(questions, options))


def test_the_rotation_is_one_place_in_the_order():
    assert load_pack(PACK).order == ("a", ROTATION, "why")
