"""A steward at a terminal: a folder of her own, an `.env` in it, and the `shiftpulse` command."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from click.testing import CliRunner
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.cli import group
from storage.database import async_engine, beginner
from storage.identity import IdKeys, new_key
from storage.organisation import Organisation, save_organisation
from storage.people import Role, RoleHolder
from storage.rounds import Round, Stage
from storage.units import Unit, save_units

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 4.0
"""What help and the doctor may take, of a processor."""

UNITS = (("trust", None, 0), ("medicine", "trust", 0), ("ward-7", "medicine", 24))

T = TypeVar("T")


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def fault(self) -> str:
        """The one line on standard error."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


@dataclass
class Shell:
    """Runs commands in `folder`, which is the current one for the test."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def database_file(self) -> Path:
        return self.folder / "var" / "shiftpulse.db"

    @property
    def keys(self) -> IdKeys:
        """What ids are sealed with here."""
        return IdKeys(self.env["id_key"])

    def sets(self, **values: str) -> None:
        """Writes `.env`, readable by nobody else: `sets(bot_token="…")`."""
        self.env |= values
        lines = [f"SHIFTPULSE_{name.upper()}={value}\n" for name, value in self.env.items()]
        (self.folder / ".env").write_text("".join(lines), "utf-8")
        (self.folder / ".env").chmod(0o600)

    def runs(self, *arguments: str, typed: str | None = None) -> Said:
        """The command inside this process; a traceback is the test's."""
        done = CliRunner().invoke(group, list(arguments), input=typed, prog_name="shiftpulse", catch_exceptions=False)
        return Said(done.exit_code, done.stdout, done.stderr)

    def really_runs(self, *arguments: str) -> Said:
        """The command as a process of its own, with nothing of our environment but the path."""
        done = subprocess.run(
            [*python_m_bot(), *arguments],
            cwd=self.folder,
            env=bare_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def stores(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Something that happened earlier: one transaction on the database."""

        async def go() -> T:
            engine = async_engine(f"sqlite+aiosqlite:///{self.database_file}")
            try:
                async with beginner(engine)() as db:
                    result = await work(db)
                    await db.commit()
                    return result
            finally:
                await engine.dispose()

        return asyncio.run(go())

    def has_a_house(
        self, stewards: int = 2, units: Sequence[tuple[str, str | None, int]] = UNITS, **more: object
    ) -> None:
        """An organisation, its units, and stewards whose ids are sealed with the key in `.env`."""
        keys = self.keys

        async def work(db: AsyncSession) -> None:
            await save_organisation(db, organisation(**more))
            rows = [Unit(id=id_, parent_id=above, name=id_.title(), headcount=n) for id_, above, n in units]
            await save_units(db, rows)
            for number in range(1, stewards + 1):
                db.add(
                    RoleHolder(
                        lookup=keys.lookup(number),
                        sealed=keys.seal(number),
                        role=Role.STEWARD,
                        unit_id=units[0][0],
                        display_name="Sentinel Steward",
                    )
                )

        self.stores(work)

    def has_a_round(self, stage: Stage = Stage.OPEN, number: int = 1) -> None:
        """A round at this stage, without its store."""

        async def work(db: AsyncSession) -> None:
            db.add(
                Round(
                    number=number,
                    opened_on=date(2026, 1, 6),
                    stage=stage,
                    opens_at=1,
                    closes_at=2,
                    reminds_at=1,
                    k=5,
                    pack="q12",
                    questions="q12b,q12a,driver",
                )
            )

        self.stores(work)


def organisation(**more: object) -> Organisation:
    """St Brannoc's, unless a test says otherwise."""
    given: dict[str, object] = {
        "name": "St Brannoc's",
        "contact": "wellbeing@example.org",
        "k": 5,
        "zone": "Europe/London",
        "weekday": 1,
        "opens": "09:00",
        "open_days": 6,
        "first": date(2026, 1, 6),
    }
    return Organisation(**{**given, **more})


def filled(token: str, api_url: str) -> dict[str, str]:
    """What a steward puts into `.env`."""
    return {"bot_token": token, "id_key": new_key(), "api_url": api_url}


def python_m_bot() -> list[str]:
    """The command where nothing is installed."""
    return [sys.executable, "-W", "error", "-m", "bot"]


def bare_environment() -> dict[str, str]:
    """Nothing of the machine's but the path."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}


def processor_seconds() -> float:
    """What finished processes of ours have used: the same on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
