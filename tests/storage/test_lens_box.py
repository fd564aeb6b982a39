"""The lens box: every staff answer once more, by category, in the same transaction, and never out of step."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import NoResultFound

from insights.lens import LENSES, PATTERN
from storage.boxes import EVERYBODY, LENS_BOX, Counters, Layout
from storage.people import Pattern
from storage.sealed import Receipt, SealedStore, Submission, VoidRoundError, create_store, open_store
from storage.stores import Stores
from tests.make import FIRST_ID, LAYOUT, SCOPES, Make

RECORDED, ALREADY = Receipt.RECORDED, Receipt.ALREADY
CATEGORIES = LENSES[PATTERN]
DIED = 9


@pytest.fixture
def store(stores: Stores) -> Iterator[SealedStore]:
    """The sealed store of round 7 with a lens, empty."""
    store = create_store(stores, 7, SCOPES, LAYOUT, CATEGORIES)
    yield store
    store.close()


@pytest.fixture
def send(make: Make) -> Callable[..., Submission]:
    """What the n-th person sends, in a category; role-holders are in none."""

    def made(n: int, category: str = "nights", scope: str = "ward-1", **changes: object) -> Submission:
        return make.submission(n, scope, category=EVERYBODY if scope == "~roles" else category, **changes)

    return made


Send = Callable[..., Submission]


def respondents(store: SealedStore) -> dict[str, int]:
    return {scope: box.respondents for scope, box in store.totals().items() if box.respondents}


def sealed(behind: Engine) -> dict[str, bytes]:
    with behind.connect() as connection:
        found = connection.execute(text(f"SELECT scope, sealed FROM {table(behind, 'box')}"))
        return {row.scope: row.sealed for row in found}


def table(engine: Engine, name: str) -> str:
    schema = engine.get_execution_options()["schema_translate_map"]["sealed"]
    return f"{schema}.{name}" if schema else name


def do(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def put_back(behind: Engine, scope: str, box: bytes) -> None:
    do(behind, f"UPDATE {table(behind, 'box')} SET sealed = :sealed WHERE scope = :scope", sealed=box, scope=scope)


def test_the_lens_has_every_pattern_that_somebody_can_work() -> None:
    assert set(LENSES[PATTERN]) == {one.value for one in Pattern}


def test_only_a_round_with_a_lens_has_a_lens_box(store: SealedStore, stores: Stores) -> None:
    assert store.totals().keys() == {*SCOPES, LENS_BOX}
    assert store.totals()[LENS_BOX].layout == Layout(LAYOUT.options, CATEGORIES)
    with closing(create_store(stores, 8, SCOPES, LAYOUT)) as plain:
        assert plain.totals().keys() == {*SCOPES}


def test_an_answer_is_counted_in_its_units_box_and_in_its_category(store: SealedStore, send: Send) -> None:
    batch = [send(1), send(2, "days", "ward-2", answers=(0, 0, 0), is_established=False)]
    assert store.submit(batch) == [RECORDED, RECORDED]
    lens = store.totals()[LENS_BOX]
    assert respondents(store) == {"ward-1": 1, "ward-2": 1, LENS_BOX: 2}
    assert lens.question(0, "nights") == ((0, 0, 1, 0, 0), 0, 1)
    assert lens.question(1, "nights") == ((0, 0, 0, 0, 0), 1, 0)
    assert lens.question(2, "days") == ((1, 0, 0, 0, 0, 0, 0), 0, 0)
    assert [lens.question(i, "mixed") for i in range(3)] == [((0,) * n, 0, 0) for n in LAYOUT.options]


def test_a_role_holder_is_in_no_category(store: SealedStore, send: Send) -> None:
    assert store.submit([send(1, scope="~roles"), send(2)]) == [RECORDED, RECORDED]
    assert respondents(store) == {"~roles": 1, "ward-1": 1, LENS_BOX: 1}


def test_whoever_sends_twice_is_counted_once_in_both_boxes(store: SealedStore, send: Send) -> None:
    batch = [send(1, "nights"), send(1, "days"), send(1, "days", "ward-2")]
    assert store.submit(batch) == [RECORDED, ALREADY, ALREADY]
    assert store.submit(batch) == [ALREADY] * 3
    assert respondents(store) == {"ward-1": 1, LENS_BOX: 1}


@pytest.mark.parametrize(("scope", "category"), [("ward-1", EVERYBODY), ("~roles", "nights"), ("ward-1", "twilight")])
def test_what_would_put_the_boxes_out_of_step_is_refused(
    store: SealedStore, send: Send, make: Make, scope: str, category: str
) -> None:
    with pytest.raises(ValueError, match="category"):
        store.submit([send(1), make.submission(2, scope, category=category)])
    assert respondents(store) == {}
    assert not store.has_sent(FIRST_ID + 1)
    assert store.submit([send(1)]) == [RECORDED]


def test_without_a_lens_a_category_is_refused(stores: Stores, send: Send) -> None:
    with closing(create_store(stores, 8, SCOPES, LAYOUT)) as plain:
        with pytest.raises(ValueError, match="category"):
            plain.submit([send(1)])
        assert respondents(plain) == {}


def test_nothing_on_the_disk_tells_whose_category_was_counted(store: SealedStore, behind: Engine, send: Send) -> None:
    lengths = set()
    for number, category in enumerate(CATEGORIES):
        before = sealed(behind)
        store.submit([send(number, category)])
        after = sealed(behind)
        assert {scope for scope in after if after[scope] != before[scope]} == {"ward-1", LENS_BOX}
        lengths.add(len(after[LENS_BOX]))
    assert lengths == {12 + 4 * (1 + 3 * (LAYOUT.size - 1)) + 16}


def test_a_store_that_is_opened_again_knows_its_categories(store: SealedStore, stores: Stores, send: Send) -> None:
    store.submit([send(1)])
    store.close()
    with closing(open_store(stores, 7)) as again:
        assert again.categories == CATEGORIES
        assert again.submit([send(1), send(2, "mixed")]) == [ALREADY, RECORDED]
        assert respondents(again) == {"ward-1": 2, LENS_BOX: 2}


def test_where_the_second_box_is_missing_the_first_one_counts_nothing(
    store: SealedStore, behind: Engine, send: Send
) -> None:
    before = sealed(behind)
    do(behind, f"DELETE FROM {table(behind, 'box')} WHERE scope = '{LENS_BOX}'")
    with pytest.raises(NoResultFound):
        store.submit([send(1)])
    del before[LENS_BOX]
    assert sealed(behind) == before
    assert not store.has_sent(FIRST_ID + 1)


def dies_after(stores: Stores, boxes: int, submission: Submission) -> None:
    """Another process sends, and is killed once it has sealed so many boxes."""
    store, done = open_store(stores, 7), []

    def sealed_one(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        done.extend([statement] if statement.startswith("UPDATE") else [])
        if len(done) == boxes:
            os._exit(DIED)

    event.listen(store._engine, "after_cursor_execute", sealed_one)
    store.submit([submission])


@pytest.mark.parametrize("boxes", [1, 2], ids=["between the boxes", "before the commit"])
def test_a_process_that_dies_at_its_boxes_has_counted_in_none(
    store: SealedStore, stores: Stores, send: Send, boxes: int
) -> None:
    store.submit([send(1)])
    store.close()
    child = get_context("fork").Process(target=dies_after, args=(stores, boxes, send(2)))
    child.start()
    child.join(30)
    assert child.exitcode == DIED
    with closing(open_store(stores, 7)) as again:
        assert respondents(again) == {"ward-1": 1, LENS_BOX: 1}
        assert again.submit([send(2)]) == [RECORDED]
        assert respondents(again) == {"ward-1": 2, LENS_BOX: 2}


def test_a_lens_box_that_holds_less_than_the_others_voids_the_round(
    store: SealedStore, stores: Stores, behind: Engine, send: Send
) -> None:
    before = sealed(behind)[LENS_BOX]
    store.submit([send(1)])
    put_back(behind, LENS_BOX, before)
    with pytest.raises(VoidRoundError):
        store.totals()
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)


def test_a_lens_box_that_holds_more_than_the_others_voids_the_round(
    store: SealedStore, behind: Engine, send: Send
) -> None:
    """Boxes and tokens are put back to one answer, and the mark with them; the lens box alone still holds two."""
    store.submit([send(1)])
    with behind.connect() as connection:
        first = connection.execute(text(f"SELECT token FROM {table(behind, 'token')}")).scalar_one()
    before = sealed(behind)["ward-1"]
    store.submit([send(2)])
    put_back(behind, "ward-1", before)
    do(behind, f"DELETE FROM {table(behind, 'token')} WHERE token <> :token", token=first)
    store._keys.note(1)
    with pytest.raises(VoidRoundError):
        store.totals()


def test_a_lens_box_with_other_answers_than_the_others_voids_the_round(
    store: SealedStore, behind: Engine, send: Send
) -> None:
    store.submit([send(1)])
    other = Counters.zero(Layout(LAYOUT.options, CATEGORIES))
    other.count((2, -1, 4), True, "nights")
    put_back(behind, LENS_BOX, store._sealer.seal(LENS_BOX, other))
    with pytest.raises(VoidRoundError):
        store.totals()


def test_a_lens_box_that_is_gone_or_should_not_be_there_voids_the_round(
    store: SealedStore, stores: Stores, behind: Engine
) -> None:
    box = sealed(behind)[LENS_BOX]
    do(behind, f"DELETE FROM {table(behind, 'box')} WHERE scope = '{LENS_BOX}'")
    with pytest.raises(VoidRoundError):
        store.totals()
    do(behind, f"INSERT INTO {table(behind, 'box')} VALUES ('{LENS_BOX}', :sealed)", sealed=box)
    assert respondents(store) == {}
    do(behind, f"UPDATE {table(behind, 'format')} SET categories = ''")
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)


def test_a_lens_box_in_another_boxs_place_voids_the_round(store: SealedStore, behind: Engine) -> None:
    boxes = sealed(behind)
    put_back(behind, LENS_BOX, boxes["ward-1"])
    with pytest.raises(VoidRoundError):
        store.totals()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_two_processes_count_in_the_same_lens_box(store: SealedStore, stores: Stores, send: Send) -> None:
    other = open_store(stores, 7)
    scopes = ("ward-1", "ward-2", "~roles")

    def sends(taker: SealedStore) -> list[Receipt]:
        batches = [
            [send(n, CATEGORIES[n % 3], scopes[n // 3 % 3]) for n in range(start, start + 6)]
            for start in range(0, 54, 6)
        ]
        if taker is other:
            batches = [batch[::-1] for batch in batches]
        return [receipt for batch in batches for receipt in taker.submit(batch)]

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(sends, one) for one in (store, other)]
    receipts = [receipt for one in waiting for receipt in one.result()]
    other.close()
    assert (receipts.count(RECORDED), receipts.count(ALREADY)) == (54, 54)
    assert respondents(store) == {"ward-1": 18, "ward-2": 18, "~roles": 18, LENS_BOX: 36}


def test_neither_category_nor_answers_are_printed(store: SealedStore, send: Send) -> None:
    assert repr(send(1)) == "Submission()"
    assert repr(store) == "SealedStore(round=7)"
