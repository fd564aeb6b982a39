"""Small multiples: the flagged first, every number with its interval, what is usual, and since when it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from insights.cells import Bound, Cell, CellKey, Kind, Page, Stat, UnitKey
from insights.charts import PanelWords, small_multiples
from insights.easel import PAPER, PIXELS, SMALL, WIDTH, Easel
from insights.heat_picture import SIGNAL, luminance
from insights.hotspot_kinds import Course, Flag, FlagKind, Reading, Tier
from insights.intervals import interval
from insights.multiples_picture import BETTER_SINCE, BETTER_SPOKEN, SINCE, SPOKEN, MultiplesPicture
from insights.multiples_rows import Dot, Measure, Multiples, multiples
from insights.policy import LEARNING_ROUNDS, PANELS_CALM, PANELS_MOST, PANELS_ROUNDS, UNIT_NAME_LENGTH
from tests.insights.pages import POOLED, QUIET, TRUST, flag, line, page, reading, shown, tree, weeks
from tests.insights.test_charts import LONG, _rgb, hatched, many, outside, overlapping, said, size, texts, wavy

SURGERY = UnitKey("surgery")
WARD = UnitKey("ward7")
LEARNING = Reading(5, (), (), ())
WORDS = PanelWords(
    title="Team by team",
    note="0 is no strain, 100 the most.",
    strain="number shown",
    answered="who answered",
    spread="how far apart",
    spread_means="0 as by chance",
    usual="what is usual",
    organisation="the organisation",
    since="since this began",
    withheld="not shown",
    told=lambda flag, course: f"{flag.tier}: {flag.kind}" + (f", {course}" if course else ""),
    week=lambda day: f"{day.day} {day:%b}",
    name=lambda at: at.name or f"{at.teams} small teams together",
    more=lambda count: f"+ {count} more",
)


def chosen(said: Reading = QUIET, ledger: Sequence[Page] | None = None, under: UnitKey = TRUST) -> Multiples:
    return multiples(ledger or weeks(20, strain=wavy), under, said)


def names(found: Multiples) -> list[str]:
    return [str(panel.line.key) for panel in found.panels]


def drawn(said: Reading = QUIET, ledger: Sequence[Page] | None = None, under: UnitKey = TRUST) -> Easel:
    return MultiplesPicture(ledger or weeks(20, strain=wavy), under, said, WORDS).draw()


def raised(kind: FlagKind = FlagKind.RISE, usual: float | None = 40.0, since: int = 15, unit: str = "ward7") -> Flag:
    return replace(flag(unit, kind, since=since, number=20), usual=usual)


class TestChoice:
    def test_flagged_teams_come_first_the_most_urgent_at_the_top(self) -> None:
        said = reading(
            flag("theatres", FlagKind.SILENCE),
            flag("ward1", tier=Tier.WATCH),
            flag("ward3", FlagKind.BETTER),
            flag("ward2"),
            still=[(flag("ward7"), Course.EASING)],
        )
        assert names(chosen(said)) == ["ward2", "ward7", "ward1", "theatres", "ward3"]

    def test_then_the_most_strained_and_who_is_not_shown_last(self) -> None:
        now = {"ward1": 30.0, "ward2": 60.0, "ward3": 45.0, "ward7": 50.0}
        ledger = weeks(2, strain=lambda key, n: shown(now.get(key, 40)) if n == 1 or key in now else POOLED)
        assert names(chosen(ledger=ledger)) == ["ward2", "ward7", "ward3", "ward1", "theatres"]

    def test_who_was_never_shown_has_no_panel(self) -> None:
        ledger = weeks(3, strain=lambda key, number: POOLED if key == "ward1" else shown(45))
        assert "ward1" not in names(chosen(ledger=ledger))

    def test_when_nobody_was_ever_shown_there_is_still_a_panel_to_say_so(self) -> None:
        found = chosen(ledger=weeks(3, strain=lambda key, number: POOLED))
        assert names(found) == ["trust"]

    def test_calm_teams_fill_up_fewer_places_than_flagged_ones_may_take(self) -> None:
        ledger = weeks(20, many(3, 6), wavy)
        teams = [f"t{d}x{t}" for d in range(3) for t in range(6)]
        calm, some = chosen(ledger=ledger), chosen(reading(*map(flag, teams[:10])), ledger)
        all_flagged = chosen(reading(*map(flag, teams)), ledger)
        assert [len(found.panels) for found in (calm, some, all_flagged)] == [PANELS_CALM, 10, PANELS_MOST]
        assert [found.more for found in (calm, some, all_flagged)] == [10, 8, 6]

    def test_while_learning_every_level_is_as_good_as_another(self) -> None:
        assert len(chosen(LEARNING, weeks(3, many(3, 6), wavy)).panels) == PANELS_MOST

    def test_another_division_is_not_shown(self) -> None:
        assert sorted(names(chosen(reading(flag("ward1")), under=SURGERY))) == ["theatres", "ward7"]

    def test_a_lead_of_one_team_sees_that_team(self) -> None:
        assert names(chosen(under=WARD)) == ["ward7"]

    def test_small_teams_that_are_shown_together_are_not_followed(self) -> None:
        lines = [*tree(), line("surgery~pool", "surgery", "", Kind.POOL, 3)]
        assert "surgery~pool" not in names(chosen(ledger=weeks(3, lines, wavy)))

    @pytest.mark.parametrize("course", Course)
    def test_a_flag_counts_until_it_is_over(self, course: Course) -> None:
        found = chosen(reading(still=[(flag("ward3"), course)]))
        assert (found.panels[0].flag is None) is (course is Course.OVER)

    def test_an_improvement_that_is_likelier_chance_marks_nobody(self) -> None:
        doubtful = replace(flag("ward7", FlagKind.BETTER), p_real=0.4)
        assert all(panel.flag is None for panel in chosen(reading(doubtful)).panels)

    def test_what_a_group_shares_is_no_team_s_flag(self) -> None:
        assert all(panel.flag is None for panel in chosen(reading(flag("surgery", FlagKind.SHARED))).panels)

    def test_of_two_flags_the_more_urgent_is_shown(self) -> None:
        said = reading(flag("ward7", FlagKind.SILENCE), flag("ward7", FlagKind.SPLIT, Tier.WATCH))
        (found,) = [panel for panel in chosen(said).panels if panel.flag]
        assert found.flag is not None
        assert found.flag.kind is FlagKind.SPLIT

    def test_shows_the_last_rounds_or_all_that_are_being_learnt(self) -> None:
        assert len(chosen(ledger=weeks(40)).panels[0].dots) == PANELS_ROUNDS
        learning = chosen(LEARNING, weeks(3))
        assert (len(learning.panels[0].dots), learning.room) == (3, LEARNING_ROUNDS)


class TestPanel:
    def one(self, said: Reading, ledger: Sequence[Page] | None = None) -> tuple[Dot, ...]:
        return chosen(said, ledger, WARD).panels[0].dots

    def test_every_number_has_its_interval(self) -> None:
        (dot,) = self.one(QUIET, weeks(1, strain=lambda key, number: shown(45, "5-9")))
        assert dot.value == 45
        assert (dot.low, dot.high) == interval(shown(45, "5-9"), Stat.STRAIN)

    def test_a_coded_end_keeps_its_bound(self) -> None:
        (dot,) = self.one(QUIET, weeks(1, strain=lambda key, number: shown(80, "5-9", Bound.AT_LEAST)))
        assert (dot.value, dot.bound, dot.high) == (80, Bound.AT_LEAST, 100)

    def test_nothing_shown_and_not_there_are_two_things(self) -> None:
        ledger = [*weeks(1, [at for at in tree() if at.key != "ward7"]), *weeks(2, strain=lambda k, n: POOLED)[1:]]
        assert self.one(LEARNING, [*ledger, *weeks(3)[2:]])[:2] == (Dot(is_there=False), Dot())

    def test_silence_is_shown_as_the_share_who_answered(self) -> None:
        cells: dict[CellKey, Cell] = {(WARD, "", Stat.ANSWERED): shown(12), (WARD, "", Stat.STRAIN): shown(45)}
        (panel,) = chosen(reading(raised(FlagKind.SILENCE, 70.0)), [page(20, tree(), cells)], WARD).panels
        assert (panel.measure, panel.dots, panel.usual) == (Measure.ANSWERED, (Dot(60.0),), 70.0)

    def test_a_split_is_shown_as_the_spread_of_the_answers(self) -> None:
        cells: dict[CellKey, Cell] = {(WARD, "q12b", Stat.SPREAD): shown(50), (WARD, "q12a", Stat.SPREAD): shown(100)}
        (panel,) = chosen(reading(raised(FlagKind.SPLIT)), [page(20, tree(), cells)], WARD).panels
        assert (panel.measure, panel.dots) == (Measure.SPREAD, (Dot(75.0),))

    def test_a_flagged_team_is_held_against_what_was_usual_before(self) -> None:
        said = replace(reading(raised(usual=40.0)), usual={WARD: 55.0, UnitKey("theatres"): 33.0})
        flagged, calm = chosen(said, under=SURGERY).panels
        assert (flagged.usual, calm.usual) == (40.0, 33.0)

    @pytest.mark.parametrize(("since", "place"), [(20, 15), (6, 1), (5, 0), (4, -1)])
    def test_marks_the_round_since_when(self, since: int, place: int) -> None:
        (panel,) = chosen(reading(raised(since=since)), under=WARD).panels
        assert panel.since == place

    def test_what_began_in_a_round_without_a_page_is_marked_from_the_next(self) -> None:
        ledger = [one for one in weeks(20, strain=wavy) if one.round != 15]
        (panel,) = chosen(reading(raised(since=15)), ledger, WARD).panels
        assert panel.since is not None
        assert ledger[-PANELS_ROUNDS:][panel.since].round == 16
        assert panel.began == ledger[-PANELS_ROUNDS:][panel.since].opened_on


EVERYTHING = reading(
    raised(),
    raised(FlagKind.SILENCE, 60.0, unit="ward1"),
    raised(FlagKind.SPLIT, 25.0, unit="ward2"),
    replace(raised(FlagKind.CHRONIC, 38.0, since=2, unit="ward3"), tier=Tier.WATCH),
    still=[(raised(FlagKind.BETTER, 50.0, unit="theatres"), Course.HOT)],
)
SHOWN = {
    "quiet": (QUIET, weeks(20, strain=wavy)),
    "every kind": (EVERYTHING, weeks(20, strain=wavy)),
    "one round": (Reading(12, (), (), ()), weeks(1, strain=wavy)),
    "learning": (LEARNING, weeks(8, many(3, 6), wavy)),
    "everything withheld": (QUIET, weeks(20, strain=lambda key, number: POOLED)),
    "long names": (reading(flag("t0x0"), flag("t1x1", FlagKind.SILENCE)), weeks(20, many(3, 6, LONG), wavy)),
    "long words": (reading(flag("t0x0")), weeks(20, many(1, 3, "W" * UNIT_NAME_LENGTH), wavy)),
}


@cache
def hung(name: str) -> Easel:
    """The picture of a case of the list, drawn once."""
    return drawn(*SHOWN[name])


@pytest.mark.parametrize("name", SHOWN)
class TestEveryPicture:
    def test_has_no_text_outside_the_sheet(self, name: str) -> None:
        assert outside(hung(name)) == []

    def test_has_no_text_on_another(self, name: str) -> None:
        assert overlapping(hung(name)) == []

    def test_has_no_text_too_small_for_a_phone(self, name: str) -> None:
        assert min(text.get_fontsize() for text in texts(hung(name))) >= SMALL

    def test_is_as_wide_as_three_phones_and_not_much_higher_than_two(self, name: str) -> None:
        width, height = size(hung(name).png())
        assert width == WIDTH * PIXELS == 1170
        assert 300 < height < 2.4 * width


class TestPicture:
    def test_the_same_ledger_gives_the_same_bytes(self) -> None:
        ledger = weeks(16, strain=wavy)
        once, again = (small_multiples(ledger, TRUST, EVERYTHING, WORDS) for _ in range(2))
        assert once == again

    def test_says_in_words_what_colours_and_signs_say(self) -> None:
        told = said(hung("every kind"))
        for words in ("alert: rise", "alert: silence", "alert: split", "watch: chronic", "alert: better, still hot"):
            assert words in told

    def test_the_legend_explains_what_is_drawn_and_nothing_else(self) -> None:
        everything, quiet = said(hung("every kind")), said(hung("quiet"))
        assert WORDS.note in everything
        assert all(words in everything for words in (WORDS.usual, WORDS.organisation, WORDS.since, WORDS.withheld))
        assert WORDS.strain in quiet
        assert not any(words in quiet for words in (WORDS.usual, WORDS.since, WORDS.withheld, WORDS.answered))

    def test_withheld_rounds_are_hatched(self) -> None:
        ledger = weeks(16, strain=lambda key, number: POOLED if number in (4, 9) else shown(45))
        assert len(hatched(drawn(QUIET, ledger, WARD))) == 2 + 1

    def test_the_rounds_since_a_flag_began_have_a_ground_and_their_day(self) -> None:
        easel = drawn(reading(raised(since=15)), under=WARD)
        grounds = [one for one in easel.figure.findobj(Rectangle) if one.get_facecolor()[:3] == _rgb(SINCE)]
        assert len(grounds) == 1 + 1
        assert "14 Apr" in said(easel).split(" | ")

    def test_what_began_before_the_picture_says_so(self) -> None:
        assert "‹ 13 Jan" in said(drawn(reading(raised(since=2)), under=WARD)).split(" | ")

    def test_an_improvement_has_a_colour_of_its_own(self) -> None:
        easel = drawn(reading(raised(FlagKind.BETTER)), under=WARD)
        plot = [one for one in easel.figure.findobj(Rectangle) if one.get_facecolor()[:3] == _rgb(BETTER_SINCE)]
        assert len(plot) == 1 + 1
        assert SIGNAL not in [one.get_color() for one in easel.figure.findobj(Line2D)]

    def test_a_single_team_has_the_whole_width(self) -> None:
        (name,) = [text for text in texts(drawn(under=WARD)) if text.get_text() == "Ward7"]
        numbers = [text for text in texts(drawn(under=WARD)) if text.get_fontsize() == 14]
        assert name.get_position()[0] < 20
        assert numbers[0].get_position()[0] > WIDTH - 20

    @pytest.mark.parametrize("color", [SPOKEN, BETTER_SPOKEN])
    def test_words_in_colour_can_be_read(self, color: str) -> None:
        paper, ink = luminance((*_rgb(PAPER), 1.0)), luminance((*_rgb(color), 1.0))
        assert (paper + 0.05) / (ink + 0.05) >= 4.5

    def test_teams_that_are_left_out_are_counted(self) -> None:
        assert "+ 10 more" in said(drawn(QUIET, weeks(20, many(3, 6), wavy)))

    def test_a_name_of_nothing_but_signs_becomes_the_unit_s_key(self) -> None:
        assert "trust" in said(drawn(QUIET, weeks(2, [line("trust", None, "\U0001f305")])))

    @pytest.mark.parametrize("ledger", [[], weeks(2, [line("elsewhere", None)])])
    def test_a_unit_that_is_not_there_is_refused(self, ledger: list[Page]) -> None:
        with pytest.raises(LookupError):
            small_multiples(ledger, WARD, QUIET, WORDS)
