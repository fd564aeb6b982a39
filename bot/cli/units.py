"""Units and headcounts from a CSV file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from insights.unit_changes import Change
    from insights.units_csv import Changes, UnitTable

MOST_FAULTS = 50
_IMPORTED = {False: "Imported.", True: "Imported, but for what waits."}
_COLUMNS = "unit,name,parent,headcount"


@click.group()
def units() -> None:
    """The tree of units that stewards keep."""


@units.command(
    "import",
    epilog="\b\nExample of a file:\n  unit,name,parent,headcount\n  trust,St Brannoc's,,\n"
    "  medicine,Medicine,trust,\n  ward-7,Ward 7,medicine,24\n\b\nExamples:\n"
    "  shiftpulse units import units.csv --dry-run\n"
    '  shiftpulse units import units.csv --as "Sam, matron"      once a unit is launched\n'
    "Then raising a small headcount, or moving a launched unit, waits until another steward confirms it in the chat.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--as", "in_the_name_of", help="The steward in whose name you ask: display name or id.")
def import_units(file: Path, dry_run: bool, in_the_name_of: str | None) -> None:
    """Read units from FILE: all of it, or nothing and every fault with its line."""
    from bot.cli.session import in_database
    from bot.cli.stewards import WAITS
    from insights.units_csv import CsvFaults, parse_units

    try:
        table = parse_units(file.read_bytes())
        changes, waiting = in_database(lambda db: _import(db, table, dry_run, in_the_name_of))
    except CsvFaults as problem:
        for fault in problem.faults[:MOST_FAULTS]:
            click.echo(fault.text, err=True)
        if len(problem.faults) > MOST_FAULTS:
            click.echo(f"... and {len(problem.faults) - MOST_FAULTS} more.", err=True)
        click.echo("Nothing was imported.", err=True)
        sys.exit(2)
    for note in table.notes:
        click.echo(f"Note: {note}", err=True)
    for line in _told(changes):
        click.echo(line)
    if waiting:
        units_named = f"{waiting} change{'s' * (waiting > 1)} of headcount or place"
        click.echo(f"{units_named} would wait for another steward." if dry_run else f"{units_named}: {WAITS}")
    click.echo("Nothing was changed." if dry_run or changes.is_empty else _IMPORTED[bool(waiting)])


async def _import(
    db: AsyncSession, table: UnitTable, dry_run: bool, in_the_name_of: str | None
) -> tuple[Changes, int]:
    """What the file changes, and how many of these changes wait for a second steward."""
    from insights.unit_changes import held_back
    from insights.units_csv import UnitRow, merge_units
    from storage.units import all_units

    rows = await all_units(db)
    existing = {one.id: UnitRow(one.id, one.name, one.parent_id, one.headcount) for one in rows}
    changes = merge_units(existing, table)
    held = held_back(existing, changes, [one.id for one in rows if one.is_launched])
    if any(one.before is None for one in held):
        raise click.UsageError("Once a unit is launched, nothing can be put above the organisation: keep its root.")
    if not dry_run:
        await _write(db, table, changes, held, in_the_name_of)
        await db.commit()
    return changes, len(held)


async def _write(
    db: AsyncSession, table: UnitTable, changes: Changes, held: Sequence[Change], in_the_name_of: str | None
) -> None:
    """What needs nobody else at once; a wish for the rest."""
    from bot.cli.stewards import actor_for, steward_named, wish
    from insights.unit_changes import HEADCOUNT, PLACE, Change, without, written
    from storage.audit import Deed, note
    from storage.units import Unit, save_units
    from storage.wishes import Wish

    now = datetime.now(UTC)
    steward = await steward_named(db, in_the_name_of) if held else None
    rows = without(table.rows, held)
    await save_units(
        db, [Unit(id=one.unit, parent_id=one.parent, name=one.name, headcount=one.headcount) for one in rows]
    )
    done = [Change(was.unit, HEADCOUNT, was.headcount, new.headcount) for was, new in changes.resized]
    done += [Change(was.unit, PLACE, was.parent, new.parent) for was, new in changes.moved]
    told = written(one for one in done if one not in held)
    added, renamed = len(changes.added), len(changes.renamed)
    if added or renamed or told:
        await note(db, now, actor_for(steward), Deed.UNITS_IMPORTED, added=added, renamed=renamed, changes=told)
    if steward:
        waiting = written(held)
        await wish(db, Wish.UNITS, held[0].unit, steward, now, {"changes": waiting})
        await note(db, now, actor_for(steward), Deed.UNITS_ASKED, unit=held[0].unit, changes=waiting)


def _told(changes: Changes) -> list[str]:
    counts = {
        "new": changes.added,
        "renamed": changes.renamed,
        "moved": changes.moved,
        "with another headcount": changes.resized,
        "not in the file, kept as they are": changes.missing,
    }
    return [f"{len(found)} {what}" for what, found in counts.items() if found]


@units.command("list", epilog="Example: shiftpulse units list")
def list_units() -> None:
    """Show every unit, who has joined, and whether it is launched."""
    from bot.cli.session import in_database

    click.echo(in_database(_listed))


async def _listed(db: AsyncSession) -> str:
    from storage.people import members_by_unit
    from storage.units import all_units

    rows = await all_units(db)
    joined = await members_by_unit(db)
    if not rows:
        return f"No units yet. Import a CSV with the columns {_COLUMNS}: shiftpulse units import units.csv"
    return "\n".join(
        f"{one.id:<26}{one.name:<40}{joined.get(one.id, 0):>5} of {one.headcount:<6}"
        f"{'launched' if one.is_launched else 'gathering'}"
        for one in rows
    )
