"""Help cards: where to turn, as data with an owner and the date on which somebody checked it. One for each nation."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from insights.policy import HELP_CARD_REVIEW


class HelpCardError(ValueError):
    """The help card cannot be used; the text says which key to mend."""


class Nation(StrEnum):
    """Whose numbers are shown: they differ."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to turn to."""

    name: str
    how: str


@dataclass(frozen=True, slots=True)
class HelpCard:
    """The same card for everybody, whatever they answered."""

    owner: str
    checked_on: date
    entries: tuple[Entry, ...]

    def is_due(self, today: date) -> bool:
        """Whether somebody should check it again."""
        return today - self.checked_on > HELP_CARD_REVIEW


@dataclass(frozen=True, slots=True)
class Contact:
    """A staffed route: where a request to be contacted goes, and who reads it there."""

    chat: int = field(repr=False)
    name: str


def national_cards(folder: Traversable | None = None) -> dict[Nation, HelpCard]:
    """Every nation's card. Raises `HelpCardError`: a damaged one is a fault wherever the bot runs."""
    cards = folder or resources.files(__package__)
    return {nation: _national(cards, f"{nation}.toml") for nation in Nation}


def load_card(
    nation: Nation = Nation.ENGLAND, site: Path | None = None, folder: Traversable | None = None
) -> HelpCard:
    """The nation's card, with the site's own entries first. Raises `HelpCardError`, for any nation's."""
    national = national_cards(folder)[nation]
    if site is None:
        return national
    own = site_card(site)
    return HelpCard(own.owner, min(own.checked_on, national.checked_on), own.entries + national.entries)


def site_card(path: Path) -> HelpCard:
    """The site's own card alone. Raises `HelpCardError`."""
    try:
        return _card(path)
    except OSError:
        raise HelpCardError(f"{path.name}: no such file; SHIFTPULSE_SITE_CARD names it.") from None


def _national(folder: Traversable, name: str) -> HelpCard:
    try:
        return _card(folder.joinpath(name))
    except OSError:
        raise HelpCardError(
            f"{name}: this help card is missing from handlers/cards: install Shiftpulse anew."
        ) from None


def _card(file: Traversable) -> HelpCard:
    try:
        return _read(tomllib.loads(file.read_text("utf-8")), file.name)
    except tomllib.TOMLDecodeError as error:
        raise HelpCardError(f"{file.name}: {error}") from None
    except UnicodeDecodeError:
        raise HelpCardError(f"{file.name}: it is not a text in UTF-8.") from None


def _read(data: Mapping[str, Any], name: str) -> HelpCard:
    checked_on, entries = data.get("checked_on"), data.get("entries")
    if type(checked_on) is not date:
        raise HelpCardError(f"{name}: checked_on is a date, written 2026-11-01.")
    if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        raise HelpCardError(f"{name}: give at least one of [[entries]], with name and how.")
    places = (
        Entry(_words(one, "name", name, number), _words(one, "how", name, number))
        for number, one in enumerate(entries, 1)
    )
    return HelpCard(_words(data, "owner", name), checked_on, tuple(places))


def _words(data: Mapping[str, Any], key: str, name: str, entry: int | None = None) -> str:
    value = data.get(key)
    if isinstance(value, str) and value.strip():
        return value
    if entry is None:
        raise HelpCardError(f"{name}: {key} is missing, or is no text.")
    raise HelpCardError(f"{name}: {key} of entry {entry} is missing, or is no text.")
