"""Units from CSV at the command line: all of it, or every fault with its line, exit code 2, and nothing changed."""

from __future__ import annotations

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.people import Person
from storage.units import all_units, launch
from tests.command_line.shell import Said, Shell

HEADER = "unit,name,parent,headcount\n"
GOOD = HEADER + "trust,St Brannoc's,,\nmedicine,Medicine,trust,\nward-7,Ward 7,medicine,24\n"
EXCEL = "\ufeffsep=;\r\nUnit;Name;Parent;Headcount\r\ntrust;St Brannoc's;;\r\nicu;Krankenstation Süd;trust;12\r\n"


def imports(shell: Shell, content: str | bytes, *options: str) -> Said:
    file = shell.folder / "units.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return shell.runs("units", "import", "units.csv", *options)


def stored(shell: Shell) -> dict[str, tuple[str | None, str, int]]:
    return {one.id: (one.parent_id, one.name, one.headcount) for one in shell.stores(all_units)}


def test_a_good_file_is_imported_and_listed(migrated_shell: Shell) -> None:
    said = imports(migrated_shell, GOOD)
    assert (said.code, said.out, said.err) == (0, "3 new\nImported.\n", "")
    assert stored(migrated_shell)["ward-7"] == ("medicine", "Ward 7", 24)
    listed = migrated_shell.runs("units", "list").out.splitlines()
    assert len(listed) == 3
    assert listed[2].split() == ["ward-7", "Ward", "7", "0", "of", "24", "gathering"]


def test_a_dry_run_tells_and_changes_nothing(migrated_shell: Shell) -> None:
    said = imports(migrated_shell, GOOD, "--dry-run")
    assert (said.code, said.out) == (0, "3 new\nNothing was changed.\n")
    assert stored(migrated_shell) == {}


def test_importing_again_changes_nothing(migrated_shell: Shell) -> None:
    imports(migrated_shell, GOOD)
    assert imports(migrated_shell, GOOD).out == "Nothing was changed.\n"


def test_changes_are_counted_and_what_is_left_out_is_kept(migrated_shell: Shell) -> None:
    imports(migrated_shell, GOOD + "ward-8,Ward 8,medicine,10\n")
    said = imports(migrated_shell, HEADER + "trust,St Brannoc's,,\nmedicine,Acute,trust,0\nward-7,Ward 7,trust,25\n")
    assert said.out.splitlines() == [
        "1 renamed",
        "1 moved",
        "1 with another headcount",
        "1 not in the file, kept as they are",
        "Imported.",
    ]
    assert stored(migrated_shell)["ward-8"] == ("medicine", "Ward 8", 10)


def test_a_launched_unit_stays_launched(migrated_shell: Shell) -> None:
    imports(migrated_shell, GOOD)
    migrated_shell.stores(lambda db: launch(db, "ward-7"))
    imports(migrated_shell, GOOD.replace(",24", ",30"))
    assert "30    launched" in migrated_shell.runs("units", "list").out.replace("30     ", "30    ")


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("unit,name\ntrust,Trust\n", ["line 1: the header lacks parent, headcount"]),
        (GOOD + "ward-7,Ward 7 again,medicine,3\n", ['line 5: the id "ward-7" is that of line 4']),
        (GOOD + "a,A,b,1\nb,B,a,1\n", ["line 5: units inside each other"]),
        (GOOD + "ward-9,Ward 9,surgery,8\n", ['line 5: the parent "surgery" is not there']),
        (GOOD + "ward-9,Ward 9,medicine,many\n", ['line 5: the headcount "many" is not a number']),
        (GOOD + "ward-9,,medicine,5\n", ["line 5: the name is empty"]),
        (GOOD + "Ward 9,Ward 9,medicine,5\n", ["for example to ward-9"]),
        (GOOD + "other,Another trust,,\n", ["line 5: no parent"]),
        (GOOD + '"open,Open,medicine,5\n', ["line 5: a quotation mark"]),
        ("", ["whole file: there are no units"]),
        (b"PK\x03\x04" + bytes(60), ["whole file: this is not text"]),
        (
            GOOD + "ward-7,Twice,medicine,x\nloop,Loop,loop,4\nlost,Lost,nowhere,5\n",
            ["line 5: the id", "line 5: the headcount", "line 6: units inside", "line 7: the parent"],
        ),
    ],
)
def test_every_fault_is_told_with_its_line_and_nothing_is_imported(
    migrated_shell: Shell, content: str | bytes, faults: list[str]
) -> None:
    said = imports(migrated_shell, content)
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith("Nothing was imported.\n")
    for fault in faults:
        assert fault in said.err
    assert stored(migrated_shell) == {}


