"""The folder that a demo is played into: refused before anything heavy is loaded, should it be somebody else's."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

DATABASE = "shiftpulse.db"


def emptied(folder: Path) -> None:
    """Makes room for a demo. Raises `UsageError` where something lies that is no earlier demo."""
    if folder.exists() and any(folder.iterdir()) and not (folder / DATABASE).exists():
        raise click.UsageError(f"{folder} is not empty and not an earlier demo: name another --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
