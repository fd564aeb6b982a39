"""Leaving: everything goes, people read what it was, and who holds a role decides about that apart."""

from __future__ import annotations

from handlers.callbacks import LeaveTap
from sandbox import Person
from storage.audit import Deed, entries
from storage.people import Pattern, Role
from tests.conversations.ward import OPENS, answered, asks, closed, launched, opened
from tests.world import World


async def leaves(person: Person) -> str:
    """What somebody reads at the end."""
    await asks(person, "/leave", "Erase me?")
    await person.taps("Yes, erase me")
    return (await person.waits_for("This is gone")).text


def people(world: World) -> tuple[int, int, int, int]:
    rows = world.rows()
    return len(rows["person"]), len(rows["seat"]), len(rows["outbox"]), len(rows["role_holder"])


def rows_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("•")]


async def test_what_is_gone_is_what_privacy_had_shown_struck_through(world: World) -> None:
    ana, *_ = await opened(world, 5)
    shown = rows_of((await asks(ana, "/privacy", "Stored about you")).text)
    text = await leaves(ana)
    assert rows_of(text) == shown
    assert "Your team: Ward 7" in text
    assert "A place in the check-in" in text
    newest = ana.newest()
    assert newest is not None
    assert "strikethrough" in {one["type"] for one in newest.entities}
    await asks(ana, "/privacy", "Nothing.")


async def test_it_says_that_a_sent_answer_stays_and_when_its_token_dies(world: World) -> None:
    ana, *_ = await opened(world, 5)
    await answered(world, [ana])
    asked = (await asks(ana, "/leave", "Erase me?")).text
    await ana.taps("Yes, erase me")
    gone = (await ana.waits_for("You are erased")).text
    for text in (asked, gone):
        assert "nobody knows which it was" in text
        assert "keeps you from answering twice dies when the check-in closes" in text
    assert await world.counted() == 1


async def test_every_row_goes_also_what_waits_in_the_outbox(world: World) -> None:
    await launched(world, 5)
    nights = (await world.joins("ward-7", 1, Pattern.NIGHTS))[0]
    await world.to(OPENS)
    assert people(world) == (6, 6, 1, 2)
    await leaves(nights)
    assert people(world) == (5, 5, 0, 2)


async def test_leaving_and_coming_back_does_not_vote_twice(world: World) -> None:
    nurses = await opened(world, 6)
    await answered(world, nurses)
    await leaves(nurses[0])
    await world.join(nurses[0], "ward-7")
    assert await world.counted() == 6
    await asks(nurses[0], "/checkin", "You are not in the check-in that is open now")


async def test_a_second_tap_on_erase_finds_nothing_more(world: World) -> None:
    ana, *_ = await launched(world)
    shown = await asks(ana, "/leave", "Erase me?")
    await ana.taps("Yes, erase me")
    await ana.waits_for("You are erased")
    await ana.forges(LeaveTap(sure=True).pack(), shown)
    await ana.waits_for("Nothing about you is stored here any more")


async def test_a_role_holder_may_leave_the_team_and_keep_the_role(world: World) -> None:
    ana, *_ = await opened(world, 5)
    await world.role("Ana, matron", Role.LEAD, "trust", ana)
    shown = await asks(ana, "/leave", "Erase me?")
    assert shown.buttons == [["Leave the team"], ["Leave the team and give up my roles"], ["No, stay"]]
    await ana.taps("Leave the team", shown)
    text = (await ana.waits_for("You are erased")).text
    gone, _, kept = text.partition("Still stored")
    assert "Your team: Ward 7" in gone
    assert "wellbeing lead" not in gone
    assert "under the name “Ana, matron”" in kept
    assert people(world) == (4, 4, 0, 3)


async def test_a_role_holder_may_give_up_everything_and_it_is_noted_by_display_name(world: World) -> None:
    ana, *_ = await opened(world, 5)
    await world.role("Ana, matron", Role.LEAD, "trust", ana)
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("Leave the team and give up my roles")
    text = (await ana.waits_for("You are erased")).text
    gone, _, kept = text.partition("Still stored")
    assert "under the name “Ana, matron”" in gone
    assert "In the stewards' log, for two years" in kept
    assert people(world) == (4, 4, 0, 2)
    async with world.app.house.begin() as db:
        noted = [one for one in await entries(db) if one.what == Deed.ROLE_ENDED]
    assert [(one.actor, one.told["name"], one.told["unit"]) for one in noted] == [
        ("lead Ana, matron", "Ana, matron", "trust")
    ]


async def test_that_a_member_has_left_is_noted_nowhere(world: World) -> None:
    ana, *_ = await opened(world, 5)
    before = world.rows()["audit"]
    await leaves(ana)
    assert world.rows()["audit"] == before


async def test_who_only_holds_a_role_may_give_it_up(world: World) -> None:
    await launched(world)
    hr = await world.role("Harriet, HR", Role.HR, "trust")
    shown = await asks(hr, "/leave", "Your roles")
    assert shown.buttons == [["Give up my roles"], ["No, stay"]]
    await hr.taps("Give up my roles")
    text = (await hr.waits_for("You have given up your roles")).text
    assert "You are HR analyst" in text
    assert "Scan your ward's poster" not in text
    await asks(hr, "/trends", "That is for HR analysts")


async def test_one_of_two_stewards_may_go(world: World) -> None:
    await launched(world)
    await asks(world.stewards[0], "/leave", "Your roles")
    await world.stewards[0].taps("Give up my roles")
    await world.stewards[0].waits_for("You have given up your roles")
    assert len(world.rows()["role_holder"]) == 1


async def test_the_last_steward_is_told_so_and_how_it_is_ended(world: World) -> None:
    await launched(world)
    first, last = world.stewards
    await asks(first, "/leave", "Your roles")
    await first.taps("Give up my roles")
    await first.waits_for("You have given up your roles")
    shown = await asks(last, "/leave", "You are the last steward")
    assert "shiftpulse roles end" in shown.text
    assert shown.buttons == [["No, stay"]]
    await last.forges(LeaveTap(sure=True, roles=True).pack(), shown)
    await last.waits_for("Still stored")
    assert len(world.rows()["role_holder"]) == 1


async def test_the_last_steward_gives_up_other_roles_and_leaves_the_team(world: World) -> None:
    await launched(world)
    first, last = world.stewards
    await asks(first, "/leave", "Your roles")
    await first.taps("Give up my roles")
    await first.waits_for("You have given up your roles")
    await world.join(last, "ward-7")
    await world.role("Sam, lead", Role.LEAD, "trust", last)
    await asks(last, "/leave", "You are the last steward")
    await last.taps("Leave the team and give up my roles")
    text = (await last.waits_for("You are erased")).text
    gone, _, kept = text.partition("Still stored")
    assert "You are wellbeing lead" in gone
    assert "You are steward" in kept
    assert len(world.rows()["role_holder"]) == 1


async def test_who_has_nothing_here_is_told_how_to_join(world: World) -> None:
    await launched(world)
    stranger = world.sandbox.person("Stranger")
    await stranger.says("/start")
    await asks(stranger, "/leave", "You are not in a team here")


async def test_what_was_published_stays_when_everybody_has_left(world: World) -> None:
    nurses = await closed(world)
    before = world.rows()["ledger_cell"]
    for one in nurses:
        await leaves(one)
    assert world.rows()["ledger_cell"] == before
    assert world.rows()["person"] == []
