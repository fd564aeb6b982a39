"""Trouble on demand: forced floods, broken pages, dropped connections, slow answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .errors import BAD_GATEWAY_PAGE


@dataclass(slots=True)
class Fault:
    """What happens to the next matching call instead of, or after, its effect."""

    method: str | None
    status: int
    body: str
    drops: bool
    after_effect: bool
    left: int


class Faults:
    """The faults that are still to come."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._faults: list[Fault] = []
        self._floods = 0
        self._retry_after = 0
        self._pause_until = float("-inf")
        self.lag = 0.0
        self.retried_early = 0

    def flood(self, retry_after: int, sends: int) -> None:
        self._retry_after, self._floods = retry_after, sends

    def flooded(self) -> int:
        """Seconds to put into a forced 429 for this send, or 0; counts sends that came before the pause was over."""
        now = self._now()
        if now < self._pause_until:
            self.retried_early += 1
        if not self._floods:
            return 0
        self._floods -= 1
        self._pause_until = max(self._pause_until, now + self._retry_after)
        return self._retry_after

    def fail_next(
        self,
        method: str | None = None,
        status: int = 502,
        body: str = BAD_GATEWAY_PAGE,
        *,
        drops: bool = False,
        after_effect: bool = False,
        times: int = 1,
    ) -> None:
        self._faults.append(Fault(method, status, body, drops, after_effect, times))

    def due(self, method: str) -> Fault | None:
        """The fault that this call meets, used up by it."""
        for fault in self._faults:
            if fault.method in (None, method):
                fault.left -= 1
                if fault.left <= 0:
                    self._faults.remove(fault)
                return fault
        return None
