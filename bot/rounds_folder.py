"""The folder of round stores: private, writable, and in no version control, before a round trusts it."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import Final

from bot.settings import Settings, SettingsError
from storage.stores import Stores

VARIABLE: Final = "SHIFTPULSE_ROUNDS_DIR"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_GIT_SECONDS: Final = 2


def make_rounds_folder(settings: Settings) -> None:
    """Makes the folder if it is not there. Raises `SettingsError` when it cannot be made or written."""
    try:
        Stores(settings.rounds_dir, settings.database_url).prepare()
    except OSError as error:
        raise SettingsError(f"{VARIABLE}: the folder cannot be made ({error.strerror}): correct it.") from None
    _must_be_writable(settings.rounds_dir)


def rounds_folder_fault(folder: Path) -> str | None:
    """What is wrong with the folder, or with the place where it will be made; makes nothing."""
    if not folder.exists():
        above = next((one for one in folder.absolute().parents if one.exists()), Path("/"))
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            return f"{VARIABLE}: the folder cannot be made there: correct it, or let the bot's account write there."
    else:
        try:
            _must_be_writable(folder)
        except SettingsError as error:
            return str(error)
        if folder.stat().st_mode & _OTHERS:
            return f"{VARIABLE} names a folder that others may look into: chmod 700 {folder}"
    if would_be_committed(folder / "round-1.key"):
        return f"{VARIABLE} lies in a git work tree that would commit it: move it, or put it into .gitignore."
    return None


def would_be_committed(path: Path) -> bool:
    """Whether `git add` would take the file along. Without git nothing would."""
    folder = next((one for one in path.absolute().parents if one.is_dir()), Path("/"))
    if not any((one / ".git").exists() for one in (folder, *folder.parents)):
        return False
    command = ["git", "-C", str(folder), "check-ignore", "--quiet", "--", str(path.absolute())]
    try:
        return subprocess.run(command, capture_output=True, timeout=_GIT_SECONDS, check=False).returncode == 1
    except (OSError, subprocess.TimeoutExpired):
        return False


def _must_be_writable(folder: Path) -> None:
    if not folder.is_dir():
        raise SettingsError(f"{VARIABLE} names a file, not a folder: correct it.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(f"{VARIABLE} names a folder that may not be written: give it to the bot's account.")
