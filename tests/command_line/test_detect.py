"""Anybody can try the detector on surveys that they have: lines of JSON in, a line for every flag out."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.policy import K_FLOOR, LEARNING_ROUNDS
from storage.audit import last_entries
from storage.hotspots import load_warm, newest_state
from storage.ledger import publish
from tests.command_line.shell import UNITS, Shell, bare_environment, processor_seconds
from tests.insights.surveys import Line, hospital, level, meta, tally, withheld, written

KEYS = ["wave", "unit", "kind", "tier", "score", "since", "effect", "lo", "hi", "p_real", "once_in_team_years"]
HOT = 25
SURVEYS = hospital(hot=HOT, quiet=8)
HEAVY = ("aiogram", "sqlalchemy", "matplotlib")


def typed(lines: list[Line | str]) -> str:
    return b"".join(written(*lines)).decode()


def flags(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_for_every_flag_in_the_order_of_waves(shell: Shell) -> None:
    said = shell.runs("detect", typed=typed(SURVEYS))
    assert said.code == 0
    found = flags(said.out)
    assert all(list(flag) == KEYS for flag in found)
    assert [flag["wave"] for flag in found] == sorted(flag["wave"] for flag in found)
    assert all(LEARNING_ROUNDS <= flag["wave"] <= 39 and flag["since"] <= flag["wave"] for flag in found)
    assert {flag["kind"] for flag in found} <= {"rise", "silence", "split", "chronic", "shared"}
    assert {flag["tier"] for flag in found} == {"watch", "alert"}
    [first, *_] = [flag for flag in found if flag["kind"] == "rise"]
    assert (first["unit"], first["since"]) == ("t00", HOT)
    assert HOT <= first["wave"] <= HOT + 2
    assert 0 < first["lo"] < first["effect"] < first["hi"]
    assert 0 < first["p_real"] < 1 < first["once_in_team_years"]


def test_a_team_whose_answers_are_withheld_has_gone_silent(shell: Shell) -> None:
    silent = [flag for flag in flags(shell.runs("detect", typed=typed(SURVEYS)).out) if flag["kind"] == "silence"]
    assert silent
    assert {flag["unit"] for flag in silent} == {"t11"}
    assert all(flag["wave"] >= 32 and flag["hi"] < 0 for flag in silent)


def test_the_surveys_come_from_a_file_as_well(shell: Shell) -> None:
    (shell.folder / "surveys.jsonl").write_text(typed(SURVEYS), "utf-8")
    assert shell.runs("detect", "surveys.jsonl") == shell.runs("detect", typed=typed(SURVEYS))
    assert shell.runs("detect", "nowhere.jsonl").code == 2


def test_improvements_are_told_only_to_whoever_asks_for_them(shell: Shell) -> None:
    better = typed(hospital(by=-25))
    plain, asked = (flags(shell.runs("detect", *options, typed=better).out) for options in ((), ("--better",)))
    assert [flag for flag in asked if flag["kind"] != "better"] == plain
    assert {flag["unit"] for flag in asked if flag["kind"] == "better"} == {"t00"}


def test_what_was_said_of_a_wave_does_not_change_with_later_ones(shell: Shell) -> None:
    whole = flags(shell.runs("detect", typed=typed(SURVEYS)).out)
    for last in (HOT, HOT + 1, 33):
        head = [line for line in SURVEYS if line.get("wave", 0) <= last]  # type: ignore[operator]
        assert flags(shell.runs("detect", typed=typed(head)).out) == [flag for flag in whole if flag["wave"] <= last]


def test_what_would_be_shown_alike_is_flagged_alike_unless_exact_numbers_are_asked_for(shell: Shell) -> None:
    place = next(at for at, line in enumerate(SURVEYS) if (line.get("wave"), line.get("unit")) == (HOT, "t00"))
    answers = [(0, 0, 2, 14, 0), (0, 0, 3, 13, 0)]  # both are shown as 70, spread 0
    files = [[*SURVEYS[:place], SURVEYS[place] | {"counts": [*one]}, *SURVEYS[place + 1 :]] for one in answers]
    coded, exact = (
        [flags(shell.runs("detect", *options, typed=typed(lines)).out) for lines in files]
        for options in ((), ("--exact",))
    )
    assert coded[0] == coded[1]
    assert exact[0] != exact[1]


def test_bad_lines_are_named_by_their_numbers_and_nothing_is_written(shell: Shell) -> None:
    bad = ["oops", tally("t01", (9, 9, 9, 9, 9), "worn", 39), withheld("nowhere", 40), withheld("d0", 41)]
    said = shell.runs("detect", typed=typed([*SURVEYS, *bad, tally("t01", (9, 0, 0, 0, 0), "worn", 3)]))
    assert (said.code, said.out) == (2, "")
    end = len(SURVEYS)
    assert said.err.splitlines() == [
        f"line {end + 1}: is not JSON",
        f"line {end + 2}: this tally stands on line {end - 10} already",
        f'line {end + 3}: there is no unit "nowhere"',
        f'line {end + 4}: "d0" has others below it: tallies are those of teams',
        f"line {end + 5}: is of wave 3, after lines of wave 41: waves must ascend",
    ]


def test_fifty_faults_are_enough_to_read(shell: Shell) -> None:
    said = shell.runs("detect", typed=typed([meta(), *["oops"] * 60]))
    assert (said.code, said.out, len(said.err.splitlines())) == (2, "", 51)
    assert said.err.splitlines()[-1] == "and 10 more"


def test_what_is_no_text_is_named_too(shell: Shell) -> None:
    (shell.folder / "surveys.jsonl").write_bytes(typed([meta()]).encode() + b"\xff\xfe\n")
    said = shell.runs("detect", "surveys.jsonl")
    assert (said.code, said.out, said.fault) == (2, "", "line 2: is not UTF-8 text")


def test_nothing_at_all_lacks_its_first_line(shell: Shell) -> None:
    said = shell.runs("detect", typed="")
    assert (said.code, said.out) == (2, "")
    assert said.fault == 'line 1: must be the meta line: {"type": "meta", "format": "tally/1", ...}'


def test_without_waves_there_is_nothing_to_detect(shell: Shell) -> None:
    said = shell.runs("detect", typed=typed([meta()]))
    assert (said.code, said.out, said.fault) == (0, "", "There are no waves, so there is nothing to detect.")


def test_in_the_first_waves_nobody_is_flagged_and_it_says_so(shell: Shell) -> None:
    said = shell.runs("detect", typed=typed(hospital(waves=LEARNING_ROUNDS, hot=4, by=50)))
    assert (said.code, said.out) == (0, "")
    assert said.fault == "12 waves, 12 teams; 0 flags (0 alerts); 1 more wave until anybody can be flagged"
    assert f"first {LEARNING_ROUNDS} waves" in " ".join(shell.runs("detect", "--help").out.split())


def test_at_the_end_one_line_sums_up(shell: Shell) -> None:
    said = shell.runs("detect", typed=typed(SURVEYS))
    found = flags(said.out)
    alerts = sum(flag["tier"] == "alert" for flag in found)
    assert said.fault.startswith(f"40 waves, 12 teams; {len(found)} flags ({alerts} alerts, ")
    for kind in {flag["kind"] for flag in found}:
        assert f"{sum(flag['kind'] == kind for flag in found)} {kind}" in said.fault
    assert "; mirror: " in said.fault


@pytest.mark.parametrize(
    "lines",
    [
        [withheld(unit, wave) for wave in range(30) for unit in ("ward-a", "ward-b", "ward-c")],
        [tally("ward-a", level(40 + wave % 3, 9), "worn", wave, roster=12) for wave in range(30)],
        [tally(unit, (0, 0, 9, 0, 0), "worn", wave) for wave in range(30) for unit in ("ward-a", "ward-b", "ward-c")],
        [tally("ward-a", (9, 0, 0, 0, 0), "worn", wave) for wave in range(20)] + [withheld("ward-b", 20, 0)],
        [withheld("ward-a", wave, 0) for wave in range(20)] + [tally("ward-b", (1, 2, 3, 0, 0), "worn", 10**6)],
    ],
    ids=["all withheld", "one team", "all the same answer", "everyone leaves", "nobody there"],
)
@pytest.mark.parametrize("option", ["--better", "--exact"])
def test_odd_surveys_get_through(shell: Shell, lines: list[Line], option: str) -> None:
    said = shell.runs("detect", option, typed=typed([meta(), *lines]))
    assert said.code == 0
    assert all(flag["kind"] in ("silence", "better") for flag in flags(said.out))


def test_one_team_that_is_the_whole_organisation_gets_through(shell: Shell) -> None:
    lines = [tally("ward", level(70 if wave > 20 else 35, 20), "worn", wave, roster=30) for wave in range(30)]
    said = shell.runs("detect", typed=typed([meta((("ward", None),), (("worn", 1),)), *lines]))
    assert said.code == 0


def test_long_work_says_how_far_it_is_and_takes_seconds_and_nothing_heavy(shell: Shell) -> None:
    (shell.folder / "surveys.jsonl").write_text(typed(hospital(waves=42, teams=100)), "utf-8")
    code = (
        "import sys; from bot.cli import main; sys.argv = ['shiftpulse', 'detect', 'surveys.jsonl']\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    before = processor_seconds()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=shell.folder,
        env=bare_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert processor_seconds() - before < 5
    *found, loaded = done.stdout.splitlines()
    assert loaded == "[]"
    *progress, summary = done.stderr.splitlines()
    assert [line.partition(",")[0] for line in progress] == [f"{n} of 42 waves" for n in (10, 20, 30, 40)]
    assert progress[0] == "10 of 42 waves, 0 flags"
    assert summary.startswith(f"42 waves, 100 teams; {len(found)} flags")


# --- a warm start: past surveys shorten the first rounds' learning ---


def refused(shell: Shell, lines: list[Line]) -> str:
    """What is said when nothing is kept; nothing is."""
    said = shell.runs("detect", "--warm", typed=typed(lines))
    assert said.code in (1, 2)
    if said.code == 2:
        assert said.out == ""
    assert shell.stores(load_warm) is None
    assert [one.what for one in shell.stores(lambda db: last_entries(db, 9))] == []
    return " ".join(said.err.split())


def test_the_usual_levels_of_ones_own_units_are_kept_and_that_is_noted(house: Shell) -> None:
    past = typed(hospital(first="ward-7"))
    said = house.runs("detect", "--warm", typed=past)
    assert said.code == 0
    assert said.out == house.runs("detect", typed=past).out
    assert said.err.splitlines()[-1] == "Kept the usual levels of 1 of 12 teams, matched by id."
    warm = house.stores(load_warm)
    assert warm is not None
    assert ([*warm.levels], warm.rounds) == (["ward-7"], 40)
    [entry] = house.stores(lambda db: last_entries(db, 9))
    assert (entry.actor, entry.what, entry.told) == ("command line", "detector_warmed", {"added": 1, "waves": 40})
    assert house.stores(lambda db: newest_state(db, 99)) is None


def test_a_second_warm_start_replaces_the_first(house: Shell) -> None:
    for waves in (20, 30):
        assert house.runs("detect", "--warm", typed=typed(hospital(waves=waves, first="ward-7"))).code == 0
    warm = house.stores(load_warm)
    assert warm is not None
    assert warm.rounds == 30


def test_without_an_organisation_nothing_is_warmed(ready: Shell) -> None:
    assert "run `shiftpulse organisation` first" in refused(ready, hospital(first="ward-7"))


def test_surveys_of_other_units_warm_nothing(house: Shell) -> None:
    assert "No unit of the surveys has the id of one of yours" in refused(house, hospital())


def test_surveys_may_not_tell_of_fewer_people_than_staff_were_promised(ready: Shell) -> None:
    ready.has_a_house(k=K_FLOOR + 1, units=UNITS)
    past = hospital(first="ward-7")
    assert "give min_n at least 6" in refused(ready, past)
    assert ready.runs("detect", "--warm", typed=typed([past[0] | {"min_n": 6}, *past[1:]])).code == 0


def test_a_team_that_was_never_shown_warms_nothing(house: Shell) -> None:
    lines: list[Line] = [meta((("org", None), ("ward-7", "org"), ("t01", "org")), (("worn", 1),))]
    for wave in range(20):
        lines += [withheld("ward-7", wave), tally("t01", level(40 + wave % 3, 12), "worn", wave)]
    assert "was shown often enough" in refused(house, lines)


def test_once_teams_are_judged_it_is_too_late(house: Shell) -> None:
    async def a_quarter_of_a_year(db: AsyncSession) -> None:
        for number in range(1, LEARNING_ROUNDS + 2):
            await publish(db, number, date(2026, 1, 6) + timedelta(weeks=number), ["q12b"], [], {})

    house.stores(a_quarter_of_a_year)
    assert "Teams have been judged already" in refused(house, hospital(first="ward-7"))


def test_exact_numbers_warm_nothing(house: Shell) -> None:
    said = house.runs("detect", "--warm", "--exact", typed=typed(SURVEYS))
    assert (said.code, said.out) == (2, "")
    assert house.stores(load_warm) is None


def test_bad_lines_warm_nothing(house: Shell) -> None:
    assert refused(house, [*hospital(first="ward-7"), {"wave": 0}]).startswith("line 482: ")
