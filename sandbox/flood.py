"""Telegram's limits on sending, on the injected clock.

Source: core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: about 30 messages a second per
bot, one a second per private chat (short bursts are tolerated), 20 a minute per group.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Limits:
    """Bucket sizes and refill rates (messages a second). A burst of 20 a chat is what bots observe."""

    bot_burst: float = 30
    bot_rate: float = 30
    chat_burst: float = 20
    chat_rate: float = 1
    group_burst: float = 20
    group_rate: float = 20 / 60


USUAL_LIMITS = Limits()


@dataclass(slots=True)
class _Bucket:
    burst: float
    rate: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until one message fits; 0 when it fits now."""
        self.level = min(self.burst, self.level + max(0.0, now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate


class FloodWindows:
    """One bucket for the bot and one for each chat; without limits nothing is refused."""

    def __init__(self, now: Callable[[], float], limits: Limits | None) -> None:
        self._now = now
        self._limits = limits
        self._chats: dict[int, _Bucket] = {}
        self._bot = self._full(limits.bot_burst, limits.bot_rate) if limits else None

    def retry_after(self, chat_id: int, is_private: bool) -> int:
        """Count one message to this chat; whole seconds to wait if it is one too many, else 0."""
        if self._limits is None or self._bot is None:
            return 0
        chat = self._chats.get(chat_id)
        if chat is None:
            sizes = self._limits
            chat = self._chats[chat_id] = (
                self._full(sizes.chat_burst, sizes.chat_rate)
                if is_private
                else self._full(sizes.group_burst, sizes.group_rate)
            )
        now = self._now()
        wait = max(self._bot.wait(now), chat.wait(now))
        if wait > 0:
            return math.ceil(wait)
        self._bot.level -= 1
        chat.level -= 1
        return 0

    def _full(self, burst: float, rate: float) -> _Bucket:
        return _Bucket(burst, rate, burst, self._now())
