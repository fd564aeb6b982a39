"""`/hotspots`: what is flagged now and what still is, with the evidence as a picture, and why, at a tap."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardButton, Message

from handlers.callbacks import WhyTap
from handlers.figures import clip, kind_of, name, name_of
from handlers.house import House
from handlers.leads.explaining import explanation
from handlers.leads.looking import Desk, desk, desk_of_lead, note_look
from handlers.leads.telling import levels, lists, new_flags, no_hotspots, still_open
from handlers.pictures import digest_picture
from handlers.speech import button, keyboard, note
from handlers.words import Html, Speaker
from insights.cells import Page, UnitKey
from insights.digest import Digest, compose, is_within, told_to
from insights.hotspot_kinds import Course, Flag, FlagKind, Reading
from insights.subtree import subtree
from storage.audit import Deed
from storage.people import RoleHolder

PICTURE_NAME = "hotspots.png"
_MOST_BUTTONS = 24
"""Buttons below a list: more are not scrolled through with one thumb."""


def router() -> Router:
    """`/hotspots`, and why."""
    routes = Router(name="hotspots")
    routes.message.register(hotspots, Command("hotspots"))
    routes.callback_query.register(why, WhyTap.filter())
    return routes


async def hotspots(message: Message, house: House) -> None:
    """What is flagged now, and what is still open: a picture, a list, and a button for each that explains it."""
    who = await desk_of_lead(message, house, Deed.HOTSPOTS_READ)
    if who is None:
        return
    reading = await house.judge.read(who.pages)
    for _, unit in who.standing():
        await _answer(message, house, who, unit, reading)
    if len(who.standing()) < len(who.holders):
        await message.answer(who.say("team.not_in"))


async def _answer(message: Message, house: House, who: Desk, unit: UnitKey, reading: Reading) -> None:
    page, say = who.pages[-1], who.say
    digest = compose(who.pages, unit, reading)
    title = say.plain("digest.title", unit=name(digest.line, say))
    picture = await digest_picture(who.pages, unit, reading, say, title)
    await message.answer_photo(BufferedInputFile(picture, PICTURE_NAME), caption=caption(digest, say))
    sections = [say("hotspots.title", unit=name(digest.line, say), day=say.day(digest.opened_on))]
    if digest.learning:
        sections += [say.count("digest.learning", digest.learning), levels(digest, say)]
    else:
        sections.append(new_flags(digest, who.pages, say) or no_hotspots(digest, say))
        sections.append(still_open(digest, who.pages, house.pack, say))
        sections += lists(digest, who.pages, say)
    flags = told_in(digest)
    if flags:
        sections.append(say("hotspots.tap"))
    buttons = why_buttons(flags, page, say)
    await message.answer(clip("\n\n".join(one for one in sections if one)), reply_markup=keyboard(*buttons))


def caption(digest: Digest, say: Speaker) -> Html:
    """What the small multiples show this time."""
    unit, day = name(digest.line, say), say.day(digest.opened_on)
    if digest.learning:
        return say("digest.caption_levels", unit=unit, day=day)
    is_calm = not [flag for flag in told_in(digest) if flag.kind is not FlagKind.SHARED]
    return say("digest.caption_calm" if is_calm else "digest.caption", unit=unit, day=day)


def told_in(digest: Digest) -> list[Flag]:
    """Every flag of a digest, the most urgent first, what is over last."""
    still = sorted(digest.still_open, key=lambda one: one.state is Course.OVER)
    new = (*digest.hotspots, *digest.watch, *digest.silent, *digest.shared, *digest.better)
    return [*new, *(one.flag for one in still)]


def why_buttons(flags: list[Flag], page: Page, say: Speaker) -> list[list[InlineKeyboardButton]]:
    """A button for each flag: why this team."""
    return [
        [
            button(
                say.plain("hotspots.why", unit=name_of(page, flag.unit, say), kind=kind_of(flag, say)),
                WhyTap(unit=flag.unit, kind=flag.kind.value, round=flag.round),
            )
        ]
        for flag in flags[:_MOST_BUTTONS]
    ]


async def why(tap: CallbackQuery, callback_data: WhyTap, bot: Bot, house: House) -> None:
    """Why a team was flagged, for who looks after it. A flag that was raised again is explained as it is now."""
    who = await desk(tap, house)
    unit = UnitKey(callback_data.unit)
    looked_after = [(one, under) for one, under in who.standing() if is_within(who.pages[-1], unit, under)]
    # who looks after the unit itself is told more than who only stands below it
    looked_after.sort(key=lambda pair: not _is_below(who.pages[-1], unit, pair[1]))
    holders = [one for one, _ in looked_after]
    if not holders:
        await note(tap, who.say.plain("tap.not_yours"), alert=True)
        return
    reading = await house.judge.read(who.pages)
    found = _found(who, holders, reading, callback_data)
    if found is None:
        await note(tap, who.say.plain("why.gone"), alert=True)
        return
    flag, course = found
    await note_look(house, who, Deed.HOTSPOTS_READ, holders[:1], unit=unit)
    await note(tap)
    text = explanation(flag, course, who.pages, reading, house.pack, who.say, looked_after[0][1])
    await bot.send_message(tap.from_user.id, clip(text))


def _is_below(page: Page, unit: UnitKey, under: UnitKey) -> bool:
    return unit in {line.key for line in subtree(page, under)}


def _found(
    who: Desk, holders: list[RoleHolder], reading: Reading, wanted: WhyTap
) -> tuple[Flag, Course | None] | None:
    """The flag of that unit and kind as it is told now, the newest if there are two."""
    for holder in holders:
        flags, still = told_to(who.pages[-1], UnitKey(holder.unit_id), reading)
        told = [*((flag, None) for flag in flags), *((one.flag, one.state) for one in still)]
        same = [pair for pair in told if (pair[0].unit, pair[0].kind.value) == (wanted.unit, wanted.kind)]
        if same:
            return next((pair for pair in same if pair[0].round == wanted.round), same[0])
    return None
