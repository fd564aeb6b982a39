"""Units and headcounts from a CSV file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from insights.units_csv import Changes, UnitTable

MOST_FAULTS = 50
_COLUMNS = "unit,name,parent,headcount"


@click.group()
def units() -> None:
    """The tree of units that stewards keep."""


@units.command(
    "import",
    epilog="\b\nExample of a file:\n  unit,name,parent,headcount\n  trust,St Brannoc's,,\n"
    "  medicine,Medicine,trust,\n  ward-7,Ward 7,medicine,24\nExample: shiftpulse units import units.csv --dry-run",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
def import_units(file: Path, dry_run: bool) -> None:
    """Read units from FILE: all of it, or nothing and every fault with its line."""
    from bot.cli.session import in_database
    from insights.units_csv import CsvFaults, parse_units

    try:
        table = parse_units(file.read_bytes())
        changes = in_database(lambda db: _import(db, table, dry_run))
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
    click.echo("Nothing was changed." if dry_run or changes.is_empty else "Imported.")


async def _import(db: AsyncSession, table: UnitTable, dry_run: bool) -> Changes:
    from insights.units_csv import UnitRow, merge_units
    from storage.units import Unit, all_units, save_units

    existing = {one.id: UnitRow(one.id, one.name, one.parent_id, one.headcount) for one in await all_units(db)}
    changes = merge_units(existing, table)
    if not dry_run:
        rows = [Unit(id=one.unit, parent_id=one.parent, name=one.name, headcount=one.headcount) for one in table.rows]
        await save_units(db, rows)
        await db.commit()
    return changes


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
