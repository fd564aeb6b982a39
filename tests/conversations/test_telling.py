"""The digest and the explanation of a flag, word for word: readings written down by hand, no bot and no clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from handlers.figures import MESSAGE_LIMIT
from handlers.leads.explaining import explanation
from handlers.leads.telling import digest_text
from handlers.words import load_words
from insights.cells import Cell, CellKey, Page, Stat, UnitKey
from insights.digest import compose
from insights.hotspot_evidence import RISE_ODDS
from insights.hotspot_kinds import Course, Flag, FlagKind, Mirror, Reading, Tier
from insights.pack import default_pack
from tests.insights.pages import POOLED, QUIET, TRUST, flag, page, reading, shown, tree, weeks

SAY = load_words().speak("en")
PACK = default_pack()
WARD = UnitKey("ward7")
TEAMS = {"medicine": [f"ward{n}" for n in range(20)], "surgery": ["ward7b", "theatres"]}


def text(said: Reading, pages: Sequence[Page] | None = None, under: UnitKey = TRUST) -> str:
    """The digest as it is read, without its markup."""
    pages = pages or weeks(6)
    return re.sub(r"<[^>]+>", "", digest_text(compose(pages, under, said), pages, PACK, SAY, 5))


def why(
    raised: Flag,
    course: Course | None = None,
    pages: Sequence[Page] | None = None,
    said: Reading = QUIET,
    under: UnitKey = TRUST,
) -> str:
    """An explanation as it is read."""
    return re.sub(r"<[^>]+>", "", marked(raised, course, pages, said, under))


def marked(
    raised: Flag,
    course: Course | None = None,
    pages: Sequence[Page] | None = None,
    said: Reading = QUIET,
    under: UnitKey = TRUST,
) -> str:
    """An explanation with its markup."""
    return explanation(raised, course, pages or weeks(20), said, PACK, SAY, under)


def raised(kind: FlagKind = FlagKind.RISE, unit: str = "ward7", **more: object) -> Flag:
    return replace(flag(unit, kind, since=17, number=20), **{"usual": 40.0, "shared": 2.0, **more})


def mirrored(counted: int, reckoned: float, years: float, bar: float = 0.0) -> Reading:
    """Nothing flagged, and a mirror that has counted."""
    bars = RISE_ODDS.bar + bar, RISE_ODDS.alert_bar + bar
    return replace(QUIET, mirror=Mirror(counted, reckoned, counted // 4, years, *bars))


def section(told: str, title: str) -> str:
    """From a title to the next empty line."""
    return told.partition(title)[2].partition("\n\n")[0]


class TestDigest:
    def test_the_first_one_does_not_speak_of_a_last_time(self) -> None:
        late = [page(2, tree(), {(TRUST, "", Stat.STRAIN): shown(45)})]
        assert "last time" not in text(Reading(12, (), (), ()), late)
        assert "No change since last time" in text(Reading(11, (), (), ()), weeks(2))

    def test_while_learning_it_tells_levels_with_their_ranges_and_no_flag(self) -> None:
        told = text(Reading(8, (), (), ()), weeks(5))
        assert "Still learning what is usual. 8 more check-ins" in told
        assert "• Ward7: 45 (likely 34 to 56)" in told
        assert not {"hotspot this week", "Flagged earlier", "worth watching"} & set(told.split("\n"))

    def test_a_team_s_own_lead_reads_its_level_once(self) -> None:
        assert "Levels this time" not in text(Reading(8, (), (), ()), weeks(5), WARD)

    def test_three_are_told_in_full_and_the_others_in_half_a_line(self) -> None:
        told = text(reading(*(flag(f"ward{n}") for n in range(5))), weeks(6, tree(TEAMS)))
        assert told.count("look here first") == 3
        assert told.count("A swing like this comes by chance about once in 50 team-years") == 3
        watched = section(told, "Also worth watching\n")
        assert watched.split("\n")[0].startswith(
            "• Ward3: about 12 points worse than its usual (likely 5 to 19), since"
        )

    def test_a_long_list_ends_with_how_many_more_there_are(self) -> None:
        told = text(reading(*(flag(f"ward{n}") for n in range(15))), weeks(6, tree(TEAMS)))
        assert section(told, "Also worth watching\n").split("\n")[-1] == "• and 8 more"

    def test_of_a_large_organisation_in_a_bad_week_everything_fits_one_message(self) -> None:
        teams = {f"d{d}": [f"team{d}x{t}" for t in range(40)] for d in range(10)}
        bad = [flag(unit) for unit in teams["d0"]] + [flag(unit, FlagKind.SILENCE) for unit in teams["d1"]]
        bad += [flag(unit, FlagKind.BETTER) for unit in teams["d2"]] + [flag(d, FlagKind.SHARED) for d in teams]
        still = [(flag(unit), Course.HOT) for unit in teams["d4"]] + [
            (flag(unit), Course.OVER) for unit in teams["d5"]
        ]
        told = text(reading(*bad, still=still, unjudged=teams["d6"]), weeks(6, tree(teams)))
        assert len(told) < MESSAGE_LIMIT
        assert told.endswith("/hotspots explains, /team looks closer.")

    def test_many_that_cannot_be_judged_take_one_line(self) -> None:
        unjudged = [f"ward{n}" for n in range(20)]
        told = text(reading(unjudged=unjudged), weeks(6, tree(TEAMS)))
        assert section(told, "Cannot be judged (too few answers): ").endswith("and 12 more")

    def test_who_is_flagged_is_not_told_as_not_to_be_judged(self) -> None:
        new = [flag("ward1"), flag("ward2", FlagKind.SILENCE)]
        still = [(flag("ward7", FlagKind.SILENCE), Course.HOT), (flag("ward3"), Course.OVER)]
        unjudged = ["ward1", "ward2", "ward7", "ward3", "theatres"]
        told = text(reading(*new, still=still, unjudged=unjudged))
        assert section(told, "Cannot be judged (too few answers): ") == "Ward3, Theatres"
        only = text(reading(new[1], unjudged=["ward2"]))
        assert "Cannot be judged" not in only

    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            (FlagKind.SPLIT, "answers have drifted apart: some here are doing much worse than others"),
            (FlagKind.CHRONIC, "Not new, still hot. For months about 12 points above the organisation"),
            (FlagKind.SILENCE, "about 12 in 100 fewer answer (likely 5 to 19)"),
            (FlagKind.BETTER, "about 12 points better than its usual (likely 5 to 19)"),
        ],
    )
    def test_every_kind_has_its_words(self, kind: FlagKind, words: str) -> None:
        assert words in text(reading(flag("ward7", kind)))

    def test_a_split_comes_with_advice_on_fairness_and_a_lasting_strain_with_a_way_up(self) -> None:
        assert "who carries what" in text(reading(flag("ward7", FlagKind.SPLIT)))
        assert "Take it upwards" in text(reading(flag("ward7", FlagKind.CHRONIC)))

    def test_two_flags_of_a_team_stand_under_one_name(self) -> None:
        told = text(reading(flag("ward7"), flag("ward7", FlagKind.SPLIT, Tier.WATCH)))
        assert told.count("Ward7") == 1
        assert "points worse" in told
        assert "drifted apart" in told

    def test_what_a_division_shares_is_its_own_and_what_all_share_is_everybody_s(self) -> None:
        told = text(reading(flag("surgery", FlagKind.SHARED), flag("trust", FlagKind.SHARED)))
        assert "beyond what the whole organisation is going through" in section(
            told, "Surgery: not one team, all of it\n"
        )
        assert "the whole organisation is about 12 points worse" in section(told, "Trust: not one team, all of it\n")

    def test_flags_that_go_on_say_how(self) -> None:
        still = [
            (flag("ward7"), Course.HOT),
            (flag("ward1"), Course.EASING),
            (flag("ward2", FlagKind.SILENCE), Course.HOT),
            (flag("ward3"), Course.OVER),
            (flag("theatres", FlagKind.CHRONIC), Course.HOT),
        ]
        told = section(text(reading(still=still)), "Flagged earlier\n").split("\n")
        assert told[0].startswith("• Ward7: rising strain since 20 Jan, still hot. Strain 45 of 100")
        assert told[1].startswith("• Ward1: rising strain since 20 Jan, easing.")
        assert told[2] == "• Ward2: gone quiet since 20 Jan, still so"
        assert told[3].startswith("• Theatres: lasting strain, told on 3 Feb, still hot.")
        assert told[4] == "• Over: Ward3 (rising strain)"

    def test_calm_is_said_only_where_all_is_calm(self) -> None:
        calm = "No team stands out from its own usual"
        watch = flag("ward1", tier=Tier.WATCH)
        shared = flag("medicine", FlagKind.SHARED)
        assert calm in text(QUIET)
        assert calm not in text(reading(still=[(flag("ward7"), Course.HOT)]))
        assert calm not in text(reading(watch, shared))

    def test_what_is_rarer_than_was_simulated_is_told_as_such(self) -> None:
        assert "about once in 1000 or more team-years" in text(
            reading(replace(flag("ward7"), once_in_team_years=1e3))
        )

    @pytest.mark.parametrize("kind", [FlagKind.RISE, FlagKind.SPLIT, FlagKind.CHRONIC])
    def test_what_comes_every_year_is_told_in_the_singular(self, kind: FlagKind) -> None:
        told = text(reading(replace(flag("ward7", kind), once_in_team_years=0.6)))
        assert "by chance about once in a team-year; about 6 in 10" in told.lower()


class TestExplanation:
    @pytest.mark.parametrize("kind", FlagKind)
    @pytest.mark.parametrize("course", [None, *Course])
    def test_of_every_kind_fits_a_message_and_leaves_no_hole(self, kind: FlagKind, course: Course | None) -> None:
        unit = "surgery" if kind is FlagKind.SHARED else "ward7"
        told = why(raised(kind, unit), course)
        assert len(told) < MESSAGE_LIMIT
        assert not {"{", "}", "None", "nan"} & set(re.split(r"[^\w{}]", told))
        assert told.count("\n\n") >= 4

    def test_says_what_was_usual_what_was_shown_and_since_when(self) -> None:
        ledger = weeks(20, strain=lambda key, n: POOLED if n == 18 else shown(60 if n >= 17 else 40))
        told = why(raised(), pages=ledger)
        assert "Before Tuesday 28 April, strain here was usually about 40 of 100." in told
        assert "14 Apr 40 · 21 Apr 40 · 28 Apr 60 · 5 May – · 12 May 60 · 19 May 60." in told
        assert "everybody's numbers here were about 2 points higher than usual" in told
        assert "About 12 points worse than its own usual, likely between 5 and 19." in told
        assert "once a year among 50 teams where nothing is wrong. About 6 in 10 flags like it are real." in told
        assert "down to about 46, once what everybody goes through is taken out, it is told as easing" in told
        assert "at about 43, as over." in told

    def test_silence_is_told_in_people_of_a_hundred(self) -> None:
        ledger = [
            page(n, tree(), {(WARD, "", Stat.ANSWERED): POOLED if n == 20 else shown(12)}) for n in range(1, 21)
        ]
        told = why(raised(FlagKind.SILENCE, usual=60.0, effect=-40.0, lo=-50.0, hi=-30.0, shared=-4.0), pages=ledger)
        assert "about 60 in 100 of those who were asked answered" in told
        assert "12 May 60 % · 19 May –." in told
        assert "about 4 in 100 fewer than usual answered everywhere" in told
        assert "together about 39 in 100 answer again, once what everybody goes through is taken out" in told
        assert "at about 50 in 100, as over." in told

    def test_a_lasting_level_is_held_against_the_organisation_and_has_no_first_day(self) -> None:
        told = marked(raised(FlagKind.CHRONIC))
        assert "The organisation's level: about 40 of 100." in told
        assert "Why that day" not in told
        assert "since it began" not in told
        assert "12 May 45 · 19 May 45." in told

    def test_of_a_lasting_level_gaps_are_explained(self) -> None:
        ledger = weeks(20, strain=lambda key, n: POOLED if n == 18 else shown(60))
        assert "What was shown (–: too few answers to be safe): " in why(raised(FlagKind.CHRONIC), pages=ledger)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (
                raised(usual=85.0, effect=12.0),
                "down to about 90, once what everybody goes through is taken out, it is",
            ),
            (
                raised(usual=89.0, effect=8.0),
                "are down to about 90, once what everybody goes through is taken out, it",
            ),
            (raised(usual=89.0, effect=8.0), "is taken out, it is told as over."),
            (raised(FlagKind.SPLIT, usual=-3.0, effect=2.0), "down to about 0, once"),
            (raised(FlagKind.SILENCE, usual=2.0, effect=-0.2), "about 2 in 100 answer again, once what everybody"),
            (raised(FlagKind.SILENCE, usual=2.0, effect=-0.2), "is taken out, it is told as over."),
            (raised(FlagKind.SILENCE, usual=100.0, effect=-100.0), "50 in 100 answer again"),
            (raised(FlagKind.SILENCE, usual=30.0, effect=-35.0), "at about 18 in 100, as over."),
        ],
    )
    def test_ends_are_numbers_that_can_be_shown_and_one_is_said_once(self, change: Flag, words: str) -> None:
        assert words in section(why(change), "What ends it.")

    @pytest.mark.parametrize("unit", ["trust", "medicine"])
    @pytest.mark.parametrize("kind", [FlagKind.SHARED, FlagKind.BETTER])
    def test_of_a_group_above_the_change_is_told_and_none_of_its_numbers(self, unit: str, kind: FlagKind) -> None:
        ledger = weeks(20, strain=lambda key, n: shown(73 if key in ("trust", "medicine") else 45))
        change = raised(kind, unit, usual=71.0)
        below = why(change, Course.HOT, ledger, under=UnitKey("ward1"))
        assert "likely between 5 and 19" in below
        assert "about once in 50 years. About 6 in 10 flags like it are real." in below
        assert "A next step" in below
        for hidden in ("73", "71", "What was shown", "Its usual", "What everybody went through"):
            assert hidden not in below
        assert "19 May 73." in why(change, Course.HOT, ledger)

    def test_a_whole_group_is_not_held_against_a_number_that_is_not_shown(self) -> None:
        told = why(raised(FlagKind.SHARED, "trust"))
        assert "Its usual" not in told
        assert "half-way back" in told
        assert "Why this team" not in told

    def test_an_improvement_has_no_end_to_wait_for(self) -> None:
        told = why(raised(FlagKind.BETTER))
        assert "What ends it" not in told
        assert "say thank you" in told

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (raised(once_in_team_years=0.5), "about once a year in every team where nothing is wrong."),
            (raised(once_in_team_years=1e3), "1000 or more team-years: once a year among 1000 or more teams"),
            (raised(FlagKind.SHARED, "trust", once_in_team_years=1.2), "looks like this about once a year."),
            (raised(FlagKind.SHARED, "surgery", once_in_team_years=30.0), "looks like this about once in 30 years."),
            (raised(FlagKind.BETTER, "trust", once_in_team_years=3.0), "looks like this about once in 3 years."),
        ],
    )
    def test_chance_is_told_by_what_its_years_are_years_of(self, change: Flag, words: str) -> None:
        told = section(why(change), "How sure.")
        assert words in told
        assert ("team" in told) is (change.kind is FlagKind.RISE)

    @pytest.mark.parametrize(
        ("shared", "words"),
        [(0.3, "Next to nothing"), (3.0, "3 points higher"), (-3.0, "3 points lower")],
    )
    def test_what_everybody_went_through_is_told(self, shared: float, words: str) -> None:
        assert words in why(raised(shared=shared))

    @pytest.mark.parametrize(
        ("counted", "reckoned", "years", "words"),
        [
            (
                0,
                0.4,
                1.0,
                "in the last team-year no quiet team got suddenly better, where hardly any were reckoned with.",
            ),
            (
                1,
                1.2,
                3.0,
                "in the last 3 team-years 1 quiet team got suddenly better, where about 1 was reckoned with.",
            ),
            (41, 23.4, 60.0, "60 team-years 41 quiet teams got suddenly better, where about 23 were reckoned with."),
        ],
    )
    @pytest.mark.parametrize("kind", [FlagKind.RISE, FlagKind.BETTER])
    def test_the_mirror_says_how_often_chance_speaks_here(
        self, counted: int, reckoned: float, years: float, words: str, kind: FlagKind
    ) -> None:
        told = why(raised(kind), said=mirrored(counted, reckoned, years))
        assert words in told
        assert "As many get worse by chance. That is" in told

    @pytest.mark.parametrize(
        ("bar", "words"),
        [
            (0.0, "That is about what we reckoned with"),
            (0.6, "the bar for a flag has been put higher here"),
            (-0.2, "the bar for a flag has been put a little lower here"),
        ],
    )
    def test_the_bar_that_was_earned_is_told_beside_the_mirror(self, bar: float, words: str) -> None:
        assert words in why(raised(), said=mirrored(9, 9.0, 23.0, bar))

    def test_before_a_team_year_was_seen_there_is_no_mirror(self) -> None:
        assert "count how often" not in why(raised(), said=mirrored(0, 0.2, 0.4))

    @pytest.mark.parametrize(
        ("kind", "unit"),
        [(FlagKind.SILENCE, "ward7"), (FlagKind.SHARED, "trust"), (FlagKind.BETTER, "surgery")],
    )
    def test_what_it_does_not_calibrate_comes_without_a_mirror(self, kind: FlagKind, unit: str) -> None:
        assert "count how often" not in why(raised(kind, unit), said=mirrored(3, 3.5, 9.0))

    def test_what_weighs_most_comes_with_a_next_step(self) -> None:
        cells: dict[CellKey, Cell] = {(WARD, "driver", Stat.TOP): shown(0), (WARD, "", Stat.STRAIN): shown(60)}
        told = why(raised(), pages=[page(20, tree(), cells)])
        assert section(told, "What can be done\n").startswith(
            "What weighs most: Workload and pace\nA next step: with the"
        )

    def test_where_nothing_weighs_most_the_team_is_asked(self) -> None:
        assert "ask the team what would help most" in why(raised())
