"""The round is over and its keys are gone: what is left anywhere, with every copy that was ever taken of the rest.

The attacker has all Telegram ids, the id key and the bot's token from the environment, and a backup from every moment
of the round of everything but the key file.
"""

from __future__ import annotations

import base64

import pytest

from storage.identity import IdKeys, new_key
from tests.privacy.at_rest.crowd import DEMANDED
from tests.privacy.at_rest.guessing import box_keys, token_keys, tokens_of, windows
from tests.privacy.at_rest.recorded_run import KEY, STORE, Recording
from tests.privacy.at_rest.vectors import by_person, exposed, given_back, opened, plainly, unmasked, vectors


@pytest.fixture(scope="module")
def id_key() -> str:
    return new_key()


@pytest.fixture(scope="module")
def secrets_left(id_key: str, ours: Recording) -> list[bytes]:
    """The environment's, what the code makes of them, and what a tired developer would have used."""
    master, ids = base64.urlsafe_b64decode(id_key), IdKeys(id_key)
    lookups = [ids.lookup(one.telegram_id) for one in ours.sent]
    return [master, id_key.encode(), b"7:a-bot-token", *lookups[:3], bytes(32), b"", b"7", b"salt", b"shiftpulse"]


def test_nothing_is_left_in_the_folder_of_rounds(ours: Recording) -> None:
    assert ours.left == {}


def test_no_token_is_found_again_from_all_ids_and_every_secret_that_is_left(
    ours: Recording, secrets_left: list[bytes]
) -> None:
    known = tokens_of((one.telegram_id for one in ours.sent), secrets_left)
    last = ours.looks[-1].tokens
    assert len(last) == len(ours.sent)
    assert last.isdisjoint(known)
    assert by_person(ours.looks, known) == {}


def test_tokens_without_a_key_name_everybody(naive: Recording, secrets_left: list[bytes]) -> None:
    known = tokens_of((one.telegram_id for one in naive.sent), secrets_left)
    assert len(naive.looks[-1].tokens & known.keys()) == len(naive.sent)
    assert exposed(by_person(naive.looks, known), naive.sent) >= DEMANDED * len(naive.sent)


def test_no_copy_of_anything_but_the_key_file_holds_a_key(ours: Recording) -> None:
    """Any 32 bytes in a row of any file at any moment are tried as the key of tokens and as the key of boxes."""
    tried = windows(ours.without_keys)
    last = ours.looks[-1]
    assert len(tried) > 5_000
    assert token_keys(tried, ours.sent[0].telegram_id, last.tokens) == []
    assert box_keys(tried, last.boxes) == []


def test_a_copy_of_the_key_file_is_found_by_the_same_search_and_gives_back_everybody(ours: Recording) -> None:
    """Why the folder of rounds is in no backup."""
    tried = windows([ours.moments[0][KEY]])
    last = ours.looks[-1]
    [token_key] = token_keys(tried, ours.sent[0].telegram_id, last.tokens)
    [box_key] = box_keys(tried, last.boxes)
    known = tokens_of((one.telegram_id for one in ours.sent), [token_key])
    assert exposed(by_person(ours.looks, known, opened(box_key)), ours.sent) == len(ours.sent)


def test_every_copy_together_gives_back_no_answers(ours: Recording, naive: Recording) -> None:
    for reading in (plainly, unmasked(ours.looks[0])):
        assert given_back(vectors(ours.looks, reading), ours.sent) == 0
    assert given_back(vectors(naive.looks), naive.sent) >= DEMANDED * len(naive.sent)


def test_who_had_answered_by_when_is_not_to_be_told_from_tokens(ours: Recording, naive: Recording) -> None:
    """Plain tokens say of everybody whether they had answered when a backup was taken."""
    half = len(ours.sent) // 2
    ids = {one.telegram_id for one in ours.sent}
    told = tokens_of(ids, [])
    assert {told[one] for one in naive.looks[half].tokens} == {one.telegram_id for one in naive.sent[:half]}
    assert not ours.looks[half].tokens & told.keys()


def test_a_deleted_token_that_names_somebody_is_still_in_the_file(naive: Recording) -> None:
    known = tokens_of((one.telegram_id for one in naive.sent), [])
    found = sum(token in naive.left[STORE] for token in known)
    assert found >= DEMANDED * len(naive.sent)
