"""A file that passes 300 lines, or a function that passes 45, is asking to be two."""

from __future__ import annotations

import ast

from tests.house.source import PACKAGES, Module, module, modules

FILE_LINES, FUNCTION_LINES = 300, 45
ONE_BY_RULE = ("insights/policy.py",)
"""Every threshold in one file is a rule of its own, and outweighs this one."""


def too_long(one: Module) -> list[str]:
    lines = one.text.count("\n")
    is_long = lines > FILE_LINES and str(one.path) not in ONE_BY_RULE
    found = [f"{one.path}: {lines} lines"] if is_long else []
    for function in one.functions():
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > FUNCTION_LINES:
            found.append(f"{one.at(function)}: {function.name} has {length} lines")
    return found


def test_no_file_and_no_function_is_too_long() -> None:
    assert [line for one in modules(*PACKAGES) for line in too_long(one)] == []


def test_a_long_file_and_a_long_function_are_found() -> None:
    body = "    x = 1\n"
    assert too_long(module("def f():\n" + body * 44)) == []
    assert len(too_long(module("def f():\n" + body * 45))) == 1
    assert too_long(module("x = 1\n" * 300)) == []
    assert len(too_long(module("x = 1\n" * 301))) == 1


def test_every_module_says_why_it_exists_in_one_to_three_lines() -> None:
    wrong = []
    for one in modules(*PACKAGES):
        said = ast.get_docstring(one.tree)
        if not said or len(said.split("\n\n")[0].splitlines()) > 3:
            wrong.append(one.path)
    assert wrong == []


def test_no_drawer_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "helpers", "common", "services", "core", "base", "manager", "misc"}
    assert [one.path for one in modules(*PACKAGES) if vague & set(one.name.split("."))] == []
