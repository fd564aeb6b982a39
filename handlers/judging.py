"""How handlers learn what is unusual: a round costs one step of the detector, once, and off the event loop.

What the detector has learnt is kept in the ledger's database; the ledger alone brings it back.
"""

from __future__ import annotations

import asyncio
import logging

from insights.cells import Ledger
from insights.hotspot_kinds import Reading
from insights.hotspot_resume import taken_up
from insights.hotspot_warm import Warm
from insights.hotspots import Detector
from insights.policy import LEARNING_ROUNDS
from storage.database import Begin
from storage.hotspots import Kept, keep_state, load_warm, newest_state

log = logging.getLogger(__name__)

_READINGS = 2
"""The round that goes out now, and the one before, of which a letter may still be on its way."""


class Judge:
    """Readings of the newest rounds. A digest goes out to many leads, and is thought about once."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._readings: dict[int, tuple[Warm | None, Reading]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def read(self, pages: Ledger) -> Reading:
        """What is unusual as of the last of these pages, the first ones of the ledger.

        Not for the inside of a transaction: it opens its own.
        """
        if not pages:
            return Detector().reading()
        async with self._one_at_a_time:
            return self._settled(pages) or await self._read(pages)

    def _settled(self, pages: Ledger) -> Reading | None:
        """A reading that nothing can change any more: a warm start is refused once teams are judged."""
        known = self._readings.get(pages[-1].round)
        return known[1] if known and len(pages) > LEARNING_ROUNDS else None

    async def _read(self, pages: Ledger) -> Reading:
        last = pages[-1].round
        async with self._begin() as db:
            warm = await load_warm(db)
            kept = await newest_state(db, last)
        known = self._readings.get(last)
        if known and known[0] == warm:
            return known[1]
        reading, state = await asyncio.to_thread(_think, pages, warm, kept)
        if state is not None:
            async with self._begin() as db:
                await keep_state(db, last, state)
                await db.commit()
        self._readings[last] = warm, reading
        for stale in sorted(self._readings)[:-_READINGS]:
            del self._readings[stale]
        return reading


def _think(pages: Ledger, warm: Warm | None, kept: Kept | None) -> tuple[Reading, bytes | None]:
    """The reading, and the state to keep, unless it is the one that is kept."""
    try:
        detector = taken_up(pages, warm, kept.state if kept else None)
    except ValueError:
        log.warning("what the detector had learnt cannot be used: it goes through the ledger again")
        detector, kept = taken_up(pages, warm), None
    is_new = kept is None or kept.round < detector.round
    return detector.reading(), detector.dump() if is_new else None
