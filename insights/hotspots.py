"""Which teams need somebody this week: a pure function of the ledger as shown, which anybody can recompute."""

from __future__ import annotations

from insights.cells import Ledger
from insights.hotspot_detector import Detector
from insights.hotspot_kinds import Course, Flag, FlagKind, OpenFlag, Reading, Tier
from insights.hotspot_series import shown_rounds
from insights.hotspot_warm import Warm

__all__ = ["Course", "Detector", "Flag", "FlagKind", "OpenFlag", "Reading", "Tier", "detect", "history"]


def detect(ledger: Ledger, warm: Warm | None = None) -> Reading:
    """What is unusual as of the ledger's last page. Raises nothing; an empty ledger is still learning.

    Strictly causal: flags raised in a round depend on that page and earlier ones only, and on `warm`, what was
    learnt from surveys before the first page. `Detector` says the same round by round.

    >>> detect([]).learning
    13
    """
    detector = Detector(warm)
    for shown in shown_rounds(ledger):
        detector.step(shown)
    return detector.reading()


def history(ledger: Ledger, warm: Warm | None = None) -> tuple[Flag, ...]:
    """Every flag that the readings of all rounds up to the last page have raised, in the order they were raised.

    >>> history([])
    ()
    """
    detector = Detector(warm)
    return tuple(flag for shown in shown_rounds(ledger) for flag in detector.step(shown))
