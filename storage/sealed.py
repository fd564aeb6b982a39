"""One round's sealed store at work: answers in, totals out, and never an answer by itself.

Synchronous Core on one writer thread. Answers that wait are committed together; each is acknowledged only after
its commit. Grouping is for speed: the seal does not rest on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection, Engine, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from insights.cells import ROLES
from storage.boxes import EVERYBODY, LENS_BOX, BoxDamagedError, Counters, Layout, Sealer, Totals
from storage.keyfile import KeyFile, KeyFileError, create, overwrite_and_unlink, read
from storage.slips import Comment, Shared, put_slip, read_slips
from storage.stores import FORMAT, Box, Format, StoreMissingError, Stores, Token, is_damage
from storage.tokens import CHECKIN, COMMENT, token


class Receipt(StrEnum):
    """What became of a Send."""

    RECORDED = "recorded"
    ALREADY = "already"
    CLOSED = "closed"


class VoidRoundError(Exception):
    """What the store holds and what was acknowledged do not agree: the round is void, nothing is guessed."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One person's finished check-in on its way into a box, and with a lens into the lens box as well: `category`
    is theirs of the round's lens, `EVERYBODY` without one and for role-holders. Its repr says nothing."""

    telegram_id: int = field(repr=False)
    scope: str = field(repr=False)
    answers: tuple[int, ...] = field(repr=False)
    is_established: bool = field(repr=False)
    category: str = field(default=EVERYBODY, repr=False)


