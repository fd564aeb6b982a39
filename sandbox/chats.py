"""The nouns: accounts, chats, messages, buttons, taps. Plain state; the verbs are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .changes import Changes
from .errors import NeverAnsweredError
from .files import StoredFile

Json = Any
Entities = list[dict[str, Any]]


@dataclass(slots=True, eq=False, repr=False)
class Account:
    """A Telegram account: the bot's own or a person's."""

    id: int
    first_name: str
    is_bot: bool = False
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_deleted: bool = False

    def payload(self) -> dict[str, Json]:
        known = {"last_name": self.last_name, "username": self.username, "language_code": self.language_code}
        return {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            **{name: value for name, value in known.items() if value is not None},
        }


@dataclass(slots=True, frozen=True)
class Button:
    """One button under a message: it sends `data` back, or opens `url`."""

    label: str
    data: str | None = None
    url: str | None = None

    def payload(self) -> dict[str, Json]:
        action = {"url": self.url} if self.data is None else {"callback_data": self.data}
        return {"text": self.label, **action}


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(slots=True, eq=False, repr=False)
class Message:
    """A message as it stands now: edits change it, deletion takes it out of its chat."""

    id: int
    chat: Chat
    sender: Account
    sent_at: float
    text: str | None = None
    entities: Entities = field(default_factory=list)
    caption: str | None = None
    picture: StoredFile | None = None
    file: StoredFile | None = None
    extra: dict[str, Json] = field(default_factory=dict)
    keyboard: Keyboard = ()
    reply_to: Message | None = None
    is_silent: bool = False
    is_protected: bool = False
    edited_at: float | None = None
    revision: int = 0

    @property
    def from_bot(self) -> bool:
        return self.sender.is_bot

    @property
    def words(self) -> str:
        """What can be read in it: the text, or the caption under a picture or file."""
        return self.text or self.caption or ""

    @property
    def buttons(self) -> list[list[str]]:
        return [[button.label for button in row] for row in self.keyboard]

    @property
    def photo(self) -> bytes | None:
        return self.picture.data if self.picture else None

    @property
    def document(self) -> tuple[str, bytes] | None:
        return (self.file.name, self.file.data) if self.file else None


@dataclass(slots=True, frozen=True, repr=False)
class Entry:
    """One line of a chat's history, kept for the transcript."""

    at: float
    who: str
    what: str
    body: str = ""
    buttons: tuple[tuple[str, ...], ...] = ()
    message_id: int = 0


@dataclass(slots=True, eq=False, repr=False)
class Chat:
    """A private chat with the bot, or a group the bot is in."""

    id: int
    kind: str
    title: str
    members: list[Account]
    bot_sees_all: bool = False
    is_started: bool = False
    is_blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    history: list[Entry] = field(default_factory=list)
    revision: int = 0
    changes: Changes = field(default_factory=Changes)

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    def payload(self) -> dict[str, Json]:
        if not self.is_private:
            return {"id": self.id, "type": self.kind, "title": self.title}
        person = self.members[0].payload()
        return {
            "id": self.id,
            "type": self.kind,
            **{name: person[name] for name in ("first_name", "last_name", "username") if name in person},
        }

    def touch(self, message: Message) -> None:
        """Note that `message` appeared, changed or went, and wake who waits for that."""
        self.revision += 1
        message.revision = self.revision
        self.changes.ring()


@dataclass(slots=True, frozen=True)
class Answer:
    """What the bot answered to a tap: a line at the top of the screen, or an alert to be closed."""

    text: str = ""
    is_alert: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Tap:
    """A tap on a button, and the bot's answers to it (it should be exactly one)."""

    id: str
    by: Account
    message: Message
    label: str
    data: str
    at: float
    answers: list[Answer] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    @property
    def answer(self) -> Answer | None:
        return self.answers[0] if self.answers else None

    async def answered(self, deadline: float = 5) -> Answer:
        """The bot's answer, waited for at most `deadline` real seconds."""
        if not await self.changes.until(lambda: bool(self.answers), deadline):
            raise NeverAnsweredError(f"the tap on [{self.label}] was not answered within {deadline} s")
        return self.answers[0]
