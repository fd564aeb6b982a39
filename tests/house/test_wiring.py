"""What aiogram finds out only when somebody taps: parameters by name, prefixes, 64 bytes."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import Command, CommandStart
from aiogram.filters.callback_data import CallbackData, CallbackQueryFilter
from aiogram.types import Message

from handlers import callbacks
from handlers.house import House
from handlers.hr.themes import CSV, SHOW
from handlers.hr.trends import MEASURE, PERIODS
from handlers.menu import COMMANDS
from handlers.routers import dispatcher, routers
from handlers.staff import care
from handlers.staff.care import ASK, CLEAR
from handlers.staff.commenting import DISCARD, SHARE, SURE, THEMES
from handlers.staff.settings import HOURS, PATTERN, ROUNDS
from insights.hotspot_kinds import FlagKind
from insights.policy import QUESTIONS_MOST, UNIT_ID_LENGTH
from storage.boxes import SKIPPED
from storage.buttons import SEND, State, plain_state, seal_state
from storage.invites import CODE_LENGTH
from storage.people import Pattern

AIOGRAMS_OWN = {
    "bot",
    "bots",
    "dispatcher",
    "router",
    "update",
    "handler",
    "event_update",
    "event_router",
    "event_from_user",
    "event_chat",
    "event_thread_id",
    "event_context",
}

LONGEST_UNIT = "u" * UNIT_ID_LENGTH + "~small"
CODE = "p" * CODE_LENGTH
FULL = State(SEND, (SKIPPED,) * QUESTIONS_MOST)
LONGEST: list[CallbackData] = [
    callbacks.CheckinTap(payload=seal_state(b"k" * 64, 65_535, 2**52 - 1, FULL)),
    callbacks.PracticeTap(payload=plain_state(FULL)),
    callbacks.JoinTap(code=CODE, pattern=max(Pattern, key=len), terms=2**31),
    callbacks.MoveTap(code=CODE),
    callbacks.AcceptTap(code=CODE),
    callbacks.SettingTap(what=PATTERN, value=max(Pattern, key=len)),
    callbacks.LeaveTap(sure=False, roles=False),
    callbacks.StillTap(here=False),
    callbacks.AgreeTap(terms=2**31, yes=False),
    callbacks.StayTap(),
    callbacks.UnitTap(unit=LONGEST_UNIT),
    callbacks.TrendTap(unit=LONGEST_UNIT, question=QUESTIONS_MOST * 12, last=max(PERIODS), step=MEASURE),
    callbacks.WhyTap(unit=LONGEST_UNIT, kind=max(FlagKind, key=len), round=10**6),
    callbacks.MapTap(unit=LONGEST_UNIT),
    callbacks.ThemesTap(unit=LONGEST_UNIT, step=max((SHOW, CSV), key=len)),
    callbacks.WordsTap(unit=LONGEST_UNIT, card="w" * 8),
    callbacks.PlacesTap(),
    callbacks.TakeDownTap(card="w" * 8),
    callbacks.CommentTap(step=max((THEMES, SHARE, SURE, DISCARD), key=len), round=2**31),
    callbacks.CareTap(step=max((CLEAR, ASK, care.SURE), key=len)),
    callbacks.LaunchTap(unit=LONGEST_UNIT),
    callbacks.ConfirmTap(wish="w" * 12, yes=False),
]
"""Each button with the longest values it can carry."""


def dispatched() -> Dispatcher:
    """The dispatcher as production makes it; nothing runs, so the house may be empty."""
    house = House(*[None] * len(House.__dataclass_fields__))  # type: ignore[arg-type]
    return dispatcher(house)


def handlers_of(dp: Dispatcher) -> Iterator[HandlerObject]:
    for router in dp.chain_tail:
        for observer in router.observers.values():
            yield from observer.handlers


def brought_by_filters(handler: HandlerObject) -> set[str]:
    filters = [one.callback for one in handler.filters or ()]
    found = {"callback_data"} if any(isinstance(one, CallbackQueryFilter) for one in filters) else set()
    return found | ({"command"} if any(isinstance(one, Command) for one in filters) else set())


def unknown_parameters(dp: Dispatcher) -> list[str]:
    known = AIOGRAMS_OWN | set(dp.workflow_data)
    found = []
    for handler in handlers_of(dp):
        if handler.varkw:
            continue
        _event, *others = inspect.signature(handler.callback).parameters
        wrong = set(others) - known - brought_by_filters(handler)
        found += [f"{handler.callback.__module__}.{handler.callback.__name__}: {name}" for name in sorted(wrong)]
    return found


def test_every_handler_is_given_what_it_asks_for_by_name() -> None:
    assert unknown_parameters(dispatched()) == []


def test_a_misspelt_parameter_is_found() -> None:
    async def handler(message: Message, hause: House, callback_data: CallbackData) -> None:
        """Never called: only the names of its parameters are read."""

    dp, broken = dispatched(), Router(name="broken")
    broken.message.register(handler, Command("typo"))
    dp.include_router(broken)
    assert [one.rpartition(": ")[2] for one in unknown_parameters(dp)] == ["callback_data", "hause"]


def test_two_dispatchers_can_live_side_by_side() -> None:
    assert dispatched().sub_routers != dispatched().sub_routers


def test_errors_stand_first_and_the_catch_all_last() -> None:
    names = [one.name for one in routers()]
    assert (names[0], names[1], names[-1]) == ("errors", "checkin", "fallback")
    assert len(names) == len(set(names))


def test_prefixes_are_versioned_and_nobody_elses() -> None:
    classes = ours()
    prefixes = Counter(one.__prefix__ for one in classes)
    assert [one for one, count in prefixes.items() if count > 1 or not re.fullmatch(r"[a-z]\d", one)] == []


def ours() -> set[type[CallbackData]]:
    return {one for one in CallbackData.__subclasses__() if one.__module__.startswith("handlers")}


def test_every_button_has_a_handler() -> None:
    filters = [one.callback for handler in handlers_of(dispatched()) for one in handler.filters or ()]
    handled = {one.callback_data for one in filters if isinstance(one, CallbackQueryFilter)}
    assert handled == ours()


def test_every_command_in_the_menu_and_in_the_help_has_a_handler() -> None:
    filters = [one.callback for handler in handlers_of(dispatched()) for one in handler.filters or ()]
    commands = [one for one in filters if isinstance(one, Command) and not isinstance(one, CommandStart)]
    handled = [name for one in commands for name in one.commands]
    assert set(COMMANDS) <= set(handled)
    assert len(handled) == len(set(handled))


@pytest.mark.parametrize("button", LONGEST, ids=lambda one: type(one).__name__)
def test_the_longest_button_fits_into_64_bytes(button: CallbackData) -> None:
    packed = button.pack()
    assert len(packed.encode()) <= 64
    assert type(button).unpack(packed) == button


def test_no_button_is_forgotten_here() -> None:
    assert {type(one) for one in LONGEST} == ours()


def test_settings_are_small_numbers() -> None:
    assert all(0 <= one < 100 for one in (*HOURS, *ROUNDS, *PERIODS))
