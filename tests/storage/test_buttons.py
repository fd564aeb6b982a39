"""Buttons and tokens: the whole state travels in a press, and only the right person's press is believed."""

from __future__ import annotations

import base64
from itertools import product

import pytest

from insights.policy import OPTIONS_MOST, QUESTIONS_MOST
from storage.boxes import SKIPPED
from storage.buttons import (
    REVIEW,
    SEND,
    ForgedButtonError,
    State,
    open_plain,
    open_state,
    plain_state,
    round_of,
    seal_state,
)
from storage.tokens import token
from tests.make import FIRST_ID

KEY, OTHER_KEY = bytes(range(64)), bytes(64)
ROUND = 7
PREFIX = "s1:"
STATE = State(2, (1, SKIPPED, None))


def sealed(state: State = STATE) -> str:
    return seal_state(KEY, ROUND, FIRST_ID, state)


def opened(payload: str) -> State:
    return open_state(KEY, ROUND, FIRST_ID, payload)


@pytest.mark.parametrize("questions", range(1, QUESTIONS_MOST + 1))
@pytest.mark.parametrize("leads_to", [0, REVIEW, SEND])
def test_every_state_comes_back_as_it_was_sealed(questions: int, leads_to: int) -> None:
    answers: list[int | None] = [None, SKIPPED, *range(OPTIONS_MOST)]
    for shift in range(len(answers)):
        state = State(leads_to, tuple(answers[(shift + i) % len(answers)] for i in range(questions)))
        assert opened(sealed(state)) == state
        assert open_plain(plain_state(state)) == state


@pytest.mark.parametrize("questions", range(1, QUESTIONS_MOST + 1))
def test_the_length_does_not_depend_on_the_answers_and_fits_a_button(questions: int) -> None:
    kinds = (None, SKIPPED, 0, OPTIONS_MOST - 1)
    lengths = {
        len((PREFIX + sealed(State(leads_to, (kind,) * questions))).encode())
        for kind, leads_to in product(kinds, (0, questions - 1, REVIEW, SEND))
    }
    assert len(lengths) == 1
    assert lengths.pop() <= 64


def test_three_questions_take_thirty_characters() -> None:
    assert len(sealed()) == 30


def test_it_may_stand_in_a_callback() -> None:
    assert set(sealed()) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_its_round_can_be_read_before_it_is_proven() -> None:
    assert round_of(sealed()) == ROUND
    assert round_of(seal_state(KEY, 65_535, FIRST_ID, STATE)) == 65_535


@pytest.mark.parametrize(
    ("key", "number", "telegram_id"),
    [(OTHER_KEY, ROUND, FIRST_ID), (KEY, ROUND + 1, FIRST_ID), (KEY, ROUND, FIRST_ID + 1)],
    ids=["another key", "another round", "another person"],
)
def test_a_button_is_good_for_one_person_in_one_round(key: bytes, number: int, telegram_id: int) -> None:
    with pytest.raises(ForgedButtonError):
        open_state(key, number, telegram_id, sealed())


def test_a_round_number_that_was_swapped_is_noticed() -> None:
    raw = base64.urlsafe_b64decode(sealed() + "==")
    swapped = base64.urlsafe_b64encode((ROUND + 1).to_bytes(2, "big") + raw[2:]).decode().rstrip("=")
    with pytest.raises(ForgedButtonError):
        open_state(KEY, ROUND + 1, FIRST_ID, swapped)


def test_a_button_with_any_byte_changed_is_refused() -> None:
    raw = base64.urlsafe_b64decode(sealed() + "==")
    for place in range(len(raw)):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        with pytest.raises(ForgedButtonError):
            opened(base64.urlsafe_b64encode(changed).decode().rstrip("="))


def test_a_button_that_was_cut_anywhere_is_refused() -> None:
    payload = sealed()
    for length in range(len(payload)):
        with pytest.raises(ForgedButtonError):
            opened(payload[:length])
    with pytest.raises(ForgedButtonError):
        opened(payload + "AAAA")


@pytest.mark.parametrize(
    "payload", ["", "=", "A", "s", "ä" * 30, "🏥" * 12, "a b" * 10, "!" * 30, "A" * 64, "\x00" * 30]
)
def test_anything_else_is_refused(payload: str) -> None:
    with pytest.raises(ForgedButtonError):
        opened(payload)


@pytest.mark.parametrize("payload", ["", "A", "AA", "AAw", "ä" * 8, "AP__", "!" * 8])
def test_a_practice_button_of_another_shape_is_refused(payload: str) -> None:
    with pytest.raises(ForgedButtonError):
        open_plain(payload)


def test_a_practice_button_is_not_taken_for_a_real_one() -> None:
    with pytest.raises(ForgedButtonError):
        opened(plain_state(STATE))


def test_one_more_answer_makes_a_new_state() -> None:
    after = STATE.with_answer(2, 4, REVIEW)
    assert after == State(REVIEW, (1, SKIPPED, 4))
    assert STATE.answers == (1, SKIPPED, None)
    assert (STATE.is_complete, after.is_complete) == (False, True)


def test_a_state_prints_no_answer() -> None:
    assert repr(STATE) == "State(leads_to=2)"


def test_a_refusal_tells_nothing_of_the_payload() -> None:
    with pytest.raises(ForgedButtonError) as raised:
        opened(sealed()[:-4])
    assert str(raised.value) == ""
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_a_token_is_the_same_for_a_person_in_a_round_and_for_nobody_else() -> None:
    one, other = bytes(32), bytes([1] * 32)
    assert token(one, FIRST_ID) == token(one, FIRST_ID)
    assert len({token(key, FIRST_ID + n) for key in (one, other) for n in range(50)}) == 100
    assert len(token(one, FIRST_ID)) == 32


def test_a_token_does_not_contain_the_id() -> None:
    assert FIRST_ID.to_bytes(8, "big") not in token(bytes(32), FIRST_ID)
