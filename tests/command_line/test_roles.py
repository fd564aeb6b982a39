"""Roles can be looked at and taken away."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.people import Role, RoleHolder, role_holders
from tests.command_line.shell import Shell


def hold(house: Shell, *names: str) -> list[str]:
    """Leads by these display names; returns their ids."""
    rows = [
        RoleHolder(id=f"{n}abc", lookup=bytes([n]), sealed=b"", role=Role.LEAD, unit_id="trust", display_name=name)
        for n, name in enumerate(names)
    ]

    async def keep(db: AsyncSession) -> None:
        db.add_all(rows)

    house.stores(keep)
    return [f"{n}abc" for n in range(len(names))]


def test_nobody_holds_a_role_yet(ready: Shell) -> None:
    assert "Nobody holds a role yet" in ready.runs("roles", "list").out


def test_they_are_listed_and_one_is_ended(house: Shell) -> None:
    first, second = hold(house, "Jo, matron", "Sam, matron")
    listed = house.runs("roles", "list").out
    assert first in listed
    assert "Sam, matron" in listed
    assert "Ended" in house.runs("roles", "end", first).out
    left = house.stores(lambda db: role_holders(db, Role.LEAD))
    assert [one.id for one in left] == [second]


def test_an_id_that_fits_nobody_or_two_ends_nothing(house: Shell) -> None:
    hold(house, "Jo", "Sam")
    assert "No role has that id" in house.runs("roles", "end", "zzz").fault
    assert "No role has that id" in house.runs("roles", "end", "").fault
    assert len(house.stores(lambda db: role_holders(db, Role.LEAD))) == 2
