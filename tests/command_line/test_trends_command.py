"""`shiftpulse trends`: the ledger as a table, a CSV file and a picture."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.words import load_words
from insights.cells import WHOLE, Cell, CellKey, Kind, Line, Reason, Released, Stat, UnitKey, Withheld
from storage.ledger import publish
from tests.command_line.shell import Shell

TRUST, WARD = UnitKey("trust"), UnitKey("ward-7")
FIRST_DAY = date(2026, 1, 6)
LINES = (
    Line(TRUST, None, "St Brannoc's", Kind.GROUP, 2, 2, 60, 80),
    Line(WARD, TRUST, "Ward 7, Süd", Kind.TEAM, 1, 1, 20, 24),
)
NIGHTS = UnitKey("~pattern.mixed+nights")
GROUP = Line(NIGHTS, TRUST, "mixed+nights", Kind.LENS, 0, 0, 0, 0)


def cells(strain: float, why: Reason = Reason.TOO_FEW) -> dict[CellKey, Cell]:
    return {
        (TRUST, WHOLE, Stat.STRAIN): Released(strain, "20-49"),
        (TRUST, "q12b", Stat.SCORE): Released(strain - 5, "20-49"),
        (WARD, WHOLE, Stat.STRAIN): Withheld(why),
    }


@pytest.fixture
def published(migrated_shell: Shell) -> Shell:
    """Three rounds: 40, 45, 50."""

    async def work(db: AsyncSession) -> None:
        for number, why in enumerate((Reason.TOO_FEW, Reason.TOO_NEW, Reason.POOLED), 1):
            day = FIRST_DAY + timedelta(weeks=number - 1)
            await publish(db, number, day, ("q12b", "q12a", "driver"), LINES, cells(35.0 + 5 * number, why))

    migrated_shell.stores(work)
    return migrated_shell


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_whole_organisation_is_shown_round_by_round(published: Shell) -> None:
    said = published.runs("trends")
    assert (said.code, said.err) == (0, "")
    title, *lines = said.out.splitlines()
    assert "St Brannoc's" in title
    assert [line.split()[:5] for line in lines] == [
        ["round", "1", "06", "Jan", "2026"],
        ["round", "2", "13", "Jan", "2026"],
        ["round", "3", "20", "Jan", "2026"],
    ]
    assert "50" in lines[2]
    assert "20-49 answers" in lines[2]


def test_a_withheld_number_is_said_in_the_one_wording(published: Shell) -> None:
    out = published.runs("trends", "--unit", "ward-7").out
    wording = {line.split("2026")[1].strip() for line in out.splitlines()[1:]}
    assert wording == {load_words().speak("en").plain("figure.withheld")}


def test_only_the_last_rounds_are_shown(published: Shell) -> None:
    lines = published.runs("trends", "--last", "2").out.splitlines()[1:]
    assert [line.split()[1] for line in lines] == ["2", "3"]


def test_csv_to_standard_output_has_every_published_number(published: Shell) -> None:
    said = published.runs("trends", "--csv", "-")
    assert (said.code, said.err) == (0, "")
    found = rows(said.out)
    assert len(found) >= 9
    assert any("Ward 7, Süd" in row.values() for row in found)
    only = rows(published.runs("trends", "--csv", "-", "--unit", "ward-7", "--last", "1").out)
    assert len(only) == 1


def test_csv_to_a_file_opens_in_a_spreadsheet(published: Shell) -> None:
    said = published.runs("trends", "--csv", "out.csv")
    assert (said.code, said.out, said.fault) == (0, "", "Written: out.csv")
    content = (published.folder / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\r\n" not in content
    assert rows(content.decode("utf-8-sig")) == rows(published.runs("trends", "--csv", "-").out)


def test_the_chart_is_a_picture(published: Shell) -> None:
    said = published.runs("trends", "--unit", "trust", "--png", "out.png")
    assert (said.code, said.fault) == (0, "Written: out.png")
    assert (published.folder / "out.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("option", ["--csv", "--png"])
def test_a_folder_that_is_not_there_is_one_line(published: Shell, option: str) -> None:
    said = published.runs("trends", option, "nowhere/out")
    assert said.code != 0
    assert "nowhere" in said.err
    assert "Traceback" not in said.err


def test_an_unknown_unit_is_refused_with_those_that_are_known(published: Shell) -> None:
    said = published.runs("trends", "--unit", "ward-99")
    assert said.code == 2
    assert "trust, ward-7" in said.err


@pytest.mark.parametrize("last", ["0", "-1", "all"])
def test_a_period_is_a_number_of_rounds(published: Shell, last: str) -> None:
    assert published.runs("trends", "--last", last).code == 2


def test_before_anything_is_published_there_is_nothing_to_show(migrated_shell: Shell) -> None:
    said = migrated_shell.runs("trends")
    assert (said.code, said.fault) == (1, "Nothing has been published yet.")


def test_a_process_of_its_own_says_the_same(published: Shell) -> None:
    assert published.really_runs("trends").out == published.runs("trends").out


def test_a_group_of_the_lens_is_called_by_its_words(migrated_shell: Shell) -> None:
    async def work(db: AsyncSession) -> None:
        seen = {**cells(40.0), (NIGHTS, WHOLE, Stat.STRAIN): Released(62.5, "20-49")}
        await publish(db, 1, FIRST_DAY, ("q12b", "q12a", "driver"), (*LINES, GROUP), seen)

    migrated_shell.stores(work)
    said = migrated_shell.runs("trends", "--unit", NIGHTS)
    assert said.out.startswith("Mixed and night staff: Strain")
    assert "63" in said.out
    [found] = [row for row in rows(migrated_shell.runs("trends", "--csv", "-").out) if row["kind"] == "lens"]
    assert (found["unit"], found["name"], found["shown"]) == (NIGHTS, "Mixed and night staff", "62.5")
