"""/team: what was published, the same cells for staff, leads and HR, and nothing of anybody else's."""

from __future__ import annotations

from storage.people import Role
from tests.conversations.ward import asks, closed, launched, renamed, two_divisions, week
from tests.world import World


async def test_before_the_first_closing_there_is_nothing_to_see(world: World) -> None:
    ana, *_ = await launched(world)
    await asks(ana, "/team", "Nothing has been published yet")


async def test_a_nurse_sees_her_wards_number_and_no_way_to_another(world: World) -> None:
    ana, *_ = await closed(world)
    shown = await asks(ana, "/team", "Ward 7, check-in of Tuesday 6 January")
    assert "Strain 50 of 100, from 5-9 answers" in shown.text
    assert "Leads see exactly this" in shown.text
    assert shown.buttons == []


async def test_a_newcomer_sees_what_was_published_about_the_ward(world: World) -> None:
    await closed(world)
    [late] = await world.joins("ward-7")
    await asks(late, "/team", "Strain 50 of 100")


async def test_a_small_team_sees_the_pool_it_was_counted_in_and_no_names_in_it(world: World) -> None:
    people = await two_divisions(world)
    await week(world, people)
    shown = (await asks(people["clinic"][0], "/team", "Clinic")).text
    assert "Not shown: too few answers to be safe" in shown
    assert "2 teams counted together" in shown
    assert "Strain 38 of 100" in shown
    assert "This team was counted together with other small ones:" in shown
    assert "Dialysis" not in shown


async def test_nobody_sees_another_ward_by_a_forged_button(world: World) -> None:
    people = await two_divisions(world)
    await week(world, people)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    nurse = people["ward-7"][0]
    for person, units in (
        (nurse, ("theatre", "medicine", "clinic", "medicine~pool", "trust", "~roles", "nowhere")),
        (lead, ("theatre", "surgery", "trust", "~roles")),
    ):
        shown = await asks(person, "/team", "check-in of")
        before = shown.text
        for unit in units:
            tap = await person.forges(f"u1:{unit}", shown)
            assert (await tap.answered()).text == "That is not open to you."
        assert shown.text == before


async def test_a_lead_walks_down_and_up_their_own_subtree_only(world: World) -> None:
    people = await two_divisions(world)
    await week(world, people)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    shown = await asks(lead, "/team", "Medicine, check-in of")
    labels = [label for row in shown.buttons for label in row]
    assert {"Ward 7", "Clinic", "Dialysis"} <= set(labels)
    assert not {"Theatre", "Surgery", "‹ Trust"} & set(labels)
    await lead.taps("Ward 7")
    ward = await lead.waits_for("Ward 7, check-in of")
    assert ward.text == (await asks(people["ward-7"][0], "/team", "Ward 7, check-in of")).text
    await lead.taps("‹ Medicine")
    await lead.waits_for("Medicine, check-in of")


async def test_hr_walks_the_whole_organisation(world: World) -> None:
    people = await two_divisions(world)
    await week(world, people)
    hr = await world.role("Kim", Role.HR, "trust")
    await asks(hr, "/team", "Trust, check-in of")
    await hr.taps("Surgery")
    await hr.waits_for("Surgery, check-in of")
    await hr.taps("Theatre")
    assert "Strain 78 of 100" in (await hr.waits_for("Theatre, check-in of")).text


async def test_a_lead_of_a_unit_that_is_not_launched_is_told_so(world: World) -> None:
    await closed(world)
    lead = await world.role("Jo", Role.LEAD, "ward-8")
    await asks(lead, "/team", "not part of the last check-in")
    await asks(lead, "/hotspots", "not part of the last check-in")


async def test_names_with_signs_of_html_arrive_as_they_are(world: World) -> None:
    people = await launched(world, 6)
    await renamed(world, "ward-7", 'A&E <Majors> & "Resus"')
    lead = await world.role("Jo", Role.LEAD, "medicine")
    await week(world, {"ward-7": people})
    await asks(people[0], "/team", 'A&E <Majors> & "Resus", check-in of')
    await asks(people[0], "/settings", 'Team: A&E <Majors> & "Resus"')
    await asks(lead, "/team", "Medicine, check-in of")
    await lead.taps("A&E <Majors>")
    await lead.waits_for('A&E <Majors> & "Resus", check-in of')
