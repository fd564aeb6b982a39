"""Comments in a sealed store: each person once, one row of one size each, and nobody sees who shared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlmodel import col

from storage.boxes import Counters, Layout
from storage.sealed import Receipt, SealedStore, VoidRoundError, create_store, open_store
from storage.slips import Comment
from storage.stores import Slip, Stores
from storage.tokens import CHECKIN, COMMENT, token
from tests.make import FIRST_ID, HEARING, SCOPES, Make

RECORDED, ALREADY, CLOSED = Receipt.RECORDED, Receipt.ALREADY, Receipt.CLOSED


@pytest.fixture
def hearing(stores: Stores) -> Iterator[SealedStore]:
    """A store that counts comments."""
    with closing(create_store(stores, 7, SCOPES, HEARING)) as store:
        yield store
        store.shred()


def behind(store: SealedStore) -> Engine:
    return store._engine


def sealed(store: SealedStore) -> list[bytes]:
    with behind(store).begin() as db:
        return [bytes(row[0]) for row in db.execute(select(col(Slip.sealed)))]


def test_a_comment_is_counted_in_its_scope_beside_the_answers(hearing: SealedStore, make: Make) -> None:
    hearing.submit([make.submission(1)])
    assert hearing.comment(make.comment(1)) is RECORDED
    box = hearing.totals()["ward-1"]
    commenters, established, marks = box.comments()
    assert (box.respondents, commenters, established) == (1, 1, 1)
    assert [i for i, count in enumerate(marks) if count] == [0, 5]


def test_one_may_comment_without_having_answered_and_answer_without_a_comment(
    hearing: SealedStore, make: Make
) -> None:
    assert hearing.comment(make.comment(1)) is RECORDED
    assert hearing.submit([make.submission(2)]) == [RECORDED]
    assert (hearing.has_sent(FIRST_ID + 1), hearing.has_commented(FIRST_ID + 1)) == (False, True)
    assert (hearing.has_sent(FIRST_ID + 2), hearing.has_commented(FIRST_ID + 2)) == (True, False)


def test_nobody_comments_twice_whatever_they_write(hearing: SealedStore, make: Make) -> None:
    hearing.comment(make.comment(1, text="first"))
    before = hearing.totals()
    assert hearing.comment(make.comment(1, "ward-2", marks=(2,), text="second")) is ALREADY
    assert hearing.totals() == before
    assert [one.text for one in hearing.shared()] == ["first"]


def test_the_tokens_of_one_person_are_not_alike_without_the_key(hearing: SealedStore) -> None:
    key = hearing._keys.token_key
    assert token(key, FIRST_ID, CHECKIN) != token(key, FIRST_ID, COMMENT)


def test_what_is_shared_comes_back_with_its_scope_and_without_its_writer(hearing: SealedStore, make: Make) -> None:
    hearing.comment(make.comment(1, text="no breaks, “again”\n😴"))
    hearing.comment(make.comment(2))
    hearing.comment(make.comment(3, "~roles", text="ok", is_established=False))
    found = sorted((one.scope, one.is_established, one.text) for one in hearing.shared())
    assert found == [("ward-1", True, "no breaks, “again”\n😴"), ("~roles", False, "ok")]


def test_every_slip_has_one_size_and_lies_at_a_random_place(hearing: SealedStore, make: Make) -> None:
    for n, words in enumerate(("", "short", "€" * 400, "😴" * 400)):
        assert hearing.comment(make.comment(n, text=words)) is RECORDED
    found = sealed(hearing)
    assert len({len(one) for one in found}) == 1
    assert len(set(found)) == 4
    assert sorted(one.text for one in hearing.shared()) == sorted(["short", "€" * 400, "😴" * 400])


def test_a_comment_that_does_not_fit_leaves_nothing_behind(hearing: SealedStore, make: Make) -> None:
    for wrong in (make.comment(1, text="😴" * 600), make.comment(1, marks=(99,))):
        with pytest.raises(ValueError, match="comment") as caught:
            hearing.comment(wrong)
        assert "😴" not in repr(caught.value)
    assert not hearing.has_commented(FIRST_ID + 1)
    assert hearing.totals()["ward-1"].commenters == 0


def test_a_closing_round_takes_no_comment(hearing: SealedStore, make: Make) -> None:
    hearing.stop()
    assert hearing.comment(make.comment(1)) is CLOSED
    assert hearing.totals()["ward-1"].commenters == 0


def test_comments_survive_a_restart_and_are_part_of_what_was_acknowledged(
    stores: Stores, hearing: SealedStore, make: Make
) -> None:
    hearing.comment(make.comment(1, text="kept"))
    with closing(open_store(stores, 7)) as again:
        assert again.layout == HEARING
        assert [one.text for one in again.shared()] == ["kept"]
        assert again.comment(make.comment(1)) is ALREADY


@pytest.mark.parametrize("harm", ["a slip is gone", "a slip is changed", "a slip was copied elsewhere"])
def test_a_store_whose_slips_do_not_fit_its_counts_is_void(hearing: SealedStore, make: Make, harm: str) -> None:
    hearing.comment(make.comment(1, text="kept"))
    hearing.comment(make.comment(2, text="kept, too"))
    first = select(col(Slip.place)).order_by(col(Slip.place)).limit(1).scalar_subquery()
    with behind(hearing).begin() as db:
        if harm == "a slip is gone":
            db.execute(delete(Slip).where(col(Slip.place) == first))
        elif harm == "a slip is changed":
            db.execute(update(Slip).where(col(Slip.place) == first).values(sealed=b"x" * 2076))
        else:
            other = db.execute(select(col(Slip.sealed)).where(col(Slip.place) != first)).scalar_one()
            db.execute(update(Slip).where(col(Slip.place) == first).values(sealed=other))
    with pytest.raises(VoidRoundError):
        hearing.shared()


def test_a_store_of_the_format_before_comments_is_void_and_no_riddle(stores: Stores, hearing: SealedStore) -> None:
    with behind(hearing).begin() as db:
        db.execute(text(f"UPDATE {hearing._name('format')} SET number = 1"))
        db.execute(text(f"ALTER TABLE {hearing._name('format')} DROP COLUMN marks"))
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)


def test_a_box_without_comments_counts_none() -> None:
    plain = Counters.zero(Layout((5,)))
    assert (plain.commenters, plain.comments()) == (0, (0, 0, ()))
    with pytest.raises(ValueError, match="mark"):
        plain.count_comment((0,), True)


def test_the_lens_box_does_not_count_comments(stores: Stores, make: Make) -> None:
    with closing(create_store(stores, 8, SCOPES, HEARING, ("days", "nights"))) as store:
        assert store.submit([make.submission(1, category="days")]) == [RECORDED]
        assert store.comment(make.comment(1)) is RECORDED
        totals = store.totals()
        assert (totals["ward-1"].commenters, totals["~lens"].commenters) == (1, 0)
        store.shred()


def test_the_repr_of_a_comment_says_nothing(make: Make) -> None:
    assert repr(make.comment(1, text="secret")) == "Comment()"


def test_no_text_stands_in_the_store_in_clear(stores: Stores, make: Make) -> None:
    with closing(create_store(stores, 9, SCOPES, HEARING)) as store:
        marked = Comment(FIRST_ID, "ward-1", True, (0,), "xylophone-marker")
        store.comment(marked)
        if store._stores.database_url.startswith("sqlite"):
            files = b"".join(one.read_bytes() for one in stores.folder.iterdir())
            assert b"xylophone" not in files
            assert len(files) > 4096
        with behind(store).begin() as db:
            name = store._name("slip")
            rows = db.execute(text(f"SELECT * FROM {name}")).all()
        assert b"xylophone" not in b"".join(bytes(cell) for row in rows for cell in row)
        store.shred()
