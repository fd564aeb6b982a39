"""Words: the bot shows what somebody typed in a message of its own, and counts it, keeps it or forgets it at a tap.

Until then they are in Telegram alone, and afterwards their message goes, too. Whoever taps is in the round again.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Final

from aiogram import Bot, Router
from aiogram.enums import MessageEntityType
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.callbacks import CommentTap
from handlers.figures import help_lines
from handlers.house import House
from handlers.plan import next_day
from handlers.speech import (
    Errands,
    button,
    keyboard,
    language_of,
    note,
    reply,
    rewrite,
    show_receipt,
    take_away,
    take_theirs_away,
    telegram_id,
)
from handlers.staff.care import checked, help_card
from handlers.staff.standing import outside, standing
from handlers.words import Html, Speaker
from insights.comments.analysis import analyse, tone_of
from insights.comments.counting import marks_of
from insights.comments.crisis import Care
from insights.comments.scrub import scrub
from insights.policy import COMMENT_LENGTH, K_FLOOR, SHARERS_FLOOR
from storage.organisation import organisation
from storage.people import Role, role_holders
from storage.roster import Sitting
from storage.rounds import round_by_number
from storage.sealed import Receipt
from storage.slips import Comment
from storage.units import all_units

THEMES, SHARE, SURE, DISCARD = "themes", "share", "sure", "discard"
_TAKEN_OUT: Final = re.compile(r"\[[^\]]*\]|\W|_")


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap on words that are there: everything that what follows needs. Its repr does not say them."""

    tap: CallbackQuery = field(repr=False)
    bot: Bot = field(repr=False)
    house: House = field(repr=False)
    errands: Errands = field(repr=False)
    say: Speaker = field(repr=False)
    step: str
    round: int
    words: str = field(repr=False)

    async def ends_with(self, text: Html) -> None:
        """The words leave the bot's message, however long Telegram has to be asked for it."""
        await show_receipt(self.bot, self.tap, text, self.house.clock, self.errands)


def router() -> Router:
    """The taps. What is typed comes from the catch-all, which stands last."""
    routes = Router(name="commenting")
    routes.callback_query.register(tapped, CommentTap.filter())
    return routes


async def offer(message: Message, house: House) -> None:
    """A text that calls for no help card: its writer is shown what can become of it. Nothing is kept of it."""
    me, words = telegram_id(message), (message.text or "").strip()
    found = await standing(house, me)
    say = house.words.speak(found.member.language if found.member else language_of(message))
    current = found.open_to_me
    if current is None:
        why, markup = outside(house, found, say)
        await message.answer(
            say("comment.unheard", why=why, entries=help_lines(house.card, say)), reply_markup=markup
        )
    elif await house.vault.has_commented(current.number, me):
        await message.answer(say("comment.already"))
    elif message.forward_origin is not None or message.via_bot is not None:
        await message.answer(say("comment.forwarded"))
    elif len(words) > COMMENT_LENGTH:
        await message.answer(say("comment.long", most=COMMENT_LENGTH, n=len(words)))
    else:
        text = say("comment.preview", words=words, sharers=max(SHARERS_FLOOR, current.k))
        await reply(message, text, _choices(say, current.number, share=SHARE))


def _choices(say: Speaker, number: int, share: str) -> InlineKeyboardMarkup:
    """Themes only is the default; sharing takes a second look, and both come with a way out."""
    themes = button(say.plain("comment.themes"), CommentTap(step=THEMES, round=number))
    is_last = share == SURE
    shared = button(say.plain("comment.sure" if is_last else "comment.share"), CommentTap(step=share, round=number))
    discard = button(say.plain("comment.discard"), CommentTap(step=DISCARD, round=number))
    return keyboard([shared], [themes], [discard]) if is_last else keyboard([themes], [shared], [discard])


def quoted(tap: CallbackQuery, bot: Bot) -> str | None:
    """The words in the message under a tap, as Telegram keeps it: one of ours, in which this very button stands."""
    shown = tap.message
    if not isinstance(shown, Message) or shown.from_user is None or shown.from_user.id != bot.id:
        return None
    rows = shown.reply_markup.inline_keyboard if shown.reply_markup else []
    quotes = [one for one in shown.entities or [] if one.type == MessageEntityType.BLOCKQUOTE]
    if len(quotes) != 1 or tap.data not in {one.callback_data for row in rows for one in row}:
        return None
    return quotes[0].extract_from(shown.text or "").strip() or None


async def tapped(tap: CallbackQuery, callback_data: CommentTap, bot: Bot, house: House, errands: Errands) -> None:
    """One of the choices, on a message of whatever age and origin."""
    say, words = house.words.speak(language_of(tap)), quoted(tap, bot)
    if tap.message is not None and not isinstance(tap.message, Message):
        await note(tap, say.plain("comment.old_toast"), alert=True)
        await rewrite(bot, tap, say("comment.old"))
    elif words is None or len(words) > COMMENT_LENGTH:
        await note(tap, say.plain("comment.nothing"), alert=True)
    elif callback_data.step == DISCARD:
        await _discarded(tap, bot, house, errands, say)
    elif (found := await checked(house, words)) is not Care.NONE:
        await note(tap)
        await rewrite(bot, tap, *help_card(house, found, say))
    else:
        await _in_the_round(tap, callback_data, bot, house, errands, words)


