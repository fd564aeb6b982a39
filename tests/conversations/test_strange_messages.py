"""Whatever else people send: a short answer or silence, nothing stored, nothing logged."""

from __future__ import annotations

import logging

import pytest

from sandbox import Person
from tests.conversations.ward import asks, gathered
from tests.world import World

SECRET = "Wilhelmina has swapped her Tuesday with me"
CANNOT = "Words only, please, typed here"
UNREAD = "Nobody has read this, and nothing of it was kept"


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every record of every logger that is not pinned."""
    caplog.set_level(logging.DEBUG)
    return caplog


def _nothing_told(caplog: pytest.LogCaptureFixture, person: Person, *texts: str) -> None:
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''} {record.args!r}" for record in caplog.records)
    for text in (*texts, str(person.id), person.first_name):
        assert text not in logged


async def test_texts_pictures_voice_and_files_get_one_short_answer(
    world: World, everything_logged: pytest.LogCaptureFixture
) -> None:
    await gathered(world, 1)
    ana = world.sandbox.person("Wilhelmina")
    await world.join(ana, "ward-7")
    before = world.rows()
    await asks(ana, SECRET, UNREAD)
    await asks(ana, "😭", UNREAD)
    await asks(ana, "/frobnicate now", "I do not know that command")
    await asks(ana, "/", "I do not know that command")
    for send in (ana.sends_photo(SECRET), ana.sends_voice(), ana.sends_sticker(), ana.sends_document("diary.txt")):
        await send
        await ana.waits_for(CANNOT)
    await world.sandbox.settled()
    assert world.rows() == before
    assert len([message for message in ana.screen() if message.words.startswith((CANNOT, UNREAD))]) == 6
    _nothing_told(everything_logged, ana, SECRET, "frobnicate", "diary", "😭")


async def test_a_novel_of_a_hundred_thousand_characters_gets_one_answer(
    world: World, everything_logged: pytest.LogCaptureFixture
) -> None:
    [ana] = await gathered(world, 1)
    before = world.rows()
    await ana.says(f"{SECRET}. " * 3500)
    await ana.waits_for(UNREAD)
    await world.sandbox.settled()
    assert len([message for message in ana.screen() if message.words.startswith(UNREAD)]) == 1
    assert world.rows() == before
    _nothing_told(everything_logged, ana, SECRET)


async def test_an_edited_message_is_not_even_fetched(
    world: World, everything_logged: pytest.LogCaptureFixture
) -> None:
    [ana] = await gathered(world, 1)
    said = await ana.says("hello")
    await ana.waits_for(UNREAD)
    count = len(ana.screen())
    await ana.edits(said, SECRET)
    await ana.edits(said, "/leave")
    await world.sandbox.settled()
    assert len(ana.screen()) == count
    _nothing_told(everything_logged, ana, SECRET)


@pytest.mark.parametrize("sees_all", [False, True])
async def test_in_a_group_there_is_silence(
    world: World, everything_logged: pytest.LogCaptureFixture, sees_all: bool
) -> None:
    [ana] = await gathered(world, 1)
    before, shown = world.rows(), len(ana.screen())
    group = world.sandbox.group("Ward gossip", [ana], bot_sees_all=sees_all)
    bea = world.sandbox.person("Bea")
    await bea.joins_group(group)
    for text in ("/start", "/checkin", "/privacy", "/leave", "/team", SECRET, f"/help@{world.sandbox.username}"):
        await ana.says(text, group)
    await ana.sends_photo(SECRET, chat=group)
    await world.sandbox.settled()
    assert [message for message in group.messages.values() if message.from_bot] == []
    assert len(ana.screen()) == shown
    assert world.rows() == before
    _nothing_told(everything_logged, ana, SECRET, "gossip")


async def test_strangers_get_an_answer_to_every_command_and_are_not_stored(
    world: World, everything_logged: pytest.LogCaptureFixture
) -> None:
    await gathered(world, 1)
    before = world.rows()
    stranger = world.sandbox.person("Wilhelmina")
    await stranger.says("/start")
    await stranger.waits_for("scan the poster")
    for command in ("/checkin", "/team", "/settings", "/pause", "/leave"):
        await asks(stranger, command, "You are not in a team here")
    await asks(stranger, "/privacy", "Nothing.")
    await asks(stranger, "/support", "116 123")
    await asks(stranger, "/help", "/checkin")
    assert world.rows() == before
    _nothing_told(everything_logged, stranger)


async def test_blocking_and_coming_back_is_remembered_and_nothing_else(world: World) -> None:
    [ana] = await gathered(world, 1)
    before = world.rows()
    await ana.blocks()
    await world.sandbox.settled()
    assert world.rows() != before
    await ana.unblocks()
    await world.sandbox.settled()
    assert world.rows() == before


async def test_a_stranger_who_blocks_the_bot_leaves_no_row(world: World) -> None:
    await gathered(world, 1)
    before = world.rows()
    stranger = world.sandbox.person("Stranger")
    await stranger.says("/start")
    await stranger.waits_for("scan the poster")
    await stranger.blocks()
    await world.sandbox.settled()
    assert world.rows() == before


async def test_who_blocks_the_bot_before_it_can_answer_is_no_disaster(world: World) -> None:
    ana, bea = await gathered(world, 2)
    await ana.says("/help")
    await ana.blocks()
    await world.sandbox.settled()
    await asks(bea, "/help", "/checkin")
