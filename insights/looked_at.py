"""Which published cells somebody looked at or took away, for the audit log."""

from __future__ import annotations

from typing import Any, Final

from insights.cells import Ledger, Page

ALL: Final = "all"


def looked_at(
    pages: Ledger, unit: str | None, last: int | None, question: str = ALL, stat: str = ALL
) -> dict[str, Any]:
    """Unit, question, stat, the first and the last round, and how many cells these are. `unit` None is every unit,
    `last` None or 0 every round.

    >>> looked_at((), None, 12)
    {'unit': 'all', 'question': 'all', 'stat': 'all', 'rounds': [], 'cells': 0}
    """
    chosen = pages[-last:] if last else pages
    cells = sum(_matching(page, unit, question, stat) for page in chosen)
    rounds = [chosen[0].round, chosen[-1].round] if chosen else []
    return {"unit": unit or ALL, "question": question, "stat": str(stat), "rounds": rounds, "cells": cells}


def _matching(page: Page, unit: str | None, question: str, stat: str) -> int:
    return sum(
        unit in (None, key) and question in (ALL, asked) and stat in (ALL, kind) for key, asked, kind in page.cells
    )
