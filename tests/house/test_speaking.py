"""Commit, then speak; words live in catalogues; handlers know no SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from tests.house.source import Module, dotted, module, modules

VOICES = {"bot", "_bot", "message", "tap", "event"}
"""Whoever is called by these names talks to Telegram."""

SPOKEN = {"note", "rewrite", "clear_buttons"}
SAYING = re.compile(r"\.(answer|send|edit|reply|delete|copy|forward|set|get)_?\w*$")

TECHNICAL = {
    "message is not modified": "Telegram's own text, compared with",
    "message to edit not found": "Telegram's own text, compared with",
    "message can't be edited": "Telegram's own text, compared with",
    "message to delete not found": "Telegram's own text, compared with",
    "EEEE d MMMM": "a date's pattern, filled in by Babel",
    "d MMM": "a date's pattern, filled in by Babel",
    "%d %b %Y": "a date's pattern in a table of the command line",
}
SQL_VERBS = {"exec", "execute", "scalar", "scalars", "exec_driver_sql"}
SQL_TYPES = {"AsyncSession"}
"""What a handler may know of the database: that there is a transaction."""


def meant(name: str, one: Module) -> str:
    """Which function of ours a name stands for in a module: imported, its own, or a method of its own class."""
    return imported(one).get(name) or f"{one.name}.{name.removeprefix('self.')}"


@cache
def imported(one: Module) -> dict[str, str]:
    """Full names by the names that a module uses for them."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(one.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def speaks(call: ast.Call, one: Module, speakers: set[str]) -> bool:
    name = dotted(call)
    if name in SPOKEN or meant(name, one) in speakers:
        return True
    return bool(SAYING.search(name)) and name.removeprefix("self.").split(".")[0] in VOICES


def speakers_among(everything: Iterable[Module]) -> set[str]:
    """Functions of ours that end in a call to Telegram, however deep."""
    calls = {
        f"{one.name}.{function.name}": (one, list(calls_in(function)))
        for one in everything
        for function in one.functions()
    }
    found: set[str] = set()
    while more := {
        name
        for name, (one, inside) in calls.items()
        if name not in found and any(speaks(call, one, found) for call in inside)
    }:
        found |= more
    return found


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def spoken_too_early(one: Module, speakers: set[str]) -> list[str]:
    """Calls to Telegram inside a transaction."""
    found = []
    for block in ast.walk(one.tree):
        if isinstance(block, ast.AsyncWith) and any(
            dotted(item.context_expr).rpartition(".")[2] == "begin" for item in block.items
        ):
            inside = (call for statement in block.body for call in calls_in(statement))
            found += [f"{one.at(call)}: {dotted(call)}" for call in inside if speaks(call, one, speakers)]
    return found


def literals(one: Module) -> list[str]:
    """Strings with a letter and a space that neither explain, nor go to the log or into an exception."""
    aside = one.prose()
    for node in ast.walk(one.tree):
        is_log = isinstance(node, ast.Call) and dotted(node).startswith("log.")
        if is_log or isinstance(node, ast.Raise):
            aside |= {id(part) for part in ast.walk(node)}
    return [
        f"{one.at(node)}: {node.value!r}"
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in aside
        and node.value not in TECHNICAL
        and " " in node.value
        and re.search(r"[^\W\d_]", node.value)
    ]


def sql(one: Module) -> list[str]:
    found = []
    for node in ast.walk(one.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sqlalchemy", "sqlmodel")):
            found += [f"{one.at(node)}: {alias.name}" for alias in node.names if alias.name not in SQL_TYPES]
        elif isinstance(node, ast.Import) and any(a.name.startswith(("sqlalchemy", "sqlmodel")) for a in node.names):
            found.append(f"{one.at(node)}: import")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SQL_VERBS:
            found.append(f"{one.at(node)}: {node.func.attr}")
    return found


def test_nobody_speaks_inside_a_transaction() -> None:
    everything = modules("bot", "handlers")
    speakers = speakers_among(everything)
    assert {"handlers.speech.note", "handlers.occasions.deliver", "handlers.leads.digest.send_digest"} <= speakers
    assert [line for one in everything for line in spoken_too_early(one, speakers)] == []


@pytest.mark.parametrize(
    "call",
    [
        "await note(tap)",
        "await rewrite(bot, tap, text)",
        "await bot.send_message(1, text)",
        "await message.answer(text)",
        "await tap.answer()",
        "await self._bot.send_photo(1, x)",
        "if x:\n            await _told(bot)",
    ],
)
def test_speaking_inside_a_transaction_is_found(call: str) -> None:
    told = "async def _told(bot):\n    await bot.send_message(1, text)\n"
    inside = f"{told}async def f(tap):\n    async with house.begin() as db:\n        {call}\n"
    outside = f"{told}async def f(tap):\n    async with house.begin() as db:\n        pass\n    {call}\n"
    assert len(spoken_too_early(module(inside), speakers_among([module(inside)]))) == 1
    if "if x" not in call:
        assert spoken_too_early(module(outside), speakers_among([module(outside)])) == []


def test_no_words_for_people_stand_in_a_handler() -> None:
    assert [line for one in modules("handlers") for line in literals(one)] == []


@pytest.mark.parametrize(
    "line", ['await message.answer("Thank you")', 'button(f"Join {unit}", x)', 'await note(tap, text="Too late")']
)
def test_words_in_a_handler_are_found(line: str) -> None:
    assert len(literals(module(f"async def f():\n    {line}"))) == 1


@pytest.mark.parametrize(
    "line", ['"""Says it."""', 'log.info("round %d is open", 1)', 'raise ValueError("no such file")', 'say("a.b")']
)
def test_what_people_never_read_is_left_alone(line: str) -> None:
    assert literals(module(f"def f():\n    {line}")) == []


def test_handlers_know_no_sql() -> None:
    assert [line for one in modules("handlers") for line in sql(one)] == []


@pytest.mark.parametrize("line", ["from sqlmodel import select", "import sqlalchemy", "x = db.exec(y)"])
def test_sql_in_a_handler_is_found(line: str) -> None:
    assert len(sql(module(line))) == 1
