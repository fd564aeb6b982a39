"""The sandbox as tests, the demo and the benchmarks hold it: a Bot API at a URL, and people to talk to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from .calls import Calls
from .chats import Chat
from .errors import BAD_GATEWAY_PAGE, NotModelledError, NotSettledError
from .faults import Faults
from .flood import USUAL_LIMITS, Limits
from .people import Person
from .server import BotApi
from .world import World


class Sandbox:
    """A Bot API on 127.0.0.1 with people in it: `async with Sandbox(seed=1, now=clock.now) as sandbox`.

    `now` returns seconds since the epoch and drives message dates, expiry of updates, the 48-hour rules and
    the flood windows; `limits=None` switches those off. Deadlines and long polls are in real seconds.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        now: Callable[[], float] = time.time,
        name: str = "Sandbox bot",
        username: str = "sandbox_bot",
        limits: Limits | None = USUAL_LIMITS,
        keep_calls: bool = False,
        port: int = 0,
    ) -> None:
        self._world = World(seed=seed, now=now, name=name, username=username, limits=limits)
        self._faults = Faults(now)
        self.calls = Calls(keep=keep_calls)
        self._api = BotApi(self._world, self.calls, self._faults)
        self._port = port
        self.people: list[Person] = []

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        await self._api.start(self._port)

    async def stop(self) -> None:
        await self._api.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._api.port}"

    @property
    def token(self) -> str:
        return self._world.token

    @property
    def username(self) -> str:
        return self._world.bot.username or ""

    @property
    def commands(self) -> dict[str, list[dict[str, str]]]:
        """What setMyCommands set, by scope (and language): {'default': [...], 'default:cy': [...]}."""
        return self._world.commands

    # --- people

    def person(
        self,
        first_name: str = "Ana",
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "en",
    ) -> Person:
        """A new person, who has not started the bot yet."""
        account = self._world.new_account(
            first_name, last_name=last_name, username=username, language_code=language_code
        )
        person = Person(self._world, account)
        self.people.append(person)
        return person

    def group(self, title: str, members: list[Person], *, bot_sees_all: bool = False) -> Chat:
        """A group to which the first member added the bot; in privacy mode unless it sees all."""
        accounts = [member.account for member in members]
        group = self._world.new_group(title, accounts, bot_sees_all=bot_sees_all)
        self._world.bot_membership(group, accounts[0], "left", "member")
        return group

    # --- waiting

    async def settled(self, deadline: float = 10) -> None:
        """Until every update was fetched and confirmed by a later offset and no call is in progress."""
        if not await self._world.settling.until(self._is_idle, deadline):
            raise NotSettledError(
                f"after {deadline} s: {len(self._world.updates)} updates unconfirmed, "
                f"{self._api.in_progress} calls in progress"
            )

    @property
    def unconfirmed(self) -> int:
        """Updates that no later offset has confirmed yet."""
        return len(self._world.updates)

    @property
    def expired(self) -> int:
        """Updates that were lost because nobody fetched them in time."""
        return self._world.updates.expired

    # --- trouble

    def flood(self, retry_after: int, sends: int = 1) -> None:
        """The next `sends` messages get a 429 with this `retry_after`."""
        self._faults.flood(retry_after, sends)

    @property
    def retried_early(self) -> int:
        """Sends that came before the pause a forced 429 demanded was over."""
        return self._faults.retried_early

    def fail_next(
        self, method: str | None = None, status: int = 502, body: str = BAD_GATEWAY_PAGE, *, times: int = 1
    ) -> None:
        """The next call of this method (any) gets this page instead of an answer, without effect."""
        self._faults.fail_next(method, status, body, times=times)

    def drop_next(self, method: str | None = None, *, after_effect: bool = False, times: int = 1) -> None:
        """The next call's connection breaks: before it had an effect, or after it ("sent or not?")."""
        self._faults.fail_next(method, drops=True, after_effect=after_effect, times=times)

    @property
    def lag(self) -> float:
        """Real seconds that every call but getUpdates takes."""
        return self._faults.lag

    @lag.setter
    def lag(self, seconds: float) -> None:
        self._faults.lag = seconds

    # --- what is not modelled

    @property
    def unmodelled(self) -> list[str]:
        """What the bot asked for that is not modelled here; a test's end must find it empty."""
        return self._world.unmodelled

    def assert_all_modelled(self) -> None:
        if self.unmodelled:
            raise NotModelledError("; ".join(self.unmodelled))

    def _is_idle(self) -> bool:
        return self._api.in_progress == 0 and len(self._world.updates) == 0
