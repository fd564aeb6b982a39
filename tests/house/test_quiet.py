"""Logs are public: nothing is printed, and log calls take constants, counts and exception types only."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.source import Module, dotted, module, modules

LEVELS = {"debug", "info", "warning", "error", "critical", "log"}
NAMES = {"name", "number", "seconds", "count", "level", "attempt"}
ATTRIBUTES = {"number", "round", "update_id", "occasion", "retry_after", "__name__"}
"""Round numbers, update ids, kinds of messages, types of exceptions."""

TELLING = re.compile(r"telegram_id|person|chat|user|lookup|sealed|code|token|first_name|payload|display_name|text$")
"""Variables that must not be woven into an exception's text: it may end in a log or on a screen."""

SPEAKS_OF_FILES_AND_SETTINGS = ("bot/", "handlers/cards/")
"""The command line tells its operator what is wrong with a file or a setting; no person is known there."""


def is_harmless(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id in NAMES
    if isinstance(node, ast.Attribute):
        return node.attr in ATTRIBUTES
    return isinstance(node, ast.Call) and dotted(node) in {"len", "described"}


def indiscreet(one: Module) -> list[str]:
    """Log calls with anything but a constant wording and harmless values; and everything printed."""
    found = []
    for call in one.calls():
        name = dotted(call)
        owner, _, verb = name.rpartition(".")
        if name == "print" or (owner in {"log", "logger", "logging"} and verb == "exception"):
            found.append(f"{one.at(call)}: {name}")
        elif owner in {"log", "logger", "logging"} and verb in LEVELS:
            wording, *values = call.args[1:] if verb == "log" else call.args
            constant = isinstance(wording, ast.Constant) and isinstance(wording.value, str)
            if not constant or not all(map(is_harmless, values)) or call.keywords:
                found.append(f"{one.at(call)}: {ast.unparse(call)}")
    return found


def telling(one: Module) -> list[str]:
    """Exceptions that are raised with a variable in their text whose name speaks of a person."""
    found = []
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            values = [part.value for part in ast.walk(node.exc) if isinstance(part, ast.FormattedValue)]
            values += [value for value in node.exc.args if isinstance(value, ast.Name | ast.Attribute)]
            names = {dotted(value).rpartition(".")[2] for value in values}
            found += [f"{one.at(node)}: {name}" for name in sorted(names) if TELLING.search(name)]
    return found


def test_nothing_is_printed_and_logs_name_nobody() -> None:
    assert [line for one in modules("bot", "handlers", "storage", "insights") for line in indiscreet(one)] == []


@pytest.mark.parametrize(
    "line",
    [
        'log.info(f"hello {name}")',
        'log.error("failed: %s", error)',
        'log.error("failed: %s", str(error))',
        'log.info("tap of %d", tap.from_user.id)',
        'log.exception("failed")',
        'log.error("failed", exc_info=True)',
        'log.info("said %s", message.text)',
        "logging.log(20, text, 3)",
        'log.warning("hello " + name)',
        'print("hello")',
    ],
)
def test_an_indiscreet_line_is_found(line: str) -> None:
    assert len(indiscreet(module(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        'log.info("round %d is open", current.number)',
        'log.error("failed: %s", type(error).__name__)',
        'log.log(level, "pause of %d", seconds)',
        'log.info("%d letters", len(done))',
    ],
)
def test_a_discreet_line_is_left_alone(line: str) -> None:
    assert indiscreet(module(line)) == []


def test_exceptions_carry_no_person() -> None:
    everything = modules("handlers", "storage", "insights")
    watched = [one for one in everything if not one.path.startswith(SPEAKS_OF_FILES_AND_SETTINGS)]
    assert [line for one in watched for line in telling(one)] == []


@pytest.mark.parametrize("line", ['raise ValueError(f"chat {chat_id}")', "raise ValueError(message.text)"])
def test_an_exception_that_carries_a_person_is_found(line: str) -> None:
    assert len(telling(module(line))) == 1
