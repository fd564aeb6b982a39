"""Who stands below whom on a page: a lead is told about their unit and everything under it, nothing else."""

from __future__ import annotations

from insights.cells import Line, Page, UnitKey


def subtree(page: Page, under: UnitKey) -> tuple[Line, ...]:
    """The line of `under` and those below it, in the page's order; empty when the page has no such unit.

    Walks parents, which a page lists before their children. Time: one pass over the lines.

    >>> from datetime import date
    >>> from insights.cells import Kind
    >>> def at(key, parent):
    ...     return Line(UnitKey(key), parent and UnitKey(parent), key, Kind.TEAM, 1, 1, 9, 9)
    >>> lines = (at("trust", None), at("surgery", "trust"), at("w1", "surgery"), at("w9", "trust"))
    >>> [line.key for line in subtree(Page(1, date(2026, 1, 6), (), lines, {}), UnitKey("surgery"))]
    ['surgery', 'w1']
    """
    inside: set[UnitKey] = {under}
    for line in page.lines:
        if line.parent in inside:
            inside.add(line.key)
    return tuple(line for line in page.lines if line.key in inside)


def standing(page: Page, unit: UnitKey) -> Line:
    """The line of a unit that has to stand on the page; LookupError, which names nothing, when it does not.

    >>> from datetime import date
    >>> standing(Page(1, date(2026, 1, 6), (), (), {}), UnitKey("w1"))
    Traceback (most recent call last):
    ...
    LookupError: the unit does not stand on this page
    """
    line = page.line(unit)
    if line is None:
        raise LookupError("the unit does not stand on this page")
    return line
