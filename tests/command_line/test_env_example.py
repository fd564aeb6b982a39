"""`.env.example` and the settings say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, settings_and_faults
from tests.command_line.shell import ROOT

EXAMPLE = ROOT / ".env.example"
VARIABLE = re.compile(r"^(#?)(SHIFTPULSE_[A-Z_]+)=(.*)$", re.MULTILINE)
NEEDED = {"SHIFTPULSE_BOT_TOKEN", "SHIFTPULSE_ID_KEY"}


def variables() -> dict[str, tuple[bool, str]]:
    """Each variable: whether it stands at its default (commented out), and what is written behind it."""
    return {name: (bool(mark), value) for mark, name, value in VARIABLE.findall(EXAMPLE.read_text("utf-8"))}


def test_every_setting_is_there_and_nothing_else() -> None:
    assert {f"SHIFTPULSE_{name.upper()}" for name in Settings.model_fields} == set(variables())


def test_only_what_has_no_default_is_to_be_filled() -> None:
    to_fill = {name for name, (is_default, _) in variables().items() if not is_default}
    assert to_fill == NEEDED


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - {"bot_token", "id_key"}))
def test_defaults_in_the_example_are_those_of_the_settings(name: str) -> None:
    default = Settings.model_fields[name].default
    assert ("" if default is None else str(default)) == variables()[f"SHIFTPULSE_{name.upper()}"][1]


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_variable_is_explained_with_example_and_default(name: str) -> None:
    is_default, value = variables()[name]
    paragraph = next(one for one in EXAMPLE.read_text("utf-8").split("\n\n") if f"{name}=" in one)
    comment = [line for line in paragraph.splitlines() if line.startswith("# ")]
    assert comment
    assert "Example" in paragraph or "Make it with" in paragraph or value
    assert "default" in paragraph.lower() or (is_default and value)


def test_the_example_as_it_is_lacks_its_two_secrets_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings, faults = settings_and_faults(EXAMPLE)
    assert faults == {}
    assert (Settings(_env_file=None).database_url, None) == (settings.database_url, settings.pack)
    assert "" == settings.bot_token.get_secret_value() == settings.id_key.get_secret_value()


def test_the_example_with_every_default_uncommented_is_well_formed(tmp_path: Path) -> None:
    file = tmp_path / "all.env"
    file.write_text(VARIABLE.sub(r"\2=\3", EXAMPLE.read_text("utf-8")), "utf-8")
    settings, faults = settings_and_faults(file)
    assert faults == {}
    assert settings == Settings(_env_file=None)
