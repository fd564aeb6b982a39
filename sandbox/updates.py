"""The bot's queue of updates, as getUpdates sees it: offsets, expiry, one reader at a time."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .changes import Changes
from .chats import Json
from .errors import OTHER_POLL, RefusedError

# How long Telegram keeps an unconfirmed update (telegram-bot-api, Client.h and Client.cpp): a tap is worthless
# once the client stopped waiting for its answer, everything else lives a day.
TAP_LIVES = 150
UPDATE_LIVES = 24 * 3600
# Sent only to bots that ask for them by name (core.telegram.org/bots/api#getupdates).
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_MAX_BATCH = 100


@dataclass(slots=True, frozen=True)
class _Queued:
    id: int
    expires: float
    payload: str


class Updates:
    """Updates wait here until a later offset confirms them or until they are too old."""

    def __init__(self, now: Callable[[], float], first_id: int, changed: Callable[[], None]) -> None:
        self._now = now
        self._next_id = first_id
        self._changed = changed
        self._waiting: deque[_Queued] = deque()
        self._soonest = float("inf")
        self._allowed: frozenset[str] | None = None
        self._arrivals = Changes()
        self._reader: object | None = None
        self._is_closed = False
        self.expired = 0

    def __len__(self) -> int:
        self._forget_old()
        return len(self._waiting)

    def put(self, kind: str, payload: Json) -> None:
        """Queue an update of this kind, unless the bot did not ask for that kind."""
        wanted = kind not in ONLY_ON_REQUEST if self._allowed is None else kind in self._allowed
        if not wanted:
            return
        expires = self._now() + (TAP_LIVES if kind == "callback_query" else UPDATE_LIVES)
        text = json.dumps({"update_id": self._next_id, kind: payload})
        self._waiting.append(_Queued(self._next_id, expires, text))
        self._soonest = min(self._soonest, expires)
        self._next_id += 1
        self._changed()
        self._arrivals.ring()

    def drop_all(self) -> None:
        self._waiting.clear()
        self._changed()

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds the bot wants; None keeps the last choice, an empty list means the usual ones."""
        if kinds is not None:
            self._allowed = frozenset(kinds) or None

    async def poll(self, offset: int, limit: int, timeout: float) -> list[str]:
        """What getUpdates returns: JSON texts, after waiting at most `timeout` real seconds for the first."""
        me = self._reader = object()
        self._arrivals.ring()
        self._confirm(offset)
        self._forget_old()
        if not self._waiting and timeout > 0:
            await self._arrivals.until(
                lambda: bool(self._waiting) or self._reader is not me or self._is_closed, timeout
            )
        if self._reader is not me:
            raise RefusedError(409, OTHER_POLL)
        self._reader = None
        batch = limit if 1 <= limit <= _MAX_BATCH else _MAX_BATCH
        return [queued.payload for queued, _ in zip(self._waiting, range(batch), strict=False)]

    def close(self) -> None:
        """Let a waiting reader go."""
        self._is_closed = True
        self._arrivals.ring()

    def _confirm(self, offset: int) -> None:
        waiting = self._waiting
        keep = -offset if offset < 0 else len(waiting)
        while waiting and (len(waiting) > keep or waiting[0].id < offset):
            waiting.popleft()
        if offset:
            self._changed()

    def _forget_old(self) -> None:
        now = self._now()
        if now < self._soonest:
            return
        alive = [queued for queued in self._waiting if queued.expires > now]
        self.expired += len(self._waiting) - len(alive)
        self._waiting = deque(alive)
        self._soonest = min((queued.expires for queued in alive), default=float("inf"))
        self._changed()
