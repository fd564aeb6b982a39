"""What people wrote of, unit by unit: when each was last told, and a count of what was shown over some rounds.

Nothing is computed anew: a theme is counted in the rounds that named it, and a share stands as it was published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from insights.cells import Kind, Ledger, Line, Page, Released, Stat, UnitKey
from insights.comments.counting import THEMES as ALL_THEMES
from insights.comments.published import THEMES, TONE
from insights.comments.themes import Theme
from insights.comments.told import Said, said
from insights.looked_at import looked_at
from insights.subtree import standing

WORDS = "words"
"""How the audit log calls the two questions of comments together."""


@dataclass(frozen=True, slots=True)
class Told:
    """The comments of a unit as one round told them."""

    round: int
    opened_on: date
    said: Said


@dataclass(frozen=True, slots=True)
class Summary:
    """One unit over some rounds.

    `last` is the newest of them that told its comments, None if none did; `told` counts those that did, of `heard`
    in which it stood and comments were counted. `named` has the themes that were named, with the number of rounds,
    the most first; `negative` the lowest and the highest share of negative comments that was shown, in per cent.
    """

    line: Line
    last: Told | None
    heard: int
    told: int
    named: tuple[tuple[Theme, int], ...]
    negative: tuple[Released, Released] | None


def summaries(ledger: Ledger, under: UnitKey, last: int) -> tuple[Summary, ...]:
    """`under` as it stands on the last page, then the units directly below it, over the last rounds.

    Lenses have no comments. LookupError when the ledger is empty or its last page has no such unit.

    >>> ward = Line(UnitKey("w1"), None, "Ward 1", Kind.TEAM, 1, 1, 30, 40)
    >>> cells = {("w1", TONE, Stat.TOP): Released(0, "10-19"), ("w1", THEMES, Stat.TOP): Released(0, "10-19")}
    >>> [found] = summaries([Page(1, date(2026, 1, 6), (), (ward,), cells)], ward.key, 12)
    >>> found.told, found.heard, found.named, found.negative
    (1, 1, ((<Theme.STAFFING: 'staffing'>, 1),), None)
    """
    if not ledger:
        raise LookupError("the ledger has no page yet")
    page = ledger[-1]
    below = [one for one in page.lines if one.parent == under and one.kind is not Kind.LENS]
    return tuple(_summary(ledger[-last:], line) for line in (standing(page, under), *below))


def is_heard(page: Page, unit: UnitKey) -> bool:
    """Whether the round counted comments, and the page says something of this unit's, be it that they are withheld.

    >>> is_heard(Page(1, date(2026, 1, 6), (), (), {}), UnitKey("w1"))
    False
    """
    return any((unit, TONE, stat) in page.cells for stat in (Stat.TOP, Stat.share(0)))


def _summary(ledger: Ledger, line: Line) -> Summary:
    heard = [page for page in ledger if is_heard(page, line.key)]
    told = [Told(page.round, page.opened_on, found) for page in heard if (found := said(page, line.key))]
    counts = Counter(theme for one in told for theme in one.said.named)
    named = sorted(counts.items(), key=lambda pair: (-pair[1], ALL_THEMES.index(pair[0])))
    shares = sorted((share for one in told if (share := one.said.negative)), key=lambda share: share.value)
    return Summary(
        line=line,
        last=told[-1] if told else None,
        heard=len(heard),
        told=len(told),
        named=tuple(named),
        negative=(shares[0], shares[-1]) if shares else None,
    )


def looked_at_words(pages: Ledger, units: Iterable[str | None], last: int | None) -> dict[str, Any]:
    """What the audit log says of whoever looked at the comments of these units; the first gives its name, and a None
    stands for every unit. As `insights.looked_at.looked_at`.

    >>> looked_at_words((), (None,), None)
    {'unit': 'all', 'question': 'words', 'stat': 'all', 'rounds': [], 'cells': 0}
    """
    found = [looked_at(pages, unit, last, question) for unit in units for question in (TONE, THEMES)]
    return found[0] | {"question": WORDS, "cells": sum(one["cells"] for one in found)}
