"""The ledger as a file or a table, for the command line: the same numbers and words as in chat."""

from __future__ import annotations

from pathlib import Path

from handlers.figures import name, number
from handlers.hr.measures import export_words
from handlers.pictures import chart_words
from handlers.words import FALLBACK, load_words
from insights.cells import WHOLE, Ledger, Released, Stat, UnitKey
from insights.charts import Scale, trend_chart
from insights.pack import default_pack, load_pack
from insights.trends import series, to_csv


def known_units(pages: Ledger) -> set[str]:
    """Every unit that ever stood in the ledger."""
    return {line.key for page in pages for line in page.lines}


def csv_text(pages: Ledger, unit: str | None, last: int | None, pack_file: Path | None) -> str:
    """Every published cell, a row each."""
    pack = load_pack(pack_file.read_text("utf-8")) if pack_file else default_pack()
    return to_csv(pages, UnitKey(unit) if unit else None, export_words(pack, load_words().speak(FALLBACK)), last)


def strain_table(pages: Ledger, unit: str | None, last: int | None) -> str:
    """Strain of a unit, a line a round."""
    say = load_words().speak(FALLBACK)
    key = UnitKey(unit) if unit else pages[-1].lines[0].key
    rows = []
    for point in series(pages, key, WHOLE, Stat.STRAIN, last):
        shown = say.plain("figure.withheld")
        if isinstance(point.cell, Released) and point.low is not None and point.high is not None:
            likely = say.plain("table.likely", low=f"{point.low:.0f}", high=f"{point.high:.0f}")
            shown = f"{number(point.cell, say):<12}{likely:<22}{say.plain('table.answers', n=point.cell.n)}"
        rows.append(say.plain("table.row", round=f"{point.round:<4}", day=f"{point.opened_on:%d %b %Y}", shown=shown))
    return "\n".join([_title(pages, key), *rows])


def strain_chart(pages: Ledger, unit: str | None, last: int | None) -> bytes:
    """The same as a picture, PNG."""
    say = load_words().speak(FALLBACK)
    key = UnitKey(unit) if unit else pages[-1].lines[0].key
    points = series(pages, key, WHOLE, Stat.STRAIN, last)
    title = _title(pages, key)
    return trend_chart(points, title, chart_words(say, title), Scale.SCORE)


def _title(pages: Ledger, key: UnitKey) -> str:
    say = load_words().speak(FALLBACK)
    line = next((found for page in reversed(pages) if (found := page.line(key))), None)
    return say.plain("trends.title", unit=name(line, say) if line else key, measure=say.plain("measure.strain"))
