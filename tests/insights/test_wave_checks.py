"""Lines of past surveys that do not fit each other: the later one is named, and the one that it does not fit."""

from __future__ import annotations

import pytest

from insights.wave_lines import WaveError
from insights.wave_rounds import read_surveys
from tests.insights.surveys import Line, meta, tally, withheld, written

FEW = (1, 2, 3, 1, 1)
GOOD = tally("ward-a", FEW, roster=20)


def faults(*lines: Line | str) -> list[tuple[int, str]]:
    with pytest.raises(WaveError) as problem:
        read_surveys(written(meta(), *lines))
    return [(fault.line, fault.text) for fault in problem.value.faults]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([tally("ward-x", FEW)], [(2, 'there is no unit "ward-x"')]),
        ([withheld("ward-x")], [(2, 'there is no unit "ward-x"')]),
        ([tally("ward-a", FEW, "mood")], [(2, 'there is no question "mood"')]),
        ([tally("med", FEW)], [(2, '"med" has others below it: tallies are those of teams')]),
        ([withheld("org")], [(2, '"org" has others below it: tallies are those of teams')]),
        ([GOOD, GOOD], [(3, "this tally stands on line 2 already")]),
        ([GOOD, tally("ward-b", FEW), GOOD, GOOD], [(n, "this tally stands on line 2 already") for n in (4, 5)]),
        ([withheld("ward-a"), withheld("ward-a")], [(3, "this team stands on line 2 already")]),
        ([GOOD, withheld("ward-a")], [(3, "is suppressed, and line 2 counts answers")]),
        ([withheld("ward-a"), GOOD], [(3, "counts answers, and line 2 is suppressed")]),
        ([GOOD, tally("ward-a", FEW, "energy", answered=9, roster=20)], [(3, 'has another "answered" than line 2')]),
        ([GOOD, tally("ward-a", FEW, "energy", roster=21)], [(3, 'has another "roster" than line 2')]),
        (
            [tally("ward-a", FEW, wave=3), tally("ward-a", FEW, wave=5), tally("ward-b", FEW, wave=3)],
            [(4, "is of wave 3, after lines of wave 5: waves must ascend")],
        ),
    ],
)
def test_lines_that_do_not_fit_each_other_are_named(lines: list[Line], found: list[tuple[int, str]]) -> None:
    assert faults(*lines) == found


def test_the_same_team_may_stand_in_every_wave() -> None:
    lines = [meta(), tally("ward-a", FEW), withheld("ward-a", 1), tally("ward-a", FEW, wave=9)]
    assert [shown.number for shown in read_surveys(written(*lines)).rounds] == [0, 1, 9]


def test_teams_and_questions_of_a_wave_stand_in_any_order() -> None:
    lines = [tally(unit, FEW, question) for unit in ("ward-b", "ward-a") for question in ("energy", "worn")]
    forth, [back] = read_surveys(written(meta(), *lines)), read_surveys(written(meta(), *lines[::-1])).rounds
    [shown] = forth.rounds
    assert shown.units == back.units == ("ward-a", "ward-b")
    assert shown.strain.tolist() == back.strain.tolist()


def test_faults_of_all_kinds_stand_in_the_order_of_lines() -> None:
    found = faults(withheld("ward-x"), "oops", GOOD, GOOD | {"wave": -1}, GOOD)
    assert [line for line, _ in found] == [2, 3, 5, 6]
