"""Restarts, old messages, late answers and a Telegram that stumbles: what was said to be recorded is."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from tests.conversations.ward import OPENS, answered, asks, gathered, opened
from tests.world import World


async def test_a_restart_between_two_taps_loses_nothing(world: World) -> None:
    ana, bea, *_ = await opened(world)
    await answered(world, [bea])
    await world.answers(ana, "Often", send=False)
    await world.restart()
    await ana.waits_for("Question 2 of 3")
    await ana.taps("Rarely")
    await ana.waits_for("Question 3 of 3")
    await world.restart()
    await ana.taps("Workload")
    assert "Burnt out: Often" in (await ana.waits_for("Ready?")).text
    await ana.taps("Send")
    await ana.waits_for("Recorded")
    assert await world.counted() == 2
    await asks(bea, "/checkin", "Your answers are recorded")


async def test_a_tap_while_the_bot_is_away_is_answered_when_it_is_back(world: World) -> None:
    ana, *_ = await opened(world)
    await world.stop()
    tap = await ana.taps_without_waiting("Often")
    world.clock.pass_time(seconds=30)
    await world.comes_back()
    await tap.answered()
    await ana.waits_for("Question 2 of 3")


async def test_an_answer_that_comes_too_late_is_no_fault(world: World, caplog: pytest.LogCaptureFixture) -> None:
    ana, *_ = await opened(world)
    await world.stop()
    tap = await ana.taps_without_waiting("Often")
    world.troubled.append(tap)
    world.clock.pass_time(seconds=90)
    with caplog.at_level(logging.INFO):
        await world.comes_back()
        await ana.waits_for("Question 2 of 3")
        await world.sandbox.settled()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert tap.answers == []


async def test_a_form_of_four_days_ago_still_works(world: World) -> None:
    ana, *_ = await opened(world)
    form = ana.newest()
    await world.to(OPENS.replace(day=10))
    await ana.taps("Often", form)
    await ana.waits_for("Question 2 of 3")
    for label in ("Often", "Workload", "Send"):
        await ana.taps(label, form)
        await world.sandbox.settled()
    assert "Recorded" in form.text
    assert form.buttons == []
    assert await world.counted() == 1


async def test_an_edit_that_fails_once_is_tried_again(world: World) -> None:
    ana, *_ = await opened(world)
    await world.answers(ana, "Often", "Often", "Workload", send=False)
    form = await ana.waits_for("Ready?")
    world.sandbox.fail_next("editMessageText")
    tap = await ana.taps("Send")
    await ana.waits_for("Recorded")
    assert form.buttons == []
    assert tap.answer.text == "Recorded. Thank you."


REFUSED = '{"ok":false,"error_code":400,"description":"Bad Request: MESSAGE_ID_INVALID"}'


async def test_a_receipt_that_fails_three_times_is_shown_a_little_later(world: World) -> None:
    ana, *_ = await opened(world)
    await world.answers(ana, "Often", "Often", "Workload", send=False)
    form = await ana.waits_for("Ready?")
    world.sandbox.fail_next("editMessageText", times=3)
    tap = await ana.taps("Send")
    assert tap.answer.text == "Recorded. Thank you."
    await ana.waits_for("Recorded. Thank you.")
    assert form.buttons == []
    assert await world.counted() == 1


@pytest.mark.parametrize("fault", [{"times": 12}, {"times": 4, "status": 400, "body": REFUSED}])
async def test_a_form_that_cannot_become_a_receipt_goes(
    world: World, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    ana, *_ = await opened(world)
    await world.answers(ana, "Often", "Often", "Workload", send=False)
    form = await ana.waits_for("Ready?")
    world.sandbox.fail_next("editMessageText", **fault)
    tap = await ana.taps("Send")
    assert tap.answer.text == "Recorded. Thank you."
    async with asyncio.timeout(5):
        while form in ana.screen():
            await asyncio.sleep(0.002)
    assert not [one for one in ana.screen() if "Something went wrong" in one.words]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_receipt_that_is_still_being_tried_does_not_hold_up_the_end(world: World) -> None:
    ana, *_ = await opened(world)
    await world.answers(ana, "Often", "Often", "Workload", send=False)
    await ana.waits_for("Ready?")
    world.sandbox.fail_next("editMessageText", times=12)
    world.sandbox.fail_next("deleteMessage", times=3)
    await ana.taps("Send")
    await world.restart()
    assert await world.counted() == 1


async def test_a_connection_that_breaks_while_answering_a_tap_is_tried_again(world: World) -> None:
    ana, *_ = await opened(world)
    world.sandbox.drop_next("answerCallbackQuery")
    await ana.taps("Often")
    await ana.waits_for("Question 2 of 3")
    world.sandbox.drop_next("answerCallbackQuery", after_effect=True)
    tap = await ana.taps_without_waiting("Often")
    world.troubled.append(tap)
    await ana.waits_for("Question 3 of 3")
    assert [answer.text for answer in tap.answers] == ["", ""]


async def test_a_fault_of_ours_before_the_answer_says_so_kindly(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    [ana] = await gathered(world, 1)
    path = world.settings.database_url.partition("///")[2]
    _rename(path, "person", "person_away")
    await ana.says("/settings")
    await ana.waits_for("Something went wrong on our side")
    shown = await ana.forges("s1:pause:1", ana.newest())
    assert "Something went wrong" in (await shown.answered()).text
    _rename(path, "person_away", "person")
    failed = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(failed) == 2
    assert all(text.endswith("failed: OperationalError") for text in failed)


def _rename(path: str, old: str, new: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"ALTER TABLE {old} RENAME TO {new}")
        db.commit()


async def test_a_message_of_ours_that_telegram_refuses_to_take_does_not_stop_the_rest(world: World) -> None:
    ana, bea, *_ = await gathered(world, 2)
    world.sandbox.fail_next("sendMessage", times=2)
    await ana.says("/help")
    await world.sandbox.settled()
    await asks(bea, "/help", "/checkin")
    await asks(ana, "/help", "/checkin")


async def test_a_flood_while_openings_go_out_makes_everybody_wait_and_nobody_miss_it(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-7", "trust", 12)])
    nurses = await world.joins("ward-7", 6)
    await world.launch("trust")
    world.sandbox.flood(17, sends=3)
    await world.to(OPENS)
    for nurse in nurses:
        await nurse.waits_for("Question 1 of 3")
    assert world.clock.now() >= OPENS + timedelta(seconds=17)
