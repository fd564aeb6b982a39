"""`shiftpulse doctor`: every finding on one screen, with what mends it, and never a secret or a person."""

from __future__ import annotations

import pytest

from bot.doctor import CLOCK_APART
from sandbox import Sandbox
from tests.command_line.addresses import Habit, address
from tests.command_line.findings import the_fault, to_mend
from tests.command_line.shell import SECONDS, Shell, processor_seconds


def test_a_good_set_up_has_nothing_to_mend(house: Shell) -> None:
    said = house.runs("doctor")
    assert to_mend(said) == []
    for line in (
        "ok      .env is private",
        "ok      the token: @pulse_bot answers",
        "ok      the clock: agrees with Telegram's",
        "ok      the id key: opens what is stored",
        "ok      the check-in: pack q12, version 1",
        "ok      the organisation: set; nothing is published for fewer than 5 people",
        "ok      units: 3, 0 of them launched",
        "ok      stewards: 2",
    ):
        assert line in said.out.splitlines()


def test_it_shows_no_secret_and_nobody(house: Shell, telegram: Sandbox) -> None:
    out = house.runs("doctor").out
    for secret in (telegram.token, house.env["id_key"], "Sentinel Steward", str(house.folder)):
        assert secret not in out


def test_it_is_quick(house: Shell) -> None:
    before = processor_seconds()
    said = house.really_runs("doctor")
    assert processor_seconds() - before < SECONDS
    assert to_mend(said) == []


def test_it_changes_nothing(shell: Shell) -> None:
    assert to_mend(shell.runs("doctor"))
    assert list(shell.folder.iterdir()) == []


def test_an_empty_folder_is_told_the_first_steps(shell: Shell) -> None:
    found = to_mend(shell.runs("doctor"))
    assert [line.split()[0] for line in found] == [
        ".env",
        "SHIFTPULSE_BOT_TOKEN",
        "SHIFTPULSE_ID_KEY",
        "SHIFTPULSE_DATABASE_URL",
    ]
    assert "cp .env.example .env && chmod 600 .env" in found[0]
    assert "`shiftpulse keygen`" in found[2]
    assert "`shiftpulse migrate`" in found[3]


def test_after_the_migration_the_next_steps_are_told(ready: Shell) -> None:
    found = to_mend(ready.runs("doctor"))
    assert [line.split(":")[1].split()[0] for line in found] == ["shiftpulse", "shiftpulse", "0,"]
    assert ["organisation" in found[0], "units import" in found[1], "--role steward" in found[2]] == [True] * 3


# --- settings


def test_every_malformed_setting_is_told_at_once(house: Shell) -> None:
    house.sets(bot_token="sentinel", log_level="LOUD", pack="nowhere.toml", api_url="ftp://x", site_card="no.toml")
    found = to_mend(house.runs("doctor"))
    names = ["BOT_TOKEN", "API_URL", "LOG_LEVEL", "PACK", "SITE_CARD"]
    assert sorted(line.split()[0] for line in found) == sorted(f"SHIFTPULSE_{name}" for name in names)
    assert "sentinel" not in "".join(found)


def test_a_mistyped_variable_is_told_with_the_one_that_was_meant(house: Shell) -> None:
    house.sets(rounds_dri="elsewhere")
    assert the_fault(house) == "SHIFTPULSE_ROUNDS_DRI is not a setting: did you mean SHIFTPULSE_ROUNDS_DIR?"


def test_an_unknown_variable_is_told(house: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIFTPULSE_XYZZY", "1")
    assert the_fault(house) == "SHIFTPULSE_XYZZY is not a setting: take it out."


def test_the_token_used_as_id_key_is_told(house: Shell, telegram: Sandbox) -> None:
    house.sets(id_key=telegram.token)
    assert the_fault(house).startswith("SHIFTPULSE_ID_KEY is wrong: it is the bot's token")


def test_settings_from_the_environment_alone_are_well(house: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    (house.folder / ".env").unlink()
    for name, value in house.env.items():
        monkeypatch.setenv(f"SHIFTPULSE_{name.upper()}", value)
    assert to_mend(house.runs("doctor")) == []


def test_env_that_others_may_read_is_told(house: Shell) -> None:
    (house.folder / ".env").chmod(0o644)
    assert the_fault(house) == ".env holds secrets, and others may read it: chmod 600 .env"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["a folder", "no text"])
def test_env_that_cannot_be_read_is_told(shell: Shell, content: bytes | None) -> None:
    path = shell.folder / ".env"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
        path.chmod(0o600)
    assert the_fault(shell).startswith(".env ")


# --- Telegram and the clock


def test_a_refused_token_is_told(house: Shell) -> None:
    house.sets(bot_token="123456789:" + "A" * 35)
    assert the_fault(house).startswith("SHIFTPULSE_BOT_TOKEN is refused by Telegram")


def test_no_network_is_told_apart_from_a_refused_token(house: Shell) -> None:
    house.sets(api_url="http://127.0.0.1:9")
    assert the_fault(house).startswith("SHIFTPULSE_API_URL does not answer: the connection is refused")


@pytest.mark.parametrize(
    ("habit", "told"),
    [
        (Habit(body=b"<html>Sign in to the hospital's network</html>"), "not as the Bot API does"),
        (Habit(body=b'{"ok": true}'), "not as the Bot API does"),
        (Habit(body=b"[]"), "not as the Bot API does"),
        (Habit(404, b"<html>Not found</html>"), "not as the Bot API does"),
        (Habit(401, b'{"ok": false, "error_code": 401}'), "SHIFTPULSE_BOT_TOKEN is refused"),
        (Habit(404, b'{"ok": false, "error_code": 404}'), "SHIFTPULSE_BOT_TOKEN is refused"),
        (Habit(403, b""), "not as the Bot API does"),
        (Habit(502, b"<html>Bad gateway</html>"), "answers with 502"),
    ],
)
def test_an_address_that_is_not_quite_the_bot_api_is_told(house: Shell, habit: Habit, told: str) -> None:
    with address(habit) as url:
        house.sets(api_url=url)
        assert told in the_fault(house)


@pytest.mark.parametrize("seconds", [-3600, -CLOCK_APART - 5, CLOCK_APART + 5, 86_400])
def test_a_clock_that_is_off_is_told(house: Shell, seconds: float) -> None:
    with address(Habit(seconds_off=seconds)) as url:
        house.sets(api_url=url)
        fault = the_fault(house)
    assert fault.startswith("the clock: ")
    assert abs(int(fault.split()[2]) - abs(seconds)) < 5
    assert "NTP" in fault


@pytest.mark.parametrize("habit", [Habit(seconds_off=CLOCK_APART - 10), Habit(has_date=False)])
def test_a_clock_that_agrees_or_cannot_be_compared_is_well(house: Shell, habit: Habit) -> None:
    with address(habit) as url:
        house.sets(api_url=url)
        assert to_mend(house.runs("doctor")) == []
