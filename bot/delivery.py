"""Drains the outbox: random order, fixed batches, paced, and without a trace of who had answered."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)

from bot.pacing import Pacing
from handlers.house import House
from handlers.occasions import (
    BEFORE_SENDING,
    BY_DAY,
    IN_COMPANY,
    MARKS_UNREACHABLE,
    MESSAGES,
    ORDER,
    Occasion,
    deliver,
    is_wanted,
)
from insights.policy import FLOOD_CAP, K_FLOOR, OUTBOX_BATCH, SEND_TRIES
from insights.schedule import after_quiet, is_quiet
from storage.organisation import organisation
from storage.outbox import Letter, drop, due_letters, due_occasions, postpone
from storage.people import set_reachable
from storage.roster import teams_of
from storage.rounds import open_round

log = logging.getLogger(__name__)

_BACK_OFF_SECONDS = 2.0
_NOBODY_THERE = ("chat not found", "user not found", "PEER_ID_INVALID")
"""What a 400 says when the person has gone; any other 400 is a fault of ours and nobody is unreachable for it."""


class Outcome(Enum):
    """What became of a letter."""

    SENT = auto()
    SKIPPED = auto()
    UNREACHABLE = auto()
    REFUSED = auto()
    FAILED = auto()
    UNANSWERED = auto()
    TOO_LATE = auto()


_TO_BE_TRIED_AGAIN = (Outcome.FAILED, Outcome.UNANSWERED, Outcome.TOO_LATE)
_CHATS_OF_AN_OUTAGE = 3
"""So many chats in a row without an answer, and it is Telegram that is down, not a letter that is poisoned."""
_DRAINS_UNANSWERED = 30
"""Drains in which others got through and one letter did not: about half an hour, then it is given up."""


class Delivery:
    """The only sender of messages that nobody asked for just now. One drain at a time, one letter after the other:
    when Telegram asks for a pause, no other letter is on its way."""

    def __init__(self, bot: Bot, house: House, pacing: Pacing) -> None:
        self._bot, self._house, self._pacing = bot, house, pacing
        self._busy = asyncio.Lock()
        self._held: dict[str, list[Letter]] = defaultdict(list)
        self._failures: Counter[int] = Counter()
        self._unanswered: Counter[int] = Counter()
        self._silent: dict[int, int] = {}
        self._sent: dict[int, set[str]] = defaultdict(set)
        self._untold: set[int] = set()

    async def drain(self) -> int:
        """Goes once through everything that is due; returns how many letters were dealt with.

        One letter that gets no answer holds up nobody; when Telegram does not answer, the rest waits.
        """
        done = 0
        async with self._busy:
            self._silent.clear()
            self._untold.clear()
            zone, due = await self._until_morning()
            for name in ORDER:
                after = -1
                if not self._is_too_late(name, zone) and (held := self._held.pop(name, [])):
                    done += await self._send_all(name, held)
                while name in due and not self._is_down and (letters := await self._take(name, after, zone)):
                    done += await self._send_all(name, letters)
                    after = letters[-1].id
        return done

    @property
    def _is_down(self) -> bool:
        return len(set(self._silent.values())) >= _CHATS_OF_AN_OUTAGE

    async def _until_morning(self) -> tuple[str | None, set[str]]:
        """In quiet hours moves what is due to their end. Returns the zone whose hours are kept, and the occasions of
        which something is due then: most drains find nothing, and look once."""
        now = self._house.clock.now()
        async with self._house.begin() as db:
            plan = await organisation(db)
            if plan and is_quiet(now, plan.zone):
                await postpone(db, BY_DAY, now, after_quiet(now, plan.zone))
                await db.commit()
            return plan.zone if plan else None, await due_occasions(db, now)

    def _is_too_late(self, name: str, zone: str | None) -> bool:
        return name in BY_DAY and zone is not None and is_quiet(self._house.clock.now(), zone)

    async def _take(self, name: str, after: int, zone: str | None) -> list[Letter]:
        """The next batch. Of what may leave no trace everything that is due, off the list before anything is sent:
        a commit between two batches would tell, by its time, how many of the first had answered."""
        if self._is_too_late(name, zone):
            return []
        leaves_no_trace = name in BEFORE_SENDING
        async with self._house.begin() as db:
            limit = None if leaves_no_trace else OUTBOX_BATCH
            letters = await due_letters(db, name, self._house.clock.now(), limit, after)
            if letters and leaves_no_trace:
                for start in range(0, len(letters), OUTBOX_BATCH):
                    await drop(db, [letter.id for letter in letters[start : start + OUTBOX_BATCH]])
                await db.commit()
                log.info("outbox: %d %s letters taken", len(letters), name)
        return letters

    async def _send_all(self, name: str, letters: Sequence[Letter]) -> int:
        """Sends a batch and settles it: how many were dealt with. Also when the process is told to end half-way."""
        outcomes: dict[int, Outcome] = {}
        try:
            async with self._house.begin() as db:
                plan, current = await organisation(db), await open_round(db)
                teams = await teams_of(db, current.number) if current and name in IN_COMPANY else {}
            for letter in letters:
                outcome = Outcome.FAILED
                if plan:
                    outcome = await self._send(
                        letter, Occasion(plan, current, self._house.clock.now(), teams, self._sent[letter.id])
                    )
                outcomes[letter.id] = outcome
                if self._is_down:
                    if self._may_be_told(letter):
                        log.warning("Telegram does not answer: what is left waits for the next drain")
                    break
                if outcome is Outcome.TOO_LATE:
                    break
        finally:
            await self._settle(name, letters, outcomes)
        return sum(one not in _TO_BE_TRIED_AGAIN for one in outcomes.values())

    async def _send(self, letter: Letter, occasion: Occasion) -> Outcome:
        """One letter, whatever happens to it. What an exception says may name somebody and is not logged."""
        try:
            chat = self._house.ids.unseal(letter.sealed)
            if not await is_wanted(self._house, letter, chat):
                return Outcome.SKIPPED
            outcome = await self._try(letter, chat, occasion)
            return self._not_answered(letter, chat) if outcome is Outcome.UNANSWERED else outcome
        except TelegramForbiddenError:
            self._answered()
            return Outcome.UNREACHABLE
        except TelegramBadRequest as error:
            self._answered()
            if any(words in error.message for words in _NOBODY_THERE):
                return Outcome.UNREACHABLE
            if self._may_be_told(letter):
                log.error("a %s letter was refused: %s", letter.occasion, type(error).__name__)
            return Outcome.REFUSED
        except Exception as error:  # noqa: BLE001 - one poisoned letter must not hold up the rest
            if self._may_be_told(letter):
                log.error("a %s letter failed: %s", letter.occasion, type(error).__name__)
            self._failures[letter.id] += 1
            return Outcome.REFUSED if self._failures[letter.id] >= SEND_TRIES else Outcome.FAILED

    def _answered(self) -> None:
        """Telegram is there: whoever got no answer just before had it for a reason of their own."""
        self._unanswered.update(self._silent.keys())
        self._silent.clear()

    def _not_answered(self, letter: Letter, chat: int) -> Outcome:
        self._silent[letter.id] = chat
        return Outcome.REFUSED if self._unanswered[letter.id] >= _DRAINS_UNANSWERED else Outcome.UNANSWERED

    async def _try(self, letter: Letter, chat: int, occasion: Occasion) -> Outcome:
        for attempt in range(SEND_TRIES):
            for _message in range(MESSAGES.get(letter.occasion, 1)):
                await self._pacing.turn()
            if self._is_too_late(letter.occasion, occasion.plan.zone):
                return Outcome.TOO_LATE
            try:
                await deliver(self._bot, self._house, letter, chat, occasion)
                self._answered()
                return Outcome.SENT
            except TelegramRetryAfter as error:
                self._flooded(letter, error.retry_after)
            except (TelegramForbiddenError, TelegramBadRequest):
                raise
            except (TelegramAPIError, ClientDecodeError) as error:
                if self._may_be_told(letter):
                    log.warning("a %s letter did not get through: %s", letter.occasion, type(error).__name__)
                self._pacing.pause(_BACK_OFF_SECONDS * 2**attempt)
        return Outcome.UNANSWERED

    def _may_be_told(self, letter: Letter) -> bool:
        """Whether the log may speak of trouble with a letter. Only who has not answered is sent a reminder, so that
        trouble with a few of them would tell who that is."""
        if letter.occasion in BEFORE_SENDING:
            self._untold.add(letter.id)
            return len(self._untold) >= K_FLOOR
        return True

    def _flooded(self, letter: Letter, seconds: int) -> None:
        level = logging.ERROR if seconds > FLOOD_CAP.total_seconds() else logging.WARNING
        if self._may_be_told(letter):
            log.log(level, "Telegram asks for a pause of %d seconds", seconds)
        self._pacing.pause(seconds)

    async def _settle(self, name: str, letters: Sequence[Letter], outcomes: Mapping[int, Outcome]) -> None:
        """Takes off the list what was dealt with; the rest waits: in its row, or in memory where none may be."""
        done = {id_ for id_, outcome in outcomes.items() if outcome not in _TO_BE_TRIED_AGAIN}
        for id_ in done:
            self._failures.pop(id_, None)
            self._unanswered.pop(id_, None)
            self._sent.pop(id_, None)
        if name in BEFORE_SENDING:
            self._held[name] += [letter for letter in letters if letter.id not in done]
        elif done:
            async with self._house.begin() as db:
                if name in MARKS_UNREACHABLE:
                    for letter in letters:
                        if outcomes.get(letter.id) is Outcome.UNREACHABLE:
                            lookup = self._house.ids.lookup(self._house.ids.unseal(letter.sealed))
                            await set_reachable(db, lookup, False)
                await drop(db, sorted(done))
                await db.commit()
            log.info("outbox: %d %s letters dealt with", len(done), name)