class SealedStore:
    """The boxes and tokens of one round. Used by one thread at a time. `categories` are those of its lens, if any."""

    def __init__(
        self, engine: Engine, keys: KeyFile, layout: Layout, stores: Stores, categories: Sequence[str] = ()
    ) -> None:
        self._engine, self._keys, self._stores = engine, keys, stores
        self.layout, self.categories = layout, tuple(categories)
        self._sealer = Sealer(keys.box_key, keys.round)

    def __repr__(self) -> str:
        return f"SealedStore(round={self.round})"

    @property
    def round(self) -> int:
        """The round's number."""
        return self._keys.round

    @property
    def is_closing(self) -> bool:
        """No more answers are taken."""
        return self._keys.is_closing

    @property
    def button_key(self) -> bytes:
        """What the round's buttons are sealed with."""
        return self._keys.button_key

    def submit(self, batch: Sequence[Submission]) -> list[Receipt]:
        """Counts each submission once, all in one transaction, and returns a receipt for each, in order.

        Asked again inside: whatever another process counts after it noted closing waits for this transaction.
        """
        closed = [Receipt.CLOSED] * len(batch)
        if self._keys.has_closed():
            return closed
        with self._engine.begin() as db:
            self._lock(db, "ROW EXCLUSIVE")
            if self._keys.has_closed():
                return closed
            receipts = self._count(db, batch)
            tokens = db.execute(select(func.count()).select_from(Token)).scalar_one()
        self._keys.note(tokens)
        return receipts

    def _count(self, db: Connection, batch: Sequence[Submission]) -> list[Receipt]:
        tokens = [token(self._keys.token_key, one.telegram_id) for one in batch]
        new = {value for value in sorted(set(tokens)) if self._insert_token(db, value)}
        receipts, counted = [], []
        for value, one in zip(tokens, batch, strict=True):
            receipts.append(Receipt.RECORDED if value in new else Receipt.ALREADY)
            if value in new:
                new.discard(value)
                counted.append(one)
        boxes: dict[str, list[Submission]] = defaultdict(list)
        for one in counted:
            for scope in self._scopes(one):
                boxes[scope].append(one)
        for scope in sorted(boxes):
            self._seal_into(db, scope, boxes[scope])
        return receipts

    def comment(self, one: Comment) -> Receipt:
        """Counts a comment once, and seals what is shared of it, in one transaction of its own."""
        if self._keys.has_closed():
            return Receipt.CLOSED
        with self._engine.begin() as db:
            self._lock(db, "ROW EXCLUSIVE")
            if self._keys.has_closed():
                return Receipt.CLOSED
            if not self._insert_token(db, token(self._keys.token_key, one.telegram_id, COMMENT)):
                return Receipt.ALREADY
            counters = self._unsealed(db, one.scope)
            counters.count_comment(one.marks, one.is_established)
            self._seal(db, one.scope, counters)
            put_slip(db, self._sealer, one)
            tokens = db.execute(select(func.count()).select_from(Token)).scalar_one()
        self._keys.note(tokens)
        return Receipt.RECORDED

    def _scopes(self, one: Submission) -> tuple[str, ...]:
        """The boxes a check-in is counted in. One that would make the lens box and the others disagree is refused."""
        has_category = one.category != EVERYBODY
        if has_category != (bool(self.categories) and one.scope != ROLES):
            raise ValueError("The category does not fit the round's lens.")
        return (one.scope, LENS_BOX) if has_category else (one.scope,)

    def _insert_token(self, db: Connection, value: bytes) -> bool:
        statement = text(f"INSERT INTO {self._name('token')} (token) VALUES (:token) ON CONFLICT DO NOTHING")
        return bool(db.execute(statement, {"token": value}).rowcount)

    def _seal_into(self, db: Connection, scope: str, submissions: Iterable[Submission]) -> None:
        counters = self._unsealed(db, scope)
        for one in submissions:
            category = one.category if scope == LENS_BOX else EVERYBODY
            counters.count(one.answers, one.is_established, category)
        self._seal(db, scope, counters)

    def _unsealed(self, db: Connection, scope: str) -> Counters:
        sealed = db.execute(select(col(Box.sealed)).where(col(Box.scope) == scope).with_for_update()).scalar_one()
        return self._sealer.unseal(scope, self._layout(scope), sealed)

    def _seal(self, db: Connection, scope: str, counters: Counters) -> None:
        db.execute(update(Box).where(col(Box.scope) == scope).values(sealed=self._sealer.seal(scope, counters)))

    def _layout(self, scope: str) -> Layout:
        return Layout(self.layout.options, self.categories) if scope == LENS_BOX else self.layout

    def _lock(self, db: Connection, mode: str) -> None:
        """Those who count keep out those who add. SQLite has one writer at a time anyway."""
        if db.dialect.name == "postgresql":
            db.execute(text(f"LOCK TABLE {self._name('token')} IN {mode} MODE"))

    def _name(self, table: str) -> str:
        schema = self._engine.get_execution_options()["schema_translate_map"]["sealed"]
        return f"{schema}.{table}" if schema else table

    def has_sent(self, telegram_id: int) -> bool:
        """Whether somebody's answers are in. Asked only for the person themself, or to spare them a reminder."""
        return self._has(token(self._keys.token_key, telegram_id, CHECKIN))

    def has_commented(self, telegram_id: int) -> bool:
        """Whether somebody's comment is in. Asked only for the person themself."""
        return self._has(token(self._keys.token_key, telegram_id, COMMENT))

    def _has(self, value: bytes) -> bool:
        with self._engine.begin() as db:
            return db.execute(select(col(Token.token)).where(col(Token.token) == value)).first() is not None

    def stop(self) -> None:
        """From here on no answer is taken, whatever crashes."""
        if not self.is_closing:
            self._keys.note_closing()

    def totals(self) -> Totals:
        """Every box, opened. Raises `VoidRoundError` unless sum of the boxes = tokens >= mark, each comment that was
        counted has its slip, and the lens box, there with a lens only, holds of check-ins what all boxes but the
        role-holders' hold, to the last counter."""
        return self._opened()[0]

    def shared(self) -> list[Shared]:
        """What people wanted to share of their comments, in no order. Raises `VoidRoundError` as `totals`."""
        return [one for one in self._opened()[1] if one.text]

    def _opened(self) -> tuple[Totals, Sequence[Shared]]:
        with _void_if_damaged():
            with self._engine.begin() as db:
                self._lock(db, "SHARE")
                rows = db.execute(select(col(Box.scope), col(Box.sealed))).all()
                tokens = db.execute(select(func.count()).select_from(Token)).scalar_one()
                slips = read_slips(db, self._sealer)
            totals = {scope: self._sealer.unseal(scope, self._layout(scope), sealed) for scope, sealed in rows}
        comments = sum(box.commenters for box in totals.values())
        counted = comments + sum(box.respondents for scope, box in totals.items() if scope != LENS_BOX)
        if not counted == tokens >= self._keys.mark or len(slips) != comments or not self._in_step(totals):
            raise VoidRoundError
        return totals, slips

    def _in_step(self, totals: Totals) -> bool:
        lens = totals.get(LENS_BOX)
        if lens is None or not self.categories:
            return lens is None and not self.categories
        end = self.layout.answers
        staff = [box.values[:end] for scope, box in totals.items() if scope not in (ROLES, LENS_BOX)]
        return lens.together() == [sum(column) for column in zip([0] * end, *staff, strict=True)]

    def close(self) -> None:
        """Lets go of files and connections; the round goes on at the next start."""
        self._engine.dispose()
        self._keys.close()

    def shred(self) -> None:
        """Destroys the keys, then the store."""
        self._keys.shred()
        self._stores.destroy(self.round, self._engine)


