"""Words: shown back, then counted, shared or thrown away at a tap; nothing of them stays where they were typed."""

from __future__ import annotations

import asyncio

import pytest

from insights.comments.counting import TONES
from insights.policy import COMMENT_LENGTH
from storage.people import Role
from tests.conversations.saying import (
    ALREADY,
    DISCARD,
    FORGOTTEN,
    SEALED,
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
)
from tests.conversations.ward import answered, asks
from tests.hospital import CLOSES, NEXT, OPENS, staffed
from tests.world import World


async def test_words_are_shown_back_with_three_choices_and_nothing_is_stored(world: World) -> None:
    ana, *_ = await asked(world)
    before = world.rows()
    theirs, preview = await says(ana)
    assert preview.reply_to is theirs
    assert preview.words.startswith(f"{WORDS}\nNothing of this is kept so far.")
    assert [one["type"] for one in preview.entities].count("blockquote") == 1
    assert preview.buttons == [[THEMES], [SHARE], [DISCARD]]
    assert world.rows() == before
    assert await comments(world) == 0


async def test_themes_only_counts_and_forgets(world: World) -> None:
    ana, *_ = await asked(world)
    before = world.rows()
    theirs, preview = await says(ana)
    tap = await ana.taps(THEMES)
    assert (tap.answer.text, tap.answer.is_alert) == ("Counted. Thank you.", False)
    await ana.waits_for(FORGOTTEN)
    assert not is_there(ana, theirs)
    assert preview.buttons == []
    assert WORDS not in texts(ana)
    assert "Please delete your own message" not in preview.words
    assert (await comments(world), await shared(world)) == (1, [])
    assert world.rows() == before


async def test_each_comment_has_one_tone_and_is_counted_in_its_writers_box(world: World) -> None:
    ana, *_ = await asked(world)
    await says(ana)
    await ana.taps(THEMES)
    boxes = [box for box in (await world.app.house.vault.totals(1)).values() if box.commenters]
    assert len(boxes) == 1
    assert sum(boxes[0].comments()[2][: len(TONES)]) == 1


async def test_shared_words_are_scrubbed_shown_and_sealed(world: World) -> None:
    ana, *_ = await asked(world)
    await world.role("Wilhelmina Archer", Role.LEAD, "trust")
    theirs, preview = await says(ana, "No break on Ward 7, ask Wilhelmina Archer on 07700 900123")
    await ana.taps(SHARE)
    await ana.waits_for("This is what others would read")
    assert preview.buttons == [[SURE], [THEMES], [DISCARD]]
    assert "Your team may recognise how you write" in preview.words
    for taken_out in ("Ward 7", "Wilhelmina", "Archer", "900123"):
        assert taken_out not in preview.words
    assert await comments(world) == 0
    shown = preview.words.partition("\nThis is what others")[0]
    assert "No break" in shown
    await ana.taps(SURE)
    await ana.waits_for(SEALED)
    assert (await comments(world), await shared(world)) == (1, [shown])
    assert not is_there(ana, theirs)
    assert shown not in texts(ana)


async def test_how_many_have_to_share_is_told_as_it_will_be_held(world: World) -> None:
    ana, *_ = await asked(world, k=11)
    _, preview = await says(ana)
    assert "at least 11 people" in preview.words
    await ana.taps(SHARE)
    assert "at least 11 people" in (await ana.waits_for("This is what others would read")).words
    await ana.taps(SURE)
    assert "at least 11 people" in (await ana.waits_for(SEALED)).words


async def test_whoever_looks_at_what_others_would_read_may_still_choose_themes_only(world: World) -> None:
    ana, *_ = await asked(world)
    await says(ana)
    await ana.taps(SHARE)
    await ana.waits_for("This is what others would read")
    await ana.taps(THEMES)
    await ana.waits_for(FORGOTTEN)
    assert (await comments(world), await shared(world)) == (1, [])


