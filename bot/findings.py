"""One line of the doctor's examination."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what to do about it if it is not well."""

    is_well: bool
    text: str


def well(text: str) -> Finding:
    """Nothing to do."""
    return Finding(True, f"ok      {text}")


def mend(text: str) -> Finding:
    """Something to do, and what."""
    return Finding(False, f"MEND    {text}")
