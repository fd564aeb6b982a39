"""Who asked for what: entries are appended, chained by hash, and never changed. Never about a person of staff."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

_NO_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}


class AuditEntry(SQLModel, table=True):
    """One thing that a role asked for. `actor` is a role and its display name; `detail` is JSON."""

    __tablename__ = "audit"
    __table_args__: ClassVar[Any] = _NO_ROWID

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: int = Field(sa_type=BigInteger)
    actor: str
    what: str
    detail: str
    digest: bytes