async def test_words_of_which_nothing_is_left_are_not_shared(world: World) -> None:
    ana, *_ = await asked(world)
    _, preview = await says(ana, "07700 900123")
    tap = await ana.taps(SHARE)
    assert tap.answer.is_alert
    assert "no words are left to share" in tap.answer.text
    assert preview.buttons == [[THEMES], [SHARE], [DISCARD]]
    await ana.taps(DISCARD)
    assert await comments(world) == 0


@pytest.mark.parametrize("looks_first", [False, True])
async def test_thrown_away_both_messages_go(world: World, looks_first: bool) -> None:
    ana, *_ = await asked(world)
    theirs, preview = await says(ana)
    if looks_first:
        await ana.taps(SHARE)
        await ana.waits_for("This is what others would read")
    tap = await ana.taps(DISCARD)
    assert tap.answer.text == "Gone from this chat."
    await world.sandbox.settled()
    assert not is_there(ana, theirs)
    assert not is_there(ana, preview)
    assert await comments(world) == 0
    await says(ana)
    await ana.taps(THEMES)
    assert await comments(world) == 1


async def test_the_receipt_and_the_open_checkin_offer_words_to_everybody_alike(world: World) -> None:
    ana, bea, *_ = await asked(world)
    await answered(world, [ana], "Always", "Always", "Conflict")
    await answered(world, [bea], "Never", "Never", "Nothing much")
    assert "Write it here, in up to 400 characters" in ana.sees()
    assert ana.sees() == bea.sees()
    await says(ana)
    await ana.taps(THEMES)
    again = [(await asks(one, "/checkin", "Your answers are recorded")).words for one in (ana, bea)]
    assert again[0] == again[1]
    assert "Write it here, in up to 400 characters" in again[0]


async def test_who_has_not_answered_may_say_something_too(world: World) -> None:
    ana, *_ = await asked(world)
    await says(ana)
    await ana.taps(THEMES)
    assert (await comments(world), await world.counted()) == (1, 0)
    await ana.waits_for(FORGOTTEN)
    await asks(ana, "/checkin", "Question 1 of 3")
    await answered(world, [ana])
    assert (await comments(world), await world.counted()) == (1, 1)


async def test_one_comment_counts_in_each_check_in(world: World) -> None:
    ana, *_ = await asked(world)
    await says(ana)
    await ana.taps(THEMES)
    await ana.waits_for(FORGOTTEN)
    await asks(ana, "And the rota, too", ALREADY)
    assert await comments(world) == 1
    await world.to(CLOSES)
    await world.to(NEXT)
    await says(ana)
    await ana.taps(THEMES)
    assert await comments(world, 2) == 1


async def test_two_texts_in_a_row_have_a_preview_each_and_one_counts(world: World) -> None:
    ana, *_ = await asked(world)
    first, second = await says(ana, "No breaks, ever"), await says(ana, "And the rota changes overnight")
    await ana.taps(THEMES, first[1])
    tap = await ana.taps(SHARE, second[1])
    assert "yours is counted" in tap.answer.text
    await ana.waits_for(ALREADY)
    assert await comments(world) == 1
    assert "overnight" not in texts(ana)
    assert not is_there(ana, second[0])


async def test_a_double_tap_counts_once(world: World) -> None:
    ana, *_ = await asked(world)
    await says(ana)
    taps = [await ana.taps_without_waiting(THEMES) for _ in range(3)]
    await asyncio.gather(*(tap.answered() for tap in taps))
    await world.sandbox.settled()
    assert await comments(world) == 1
    assert taps[0].answer.text == "Counted. Thank you."
    assert {len(tap.answers) for tap in taps} == {1}
    assert WORDS not in texts(ana)


async def test_sharing_twice_at_once_keeps_it_once(world: World) -> None:
    ana, *_ = await asked(world)
    await says(ana)
    await ana.taps(SHARE)
    await ana.waits_for("This is what others would read")
    taps = [await ana.taps_without_waiting(SURE) for _ in range(2)]
    await asyncio.gather(*(tap.answered() for tap in taps))
    assert (await comments(world), await shared(world)) == (1, [WORDS])


