"""What the doctor finds about help cards: each nation's is there, and the one that is shown was checked this year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from bot.findings import Finding, mend, well
from bot.settings import Settings
from handlers.cards import HelpCardError, Nation, national_cards, site_card
from insights.comments.crisis import Care, care_for


def check_findings(care: Callable[[str], Care] = care_for) -> Iterator[Finding]:
    """Says nothing while texts can be checked: the bot itself goes on without, and offers everybody help."""
    try:
        care("")
    except Exception:  # noqa: BLE001 - whatever it is, this installation cannot do it
        yield mend("what people type cannot be checked, so that all of it gets the gentle card: install anew.")


def card_findings(settings: Settings, today: date, folder: Path | None = None) -> Iterator[Finding]:
    """A damaged card of any nation is a fault; one that nobody has checked for a year only where it is shown."""
    nation = Nation(settings.nation)
    try:
        cards = national_cards(folder)
        shown = {f"handlers/cards/{nation}.toml": cards[nation]}
        if settings.site_card is not None:
            shown = {settings.site_card.name: site_card(settings.site_card), **shown}
    except HelpCardError as error:
        yield mend(str(error))
        return
    due = {name: card.checked_on for name, card in shown.items() if card.is_due(today)}
    if due:
        files = " and ".join(due)
        yield mend(
            f"the help card was last checked on {min(due.values())}: ring every number in {files}, "
            "then set checked_on there."
        )
    else:
        checked_on = min(card.checked_on for card in shown.values())
        yield well(f"the help cards of {len(cards)} nations: there; {nation}'s is shown, checked on {checked_on}")
    if settings.contact_name is not None:
        yield well("asking to be contacted: offered; try it with /support now and then")
