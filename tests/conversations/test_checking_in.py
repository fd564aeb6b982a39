"""The weekly check-in: three taps and Send, second thoughts, second devices, and those who are not in it."""

from __future__ import annotations

import asyncio

from tests.conversations.ward import CLOSES, OPENS, answered, asks, gathered, launched, opened
from tests.world import World


async def test_three_taps_and_send_leave_no_keyboard_and_no_echo_of_the_choices(world: World) -> None:
    ana, *_ = await opened(world)
    form = await ana.waits_for("Your weekly check-in")
    assert "open until Monday 12 January, 09:00" in form.text
    await world.answers(ana, "Always", "Rarely", "Unclear role")
    await world.sandbox.settled()
    assert form.buttons == []
    assert "Recorded. Thank you." in form.text
    for choice in ("Always", "Rarely", "Unclear role"):
        assert choice not in " ".join(message.words for message in ana.screen() if message.from_bot)
    assert ana.toasts[-1].text == "Recorded. Thank you."
    assert await world.counted() == 1


async def test_the_help_line_after_send_is_the_same_whatever_was_answered(world: World) -> None:
    nurses = await opened(world)
    await world.answers(nurses[0], "Always", "Always", "Workload")
    await world.answers(nurses[1], "Never", "Never", "Nothing much")
    await world.sandbox.settled()
    assert nurses[0].sees() == nurses[1].sees()
    assert "/support" in nurses[0].sees()


async def test_nothing_is_counted_before_send(world: World) -> None:
    ana, *_ = await opened(world)
    before = world.rows()
    await world.answers(ana, "Always", "Rarely", "Workload", send=False)
    shown = await ana.waits_for("Nothing counts until you press Send")
    assert "Burnt out: Always" in shown.text
    assert await world.counted() == 0
    assert world.rows() == before


async def test_questions_can_be_skipped_gone_back_to_and_changed(world: World) -> None:
    ana, *_ = await opened(world)
    await world.answers(ana, "Often", "Skip", send=False)
    await ana.waits_for("Question 3 of 3")
    await ana.taps("‹ Back")
    back = await ana.waits_for("Question 2 of 3")
    await ana.taps("‹ Back", back)
    first = await ana.waits_for("Question 1 of 3")
    assert ["✓ Often"] in first.buttons
    await ana.taps("Never")
    await ana.waits_for("Question 3 of 3")
    await ana.taps("Skip")
    review = await ana.waits_for("Ready?")
    assert "Burnt out: Never" in review.text
    assert review.text.count("skipped") == 2
    await ana.taps("‹ Change")
    await ana.waits_for("Question 1 of 3")
    await ana.taps("Rarely")
    assert "Burnt out: Rarely" in (await ana.waits_for("Ready?")).text
    await ana.taps("Send")
    await ana.waits_for("Recorded")
    [box] = [one for one in (await world.app.house.vault.totals(1)).values() if one.respondents]
    assert [box.question(0)[0], box.question(1)[1], box.question(2)[1]] == [(0, 1, 0, 0, 0), 1, 1]


async def test_a_double_tap_on_send_counts_once(world: World) -> None:
    ana, *_ = await opened(world)
    await world.answers(ana, "Often", "Often", "Workload", send=False)
    await ana.waits_for("Ready?")
    taps = [await ana.taps_without_waiting("Send") for _ in range(3)]
    answers = [(await tap.answered()).text for tap in taps]
    assert answers[0] == "Recorded. Thank you."
    assert set(answers[1:]) == {"Recorded already. It counts once."}
    assert await world.counted() == 1


async def test_two_devices_count_once_and_both_screens_say_so(world: World) -> None:
    ana, *_ = await opened(world)
    phone = await asks(ana, "/checkin", "Question 1 of 3")
    tablet = await asks(ana, "/checkin", "Question 1 of 3")
    assert phone is not tablet
    for form, choice in ((phone, "Never"), (tablet, "Always")):
        for step in (1, 2):
            await ana.taps(choice, form)
            await ana.waits_for(f"Question {step + 1} of 3")
        await ana.taps("Skip", form)
        await ana.waits_for("Ready?")
    await ana.taps("Send", phone)
    second = await ana.taps("Send", tablet)
    assert second.answer.text == "Recorded already. It counts once."
    await world.sandbox.settled()
    assert phone.text == tablet.text
    assert "Recorded" in tablet.text
    assert await world.counted() == 1


