"""Who has probably left without saying so: asked now and then whether they are still there, and at last forgotten."""

from __future__ import annotations

from enum import Enum, auto

from insights.policy import STILL_AFTER, STILL_AGAIN_AFTER, STILL_ASKED


class Step(Enum):
    """What an opening means for a member who could answer: nothing, the question, or the end of their membership."""

    KEEP = auto()
    ASK = auto()
    DROP = auto()


def step_at(unconfirmed: int, asked: int) -> Step:
    """What is due at an opening.

    `unconfirmed` counts the openings, this one included, since a member joined, moved or said that they are still
    there, and `asked` how often they have been asked since. Openings at which they were paused or could not be
    reached are in neither: only silence after the question itself counts.

    >>> [step_at(*one).name for one in ((11, 0), (12, 0), (13, 1), (14, 1), (15, 2), (16, 2))]
    ['KEEP', 'ASK', 'KEEP', 'ASK', 'KEEP', 'DROP']
    """
    if unconfirmed < STILL_AFTER + asked * STILL_AGAIN_AFTER:
        return Step.KEEP
    return Step.ASK if asked < STILL_ASKED else Step.DROP


def forgotten_after() -> int:
    """After how many openings of silence a member is forgotten.

    >>> forgotten_after()
    16
    """
    return STILL_AFTER + STILL_ASKED * STILL_AGAIN_AFTER
