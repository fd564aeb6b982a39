"""What of the plan was changed, in words: the log keeps it as a machine writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from handlers.words import Speaker
from storage.organisation import Organisation

TOLD: Final = tuple(name for name in Organisation.model_fields if name != "id")
"""What of the plan can be told to have changed."""


def plan_changes(say: Speaker, changed: Sequence[object]) -> str:
    """`weekday=1` as "day of opening: Tuesday"; what this version does not know is told as it stands."""
    return ", ".join(_change(say, *str(one).partition("=")[::2]) for one in changed)


def _change(say: Speaker, key: str, value: str) -> str:
    if key not in TOLD:
        return f"{key}={value}" if value else key
    if key == "weekday" and value.isdigit():
        value = say.weekday(int(value))
    return say.plain(f"changed.{key}", value=value or say.plain("changed.nothing"))
