"""What the doctor finds about hotspots: whether what the detector has kept is what the ledger says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.findings import Finding, mend, well
from insights.cells import Ledger
from insights.hotspot_kinds import Flag, Reading
from insights.hotspot_warm import Warm
from storage.hotspots import load_warm, newest_state
from storage.ledger import LedgerReader

_DIGITS = 3
"""A thousandth of a point: nobody is told more."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The detector's state, the pages it has seen, and what it began with."""

    pages: Ledger
    warm: Warm | None
    state: bytes = field(repr=False)


async def learnt(db: AsyncSession) -> Learnt | None:
    """What there is to be compared, read in one transaction; nobody reckons inside it."""
    pages = await LedgerReader().pages(db)
    kept = await newest_state(db, pages[-1].round) if pages else None
    if kept is None:
        return None
    seen = [page for page in pages if page.round <= kept.round]
    return Learnt(seen, await load_warm(db), kept.state)


def hotspot_findings(found: Learnt | None) -> Iterator[Finding]:
    """Goes through the ledger from its first page, and compares."""
    if found is None:
        yield well("hotspots: nothing is kept yet; the next digest takes it from the ledger")
        return
    from insights.hotspot_resume import taken_up

    last = found.pages[-1].round
    again = taken_up(found.pages, found.warm)
    if again.dump() == found.state:
        yield well(f"hotspots: what is kept after round {last} is what the ledger says, gone through from the start")
        return
    try:
        kept = taken_up(found.pages, found.warm, found.state)
    except ValueError:
        yield well("hotspots: what is kept cannot be used by this version; the next digest takes it from the ledger")
        return
    if _said(kept.reading()) == _said(again.reading()):
        yield well(f"hotspots: what is kept after round {last} tells the same as the ledger, but for last digits")
    else:
        yield mend(
            f"hotspots: what is kept after round {last} is not what the ledger says: empty the table hotspot_state, "
            "and ask who wrote there."
        )


def _said(reading: Reading) -> tuple[object, ...]:
    """A reading without its last digits, which may differ on another machine."""
    flags = [
        (one.round, one.unit, one.kind, one.tier, one.since, *(round(number, _DIGITS) for number in _numbers(one)))
        for one in (*reading.flags, *(still.flag for still in reading.open_flags))
    ]
    usual = {unit: round(level, _DIGITS) for unit, level in reading.usual.items()}
    return reading.learning, flags, [still.state for still in reading.open_flags], reading.unjudged, usual


def _numbers(flag: Flag) -> tuple[float, ...]:
    return flag.effect, flag.lo, flag.hi, flag.p_real, flag.score
