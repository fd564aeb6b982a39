"""Telegram ids at rest: found and read with the key from the environment, and without it nothing."""

from __future__ import annotations

import base64

import pytest

from storage.identity import IdKeyError, IdKeys, new_key
from tests.make import FIRST_ID

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


def test_an_id_is_found_by_the_same_lookup_every_time_with_the_same_key_only() -> None:
    assert IdKeys(KEY).lookup(FIRST_ID) == IdKeys(KEY).lookup(FIRST_ID)
    assert len({keys.lookup(FIRST_ID + n) for keys in (IdKeys(KEY), IdKeys(new_key())) for n in range(50)}) == 100
    assert len(IdKeys(KEY).lookup(FIRST_ID)) == 32


@pytest.mark.parametrize("telegram_id", [1, FIRST_ID, 2**52])
def test_a_sealed_id_is_read_again_and_looks_different_each_time(telegram_id: int) -> None:
    keys = IdKeys(KEY)
    first, second = keys.seal(telegram_id), keys.seal(telegram_id)
    assert keys.unseal(first) == keys.unseal(second) == telegram_id
    assert first != second
    assert len(first) == 36


def test_with_another_key_it_cannot_be_read() -> None:
    with pytest.raises(IdKeyError):
        IdKeys(new_key()).unseal(IdKeys(KEY).seal(FIRST_ID))


@pytest.mark.parametrize("length", [0, 7, 12, 35])
def test_a_cut_id_cannot_be_read(length: int) -> None:
    keys = IdKeys(KEY)
    with pytest.raises(IdKeyError):
        keys.unseal(keys.seal(FIRST_ID)[:length])


@pytest.mark.parametrize("key", ["", "short", "ä" * 43, "A" * 42, "A" * 88, "A" * 45])
def test_a_key_of_another_shape_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(IdKeyError) as raised:
        IdKeys(key)
    assert not key or key not in str(raised.value)


def test_a_fresh_key_is_good_and_never_the_same() -> None:
    keys = {new_key() for _ in range(20)}
    assert len(keys) == 20
    assert all(IdKeys(key).unseal(IdKeys(key).seal(1)) == 1 for key in keys)


def test_lookup_and_seal_do_not_share_a_key() -> None:
    keys = IdKeys(KEY)
    assert keys.lookup(FIRST_ID) not in keys.seal(FIRST_ID)
    assert bytes(range(32)) not in keys.lookup(FIRST_ID) + keys.seal(FIRST_ID)


def test_the_keys_print_nothing() -> None:
    assert repr(IdKeys(KEY)) == "IdKeys()"
