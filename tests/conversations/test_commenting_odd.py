"""Words at the wrong moment, on the wrong message, too late, or when something breaks: an answer, nothing stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox import Message, Person
from tests.conversations.saying import (
    ALREADY,
    DISCARD,
    FORGOTTEN,
    SHARE,
    SURE,
    THEMES,
    WORDS,
    asked,
    comments,
    is_there,
    says,
    shared,
    texts,
    watched,
)
from tests.conversations.ward import asks, gathered
from tests.hospital import CLOSES, NEXT, OPENS, staffed
from tests.world import World

UNREAD = "Nobody has read this, and nothing of it was kept"
TWO_DAYS = timedelta(hours=49)


# --- when there is nothing open to them


async def test_between_check_ins_the_day_of_the_next_is_told(world: World) -> None:
    ana, *_ = await staffed(world, 2)
    before = world.rows()
    shown = await asks(ana, WORDS, UNREAD)
    assert "The next one opens on Tuesday 6 January" in shown.words
    assert "116 123" in shown.words
    assert shown.buttons == []
    assert WORDS not in shown.words
    assert world.rows() == before


async def test_a_team_that_gathers_hears_so_and_may_practise(world: World) -> None:
    [ana] = await gathered(world, 1)
    shown = await asks(ana, WORDS, UNREAD)
    assert "is still gathering people" in shown.words
    assert shown.buttons == [["Try a practice check-in"]]


async def test_a_stranger_hears_how_to_join_and_where_to_turn(world: World) -> None:
    await asked(world)
    before = world.rows()
    stranger = world.sandbox.person("Stranger")
    await stranger.says("/start")
    await stranger.waits_for("scan the poster")
    shown = await asks(stranger, WORDS, UNREAD)
    assert "To join, scan the Shiftpulse poster" in shown.words
    assert "116 123" in shown.words
    assert world.rows() == before


async def test_who_has_paused_hears_how_to_end_that(world: World) -> None:
    ana, *_ = await staffed(world, 2)
    await asks(ana, "/pause", "It ends by itself")
    await ana.taps("4 check-ins")
    await world.to(OPENS)
    assert "/pause ends that" in (await asks(ana, WORDS, UNREAD)).words


async def test_a_newcomer_hears_that_the_next_is_theirs(world: World) -> None:
    await asked(world)
    bea = world.sandbox.person("Bea")
    await world.join(bea, "ward-7")
    shown = await asks(bea, WORDS, UNREAD)
    assert "Yours is the next one" in shown.words
    assert await comments(world) == 0


# --- a tap that comes too late


async def _tap_is_refused(world: World, person: Person, preview: Message, label: str, why: str) -> None:
    tap = await person.taps(label, preview)
    assert tap.answer.is_alert
    assert why in tap.answer.text
    await world.sandbox.settled()
    assert preview.words.startswith("Not counted.")
    assert preview.buttons == []
    assert WORDS not in texts(person)


@pytest.mark.parametrize("label", [THEMES, SHARE])
async def test_after_closing_nothing_is_counted_and_the_words_leave_the_preview(world: World, label: str) -> None:
    ana, *_ = await asked(world)
    await world.to(CLOSES - timedelta(hours=1))
    theirs, preview = await says(ana)
    await world.to(CLOSES)
    before = world.rows()
    await _tap_is_refused(world, ana, preview, label, "This check-in has closed, so nothing was counted now")
    assert is_there(ana, theirs)
    assert world.rows() == before


async def test_what_was_shown_before_closing_cannot_be_shared_after_it(world: World) -> None:
    ana, *_ = await asked(world)
    await world.to(CLOSES - timedelta(hours=1))
    _, preview = await says(ana)
    await ana.taps(SHARE)
    await ana.waits_for("This is what others would read")
    await world.to(CLOSES)
    await _tap_is_refused(world, ana, preview, SURE, "The next one opens on Tuesday 13 January")


async def test_words_of_last_week_are_not_counted_this_week(world: World) -> None:
    ana, *_ = await asked(world)
    await world.to(CLOSES - timedelta(hours=1))
    _, preview = await says(ana)
    await world.to(NEXT)
    await _tap_is_refused(world, ana, preview, THEMES, "This check-in has closed")
    assert await comments(world, 2) == 0


async def test_after_leaving_nothing_is_counted(world: World) -> None:
    ana, *_ = await asked(world)
    _, preview = await says(ana)
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("Yes, erase me")
    await ana.waits_for("You are erased")
    await _tap_is_refused(world, ana, preview, THEMES, "You are not in a team here, so nothing was counted")
    assert await comments(world) == 0


async def test_who_has_left_and_come_back_takes_part_from_the_next_one(world: World) -> None:
    ana, *_ = await asked(world)
    _, preview = await says(ana)
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("Yes, erase me")
    await ana.waits_for("You are erased")
    await world.join(ana, "ward-7")
    await _tap_is_refused(world, ana, preview, THEMES, "You take part from the next one")
    assert await comments(world) == 0


@pytest.mark.parametrize("label", [THEMES, SHARE, DISCARD])
async def test_after_two_days_the_preview_is_emptied_and_she_deletes_her_own(world: World, label: str) -> None:
    ana, *_ = await asked(world)
    theirs, preview = await says(ana)
    world.clock.jump(OPENS + TWO_DAYS)
    tap = await ana.taps(label)
    assert "more than two days old" in tap.answer.text
    await ana.waits_for("please delete your own above it")
    assert preview.buttons == []
    assert WORDS not in texts(ana)
    assert is_there(ana, theirs)
    assert await comments(world) == 0
    await says(ana)
    await ana.taps(THEMES)
    assert await comments(world) == 1


async def test_her_message_that_telegram_keeps_is_named(world: World) -> None:
    ana, *_ = await asked(world)
    theirs, preview = await says(ana)
    theirs.sent_at -= TWO_DAYS.total_seconds()
    await ana.taps(THEMES)
    await ana.waits_for(FORGOTTEN)
    assert "Please delete your own message above" in preview.words
    assert is_there(ana, theirs)
    assert await comments(world) == 1


async def test_thrown_away_but_kept_by_telegram_is_named_too(world: World) -> None:
    ana, *_ = await asked(world)
    theirs, preview = await says(ana)
    theirs.sent_at -= TWO_DAYS.total_seconds()
    await ana.taps(DISCARD)
    await ana.waits_for("Please delete your own above it")
    assert is_there(ana, preview)
    assert WORDS not in texts(ana)
    assert await comments(world) == 0


async def test_throwing_away_works_for_whoever_has_left_and_after_closing(world: World) -> None:
    ana, bea = await asked(world)
    await world.to(CLOSES - timedelta(hours=1))
    hers, his = await says(ana), await says(bea)
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("Yes, erase me")
    await ana.waits_for("You are erased")
    await world.to(CLOSES)
    for person, pair in ((ana, hers), (bea, his)):
        await person.taps(DISCARD)
        await world.sandbox.settled()
        assert [is_there(person, one) for one in pair] == [False, False]


# --- what was never offered


async def test_a_forged_tap_counts_nothing_of_any_other_message(world: World) -> None:
    ana, bea = await asked(world)
    theirs, preview = await says(ana)
    sound = {button.data for row in preview.keyboard for button in row}
    form = next(one for one in ana.screen() if "Question 1 of 3" in one.words)
    privacy = await asks(bea, "/privacy", "Not stored")
    for data in sound:
        for person, message in ((ana, form), (bea, privacy)):
            tap = await person.forges(data, message)
            assert (await tap.answered()).text.startswith("There are no words to count above this button")
    assert is_there(ana, theirs)
    assert (await comments(world), await shared(world)) == (0, [])
    assert "Question 1 of 3" in form.words


async def test_a_forged_step_or_round_on_her_own_preview_counts_nothing(world: World) -> None:
    ana, *_ = await asked(world)
    _, preview = await says(ana)
    for data in ("x1:sure:1", "x1:themes:2", "x1:themes:-1", "x1:nonsense:1", "x1:share:65536"):
        tap = await ana.forges(data, preview)
        assert (await tap.answered()).text.startswith("There are no words to count")
    for data in ("x1", "x1:themes", "x1:themes:one", "x1:a:1:2"):
        tap = await ana.forges(data, preview)
        assert (await tap.answered()).text.startswith("That button is from an older version")
    assert (await comments(world), await shared(world)) == (0, [])
    assert preview.words.startswith(WORDS)


async def test_a_tap_on_a_preview_that_was_used_says_so(world: World) -> None:
    ana, *_ = await asked(world)
    _, preview = await says(ana)
    data = preview.keyboard[0][0].data
    await ana.taps(THEMES)
    await ana.waits_for(FORGOTTEN)
    tap = await ana.forges(data, preview)
    assert "or not any more" in (await tap.answered()).text
    assert await comments(world) == 1


async def test_a_void_round_counts_no_words(world: World) -> None:
    ana, *_ = await asked(world)
    _, preview = await says(ana)
    await world.app.house.vault.stop(1)
    await _tap_is_refused(world, ana, preview, THEMES, "This check-in has closed")


# --- what changes between the words and the tap


@pytest.mark.parametrize(("found", "card"), [("crisis", "Please do not stay alone"), ("gentle", "may have misread")])
@pytest.mark.parametrize("label", [THEMES, SHARE])
async def test_the_check_is_made_again_at_the_tap(world: World, found: str, card: str, label: str) -> None:
    ana, *_ = await asked(world)
    theirs, preview = await says(ana, f"{WORDS} marked {found}")
    checker = await watched(world)
    await ana.taps(label)
    shown = await ana.waits_for(card)
    assert shown is preview
    assert f"{WORDS} marked {found}" in checker.seen
    assert WORDS not in texts(ana)
    assert await comments(world) == 0
    await ana.taps("Clear this from the chat")
    await world.sandbox.settled()
    assert [is_there(ana, one) for one in (theirs, preview)] == [False, False]


async def test_a_check_that_breaks_at_the_tap_counts_nothing(world: World) -> None:
    ana, *_ = await asked(world)
    checker = await watched(world)
    await says(ana)
    checker.is_broken = True
    await ana.taps(THEMES)
    await ana.waits_for("may have misread")
    assert WORDS not in texts(ana)
    assert await comments(world) == 0


# --- what breaks on the way


@pytest.mark.parametrize("method", ["editMessageText", "deleteMessage", "answerCallbackQuery"])
async def test_what_telegram_loses_after_the_commit_is_tried_again(world: World, method: str) -> None:
    ana, *_ = await asked(world)
    theirs, _ = await says(ana)
    world.sandbox.drop_next(method)
    await ana.taps(THEMES)
    await ana.waits_for(FORGOTTEN)
    await world.sandbox.settled()
    assert not is_there(ana, theirs)
    assert WORDS not in texts(ana)
    assert await comments(world) == 1


async def test_a_preview_that_gets_lost_on_its_way_is_sent_again(world: World) -> None:
    ana, *_ = await asked(world)
    world.sandbox.drop_next("sendMessage")
    await says(ana)
    await ana.taps(THEMES)
    assert await comments(world) == 1


async def test_a_preview_waits_out_the_pause_that_telegram_asks_for(world: World) -> None:
    ana, *_ = await asked(world)
    world.sandbox.flood(3)
    await says(ana)
    await ana.taps(THEMES)
    assert await comments(world) == 1
    assert world.sandbox.retried_early == 0


async def test_whatever_happens_one_tap_has_one_answer(world: World) -> None:
    ana, *_ = await asked(world)
    first, second = await says(ana), await says(ana, "And the rota")
    await ana.taps(THEMES, first[1])
    await ana.taps(SHARE, second[1])
    await ana.waits_for(ALREADY)
    await world.sandbox.settled()
    assert {len(tap.answers) for tap in ana.tapped} == {1}
