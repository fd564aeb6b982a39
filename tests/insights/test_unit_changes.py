"""What takes a second steward when units change, and what no longer fits when it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from insights.policy import SMALL_UNIT
from insights.unit_changes import HEADCOUNT, PLACE, Change, fitting, held_back, read, without, written
from insights.units_csv import UnitRow, UnitTable, merge_units


def units(**changes: UnitRow) -> dict[str, UnitRow]:
    """A trust, two divisions, a ward in each."""
    rows = {
        "trust": UnitRow("trust", "Trust", None, 0),
        "medicine": UnitRow("medicine", "Medicine", "trust", 0),
        "surgery": UnitRow("surgery", "Surgery", "trust", 0),
        "ward-7": UnitRow("ward-7", "Ward 7", "medicine", 12),
        "theatre": UnitRow("theatre", "Theatre", "surgery", 30),
    }
    return rows | {key.replace("_", "-"): row for key, row in changes.items()}


def held(after: Mapping[str, UnitRow], launched: tuple[str, ...] = ("ward-7",)) -> list[tuple[str, str]]:
    before = units()
    changes = merge_units(before, UnitTable(tuple(after.values())))
    return [(one.unit, one.what) for one in held_back(before, changes, launched)]


def ward(headcount: int, parent: str = "medicine") -> UnitRow:
    return UnitRow("ward-7", "Ward 7", parent, headcount)


@pytest.mark.parametrize(
    ("before", "after", "waits"),
    [
        (SMALL_UNIT - 1, SMALL_UNIT, True),
        (SMALL_UNIT - 1, SMALL_UNIT + 100, True),
        (1, 2, True),
        (0, 5, True),
        (SMALL_UNIT, SMALL_UNIT + 1, False),
        (SMALL_UNIT + 1, SMALL_UNIT + 40, False),
        (SMALL_UNIT - 1, SMALL_UNIT - 2, False),
        (SMALL_UNIT + 1, SMALL_UNIT - 1, False),
    ],
)
def test_raising_a_small_headcount_takes_two(before: int, after: int, waits: bool) -> None:
    rows = units(ward_7=ward(before))
    changes = merge_units(rows, UnitTable(tuple(units(ward_7=ward(after)).values())))
    assert bool(held_back(rows, changes, ["theatre"])) == waits


def test_before_the_first_launch_nothing_takes_two() -> None:
    assert held(units(ward_7=ward(14, "surgery")), launched=()) == []


def test_moving_a_launched_unit_takes_two_and_moving_another_does_not() -> None:
    assert held(units(ward_7=ward(12, "surgery"))) == [("ward-7", PLACE)]
    assert held(units(theatre=UnitRow("theatre", "Theatre", "medicine", 30))) == []


def test_moving_the_division_of_a_launched_unit_takes_two() -> None:
    assert held(units(medicine=UnitRow("medicine", "Medicine", "surgery", 0))) == [("medicine", PLACE)]


def test_names_and_new_units_wait_for_nobody() -> None:
    renamed = units(ward_7=UnitRow("ward-7", "Ward Seven", "medicine", 12))
    assert held(renamed | {"ward-9": UnitRow("ward-9", "Ward 9", "medicine", 8)}) == []


def test_what_is_held_back_keeps_its_value_and_the_rest_is_written() -> None:
    after = units(ward_7=UnitRow("ward-7", "Ward Seven", "surgery", 15))
    changes = merge_units(units(), UnitTable(tuple(after.values())))
    rows = {row.unit: row for row in without(after.values(), held_back(units(), changes, ["ward-7"]))}
    assert rows["ward-7"] == UnitRow("ward-7", "Ward Seven", "medicine", 12)
    assert rows["theatre"] == units()["theatre"]


def test_what_is_confirmed_is_headcount_and_place_together() -> None:
    changes = [Change("ward-7", HEADCOUNT, 12, 15), Change("ward-7", PLACE, "medicine", "surgery")]
    assert fitting(units(), changes) == (ward(15, "surgery"),)


@pytest.mark.parametrize(
    "stale",
    [
        Change("ward-7", HEADCOUNT, 11, 15),
        Change("ward-7", PLACE, "surgery", "trust"),
        Change("ward-7", PLACE, "medicine", "nowhere"),
        Change("gone", HEADCOUNT, 5, 6),
        Change("medicine", PLACE, "trust", "ward-7"),
        Change("medicine", PLACE, "trust", "medicine"),
    ],
)
def test_what_was_overtaken_changes_nothing_at_all(stale: Change) -> None:
    assert fitting(units(), [Change("theatre", HEADCOUNT, 30, 31), stale]) is None


def test_two_moves_that_would_put_units_inside_each_other_are_refused() -> None:
    moves = [Change("medicine", PLACE, "trust", "surgery"), Change("surgery", PLACE, "trust", "medicine")]
    assert fitting(units(), moves) is None
    assert fitting(units(), moves[:1]) == (UnitRow("medicine", "Medicine", "surgery", 0),)


def test_changes_survive_being_written_down() -> None:
    changes = (Change("ward-7", HEADCOUNT, 12, 15), Change("ward-7", PLACE, "medicine", None))
    assert read(written(changes)) == changes
