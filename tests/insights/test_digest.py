"""The digest: a lead is told about their own unit, like is compared with like, and nothing is made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from insights.cells import Bound, Cell, CellKey, Kind, Reason, Stat, UnitKey, Withheld
from insights.digest import Digest, Driver, change, compose, driver
from insights.hotspot_kinds import Course, FlagKind, Reading, Tier
from insights.hotspots import detect
from insights.policy import DIGEST_HOTSPOTS, LEARNING_ROUNDS
from tests.insights.pages import POOLED, QUIET, TRUST, flag, line, page, reading, shown, tree, weeks

SURGERY = UnitKey("surgery")
WARD = UnitKey("ward7")


def told(under: UnitKey = TRUST, said: Reading = QUIET) -> Digest:
    return compose(weeks(5), under, said)


def scored(number: int, questions: dict[str, Cell], strain: Cell | None = None) -> object:
    cells: dict[CellKey, Cell] = {(WARD, question, Stat.SCORE): cell for question, cell in questions.items()}
    cells[WARD, "", Stat.STRAIN] = strain or shown(45, "20-49")
    return page(number, tree(), cells, tuple(questions))


class TestHeadline:
    def test_is_the_last_round_s_cells_of_the_lead_s_own_unit(self) -> None:
        cells: dict[CellKey, Cell] = {
            (SURGERY, "", Stat.STRAIN): shown(47.5),
            (SURGERY, "", Stat.ANSWERED): shown(12),
            (TRUST, "", Stat.STRAIN): shown(60),
        }
        digest = compose([*weeks(1), page(2, tree(), cells)], SURGERY, QUIET)
        assert (digest.round, digest.opened_on.isoformat()) == (2, "2026-01-13")
        assert digest.line.name == "Surgery"
        assert (digest.strain, digest.answered) == (shown(47.5), shown(12))

    def test_says_whether_there_was_a_last_time_to_compare_with(self) -> None:
        hidden = weeks(2, strain=lambda key, number: POOLED if number == 2 else shown(45))
        late = [page(2, tree(), {(TRUST, "", Stat.STRAIN): shown(45)})]
        compared = [compose(ledger, TRUST, QUIET).is_compared for ledger in (weeks(1), weeks(2), hidden, late)]
        assert compared == [False, True, False, False]

    def test_a_withheld_number_stays_withheld(self) -> None:
        digest = compose(weeks(2, strain=lambda key, number: POOLED), SURGERY, QUIET)
        assert digest.strain == POOLED
        assert digest.change is None

    def test_a_lead_can_have_a_single_team(self) -> None:
        assert told(WARD).line.key == WARD

    def test_an_empty_ledger_has_no_digest(self) -> None:
        with pytest.raises(LookupError, match="no page"):
            compose([], TRUST, QUIET)

    def test_a_unit_that_is_gone_has_no_digest(self) -> None:
        with pytest.raises(LookupError, match="does not stand"):
            told(UnitKey("closed-ward"))

    def test_the_same_ledger_gives_the_same_digest(self) -> None:
        assert told(SURGERY, reading(flag("ward7"))) == told(SURGERY, reading(flag("ward7")))


class TestChange:
    def test_a_large_move_is_told_with_its_interval(self) -> None:
        moved = change([scored(1, {"q12b": shown(40, "20-49")}), scored(2, {"q12b": shown(60, "20-49")})], WARD)
        assert moved is not None
        assert (moved.since, moved.points, moved.questions) == (1, 20, ("q12b",))
        assert 0 < moved.low < 20 < moved.high < 40

    def test_an_improvement_is_negative(self) -> None:
        moved = change([scored(1, {"q12b": shown(60, "20-49")}), scored(2, {"q12b": shown(40, "20-49")})], WARD)
        assert moved is not None
        assert moved.points == -20
        assert moved.high < 0

    @pytest.mark.parametrize(("after", "is_told"), [(50, False), (55, True)])
    def test_what_may_be_chance_is_not_told(self, after: float, is_told: bool) -> None:
        # 20-49 answers: half the interval is 13.4 points
        ledger = [scored(1, {"q12b": shown(40, "20-49")}), scored(2, {"q12b": shown(after, "20-49")})]
        assert (change(ledger, WARD) is not None) is is_told

    def test_few_answers_need_a_larger_move(self) -> None:
        ledger = [scored(1, {"q12b": shown(40, "5-9")}), scored(2, {"q12b": shown(60, "5-9")})]
        assert change(ledger, WARD) is None

    def test_a_harder_rotating_question_is_no_change(self) -> None:
        before = scored(1, {"q12b": shown(40, "200+"), "q12f": shown(20, "200+")}, shown(30, "200+"))
        after = scored(2, {"q12b": shown(40, "200+"), "q12e": shown(70, "200+")}, shown(55, "200+"))
        assert change([before, after], WARD) is None

    def test_questions_that_both_rounds_asked_are_averaged(self) -> None:
        before = scored(1, {"q12b": shown(40, "200+"), "q12a": shown(30, "200+")})
        after = scored(2, {"q12b": shown(60, "200+"), "q12a": shown(40, "200+")})
        moved = change([before, after], WARD)
        assert moved is not None
        assert (moved.points, moved.questions) == (15, ("q12b", "q12a"))

    def test_rounds_without_a_common_question_are_not_compared(self) -> None:
        assert change([scored(1, {"q12a": shown(20)}), scored(2, {"q12e": shown(90)})], WARD) is None

    def test_a_coded_end_is_not_subtracted(self) -> None:
        ends = [shown(20, "200+", Bound.AT_MOST), shown(60, "200+")]
        assert change([scored(n, {"q12b": cell}) for n, cell in enumerate(ends, 1)], WARD) is None

    def test_compares_with_the_round_that_was_last_shown(self) -> None:
        hidden = Withheld(Reason.TOO_FEW)
        ledger = [
            scored(1, {"q12b": shown(40, "50-99")}),
            scored(2, {"q12b": hidden}, hidden),
            scored(3, {"q12b": shown(60, "50-99")}),
        ]
        moved = change(ledger, WARD)
        assert moved is not None
        assert moved.since == 1

    def test_a_round_that_is_not_shown_has_no_change(self) -> None:
        hidden = Withheld(Reason.TOO_FEW)
        ledger = [scored(n, {"q12b": shown(40)}) for n in (1, 2)]
        assert change([*ledger, scored(3, {"q12b": hidden}, hidden)], WARD) is None

    def test_a_first_round_has_no_change(self) -> None:
        assert change([scored(1, {"q12b": shown(40)})], WARD) is None


class TestFlags:
    def test_alerts_come_first(self) -> None:
        watch, alert = flag("ward1", tier=Tier.WATCH), flag("ward2")
        assert told(said=reading(watch, alert)).hotspots == (alert, watch)

    def test_no_more_are_told_in_full_than_a_lead_can_go_to(self) -> None:
        raised = [flag(unit) for unit in ("ward1", "ward2", "ward3", "ward7", "theatres")]
        digest = told(said=reading(*raised))
        assert len(digest.hotspots) == DIGEST_HOTSPOTS
        assert (*digest.hotspots, *digest.watch) == tuple(raised)

    def test_an_alert_that_does_not_fit_pushes_a_watch_out(self) -> None:
        watches = [flag(unit, tier=Tier.WATCH) for unit in ("ward1", "ward2", "ward3")]
        digest = told(said=reading(*watches, flag("ward7")))
        assert digest.hotspots[0].unit == "ward7"
        assert digest.watch == (watches[2],)

    def test_a_new_rise_comes_before_what_has_long_been_so(self) -> None:
        chronic, rise = flag("ward1", FlagKind.CHRONIC), flag("ward2")
        assert told(said=reading(chronic, rise)).hotspots == (rise, chronic)

    def test_two_flags_of_a_team_are_one_place_to_go_to(self) -> None:
        raised = [flag(unit) for unit in ("ward1", "ward2", "ward3", "ward7")]
        split = flag("ward1", FlagKind.SPLIT, Tier.WATCH)
        digest = told(said=reading(*raised, split))
        assert digest.hotspots == (raised[0], split, *raised[1:3])
        assert digest.watch == (raised[3],)

    @pytest.mark.parametrize("is_new", [True, False])
    def test_in_a_division_that_goes_through_something_only_an_alert_is_a_team_s_own(self, is_new: bool) -> None:
        shared = flag("medicine", FlagKind.SHARED)
        teams = flag("ward1"), flag("ward2", tier=Tier.WATCH), flag("ward7", tier=Tier.WATCH)
        said = reading(*teams, shared) if is_new else reading(*teams, still=[(shared, Course.HOT)])
        digest = told(said=said)
        assert digest.hotspots == (teams[0], teams[2])
        assert digest.watch == (teams[1],)

    def test_a_division_that_is_over_it_hides_nobody(self) -> None:
        watch = flag("ward2", tier=Tier.WATCH)
        said = reading(watch, still=[(flag("medicine", FlagKind.SHARED), Course.OVER)])
        assert told(said=said).hotspots == (watch,)

    def test_what_the_whole_organisation_goes_through_hides_nobody(self) -> None:
        watch = flag("ward2", tier=Tier.WATCH)
        assert told(said=reading(watch, flag("trust", FlagKind.SHARED))).hotspots == (watch,)

    def test_a_lead_is_told_what_groups_above_and_below_share_and_no_other(self) -> None:
        flags = [flag(unit, FlagKind.SHARED) for unit in ("trust", "medicine", "surgery")]
        assert [f.unit for f in told(SURGERY, reading(*flags)).shared] == ["trust", "surgery"]
        assert [f.unit for f in told(TRUST, reading(*flags)).shared] == ["trust", "medicine", "surgery"]
        assert [f.unit for f in told(WARD, reading(*flags)).shared] == ["trust", "surgery"]

    def test_an_improvement_that_is_likelier_chance_is_told_nowhere(self) -> None:
        doubtful = replace(flag("ward7", FlagKind.BETTER), p_real=0.49)
        digest = told(said=reading(doubtful, still=[(doubtful, Course.HOT)]))
        assert (digest.better, digest.still_open) == ((), ())

    def test_another_division_s_flags_are_not_told(self) -> None:
        everything = reading(
            flag("ward1"),
            flag("ward2", FlagKind.SILENCE),
            flag("ward3", FlagKind.BETTER),
            still=[(flag("ward1"), Course.HOT)],
            unjudged=["ward3"],
        )
        digest = told(SURGERY, everything)
        assert (digest.hotspots, digest.silent, digest.better) == ((), (), ())
        assert (digest.still_open, digest.cannot_judge) == ((), ())

    def test_every_kind_has_its_place(self) -> None:
        digest = told(said=reading(*(flag("ward7", kind) for kind in FlagKind)))
        assert [f.kind for f in digest.hotspots] == [FlagKind.RISE, FlagKind.SPLIT, FlagKind.CHRONIC]
        assert [f.kind for f in digest.silent] == [FlagKind.SILENCE]
        assert [f.kind for f in digest.better] == [FlagKind.BETTER]
        assert [f.kind for f in digest.shared] == [FlagKind.SHARED]

    def test_what_the_whole_organisation_shares_is_told_to_everybody(self) -> None:
        shared = flag("trust", FlagKind.SHARED)
        digest = told(SURGERY, reading(shared, still=[(shared, Course.EASING)]))
        assert digest.shared == (shared,)
        assert [opened.state for opened in digest.still_open] == [Course.EASING]
        assert digest.hotspots == ()

    def test_flags_still_open_keep_their_course(self) -> None:
        still = [(flag("ward7"), Course.HOT), (flag("theatres"), Course.OVER), (flag("ward1"), Course.HOT)]
        digest = told(SURGERY, reading(still=still))
        assert [(o.flag.unit, o.state) for o in digest.still_open] == [
            ("ward7", Course.HOT),
            ("theatres", Course.OVER),
        ]

    def test_teams_that_cannot_be_judged_are_listed(self) -> None:
        assert told(SURGERY, reading(unjudged=["ward1", "theatres"])).cannot_judge == ("theatres",)

    def test_shows_levels_while_it_learns_and_only_then(self) -> None:
        ledger = weeks(2, strain=lambda key, number: POOLED if key == "ward1" else shown(30 + len(key)))
        learning = compose(ledger, TRUST, Reading(11, (), (), ()))
        assert [line.key for line, _ in learning.levels] == ["theatres", "ward2", "ward3", "ward7"]
        assert [cell.value for _, cell in learning.levels] == [38, 35, 35, 35]
        assert compose(ledger, TRUST, QUIET).levels == ()

    def test_says_how_long_it_still_learns(self) -> None:
        young, old = weeks(5), weeks(LEARNING_ROUNDS + 1)
        assert compose(young, TRUST, detect(young)).learning == detect(young).learning > 0
        assert compose(old, TRUST, detect(old)).learning == 0

    def test_a_flag_of_a_unit_that_is_gone_is_not_told(self) -> None:
        assert told(said=reading(flag("closed-ward"))).hotspots == ()

    def test_small_teams_shown_together_are_listed_when_shown(self) -> None:
        lines = [
            *tree(),
            line("surgery~pool", "surgery", "", Kind.POOL, 3),
            line("trust~pool", "trust", "", Kind.POOL, 2),
        ]
        ledger = weeks(1, lines, lambda key, number: POOLED if key == "trust~pool" else shown(45))
        assert [pool.key for pool in compose(ledger, TRUST, QUIET).pools] == ["surgery~pool"]


class TestDetected:
    def test_the_team_that_burns_is_named_and_quiet_ones_are_not(self) -> None:
        def strain(key: str, number: int) -> Cell:
            wave = 5 * ((number + len(key)) % 3 - 1)
            return shown(45 + wave + (25 if key == "ward7" and number >= 15 else 0), "20-49")

        teams = {f"division{d}": [f"team{d}{t}" for t in range(6)] for d in range(2)}
        ledger = weeks(18, tree({**teams, "surgery": ["ward7", "theatres"]}), strain)
        digests = [compose(ledger[:end], TRUST, detect(ledger[:end])) for end in range(1, 19)]
        raised = {told.unit for digest in digests for told in digest.hotspots}
        assert raised == {"ward7"}
        digest = compose(ledger, UnitKey("division0"), detect(ledger))
        assert (digest.hotspots, digest.still_open) == ((), ())


class TestDriver:
    def on(self, cells: dict[str, Cell], questions: tuple[str, ...] = ("q12b", "driver")) -> Driver | None:
        keyed: dict[CellKey, Cell] = {(WARD, "driver", stat): cell for stat, cell in cells.items()}
        keyed[WARD, "q12b", Stat.SCORE] = shown(40)
        keyed[WARD, "q12b", Stat.share(4)] = shown(90, "20-49")
        return driver(page(1, tree(), keyed, questions), WARD)

    def test_of_a_small_team_is_the_published_top(self) -> None:
        assert self.on({Stat.TOP: shown(2)}) == Driver("driver", (2,), None)

    def test_of_a_larger_team_is_the_largest_share(self) -> None:
        shares = {Stat.share(0): shown(20, "20-49"), Stat.share(3): shown(40, "20-49")}
        assert self.on(shares) == Driver("driver", (3,), shown(40, "20-49"))

    def test_level_shares_are_all_named(self) -> None:
        shares = {Stat.share(option): shown(30, "20-49") for option in (10, 2)}
        found = self.on(shares)
        assert found is not None
        assert found.options == (2, 10)

    def test_or_less_cannot_be_the_largest(self) -> None:
        assert self.on({Stat.share(o): shown(20, "20-49", Bound.AT_MOST) for o in range(7)}) is None

    def test_or_more_can(self) -> None:
        found = self.on({Stat.share(1): shown(80, "20-49", Bound.AT_LEAST)})
        assert found is not None
        assert found.options == (1,)

    def test_is_nothing_where_nothing_is_published(self) -> None:
        assert self.on({Stat.TOP: Withheld(Reason.NOT_CLEAR), Stat.share(0): POOLED}) is None

    def test_is_not_a_question_with_a_score(self) -> None:
        assert self.on({}, ("q12b",)) is None

    def test_is_given_for_each_hotspot_that_has_one_published(self) -> None:
        cells: dict[CellKey, Cell] = {(WARD, "driver", Stat.TOP): shown(1)}
        ledger = [page(1, tree(), cells)]
        digest = compose(ledger, TRUST, reading(flag("ward7"), flag("ward1")))
        assert digest.drivers == {"ward7": Driver("driver", (1,), None)}

    @pytest.mark.parametrize(
        ("course", "is_given"), [(Course.HOT, True), (Course.EASING, True), (Course.OVER, False)]
    )
    def test_is_given_for_a_hotspot_until_it_is_over(self, course: Course, is_given: bool) -> None:
        cells: dict[CellKey, Cell] = {(WARD, "driver", Stat.TOP): shown(1)}
        digest = compose([page(1, tree(), cells)], TRUST, reading(still=[(flag("ward7"), course)]))
        assert ("ward7" in digest.drivers) is is_given
