"""The demo's hospital: three levels, nineteen teams of 4 to 40 people, and what the weeks hold for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import ceil
from typing import Final

NAME: Final = "St Brannoc's Hospital"
CONTACT: Final = "wellbeing@st-brannocs.example"
ZONE: Final = "Europe/London"
TOP: Final = "trust"
START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
FIRST_OPENING: Final = date(2026, 1, 6)

BURNING: Final = "ward-7"
BURNS_FROM: Final = 15
SILENT: Final = "theatres"
SILENT_FROM: Final = 14

_JOINED_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Place:
    """A unit: `staff` join it, none in an inner unit."""

    id: str
    name: str
    parent: str | None
    staff: int = 0

    @property
    def headcount(self) -> int:
        """On the payroll: more than join."""
        return ceil(self.staff / _JOINED_SHARE)


PLACES: Final = (
    Place("trust", NAME, None),
    Place("medicine", "Medicine", "trust"),
    Place("ward-7", "Ward 7, Respiratory", "medicine", 20),
    Place("ward-8", "Ward 8, Elderly Care", "medicine", 16),
    Place("stroke", "Stroke Unit", "medicine", 14),
    Place("amu", "Acute Medical Unit", "medicine", 22),
    Place("discharge", "Discharge Lounge", "medicine", 4),
    Place("surgery", "Surgery and Theatres", "trust"),
    Place("theatres", "Theatres", "surgery", 24),
    Place("ward-3", "Ward 3, Orthopaedics", "surgery", 15),
    Place("ward-4", "Ward 4, Vascular", "surgery", 12),
    Place("pain", "Pain Team", "surgery", 4),
    Place("urgent", "Emergency and Critical Care", "trust"),
    Place("ed", "Emergency Department", "urgent", 40),
    Place("icu", "Intensive Care", "urgent", 18),
    Place("outreach", "Critical Care Outreach", "urgent", 4),
    Place("family", "Women and Children", "trust"),
    Place("maternity", "Maternity", "family", 16),
    Place("children", "Children's Ward", "family", 13),
    Place("neonatal", "Neonatal Unit", "family", 10),
    Place("midwives", "Community Midwives", "family", 6),
    Place("services", "Clinical Support", "trust"),
    Place("porters", "Porters", "services", 12),
    Place("pharmacy", "Pharmacy", "services", 9),
)

TEAMS: Final = tuple(place for place in PLACES if place.staff)

FIRST_NAMES: Final = (
    "Ana", "Ben", "Chidi", "Dilys", "Efua", "Farah", "Gareth", "Hana", "Imran", "Joy", "Kofi", "Lena", "Maria",
    "Nia", "Owen", "Priya", "Quinn", "Rosa", "Sam", "Tomasz", "Uche", "Vera", "Wyn", "Xin", "Yusuf", "Zofia",
)  # fmt: skip
