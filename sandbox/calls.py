"""What the bot called, counted; with `keep=True` also remembered one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, frozen=True, repr=False)
class Call:
    """One call of the bot: 'ok' or the code it got, with Telegram's description."""

    method: str
    params: dict[str, Any]
    outcome: str
    description: str
    at: float


class Calls:
    """Counts by method and outcome, cheap for a hundred thousand calls."""

    def __init__(self, *, keep: bool = False) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.history: list[Call] = []
        self._keep = keep

    def note(self, method: str, params: dict[str, Any], outcome: str, at: float, description: str = "") -> None:
        self.counts[method, outcome] += 1
        if self._keep:
            self.history.append(Call(method, params, outcome, description, at))

    def count(self, method: str | None = None, outcome: str | None = None) -> int:
        """How many calls of this method (any) had this outcome (any): 'ok', '400', '429', ..."""
        return sum(
            count
            for (name, result), count in self.counts.items()
            if method in (None, name) and outcome in (None, result)
        )

    def of(self, method: str) -> list[Call]:
        """The remembered calls of one method, oldest first (only with `keep=True`)."""
        return [call for call in self.history if call.method == method]

    def clear(self) -> None:
        self.counts.clear()
        self.history.clear()