async def test_an_older_form_says_recorded_once_another_was_sent(world: World) -> None:
    ana, *_ = await opened(world)
    older = ana.newest()
    newer = await asks(ana, "/checkin", "Question 1 of 3")
    for label in ("Skip", "Skip", "Skip"):
        await ana.waits_for("Question")
        await ana.taps(label, newer)
    await ana.waits_for("Ready?")
    await ana.taps("Send", newer)
    await ana.waits_for("Recorded")
    tap = await ana.taps("Often", older)
    assert "Recorded already" in tap.answer.text
    await world.sandbox.settled()
    assert older.buttons == []


async def test_checkin_after_send_says_recorded_and_when_the_next_one_opens(world: World) -> None:
    ana, *_ = await opened(world)
    await answered(world, [ana])
    await asks(ana, "/checkin", "The next check-in opens on Tuesday 13 January")


async def test_everybody_at_once_is_counted_once_each(world: World) -> None:
    nurses = await opened(world, 12)
    await answered(world, nurses)
    assert await world.counted() == 12


async def test_a_check_in_of_one_waits_for_its_day(world: World) -> None:
    ana, *_ = await launched(world)
    await asks(ana, "/checkin", "The next one opens on Tuesday 6 January")
    await world.to(CLOSES)
    stranger = world.sandbox.person("Stranger")
    await stranger.says("/start")
    await asks(stranger, "/checkin", "You are not in a team here")


async def test_between_two_check_ins_the_date_is_the_next_tuesday(world: World) -> None:
    ana, *_ = await opened(world)
    await world.to(CLOSES)
    await asks(ana, "/checkin", "The next one opens on Tuesday 13 January")


async def test_a_ward_that_still_gathers_is_told_so_and_not_a_date(world: World) -> None:
    [ana] = await gathered(world, 1)
    shown = await asks(ana, "/checkin", "still gathering people")
    assert shown.buttons == [["Try a practice check-in"]]


async def test_who_has_paused_is_told_so(world: World) -> None:
    nurses = await launched(world, 5)
    await asks(nurses[0], "/pause", "For how long")
    await nurses[0].taps("4 check-ins")
    await nurses[0].waits_for("Paused for 4 more check-ins")
    await world.to(OPENS)
    await asks(nurses[0], "/checkin", "You have paused for 3 more check-ins")


async def test_rejoining_in_the_same_round_does_not_vote_twice(world: World) -> None:
    nurses = await opened(world, 5)
    ana = nurses[0]
    old = await asks(ana, "/checkin", "Question 1 of 3")
    await answered(world, [ana])
    for _ in range(2):
        await asks(ana, "/leave", "Erase me?")
        await ana.taps("Yes, erase me")
        await ana.waits_for("You are erased")
        await world.join(ana, "ward-7")
    tap = await ana.forges(old.keyboard[0][0].data if old.keyboard else "c1:x", old)
    await tap.answered()
    await asks(ana, "/checkin", "Yours is the next one")
    assert await world.counted() == 1


async def test_leaving_with_an_open_form_counts_nothing(world: World) -> None:
    ana, *_ = await opened(world)
    form = ana.newest()
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("Yes, erase me")
    await ana.waits_for("You are erased")
    tap = await ana.taps("Often", form)
    assert "not in a team here, so nothing was counted" in tap.answer.text
    await ana.waits_for("a membership that has ended")
    assert await world.counted() == 0


async def test_many_rounds_rotate_the_second_question_for_everybody_alike(world: World) -> None:
    nurses = await opened(world)
    seen = []
    for week in range(3):
        await world.to(OPENS.replace(day=6 + 7 * week))
        for nurse in nurses:
            await asks(nurse, "/checkin", "Question 1 of 3")
        await asyncio.gather(*(nurse.taps("Skip") for nurse in nurses))
        texts = {(await nurse.waits_for("Question 2 of 3")).text for nurse in nurses}
        assert len(texts) == 1
        seen += texts
    assert len(set(seen)) == 3
