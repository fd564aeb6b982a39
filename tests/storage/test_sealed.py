"""One round's sealed store: each person counts once, and what was acknowledged stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import NoResultFound
from sqlmodel import col

from storage.boxes import SKIPPED, Layout
from storage.sealed import Receipt, SealedStore, VoidRoundError, create_store, discard_store, open_store
from storage.stores import Box, StoreMissingError, Stores
from tests.make import FIRST_ID, LAYOUT, SCOPES, Make

RECORDED, ALREADY, CLOSED = Receipt.RECORDED, Receipt.ALREADY, Receipt.CLOSED


def respondents(store: SealedStore) -> dict[str, int]:
    return {scope: box.respondents for scope, box in store.totals().items()}


def test_a_new_store_has_every_box_and_nothing_in_it(store: SealedStore) -> None:
    assert respondents(store) == dict.fromkeys(SCOPES, 0)
    assert (store.round, store.is_closing, store.layout) == (7, False, LAYOUT)


def test_an_answer_is_counted_in_its_scope(store: SealedStore, make: Make) -> None:
    assert store.submit([make.submission(1)]) == [RECORDED]
    box = store.totals()["ward-1"]
    assert (box.respondents, sum(respondents(store).values())) == (1, 1)
    assert [box.question(i) for i in range(3)] == [
        ((0, 0, 1, 0, 0), 0, 1),
        ((0, 0, 0, 0, 0), 1, 0),
        ((0, 0, 0, 1, 0, 0, 0), 0, 1),
    ]


def test_nobody_answers_twice_whatever_they_change(store: SealedStore, make: Make) -> None:
    store.submit([make.submission(1)])
    before = store.totals()
    again = [make.submission(1), make.submission(1, "ward-2", answers=(0, 0, 0), is_established=False)]
    assert store.submit(again) == [ALREADY, ALREADY]
    assert store.totals() == before


def test_a_batch_gets_its_receipts_in_order_and_counts_the_first_of_each(store: SealedStore, make: Make) -> None:
    store.submit([make.submission(3)])
    batch = [
        make.submission(2, "ward-2"),
        make.submission(1),
        make.submission(2, "ward-1", answers=(4, 4, 6)),
        make.submission(3),
        make.submission(1),
        make.submission(4, "~roles"),
    ]
    assert store.submit(batch) == [RECORDED, RECORDED, ALREADY, ALREADY, ALREADY, RECORDED]
    assert respondents(store) == {"ward-1": 2, "ward-2": 1, "~roles": 1, "trust~small": 0}


def test_an_empty_batch_changes_nothing(store: SealedStore) -> None:
    assert store.submit([]) == []
    assert sum(respondents(store).values()) == 0


def test_a_fault_in_a_batch_leaves_nothing_of_it(store: SealedStore, make: Make) -> None:
    with pytest.raises(NoResultFound):
        store.submit([make.submission(1), make.submission(2, "nowhere")])
    with pytest.raises(ValueError, match="answer"):
        store.submit([make.submission(1), make.submission(2, answers=(9, 9, 9))])
    assert sum(respondents(store).values()) == 0
    assert not store.has_sent(FIRST_ID + 1)
    assert store.submit([make.submission(1), make.submission(2)]) == [RECORDED, RECORDED]


def test_only_who_has_sent_has_sent(store: SealedStore, make: Make) -> None:
    store.submit([make.submission(1)])
    assert [store.has_sent(FIRST_ID + n) for n in (1, 2)] == [True, False]


def test_after_stopping_nothing_is_taken_not_even_by_who_opens_it_again(
    store: SealedStore, stores: Stores, make: Make
) -> None:
    store.submit([make.submission(1)])
    store.stop()
    store.stop()
    assert store.submit([make.submission(1), make.submission(2)]) == [CLOSED, CLOSED]
    store.close()
    with closing(open_store(stores, 7)) as again:
        assert again.is_closing
        assert again.submit([make.submission(3)]) == [CLOSED]
        assert sum(respondents(again).values()) == 1


def test_a_store_that_is_opened_again_goes_on(store: SealedStore, stores: Stores, make: Make) -> None:
    store.submit([make.submission(1)])
    key = store.button_key
    store.close()
    with closing(open_store(stores, 7)) as again:
        assert (again.layout, again.button_key, again.is_closing) == (LAYOUT, key, False)
        assert again.submit([make.submission(1), make.submission(2)]) == [ALREADY, RECORDED]
        assert respondents(again)["ward-1"] == 2


def test_what_a_crashed_opening_left_is_replaced(store: SealedStore, stores: Stores, make: Make) -> None:
    store.submit([make.submission(1)])
    store.close()
    with closing(create_store(stores, 7, ["ward-9"], Layout((3,)))) as fresh:
        assert respondents(fresh) == {"ward-9": 0}
        assert fresh.button_key != store.button_key


def test_two_rounds_know_nothing_of_each_other(store: SealedStore, stores: Stores, make: Make) -> None:
    with closing(create_store(stores, 8, SCOPES, LAYOUT)) as other:
        store.submit([make.submission(1)])
        assert other.submit([make.submission(1), make.submission(2)]) == [RECORDED, RECORDED]
        assert (sum(respondents(store).values()), sum(respondents(other).values())) == (1, 2)
        store.shred()
        assert sum(respondents(other).values()) == 2


def test_shredding_leaves_neither_keys_nor_store(store: SealedStore, stores: Stores, make: Make) -> None:
    store.submit([make.submission(1)])
    store.shred()
    assert list(stores.folder.iterdir()) == []
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)
    with pytest.raises(StoreMissingError):
        stores.open(7)


def test_discarding_works_on_whatever_is_left(store: SealedStore, stores: Stores) -> None:
    store.close()
    stores.key_path(7).write_bytes(b"damaged")
    for _ in range(2):
        discard_store(stores, 7)
        assert list(stores.folder.iterdir()) == []
    discard_store(stores, 99)


def test_discarding_overwrites_also_a_damaged_key_file(store: SealedStore, stores: Stores) -> None:
    store.close()
    with stores.key_path(7).open("ab") as file:
        file.write(b"one byte too many")
    with stores.key_path(7).open("rb", buffering=0) as watching:
        discard_store(stores, 7)
        content = watching.read()
    assert content
    assert store.button_key[:8] not in content


def test_neither_ids_nor_answers_are_printed(store: SealedStore, make: Make) -> None:
    assert repr(make.submission(1)) == "Submission()"
    assert repr(store) == "SealedStore(round=7)"


def test_skips_alone_are_an_answer_too(store: SealedStore, make: Make) -> None:
    assert store.submit([make.submission(1, answers=(SKIPPED,) * 3)]) == [RECORDED]
    assert store.totals()["ward-1"].question(0) == ((0,) * 5, 1, 0)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_two_processes_count_in_the_same_boxes(store: SealedStore, stores: Stores, make: Make) -> None:
    other = open_store(stores, 7)
    scopes = ("ward-1", "ward-2")

    def sends(taker: SealedStore) -> list[Receipt]:
        batches = [[make.submission(n, scopes[n % 2]) for n in range(start, start + 5)] for start in range(0, 50, 5)]
        if taker is other:
            batches = [batch[::-1] for batch in batches]
        return [receipt for batch in batches for receipt in taker.submit(batch)]

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(sends, one) for one in (store, other)]
    receipts = [receipt for one in waiting for receipt in one.result()]
    other.close()
    assert (receipts.count(RECORDED), receipts.count(ALREADY)) == (50, 50)
    assert respondents(store) == {"ward-1": 25, "ward-2": 25, "trust~small": 0, "~roles": 0}


def test_what_another_process_has_closed_takes_no_answer(store: SealedStore, stores: Stores, make: Make) -> None:
    with closing(open_store(stores, 7)) as other:
        assert other.submit([make.submission(1)]) == [RECORDED]
        store.stop()
        assert other.submit([make.submission(1), make.submission(2)]) == [CLOSED, CLOSED]
        assert sum(respondents(store).values()) == 1


def test_what_another_process_has_shredded_takes_no_answer(store: SealedStore, stores: Stores, make: Make) -> None:
    with closing(open_store(stores, 7)) as other:
        store.shred()
        assert other.submit([make.submission(1)]) == [CLOSED]
    assert list(stores.folder.iterdir()) == []


def test_whoever_counts_waits_for_what_is_being_acknowledged(
    store: SealedStore, stores: Stores, behind: Engine, make: Make
) -> None:
    """An answer is held up between its question whether the round is closing and its commit."""
    store.submit([make.submission(1)])
    with closing(open_store(stores, 7)) as other, ThreadPoolExecutor(2) as pool:
        with behind.begin() as holding:
            holding.execute(select(col(Box.scope)).with_for_update()).all()
            answer = pool.submit(store.submit, [make.submission(2)])
            assert wait([answer], timeout=0.2).not_done
            other.stop()
            totals = pool.submit(other.totals)
            assert wait([totals], timeout=0.2).not_done
        receipt, counted = answer.result()[0], sum(box.respondents for box in totals.result().values())
    assert (receipt, counted) in {(RECORDED, 2), (CLOSED, 1)}


def mapped(connection: Connection) -> set[str]:
    names = "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'sealed%'"
    return set(connection.execute(text(names)).scalars())


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_on_postgresql_a_round_is_a_schema_that_is_dropped(store: SealedStore, sync: Engine) -> None:
    with sync.connect() as connection:
        assert mapped(connection) == {"sealed_7"}
    store.shred()
    with sync.connect() as connection:
        assert mapped(connection) == set()
