"""A real aiogram Bot against the sandbox: every method, every kind of update, every kind of error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatAction, ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CallbackQuery,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from aiogram.utils.deep_linking import create_start_link

from sandbox import Answer, Person, Sandbox
from tests.sandbox.wire import Clock, png

HOW_OFTEN = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Never", callback_data="1"),
            InlineKeyboardButton(text="Often", callback_data="2"),
        ],
        [InlineKeyboardButton(text="Help", url="https://www.samaritans.org")],
    ]
)


@pytest.fixture(scope="session")
async def session() -> AsyncIterator[AiohttpSession]:
    session = AiohttpSession()
    yield session
    await session.close()


@pytest.fixture
def bot(session: AiohttpSession, sandbox: Sandbox) -> Bot:
    session.api = TelegramAPIServer.from_base(sandbox.url)
    return Bot(sandbox.token, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))


@pytest.fixture(autouse=True)
async def everything_is_modelled(sandbox: Sandbox) -> AsyncIterator[None]:
    yield
    sandbox.assert_all_modelled()


@pytest.fixture
async def ana(sandbox: Sandbox) -> Person:
    person = sandbox.person("Ana")
    await person.says("/start")
    return person


async def test_every_method_is_understood(bot: Bot, sandbox: Sandbox, ana: Person) -> None:
    me = await bot.get_me()
    assert (me.id, me.username) == (bot.id, "pulse_bot")
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.set_my_commands([BotCommand(command="team", description="What was published")])
    assert await bot.set_my_commands(
        [BotCommand(command="team", description="Beth a gyhoeddwyd")],
        scope=BotCommandScopeChat(chat_id=ana.id),
        language_code="cy",
    )
    assert await bot.send_chat_action(ana.id, ChatAction.TYPING)
    assert sandbox.commands.keys() == {"default", f"chat:{ana.id}:cy"}


async def test_a_message_is_sent_edited_and_deleted(bot: Bot, ana: Person) -> None:
    sent = await bot.send_message(
        ana.id,
        "How <b>often</b>, if at all?",
        reply_markup=HOW_OFTEN,
        disable_notification=True,
        protect_content=False,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert (sent.text, sent.html_text) == ("How often, if at all?", "How <b>often</b>, if at all?")
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump() == HOW_OFTEN.model_dump()
    assert ana.screen()[-1].is_silent

    edited = await sent.edit_text("And <i>now</i>?", reply_markup=HOW_OFTEN)
    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    await sent.edit_reply_markup(reply_markup=None)
    assert (ana.sees(), ana.screen()[-1].buttons) == ("And now?", [])

    again = await bot.send_message(ana.id, "Again", reply_parameters=ReplyParameters(message_id=sent.message_id))
    assert again.reply_to_message is not None
    assert await sent.delete()
    assert await bot.delete_messages(ana.id, [again.message_id])
    assert ana.sees() == ""


async def test_pictures_and_files_go_up_and_down(bot: Bot, ana: Person) -> None:
    picture = await bot.send_photo(
        ana.id,
        BufferedInputFile(png(390, 200), "digest.png"),
        caption="<b>This</b> week",
        reply_markup=HOW_OFTEN,
    )
    assert picture.photo is not None
    assert picture.html_text == "<b>This</b> week"
    assert (picture.photo[-1].width, picture.photo[-1].height) == (390, 200)

    again = await bot.send_photo(ana.id, picture.photo[-1].file_id)
    assert ana.screen()[-1].photo == png(390, 200)
    assert again.photo == picture.photo

    document = await bot.send_document(ana.id, BufferedInputFile(b"unit,score\n", "trends.csv"))
    assert document.document is not None
    downloaded = await bot.download(document.document.file_id)
    assert downloaded is not None
    assert downloaded.read() == b"unit,score\n"


async def test_every_kind_of_update_is_parsed(bot: Bot, sandbox: Sandbox, ana: Person) -> None:
    hers = await ana.says("Tired")
    await ana.edits(hers, "Very tired")
    await ana.sends_photo("Look")
    await ana.sends_voice()
    await ana.sends_sticker()
    await ana.sends_document()
    await bot.send_message(ana.id, "How often?", reply_markup=HOW_OFTEN)
    await ana.taps_without_waiting("Often")
    await ana.blocks()
    await ana.unblocks()
    ward = sandbox.group("Ward chat", [ana], bot_sees_all=True)
    await sandbox.person("Ben").joins_group(ward)

    updates = await bot.get_updates(timeout=1, limit=100)

    assert [update.event_type for update in updates] == (
        ["message", "message", "edited_message"]
        + ["message"] * 4
        + ["callback_query"]
        + ["my_chat_member"] * 3
        + ["message"]
    )
    contents = [update.message.content_type for update in updates if update.message]
    assert contents == ["text", "text", "photo", "voice", "sticker", "document", "new_chat_members"]


async def test_a_tap_is_answered_and_an_old_message_is_inaccessible(bot: Bot, ana: Person, clock: Clock) -> None:
    await bot.send_message(ana.id, "How often?", reply_markup=HOW_OFTEN)
    clock.passes(hours=49)
    tap = await ana.taps_without_waiting("Often")

    updates = await bot.get_updates(offset=-1, timeout=1)

    query = updates[-1].callback_query
    assert query is not None
    assert (query.data, type(query.message)) == ("2", InaccessibleMessage)
    assert await query.answer("Recorded", show_alert=True)
    assert await tap.answered() == Answer("Recorded", is_alert=True)


async def test_errors_have_aiograms_types(bot: Bot, sandbox: Sandbox, ana: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(1, "Hi")
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(ana.id, "2 < 3")
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await bot.send_message(sandbox.person("Ben").id, "Hi")

    sandbox.flood(9)
    with pytest.raises(TelegramRetryAfter) as flood:
        await bot.send_message(ana.id, "Hi")
    assert flood.value.retry_after == 9

    await ana.blocks()
    with pytest.raises(TelegramForbiddenError, match="blocked by the user"):
        await bot.send_message(ana.id, "Hi")


async def test_broken_answers_have_aiograms_types(bot: Bot, sandbox: Sandbox, ana: Person) -> None:
    sandbox.fail_next("sendMessage")
    with pytest.raises(ClientDecodeError):
        await bot.send_message(ana.id, "Hi")

    sandbox.drop_next("sendMessage", after_effect=True)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(ana.id, "Sent or not?")
    assert ana.sees() == "Sent or not?"


async def test_what_is_not_modelled_is_a_server_error(bot: Bot, sandbox: Sandbox, ana: Person) -> None:
    with pytest.raises(TelegramServerError, match="sendDice"):
        await bot.send_dice(ana.id)

    assert sandbox.unmodelled == ["sendDice: this method"]
    sandbox.unmodelled.clear()


async def test_a_foreign_token_is_unauthorized(session: AiohttpSession, bot: Bot) -> None:
    stranger = Bot("42:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", session=session)

    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()


async def test_two_pollers_are_a_conflict(bot: Bot, sandbox: Sandbox, ana: Person) -> None:
    await bot.get_updates(offset=-1)
    (last,) = await bot.get_updates()
    first = asyncio.create_task(bot.get_updates(offset=last.update_id + 1, timeout=30))
    while sandbox.calls.count("getUpdates", "409") == 0:
        await bot.get_updates(offset=last.update_id + 1)

    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first


async def test_a_dispatcher_polls_and_people_talk_to_it(bot: Bot, sandbox: Sandbox) -> None:
    dispatcher = Dispatcher(disable_fsm=True)

    async def greet(message: Message) -> None:
        await message.reply("How often?", reply_markup=HOW_OFTEN)

    async def thank(query: CallbackQuery) -> None:
        await query.answer("Recorded")
        assert isinstance(query.message, Message)
        await query.message.edit_text("Thank you")

    dispatcher.message.register(greet)
    dispatcher.callback_query.register(thank)
    polling = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False, polling_timeout=1)
    )
    ben = sandbox.person("Ben")
    await ben.opens(await create_start_link(bot, "ward7"))
    await ben.waits_for("How often?")
    tap = await ben.taps("Often")
    await ben.waits_for("Thank you")
    await sandbox.settled()

    assert (tap.answer, ben.screen()[-1].buttons) == (Answer("Recorded"), [])
    await dispatcher.stop_polling()
    await polling
