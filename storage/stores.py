"""Where a round's boxes and tokens live: a store of its own, apart from the main database, made to be destroyed.

On SQLite a file beside its key file; on PostgreSQL a schema of its own that is dropped.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Engine, MetaData, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import registry
from sqlalchemy.pool import NullPool, QueuePool
from sqlmodel import Field, SQLModel

from storage.database import hush_postgresql, sync_url, tame_sqlite
from storage.keyfile import overwrite, overwrite_and_unlink, sync_folder

FORMAT = 2
_PRIVATE_FOLDER = 0o700
_answers = registry(metadata=MetaData(schema="sealed"))


class _Sealed(SQLModel, registry=_answers):
    """Tables that never meet those of the main database."""


class Box(_Sealed, table=True):
    """The sealed totals of one scope."""

    __tablename__ = "box"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    scope: str = Field(primary_key=True)
    sealed: bytes = Field(repr=False)


class Token(_Sealed, table=True):
    """Somebody has sent their answers."""

    __tablename__ = "token"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    token: bytes = Field(primary_key=True, repr=False)


class Slip(_Sealed, table=True):
    """One comment, sealed and padded: whether anything of it was shared is in the seal. Its place says nothing."""

    __tablename__ = "slip"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    place: bytes = Field(primary_key=True, repr=False)
    sealed: bytes = Field(repr=False)


class Format(_Sealed, table=True):
    """The store's format, the number of options of each question, the lens's categories, each in order, and how many
    things are counted of comments."""

    __tablename__ = "format"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    options: str
    categories: str
    marks: int


class StoreMissingError(Exception):
    """The round's store is not there: the round cannot be counted."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Makes, opens and destroys the stores of rounds. `database_url` is the main one; `folder` holds key files."""

    folder: Path
    database_url: str = field(repr=False)

    def key_path(self, round_number: int) -> Path:
        """Where the round's key file stands."""
        return self.folder / f"round-{round_number}.key"

    def prepare(self) -> None:
        """Makes the folder, readable by nobody else."""
        self.folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else is making a store at this moment; whoever dies at it lets go of the claim."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(handle)

    def create(self, round_number: int) -> Engine:
        """An empty store with its tables; what stood there before is destroyed."""
        self.destroy(round_number)
        engine = self._engine(round_number)
        if not self._is_file:
            with engine.begin() as connection:
                connection.execute(text(f"CREATE SCHEMA {_schema(round_number)}"))
        _answers.metadata.create_all(engine)
        if self._is_file:
            sync_folder(self.folder)
        return engine

    def open(self, round_number: int) -> Engine:
        """The store as it stands. Raises `StoreMissingError` when it is gone or no store any more."""
        if self._is_file and not self._file(round_number).exists():
            raise StoreMissingError
        engine = self._engine(round_number)
        try:
            is_there = inspect(engine).has_table("format", None if self._is_file else _schema(round_number))
        except DatabaseError as error:
            engine.dispose()
            if is_damage(error):
                raise StoreMissingError from None
            raise
        if not is_there:
            engine.dispose()
            raise StoreMissingError
        return engine

    def destroy(self, round_number: int, in_use: Engine | None = None) -> None:
        """Overwrites and removes the files, or drops the schema. Nothing if it is gone already. `in_use`, an engine
        that is still open on it, is disposed of."""
        if self._is_file:
            self._overwrite(round_number, in_use)
            return
        engine = in_use or self._engine(round_number)
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {_schema(round_number)} CASCADE"))
        engine.dispose()

    def _overwrite(self, round_number: int, in_use: Engine | None) -> None:
        """SQLite removes its -wal at the last close, without overwriting it: that one is held open until then."""
        wal = Path(f"{self._file(round_number)}-wal")
        with ExitStack() as held:
            handle = held.enter_context(wal.open("r+b", buffering=0)).fileno() if wal.exists() else None
            if in_use is not None:
                in_use.dispose()
            if handle is not None:
                overwrite(handle)
        for suffix in ("-wal", "-shm", "-journal", ""):
            overwrite_and_unlink(Path(f"{self._file(round_number)}{suffix}"))

    @property
    def _is_file(self) -> bool:
        return self.database_url.startswith("sqlite")

    def _file(self, round_number: int) -> Path:
        return self.folder / f"round-{round_number}.db"

    def _engine(self, round_number: int) -> Engine:
        if self._is_file:
            url, schema = f"sqlite+pysqlite:///{self._file(round_number)}", None
        else:
            url, schema = sync_url(self.database_url), _schema(round_number)
        pool = QueuePool if self._is_file else NullPool
        engine = create_engine(url, hide_parameters=True, poolclass=pool)
        if self._is_file:
            tame_sqlite(engine)
        else:
            hush_postgresql(engine)
        return engine.execution_options(schema_translate_map={"sealed": schema})


def is_damage(error: DatabaseError) -> bool:
    """Whether a file is no database any more; busy or out of reach is something else and may pass."""
    return type(error) is DatabaseError


def _schema(round_number: int) -> str:
    return f"sealed_{int(round_number)}"
