"""Trends: a series says what was published and how far off it may be; the export says it to a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

import pytest

from insights.cells import ROLES, WHOLE, Bound, Kind, Line, Reason, Stat, UnitKey, Withheld
from insights.comments.counting import Tone
from insights.comments.published import THEMES, TONE
from insights.comments.themes import Theme
from insights.intervals import band_start, interval, variance, wilson
from insights.policy import INTERVAL_Z, ITEM_NOISE, N_BANDS, SCORE_STEPS, STRAIN_NOISE
from insights.subtree import standing, subtree
from insights.trends import COLUMNS, DEFINITIONS, ExportWords, definition, is_told, nhs_score, series, to_csv
from tests.insights.comments.said import front, hidden, shares
from tests.insights.pages import FIRST_DAY, POOLED, TRUST, line, page, shown, tree, weeks

WARD = UnitKey("ward1")
TOO_FEW = Withheld(Reason.TOO_FEW)


def words(name: str | None = None) -> ExportWords:
    def called(at: Line) -> str:
        return name or at.name or f"{at.teams} small teams together"

    return ExportWords(
        withheld="not shown",
        definitions={key: f"what {key} means" for key in DEFINITIONS},
        name=called,
        option=lambda question, index: f"{question} option {index}",
    )


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def one_row(cell: object, stat: str = Stat.STRAIN, question: str = WHOLE) -> dict[str, str]:
    ledger = [page(1, tree(), {(WARD, question, stat): cell})]  # type: ignore[dict-item]
    (row,) = rows(to_csv(ledger, WARD, words()))
    return row


class TestSeries:
    def test_has_a_point_for_every_round_oldest_first(self) -> None:
        points = series(weeks(3), WARD, WHOLE, Stat.STRAIN)
        assert [point.round for point in points] == [1, 2, 3]
        assert points[0].opened_on == FIRST_DAY

    def test_a_period_keeps_the_newest_rounds(self) -> None:
        points = series(weeks(20), WARD, WHOLE, Stat.STRAIN, last=4)
        assert [point.round for point in points] == [17, 18, 19, 20]

    def test_a_period_longer_than_the_ledger_is_all_of_it(self) -> None:
        assert len(series(weeks(3), WARD, WHOLE, Stat.STRAIN, last=12)) == 3

    @pytest.mark.parametrize("last", [0, -1])
    def test_a_period_without_a_round_is_refused(self, last: int) -> None:
        with pytest.raises(ValueError, match="at least one round"):
            series(weeks(3), WARD, WHOLE, Stat.STRAIN, last=last)

    def test_an_empty_ledger_has_no_point(self) -> None:
        assert series([], WARD, WHOLE, Stat.STRAIN) == ()

    def test_a_withheld_round_is_a_point_without_ends(self) -> None:
        ledger = weeks(3, strain=lambda key, number: TOO_FEW if number == 2 else shown(45))
        points = series(ledger, WARD, WHOLE, Stat.STRAIN)
        assert points[1].cell == TOO_FEW
        assert (points[1].low, points[1].high) == (None, None)
        assert points[0].low is not None

    def test_a_rotating_question_has_points_only_where_it_was_asked(self) -> None:
        ledger = [
            page(n, tree(), {(WARD, q, Stat.SCORE): shown(40)}, ("q12b", q))
            for n, q in enumerate(("q12a", "q12c", "q12a"), start=1)
        ]
        assert [p.round for p in series(ledger, WARD, "q12a", Stat.SCORE)] == [1, 3]

    def test_a_question_that_was_asked_but_not_published_is_withheld(self) -> None:
        ledger = [page(1, tree(), {})]
        (point,) = series(ledger, WARD, "driver", Stat.share(0))
        assert isinstance(point.cell, Withheld)

    def test_a_unit_has_no_point_before_it_stood(self) -> None:
        ledger = [*weeks(2, [line("trust", None, kind=Kind.GROUP)]), page(3, tree(), {})]
        assert [p.round for p in series(ledger, WARD, WHOLE, Stat.STRAIN)] == [3]


class TestComments:
    """What is published of comments stands beside the answers, under definitions of its own."""

    CELLS = shares("ward1", {Tone.NEGATIVE: 40}, {Theme.PAY: 30})

    def test_a_share_has_a_point_in_every_round_that_heard_comments(self) -> None:
        ledger = [page(1, tree(), {}), page(2, tree(), hidden("ward1")), page(3, tree(), self.CELLS)]
        points = series(ledger, WARD, TONE, Stat.share(0))
        assert [point.round for point in points] == [2, 3]
        assert isinstance(points[0].cell, Withheld)
        assert points[1].cell == shown(40, "20-49")
        assert (points[1].low, points[1].high) == tuple(100 * end for end in wilson(0.4, 20))

    def test_of_a_round_that_only_told_what_is_in_front_the_share_is_not_shown(self) -> None:
        (point,) = series([page(1, tree(), front("ward1", Tone.NEGATIVE, None))], WARD, TONE, Stat.share(0))
        assert isinstance(point.cell, Withheld)

    def test_groups_of_a_lens_wrote_nothing_that_is_counted(self) -> None:
        lens = line("~pattern.nights", kind=Kind.LENS)
        assert not is_told(lens, Stat.share(0), TONE)
        assert is_told(lens, Stat.share(0), "driver")

    def test_the_export_names_marks_bands_and_definitions(self) -> None:
        found = rows(to_csv([page(1, tree(), self.CELLS)], WARD, words()))
        assert len(found) == len(Tone) + len(Theme)
        negative = next(row for row in found if (row["question"], row["stat"]) == (TONE, "share.0"))
        assert (negative["shown"], negative["answered_band"], negative["option"]) == ("40", "20-49", "~tone option 0")
        assert negative["definition"] == "what share_tone means"
        assert {row["definition"] for row in found if row["question"] == THEMES} == {"what share_themes means"}

    def test_what_is_in_front_is_an_option_and_what_is_withheld_has_the_one_wording(self) -> None:
        found = rows(to_csv([page(1, tree(), front("ward1", Tone.NEGATIVE, None))], WARD, words()))
        assert [(row["option"], row["withheld"], row["definition"]) for row in found] == [
            ("", "not shown", "what top_themes means"),
            ("~tone option 0", "", "what top_tone means"),
        ]

    def test_the_export_can_be_of_comments_only(self) -> None:
        cells = {**self.CELLS, (WARD, WHOLE, Stat.STRAIN): shown(45)}
        found = rows(to_csv([page(1, tree(), cells)], None, words(), only=(TONE, THEMES)))
        assert {row["question"] for row in found} == {TONE, THEMES}


class TestIntervals:
    @pytest.mark.parametrize(("start", "band"), N_BANDS)
    def test_a_band_stands_for_its_lower_end(self, start: int, band: str) -> None:
        assert band_start(band) == start

    def test_variance_is_one_person_s_spread_over_the_fewest_answers_and_the_rounding(self) -> None:
        assert variance(shown(45, "5-9"), Stat.STRAIN) == pytest.approx(STRAIN_NOISE / 5 + 25 / 12)
        assert variance(shown(45, "5-9"), Stat.SCORE) == pytest.approx(ITEM_NOISE / 5 + 25 / 12)

    @pytest.mark.parametrize(("band", "step"), [("20-49", 5), ("50-99", 2), ("100-199", 2), ("200+", 1)])
    def test_the_rounding_is_the_one_the_band_was_shown_with(self, band: str, step: int) -> None:
        assert step in {shown_step for _, shown_step in SCORE_STEPS}
        assert variance(shown(45, band), Stat.STRAIN) == pytest.approx(STRAIN_NOISE / band_start(band) + step**2 / 12)

    def test_a_score_s_ends_are_as_far_on_both_sides(self) -> None:
        low, high = interval(shown(50), Stat.STRAIN) or (0, 0)
        half = INTERVAL_Z * variance(shown(50), Stat.STRAIN) ** 0.5
        assert (low, high) == (pytest.approx(50 - half), pytest.approx(50 + half))

    def test_one_item_is_less_certain_than_the_whole_check_in(self) -> None:
        item, strain = interval(shown(50), Stat.SCORE), interval(shown(50), Stat.STRAIN)
        assert item is not None
        assert strain is not None
        assert item[0] < strain[0]

    def test_more_answers_make_the_interval_narrower(self) -> None:
        for stat in (Stat.STRAIN, Stat.SCORE, Stat.share(1)):
            widths = []
            for _, band in N_BANDS:
                low, high = interval(shown(50, band), stat) or (0, 0)
                widths.append(high - low)
            assert widths == sorted(widths, reverse=True)

    def test_ends_stay_on_the_scale(self) -> None:
        assert (interval(shown(5, "5-9"), Stat.SCORE) or (1, 1))[0] == 0.0
        assert (interval(shown(95, "5-9"), Stat.SCORE) or (1, 1))[1] == 100.0

    @pytest.mark.parametrize("stat", [Stat.STRAIN, Stat.SCORE, Stat.share(2)])
    def test_a_coded_end_is_open(self, stat: str) -> None:
        at_most = interval(shown(20, "20-49", Bound.AT_MOST), stat)
        at_least = interval(shown(80, "20-49", Bound.AT_LEAST), stat)
        assert at_most is not None
        assert at_least is not None
        assert at_most[0] == 0.0
        assert at_most[1] > 20
        assert at_least[1] == 100.0
        assert at_least[0] < 80

    def test_wilson_s_ends_solve_wilson_s_equation(self) -> None:
        # by definition (Wilson 1927): |end - share| = z sqrt(end (1 - end) / n)
        share, n = 81 / 263, 263
        for end in wilson(share, n):
            assert abs(end - share) == pytest.approx(INTERVAL_Z * (end * (1 - end) / n) ** 0.5)

    @pytest.mark.parametrize("share", [0.0, 1.0])
    def test_nobody_and_everybody_still_leave_room(self, share: float) -> None:
        low, high = wilson(share, 20)
        assert 0.0 <= low < high <= 1.0

    @pytest.mark.parametrize("stat", [Stat.TOP, Stat.ANSWERED, Stat.SPREAD])
    def test_other_numbers_have_no_ends(self, stat: str) -> None:
        assert interval(shown(3), stat) is None

    def test_a_withheld_number_has_no_ends(self) -> None:
        assert interval(POOLED, Stat.STRAIN) is None


class TestSubtree:
    def test_is_the_unit_and_everything_below_it_in_order(self) -> None:
        inside = subtree(page(1, tree()), UnitKey("surgery"))
        assert [at.key for at in inside] == ["surgery", "ward7", "theatres"]

    def test_of_the_top_is_everything(self) -> None:
        assert subtree(page(1, tree()), TRUST) == tree()

    def test_of_a_team_is_the_team(self) -> None:
        assert [at.key for at in subtree(page(1, tree()), WARD)] == ["ward1"]

    def test_of_a_stranger_is_empty(self) -> None:
        assert subtree(page(1, tree()), UnitKey("elsewhere")) == ()

    def test_a_stranger_s_name_is_in_no_error(self) -> None:
        with pytest.raises(LookupError) as caught:
            standing(page(1, tree()), UnitKey("elsewhere"))
        assert "elsewhere" not in str(caught.value)


class TestExport:
    def test_starts_with_the_agreed_header(self) -> None:
        assert to_csv([], None, words()).strip() == (
            "round,opened_on,unit,name,kind,question,stat,option,shown,bound,low,high,answered_band,"
            "people_asked,teams_in,teams,nhs_score,withheld,definition"
        )
        assert len(COLUMNS) == 19

    def test_says_everything_about_a_shown_strain(self) -> None:
        assert one_row(shown(47.5)) == {
            "round": "1",
            "opened_on": "2026-01-06",
            "unit": "ward1",
            "name": "Ward1",
            "kind": "team",
            "question": "",
            "stat": "strain",
            "option": "",
            "shown": "47.5",
            "bound": "about",
            "low": "36.5",
            "high": "58.5",
            "answered_band": "10-19",
            "people_asked": "20",
            "teams_in": "1",
            "teams": "1",
            "nhs_score": "5.25",
            "withheld": "",
            "definition": "what strain means",
        }

    @pytest.mark.parametrize("reason", list(Reason))
    def test_a_withheld_number_has_one_wording_whatever_the_reason(self, reason: Reason) -> None:
        row = one_row(Withheld(reason))
        assert row["withheld"] == "not shown"
        assert {row[key] for key in ("shown", "bound", "low", "high", "answered_band", "nhs_score")} == {""}
        assert reason.value not in ",".join(row.values())

    def test_bounds_are_words_not_signs(self) -> None:
        assert one_row(shown(20, "5-9", Bound.AT_MOST))["bound"] == "at most"
        assert one_row(shown(80, "5-9", Bound.AT_LEAST))["bound"] == "at least"

    def test_a_share_names_its_option_and_has_wilson_s_ends(self) -> None:
        row = one_row(shown(30, "20-49"), Stat.share(2), "driver")
        low, high = wilson(0.3, 20)
        assert row["option"] == "driver option 2"
        assert (row["low"], row["high"]) == (f"{100 * low:.1f}", f"{100 * high:.1f}")
        assert row["nhs_score"] == ""
        assert row["definition"] == "what share means"

    def test_a_top_driver_is_an_option_and_no_number(self) -> None:
        row = one_row(shown(4), Stat.TOP, "driver")
        assert row["option"] == "driver option 4"
        assert (row["shown"], row["bound"], row["withheld"]) == ("", "", "")
        assert row["answered_band"] == "10-19"

    def test_a_withheld_top_driver_names_no_option(self) -> None:
        assert one_row(Withheld(Reason.NOT_CLEAR), Stat.TOP, "driver")["option"] == ""

    def test_participation_is_in_people(self) -> None:
        row = one_row(shown(12), Stat.ANSWERED)
        assert (row["shown"], row["low"], row["nhs_score"]) == ("12", "", "")

    def test_has_every_unit_when_none_is_asked_for(self) -> None:
        found = rows(to_csv(weeks(2), None, words()))
        assert len(found) == 2 * len(tree())
        assert {row["unit"] for row in found} == {at.key for at in tree()}

    def test_of_one_unit_has_that_unit_alone(self) -> None:
        found = rows(to_csv(weeks(5), UnitKey("surgery"), words(), last=2))
        assert [(row["round"], row["unit"]) for row in found] == [("4", "surgery"), ("5", "surgery")]

    def test_a_pool_is_called_by_its_words(self) -> None:
        lines = [*tree(), line("surgery~pool", "surgery", "", Kind.POOL, teams=3)]
        (row,) = rows(to_csv(weeks(1, lines), UnitKey("surgery~pool"), words()))
        assert (row["name"], row["kind"], row["teams_in"]) == ("3 small teams together", "pool", "3")

    def test_an_unknown_number_of_people_is_empty_not_zero(self) -> None:
        small = Line(WARD, None, "Ward 1", Kind.TEAM, 0, 1, 0, 4)
        (row,) = rows(to_csv(weeks(1, [small], lambda key, number: POOLED), None, words()))
        assert row["people_asked"] == ""

    def test_cells_follow_the_check_in_then_the_questions_then_the_options(self) -> None:
        cells = [
            ("driver", Stat.share(10)),
            ("driver", Stat.share(2)),
            ("q12a", Stat.SPREAD),
            ("q12b", Stat.SCORE),
            ("q12a", Stat.SCORE),
            (WHOLE, Stat.ANSWERED),
            (WHOLE, Stat.STRAIN),
        ]
        ledger = [page(1, tree(), {(WARD, question, stat): shown(40, "20-49") for question, stat in cells})]
        found = [(row["question"], row["stat"]) for row in rows(to_csv(ledger, WARD, words()))]
        assert found == [
            ("", "strain"),
            ("", "answered"),
            ("q12b", "score"),
            ("q12a", "score"),
            ("q12a", "spread"),
            ("driver", "share.2"),
            ("driver", "share.10"),
        ]

    def test_does_not_depend_on_the_order_of_the_cells(self) -> None:
        def ledger(order: int) -> Sequence[object]:
            cells = {(at.key, "", stat): shown(40) for at in tree() for stat in (Stat.STRAIN, Stat.ANSWERED)}
            return [page(1, tree(), dict(list(cells.items())[::order]))]

        assert to_csv(ledger(1), None, words()) == to_csv(ledger(-1), None, words())  # type: ignore[arg-type]

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝"])
    def test_a_name_cannot_be_a_formula(self, start: str) -> None:
        evil = f'{start}HYPERLINK("http://example.org","Ward")'
        (row,) = rows(to_csv(weeks(1, [line("ward1", None)]), None, words(evil)))
        assert row["name"] == f"'{evil}"

    @pytest.mark.parametrize("name", ["Ward 7, North", 'The "Hub"', "Łódź\nWard", "A-E", "Ward = 7", "'quoted"])
    def test_ordinary_names_come_back_as_they_are(self, name: str) -> None:
        (row,) = rows(to_csv(weeks(1, [line("ward1", None)]), None, words(name)))
        assert row["name"] == name

    def test_no_field_at_all_starts_like_a_formula(self) -> None:
        lines = [*tree(), line(ROLES, "trust", "-", Kind.ROLES)]
        cells = [shown(20, "5-9", Bound.AT_MOST), shown(80, "5-9", Bound.AT_LEAST), TOO_FEW]
        text = to_csv(weeks(3, lines, lambda key, number: cells[number - 1]), None, words())
        assert not [f for row in rows(text) for f in row.values() if f.startswith(("=", "+", "-", "@"))]

    def test_a_period_without_a_round_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least one round"):
            to_csv(weeks(1), None, words(), last=0)


class TestDefinitions:
    @pytest.mark.parametrize("stat", [*Stat, Stat.share(0), Stat.share(11)])
    def test_every_stat_has_one(self, stat: str) -> None:
        assert definition(stat) in DEFINITIONS

    @pytest.mark.parametrize(("score", "nhs"), [(0, 10), (100, 0), (25, 7.5), (50, 5)])
    def test_the_nhs_scale_runs_the_other_way(self, score: float, nhs: float) -> None:
        assert nhs_score(score) == nhs
