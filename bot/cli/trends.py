"""Trends on the command line: the same ledger as in chat."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from insights.cells import Page


@click.command(
    epilog="\b\nExamples:\n  shiftpulse trends --unit medicine\n"
    "  shiftpulse trends --unit medicine --csv medicine.csv\n"
    "  shiftpulse trends --csv -            everything, to standard output"
)
@click.option("--unit", help="The unit; with --csv, all units if left out; else the whole organisation.")
@click.option("--last", type=click.IntRange(1), help="Only the last so many check-ins.")
@click.option(
    "--csv", "csv_file", type=click.Path(allow_dash=True), help="Write every published number to a file, or -."
)
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="Draw the chart of strain.")
def trends(unit: str | None, last: int | None, csv_file: str | None, png: Path | None) -> None:
    """Show what was published over time, as numbers, CSV or a picture."""
    from bot.cli.export import csv_text, known_units, strain_chart, strain_table
    from bot.cli.session import in_database
    from bot.settings import load_settings

    settings = load_settings()
    forms = [form for form, wanted in (("csv", csv_file), ("png", png)) if wanted]
    pages = in_database(lambda db: _pages(db, unit, last, forms), settings)
    if not pages:
        click.echo("Nothing has been published yet.", err=True)
        sys.exit(1)
    if unit and unit not in known_units(pages):
        raise click.UsageError(f"The ledger has no unit {unit}; it has: {', '.join(sorted(known_units(pages)))}")
    if csv_file == "-":
        click.echo(csv_text(pages, unit, last, settings.pack), nl=False)
    elif csv_file:
        Path(csv_file).write_text(csv_text(pages, unit, last, settings.pack), "utf-8-sig", newline="")
        click.echo(f"Written: {csv_file}", err=True)
    if png:
        png.write_bytes(strain_chart(pages, unit, last))
        click.echo(f"Written: {png}", err=True)
    if not csv_file and not png:
        click.echo(strain_table(pages, unit, last))


async def _pages(db: AsyncSession, unit: str | None, last: int | None, forms: list[str]) -> tuple[Page, ...]:
    """What was published. That it is looked at or taken away is noted together with it."""
    from bot.cli.export import known_units
    from insights.cells import WHOLE, Stat
    from insights.looked_at import looked_at
    from storage.audit import COMMAND_LINE, Deed, note
    from storage.ledger import LedgerReader

    pages, now = await LedgerReader().pages(db), datetime.now(UTC)
    if not pages or (unit and unit not in known_units(pages)):
        return pages
    charted = looked_at(pages, unit or pages[-1].lines[0].key, last, WHOLE, Stat.STRAIN)
    for form in forms:
        cells = looked_at(pages, unit, last) if form == "csv" else charted
        await note(db, now, COMMAND_LINE, Deed.EXPORT_MADE, form=form, **cells)
    if not forms:
        await note(db, now, COMMAND_LINE, Deed.TREND_READ, **charted)
    await db.commit()
    return pages
