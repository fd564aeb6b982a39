"""What is known of each team's usual level before the first round, from surveys of earlier years: a warm start."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from insights.cells import UnitKey
from insights.policy import LEARNING_ROUNDS, WARM_ROUNDS

_FORMAT = "warm/1"


@dataclass(frozen=True, slots=True)
class WarmLevel:
    """A team's usual level as earlier waves left it.

    `offset` in points of strain from the organisation's level, `variance` of it in squared points, `rounds` the
    waves in which the team was shown. Raises ValueError for what no survey can say.
    """

    offset: float
    variance: float
    rounds: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.offset) and math.isfinite(self.variance) and self.variance >= 0.0):
            raise ValueError("A warm start's offset is a number, and its variance one that is not below zero.")
        if self.rounds < 0:
            raise ValueError("A warm start rests on no fewer than 0 waves.")


@dataclass(frozen=True, slots=True)
class Warm:
    """The usual levels by unit, and how many waves (`rounds`) were taken in to learn them.

    >>> warm = Warm({UnitKey("ward-7"): WarmLevel(-4.5, 9.0, 12)}, rounds=12)
    >>> Warm.load(warm.dump()) == warm
    True
    """

    levels: Mapping[UnitKey, WarmLevel]
    rounds: int

    def dump(self) -> str:
        """One line of JSON, the same for the same levels in whatever order; numbers are kept to the last bit."""
        levels = {unit: asdict(self.levels[unit]) for unit in sorted(self.levels)}
        return json.dumps({"format": _FORMAT, "rounds": self.rounds, "levels": levels})

    @classmethod
    def load(cls, text: str) -> Warm:
        """What `dump` wrote. Raises ValueError for anything else."""
        try:
            found = json.loads(text)
            if found["format"] != _FORMAT:
                raise ValueError
            levels = {UnitKey(unit): _level(told) for unit, told in found["levels"].items()}
            return cls(levels, int(found["rounds"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise ValueError("This is no warm start of Shiftpulse.") from None


def _level(told: Mapping[str, float]) -> WarmLevel:
    return WarmLevel(float(told["offset"]), float(told["variance"]), int(told["rounds"]))


def learning_rounds(warm: Warm | None) -> int:
    """Rounds before any team is judged: fewer where earlier surveys have shown what is usual.

    >>> learning_rounds(None), learning_rounds(Warm({}, rounds=4)), learning_rounds(Warm({}, rounds=40))
    (12, 8, 3)
    """
    return max(LEARNING_ROUNDS - warm.rounds, WARM_ROUNDS) if warm else LEARNING_ROUNDS


def warm_print(warm: Warm | None) -> bytes:
    """32 bytes that tell warm starts apart; having none is one of them.

    >>> level = WarmLevel(1.0, 2.0, 3)
    >>> warm_print(Warm({UnitKey("a"): level}, 3)) == warm_print(Warm({UnitKey("b"): level}, 3))
    False
    """
    return hashlib.sha256(warm.dump().encode() if warm else b"").digest()
