"""The composition root: production, tests and the demo are made here, and differ in settings and clock only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.methods import AnswerCallbackQuery, EditMessageText, GetUpdates, Response, SendMessage
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.delivery import Delivery
from bot.flood import FloodGuard
from bot.intake import Intake
from bot.logs import hold_chatty_loggers
from bot.pacing import Pacing
from bot.settings import Settings
from handlers.cards import Contact, Nation, load_card
from handlers.house import Clock, House
from handlers.judging import Judge
from handlers.menu import publish_menu
from handlers.rounds import check_pack, next_event, tick
from handlers.routers import dispatcher
from handlers.staff.care import checked
from handlers.words import load_words
from insights.comments.crisis import Care, care_for
from insights.pack import default_pack, load_pack
from insights.policy import SENDS_PER_SECOND
from storage.database import async_engine, beginner
from storage.glance import Glance
from storage.ledger import LedgerReader
from storage.ledger_guard import guard
from storage.outbox import next_due
from storage.residue import clear_residue
from storage.stores import Stores
from storage.vault import Vault

log = logging.getLogger(__name__)

ANSWER_SHAPES = tuple(
    Response[method.__returning__]  # type: ignore[name-defined]
    for method in (GetUpdates, SendMessage, EditMessageText, AnswerCallbackQuery)
)
"""What Telegram's answers are read into: kept, because one that was garbage-collected costs 16 ms to make again."""


@dataclass(frozen=True, slots=True)
class App:
    """The running parts, and what the clock calls."""

    bot: Bot
    dispatcher: Dispatcher
    house: House
    intake: Intake
    delivery: Delivery
    engine: AsyncEngine

    async def start(self) -> None:
        """Guards the ledger, reads what texts are checked by, finishes what a crash left, and only then listens."""
        async with self.engine.begin() as connection:
            await connection.run_sync(guard)
        await check_pack(self.house)
        if await checked(self.house, "") is not Care.NONE:
            log.error("what people type cannot be checked: all of it is answered with the gentle card")
        await tick(self.house)
        await self.bot.delete_webhook(drop_pending_updates=False)
        await publish_menu(self.bot, self.house.words)

    async def tick(self) -> None:
        """Once a minute: rounds; then what was deleted leaves the files."""
        await tick(self.house)
        await clear_residue(self.engine.url.render_as_string(hide_password=False))

    async def deliver(self) -> int:
        """Once a minute: what waits to be sent."""
        return await self.delivery.drain()

    async def next_due(self) -> datetime | None:
        """When there is something to do next."""
        async with self.house.begin() as db:
            letter = await next_due(db)
        instants = [datetime.fromtimestamp(letter, UTC)] if letter is not None else []
        event = await next_event(self.house)
        return min([*instants, event] if event else instants, default=None)

    async def close(self) -> None:
        """Lets go of everything; nothing is lost."""
        await self.house.vault.close()
        await self.house.glance.close()
        await self.bot.session.close()
        await self.engine.dispose()


def _contact(settings: Settings) -> Contact | None:
    name, chat = settings.contact_name, settings.contact_chat
    return Contact(chat, name) if name is not None and chat is not None else None


def build(settings: Settings, clock: Clock, care: Callable[[str], Care] = care_for) -> App:
    """Makes everything once. Raises `SettingsError`, `PackError` or `HelpCardError` before anything listens."""
    hold_chatty_loggers()
    engine = async_engine(settings.database_url)
    stores = Stores(settings.rounds_dir, settings.database_url)
    stores.prepare()
    begin = beginner(engine)
    house = House(
        begin=begin,
        clock=clock,
        vault=Vault(stores),
        glance=Glance(settings.database_url),
        ledger=LedgerReader(),
        judge=Judge(begin),
        pack=load_pack(settings.pack.read_text("utf-8")) if settings.pack else default_pack(),
        ids=settings.keys,
        words=load_words(),
        card=load_card(Nation(settings.nation), settings.site_card),
        care=care,
        contact=_contact(settings),
    )
    pacing = Pacing(clock, SENDS_PER_SECOND)
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.api_url))
    bot = Bot(settings.token, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    bot.session.middleware(FloodGuard(pacing))
    listening = dispatcher(house)
    return App(
        bot=bot,
        dispatcher=listening,
        house=house,
        intake=Intake(bot, listening, clock),
        delivery=Delivery(bot, house, pacing),
        engine=engine,
    )
