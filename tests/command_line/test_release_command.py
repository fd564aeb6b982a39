"""Anybody can run the release rule on totals of their own: lines of JSON in, a line for every cell out."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.command_line.shell import Shell, bare_environment, processor_seconds
from tests.insights.tallied import HOUSE, lens, tally, unit, written

TOTALS = [
    *HOUSE,
    tally("ward-a", (1, 2, 9, 6, 4)),
    tally("ward-b", (0, 1, 0, 1, 0)),
    tally("ward-c", (0, 0, 0, 0, 9)),
    tally("ward-a", (4, 0, 0, 8, 2, 3, 3), "driver"),
    tally("ward-b", (1, 0, 0, 0, 0, 0, 1), "driver"),
    tally("ward-c", (6, 0, 0, 0, 0, 1, 1), "driver", established=7),
    tally("ward-a", (3, 3), "mood", round=2),
]
HEAVY = ("aiogram", "sqlalchemy", "numpy", "matplotlib")


def cells(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_for_every_cell_in_the_order_of_rounds_and_units(shell: Shell) -> None:
    said = shell.runs("release", typed=written(TOTALS))
    assert (said.code, said.err) == (0, "")
    found = cells(said.out)
    assert [row["round"] for row in found] == sorted(row["round"] for row in found)
    assert list(dict.fromkeys(row["unit"] for row in found if row["round"] == 1)) == [
        "org", "med", "ward-a", "ward-b", "ward-c",
    ]  # fmt: skip
    assert {"round": 1, "unit": "ward-b", "question": None, "stat": "strain", "withheld": "too few answers"} in found
    assert {"round": 1, "unit": "ward-a", "question": "driver", "stat": "share.3", "shown": 40, "n": "20-49"} in found
    ends = {"round": 1, "unit": "ward-c", "question": "q12b", "stat": "score", "shown": 80, "n": "5-9", "bound": ">="}
    assert ends in found
    assert {"round": 2, "unit": "org", "question": "mood", "stat": "score", "shown": 50, "n": "5-9"} in found


def test_explaining_adds_the_atoms_and_the_exact_number_to_what_is_shown_alone(shell: Shell) -> None:
    plain = cells(shell.runs("release", typed=written(TOTALS)).out)
    told = cells(shell.runs("release", "--explain", typed=written(TOTALS)).out)
    assert [{key: row[key] for key in row if key not in ("atoms", "total")} for row in told] == plain
    assert all(("shown" in row) == ("atoms" in row) == ("total" in row) for row in told)
    [org] = [row for row in told if (row["unit"], row["question"], row["stat"]) == ("org", "q12b", "score")]
    assert (org["atoms"], org["total"]) == ([["ward-a"], ["ward-c"]], 31)


def test_totals_come_from_a_file_as_well(shell: Shell) -> None:
    (shell.folder / "totals.jsonl").write_text(written(TOTALS), "utf-8")
    assert shell.runs("release", "totals.jsonl").out == shell.runs("release", typed=written(TOTALS)).out
    assert shell.runs("release", "nowhere.jsonl").code == 2


def test_k_may_be_raised_and_not_lowered(shell: Shell) -> None:
    found = cells(shell.runs("release", "--k", "10", typed=written(TOTALS)).out)
    assert {row["unit"] for row in found if "shown" in row} == {"org", "med", "ward-a"}
    for k in ("4", "51", "five"):
        assert shell.runs("release", "--k", k, typed=written(TOTALS)).code == 2


def test_a_lens_is_told_after_the_units(shell: Shell) -> None:
    days, nights = lens("days", (1, 2, 8, 5, 4)), lens("nights", (0, 1, 1, 2, 9))
    few = cells(shell.runs("release", typed=written([*TOTALS, days, nights])).out)
    assert [row for row in few if "lens" in row] == []
    many = [tally("ward-b", (5, 5, 5, 5, 5), "x", 3), tally("ward-c", (5, 5, 5, 5, 5), "x", 3)]
    halves = [lens(name, (5, 5, 5, 5, 5), "x", 3) for name in ("days", "nights")]
    found = cells(shell.runs("release", typed=written([*HOUSE, *many, *halves])).out)
    named = ["lens" in row for row in found]
    assert named == sorted(named)
    assert {(row["unit"], row["lens"], row["category"]) for row in found if "lens" in row} == {
        ("org", "pattern", "days"),
        ("org", "pattern", "nights"),
    }


def test_bad_lines_are_named_by_their_numbers_and_nothing_is_written(shell: Shell) -> None:
    said = shell.runs("release", typed=written([*TOTALS, "oops", unit("org"), tally("nowhere", (1, 2), "x")]))
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "line 13: is not JSON",
        "line 14: this unit stands on line 1 already",
        'line 15: there is no unit "nowhere"',
    ]


@pytest.mark.parametrize(("bad", "last"), [(50, "line 50: is not JSON"), (51, "and 1 more"), (90, "and 40 more")])
def test_fifty_faults_are_enough_to_read(shell: Shell, bad: int, last: str) -> None:
    said = shell.runs("release", typed="oops\n" * bad)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[-1] == last
    assert len(said.err.splitlines()) == min(bad, 51)


def test_nothing_at_all_is_no_organisation(shell: Shell) -> None:
    said = shell.runs("release", typed="")
    assert (said.code, said.out, said.fault) == (2, "", "there are no units")


def test_long_work_says_how_far_it_is(shell: Shell) -> None:
    rounds = [tally(f"ward-{id}", (3, 3), "x", n) for n in range(1, 1401) for id in "abc"]
    said = shell.runs("release", typed=written([*HOUSE, *rounds]))
    assert said.code == 0
    assert said.err.splitlines()[-1] == "1400 of 1400 rounds"


def test_three_hundred_units_and_ten_questions_take_seconds_and_nothing_heavy(shell: Shell) -> None:
    teams = [unit(f"t{n}", f"d{n % 20}") for n in range(279)]
    lines = [HOUSE[0], *(unit(f"d{n}") for n in range(20)), *teams]
    sizes = [(n % 9, n % 4, n % 5, n % 3, n % 7) for n in range(279)]
    lines += [tally(f"t{n}", counts, f"q{question}") for n, counts in enumerate(sizes) for question in range(10)]
    (shell.folder / "totals.jsonl").write_text(written(lines), "utf-8")
    code = (
        "import sys; from bot.cli import main; sys.argv = ['shiftpulse', 'release', 'totals.jsonl', '--explain']\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    before = processor_seconds()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=shell.folder,
        env=bare_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert processor_seconds() - before < 10
    *found, loaded = done.stdout.splitlines()
    assert loaded == "[]"
    assert len({json.loads(line)["unit"] for line in found}) >= 300
