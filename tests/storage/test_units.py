"""Units: the tree that stewards keep, and a launch that happens once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Begin
from storage.units import Unit, all_units, below, launch, note_members, root, save_units, unit
from tests.make import Make, keep


async def test_units_are_found_by_id_and_listed_by_it(begin: Begin, make: Make) -> None:
    await keep(begin, *make.tree("ward-2", "ward-1"))
    async with begin() as db:
        found = await unit(db, "ward-2")
        assert found is not None
        assert (
            found.parent_id,
            found.name,
            found.headcount,
            found.is_launched,
        ) == ("trust", "Ward-2", 20, False)
        assert await unit(db, "ward-3") is None
        assert [one.id for one in await all_units(db)] == ["trust", "ward-1", "ward-2"]


async def test_the_root_is_the_unit_without_a_parent(begin: Begin, make: Make) -> None:
    async with begin() as db:
        assert await root(db) is None
    await keep(begin, *make.tree("a-ward"))
    async with begin() as db:
        found = await root(db)
    assert found is not None
    assert found.id == "trust"


async def test_saving_adds_new_units_and_changes_known_ones(begin: Begin, make: Make) -> None:
    await keep(begin, *make.tree("ward-1"))
    wanted = [
        make.unit("trust", None),
        make.unit("division"),
        make.unit("ward-1", "division", name="Ward One", headcount=31),
        make.unit("ward-2", "division"),
    ]
    async with begin() as db:
        await save_units(db, wanted)
        await db.commit()
    async with begin() as db:
        found = {one.id: (one.parent_id, one.name, one.headcount) for one in await all_units(db)}
    assert found == {
        "trust": (None, "Trust", 20),
        "division": ("trust", "Division", 20),
        "ward-1": ("division", "Ward One", 31),
        "ward-2": ("division", "Ward-2", 20),
    }


async def test_a_launched_unit_stays_launched_when_it_is_saved_again(begin: Begin, make: Make) -> None:
    await keep(begin, *make.tree("ward-1"))
    async with begin() as db:
        assert await launch(db, "ward-1")
        await save_units(db, make.tree("ward-1"))
        await db.commit()
    async with begin() as db:
        found = await unit(db, "ward-1")
    assert found is not None
    assert found.is_launched


async def test_units_that_a_file_does_not_name_stay(begin: Begin, make: Make) -> None:
    await keep(begin, *make.tree("ward-1", "ward-2"))
    async with begin() as db:
        await save_units(db, [make.unit("ward-1", headcount=9)])
        await db.commit()
    async with begin() as db:
        assert {one.id: one.headcount for one in await all_units(db)} == {
            "trust": 20,
            "ward-1": 9,
            "ward-2": 20,
        }


async def test_a_unit_below_one_that_does_not_exist_is_refused(begin: Begin, make: Make) -> None:
    async with begin() as db:
        with pytest.raises(IntegrityError):
            await save_units(db, [make.unit("ward-1", "nowhere")])


async def test_a_unit_is_launched_once(begin: Begin, make: Make) -> None:
    await keep(begin, *make.tree("ward-1", "ward-2"))
    async with begin() as db:
        assert [await launch(db, one) for one in ("ward-1", "ward-1", "nowhere")] == [True, False, False]
        await db.commit()
    async with begin() as db:
        assert {"ward-1"} == {one.id for one in await all_units(db) if one.is_launched}


async def test_of_two_stewards_at_once_one_launches(begin: Begin, make: Make) -> None:
    await keep(begin, *make.tree("ward-1"))

    async def tries() -> bool:
        async with begin() as db:
            done = await launch(db, "ward-1")
            await db.commit()
            return done

    assert sorted(await asyncio.gather(tries(), tries())) == [False, True]


async def test_a_launch_that_is_not_committed_has_not_happened(begin: Begin, make: Make) -> None:
    await keep(begin, *make.tree("ward-1"))
    async with begin() as db:
        await launch(db, "ward-1")
    async with begin() as db:
        assert await launch(db, "ward-1")


@pytest.mark.parametrize(
    ("top", "found"),
    [
        ("trust", {"trust", "division", "ward-1", "ward-2", "ward-3"}),
        ("division", {"division", "ward-1", "ward-2"}),
        ("ward-1", {"ward-1"}),
        ("nowhere", {"nowhere"}),
    ],
)
def test_below_a_unit_is_itself_and_its_whole_tree(make: Make, top: str, found: set[str]) -> None:
    units: list[Unit] = [
        *make.tree("division", "ward-3"),
        *(make.unit(one, "division") for one in ("ward-1", "ward-2")),
    ]
    assert found == below(units, top)


async def counts(begin: Begin, *openings: int) -> list[tuple[str, int]]:
    """(what the ward remembers, for how many rounds it is pooled) after openings with so many members."""
    story = []
    for members in openings:
        async with begin() as db:
            note_members(await all_units(db), {"ward-1": members})
            await db.commit()
        async with begin() as db:
            found = await unit(db, "ward-1")
        assert found is not None
        story.append((found.recent, found.pooled_rounds))
    return story


async def test_a_unit_remembers_its_members_of_the_last_four_openings(begin: Begin, make: Make) -> None:
    await keep(begin, make.unit("trust", None), make.unit(is_launched=True))
    assert await counts(begin, 9, 10, 11, 12, 13) == [
        ("9", 0),
        ("9,10", 0),
        ("9,10,11", 0),
        ("9,10,11,12", 0),
        ("10,11,12,13", 0),
    ]


async def test_a_unit_that_has_fallen_is_pooled_for_four_rounds_and_is_then_measured_anew(
    begin: Begin, make: Make
) -> None:
    await keep(begin, make.unit("trust", None), make.unit(is_launched=True))
    assert await counts(begin, 20, 10, 10, 11, 10, 10, 5) == [
        ("20", 0),
        ("10", 4),
        ("10,10", 3),
        ("10,10,11", 2),
        ("10,10,11,10", 1),
        ("10,11,10,10", 0),
        ("5", 4),
    ]


async def test_a_merge_is_no_fall_and_a_unit_that_only_gathers_remembers_nothing(begin: Begin, make: Make) -> None:
    await keep(begin, make.unit("trust", None), make.unit(is_launched=False))
    assert await counts(begin, 20, 2) == [("", 0), ("", 0)]
    async with begin() as db:
        await launch(db, "ward-1")
        await db.commit()
    assert await counts(begin, 8, 30) == [("8", 0), ("8,30", 0)]


async def test_a_new_file_of_units_forgets_no_fall(begin: Begin, make: Make) -> None:
    await keep(begin, make.unit("trust", None), make.unit(is_launched=True))
    await counts(begin, 20, 8)
    async with begin() as db:
        await save_units(db, make.tree("ward-1"))
        await db.commit()
    assert await counts(begin, 8) == [("8,8", 3)]
