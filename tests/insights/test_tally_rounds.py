"""Lines of totals become rounds, and the rows of their release say what the ledger would."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from insights.cell_lines import Row, rows
from insights.cells import Released, Stat
from insights.pack import default_pack
from insights.tally_rounds import TalliedRound, read_rounds
from tests.insights.tallied import HOUSE, ORG, Line, lens, tally, unit, written


def rounds(lines: Sequence[Line]) -> list[TalliedRound]:
    return read_rounds(written(lines).encode())


def told(lines: Sequence[Line], k: int = 5, is_explained: bool = False) -> list[Row]:
    return [row for one in rounds(lines) for row in rows(one, one.release(k), is_explained)]


def of(found: list[Row], unit: str, stat: str, question: str | None = "q12b") -> Row:
    [row] = [row for row in found if (row["unit"], row["stat"], row["question"]) == (unit, stat, question)]
    return row


def test_rounds_come_in_ascending_order_with_the_questions_of_each():
    found = rounds([*HOUSE, tally("ward-a", (9, 9), "b", 10), tally("ward-a", (9, 9), "a", 2)])
    assert [(one.number, [question.id for question in one.questions]) for one in found] == [(2, ["a"]), (10, ["b"])]


def test_a_cell_is_what_the_release_says():
    [one] = rounds([*HOUSE, tally("ward-a", (1, 2, 9, 6, 4)), tally("ward-c", (0, 0, 0, 0, 9))])
    shown = one.release(5)
    found = list(rows(one, shown))
    assert len(found) == sum(stat != Stat.ANSWERED for _, _, stat in shown.cells)
    for (key, question, stat), cell in shown.cells.items():
        if stat == Stat.ANSWERED:
            continue
        row = of(found, key, stat, question or None)
        if isinstance(cell, Released):
            assert (row["shown"], row["n"], row.get("bound", "=")) == (cell.value, cell.n, cell.bound)
        else:
            assert row["withheld"] == cell.reason
    assert of(found, "ward-c", "score") == {
        "round": 1, "unit": "ward-c", "question": "q12b", "stat": "score", "shown": 80, "n": "5-9", "bound": ">=",
    }  # fmt: skip
    assert of(found, "ward-b", "score") == {
        "round": 1, "unit": "ward-b", "question": "q12b", "stat": "score", "withheld": "too few answers",
    }  # fmt: skip


def test_no_roster_no_narrowing():
    assert of(told([*HOUSE, tally("ward-a", (2, 2, 2, 2, 2))]), "ward-a", "spread")["n"] == "10-19"


def test_people_of_an_inner_unit_are_told_as_its_own():
    found = told([*HOUSE, tally("med", (2, 2, 2)), tally("ward-a", (3, 3, 3))], is_explained=True)
    assert of(found, "med~own", "score")["atoms"] == [["med"]]
    assert of(found, "med", "score")["atoms"] == [["med"], ["ward-a"]]
    assert of(found, "med", "score")["total"] == 15


def test_a_line_that_is_not_there_counts_nought():
    given = [*HOUSE, tally("ward-a", (3, 3, 3)), tally("ward-c", (3, 3, 3))]
    nought = [tally("ward-b", (0, 0, 0)), tally("ward-a", (0, 0, 0), "driver"), tally("ward-b", (0, 0, 0), "driver")]
    driver = tally("ward-c", (3, 3, 3), "driver")
    assert told([*given, driver]) == told([*given, driver, *nought])
    assert "withheld" in of(told([*given, driver]), "ward-a", "score")
    assert "shown" in of(told(given), "ward-a", "score")


def test_the_order_of_lines_changes_nothing():
    lines = [*HOUSE, *(tally(f"ward-{id}", (3, n, 3), q) for id in "abc" for q in ("q12b", "x") for n in (2,))]
    lines += [lens("days", (6, 4, 6), "x"), lens("nights", (3, 2, 3), "x"), tally("ward-a", (4, 4), "y", 2)]
    expected = told(lines)
    for seed in range(4):
        random.Random(seed).shuffle(lines)
        assert told(lines) == expected


@pytest.mark.parametrize(
    ("question", "counts", "scores"),
    [
        ("q12b", (1, 1, 1, 1, 1), (0, 25, 50, 75, 100)),
        ("driver", (1,) * 7, None),
        ("driver", (1, 1, 1), None),
        ("q12c", (1, 1, 1), (0, 50, 100)),
        ("mood", (1, 1), (0, 100)),
        ("mood", (1, 1, 1, 1), (0, 33, 67, 100)),
    ],
)
def test_questions_are_scored_as_the_pack_says_or_in_equal_steps(
    question: str, counts: tuple[int, ...], scores: tuple[int, ...] | None
):
    [one] = rounds([ORG, tally("org", counts, question)])
    assert [asked.scores for asked in one.questions] == [scores]


def test_a_line_may_say_how_a_question_is_scored():
    lines = [ORG, tally("org", (20, 0, 0), "mood"), tally("org", (7, 7, 7), "x")]
    lines += [
        {"kind": "question", "id": "mood", "scores": [100, 50, 0]},
        {"kind": "question", "id": "x", "scores": None},
    ]
    [one] = rounds(lines)
    assert {asked.id: asked.scores for asked in one.questions} == {"mood": (100, 50, 0), "x": None}
    assert {row["stat"] for row in told(lines) if row["question"] == "x"} == {"share.0", "share.1", "share.2"}


def test_strain_is_made_of_the_packs_items_that_were_asked():
    items = {"q12a", "q12b", "q12c", "q12d", "q12e", "q12f", "q12g"}
    assert items < default_pack().questions.keys()
    lines = [ORG, *(tally("org", (5, 5, 5, 5, 5), question) for question in ("q12b", "q12f", "driver", "mood"))]
    [one] = rounds(lines)
    assert one.strain == ("q12b", "q12f")
    assert of(told(lines), "org", "strain", None)["shown"] == 50


def test_without_strain_items_there_is_no_strain():
    assert "strain" not in {row["stat"] for row in told([ORG, tally("org", (9, 9), "mood")])}


LEAVES = [tally("ward-a", (5, 5, 5, 5, 5)), tally("ward-b", (4, 4, 4, 4, 4)), tally("ward-c", (0, 1, 0, 2, 0))]


def test_cells_of_a_lens_carry_its_name_and_category_and_the_organisation():
    lines = [*HOUSE, *LEAVES, lens("days", (4, 4, 4, 4, 4)), lens("nights", (4, 4, 4, 4, 4))]
    found = [row for row in told(lines, is_explained=True) if "lens" in row]
    assert {(row["unit"], row["lens"], row["category"]) for row in found} == {
        ("org", "pattern", "days+other"),
        ("org", "pattern", "nights"),
    }
    scores = [row for row in found if row["stat"] == "score"]
    assert [row["total"] for row in scores] == [28, 20]
    assert [row["atoms"] for row in scores] == [[["ward-a"], ["ward-b", "ward-c"]]] * 2
    assert list(scores[0])[:6] == ["round", "unit", "lens", "category", "question", "stat"]
    assert told(lines)[-1].keys() >= {"lens", "category"}


def test_totals_of_categories_sum_up_to_the_total_of_the_organisation():
    lines = [*HOUSE, *LEAVES, lens("days", (4, 4, 4, 4, 4)), lens("nights", (4, 4, 4, 4, 4))]
    found = told(lines, is_explained=True)
    for stat in ("score", "share.0", "strain"):
        rows = [row for row in found if row["stat"] == stat and row["unit"] == "org"]
        whole = [row["total"] for row in rows if "lens" not in row]
        assert whole == [sum(int(str(row["total"])) for row in rows if "lens" in row)]


def test_atoms_of_shares_are_those_of_the_nested_lattice():
    lines = [ORG, unit("a"), unit("b"), unit("c"), tally("a", (3, 3)), tally("b", (3, 3)), tally("c", (9, 9))]
    found = told(lines, is_explained=True)
    assert of(found, "org", "score")["atoms"] == [["a"], ["b"], ["c"]]
    assert of(found, "org", "share.0")["atoms"] == [["a", "b"], ["c"]]
    assert "atoms" not in of(found, "a", "share.0")


def test_strain_counts_the_fewest_answers_of_its_items():
    lines = [ORG, tally("org", (5, 5, 5, 5, 5)), tally("org", (3, 3, 3, 3, 3), "q12c")]
    assert of(told(lines, is_explained=True), "org", "strain", None)["total"] == 15


def test_a_larger_k_holds_here_too():
    assert "withheld" in of(told([ORG, tally("org", (3, 3, 3))], k=10), "org", "score")