@contextmanager
def _void_if_damaged() -> Iterator[None]:
    """What is gone or damaged voids the round; what is busy or out of reach does not."""
    try:
        yield
    except (BoxDamagedError, KeyFileError, StoreMissingError):
        raise VoidRoundError from None
    except DatabaseError as error:
        if is_damage(error):
            raise VoidRoundError from None
        raise


def create_store(
    stores: Stores, round_number: int, scopes: Iterable[str], layout: Layout, categories: Sequence[str] = ()
) -> SealedStore:
    """A store with every box there and empty, for a lens with `categories` the lens box too. What a crashed opening
    left behind is replaced."""
    discard_store(stores, round_number)
    engine = stores.create(round_number)
    keys = create(stores.key_path(round_number), round_number)
    sealer = Sealer(keys.box_key, round_number)
    layouts = dict.fromkeys(scopes, layout)
    if categories:
        layouts[LENS_BOX] = Layout(layout.options, tuple(categories))
    with engine.begin() as db:
        options = ",".join(str(count) for count in layout.options)
        db.execute(
            insert(Format).values(number=FORMAT, options=options, categories=",".join(categories), marks=layout.marks)
        )
        for scope in sorted(layouts):
            empty = Counters.zero(layouts[scope])
            db.execute(insert(Box).values(scope=scope, sealed=sealer.seal(scope, empty)))
    return SealedStore(engine, keys, layout, stores, categories)


def open_store(stores: Stores, round_number: int) -> SealedStore:
    """The store of a round that is open or closing. Raises `VoidRoundError` if it or its keys are gone, or if it does
    not hold what was acknowledged: better now than after six more days of answers."""
    with ExitStack() as undo, _void_if_damaged():
        keys = read(stores.key_path(round_number), round_number)
        undo.callback(keys.close)
        engine = stores.open(round_number)
        undo.callback(engine.dispose)
        with engine.begin() as db:
            if db.execute(select(col(Format.number))).scalar_one_or_none() != FORMAT:
                raise VoidRoundError
            found = db.execute(select(col(Format.options), col(Format.categories), col(Format.marks))).one()
        layout = Layout(tuple(int(count) for count in found.options.split(",")), marks=found.marks)
        categories = tuple(found.categories.split(",")) if found.categories else ()
        store = SealedStore(engine, keys, layout, stores, categories)
        store.totals()
        undo.pop_all()
    return store


def discard_store(stores: Stores, round_number: int) -> None:
    """Destroys whatever there is of a round, keys first."""
    overwrite_and_unlink(stores.key_path(round_number))
    stores.destroy(round_number)