def test_a_faulty_file_leaves_what_was_there(migrated_shell: Shell) -> None:
    imports(migrated_shell, GOOD)
    before = stored(migrated_shell)
    assert imports(migrated_shell, GOOD.replace("Ward 7", "Ward Seven") + "x,X,nowhere,3\n").code == 2
    assert stored(migrated_shell) == before


def test_excels_mark_hint_and_semicolons_are_read(migrated_shell: Shell) -> None:
    assert imports(migrated_shell, EXCEL).code == 0
    assert stored(migrated_shell)["icu"] == ("trust", "Krankenstation Süd", 12)


def test_windows_1252_is_read_and_said(migrated_shell: Shell) -> None:
    said = imports(migrated_shell, EXCEL.removeprefix("\ufeff").encode("cp1252"))
    assert said.code == 0
    assert said.fault == "Note: read as Windows-1252: check names with accents"
    assert stored(migrated_shell)["icu"][1] == "Krankenstation Süd"


def test_a_column_that_is_not_used_is_said(migrated_shell: Shell) -> None:
    said = imports(migrated_shell, "unit,name,parent,headcount,cost centre\ntrust,Trust,,3,77\n")
    assert (said.code, said.fault) == (0, 'Note: column "cost centre" is not used')


def test_ten_thousand_units_are_imported_whole(migrated_shell: Shell) -> None:
    rows = "".join(f"ward-{number},Ward {number},trust,20\n" for number in range(9_999))
    said = imports(migrated_shell, HEADER + "trust,Trust,,\n" + rows)
    assert said.out == "10000 new\nImported.\n"
    assert len(stored(migrated_shell)) == 10_000


def test_ten_thousand_faulty_rows_are_told_on_one_screen(migrated_shell: Shell) -> None:
    rows = "".join(f"ward-{number},Ward {number},nowhere,20\n" for number in range(9_999))
    said = imports(migrated_shell, HEADER + "trust,Trust,,\n" + rows)
    assert said.code == 2
    lines = said.err.splitlines()
    assert (lines[0][:7], lines[-2], lines[-1]) == ("line 3:", "... and 9949 more.", "Nothing was imported.")
    assert stored(migrated_shell) == {}


def test_a_file_that_is_not_there_is_said(migrated_shell: Shell) -> None:
    said = migrated_shell.runs("units", "import", "nowhere.csv")
    assert (said.code, "'nowhere.csv' does not exist" in said.err) == (2, True)


def test_units_that_are_left_out_cannot_lose_their_organisation(migrated_shell: Shell) -> None:
    imports(migrated_shell, GOOD)
    said = imports(migrated_shell, HEADER + "other,Another trust,,3\n")
    assert said.code == 2
    assert 'the organisation is "trust" so far' in said.err
    assert set(stored(migrated_shell)) == {"trust", "medicine", "ward-7"}


def test_no_units_yet_says_what_to_do(migrated_shell: Shell) -> None:
    assert "shiftpulse units import units.csv" in migrated_shell.runs("units", "list").out


def test_the_list_counts_who_has_joined_and_names_nobody(migrated_shell: Shell) -> None:
    imports(migrated_shell, GOOD)

    async def join(db: AsyncSession) -> None:
        db.add(Person(lookup=b"sentinel", sealed=b"sentinel", unit_id="ward-7"))

    migrated_shell.stores(join)
    out = migrated_shell.runs("units", "list").out
    assert "    1 of 24" in out
    assert "sentinel" not in out
