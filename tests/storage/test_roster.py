"""The roster of a round: frozen once, read by every tap, grown older at each opening, and then forgotten."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlmodel import select

from insights.policy import MOVE_TOGETHER, STILL_AFTER, STILL_AGAIN_AFTER, STILL_ASKED, TENURE_OPENINGS
from storage.database import Begin
from storage.people import Person, Role, forget_person, is_still_here
from storage.roster import (
    FrozenScope,
    Seat,
    Sitting,
    Team,
    age_roster,
    ask_who_is_still_here,
    asked,
    end_pauses,
    forget_roster,
    freeze,
    frozen_scopes,
    frozen_units,
    sitting,
    team_of,
    to_be_asked,
)
from storage.rounds import Round, Stage
from tests.make import Make, keep

pytestmark = pytest.mark.usefixtures("wards")


async def people_now(begin: Begin) -> dict[str, Person]:
    async with begin() as db:
        return {one.id: one for one in (await db.exec(select(Person))).all()}


async def opens(begin: Begin, times: int = 1) -> None:
    for _ in range(times):
        async with begin() as db:
            await age_roster(db)
            await db.commit()


async def sits(begin: Begin, one: Person, number: int = 1) -> Sitting | None:
    async with begin() as db:
        return await sitting(db, number, one.lookup)


def seat(one: Person, number: int = 1, scope: str = "ward-1", is_established: bool = True) -> Seat:
    return Seat(round=number, person_id=one.id, scope=scope, is_established=is_established)


def scope(name: str, number: int = 1, people: int = 1) -> FrozenScope:
    return FrozenScope(round=number, scope=name, at="trust", units="ward-1,ward-2", people=people)


async def froze(
    begin: Begin, make: Make, number: int, seats: Sequence[Seat], wards: Sequence[str] = ("ward-1",)
) -> None:
    async with begin() as db:
        await freeze(db, number, make.tree(*wards), [scope(one, number, len(seats)) for one in wards], seats)
        await db.commit()


async def test_a_frozen_round_is_read_back_in_order(begin: Begin, make: Make) -> None:
    ana = make.person()
    await keep(begin, ana)
    await froze(begin, make, 1, [seat(ana)], wards=("ward-2", "ward-1"))
    async with begin() as db:
        units, scopes = await frozen_units(db, 1), await frozen_scopes(db, 1)
        seated = await asked(db, 1)
    assert [(u.unit_id, u.parent_id) for u in units] == [
        ("trust", None),
        ("ward-1", "trust"),
        ("ward-2", "trust"),
    ]
    assert [(s.scope, s.at, s.units, s.people) for s in scopes] == [
        ("ward-1", "trust", "ward-1,ward-2", 1),
        ("ward-2", "trust", "ward-1,ward-2", 1),
    ]
    assert [(ana.id, "mixed", 0)] == [(one.person_id, one.pattern, one.shift_hours) for one in seated]
    assert ana.id not in repr(seated)


async def test_freezing_again_replaces_what_a_crashed_opening_left(begin: Begin, make: Make) -> None:
    ana, ben = make.people(2)
    await keep(begin, ana, ben)
    await froze(begin, make, 1, [seat(ana)], wards=("ward-1", "ward-2"))
    await froze(begin, make, 1, [seat(ben)], wards=("ward-2",))
    async with begin() as db:
        assert [one.unit_id for one in await frozen_units(db, 1)] == ["trust", "ward-2"]
        assert [one.scope for one in await frozen_scopes(db, 1)] == ["ward-2"]
        assert [ben.id] == [one.person_id for one in await asked(db, 1)]


async def test_the_tree_that_was_frozen_does_not_follow_the_stewards(begin: Begin, make: Make) -> None:
    await froze(begin, make, 1, [])
    async with begin() as db:
        await db.merge(make.unit("ward-1", name="Renamed", headcount=3))
        await db.commit()
    async with begin() as db:
        frozen = {one.unit_id: (one.name, one.headcount) for one in await frozen_units(db, 1)}
    assert frozen["ward-1"] == ("Ward-1", 20)


async def test_forgetting_a_round_leaves_the_others(begin: Begin, make: Make) -> None:
    ana = make.person()
    await keep(begin, ana)
    for number in (1, 2):
        await froze(begin, make, number, [seat(ana, number)])
    async with begin() as db:
        await forget_roster(db, 1)
        await db.commit()
    async with begin() as db:
        left = [
            (len(await frozen_units(db, n)), len(await frozen_scopes(db, n)), len(await asked(db, n))) for n in (1, 2)
        ]
    assert left == [(0, 0, 0), (2, 1, 1)]


async def test_a_member_with_a_seat_sits_in_its_scope(begin: Begin, make: Make) -> None:
    ana, ben = make.person(language="cy"), make.person()
    await keep(begin, make.round(), ana, ben)
    await froze(begin, make, 1, [seat(ana, scope="ward-1"), seat(ben, scope="trust~small", is_established=False)])
    assert Sitting("cy", True, "ward-1", True) == await sits(begin, ana)
    assert Sitting("en", True, "trust~small", False) == await sits(begin, ben)


async def test_who_joined_later_is_a_member_without_a_seat(begin: Begin, make: Make) -> None:
    ana = make.person()
    await keep(begin, make.round(), ana)
    await froze(begin, make, 2, [seat(ana, 2)])
    assert Sitting("en", True, None, False) == await sits(begin, ana, 1)


@pytest.mark.parametrize("stage", [one for one in Stage if one != Stage.OPEN])
async def test_a_round_that_is_not_open_is_not_open_to_a_tap(begin: Begin, make: Make, stage: Stage) -> None:
    ana = make.person()
    await keep(begin, make.round(stage), ana)
    await froze(begin, make, 1, [seat(ana)])
    found = await sits(begin, ana)
    assert found is not None
    assert not found.is_open


async def test_a_round_that_never_was_is_not_open(begin: Begin, make: Make) -> None:
    ana = make.person()
    await keep(begin, ana)
    assert Sitting("en", False, None, False) == await sits(begin, ana, 99)


async def test_whoever_left_sits_nowhere_and_loses_their_seat(begin: Begin, make: Make) -> None:
    ana, ben = make.people(2)
    await keep(begin, make.round(), ana, ben)
    await froze(begin, make, 1, [seat(ana), seat(ben)])
    async with begin() as db:
        await forget_person(db, ana.lookup)
        await db.commit()
    assert await sits(begin, ana) is None
    async with begin() as db:
        assert [ben.id] == [one.person_id for one in await asked(db, 1)]


async def test_a_sitting_prints_nothing_of_the_person(begin: Begin, make: Make) -> None:
    ana = make.person(language="cy")
    await keep(begin, make.round(), ana)
    await froze(begin, make, 1, [seat(ana)])
    assert repr(await sits(begin, ana)) == "Sitting(is_open=True)"


async def test_asked_are_reachable_unpaused_members_of_launched_units(begin: Begin, make: Make) -> None:
    ana = make.person("ward-1")
    others = [
        make.person("ward-1", is_reachable=False),
        make.person("ward-1", paused_rounds=1),
        make.person("ward-2"),
    ]
    await keep(begin, ana, *others)
    async with begin() as db:
        assert [(ana.id, False)] == [(one.id, holds) for one, holds in await to_be_asked(db, ["ward-1"])]
        assert await to_be_asked(db, []) == []


async def test_whoever_holds_a_role_is_asked_as_a_role_holder(begin: Begin, make: Make) -> None:
    ana, ben = make.people(2)
    await keep(begin, ana, ben, make.holder(Role.LEAD, lookup=ben.lookup), make.holder(Role.HR, lookup=ben.lookup))
    async with begin() as db:
        found = {one.id: holds for one, holds in await to_be_asked(db, ["ward-1"])}
    assert {ana.id: False, ben.id: True} == found


@pytest.mark.parametrize(
    ("openings", "is_established"),
    [(TENURE_OPENINGS - 1, False), (TENURE_OPENINGS, False), (TENURE_OPENINGS + 1, True)],
)
async def test_a_newcomer_is_established_after_so_many_openings(
    begin: Begin, make: Make, openings: int, is_established: bool
) -> None:
    await keep(begin, make.person())
    await opens(begin, openings)
    one = (await people_now(begin))["p1"]
    assert (openings, is_established) == (one.openings, one.is_established)


async def test_whoever_was_there_at_the_launch_stays_established(begin: Begin, make: Make) -> None:
    await keep(begin, make.person(is_established=True))
    await opens(begin)
    assert (await people_now(begin))["p1"].is_established


@pytest.mark.parametrize(
    ("movers", "keeps_tenure"), [(MOVE_TOGETHER - 1, False), (MOVE_TOGETHER, True), (MOVE_TOGETHER + 1, True)]
)
async def test_those_who_move_together_keep_their_tenure(
    begin: Begin, make: Make, movers: int, keeps_tenure: bool
) -> None:
    moved = make.people(movers, "ward-2", moved_from="ward-1", openings=20, is_established=True)
    await keep(begin, *moved)
    await opens(begin)
    now = list((await people_now(begin)).values())
    assert {(21 if keeps_tenure else 1, keeps_tenure, None)} == {
        (p.openings, p.is_established, p.moved_from) for p in now
    }


async def test_moves_from_two_wards_into_one_do_not_add_up(begin: Begin, make: Make) -> None:
    half = MOVE_TOGETHER - 1
    for origin in ("ward-1", "trust"):
        await keep(begin, *make.people(half, "ward-2", moved_from=origin, openings=20, is_established=True))
    await opens(begin)
    assert {False} == {one.is_established for one in (await people_now(begin)).values()}


async def test_who_moves_alone_is_established_again_after_the_full_time(begin: Begin, make: Make) -> None:
    await keep(begin, make.person("ward-2", moved_from="ward-1", openings=20, is_established=True))
    await opens(begin, TENURE_OPENINGS)
    assert not (await people_now(begin))["p1"].is_established
    await opens(begin)
    assert (await people_now(begin))["p1"].is_established


async def test_a_move_is_settled_once(begin: Begin, make: Make) -> None:
    await keep(begin, *make.people(MOVE_TOGETHER, "ward-2", moved_from="ward-1", openings=1))
    await opens(begin)
    await keep(begin, make.person("ward-2", moved_from="ward-1", openings=20, is_established=True))
    await opens(begin)
    latecomer = (await people_now(begin))[f"p{MOVE_TOGETHER + 1}"]
    assert not latecomer.is_established


async def test_pauses_count_down_to_nothing(begin: Begin, make: Make) -> None:
    await keep(begin, *(make.person(paused_rounds=rounds) for rounds in (0, 1, 4)))
    seen = []
    for _ in range(3):
        async with begin() as db:
            await end_pauses(db)
            await db.commit()
        seen.append([one.paused_rounds for _, one in sorted((await people_now(begin)).items())])
    assert seen == [[0, 0, 3], [0, 0, 2], [0, 0, 1]]


async def test_an_opening_that_fails_leaves_everybody_as_they_were(begin: Begin, make: Make) -> None:
    ana = make.person("ward-2", moved_from="ward-1", openings=20, is_established=True)
    await keep(begin, ana)

    async def fails() -> None:
        async with begin() as db:
            await age_roster(db)
            db.add(make.round(Stage.DRAFT))
            await freeze(db, 1, make.tree("ward-1"), [scope("ward-1")], [seat(ana)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    one = (await people_now(begin))["p1"]
    assert (one.moved_from, one.openings, one.is_established) == ("ward-1", 20, True)
    async with begin() as db:
        assert (await db.exec(select(Round))).all() == []
        assert await asked(db, 1) == []


# --- still here?


async def answers_due(begin: Begin) -> tuple[list[str], list[str]]:
    """(who is asked, who is dropped) at one opening."""
    async with begin() as db:
        await age_roster(db)
        asked_now, dropped = await ask_who_is_still_here(db)
        await db.commit()
    return sorted(one.id for one in asked_now), sorted(one.id for one in dropped)


async def test_who_says_nothing_is_asked_twice_and_then_dropped(begin: Begin, make: Make) -> None:
    await keep(begin, make.person())
    story = [await answers_due(begin) for _ in range(STILL_AFTER + (STILL_ASKED + 1) * STILL_AGAIN_AFTER)]
    assert [(n, *one) for n, one in enumerate(story, 1) if one != ([], [])] == [
        (12, ["p1"], []),
        (14, ["p1"], []),
        (16, [], ["p1"]),
        (17, [], ["p1"]),
        (18, [], ["p1"]),
    ]


async def test_who_says_so_is_asked_again_only_after_the_full_time(begin: Begin, make: Make) -> None:
    ana = make.person(unconfirmed_openings=STILL_AFTER + 1, times_asked=1)
    await keep(begin, ana)
    async with begin() as db:
        await is_still_here(db, ana.lookup)
        await db.commit()
    story = [await answers_due(begin) for _ in range(STILL_AFTER)]
    assert story == [([], [])] * (STILL_AFTER - 1) + [(["p1"], [])]


@pytest.mark.parametrize("away", [{"paused_rounds": 1}, {"is_reachable": False}])
async def test_nobody_is_asked_or_dropped_or_counted_as_silent_while_they_are_away(
    begin: Begin, make: Make, away: dict[str, int]
) -> None:
    due = {"unconfirmed_openings": STILL_AFTER + STILL_ASKED * STILL_AGAIN_AFTER, "times_asked": STILL_ASKED}
    await keep(begin, make.person(**due, **away), make.person(unconfirmed_openings=STILL_AFTER, **away))
    assert await answers_due(begin) == ([], [])
    now = await people_now(begin)
    assert [one.unconfirmed_openings for _, one in sorted(now.items())] == [due["unconfirmed_openings"], STILL_AFTER]


async def test_openings_that_reach_nobody_are_counted_in_a_row(begin: Begin, make: Make) -> None:
    ana = make.person(is_reachable=False, unreachable_openings=4)
    await keep(begin, ana, make.person(unreachable_openings=4))
    await opens(begin)
    now = await people_now(begin)
    assert [now[one].unreachable_openings for one in ("p1", "p2")] == [5, 0]


# --- whom one is asked together with


async def test_joiners_are_those_whose_first_opening_in_their_unit_it_is(begin: Begin, make: Make) -> None:
    founder, newcomer, old = make.person(is_established=True), make.person(), make.person(openings=1)
    moved = make.person("ward-2", moved_from="ward-1", openings=9, is_established=True)
    together = make.people(MOVE_TOGETHER, "ward-1", moved_from="ward-2", openings=9, is_established=True)
    await keep(begin, founder, newcomer, old, moved, *together)
    async with begin() as db:
        joiners = await age_roster(db)
        await db.commit()
    assert joiners == {newcomer.id, moved.id, *(one.id for one in together)}
    async with begin() as db:
        assert await age_roster(db) == frozenset()


async def froze_teams(begin: Begin, make: Make, seats: Sequence[Seat], *scopes: FrozenScope) -> None:
    async with begin() as db:
        units = make.tree("ward-1", "ward-2")
        await freeze(db, 1, units, scopes, seats, people={"ward-1": 14, "ward-2": 3}, joiners={"ward-1": 1})
        await db.commit()


async def team(begin: Begin, one: Person, number: int = 1) -> Team | None:
    async with begin() as db:
        return await team_of(db, number, one.lookup)


async def test_a_member_is_told_their_team_as_it_was_at_the_opening(begin: Begin, make: Make) -> None:
    ana, ben, cy, dee = make.person(), make.person("ward-2"), make.person(), make.person()
    await keep(begin, ana, ben, cy, dee)
    box = FrozenScope(round=1, scope="ward-1", at="ward-1", units="ward-1", people=14)
    small = FrozenScope(round=1, scope="trust~small", at="trust", units="ward-2", people=3)
    roles = FrozenScope(round=1, scope="~roles", at=None, units="", people=6)
    seats = [seat(ana), seat(ben, scope="trust~small"), seat(cy, scope="~roles")]
    await froze_teams(begin, make, seats, box, small, roles)
    assert await team(begin, ana) == Team("Ward-1", 14, 1, is_pooled=False)
    assert await team(begin, ben) == Team("Ward-2", 3, 0, is_pooled=True)
    assert await team(begin, cy) == Team("", 6, 0, is_pooled=False)
    assert await team(begin, dee) is None
    assert await team(begin, ana, 2) is None


async def test_who_has_moved_since_the_opening_is_told_the_team_they_still_sit_in(begin: Begin, make: Make) -> None:
    ana = make.person("ward-2", moved_from="ward-1")
    ben = make.person("ward-1", moved_from="ward-2")
    await keep(begin, ana, ben)
    both = FrozenScope(round=1, scope="trust~small", at="trust", units="ward-1,ward-2", people=17)
    await froze_teams(begin, make, [seat(one, scope="trust~small") for one in (ana, ben)], both)
    assert await team(begin, ana) == Team("Ward-1", 14, 1, is_pooled=True)
    assert await team(begin, ben) == Team("Ward-2", 3, 0, is_pooled=True)


async def test_after_a_launch_has_settled_a_move_no_wrong_team_is_told(begin: Begin, make: Make) -> None:
    ana = make.person("trust")
    await keep(begin, ana)
    both = FrozenScope(round=1, scope="trust~small", at="trust", units="ward-1,ward-2", people=17)
    await froze_teams(begin, make, [seat(ana, scope="trust~small")], both)
    assert await team(begin, ana) is None


def test_a_team_tells_counts_of_units_only() -> None:
    assert set(Team.__dataclass_fields__) == {"name", "people", "joiners", "is_pooled"}