@pytest.mark.parametrize(
    "words",
    [
        "<b>Bold</b> & <i>tired</i> </blockquote> {words}",
        "🙂🙂 all night, 👩🏽‍⚕️ alone",
        "Dim digon o staff. ŵ, ŷ, 𝄞, “£5” – ever",
        "One line\nand another\n\nand the last",
        "  spaces around  ",
    ],
)
async def test_what_is_kept_is_what_was_typed_to_the_letter(world: World, words: str) -> None:
    ana, *_ = await asked(world)
    _, preview = await says(ana, words)
    await ana.taps(SHARE)
    await ana.waits_for("This is what others would read")
    shown = preview.words.partition("\nThis is what others")[0]
    await ana.taps(SURE)
    await ana.waits_for(SEALED)
    assert await shared(world) == [shown]
    assert shown == words.strip()


async def test_the_longest_comment_is_taken_and_a_longer_one_is_asked_for_its_heart(world: World) -> None:
    ana, *_ = await asked(world)
    longest = ("short staffed " * 40)[: COMMENT_LENGTH - 2] + "🙂!"
    assert len(longest) == COMMENT_LENGTH
    shown = await asks(ana, longest + "x", "Up to 400 characters can be counted, and yours has 401")
    assert shown.buttons == []
    await says(ana, longest)
    await ana.taps(THEMES)
    assert await comments(world) == 1


async def test_what_counts_is_the_preview_not_what_she_makes_of_her_message_later(world: World) -> None:
    ana, *_ = await asked(world)
    theirs, preview = await says(ana)
    await ana.edits(theirs, "Something else altogether")
    await world.sandbox.settled()
    assert preview.words.startswith(WORDS)
    await ana.taps(SHARE)
    await ana.waits_for("This is what others would read")
    await ana.taps(SURE)
    await ana.waits_for(SEALED)
    assert await shared(world) == [WORDS]
    assert not is_there(ana, theirs)


async def test_her_message_that_is_gone_already_is_no_fault(world: World) -> None:
    ana, *_ = await asked(world)
    theirs, preview = await says(ana)
    await ana.deletes(theirs)
    await ana.taps(THEMES)
    await ana.waits_for(FORGOTTEN)
    assert "delete" not in preview.words
    assert await comments(world) == 1


async def test_a_reply_to_an_older_message_is_words_like_any_other(world: World) -> None:
    ana, *_ = await asked(world)
    theirs = await ana.says(WORDS, reply_to=ana.newest())
    preview = await ana.waits_for("What shall become of it?")
    assert preview.reply_to is theirs
    await ana.taps(THEMES)
    assert await comments(world) == 1


async def test_what_is_forwarded_is_not_their_own_and_is_not_counted(world: World) -> None:
    ana, bea, *_ = await asked(world)
    await ana.forwards("I told nobody but you", by=bea.account)
    shown = await ana.waits_for("This was forwarded")
    assert shown.buttons == []
    assert await comments(world) == 0


async def test_a_role_holder_is_counted_among_the_role_holders(world: World) -> None:
    ana, *_ = await staffed(world, 5)
    await world.role("Lead", Role.LEAD, "ward-7", ana)
    await world.to(OPENS)
    await ana.waits_for("Question 1 of 3")
    await says(ana)
    await ana.taps(THEMES)
    totals = await world.app.house.vault.totals(1)
    assert [scope for scope, box in totals.items() if box.commenters] == ["~roles"]


async def test_a_restart_between_words_and_tap_loses_nothing(world: World) -> None:
    ana, *_ = await asked(world)
    await says(ana)
    await world.restart()
    await ana.taps(SHARE)
    await ana.waits_for("This is what others would read")
    await world.restart()
    await ana.taps(SURE)
    await ana.waits_for(SEALED)
    assert await shared(world) == [WORDS]


async def test_privacy_tells_what_becomes_of_words(world: World) -> None:
    ana, *_ = await asked(world)
    shown = await asks(ana, "/privacy", "Not stored")
    for told in ("what you type", "Only words that you share are kept", "once you have sent answers or words"):
        assert told in shown.words
