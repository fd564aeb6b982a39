"""What is missing or wrong, and how to mend it: one line each, one screen. Names no person, shows no secret."""

from __future__ import annotations

import os
import platform
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from bot.findings import Finding, mend, well
from bot.settings import (
    ENV_FILE,
    KEY_MISSING,
    PREFIX,
    TOKEN_MISSING,
    Settings,
    SettingsError,
    settings_and_faults,
)

CLOCK_APART: Final = 60
"""Seconds between our clock and Telegram's from which on one of them is wrong."""

USUAL_ZONE: Final = "Europe/London"
_OLDEST_PYTHON: Final = (3, 11)
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_UNKNOWN_SHOWN: Final = 3


def examine(env_file: Path = ENV_FILE) -> list[Finding]:
    """Every check that can be made. What hangs on something that is broken is left out."""
    findings = list(_ground(env_file))
    try:
        settings, faults = settings_and_faults(env_file)
    except SettingsError as error:
        return [*findings, mend(str(error))]
    findings += _settings(settings, faults, env_file)
    if settings.bot_token.get_secret_value() and "api_url" not in faults:
        findings += _telegram(settings)
    findings += _zones()
    if "rounds_dir" not in faults:
        findings += _rounds_folder(settings)
    findings += _words(settings, faults)
    if "database_url" not in faults:
        findings += _database(settings)
    return findings


def _ground(env_file: Path) -> Iterator[Finding]:
    from bot.rounds_folder import would_be_committed

    version = platform.python_version()
    if sys.version_info[:2] < _OLDEST_PYTHON:
        yield mend(f"Python is {version}: install 3.11 or newer, then `make setup`.")
    else:
        yield well(f"Python {version}")
    if env_file.is_dir():
        return  # reading it says so
    if not env_file.exists():
        if any(name.upper().startswith(PREFIX) for name in os.environ):
            yield well("settings come from the environment: there is no .env in this folder")
        else:
            yield mend(".env is not in this folder: cp .env.example .env && chmod 600 .env")
    elif env_file.stat().st_mode & _OTHERS:
        yield mend(".env holds secrets, and others may read it: chmod 600 .env")
    elif would_be_committed(env_file):
        yield mend(".env lies in a git work tree that would commit it: put it into .gitignore.")
    else:
        yield well(".env is private")


def _settings(settings: Settings, faults: dict[str, str], env_file: Path) -> Iterator[Finding]:
    for line in faults.values():
        yield mend(line)
    missing = {
        "bot_token": (settings.bot_token, TOKEN_MISSING),
        "id_key": (settings.id_key, KEY_MISSING),
    }
    lacking = [line for name, (value, line) in missing.items() if name not in faults and not value.get_secret_value()]
    for line in lacking:
        yield mend(line)
    unknown = list(_unknown(env_file))
    for line in unknown[:_UNKNOWN_SHOWN]:
        yield mend(line)
    if not faults and not lacking and not unknown:
        yield well("settings: all there and well-formed; token and key are two secrets")


def _unknown(env_file: Path) -> Iterator[str]:
    known = sorted(name.upper() for name in Settings.model_fields)
    given = [*os.environ, *(dotenv_values(env_file) if env_file.is_file() else ())]
    ours = {name.upper().removeprefix(PREFIX) for name in given if name.upper().startswith(PREFIX)}
    for name in sorted(ours.difference(known)):
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {PREFIX}{near[0]}?" if near else "take it out."
        yield f"{PREFIX}{name} is not a setting: {hint}"


def _telegram(settings: Settings) -> Iterator[Finding]:
    from bot.telegram_probe import who_am_i

    try:
        identity = who_am_i(settings)
    except SettingsError as error:
        yield mend(str(error))
        return
    yield well(f"the token: @{identity.name} answers")
    if identity.now is None:
        return
    apart = abs((datetime.now(UTC) - identity.now).total_seconds())
    if apart > CLOCK_APART:
        yield mend(f"the clock: {apart:.0f} seconds from Telegram's: switch time synchronisation (NTP) on.")
    else:
        yield well("the clock: agrees with Telegram's")


def _zones() -> Iterator[Finding]:
    try:
        ZoneInfo(USUAL_ZONE)
        yield well("time zone data: there")
    except ZoneInfoNotFoundError:
        yield mend("time zone data is missing: run `make setup` again; it brings the package tzdata.")


def _rounds_folder(settings: Settings) -> Iterator[Finding]:
    from bot.rounds_folder import rounds_folder_fault

    fault = rounds_folder_fault(settings.rounds_dir)
    if fault:
        yield mend(fault)
    elif settings.rounds_dir.exists():
        yield well("the rounds folder: private and writable; leave it out of every backup and snapshot")
    else:
        yield well("the rounds folder: the bot will make it; leave it out of every backup and snapshot")


def _words(settings: Settings, faults: dict[str, str]) -> Iterator[Finding]:
    from bot.doctor_cards import card_findings, check_findings
    from insights.pack import default_pack, load_pack

    if "pack" not in faults:
        pack = load_pack(settings.pack.read_text("utf-8")) if settings.pack else default_pack()
        yield well(f"the check-in: pack {pack.id}, version {pack.version}")
    yield from check_findings()
    yield from card_findings(settings, date.today())  # noqa: DTZ011 - the day of whoever reads this


def _database(settings: Settings) -> Iterator[Finding]:
    from bot.database_probe import probe

    try:
        health = probe(settings.database_url)
    except SettingsError as error:
        yield mend(str(error))
        return
    yield well(f"the database: answers, is migrated (revision {health.revision}) and may be written")
    if health.is_guarded:
        yield well("the ledger: write-once, guarded by the database itself")
    elif health.has_published:
        yield mend(
            "the ledger has lost its write-once triggers: start the bot, which makes them, and ask who took them."
        )
    else:
        yield well("the ledger: empty; the bot makes its write-once triggers when it starts")
    from bot.cli.session import in_database
    from bot.doctor_hotspots import hotspot_findings, learnt
    from bot.doctor_house import house_findings

    yield from in_database(lambda db: house_findings(db, settings), settings)
    yield from hotspot_findings(in_database(learnt, settings))
