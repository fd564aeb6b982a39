"""A stolen disk with SQLite's -wal on it, replayed commit by commit: plain counters give back everybody's answers.

What remains in ours: the order of tokens, and which box each of them changed. Both name nobody once the keys are
gone.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.make import LAYOUT, SCOPES
from tests.privacy.at_rest.crowd import DEMANDED
from tests.privacy.at_rest.guessing import tokens_of
from tests.privacy.at_rest.looks import Look
from tests.privacy.at_rest.naive import plain_token
from tests.privacy.at_rest.recorded_run import STORE, Recording
from tests.privacy.at_rest.vectors import by_person, exposed, given_back, opened, plainly, unmasked, vectors
from tests.privacy.at_rest.wal import NoWalError, frames, states


def changed(before: Look, after: Look) -> list[str]:
    return [scope for scope, box in after.boxes.items() if before.boxes[scope] != box]


def test_plain_counters_give_back_everybody_by_name(naive: Recording) -> None:
    known = {plain_token(one.telegram_id): one.telegram_id for one in naive.sent}
    assert given_back(vectors(naive.replayed), naive.sent) >= DEMANDED * len(naive.sent)
    assert exposed(by_person(naive.replayed, known), naive.sent) >= DEMANDED * len(naive.sent)


def test_boxes_whose_nonce_comes_back_give_back_everybody(masked: Recording) -> None:
    reading = unmasked(masked.replayed[0])
    assert given_back(vectors(masked.replayed, reading), masked.sent) >= DEMANDED * len(masked.sent)


def test_ours_gives_back_nobody(ours: Recording) -> None:
    assert len(ours.replayed) == len(ours.sent) + 1
    for reading in (plainly, unmasked(ours.replayed[0])):
        assert vectors(ours.replayed, reading) == [None] * len(ours.sent)


def test_no_token_of_ours_is_anybodys(ours: Recording) -> None:
    known = tokens_of((one.telegram_id for one in ours.sent), secrets=[bytes(32), b"", b"shiftpulse"])
    assert by_person(ours.replayed, known) == {}


def test_the_same_attack_with_the_key_file_in_hand_gives_back_everybody(ours: Recording) -> None:
    """It is the keys alone that are in its way: that is why they are destroyed, and never in a backup."""
    reading = opened(ours.keys.box)
    assert given_back(vectors(ours.replayed, reading), ours.sent) == len(ours.sent)


def test_what_remains_is_an_order_of_tokens_and_which_box_each_changed(ours: Recording) -> None:
    steps = list(pairwise(ours.replayed))
    assert [changed(before, after) for before, after in steps] == [[one.scope] for one in ours.sent]
    assert [len(after.tokens - before.tokens) for before, after in steps] == [1] * len(ours.sent)


def test_no_nonce_comes_back_and_no_box_changes_its_size(ours: Recording) -> None:
    boxes = {box for look in ours.replayed for box in look.boxes.values()}
    assert len(boxes) == len(SCOPES) + len(ours.sent)
    assert len({box[:12] for box in boxes}) == len(boxes)
    assert {len(box) for box in boxes} == {12 + 4 * LAYOUT.size + 16}


def test_the_replayed_log_ends_where_the_database_stands(ours: Recording, naive: Recording) -> None:
    for recording in (ours, naive):
        assert recording.replayed[-1] == recording.looks[-1]


def test_what_is_no_log_is_refused_and_half_a_frame_is_passed_over(naive: Recording) -> None:
    last = naive.moments[-1]
    wal = last[f"{STORE}-wal"]
    with pytest.raises(NoWalError):
        list(frames(b"no log at all"))
    assert len(states(last[STORE], wal[:-1])) == len(states(last[STORE], wal)) - 1
    assert states(last[STORE], b"") == [last[STORE]]
