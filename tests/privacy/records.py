"""Every log record of a run, and the secrets of its people: the two must never meet."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox import Sandbox

_SHAPES: Final = (re.compile(r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b"), re.compile(r"\b[5-8]\d{9}\b"))
"""What a bot's token and a newer Telegram id look like, whoever forgot to name theirs as secrets."""

_WORD: Final = re.compile(r"[\w~+/=-]+")
_PART: Final = re.compile(r"[A-Za-z0-9]+")
_SHORTEST_NAME: Final = 3
_SHORTEST_TEXT: Final = 6
_SHORTEST_OPTION: Final = 5
_CHECKIN: Final = "c1:"
"""What the data of a check-in's buttons begin with: their labels are answers."""

_LONGEST_TEXT: Final = 60
"""Shorter ones stand in records by chance; of longer ones the beginning is enough."""

_PLAIN_WORD: Final = re.compile(r"[a-y][a-z]{2,4}")
"""Such a word may be a record's own: "late" is no name to tell a leak by. Invented sentinels begin with a z."""

_PLAIN: Final = set(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """Where a secret stood: never which."""

    logger: str
    template: str

    def __str__(self) -> str:
        return f"{self.logger}: {self.template}"


@dataclass
class Secrets:
    """What no record may hold. Words (names, ids, codes) are compared whole and as they are written; texts
    wherever they stand."""

    words: set[str] = field(default_factory=set, repr=False)
    texts: set[str] = field(default_factory=set, repr=False)

    def add(self, *values: object) -> None:
        """Names, ids, codes and texts, none of them so short that a record holds it by chance.

        Raises ValueError, without the word, for a short one in small letters: it would accuse innocent records,
        and left out it would let guilty ones pass.
        """
        for value in map(str, values):
            if _PLAIN_WORD.fullmatch(value):
                raise ValueError("a short word in small letters cannot be a secret: give the test's person a name")
            if _WORD.fullmatch(value) and len(value) >= (_SHORTEST_TEXT if value.isdigit() else _SHORTEST_NAME):
                self.words.add(value)
            elif len(value) >= _SHORTEST_TEXT:
                self.texts.add(value[:_LONGEST_TEXT])

    def add_sandbox(self, sandbox: Sandbox) -> None:
        """Everybody in it: ids, names, what they said, what their buttons carried; and the bot's token."""
        self.add(sandbox.token)
        for person in sandbox.people:
            account = person.account
            self.add(person.id, *(one for one in (account.first_name, account.last_name, account.username) if one))
            for tap in person.tapped:
                self._add_said(tap.data, ":")
                if tap.data.startswith(_CHECKIN) and len(tap.label) >= _SHORTEST_OPTION:
                    self.add(tap.label)
            for one in person.chat.history:
                if one.who == person.first_name and one.what != "taps":
                    self._add_said(one.body, " " if one.body.startswith("/") else "")

    def add_tokens(self, folder: Path) -> None:
        """The tokens in the stores of rounds that are open still, as a log could print them."""
        for path in folder.glob("round-*.db"):
            with closing(sqlite3.connect(path)) as db:
                has_tokens = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'token'").fetchone()
                tokens = db.execute("SELECT token FROM token").fetchall() if has_tokens else []
            self.add(*(shown for (token,) in tokens for shown in (token.hex(), repr(token)[2:-1])))

    def _add_said(self, text: str, after: str) -> None:
        """A text, or what stands behind a command or a button's prefix."""
        value = text.partition(after)[2] if after else text
        if len(value) >= _SHORTEST_TEXT:
            self.add(value)

    def are_in(self, text: str) -> bool:
        """Whether any secret stands in a text."""
        words = set(_WORD.findall(text)) | set(_PART.findall(text))
        return (
            not self.words.isdisjoint(words)
            or any(one in text for one in self.texts)
            or any(shape.search(text) for shape in _SHAPES)
        )


class Records(logging.Handler):
    """Keeps what every record says: message, arguments, traceback and extras; each wording once."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._heard: dict[Leak, set[str]] = defaultdict(set)
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Anything a handler could print, of whatever logger."""
        extras = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        said = f"{self.format(record)} {record.args!r} {extras if extras else ''}"
        self._heard[Leak(record.name, str(record.msg) if record.args else "(a text of its own)")].add(said)

    def hear(self, source: str, text: str) -> None:
        """A text that was printed without the help of `logging`."""
        if text:
            self._heard[Leak(source, "(printed)")].add(text)

    @property
    def loggers(self) -> set[str]:
        """Who was heard at all."""
        return {one.logger for one in self._heard}

    def leaks(self, secrets: Secrets) -> list[Leak]:
        """Every place where a secret stands: logger and template, so that the report is none itself."""
        return sorted(place for place, texts in self._heard.items() if any(map(secrets.are_in, texts)))


def told(leaks: Iterable[Leak]) -> str:
    """The report, a line a place."""
    return "\n".join(f"  {one}" for one in leaks)


@contextmanager
def heard() -> Iterator[Records]:
    """What is logged meanwhile, beside what the whole run hears."""
    records = Records()
    root = logging.getLogger()
    root.addHandler(records)
    yield records
    root.removeHandler(records)