async def _discarded(tap: CallbackQuery, bot: Bot, house: House, errands: Errands, say: Speaker) -> None:
    """Thrown away: asks nobody, and counts nothing."""
    theirs_gone = await take_theirs_away(bot, tap)
    await note(tap, say.plain("comment.discarded_toast"))
    if tap.message and not (theirs_gone and await take_away(bot, tap.message.chat.id, tap.message.message_id)):
        text = say("comment.discarded" if theirs_gone else "comment.discarded_mine")
        await show_receipt(bot, tap, text, house.clock, errands)


async def _in_the_round(
    tap: CallbackQuery, callback_data: CommentTap, bot: Bot, house: House, errands: Errands, words: str
) -> None:
    """Who may still say something in this round is served; anybody else hears why not, and the words go."""
    number = callback_data.round
    seat = await house.glance.sitting(number, house.ids.lookup(tap.from_user.id))
    say = house.words.speak(seat.language if seat else language_of(tap))
    what = Tapped(tap, bot, house, errands, say, callback_data.step, number, words)
    if seat is None:
        await _refused(what, say.plain("tap.left"))
    elif not seat.is_open or not await house.vault.takes_answers(number):
        await _closed(what)
    elif seat.scope is None:
        await _refused(what, say.plain("tap.newcomer"))
    elif await house.vault.has_commented(number, tap.from_user.id):
        await _had_already(what)
    elif what.step == SHARE:
        await _shown_scrubbed(what)
    else:
        await _counted(what, seat, seat.scope)


async def _refused(what: Tapped, why: str) -> None:
    """Not counted: our copy goes, their own message is left for them to send again or to delete."""
    await note(what.tap, why, alert=True)
    await what.ends_with(what.say("comment.not_counted"))


async def _closed(what: Tapped) -> None:
    async with what.house.begin() as db:
        plan = await organisation(db)
    await _refused(what, what.say.plain("tap.closed", day=next_day(plan, what.house.clock.now(), what.say)))


async def _had_already(what: Tapped) -> None:
    """Also the second of two quick taps: the first has taken their message away."""
    await note(what.tap, what.say.plain("comment.already_toast"), alert=True)
    await take_theirs_away(what.bot, what.tap)
    await what.ends_with(what.say("comment.already"))


async def _shown_scrubbed(what: Tapped) -> None:
    """What others would read, to be looked at before anything is kept."""
    names, k = await _names(what.house), await _k(what)
    scrubbed = (await asyncio.to_thread(scrub, what.words, names)).strip()
    if not _TAKEN_OUT.sub("", scrubbed):
        await note(what.tap, what.say.plain("comment.nothing_left"), alert=True)
        return
    await note(what.tap)
    text = what.say("comment.scrubbed", words=scrubbed, sharers=max(SHARERS_FLOOR, k))
    await rewrite(what.bot, what.tap, text, _choices(what.say, what.round, share=SURE))


async def _k(what: Tapped) -> int:
    """The fewest people behind anything that the round will show."""
    async with what.house.begin() as db:
        current = await round_by_number(db, what.round)
    return current.k if current else K_FLOOR


async def _names(house: House) -> tuple[str, ...]:
    """Whose names the organisation knows: its units', and those its role-holders go by."""
    async with house.begin() as db:
        units = await all_units(db)
        holders = [one for role in Role for one in await role_holders(db, role)]
    return (*(one.name for one in units), *(one.display_name for one in holders))


async def _counted(what: Tapped, seat: Sitting, scope: str) -> None:
    """One commit; then it is said; then the words leave the chat."""
    is_shared = what.step == SURE
    found = await asyncio.to_thread(analyse, what.words)
    marks = marks_of(tone_of(found), found.themes)
    text = what.words if is_shared else ""
    sharers = max(SHARERS_FLOOR, await _k(what))
    comment = Comment(what.tap.from_user.id, scope, seat.is_established, marks, text)
    receipt = await what.house.vault.comment(what.round, comment)
    if receipt is Receipt.CLOSED:
        await _closed(what)
    elif receipt is Receipt.ALREADY:
        await _had_already(what)
    else:
        await note(what.tap, what.say.plain("comment.counted_toast"))
        theirs_gone = await take_theirs_away(what.bot, what.tap)
        said = what.say("comment.shared" if is_shared else "comment.counted", sharers=sharers)
        yours = Html() if theirs_gone else what.say("comment.delete_yours")
        await what.ends_with(Html(f"{said}{yours}"))
