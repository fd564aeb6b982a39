"""What every handler is given: the few things that the composition root makes once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.cards import Contact, HelpCard
from handlers.judging import Judge
from handlers.words import Words
from insights.comments.crisis import Care
from insights.pack import Pack
from storage.database import Begin
from storage.glance import Glance
from storage.identity import IdKeys
from storage.ledger import LedgerReader
from storage.vault import Vault


class Clock(Protocol):
    """Where the time comes from; tests and the demo bring their own."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Waits."""


@dataclass(frozen=True, slots=True)
class House:
    """Injected by name into every handler. `begin` opens a transaction; nobody is spoken to inside it.

    `care` looks at whatever is typed before anything else does; `contact` is there where a staffed route is.
    """

    begin: Begin
    clock: Clock
    vault: Vault
    glance: Glance
    ledger: LedgerReader
    judge: Judge
    pack: Pack
    ids: IdKeys
    words: Words
    card: HelpCard
    care: Callable[[str], Care]
    contact: Contact | None
