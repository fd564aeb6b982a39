"""A transcript is a chat word for word, pleasant to read."""

from __future__ import annotations

from sandbox import Person, Sandbox
from tests.sandbox.wire import Clock, Wire, keyboard, png

A_CHECK_IN = """\
--- Tuesday 6 January 2026 ---

09:00  Ana opens the link
       /start ward7

09:01  Pulse  #2
       How often, if at all?
       [Never] [Often]
       [Skip]

09:01  Ana taps [Often]

09:01  Pulse, at the top of the screen: Recorded

09:02  Pulse (edits message #2)
       Thank you.

       Help is at hand.

--- Wednesday 7 January 2026 ---

09:02  Pulse
       [picture: This week]

09:02  Pulse
       [file: trends.csv]

09:02  Ana
       Thanks

09:02  Pulse deletes the message of Ana
"""


async def test_a_check_in_word_for_word(wire: Wire, sandbox: Sandbox, clock: Clock) -> None:
    ana = sandbox.person("Ana")
    await ana.opens("t.me/pulse_bot?start=ward7")
    await wire.fetches()
    clock.passes(seconds=60)
    sent = await wire.says(ana.id, "How often, if at all?", reply_markup=keyboard(["Never", "Often"], ["Skip"]))
    tap = await ana.taps_without_waiting("Often")
    await wire.ok("answerCallbackQuery", callback_query_id=tap.id, text="Recorded")
    clock.passes(seconds=60)
    thanks = "Thank you.\n\nHelp is at hand."
    await wire.ok("editMessageText", chat_id=ana.id, message_id=sent["message_id"], text=thanks)
    clock.passes(hours=24)
    await wire.uploads("sendPhoto", "photo", "a.png", png(), chat_id=ana.id, caption="This week")
    await wire.uploads("sendDocument", "document", "trends.csv", b"x", chat_id=ana.id)
    hers = await ana.says("Thanks")
    await wire.ok("deleteMessage", chat_id=ana.id, message_id=hers.id)

    assert ana.transcript() == A_CHECK_IN


async def test_times_are_in_the_zone_asked_for(ana: Person, clock: Clock) -> None:
    assert "09:00  Ana" in ana.transcript()
    assert "10:00  Ana" in ana.transcript("Europe/Warsaw")


async def test_long_lines_are_wrapped_and_kept_in_their_column(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "Nobody is told who answered what. " * 10)

    lines = ana.transcript().splitlines()

    assert max(map(len, lines)) <= 88
    assert all(line.startswith("       ") for line in lines if "Nobody" in line)


async def test_alerts_blocks_and_other_acts_are_told(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    tap = await ana.taps_without_waiting("Often")
    await wire.ok("answerCallbackQuery", callback_query_id=tap.id, text="Closed.", show_alert=True)
    await ana.sends_voice()
    await ana.sends_sticker()
    await ana.blocks()
    await ana.unblocks()
    await ana.deletes_account()

    told = ana.transcript()

    for line in (
        "Pulse, in a box to be closed: Closed.",
        "[voice]",
        "[sticker]",
        "Ana blocks the bot",
        "Ana unblocks the bot",
        "Ana deletes the account",
    ):
        assert line in told


async def test_every_edit_is_shown_in_order(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "One")
    for text in ("Two", "Three"):
        await wire.ok("editMessageText", chat_id=ana.id, message_id=sent["message_id"], text=text)

    told = ana.transcript()

    assert told.index("One") < told.index("Two") < told.index("Three")


async def test_her_own_edits_and_deletions_are_told(ana: Person) -> None:
    hers = await ana.says("Tired")
    await ana.edits(hers, "Very tired")
    await ana.deletes(hers)

    told = ana.transcript()

    assert f"Ana (edits message #{hers.id})" in told
    assert "Ana deletes her own message" in told


async def test_a_blank_answer_is_not_worth_a_line(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    tap = await ana.taps_without_waiting("Often")
    await wire.ok("answerCallbackQuery", callback_query_id=tap.id)

    assert ana.transcript().rstrip().endswith("Ana taps [Often]")
