"""Words for people: gettext catalogues, read by Babel without a compile step. No literal for people elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import c2py
from html import escape
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_time, get_day_names
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

FALLBACK = "en"
_LOCALES = Path(__file__).parent / "locales"


class UnknownWordsError(KeyError):
    """No catalogue has this key: a fault of ours, found by the tests."""


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things in one language. Values are escaped for Telegram's HTML unless they are `Html`."""

    language: str
    _catalogues: tuple[Catalog, ...]
    _plurals: Mapping[str, Callable[[int], int]]

    def __call__(self, key: str, **values: object) -> Html:
        """The words of `key`, as HTML."""
        safe = {name: value if isinstance(value, Html) else escape(str(value)) for name, value in values.items()}
        return Html(self._find(key, None).format(**safe))

    def count(self, key: str, n: int, **values: object) -> Html:
        """The words of `key` for `n` of something; `{n}` is filled in."""
        safe = {name: value if isinstance(value, Html) else escape(str(value)) for name, value in values.items()}
        return Html(self._find(key, n).format(n=n, **safe))

    def plain(self, key: str, **values: object) -> str:
        """The words of `key` for buttons, alerts and pictures, where nothing is HTML."""
        return self._find(key, None).format(**values)

    def day(self, day: date) -> str:
        """A date as people say it: Tuesday 24 November."""
        return format_date(day, "EEEE d MMMM", locale=self.language)

    def short_day(self, day: date) -> str:
        """A date in a picture: 24 Nov."""
        return format_date(day, "d MMM", locale=self.language)

    def weekday(self, number: int) -> str:
        """The name of a day of the week, Monday being 0."""
        return str(get_day_names("wide", locale=self.language)[number % 7])

    def hour(self, instant: datetime) -> str:
        """A time of day: 09:00. The instant is local already."""
        return format_time(instant, "HH:mm", locale=self.language, tzinfo=instant.tzinfo)

    def _find(self, key: str, n: int | None) -> str:
        for catalogue in self._catalogues:
            message = catalogue.get(key)
            if message is None or not message.string:
                continue
            if isinstance(message.string, str):
                return message.string
            return message.string[self._plurals[str(catalogue.locale)](n or 0)]
        raise UnknownWordsError(key)


class Words:
    """Every catalogue there is."""

    def __init__(self, catalogues: Mapping[str, Catalog]) -> None:
        self._catalogues = dict(catalogues)
        self._plurals = {str(one.locale): c2py(one.plural_expr) for one in catalogues.values()}

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages with a catalogue."""
        return tuple(sorted(self._catalogues))

    def keys(self, language: str) -> set[str]:
        """The keys that a language has words for."""
        return {
            str(message.id if isinstance(message.id, str) else message.id[0])
            for message in self._catalogues[language]
            if message.id and message.string
        }

    def speak(self, language: str | None) -> Speaker:
        """A speaker of `language`, or of English where there is no such catalogue."""
        wanted = (language or FALLBACK).split("-")[0]
        chain: Iterable[str] = dict.fromkeys([wanted, FALLBACK])
        found = tuple(self._catalogues[one] for one in chain if one in self._catalogues)
        return Speaker(wanted if wanted in self._catalogues else FALLBACK, found, self._plurals)


@cache
def load_words(folder: Path = _LOCALES) -> Words:
    """Reads `<language>/shiftpulse.po` for every language in the folder, once a process."""
    catalogues: dict[str, Any] = {}
    for path in sorted(folder.glob("*/shiftpulse.po")):
        with path.open("rb") as file:
            catalogues[path.parent.name] = read_po(file, locale=path.parent.name)
    return Words(catalogues)
