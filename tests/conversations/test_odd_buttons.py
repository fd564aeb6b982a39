"""Buttons that are forged, foreign, stale or broken: a kind sentence, nothing counted, no spinner that hangs."""

from __future__ import annotations

import base64
import random

from sandbox import Message, Person
from tests.conversations.ward import CLOSES, OPENS, asks, gathered, opened
from tests.world import World

FOREIGN = "That button was not made for you."
OUTDATED = "That button is from an older version."


def _data(message: Message, label: str) -> str:
    return next(button.data for row in message.keyboard for button in row if label in button.label)


async def _review(world: World, person: Person) -> Message:
    await world.answers(person, "Often", "Often", "Workload", send=False)
    return await person.waits_for("Ready?")


async def test_somebody_elses_send_counts_for_nobody(world: World) -> None:
    ana, bea, *_ = await opened(world)
    stolen = _data(await _review(world, ana), "Send")
    tap = await bea.forges(stolen, bea.newest())
    answer = await tap.answered()
    assert answer.text.startswith(FOREIGN)
    assert answer.is_alert
    assert await world.counted() == 0


async def test_every_flipped_bit_is_noticed(world: World) -> None:
    ana, *_ = await opened(world)
    form = await _review(world, ana)
    prefix, _, payload = _data(form, "Send").partition(":")
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    for place in range(2, len(raw)):
        broken = bytearray(raw)
        broken[place] ^= 1 << place % 8
        text = base64.urlsafe_b64encode(bytes(broken)).decode().rstrip("=")
        tap = await ana.forges(f"{prefix}:{text}", form)
        assert (await tap.answered()).text.startswith(FOREIGN)
    assert await world.counted() == 0


async def test_a_truncated_or_lengthened_button_is_refused(world: World) -> None:
    ana, *_ = await opened(world)
    form = await _review(world, ana)
    sound = _data(form, "Send")
    for data in (sound[:-1], sound[:-4], sound[:10], "c1:", sound + "AAAA", sound.upper(), sound + "é"):
        tap = await ana.forges(data, form)
        assert (await tap.answered()).text.startswith((FOREIGN, OUTDATED))
    assert await world.counted() == 0


async def test_another_rounds_number_on_a_sound_button_says_closed_or_foreign(world: World) -> None:
    ana, *_ = await opened(world)
    form = await _review(world, ana)
    prefix, _, payload = _data(form, "Send").partition(":")
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    for number in (0, 2, 65535):
        text = base64.urlsafe_b64encode(number.to_bytes(2, "big") + raw[2:]).decode().rstrip("=")
        tap = await ana.forges(f"{prefix}:{text}", form)
        assert "closed" in (await tap.answered()).text
    assert await world.counted() == 0


async def test_last_weeks_button_counts_nothing_this_week(world: World) -> None:
    ana, *_ = await opened(world)
    old = await _review(world, ana)
    await world.to(CLOSES)
    await world.to(OPENS.replace(day=13))
    fresh = await ana.waits_for("Question 1 of 3")
    assert fresh is not old
    tap = await ana.taps("Send", old)
    assert "This check-in has closed, so nothing was counted now" in tap.answer.text
    await world.sandbox.settled()
    assert old.buttons == []
    assert await world.counted(2) == 0


async def test_a_tap_after_closing_says_when_the_next_one_opens(world: World) -> None:
    ana, *_ = await opened(world)
    form = await _review(world, ana)
    await world.to(CLOSES)
    tap = await ana.taps("Send")
    assert "The next one opens on Tuesday 13 January" in tap.answer.text
    await ana.waits_for("This check-in has closed")
    assert form.buttons == []


async def test_buttons_of_other_versions_and_of_nobody_are_answered(world: World) -> None:
    ana, *_ = await opened(world)
    form = ana.newest()
    for data in ("s0:AAAA", "c0:AAAA", "x", "c1", "c1:a:b", "j1", "t1:a:b:c:d", "g1", "l1:maybe", "🙂", "n1:x"):
        tap = await ana.forges(data, form)
        assert (await tap.answered()).text.startswith((OUTDATED, FOREIGN))


async def test_random_bytes_are_answered(world: World) -> None:
    [ana] = await gathered(world, 1)
    before = world.rows()
    shown = await asks(ana, "/help", "/checkin")
    dice = random.Random(7)
    for prefix in ("", "c1:", "p1:", "k1:", "j1:", "m1:", "s1:pause:", "u1:", "a1:", "t1:"):
        for _ in range(3):
            noise = dice.randbytes(64).decode("latin-1").replace("\x00", "0")[: (64 - len(prefix)) // 2]
            tap = await ana.forges(prefix + noise, shown)
            await tap.answered()
    assert world.rows() == before


async def test_settings_that_do_not_exist_change_nothing(world: World) -> None:
    [ana] = await gathered(world, 1)
    shown = await asks(ana, "/settings", "Settings")
    before = world.rows()
    for data in ("s1:pattern:never", "s1:later:-12", "s1:pause:9999", "s1:language:xx", "j1:pAAAA:evenings:1"):
        tap = await ana.forges(data, shown)
        assert (await tap.answered()).text.startswith(FOREIGN)
    assert world.rows() == before


async def test_a_practice_button_is_no_vote(world: World) -> None:
    ana, *_ = await opened(world)
    form = await _review(world, ana)
    payload = _data(form, "Send").partition(":")[2]
    tap = await ana.forges(f"p1:{payload}", form)
    await tap.answered()
    tap = await ana.forges("p1:8QMjMg", form)
    await tap.answered()
    assert await world.counted() == 0


async def test_a_stranger_with_a_members_button_is_told_how_to_join(world: World) -> None:
    ana, *_ = await opened(world)
    stolen = _data(await _review(world, ana), "Send")
    stranger = world.sandbox.person("Stranger")
    await stranger.says("/start")
    shown = await stranger.waits_for("scan the poster")
    tap = await stranger.forges(stolen, shown)
    assert "To join again, scan your ward's poster" in (await tap.answered()).text
    assert await world.counted() == 0


async def test_an_answered_form_that_is_replayed_counts_no_second_time(world: World) -> None:
    ana, *_ = await opened(world)
    form = await _review(world, ana)
    send = _data(form, "Send")
    await ana.taps("Send")
    await ana.waits_for("Recorded")
    for _ in range(3):
        tap = await ana.forges(send, form)
        assert "Recorded already" in (await tap.answered()).text
    assert await world.counted() == 1
