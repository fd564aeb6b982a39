"""`/words`: what people shared, a card at a time, without date and in no order, for whoever may see their numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from handlers.callbacks import PlacesTap, TakeDownTap, WordsTap
from handlers.house import House
from handlers.reading import note_reading
from handlers.saying import quoted
from handlers.speech import button, keyboard, note, rewrite, telegram_id
from handlers.team import Reader, readable, reader
from handlers.words import Html, Speaker
from insights.cells import ROLES, UnitKey
from insights.subtree import subtree
from storage.audit import Deed
from storage.people import Role, roles_of
from storage.shared_comments import SharedComment, shared_of
from storage.units import Unit, all_units

_MOST_BUTTONS = 60
"""Units to choose from: more are not scrolled through."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Somebody who reads, and the cards that are theirs to read, by their random ids."""

    who: Reader
    is_steward: bool
    places: Mapping[str, Unit]
    cards: Sequence[SharedComment] = field(repr=False)

    @property
    def say(self) -> Speaker:
        """Their language."""
        return self.who.say

    def at(self, card: str) -> int:
        """The place of a card, or of the one that comes after it where it is not there (any more)."""
        return min(bisect_left([one.id for one in self.cards], card), len(self.cards) - 1)

    def has(self, card: str) -> bool:
        """Whether that card is on it."""
        return any(one.id == card for one in self.cards)


def router() -> Router:
    """`/words`, turning over, and choosing whose."""
    routes = Router(name="words")
    routes.message.register(words, Command("words"))
    routes.callback_query.register(turned, WordsTap.filter())
    routes.callback_query.register(choosing, PlacesTap.filter())
    return routes


async def shelf(house: House, event: Message | CallbackQuery, under: str = "") -> Shelf:
    """What somebody may read, at and below a unit or, without one, altogether. A steward may read everything."""
    who = await reader(house, event)
    async with house.begin() as db:
        roles = await roles_of(db, house.ids.lookup(telegram_id(event)))
        places = {one.id: one for one in await all_units(db)}
        is_steward = any(one.role == Role.STEWARD for one in roles)
        units: set[str] = {*places, ROLES} if is_steward else {*readable(who)}
        if under:
            units &= {line.key for line in subtree(who.page, UnitKey(under))} if who.page else set()
        cards = await shared_of(db, sorted(units))
    return Shelf(who, is_steward, places, sorted(cards, key=lambda one: one.id))


async def words(message: Message, command: CommandObject, house: House) -> None:
    """The first card of everything that they may read, or the one whose number they name: a steward was told it."""
    found, card = await shelf(house, message), (command.args or "").strip().lstrip("#")
    if not found.who.tops and not found.is_steward:
        await message.answer(found.say("start.stranger"))
    elif found.who.page is None:
        await message.answer(found.say("team.nothing_yet"))
    elif not found.cards:
        await message.answer(found.say("words.none"))
    elif card and not found.has(card):
        await message.answer(found.say("words.gone"))
    else:
        place = found.at(card)
        await _note(house, message, found, place)
        text, markup = _shown(found, place, "")
        await message.answer(text, reply_markup=markup)


async def turned(tap: CallbackQuery, callback_data: WordsTap, bot: Bot, house: House) -> None:
    """Another card, if it is theirs to read; without one, the first in a message of its own."""
    under, card = callback_data.unit, callback_data.card
    found = await shelf(house, tap, under)
    if not found.cards:
        await note(tap, found.say.plain("words.not_there"), alert=True)
        return
    place = found.at(card)
    await _note(house, tap, found, place)
    text, markup = _shown(found, place, under)
    if card:
        await note(tap, None if found.has(card) else found.say.plain("words.gone"))
        await rewrite(bot, tap, text, markup)
    else:
        await note(tap)
        await bot.send_message(tap.from_user.id, text, reply_markup=markup)


async def choosing(tap: CallbackQuery, bot: Bot, house: House) -> None:
    """The units that cards stand at, with how many there are at and below each."""
    found = await shelf(house, tap)
    if not found.cards:
        await note(tap, found.say.plain("words.not_there"), alert=True)
        return
    await note(tap)
    rows = [[_choice(found.say.plain("words.all", count=len(found.cards)), found.cards, "")]]
    for unit in _units(found):
        below = {line.key for line in subtree(found.who.page, UnitKey(unit))} if found.who.page else set()
        cards = [one for one in found.cards if one.unit in below]
        if cards:
            label = found.say.plain("words.place", unit=_name(found, unit), count=len(cards))
            rows.append([_choice(label, cards, unit)])
    await rewrite(bot, tap, found.say("words.which"), keyboard(*rows[:_MOST_BUTTONS]))


def _choice(label: str, cards: Sequence[SharedComment], under: str) -> InlineKeyboardButton:
    return button(label, WordsTap(unit=under, card=cards[0].id))


async def _note(house: House, event: Message | CallbackQuery, found: Shelf, place: int) -> None:
    """Somebody who holds a role reads words, those of their own team, too: nobody has more reason to guess whose."""
    unit = found.cards[place].unit
    await note_reading(house, event, (Role.LEAD, Role.HR, Role.STEWARD), Deed.WORDS_READ, unit=unit)


def _units(found: Shelf) -> list[str]:
    """The units at which cards stand, by name."""
    return sorted({one.unit for one in found.cards}, key=lambda unit: (_name(found, unit), unit))


def _name(found: Shelf, unit: str) -> str:
    place = found.places.get(unit)
    return place.name if place else found.say.plain("line.roles")


def _shown(found: Shelf, place: int, under: str) -> tuple[Html, InlineKeyboardMarkup]:
    """A card and where one can go from it."""
    card, say = found.cards[place], found.say
    turns = [
        button(sign, WordsTap(unit=under, card=found.cards[there].id))
        for sign, there in (("‹", place - 1), ("›", place + 1))
        if 0 <= there < len(found.cards)
    ]
    rows = [turns]
    if under or len(_units(found)) > 1:
        rows.append([button(say.plain("words.choose"), PlacesTap())])
    if found.is_steward:
        rows.append([button(say.plain("takedown.ask"), TakeDownTap(card=card.id))])
    text = say(
        "words.card",
        unit=_name(found, card.unit),
        here=place + 1,
        of=len(found.cards),
        quoted=quoted(card.text, say),
        whence=_whence(found, card.unit),
        ask=say("words.number" if found.is_steward else "words.whom_to_ask", id=card.id),
    )
    return text, keyboard(*rows)


def _whence(found: Shelf, unit: str) -> Html:
    """Whose words these are, as far as that is told: below a group, several teams are read together."""
    if unit == ROLES:
        return found.say("words.of_roles")
    is_group = any(one.parent_id == unit for one in found.places.values())
    return found.say("words.of_group" if is_group else "words.of_team", unit=_name(found, unit))
