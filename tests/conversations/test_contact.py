"""Asking to be contacted: only where a staffed route is, only after a second tap, and kept nowhere."""

from __future__ import annotations

import pytest

from sandbox import Chat
from tests.conversations.saying import asked, comments, watched
from tests.conversations.ward import asks
from tests.world import World

ASK, SURE, NO = "Ask someone to contact me", "Yes, send it", "No, do not send it"
DESK = "Occupational Health, weekdays 8 to 18"
REFUSED = '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'


async def _with_a_route(world: World) -> Chat:
    """From here on a group of two reads requests."""
    staff = [world.sandbox.person(f"Counsellor {n}") for n in range(2)]
    desk = world.sandbox.group("Occupational Health", staff)
    world.settings = world.settings.model_copy(update={"contact_chat": desk.id, "contact_name": DESK})
    await watched(world)
    return desk


def _read(desk: Chat) -> list[str]:
    return [one.words for one in desk.messages.values() if one.from_bot]


async def test_a_request_names_the_person_and_nothing_else(world: World) -> None:
    ana, *_ = await asked(world)
    desk = await _with_a_route(world)
    ana.account.first_name, ana.account.last_name, ana.account.username = "Ana <b>", "Quill", "ana_quill"
    before = world.rows()
    card = await asks(ana, "marked crisis, on Ward 7", "Please do not stay alone")
    assert card.buttons == [["Clear this from the chat"], [ASK]]
    await ana.taps(ASK)
    told = await ana.waits_for(f"{DESK} gets your Telegram name and that you ask to be contacted")
    assert "not what you wrote, not your answers, not your team" in told.words
    assert _read(desk) == []
    await ana.taps(SURE)
    await ana.waits_for(f"It has arrived with {DESK}")
    assert told.buttons == []
    [request] = [one for one in desk.messages.values() if one.from_bot]
    assert request.words.startswith("Ana <b> Quill @ana_quill asks to be contacted")
    assert [one["user"]["id"] for one in request.entities if one["type"] == "text_mention"] == [ana.id]
    assert "Ward" not in request.words
    assert "marked" not in request.words
    assert world.rows() == before
    assert await comments(world) == 0


async def test_saying_no_sends_nothing(world: World) -> None:
    ana, *_ = await asked(world)
    desk = await _with_a_route(world)
    await asks(ana, "marked gentle", "may have misread")
    await ana.taps(ASK)
    told = await ana.waits_for("gets your Telegram name")
    tap = await ana.taps(NO)
    assert "Nothing has changed" in tap.answer.text
    await world.sandbox.settled()
    assert told.buttons == []
    assert _read(desk) == []


async def test_support_offers_it_too(world: World) -> None:
    ana, *_ = await asked(world)
    assert (await asks(ana, "/support", "Where to turn")).buttons == []
    desk = await _with_a_route(world)
    await asks(ana, "/support", "Where to turn")
    await ana.taps(ASK)
    await ana.waits_for("gets your Telegram name")
    await ana.taps(SURE)
    await ana.waits_for("It has arrived")
    assert len(_read(desk)) == 1


@pytest.mark.parametrize("lost", [False, True])
async def test_what_may_not_have_arrived_is_told_with_the_help_lines(world: World, lost: bool) -> None:
    ana, *_ = await asked(world)
    desk = await _with_a_route(world)
    await asks(ana, "/support", "Where to turn")
    await ana.taps(ASK)
    await ana.waits_for("gets your Telegram name")
    if lost:
        world.sandbox.drop_next("sendMessage")
    else:
        world.sandbox.fail_next("sendMessage", 400, REFUSED)
    tap = await ana.taps(SURE)
    assert tap.answer.text == "That did not work."
    shown = await ana.waits_for(f"It may not have reached {DESK}")
    assert "116 123" in shown.words
    assert _read(desk) == []


async def test_without_a_route_it_is_not_offered_and_an_old_button_says_so(world: World) -> None:
    ana, *_ = await asked(world)
    desk = await _with_a_route(world)
    await asks(ana, "/support", "Where to turn")
    world.settings = world.settings.model_copy(update={"contact_chat": None, "contact_name": None})
    await watched(world)
    tap = await ana.taps(ASK)
    assert tap.answer.text.startswith("That button is from an older version")
    card = await asks(ana, "marked crisis", "Please do not stay alone")
    assert card.buttons == [["Clear this from the chat"]]
    assert _read(desk) == []


async def test_nobody_in_the_group_is_answered_there(world: World) -> None:
    await asked(world)
    desk = await _with_a_route(world)
    counsellor = next(one for one in world.sandbox.people if one.first_name == "Counsellor 0")
    await counsellor.says("marked crisis", desk)
    await counsellor.says(f"/help@{world.sandbox.username}", desk)
    await world.sandbox.settled()
    assert _read(desk) == []
