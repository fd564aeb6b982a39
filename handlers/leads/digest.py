"""The weekly digest: where it burns, how sure we are, what can be done, and who is silent. For one subtree each."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message

from handlers.callbacks import MapTap, WordsTap
from handlers.figures import name
from handlers.house import House
from handlers.leads.hotspots import caption, why_buttons
from handlers.leads.looking import desk, desk_of_lead, note_look
from handlers.leads.telling import digest_text
from handlers.pictures import digest_picture, teams_picture
from handlers.speech import button, keyboard, note
from handlers.words import Speaker
from insights.cells import Kind, Ledger, UnitKey
from insights.digest import HOT, Digest, compose
from insights.hotspot_kinds import Course
from insights.policy import DIGEST_HOTSPOTS, K_FLOOR
from insights.subtree import standing, subtree
from storage.audit import Deed
from storage.organisation import organisation
from storage.outbox import Letter
from storage.people import role_holder
from storage.shared_comments import shared_of

PICTURE_NAME = "digest.png"
TEAMS_NAME = "teams.png"


def router() -> Router:
    """`/digest` to see the last one again, and every team at a tap."""
    routes = Router(name="leads")
    routes.message.register(again, Command("digest"))
    routes.callback_query.register(all_teams, MapTap.filter())
    return routes


@dataclass(frozen=True, slots=True)
class Post:
    """A digest on its way to a chat: whose, of what, and what of it has arrived."""

    say: Speaker
    under: UnitKey
    pages: Ledger
    k: int
    quietly: bool = False
    sent: set[str] = field(default_factory=set)


async def send_digest(bot: Bot, house: House, chat: int, letter: Letter, quietly: bool, sent: set[str]) -> None:
    """The digest of the letter's round to one role-holder: their own units and nobody else's.

    `sent` remembers what has arrived: a letter that is tried again does not repeat its picture.
    """
    async with house.begin() as db:
        holder = await role_holder(db, letter.holder_id) if letter.holder_id else None
        pages = tuple(page for page in await house.ledger.pages(db) if page.round <= letter.round)
        plan = await organisation(db)
    if holder is None or not pages or pages[-1].round != letter.round:
        return
    under = UnitKey(holder.unit_id)
    if pages[-1].line(under) is not None:
        say, k = house.words.speak(holder.language), plan.k if plan else K_FLOOR
        await _post(bot, house, chat, Post(say, under, pages, k, quietly, sent))


async def _post(bot: Bot, house: House, chat: int, post: Post) -> None:
    say = post.say
    reading = await house.judge.read(post.pages)
    digest = compose(post.pages, post.under, reading)
    if PICTURE_NAME not in post.sent:
        title = say.plain("digest.title", unit=name(digest.line, say))
        picture = await digest_picture(post.pages, post.under, reading, say, title)
        file, told = BufferedInputFile(picture, PICTURE_NAME), caption(digest, say)
        await bot.send_photo(chat, file, caption=told, disable_notification=post.quietly)
        post.sent.add(PICTURE_NAME)
    async with house.begin() as db:
        cards = await shared_of(db, [line.key for line in subtree(post.pages[-1], post.under)])
    text = digest_text(digest, post.pages, house.pack, say, post.k)
    markup = _buttons(digest, post.pages, len(cards), say)
    await bot.send_message(chat, text, disable_notification=post.quietly, reply_markup=markup)


def _buttons(digest: Digest, pages: Ledger, cards: int, say: Speaker) -> InlineKeyboardMarkup | None:
    """Why each hotspot, new or still hot, all teams at a glance, and what people shared, if they did."""
    still = (one.flag for one in digest.still_open if one.flag.kind in HOT and one.state is not Course.OVER)
    flags = [*digest.hotspots, *still][: max(DIGEST_HOTSPOTS, len(digest.hotspots))]
    rows = why_buttons(flags, pages[-1], say)
    if digest.line.kind is Kind.GROUP:
        rows.append([button(say.plain("digest.all_teams"), MapTap(unit=digest.line.key))])
    if cards:
        rows.append([button(say.plain("digest.words", count=cards), WordsTap(unit=digest.line.key))])
    return keyboard(*rows) if rows else None


async def again(message: Message, bot: Bot, house: House) -> None:
    """The last digest once more."""
    who = await desk_of_lead(message, house, Deed.DIGEST_READ)
    if who is None:
        return
    for _, unit in who.standing():
        await _post(bot, house, message.chat.id, Post(who.say, unit, who.pages, who.k))


async def all_teams(tap: CallbackQuery, callback_data: MapTap, bot: Bot, house: House) -> None:
    """The heat map of a unit they look after, as of the last round."""
    who = await desk(tap, house)
    holder = next((one for one, unit in who.standing() if unit == callback_data.unit), None)
    if holder is None:
        await note(tap, who.say.plain("tap.not_yours"), alert=True)
        return
    page, say = who.pages[-1], who.say
    await note_look(house, who, Deed.DIGEST_READ, [holder])
    await note(tap)
    reading, line = await house.judge.read(who.pages), standing(page, UnitKey(holder.unit_id))
    title = say.plain("teams.title", unit=name(line, say))
    picture = await teams_picture(who.pages, line.key, reading, say, title)
    caption = say("teams.caption", unit=name(line, say), day=say.day(page.opened_on))
    await bot.send_photo(tap.from_user.id, BufferedInputFile(picture, TEAMS_NAME), caption=caption)
