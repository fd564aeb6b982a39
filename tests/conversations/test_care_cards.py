"""Whoever writes of needing somebody is shown where to turn, before anything else and whoever they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from insights.policy import CARE_SECONDS
from sandbox import Message, Person
from tests.conversations.saying import asked, comments, is_there, texts, watched
from tests.conversations.ward import asks, gathered
from tests.hospital import OPENS
from tests.privacy.records import heard
from tests.world import World

CRISIS, GENTLE = "Please do not stay alone with this", "may have misread you"
CLEAR = "Clear this from the chat"
OFFERED = "What shall become of it?"
TWO_DAYS = timedelta(hours=49)


async def test_the_crisis_card_says_what_this_is_and_where_to_turn_and_nothing_of_what_was_written(
    world: World,
) -> None:
    ana, *_ = await asked(world)
    before = world.rows()
    theirs = await ana.says("I want to kill myself")
    card = await ana.waits_for(CRISIS)
    for told in (
        "I am a machine",
        "nobody has read",
        "nothing of it was kept",
        "nobody has been told",
        "999",
        "116 123",
    ):
        assert told in card.words
    assert "kill" not in texts(ana)
    assert "?" not in card.words
    assert card.reply_to is theirs
    assert card.buttons == [[CLEAR]]
    await world.sandbox.settled()
    assert OFFERED not in texts(ana)
    assert world.rows() == before
    assert await comments(world) == 0


async def test_the_gentle_card_is_softer_and_offers_other_words(world: World) -> None:
    ana, *_ = await asked(world)
    await watched(world)
    card = await asks(ana, "marked gentle", GENTLE)
    assert "put it in other words" in card.words
    assert "116 123" in card.words
    assert "marked gentle" not in card.words
    assert card.buttons == [[CLEAR]]
    assert await comments(world) == 0


async def test_ordinary_words_bring_no_card(world: World) -> None:
    ana, *_ = await asked(world)
    shown = await asks(ana, "This rota will be the death of me", OFFERED)
    assert CLEAR not in str(shown.buttons)


async def test_a_stranger_and_a_team_that_is_not_asked_get_the_card_like_everybody(world: World) -> None:
    [ana] = await gathered(world, 1)
    await watched(world)
    stranger = world.sandbox.person("Stranger")
    await stranger.says("/start")
    await stranger.waits_for("scan the poster")
    cards = [(await asks(one, "marked crisis", CRISIS)).words for one in (ana, stranger)]
    assert cards[0] == cards[1]


@pytest.mark.parametrize(
    "send",
    [
        lambda ana: ana.sends_photo("marked crisis"),
        lambda ana: ana.sends_document(caption="marked crisis"),
        lambda ana: ana.says("/frobnicate marked crisis"),
        lambda ana: ana.says("/help\nmarked crisis"),
        lambda ana: ana.says("word " * 300 + "marked crisis"),
        lambda ana: ana.says("marked crisis " + "word " * 810),
        lambda ana: ana.forwards("marked crisis", ana.account),
    ],
    ids=[
        "a photo's caption",
        "a file's caption",
        "an unknown command",
        "a command",
        "too long",
        "cut by the client",
        "forwarded",
    ],
)
async def test_however_it_is_sent_it_is_looked_at_first(
    world: World, send: Callable[[Person], Awaitable[Message]]
) -> None:
    ana, *_ = await asked(world)
    await watched(world)
    await send(ana)
    await ana.waits_for(CRISIS)
    await world.sandbox.settled()
    assert ana.sees().startswith(CRISIS)


async def test_a_command_with_a_tail_does_what_it_does_unless_the_tail_is_plain(world: World) -> None:
    ana, *_ = await asked(world)
    checker = await watched(world)
    await asks(ana, "/help marked gentle", "/checkin")
    checker.is_broken = True
    await asks(ana, "/help me please", "/checkin")
    assert CRISIS not in texts(ana)
    checker.seen.clear()
    await ana.says("/start marked-crisis")
    await ana.waits_for("I do not recognise that code")
    assert checker.seen == []


async def test_a_check_that_breaks_or_does_not_end_brings_the_gentle_card(world: World) -> None:
    ana, bea = await asked(world)
    checker = await watched(world)
    checker.is_broken = True
    await asks(ana, "Any words at all", GENTLE)
    checker.is_broken, checker.never_ends = False, True
    await bea.says("Any words at all")
    await bea.waits_for(GENTLE, deadline=CARE_SECONDS + 5)
    checker.released.set()
    await world.sandbox.settled()
    assert OFFERED not in texts(ana) + texts(bea)
    assert await comments(world) == 0


async def test_the_card_comes_while_the_database_is_out_of_reach(world: World) -> None:
    ana, *_ = await asked(world)
    await watched(world)
    Path(world.settings.database_url.partition("///")[2]).write_bytes(b"no database" * 4000)
    await asks(ana, "marked crisis", CRISIS)
    world.sandbox.drop_next("sendMessage")
    await asks(ana, "marked gentle", GENTLE)


async def test_clearing_takes_both_messages_away(world: World) -> None:
    ana, *_ = await asked(world)
    await watched(world)
    theirs = await ana.says("marked crisis")
    card = await ana.waits_for(CRISIS)
    tap = await ana.taps(CLEAR)
    assert tap.answer.text == "Cleared."
    await world.sandbox.settled()
    assert [is_there(ana, one) for one in (theirs, card)] == [False, False]


async def test_what_telegram_keeps_after_two_days_is_emptied_and_named(world: World) -> None:
    ana, *_ = await asked(world)
    await watched(world)
    theirs = await ana.says("marked crisis")
    card = await ana.waits_for(CRISIS)
    world.clock.jump(OPENS + TWO_DAYS)
    await ana.taps(CLEAR)
    await ana.waits_for("Please delete your own above it")
    assert CRISIS not in card.words
    assert card.buttons == []
    assert is_there(ana, theirs)


async def test_only_her_own_message_is_too_old(world: World) -> None:
    ana, *_ = await asked(world)
    await watched(world)
    theirs = await ana.says("marked crisis")
    card = await ana.waits_for(CRISIS)
    theirs.sent_at -= TWO_DAYS.total_seconds()
    await ana.taps(CLEAR)
    await ana.waits_for("Please delete your own above it")
    assert is_there(ana, card)


async def test_her_own_message_gone_already_is_no_fault(world: World) -> None:
    ana, *_ = await asked(world)
    await watched(world)
    theirs = await ana.says("marked crisis")
    card = await ana.waits_for(CRISIS)
    await ana.deletes(theirs)
    await ana.taps(CLEAR)
    await world.sandbox.settled()
    assert not is_there(ana, card)


async def test_the_sites_own_places_and_the_nations_stand_on_the_card(world: World, tmp_path: Path) -> None:
    ana, *_ = await asked(world)
    own = tmp_path / "help.toml"
    own.write_text('owner = "Us"\nchecked_on = 2026-01-01\nentries = [{name = "Our chaplain", how = "bleep 12"}]\n')
    world.settings = world.settings.model_copy(update={"site_card": own, "nation": "wales"})
    await watched(world)
    words = (await asks(ana, "marked crisis", CRISIS)).words
    assert words.index("Our chaplain: bleep 12") < words.index("999") < words.index("111, and press 2")
    assert "Samaritans yn Gymraeg" in words
    assert "0808 2000 247" not in words


async def test_a_check_that_cannot_work_is_told_to_the_operator_at_the_start(world: World) -> None:
    checker = await watched(world)
    for is_broken in (False, True):
        checker.is_broken = is_broken
        with heard() as records:
            await world.restart()
        assert ("bot.wiring" in records.loggers) is is_broken
