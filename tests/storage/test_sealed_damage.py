"""What damage to a sealed store does: the round is void, nothing is guessed, and an outage is no damage."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from storage.sealed import SealedStore, VoidRoundError, open_store
from storage.stores import StoreMissingError, Stores
from tests.make import Make


def table(engine: Engine, name: str) -> str:
    schema = engine.get_execution_options()["schema_translate_map"]["sealed"]
    return f"{schema}.{name}" if schema else name


def rows(engine: Engine, name: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table(engine, name)}"))]


def do(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def test_a_missing_token_voids_the_round(store: SealedStore, behind: Engine, make: Make) -> None:
    store.submit([make.submission(1), make.submission(2)])
    token = rows(behind, "token")[0][0]
    do(behind, f"DELETE FROM {table(behind, 'token')} WHERE token = :token", token=token)
    with pytest.raises(VoidRoundError):
        store.totals()


def test_a_token_too_many_voids_the_round(store: SealedStore, behind: Engine, make: Make) -> None:
    store.submit([make.submission(1)])
    do(behind, f"INSERT INTO {table(behind, 'token')} VALUES (:token)", token=bytes(32))
    with pytest.raises(VoidRoundError):
        store.totals()


def test_a_missing_box_voids_the_round(store: SealedStore, behind: Engine, make: Make) -> None:
    store.submit([make.submission(1), make.submission(2, "ward-2")])
    do(behind, f"DELETE FROM {table(behind, 'box')} WHERE scope = 'ward-2'")
    with pytest.raises(VoidRoundError):
        store.totals()


def test_a_box_put_back_to_an_earlier_state_voids_the_round(store: SealedStore, behind: Engine, make: Make) -> None:
    before = dict(rows(behind, "box"))["ward-1"]
    store.submit([make.submission(1)])
    do(behind, f"UPDATE {table(behind, 'box')} SET sealed = :sealed WHERE scope = 'ward-1'", sealed=before)
    with pytest.raises(VoidRoundError):
        store.totals()


def test_boxes_that_changed_places_void_the_round(store: SealedStore, behind: Engine, make: Make) -> None:
    store.submit([make.submission(1)])
    sealed = dict(rows(behind, "box"))["ward-1"]
    do(behind, f"UPDATE {table(behind, 'box')} SET sealed = :sealed WHERE scope = 'ward-2'", sealed=sealed)
    with pytest.raises(VoidRoundError):
        store.totals()


def test_a_whole_store_put_back_to_an_earlier_state_is_noticed_by_the_mark(
    store: SealedStore, behind: Engine, make: Make
) -> None:
    store.submit([make.submission(1)])
    boxes, tokens = rows(behind, "box"), rows(behind, "token")
    store.submit([make.submission(2)])
    do(behind, f"DELETE FROM {table(behind, 'token')} WHERE token <> :token", token=tokens[0][0])
    for scope, sealed in boxes:
        statement = f"UPDATE {table(behind, 'box')} SET sealed = :sealed WHERE scope = :scope"
        do(behind, statement, sealed=sealed, scope=scope)
    with pytest.raises(VoidRoundError):
        store.totals()


def test_a_mark_that_lags_after_a_crash_is_no_fault(store: SealedStore, stores: Stores, make: Make) -> None:
    store.submit([make.submission(n) for n in range(5)])
    store._keys.note(2)
    store.close()
    with closing(open_store(stores, 7)) as again:
        assert again.totals()["ward-1"].respondents == 5


def test_without_its_key_file_the_round_is_void(store: SealedStore, stores: Stores) -> None:
    store.close()
    stores.key_path(7).unlink()
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)


def test_with_a_damaged_key_file_the_round_is_void(store: SealedStore, stores: Stores) -> None:
    store.close()
    stores.key_path(7).write_bytes(b"")
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)


def test_without_its_store_the_round_is_void_and_the_keys_stay(store: SealedStore, stores: Stores) -> None:
    store.close()
    stores.destroy(7)
    with pytest.raises(StoreMissingError):
        stores.open(7)
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)
    assert stores.key_path(7).exists()


def test_a_store_of_another_format_is_void(store: SealedStore, behind: Engine, stores: Stores) -> None:
    do(behind, f"UPDATE {table(behind, 'format')} SET number = 99")
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)


def test_a_store_whose_tables_are_gone_is_void(store: SealedStore, behind: Engine, stores: Stores) -> None:
    store.close()
    do(behind, f"DROP TABLE {table(behind, 'format')}")
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_server_out_of_reach_voids_no_round(store: SealedStore, stores: Stores) -> None:
    elsewhere = Stores(stores.folder, "postgresql+psycopg://postgres@/nowhere?host=/nonexistent")
    with pytest.raises(DBAPIError):
        open_store(elsewhere, 7)
    assert store.totals()["ward-1"].respondents == 0


def test_a_fault_prints_neither_token_nor_scope(store: SealedStore, behind: Engine, make: Make) -> None:
    do(behind, f"DROP TABLE {table(behind, 'token')}")
    with pytest.raises(DBAPIError) as raised:
        store.submit([make.submission(1, "ward-2")])
    assert "ward-2" not in str(raised.value)
    assert "\\x" not in str(raised.value)
