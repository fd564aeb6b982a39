"""Arrows run one way, and what is heavy is loaded by the bot's process alone."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.house.source import ROOT, Module, module, modules

SPEAKS_TO_TELEGRAM = {"bot.wiring", "bot.service", "bot.intake", "bot.delivery", "bot.flood"}
"""Beside handlers/, the only modules that know aiogram."""

ON_NO_SIDE = {"storage", "storage.database", "storage.migrations", "storage.organisation"} | {
    "storage.rounds",
    "storage.units",
    "storage.audit",
    "storage.residue",
}
"""Storage that holds neither people nor answers nor what was published."""

HEAVY = ("aiogram", "aiohttp", "apscheduler", "matplotlib", "sqlalchemy", "sqlmodel", "alembic")
"""What `shiftpulse --help` must not wait for."""


def knows_aiogram(one: Module) -> bool:
    """Whether loading the module loads aiogram: imports inside functions wait until they run."""
    waiting: list[ast.AST] = [one.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "aiogram" for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "aiogram":
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def loaded(imports: str) -> set[str]:
    """Which libraries a fresh interpreter has loaded after these imports."""
    done = subprocess.run(
        [sys.executable, "-c", f"{imports}\nimport sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stdout.split())


def test_the_import_contracts_are_kept() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_every_storage_module_is_on_a_side_or_on_none() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    sides = [set(one["source_modules"]) for one in contracts if "storage.people" in str(one)]
    assert len(sides) == 3
    assert set.union(*sides) | ON_NO_SIDE == {one.name for one in modules("storage")}
    for one in contracts:
        if "storage.people" in str(one):
            own = set(one["source_modules"])
            assert set(one["forbidden_modules"]) == set.union(*(side for side in sides if side != own))


def test_aiogram_is_known_to_handlers_and_to_the_bots_own_process() -> None:
    others = modules("bot", "storage", "insights", "sandbox")
    assert [one.path for one in others if knows_aiogram(one) and one.name not in SPEAKS_TO_TELEGRAM] == []
    assert knows_aiogram(module("if True:\n    from aiogram.types import Message"))
    assert not knows_aiogram(module("def f():\n    from aiogram.types import Message"))


def test_help_is_quick_because_nothing_heavy_is_loaded() -> None:
    assert loaded("import bot.cli").isdisjoint(HEAVY)


@pytest.mark.parametrize("package", ["storage", "insights"])
def test_what_stands_below_the_handlers_loads_no_telegram_library(package: str) -> None:
    everything = "\n".join(f"import {one.name}" for one in modules(package))
    assert loaded(f"{everything}\nimport bot.settings").isdisjoint({"aiogram", "aiohttp", "apscheduler"})


def test_the_doctor_examines_without_loading_the_bot() -> None:
    assert "aiogram" not in loaded("import bot.doctor")


def test_alembic_is_no_package_of_ours_and_every_revision_is_reached() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini", config_args={"here": str(ROOT)}))
    reached = {Path(one.path).name for one in scripts.walk_revisions()}
    assert reached == {path.name for path in (ROOT / "alembic" / "versions").glob("*.py")}
    assert len(scripts.get_heads()) == 1
