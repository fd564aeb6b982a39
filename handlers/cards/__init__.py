"""Help cards: where to turn, as data with an owner and the date on which somebody checked it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from insights.policy import HELP_CARD_REVIEW


class HelpCardError(ValueError):
    """The help card cannot be used; the text says which key to mend."""


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


def load_card(site: Path | None = None) -> HelpCard:
    """The national card, with the site's own entries first. Raises `HelpCardError`."""
    national = _read(resources.files(__package__).joinpath("england.toml").read_text("utf-8"), "england.toml")
    if site is None:
        return national
    try:
        own = _read(site.read_text("utf-8"), site.name)
    except OSError:
        raise HelpCardError(f"{site.name}: no such file; SHIFTPULSE_SITE_CARD names it.") from None
    return HelpCard(own.owner, min(own.checked_on, national.checked_on), own.entries + national.entries)


def _read(text: str, name: str) -> HelpCard:
    try:
        data = tomllib.loads(text)
        entries = tuple(Entry(str(one["name"]), str(one["how"])) for one in data["entries"])
        if not isinstance(data["checked_on"], date):
            raise HelpCardError(f"{name}: checked_on is a date, written 2026-11-01.")
        return HelpCard(str(data["owner"]), data["checked_on"], entries)
    except tomllib.TOMLDecodeError as error:
        raise HelpCardError(f"{name}: {error}") from None
    except (KeyError, TypeError):
        raise HelpCardError(f"{name}: give owner, checked_on, and [[entries]] with name and how.") from None
