"""Once a unit is launched, what could corner somebody waits for a second steward, also from the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.audit import AuditEntry, entries
from storage.identity import IdKeys
from storage.invites import Pending, Standing, find_invite
from storage.outbox import Waiting
from storage.people import Role, RoleHolder, role_holders
from storage.units import all_units, launch
from tests.command_line.shell import Said, Shell

CODE = re.compile(r"start=([pr][A-Za-z0-9_-]{16})\n")
LEAD = ("invite", "--role", "lead", "--unit", "ward-7", "--name", "Jo")
HEADER = "unit,name,parent,headcount\n"
SAM, KIM = "Sam, matron", "Kim, people team"


@pytest.fixture
def launched(ready: Shell) -> Shell:
    """A launched ward of twelve and another unit, Sam and Kim."""
    ready.has_a_house(
        0, (("trust", None, 0), ("medicine", "trust", 0), ("ward-7", "medicine", 12), ("icu", "trust", 30))
    )
    appoint(ready, (1, SAM), (2, KIM))

    async def work(db: AsyncSession) -> None:
        await launch(db, "ward-7")

    ready.stores(work)
    return ready


def appoint(shell: Shell, *people: tuple[int, str]) -> None:
    keys = IdKeys(shell.env["id_key"])

    async def work(db: AsyncSession) -> None:
        for number, name in people:
            db.add(
                RoleHolder(
                    id=f"{number}abc{number}" * 4,
                    lookup=keys.lookup(number),
                    sealed=keys.seal(number),
                    role=Role.STEWARD,
                    unit_id="trust",
                    display_name=name,
                )
            )

    shell.stores(work)


def standing(shell: Shell, said: Said) -> str:
    found = CODE.search(said.out)
    assert found, said.text
    invite = shell.stores(lambda db: find_invite(db, found[1], datetime.now(UTC)))
    assert invite
    return invite.standing


def log(shell: Shell) -> list[AuditEntry]:
    return list(shell.stores(entries))


def rows(shell: Shell, table: type) -> list:
    async def work(db: AsyncSession) -> list:
        return list((await db.exec(select(table))).all())

    return shell.stores(work)


def imports(shell: Shell, content: str, *options: str) -> Said:
    (shell.folder / "units.csv").write_text(HEADER + content)
    return shell.runs("units", "import", "units.csv", *options)


def units(shell: Shell) -> dict[str, tuple[str | None, int]]:
    return {one.id: (one.parent_id, one.headcount) for one in shell.stores(all_units)}


def test_an_invite_is_printed_at_once_and_waits(launched: Shell) -> None:
    said = launched.runs(*LEAD, "--as", SAM)
    assert said.code == 0
    assert "waits until another steward confirms it" in said.fault
    assert standing(launched, said) == Standing.PENDING
    [wish] = rows(launched, Pending)
    assert (wish.what, wish.unit_id) == ("invite", "ward-7")
    letters = rows(launched, Waiting)
    assert [one.occasion for one in letters] == ["wish", "wish"]
    [entry] = log(launched)
    assert (entry.actor, entry.what) == ("command line for steward Sam, matron", "invite_asked")
    assert entry.told == {"unit": "ward-7", "role": "lead"}


@pytest.mark.parametrize("name", [KIM, "2abc2", "2abc22abc22abc22abc2"])
def test_a_steward_is_named_by_display_name_or_id(launched: Shell, name: str) -> None:
    assert launched.runs(*LEAD, "--as", name).code == 0
    assert log(launched)[0].actor == f"command line for steward {KIM}"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "say with --as in whose name you ask"),
        (("--as", "Lee"), "--as is none of the stewards"),
        (("--as", ""), "say with --as in whose name you ask"),
    ],
)
def test_who_is_missing_or_unknown_is_said_with_who_there_is(
    launched: Shell, options: tuple[str, ...], told: str
) -> None:
    said = launched.runs(*LEAD, *options)
    assert (said.code, said.out) == (2, "")
    for words in (told, SAM, KIM):
        assert words in said.err
    assert rows(launched, Pending) == []
    assert log(launched) == []


def test_two_stewards_of_one_name_are_told_apart_by_id(launched: Shell) -> None:
    appoint(launched, (3, SAM))
    said = launched.runs(*LEAD, "--as", SAM)
    assert (said.code, "could be more than one steward; give the id" in said.err) == (2, True)
    assert launched.runs(*LEAD, "--as", "3abc").code == 0


def test_one_steward_alone_is_told_the_way_out_and_it_is_noted(launched: Shell) -> None:
    ended = launched.runs("roles", "end", "2abc")
    assert "Stewards left: 1. Nobody can confirm what takes two now" in ended.err
    said = launched.runs(*LEAD, "--as", SAM)
    assert (said.code, "--alone" in said.err) == (2, True)
    assert imports(launched, "trust,T,,\nward-7,W,trust,12\n", "--as", SAM).code == 2
    assert launched.runs(*LEAD, "--alone").code == 2
    alone = launched.runs("invite", "--role", "steward", "--name", "Lee", "--alone")
    assert (alone.code, standing(launched, alone)) == (0, Standing.OPEN)
    assert [(one.what, one.told) for one in log(launched)] == [
        ("role_ended", {"unit": "trust", "role": "steward", "name": KIM}),
        ("invite_made", {"unit": "trust", "role": "steward", "alone": True}),
    ]


def test_with_two_stewards_nobody_invites_alone(launched: Shell) -> None:
    said = launched.runs("invite", "--role", "steward", "--name", "Lee", "--alone")
    assert (said.code, "there are two stewards" in said.err) == (2, True)
    assert log(launched) == []


def test_ending_a_role_takes_its_wishes_and_their_invites_along(launched: Shell) -> None:
    said = launched.runs(*LEAD, "--as", SAM)
    assert launched.runs("roles", "end", "1abc").code == 0
    assert standing(launched, said) == Standing.EXPIRED
    assert rows(launched, Pending) == []
    assert [one.what for one in log(launched)] == ["invite_asked", "invite_expired", "role_ended"]
    assert len(launched.stores(lambda db: role_holders(db, Role.STEWARD))) == 1


def test_an_import_does_at_once_what_needs_nobody_and_says_what_waits(launched: Shell) -> None:
    said = imports(
        launched,
        "trust,Trust,,\nmedicine,Acute,trust,\nward-7,Ward 7,trust,15\nicu,ICU,trust,40\nward-9,Ward 9,medicine,8\n",
        "--as",
        SAM,
    )
    assert said.code == 0, said.text
    assert "2 changes of headcount or place: It waits until another steward" in said.out
    assert said.out.endswith("Imported, but for what waits.\n")
    assert units(launched) == {
        "trust": (None, 0),
        "medicine": ("trust", 0),
        "ward-7": ("medicine", 12),
        "icu": ("trust", 40),
        "ward-9": ("medicine", 8),
    }
    [wish] = rows(launched, Pending)
    assert wish.detail == ('{"changes":[["ward-7","headcount",12,15],["ward-7","place","medicine","trust"]]}')
    done, asked = log(launched)
    assert done.actor == asked.actor == "command line for steward Sam, matron"
    assert (done.what, done.told["added"], done.told["changes"]) == (
        "units_imported",
        1,
        [["icu", "headcount", 30, 40]],
    )
    assert (asked.what, len(asked.told["changes"])) == ("units_asked", 2)


def test_a_dry_run_says_what_would_wait_and_leaves_nothing(launched: Shell) -> None:
    said = imports(launched, "trust,Trust,,\nward-7,Ward 7,trust,12\n", "--dry-run")
    assert (said.code, "1 change of headcount or place would wait for another steward." in said.out) == (0, True)
    assert (rows(launched, Pending), log(launched)) == ([], [])


def test_without_a_steward_nothing_of_such_an_import_is_done(launched: Shell) -> None:
    before = units(launched)
    assert imports(launched, "trust,Trust,,\nward-7,Ward 7,trust,12\nward-9,Ward 9,trust,8\n").code == 2
    assert units(launched) == before
    assert log(launched) == []


def test_an_import_that_takes_nobody_needs_no_name(launched: Shell) -> None:
    assert imports(launched, "trust,Trust,,\nicu,ICU,trust,44\nward-9,Ward 9,trust,8\n").code == 0
    assert units(launched)["icu"] == ("trust", 44)
    assert [one.actor for one in log(launched)] == ["command line"]


def test_nothing_is_put_above_the_organisation_once_a_unit_is_launched(launched: Shell) -> None:
    before = units(launched)
    said = imports(launched, "group,Group,,\ntrust,Trust,group,\nicu,ICU,trust,30\n", "--as", SAM)
    assert (said.code, "nothing can be put above the organisation" in said.err) == (2, True)
    assert units(launched) == before


def test_a_poster_takes_one_and_carries_its_words(launched: Shell) -> None:
    said = launched.runs("invite", "--unit", "ward-7", "--qr", "ward-7.svg")
    assert (said.code, standing(launched, said)) == (0, Standing.OPEN)
    assert len((launched.folder / "ward-7.svg").read_bytes()) > 10_000


@pytest.mark.parametrize("name", [" ", "n" * 61, "two\nlines"])
def test_a_display_name_is_one_line_of_sixty(launched: Shell, name: str) -> None:
    said = launched.runs("invite", "--role", "hr", "--name", name, "--as", SAM)
    assert (said.code, said.out) == (2, "")
