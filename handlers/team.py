"""`/team`: what was published about a unit, the same cells at the same moment for everybody who may look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.callbacks import UnitTap
from handlers.figures import by_lens, clip, name, summary
from handlers.house import House
from handlers.reading import note_reading
from handlers.speech import button, keyboard, language_of, note, rewrite, telegram_id
from handlers.words import Speaker
from insights.cells import Line, Page, Reason, Stat, UnitKey, Withheld
from insights.looked_at import looked_at
from insights.policy import K_FLOOR
from insights.subtree import subtree
from storage.audit import Deed
from storage.organisation import organisation
from storage.people import Role, person, roles_of

MOST_BUTTONS = 60


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the tops of what they may walk through, and the page they see."""

    say: Speaker
    tops: tuple[UnitKey, ...]
    page: Page | None
    k: int
    own: str | None = None
    """The team they work in themselves."""
    reads: tuple[UnitKey, ...] = ()
    """The tops of whose shared words they may read: their own team's once they are established in it."""


def router() -> Router:
    """`/team` and walking through units."""
    routes = Router(name="team")
    routes.message.register(team, Command("team"))
    routes.callback_query.register(walked, UnitTap.filter())
    return routes


async def reader(house: House, event: Message | CallbackQuery) -> Reader:
    """What somebody may see: their own team, and every unit they look after."""
    me = house.ids.lookup(telegram_id(event))
    async with house.begin() as db:
        plan = await organisation(db)
        member = await person(db, me)
        roles = await roles_of(db, me)
        pages = await house.ledger.pages(db)
    tops = [UnitKey(one.unit_id) for one in roles if one.role in (Role.LEAD, Role.HR)]
    reads = [*tops, *([UnitKey(member.unit_id)] if member and member.is_established else [])]
    if member:
        tops.append(UnitKey(member.unit_id))
    own = member.unit_id if member else None
    say = house.words.speak(member.language if member else language_of(event))
    return Reader(
        say, tuple(dict.fromkeys(tops)), pages[-1] if pages else None, plan.k if plan else K_FLOOR, own, tuple(reads)
    )


async def team(message: Message, house: House) -> None:
    """The last published round: one's own unit, or what one looks after."""
    who = await reader(house, message)
    if not who.tops:
        await message.answer(who.say("start.stranger"))
    elif who.page is None:
        await message.answer(who.say("team.nothing_yet"))
    else:
        lines = [found for top in who.tops if (found := who.page.line(top))]
        if not lines:
            await message.answer(who.say("team.not_in"))
        else:
            await _note(house, message, who, who.page, lines[0])
            text, markup = _shown(who, who.page, lines[0], house, lines[1:])
            await message.answer(text, reply_markup=markup)


async def walked(tap: CallbackQuery, callback_data: UnitTap, bot: Bot, house: House) -> None:
    """Another unit, if it is below one of theirs."""
    who = await reader(house, tap)
    line = who.page.line(UnitKey(callback_data.unit)) if who.page else None
    if who.page is None or line is None or not may_see(who, who.page, line):
        await note(tap, who.say.plain("tap.not_yours"), alert=True)
        return
    await note(tap)
    await _note(house, tap, who, who.page, line)
    await rewrite(bot, tap, *_shown(who, who.page, line, house))


async def _note(house: House, event: Message | CallbackQuery, who: Reader, page: Page, line: Line) -> None:
    if line.key != who.own:
        cells = looked_at((page,), line.key, 0)
        await note_reading(house, event, (Role.LEAD, Role.HR), Deed.TEAM_READ, **cells)


def may_see(who: Reader, page: Page, line: Line) -> bool:
    """Whether a line is theirs to look at: it is their own team's, or at or below what they look after."""
    return any(line in subtree(page, top) for top in who.tops)


def readable(who: Reader) -> set[UnitKey]:
    """The units whose shared words somebody reads: what they look after, and their own team's once established.

    Where too few of a team share, its words stand at the group above, for those who look after that.
    """
    if who.page is None:
        return set()
    return {line.key for top in who.reads for line in subtree(who.page, top)}


def _shown(
    who: Reader, page: Page, line: Line, house: House, others: Sequence[Line] = ()
) -> tuple[str, InlineKeyboardMarkup]:
    """A unit, with buttons to those below it, the one above, and whatever else somebody looks after or works in."""
    children = [one for one in page.lines if one.parent == line.key][:MOST_BUTTONS]
    children += [one for one in others if one not in children]
    rows = [[button(name(one, who.say), UnitTap(unit=one.key))] for one in children]
    above = page.line(line.parent) if line.parent else None
    if above and may_see(who, page, above):
        rows.append([button(who.say.plain("team.up", unit=name(above, who.say)), UnitTap(unit=above.key))])
    parts = [summary(page, line, house.pack, who.say, who.k)]
    pool = pool_with(page, line)
    if pool:
        parts += [who.say("team.pooled"), summary(page, pool, house.pack, who.say, who.k)]
    parts += [by_lens(page, line, who.say), who.say("team.explained", k=who.k)]
    return clip("\n\n".join(part for part in parts if part)), keyboard(*rows)


def pool_with(page: Page, line: Line) -> Line | None:
    """Where a team that is not shown alone was counted, if that is published.

    Who shares the parent's box (their own number of people is not told) is in `~small` where that stands alone;
    all others go to the first pool on the way up.
    """
    if page.cell(line.key, Stat.STRAIN) != Withheld(Reason.POOLED):
        return None
    shares_box, above = line.people == 0, line.parent
    while above is not None:
        names = [f"{above}~small", f"{above}~pool"] if shares_box else [f"{above}~pool"]
        found = next((pool for one in names if (pool := page.line(UnitKey(one)))), None)
        if found:
            return found
        shares_box, parent = False, page.line(above)
        above = parent.parent if parent else None
    return None
