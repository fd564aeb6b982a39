"""`/themes`: what people wrote of, division by division, as picture, text and file. Numbers, never their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message

from handlers.callbacks import ThemesTap
from handlers.figures import clip, name, number
from handlers.house import House
from handlers.hr.measures import export_words
from handlers.pictures import themes_picture
from handlers.reading import note_reading
from handlers.saying import phrase, theme_name
from handlers.speech import button, keyboard, language_of, note, telegram_id
from handlers.words import Html, Speaker
from insights.cells import Kind, Ledger, Released, Stat, UnitKey
from insights.comments.counting import TONES, Tone
from insights.comments.published import THEMES, TONE
from insights.comments.summary import Summary, looked_at_words, summaries
from insights.intervals import interval
from insights.policy import THEMES_ROUNDS
from insights.trends import to_csv
from storage.audit import Deed
from storage.people import Role, roles_of

SHOW, CSV = "show", "csv"
_PICTURE, _FILE = "themes.png", "words.csv"
_MOST_BUTTONS, _MOST_UNITS, _MOST_NAMED = 60, 12, 4
"""What fits a phone and one message: units to choose from, units in words, themes of each."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whoever asks, whether they are an analyst, and what was published."""

    say: Speaker
    is_hr: bool
    pages: Ledger


def router() -> Router:
    """`/themes` and its taps."""
    routes = Router(name="themes")
    routes.message.register(themes, Command("themes"))
    routes.callback_query.register(tapped, ThemesTap.filter())
    return routes


async def _asked(house: House, event: Message | CallbackQuery) -> _Asked:
    async with house.begin() as db:
        roles = await roles_of(db, house.ids.lookup(telegram_id(event)))
        pages = await house.ledger.pages(db)
    say = house.words.speak(roles[0].language if roles else language_of(event))
    return _Asked(say, any(one.role == Role.HR for one in roles), pages)


async def themes(message: Message, bot: Bot, house: House) -> None:
    """The organisation's divisions."""
    who = await _asked(house, message)
    if not who.is_hr:
        await message.answer(who.say("hr.only"))
    elif not who.pages:
        await message.answer(who.say("team.nothing_yet"))
    else:
        await _show(bot, house, message, message.chat.id, who, who.pages[-1].lines[0].key)


async def tapped(tap: CallbackQuery, callback_data: ThemesTap, bot: Bot, house: House) -> None:
    """The same below another unit, or every number as a file."""
    who, unit = await _asked(house, tap), UnitKey(callback_data.unit)
    is_there = bool(who.pages) and who.pages[-1].line(unit) is not None
    if not who.is_hr or not is_there or callback_data.step not in (SHOW, CSV):
        await note(tap, who.say.plain("tap.not_yours"), alert=True)
        return
    await note(tap)
    if callback_data.step == SHOW:
        await _show(bot, house, tap, tap.from_user.id, who, unit)
        return
    cells = looked_at_words(who.pages, (None,), None)
    await note_reading(house, tap, (Role.HR,), Deed.EXPORT_MADE, form=CSV, **cells)
    content = to_csv(who.pages, None, export_words(house.pack, who.say), only=(TONE, THEMES))
    file = BufferedInputFile(content.encode("utf-8-sig"), _FILE)
    await bot.send_document(tap.from_user.id, file, caption=who.say("themes.csv"))


async def _show(
    bot: Bot, house: House, event: Message | CallbackQuery, chat: int, who: _Asked, unit: UnitKey
) -> None:
    rows, say = summaries(who.pages, unit, THEMES_ROUNDS), who.say
    cells = looked_at_words(who.pages, [row.line.key for row in rows], THEMES_ROUNDS)
    await note_reading(house, event, (Role.HR,), Deed.THEMES_READ, **cells)
    called = name(rows[0].line, say)
    if any(row.last for row in rows):
        picture = await themes_picture(rows, say, say.plain("themes.title", unit=called))
        await bot.send_photo(chat, BufferedInputFile(picture, _PICTURE), caption=say("themes.caption", unit=called))
    await bot.send_message(chat, themes_text(rows, say), reply_markup=_buttons(who, rows))


def themes_text(rows: Sequence[Summary], say: Speaker) -> Html:
    """Every unit in words: how it was told last, then how often what was told."""
    told = [_row(row, say) for row in rows[:_MOST_UNITS]]
    if len(rows) > _MOST_UNITS:
        told.append(say.count("digest.and_more", len(rows) - _MOST_UNITS))
    title = say("themes.heading", unit=name(rows[0].line, say), rounds=THEMES_ROUNDS)
    return Html(clip("\n\n".join([title, *told, say("themes.explained")])))


def _row(row: Summary, say: Speaker) -> Html:
    called = name(row.line, say)
    if row.last is None:
        return say("themes.never" if row.heard else "themes.unheard", unit=called)
    parts = [
        say(
            "themes.last",
            unit=called,
            day=say.short_day(row.last.opened_on),
            n=row.last.said.n,
            phrase=phrase(row.last.said, say),
        ),
        _likely(row.last.said.negative, say),
        _counted(row, say),
    ]
    return Html("\n".join(part for part in parts if part))


def _likely(negative: Released | None, say: Speaker) -> Html:
    """How far off the last share of negative comments may be."""
    likely = interval(negative, Stat.share(TONES.index(Tone.NEGATIVE))) if negative else None
    if likely is None:
        return Html("")
    low, high = (int(end + 0.5) for end in likely)
    return say("themes.likely", low=low, high=high)


def _counted(row: Summary, say: Speaker) -> Html:
    """In how many rounds what was named, and between which shares the negative ones stood."""
    named = ", ".join(
        say.plain("themes.named", theme=theme_name(theme, say), count=count)
        for theme, count in row.named[:_MOST_NAMED]
    )
    parts = [say.count("themes.told", row.told, of=row.heard)]
    if named:
        parts.append(say("themes.counts", named=named))
    if row.negative and row.told > 1:
        parts.append(_range(*row.negative, say))
    return Html("; ".join(parts))


def _range(low: Released, high: Released, say: Speaker) -> Html:
    if (low.value, low.bound) == (high.value, high.bound):
        return say("themes.negative", share=number(low, say))
    return say("themes.range", low=number(low, say), high=number(high, say))


def _buttons(who: _Asked, rows: Sequence[Summary]) -> InlineKeyboardMarkup:
    """The groups below, the one above, and the file."""
    here, say, page = rows[0].line, who.say, who.pages[-1]
    groups = [row.line for row in rows[1:] if row.line.kind is Kind.GROUP][:_MOST_BUTTONS]
    buttons = [[button(name(one, say), ThemesTap(unit=one.key, step=SHOW))] for one in groups]
    above = page.line(here.parent) if here.parent else None
    if above:
        label = say.plain("team.up", unit=name(above, say))
        buttons.append([button(label, ThemesTap(unit=above.key, step=SHOW))])
    buttons.append([button(say.plain("themes.download"), ThemesTap(unit=here.key, step=CSV))])
    return keyboard(*buttons)
