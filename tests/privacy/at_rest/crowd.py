"""Forty-eight people and what each of them answers: what the attacks of this folder try to find out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from storage.boxes import SKIPPED
from storage.sealed import Submission
from tests.make import FIRST_ID, LAYOUT, SCOPES

PEOPLE: Final = 48
ROUND: Final = 7
DEMANDED: Final = 0.75
"""Share of the answers that an attack has to give back on a naive design, or it proves nothing: 30 of 40."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One person's Send, in the order of sending."""

    telegram_id: int = field(repr=False)
    scope: str = field(repr=False)
    answers: tuple[int, ...] = field(repr=False)

    @property
    def submission(self) -> Submission:
        """As the bot hands it to the vault."""
        return Submission(self.telegram_id, self.scope, self.answers, is_established=True)


def crowd(size: int = PEOPLE) -> list[Sent]:
    """Nobody sits beside somebody with the same answers; one in eight skips the second question."""
    return [Sent(FIRST_ID + 37 * n, SCOPES[n * 7 // 3 % len(SCOPES)], _answers(n)) for n in range(size)]


def _answers(n: int) -> tuple[int, ...]:
    first, second, third = LAYOUT.options
    return (n % first, SKIPPED if n % 8 == 5 else (n * 3 + n // 5) % second, (n * 2 + n // 3) % third)
