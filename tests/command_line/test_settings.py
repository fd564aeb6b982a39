"""A missing or malformed setting is one line that names the variable, for every command, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings, settings_and_faults
from storage.identity import new_key
from tests.command_line.shell import Shell

TOKEN = "123456789:" + "AAFsentinelsentinelsentinel"
WITH_SETTINGS = (
    ("run",),
    ("migrate",),
    ("organisation",),
    ("units", "list"),
    ("invite", "--unit", "ward-7"),
    ("trends",),
    ("void-round", "--yes"),
)
MALFORMED = {
    "bot_token": ("sentinel", "sentinel:" + "A" * 35, "1:short", f"{TOKEN} ", f"{TOKEN}/x", "١٢:" + "A" * 35),
    "id_key": ("sentinel", "c2VudGluZWw=", "ключ", "A" * 43),
    "database_url": (
        "sqlite:///sentinel.db",
        "mysql://sentinel",
        "postgresql://sentinel/x",
        "sqlite+aiosqlite:///",
        "sqlite+aiosqlite:///:memory:",
        "postgresql+psycopg://sentinel:port/x",
        "postgresql+psycopg://sentinel",
    ),
    "api_url": ("api.telegram.org", "https://", "ftp://sentinel", "https://sentinel host"),
    "log_level": ("LOUD", "10"),
    "pack": ("sentinel.toml", "."),
    "nation": ("sentinel", "ireland"),
    "site_card": ("sentinel.toml", "."),
    "contact_name": ("x" * 61,),
    "contact_chat": ("sentinel", "12"),
}


@pytest.mark.parametrize("command", WITH_SETTINGS, ids=" ".join)
def test_every_command_names_a_malformed_variable_in_one_line(shell: Shell, command: tuple[str, ...]) -> None:
    shell.sets(log_level="LOUD")
    said = shell.runs(*command)
    assert (said.code, said.out) == (1, "")
    assert said.fault == "SHIFTPULSE_LOG_LEVEL is wrong: use DEBUG, INFO, WARNING or ERROR."


@pytest.mark.parametrize("command", [("run",), ("invite", "--unit", "ward-7")], ids=" ".join)
def test_a_missing_token_is_asked_for_by_name(shell: Shell, command: tuple[str, ...]) -> None:
    said = shell.runs(*command)
    assert said.code == 1
    assert "SHIFTPULSE_BOT_TOKEN is missing" in said.fault
    assert "@BotFather" in said.fault


def test_a_missing_id_key_is_asked_for_before_the_bot_runs(shell: Shell) -> None:
    shell.sets(bot_token=TOKEN)
    assert "SHIFTPULSE_ID_KEY is missing: make one with `shiftpulse keygen`" in shell.runs("run").fault


@pytest.mark.parametrize(("name", "value"), [(name, one) for name, all_ in MALFORMED.items() for one in all_])
def test_what_is_malformed_is_named_and_secrets_are_not_repeated(shell: Shell, name: str, value: str) -> None:
    shell.sets(**{name: f"'{value}'"})
    said = shell.runs("units", "list")
    assert said.code == 1
    assert said.fault.startswith(f"SHIFTPULSE_{name.upper()} is wrong: ")
    if name in ("bot_token", "id_key", "database_url"):
        assert value not in said.fault
        assert "sentinel" not in said.fault


def test_the_token_is_no_key_for_ids(shell: Shell) -> None:
    shell.sets(bot_token=TOKEN, id_key=TOKEN)
    assert "two purposes need two secrets" in shell.runs("run").fault


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"id = 'q", "not TOML"),
        (b"id = 'Q 12'\n", "id: must be 1 to 16"),
        (b"\xff\xfe", "not a text in UTF-8"),
        (b"", "id: must be"),
    ],
)
def test_a_broken_pack_is_told_with_its_cause(shell: Shell, content: bytes, why: str) -> None:
    (shell.folder / "ours.toml").write_bytes(content)
    shell.sets(bot_token=TOKEN, id_key=new_key(), pack="ours.toml")
    fault = shell.runs("run").fault
    assert fault.startswith("SHIFTPULSE_PACK is wrong: ")
    assert why in fault


@pytest.mark.parametrize("content", [b"owner = ", b"owner = 'Us'\n", b"\xff"])
def test_a_broken_help_card_is_told(shell: Shell, content: bytes) -> None:
    (shell.folder / "help.toml").write_bytes(content)
    shell.sets(site_card="help.toml")
    assert shell.runs("trends").fault.startswith("SHIFTPULSE_SITE_CARD is wrong: ")


@pytest.mark.parametrize("given", [{"contact_chat": "-100123"}, {"contact_name": "Occupational Health"}])
def test_a_route_needs_both_its_name_and_its_chat(shell: Shell, given: dict[str, str]) -> None:
    shell.sets(**given)
    settings, faults = settings_and_faults()
    assert faults == {
        "contact_chat": "SHIFTPULSE_CONTACT_CHAT is wrong: give it and SHIFTPULSE_CONTACT_NAME, or neither."
    }
    assert (settings.contact_name, settings.contact_chat) == (None, None)


@pytest.mark.parametrize("given", [{"contact_chat": "a group"}, {"contact_name": "x" * 61}])
def test_a_route_with_a_fault_is_no_route(shell: Shell, given: dict[str, str]) -> None:
    shell.sets(**{"contact_chat": "-100123", "contact_name": "Occupational Health", **given})
    settings, faults = settings_and_faults()
    assert set(faults) == set(given)
    assert (settings.contact_name, settings.contact_chat) == (None, None)


def test_a_whole_route_is_taken(shell: Shell) -> None:
    shell.sets(contact_chat="-1001234567890", contact_name="'Occupational Health, weekdays 8 to 18'")
    settings = load_settings()
    assert (settings.contact_chat, settings.contact_name) == (-1001234567890, "Occupational Health, weekdays 8 to 18")


@pytest.mark.parametrize("said", ["Wales", "northern ireland", "Northern-Ireland", "scotland"])
def test_a_nation_is_understood_however_it_is_written(shell: Shell, said: str) -> None:
    shell.sets(nation=f"'{said}'")
    assert load_settings().nation == said.lower().replace(" ", "_").replace("-", "_")


def test_env_that_is_a_folder_is_told(shell: Shell) -> None:
    (shell.folder / ".env").mkdir()
    assert ".env is a folder" in shell.runs("run").fault


def test_env_that_is_no_text_is_told(shell: Shell) -> None:
    (shell.folder / ".env").write_bytes(b"SHIFTPULSE_LOG_LEVEL=\xff\xfe\n")
    assert ".env cannot be read" in shell.runs("migrate").fault


def test_an_empty_variable_counts_as_not_set(shell: Shell) -> None:
    shell.sets(pack="", log_level="", database_url="")
    assert Settings(_env_file=None) == load_settings()


def test_the_environment_wins_over_the_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.sets(log_level="DEBUG")
    monkeypatch.setenv("SHIFTPULSE_LOG_LEVEL", "error")
    assert load_settings().log_level == "ERROR"


def test_all_faults_are_found_and_the_rest_is_usable(shell: Shell) -> None:
    shell.sets(bot_token="sentinel", log_level="LOUD", api_url="https://example.org/")
    settings, faults = settings_and_faults()
    assert {"bot_token", "log_level"} == set(faults)
    assert (settings.log_level, settings.api_url) == ("INFO", "https://example.org")
    with pytest.raises(SettingsError, match="SHIFTPULSE_BOT_TOKEN"):
        load_settings()


def test_settings_do_not_show_their_secrets(shell: Shell) -> None:
    key = new_key()
    shell.sets(bot_token=TOKEN, id_key=key)
    settings = load_settings()
    assert TOKEN not in repr(settings)
    assert key not in f"{settings} {settings.keys!r}"
    assert settings.token == TOKEN


def test_a_setting_is_one_line_in_a_real_process_too(shell: Shell) -> None:
    shell.sets(database_url="sqlite:///x.db")
    said = shell.really_runs("run")
    assert (said.code, said.out) == (1, "")
    assert said.fault.startswith("SHIFTPULSE_DATABASE_URL is wrong: ")


def test_a_file_without_settings_is_no_fault(shell: Shell) -> None:
    Path(".env").write_text("# nothing yet\nOTHER=1\n")
    assert (settings_and_faults()[1], load_settings().log_level) == ({}, "INFO")
