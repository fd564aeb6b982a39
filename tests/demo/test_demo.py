"""`make demo`, as somebody runs it who has no terminal: the story it promises is the story it tells."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.demo.hospital import BURNING, PLACES, SILENT, TEAMS

NAMES = {place.id: place.name for place in PLACES}
QUIET = [team.name for team in TEAMS if team.id not in (BURNING, SILENT)]
MINUTES = 8 * 60.0


@dataclass(frozen=True)
class Played:
    """What one run of the demo left behind."""

    folder: Path
    printed: str
    progress: str


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("played") / "demo"
    run = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--folder", str(folder)],
        capture_output=True,
        text=True,
        timeout=MINUTES,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return Played(folder, run.stdout, run.stderr)


pytestmark = pytest.mark.timeout(MINUTES)


def section(text: str, title: str) -> str:
    """A part of the digest, from its title to the next empty line."""
    return text.partition(title)[2].partition("\n\n")[0] if title in text else ""


def test_the_hospital_is_as_big_as_it_says() -> None:
    assert len(TEAMS) >= 14
    assert min(team.staff for team in TEAMS) == 4
    assert max(team.staff for team in TEAMS) == 40
    assert 240 <= sum(team.staff for team in TEAMS) <= 260


def test_it_names_the_team_that_burns_and_the_one_that_fell_silent(played: Played) -> None:
    digest = played.printed.partition("What to try next")[0]
    flagged = [line for line in digest.splitlines() if NAMES[BURNING] in line]
    assert flagged
    assert "rising strain" in flagged[0] or "look here first" in flagged[0] or "worth watching" in flagged[0]
    assert any(NAMES[SILENT] in line for line in digest.splitlines())


def test_it_names_no_quiet_team_as_a_hotspot(played: Played) -> None:
    digest = played.printed.partition("Cannot be judged")[0]
    hot = "\n".join(line for line in digest.splitlines() if not line.startswith("• Over: "))
    assert [name for name in QUIET if name in hot] == []


def test_it_shows_progress_and_ends_by_itself(played: Played) -> None:
    assert "week 20 of 20" in played.progress
    assert "What to try next" in played.printed


def test_it_leaves_a_picture_numbers_and_three_chats(played: Played) -> None:
    assert (played.folder / "digest.png").read_bytes().startswith(b"\x89PNG")
    chats = (played.folder / "transcript.txt").read_text("utf-8")
    for expected in ("Yes, join Ward 7", "Recorded. Thank you.", "Weekly digest", "/trends", "Download CSV"):
        assert expected in chats
    rows = list(csv.DictReader(io.StringIO((played.folder / "trends.csv").read_text("utf-8-sig"))))
    assert {int(row["round"]) for row in rows} == set(range(1, 21))
    assert {team.id for team in TEAMS} <= {row["unit"] for row in rows}


def test_nothing_is_left_of_any_round(played: Played) -> None:
    assert list((played.folder / "rounds").iterdir()) == []


def test_the_ledger_can_be_asked_afterwards(played: Played) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "bot", "trends", "--unit", BURNING],
        capture_output=True,
        text=True,
        timeout=60,
        env={"SHIFTPULSE_DATABASE_URL": f"sqlite+aiosqlite:///{played.folder}/shiftpulse.db"},
        check=True,
    )
    assert f"{NAMES[BURNING]}: Strain" in asked.stdout
    assert "round 20" in asked.stdout


def test_a_folder_of_somebody_else_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    run = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--folder", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "name another --folder" in run.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
