"""`/trends`: unit, measure and period by buttons; a chart, the numbers with their meaning, and a CSV."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message

from handlers.callbacks import TrendTap
from handlers.figures import clip, name, number
from handlers.house import House
from handlers.hr.measures import export_words, measure_definition, measure_name, measures
from handlers.pictures import trend_picture
from handlers.reading import note_reading
from handlers.speech import button, keyboard, language_of, note, rewrite, telegram_id
from handlers.words import Html, Speaker
from insights.cells import Ledger, Line, Page, Released, UnitKey
from insights.comments.published import THEMES, TONE
from insights.looked_at import looked_at
from insights.trends import Point, is_told, series, to_csv
from storage.audit import Deed
from storage.people import Role, roles_of

PERIODS = (12, 26, 52, 0)
MENU, UNIT, MEASURE, PERIOD, SHOW, CSV = "menu", "unit", "measure", "period", "show", "csv"
MOST_BUTTONS = 60
MOST_LINES = 40


def router() -> Router:
    """`/trends` and its taps."""
    routes = Router(name="trends")
    routes.message.register(trends, Command("trends"))
    routes.callback_query.register(tapped, TrendTap.filter())
    return routes


async def _ledger(house: House, event: Message | CallbackQuery) -> tuple[Speaker, bool, Ledger]:
    async with house.begin() as db:
        roles = await roles_of(db, house.ids.lookup(telegram_id(event)))
        pages = await house.ledger.pages(db)
    say = house.words.speak(roles[0].language if roles else language_of(event))
    return say, any(one.role == Role.HR for one in roles), pages


async def trends(message: Message, house: House) -> None:
    """The menu, on strain of the whole organisation over the last rounds."""
    say, allowed, pages = await _ledger(house, message)
    if not allowed:
        await message.answer(say("hr.only"))
    elif not pages:
        await message.answer(say("team.nothing_yet"))
    else:
        choice = TrendTap(unit=pages[-1].lines[0].key, question=0, last=PERIODS[0], step=MENU)
        text, markup = _menu(choice, pages[-1], house, say)
        await message.answer(text, reply_markup=markup)


async def tapped(tap: CallbackQuery, callback_data: TrendTap, bot: Bot, house: House) -> None:
    """One choice, or the trend itself."""
    say, allowed, pages = await _ledger(house, tap)
    choice = callback_data
    line = pages[-1].line(UnitKey(choice.unit)) if pages else None
    sound = 0 <= choice.question < len(measures(house.pack)) and choice.last in PERIODS
    if not allowed or line is None or not sound:
        await note(tap, say.plain("tap.not_yours"), alert=True)
        return
    await note(tap)
    if choice.step == SHOW and tap.message:
        measure = measures(house.pack)[choice.question]
        cells = looked_at(pages, line.key, choice.last, measure.question, measure.stat)
        await note_reading(house, tap, (Role.HR,), Deed.TREND_READ, **cells)
        await _show(bot, tap.message.chat.id, choice, line, pages, house, say)
    elif choice.step == CSV and tap.message:
        everything = line.parent is None
        cells = looked_at(pages, None if everything else line.key, choice.last)
        await note_reading(house, tap, (Role.HR,), Deed.EXPORT_MADE, form=CSV, **cells)
        content = to_csv(pages, None if everything else line.key, export_words(house.pack, say), choice.last or None)
        named = choice.unit.replace("~", "-").replace("+", "-")
        file = BufferedInputFile(content.encode("utf-8-sig"), f"trends-{named}.csv")
        await bot.send_document(tap.message.chat.id, file, caption=say("trends.csv", unit=name(line, say)))
    else:
        screens = {UNIT: _units, MEASURE: _measures, PERIOD: _periods}
        await rewrite(bot, tap, *screens.get(choice.step, _menu)(choice, pages[-1], house, say))


def _menu(choice: TrendTap, page: Page, house: House, say: Speaker) -> tuple[Html, InlineKeyboardMarkup]:
    line = page.line(UnitKey(choice.unit))
    labels = {
        UNIT: say.plain("trends.unit", unit=name(line, say) if line else ""),
        MEASURE: say.plain("trends.measure", measure=_measure(choice, house, say)),
        PERIOD: say.plain("trends.period", period=_period(choice.last, say)),
        SHOW: say.plain("trends.show"),
        CSV: say.plain("trends.download"),
    }
    rows = [[button(label, choice.model_copy(update={"step": step}))] for step, label in labels.items()]
    return say("trends.menu"), keyboard(*rows)


def _measure(choice: TrendTap, house: House, say: Speaker) -> str:
    return measure_name(measures(house.pack)[choice.question], house.pack, say)


def _period(last: int, say: Speaker) -> str:
    return str(say.count("trends.rounds", last)) if last else say.plain("trends.all_rounds")


def _units(choice: TrendTap, page: Page, house: House, say: Speaker) -> tuple[Html, InlineKeyboardMarkup]:
    here = page.line(UnitKey(choice.unit))
    rows = []
    if here and here.parent:
        above = page.line(here.parent)
        label = say.plain("team.up", unit=name(above, say) if above else "")
        rows.append([button(label, choice.model_copy(update={"unit": here.parent}))])
    for one in [line for line in page.lines if here and line.parent == here.key][:MOST_BUTTONS]:
        rows.append([button(name(one, say), choice.model_copy(update={"unit": one.key}))])
    rows.append([button(say.plain("trends.choose"), choice.model_copy(update={"step": MENU}))])
    return say("trends.which_unit", unit=name(here, say) if here else ""), keyboard(*rows)


def _measures(choice: TrendTap, page: Page, house: House, say: Speaker) -> tuple[Html, InlineKeyboardMarkup]:
    line = page.line(UnitKey(choice.unit))
    rows = [
        [button(measure_name(one, house.pack, say), choice.model_copy(update={"question": place, "step": MENU}))]
        for place, one in enumerate(measures(house.pack))
        if line and is_told(line, one.stat, one.question)
    ]
    return say("trends.which_measure"), keyboard(*rows)


def _periods(choice: TrendTap, page: Page, house: House, say: Speaker) -> tuple[Html, InlineKeyboardMarkup]:
    rows = [[button(_period(one, say), choice.model_copy(update={"last": one, "step": MENU}))] for one in PERIODS]
    return say("trends.which_period"), keyboard(*rows)


async def _show(bot: Bot, chat: int, choice: TrendTap, line: Line, pages: Ledger, house: House, say: Speaker) -> None:
    measure = measures(house.pack)[choice.question]
    points = series(pages, line.key, measure.question, measure.stat, choice.last or None)
    title = say.plain("trends.title", unit=name(line, say), measure=_measure(choice, house, say))
    if not points:
        await bot.send_message(chat, say("trends.no_points", title=title))
        return
    picture = await trend_picture(points, title, say, measure.scale)
    await bot.send_photo(chat, BufferedInputFile(picture, "trend.png"), caption=say("trends.caption", title=title))
    is_words = measure.question in (TONE, THEMES)
    numbers = Html("\n".join(_point(one, is_words, say) for one in points[-MOST_LINES:]))
    meaning = measure_definition(measure, say)
    await bot.send_message(chat, clip(say("trends.numbers", title=title, numbers=numbers, meaning=meaning)))


def _point(point: Point, is_words: bool, say: Speaker) -> Html:
    day = say.short_day(point.opened_on)
    if not isinstance(point.cell, Released):
        return say("trends.withheld", day=day)
    value = number(point.cell, say)
    n = say.plain("table.wrote" if is_words else "table.answers", n=point.cell.n)
    if point.low is None or point.high is None:
        return say("trends.point", day=day, value=value, n=n)
    low, high = int(point.low + 0.5), int(point.high + 0.5)
    return say("trends.point_interval", day=day, value=value, low=low, high=high, n=n)
