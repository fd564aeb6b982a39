"""What the detector has learnt, taken up again: a round costs one step, not the whole ledger."""

from __future__ import annotations

from insights.cells import Ledger
from insights.hotspot_series import shown_rounds
from insights.hotspot_warm import Warm
from insights.hotspots import Detector


def taken_up(ledger: Ledger, warm: Warm | None = None, state: bytes | None = None) -> Detector:
    """The detector as of the ledger's last page: from what it wrote down after an earlier one, or from the first.

    Both come to the same, bit for bit. Raises ValueError when the state is damaged, began with another warm start,
    was written by another version of the method, or has seen a round that this ledger has not.

    >>> taken_up([]).round
    0
    """
    detector = Detector(warm) if state is None else Detector.load(state, warm)
    if detector.round and detector.round not in {page.round for page in ledger}:
        raise ValueError("The detector has seen a round that is not in this ledger.")
    for shown in shown_rounds(ledger, after=detector.round):
        detector.step(shown)
    return detector
