"""What is written is true: docstrings, doctests, decisions, and the README's own commands."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

import click

from bot.cli import group
from tests.house.source import ROOT, Module, module, modules

NO_DOCTEST = {
    "draw_sign": "draws on a canvas; the pictures' own tests look at it",
    "frame": "draws on a canvas; the pictures' own tests look at it",
}
"""Public functions of insights/ without an example, and why."""

HEADINGS = ("Context", "Decision", "Rejected")
PLACEHOLDER = re.compile(r"[A-Z_]+=\S+")


def public(one: Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Public classes, their public methods, and public functions; what lives inside a function is its own affair."""
    waiting: list[tuple[str, ast.stmt]] = [("", node) for node in one.tree.body]
    while waiting:
        prefix, node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                waiting += [(f"{node.name}.", inner) for inner in node.body]


def unexplained(one: Module) -> list[str]:
    return [f"{one.at(node)}: {name}" for name, node in public(one) if not ast.get_docstring(node)]


def without_example(one: Module) -> list[str]:
    return [
        f"{one.at(node)}: {name}"
        for name, node in public(one)
        if not isinstance(node, ast.ClassDef)
        and "." not in name
        and name not in NO_DOCTEST
        and ">>>" not in (ast.get_docstring(node) or "")
    ]


def fenced(text: str) -> list[str]:
    """The commands in a text's `sh` blocks, without prompts, comments and what they print."""
    blocks = re.findall(r"^```(?:sh|bash|shell|console)\n(.*?)^```", text, re.M | re.S)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def wrong_commands(text: str, targets: set[str]) -> list[str]:
    """Commands of ours that do not exist: make targets, subcommands, options."""
    wrong = []
    for line in fenced(text):
        for piece in re.split(r"&&|\|\||;|\|", line):
            words = [word for word in shlex.split(piece, comments=True) if not PLACEHOLDER.fullmatch(word)]
            program = words[0].rpartition("/")[2] if words else ""
            is_target = program != "make" or set(words[1:]) <= targets
            if not is_target or (program == "shiftpulse" and not is_a_command(words[1:])):
                wrong.append(line)
    return wrong


def is_a_command(words: list[str]) -> bool:
    here: click.Command = group
    while isinstance(here, click.Group) and words and words[0] in here.commands:
        here, words = here.commands[words[0]], words[1:]
    options = {name for option in here.params for name in option.opts} | {"--help", "-h", "--version"}
    if isinstance(here, click.Group) and words and not words[0].startswith("-"):
        return False
    return all(word.partition("=")[0] in options for word in words if word.startswith("--"))


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.M))


def test_public_names_of_insights_and_storage_are_explained() -> None:
    assert [line for one in modules("insights", "storage") for line in unexplained(one)] == []


def test_public_functions_of_insights_show_an_example() -> None:
    assert [line for one in modules("insights") for line in without_example(one)] == []


def test_what_is_not_explained_is_found() -> None:
    code = module("class A:\n    def b(self): ...\ndef c():\n    '''Says.'''\n    def d(): ...\ndef _e(): ...")
    assert sorted(line.rpartition(" ")[2] for line in unexplained(code)) == ["A", "A.b"]
    assert [line.rpartition(" ")[2] for line in without_example(code)] == ["c"]


def test_every_decision_says_what_was_rejected() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert records, "docs/decisions/ has no record yet"
    wanting = {
        path.name: [
            heading
            for heading in HEADINGS
            if not re.search(rf"^#+ .*{heading}", path.read_text("utf-8"), re.M | re.I)
        ]
        for path in records
    }
    assert {name: gaps for name, gaps in wanting.items() if gaps} == {}


def test_the_readmes_commands_exist() -> None:
    readme = ROOT / "README.md"
    assert readme.exists(), "README.md is not written yet: pyproject.toml names it"
    assert fenced(readme.read_text("utf-8")), "README.md shows no command"
    assert wrong_commands(readme.read_text("utf-8"), make_targets()) == []


def test_commands_that_do_not_exist_are_found() -> None:
    text = (
        "```sh\nmake demo && make fly\nshiftpulse invite --unit ward-7 --qr x.svg\n"
        "$ .venv/bin/shiftpulse invite --poster\n"
        "shiftpulse units import units.csv\nshiftpulse sing\necho SHIFTPULSE_ID_KEY=x >> .env\nshiftpulse\n```\n"
    )
    assert wrong_commands(text, make_targets()) == [
        "make demo && make fly",
        ".venv/bin/shiftpulse invite --poster",
        "shiftpulse sing",
    ]


def test_every_phony_target_exists() -> None:
    named = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert named
    assert set(named[1].split()) <= make_targets()
