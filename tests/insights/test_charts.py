"""The pictures: readable on a phone, nothing outside the sheet, what is withheld is hatched and said."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO

import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from insights.cells import WHOLE, Bound, Cell, Kind, Line, Page, Stat, UnitKey
from insights.charts import ChartWords, Scale, heat_map, trend_chart
from insights.easel import PIXELS, SMALL, WIDTH, Easel
from insights.heat_picture import BLACK, SIGNAL, Columns, HeatPicture, luminance, shade
from insights.heat_rows import Mark, Sign, choose, marks, window
from insights.hotspot_kinds import Course, FlagKind, Reading, Tier
from insights.policy import HEAT_ROWS, UNIT_NAME_LENGTH
from insights.trend_picture import TrendPicture, ceiling, runs
from insights.trends import Point, series
from tests.insights.pages import FIRST_DAY, POOLED, QUIET, TRUST, flag, line, page, reading, shown, tree, weeks

WARD = UnitKey("ward7")
LONG = "Respiratory High Dependency Unit and Sleep Service, Ward 7 A"
WORDS = ChartWords(
    title="Strain by team",
    note="One of the two questions changes each week: compare teams within a week.",
    low="less strain",
    high="more strain",
    withheld="Not shown: too few answers, or counted with other small teams",
    absent="Not there that week",
    hotspot="Hotspot, framed since it began",
    watch="Worth watching",
    silent="Has fallen silent",
    band="The true value is likely in here (9 in 10)",
    week=lambda day: f"{day.day} {day:%b}",
    name=lambda at: at.name or f"{at.teams} small teams together",
    more=lambda count: f"+ {count} more",
)


def wavy(key: str, number: int) -> Cell:
    """A number that goes up and down, coded at its ends."""
    place = (sum(map(ord, key)) + 3 * number) % 15
    if place == 0:
        return shown(20, "5-9", Bound.AT_MOST)
    return shown(80, "5-9", Bound.AT_LEAST) if place == 14 else shown(20 + 4.5 * place)


def many(divisions: int, teams: int, name: str | None = None) -> list[Line]:
    lines = [line("trust", None, kind=Kind.GROUP, teams=divisions * teams)]
    for d in range(divisions):
        lines.append(line(f"d{d}", "trust", name, Kind.GROUP, teams))
        lines.extend(line(f"t{d}x{t}", f"d{d}", name) for t in range(teams))
    return lines


def drawn(
    ledger: Sequence[Page], under: UnitKey = TRUST, said: Reading = QUIET, words: ChartWords = WORDS, last: int = 12
) -> Easel:
    return HeatPicture(ledger, under, said, words, last).draw()


def texts(easel: Easel) -> list[Text]:
    return [text for text in easel.figure.findobj(Text) if text.get_text()]


def said(easel: Easel) -> str:
    return " | ".join(text.get_text() for text in texts(easel))


def hatched(easel: Easel) -> list[Rectangle]:
    return [box for box in easel.figure.findobj(Rectangle) if box.get_hatch()]


def framed(easel: Easel) -> list[Rectangle]:
    boxes = easel.figure.findobj(Rectangle)
    return [box for box in boxes if not box.get_fill() and box.get_edgecolor()[:3] == _rgb(SIGNAL)]


def signs(easel: Easel) -> Iterator[tuple[object, object]]:
    for artist in easel.figure.findobj(Line2D):
        if artist.get_markeredgecolor() == SIGNAL:
            yield artist.get_marker(), artist.get_markerfacecolor()


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def outside(easel: Easel) -> list[str]:
    """Texts that leave the sheet."""
    width, height = easel.figure.get_size_inches() * easel.figure.dpi
    renderer = RendererAgg(width, height, easel.figure.dpi)  # type: ignore[no-untyped-call]
    found = []
    for text in texts(easel):
        box = text.get_window_extent(renderer)
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height:
            found.append(text.get_text())
    return found


def overlapping(easel: Easel) -> list[tuple[str, str]]:
    """Pairs of texts that touch each other."""
    easel.figure.canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(easel)]
    return [
        (one, other)
        for place, (one, a) in enumerate(boxes)
        for other, b in boxes[place + 1 :]
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 3
    ]


def _rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


LEDGERS = {
    "a small hospital": weeks(12, tree(), wavy),
    "one team": weeks(12, [line("trust", None, "Ward 7")], wavy),
    "one round": weeks(1, tree(), wavy),
    "everything withheld": weeks(12, tree(), lambda key, number: POOLED),
    "fourteen teams with long names": weeks(20, many(4, 4, LONG), wavy),
    "forty teams": weeks(12, many(5, 8), wavy),
    "long words without a space": weeks(12, many(2, 2, "W" * UNIT_NAME_LENGTH), wavy),
}


@cache
def hung(name: str) -> Easel:
    """The heat map of a ledger of the list, drawn once."""
    return drawn(LEDGERS[name])


@pytest.mark.parametrize("name", LEDGERS)
class TestEveryHeatMap:
    def test_has_no_text_outside_the_sheet(self, name: str) -> None:
        assert outside(hung(name)) == []

    def test_has_no_text_on_another(self, name: str) -> None:
        assert overlapping(hung(name)) == []

    def test_has_no_text_too_small_for_a_phone(self, name: str) -> None:
        assert min(text.get_fontsize() for text in texts(hung(name))) >= SMALL >= 11

    def test_is_as_wide_as_three_phones_and_as_high_as_one_can_scroll(self, name: str) -> None:
        width, height = size(hung(name).png())
        assert width == WIDTH * PIXELS == 1170
        assert 300 < height < 3600


class TestHeatMap:
    def test_the_same_ledger_gives_the_same_bytes(self) -> None:
        ledger = weeks(6, tree(), wavy)
        once, again = (heat_map(ledger, TRUST, reading(flag("ward7")), WORDS) for _ in range(2))
        assert once == again

    def test_is_a_png_that_says_nothing_about_when_and_with_what_it_was_made(self) -> None:
        image = Image.open(BytesIO(heat_map(weeks(2), TRUST, QUIET, WORDS)))
        assert image.format == "PNG"
        assert set(image.info) <= {"dpi"}

    def test_withheld_cells_are_hatched_and_the_legend_says_so(self) -> None:
        ledger = weeks(3, tree(), lambda key, number: POOLED if key == "ward1" else shown(45))
        easel = drawn(ledger)
        assert len(hatched(easel)) == 3 + 1
        assert WORDS.withheld[:20] in said(easel)

    def test_nothing_is_said_of_hatching_when_nothing_is_withheld(self) -> None:
        easel = drawn(weeks(3))
        assert hatched(easel) == []
        assert WORDS.withheld[:20] not in said(easel)

    def test_when_everything_is_withheld_no_number_is_drawn(self) -> None:
        easel = drawn(weeks(3, strain=lambda key, number: POOLED))
        assert len(hatched(easel)) == 3 * 6 + 1
        assert not [text for text in texts(easel) if text.get_text().isdigit()]

    def test_a_week_before_a_team_stood_is_not_called_withheld(self) -> None:
        ledger = [*weeks(1, [at for at in tree() if at.key != "ward7"]), *weeks(2)[1:]]
        easel = drawn(ledger)
        assert hatched(easel) == []
        assert WORDS.absent in said(easel)

    def test_shows_the_last_weeks_and_the_newest_day(self) -> None:
        easel = drawn(weeks(20), last=4)
        days = [text.get_text() for text in texts(easel) if "May" in text.get_text() or "Apr" in text.get_text()]
        assert "19 May" in days
        assert [text.get_text() for text in texts(easel)].count("45") == 4 * 6

    def test_the_newest_week_is_on_the_right_larger_and_bold(self) -> None:
        ledger = weeks(5, tree(), lambda key, number: shown(40 + number))
        numbers = {t.get_text(): t for t in texts(drawn(ledger)) if t.get_text().isdigit()}
        newest, older = numbers["45"], numbers["44"]
        assert newest.get_position()[0] > older.get_position()[0]
        assert newest.get_fontsize() > older.get_fontsize()
        assert newest.get_fontweight() == "bold"

    def test_a_half_is_rounded_up_and_a_coded_end_keeps_its_sign(self) -> None:
        cells = {"ward1": shown(47.5), "ward2": shown(20, "5-9", Bound.AT_MOST)}
        easel = drawn(weeks(1, strain=lambda key, number: cells.get(key, shown(50))))
        numbers = {text.get_text() for text in texts(easel)}
        assert {"48", "≤20"} <= numbers

    def test_a_number_that_does_not_fit_is_left_out(self) -> None:
        easel = drawn(weeks(26), last=26)
        assert [text.get_text() for text in texts(easel)].count("45") == 6

    def test_divisions_are_headings_in_the_order_of_the_tree(self) -> None:
        easel = drawn(weeks(2))
        height = {text.get_text(): text.get_position()[1] for text in texts(easel)}
        order = ["Trust", "Medicine", "Ward1", "Ward2", "Ward3", "Surgery", "Ward7", "Theatres"]
        assert sorted(order, key=lambda name: height[name]) == order

    def test_a_lead_of_one_division_sees_no_other(self) -> None:
        assert "Ward1" not in said(drawn(weeks(2), UnitKey("surgery")))

    def test_small_teams_together_are_called_so(self) -> None:
        lines = [*tree(), line("surgery~pool", "surgery", "", Kind.POOL, 3)]
        assert "3 small teams" in said(drawn(weeks(2, lines)))

    def test_names_that_differ_at_their_end_still_differ(self) -> None:
        lines = [line("trust", None, kind=Kind.GROUP), line("a", "trust", LONG), line("b", "trust", LONG[:-1] + "B")]
        shown_names = [t.get_text() for t in texts(drawn(weeks(12, lines))) if "Ward 7" in t.get_text()]
        assert len(set(shown_names)) == 2

    def test_a_name_is_never_read_as_a_formula(self) -> None:
        lines = [line("trust", None, "Wards $x^2$ _ \\frac $5")]
        assert "$x^2$" in said(drawn(weeks(2, lines)))

    def test_signs_that_the_font_lacks_are_left_out(self) -> None:
        assert "Ward Sunrise" in said(drawn(weeks(2, [line("trust", None, "Ward \U0001f305\nSunrise\t")])))

    def test_a_name_of_nothing_but_such_signs_becomes_the_unit_s_key(self) -> None:
        assert "trust" in said(drawn(weeks(2, [line("trust", None, "\U0001f305")])))

    @pytest.mark.parametrize("last", [0, -3])
    def test_no_round_at_all_is_refused(self, last: int) -> None:
        with pytest.raises(ValueError, match="at least one round"):
            heat_map(weeks(1), TRUST, QUIET, WORDS, last)

    def test_a_unit_that_is_gone_is_refused(self) -> None:
        with pytest.raises(LookupError):
            heat_map(weeks(1), UnitKey("closed-ward"), QUIET, WORDS)

    def test_long_words_of_any_language_stay_on_the_sheet(self) -> None:
        long = replace(
            WORDS,
            title="Wypalenie zawodowe według zespołów " * 4,
            note="Jedno z dwóch pytań zmienia się co tydzień " * 8,
            low="mniejsze obciążenie zespołu niż zwykle",
            high="większe obciążenie zespołu niż zwykle",
            withheld="Nie pokazano, ponieważ odpowiedziało zbyt mało osób " * 4,
            week=lambda day: f"{day.day} października {day.year}",
        )
        ledger = weeks(12, tree(), lambda key, number: POOLED if key == "ward1" else wavy(key, number))
        easel = drawn(ledger, words=long)
        assert outside(easel) == []
        assert overlapping(easel) == []


class TestMarks:
    def test_a_hotspot_is_framed_from_the_week_it_began(self) -> None:
        easel = drawn(weeks(5), said=reading(flag("ward7", since=3)))
        (frame,) = framed(easel)
        columns = Columns(5)
        assert frame.get_x() == pytest.approx(columns.left(2))
        assert frame.get_x() + frame.get_width() == pytest.approx(columns.left(4) + columns.width(4) - 1)
        assert ("^", SIGNAL) in set(signs(easel))
        assert WORDS.hotspot in said(easel)

    def test_what_began_before_the_picture_is_framed_from_its_edge(self) -> None:
        (frame,) = framed(drawn(weeks(20), said=reading(flag("ward7", since=2)), last=4))
        assert frame.get_x() == pytest.approx(Columns(4).left(0))

    def test_what_began_in_a_round_without_a_page_is_framed_from_the_next(self) -> None:
        ledger = [p for p in weeks(5) if p.round != 3]
        (frame,) = framed(drawn(ledger, said=reading(flag("ward7", since=3))))
        assert frame.get_x() == pytest.approx(Columns(4).left(2))

    def test_a_quiet_hospital_has_no_mark_and_no_word_of_marks(self) -> None:
        easel = drawn(weeks(5))
        assert framed(easel) == []
        assert list(signs(easel)) == []
        assert not {WORDS.hotspot, WORDS.watch, WORDS.silent} & set(said(easel).split(" | "))

    def test_alert_watch_and_silence_look_different_without_colour(self) -> None:
        said_all = reading(flag("ward7"), flag("ward1", tier=Tier.WATCH), flag("ward2", FlagKind.SILENCE, Tier.ALERT))
        easel = drawn(weeks(5), said=said_all)
        assert len(set(signs(easel))) == 3
        assert all(word in said(easel) for word in (WORDS.hotspot, WORDS.watch, WORDS.silent))

    def test_improvement_and_what_all_share_mark_nobody(self) -> None:
        assert marks(reading(flag("ward7", FlagKind.BETTER), flag("trust", FlagKind.SHARED))) == {}

    @pytest.mark.parametrize(
        ("course", "is_marked"), [(Course.HOT, True), (Course.EASING, True), (Course.OVER, False)]
    )
    def test_a_flag_that_is_open_is_marked_until_it_is_over(self, course: Course, is_marked: bool) -> None:
        assert (WARD in marks(reading(still=[(flag("ward7"), course)]))) is is_marked

    def test_the_most_urgent_mark_wins(self) -> None:
        both = reading(flag("ward7", FlagKind.SILENCE, since=4), still=[(flag("ward7", since=2), Course.HOT)])
        assert marks(both) == {WARD: Mark(Sign.HOTSPOT, 2)}


class TestRows:
    def test_no_more_teams_than_can_be_read(self) -> None:
        (ledger_page,) = weeks(1, many(5, 8), wavy)
        rows = choose(ledger_page, TRUST, {})
        assert sum(len(teams) for _, teams in rows.groups) == HEAT_ROWS
        assert rows.more == 40 - HEAT_ROWS
        assert "+ 16 more" in said(drawn([ledger_page]))

    @pytest.mark.parametrize(("teams", "more"), [(HEAT_ROWS - 1, 0), (HEAT_ROWS, 0), (HEAT_ROWS + 1, 1)])
    def test_exactly_as_many_as_fit_are_all_shown(self, teams: int, more: int) -> None:
        assert choose(page(1, many(1, teams)), TRUST, {}).more == more

    def test_marked_teams_stay_then_the_most_strained(self) -> None:
        strains = {f"t0x{t}": float(10 * t) for t in range(5)}
        (last,) = weeks(1, many(1, 5), lambda key, number: shown(strains.get(key, 45)))
        ((_, kept),) = choose(last, TRUST, {UnitKey("t0x0"): Mark(Sign.SILENT, 1)}, most=3).groups
        assert [at.key for at in kept] == ["t0x0", "t0x3", "t0x4"]

    def test_withheld_teams_go_first(self) -> None:
        (last,) = weeks(1, many(1, 3), lambda key, number: POOLED if key == "t0x0" else shown(0))
        ((_, kept),) = choose(last, TRUST, {}, most=2).groups
        assert [at.key for at in kept] == ["t0x1", "t0x2"]

    def test_teams_directly_below_come_before_any_heading(self) -> None:
        rows = choose(page(1, [*tree(), line("zebra")]), TRUST, {})
        assert [at.key for at in rows.groups[0][1]] == ["zebra"]
        assert rows.groups[0][0] == ()

    def test_a_heading_is_the_way_down_to_the_teams(self) -> None:
        lines = [*tree(), line("east", "trust", "East", Kind.GROUP), line("eye", "east", "Eye", Kind.GROUP)]
        rows = choose(page(1, [*lines, line("clinic", "eye")]), TRUST, {})
        assert [at.name for at in rows.groups[-1][0]] == ["East", "Eye"]

    def test_a_group_without_teams_has_no_heading(self) -> None:
        rows = choose(page(1, [*tree(), line("empty", kind=Kind.GROUP)]), TRUST, {})
        assert "empty" not in [at.key for headings, _ in rows.groups for at in headings]

    def test_a_team_s_lead_sees_the_team(self) -> None:
        rows = choose(page(1, tree()), WARD, {})
        assert rows.whole is None
        assert [[at.key for at in teams] for _, teams in rows.groups] == [["ward7"]]

    def test_an_empty_ledger_has_no_window(self) -> None:
        with pytest.raises(LookupError):
            window([], 12)


class TestColours:
    def test_are_ever_darker_with_strain(self) -> None:
        lights = [luminance(shade(strain)) for strain in range(20, 81, 5)]
        assert lights == sorted(lights, reverse=True)
        assert len(set(lights)) == len(lights)

    @pytest.mark.parametrize("strain", range(0, 101, 5))
    def test_numbers_can_be_read_on_all_of_them(self, strain: int) -> None:
        back = luminance(shade(strain))
        light = 1.0 if back < 0.18 else luminance((*_rgb(BLACK), 1.0))
        high, low = max(light, back), min(light, back)
        assert (high + 0.05) / (low + 0.05) >= 4.5


class TestTrend:
    def points(self, strain: object = wavy, rounds: int = 12) -> tuple[Point, ...]:
        return series(weeks(rounds, tree(), strain), WARD, WHOLE, Stat.STRAIN)  # type: ignore[arg-type]

    def picture(self, points: Sequence[Point], scale: Scale = Scale.SCORE, title: str = "Strain") -> Easel:
        return TrendPicture(points, title, WORDS, scale).draw()

    @pytest.mark.parametrize("rounds", [1, 2, 12, 104])
    @pytest.mark.parametrize("scale", list(Scale))
    def test_stays_on_the_sheet(self, rounds: int, scale: Scale) -> None:
        easel = self.picture(self.points(rounds=rounds), scale, LONG * 3)
        assert outside(easel) == []
        assert min(text.get_fontsize() for text in texts(easel)) >= SMALL

    def test_is_as_wide_as_three_phones_and_the_same_every_time(self) -> None:
        once, again = (trend_chart(self.points(), "Strain", WORDS) for _ in range(2))
        assert size(once)[0] == 1170
        assert once == again

    def test_withheld_rounds_are_hatched_said_and_not_crossed_by_the_line(self) -> None:
        points = self.points(lambda key, number: POOLED if number in (4, 5, 9) else shown(50))
        easel = self.picture(points)
        assert len(hatched(easel)) == 3 + 1
        assert WORDS.withheld[:20] in said(easel)
        assert [[p.round for p in run] for run in runs(points)] == [[1, 2, 3], [6, 7, 8], [10, 11, 12]]

    def test_hatching_covers_the_withheld_round_s_own_week(self) -> None:
        points = self.points(lambda key, number: POOLED if number == 2 else shown(50), rounds=3)
        first, *_ = hatched(self.picture(points))
        alone, *_ = hatched(self.picture(self.points(lambda key, number: POOLED, rounds=1)))
        assert first.get_width() == pytest.approx(alone.get_width() / 3)

    def test_nothing_shown_at_all_is_still_a_picture(self) -> None:
        easel = self.picture(self.points(lambda key, number: POOLED))
        assert WORDS.band not in said(easel)
        assert outside(easel) == []

    def test_the_newest_shown_number_is_written(self) -> None:
        assert "47.5" in said(self.picture(self.points(lambda key, number: shown(47.5))))

    @pytest.mark.parametrize("rounds", [1, 2, 5, 12, 60])
    def test_the_newest_day_is_written(self, rounds: int) -> None:
        points = self.points(rounds=rounds)
        assert WORDS.week(points[-1].opened_on) in said(self.picture(points)).split(" | ")

    def test_a_coded_end_keeps_its_sign_and_a_share_its_unit(self) -> None:
        point = Point(1, FIRST_DAY, shown(20, "20-49", Bound.AT_MOST), 0.0, 38.0)
        assert "≤20%" in said(self.picture([point], Scale.PER_CENT))

    def test_numbers_without_an_interval_have_no_band(self) -> None:
        point = Point(1, FIRST_DAY, shown(12), None, None)
        assert WORDS.band not in said(self.picture([point], Scale.OPEN))

    @pytest.mark.parametrize(("most", "top"), [(0, 4), (4, 4), (4.5, 8), (12, 20), (175, 200), (900, 2000)])
    def test_an_open_axis_ends_at_a_round_number(self, most: float, top: float) -> None:
        assert ceiling([Point(1, FIRST_DAY, shown(most), None, None)]) == top

    def test_a_trend_without_a_round_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least one round"):
            trend_chart([], "Strain", WORDS)


class TestFitting:
    def test_what_fits_is_left_alone(self) -> None:
        assert Easel().fit("Ward 7", 100, 2) == ["Ward 7"]

    def test_what_is_long_is_wrapped_at_a_space(self) -> None:
        assert Easel().fit("Community Nursing", 80, 2) == ["Community", "Nursing"]

    def test_what_is_too_long_loses_its_middle(self) -> None:
        easel = Easel()
        rows = easel.fit(LONG, 110, 2)
        assert rows[0].startswith("Respiratory")
        assert rows[1].startswith("…")
        assert rows[1].endswith("Ward 7 A")
        assert all(easel.measure(row) <= 110 for row in rows)

    def test_one_line_keeps_both_ends(self) -> None:
        (row,) = Easel().fit(LONG, 150, 1)
        assert row.startswith("Resp")
        assert row.endswith("7 A")

    @pytest.mark.parametrize("width", [1, 12, 40])
    def test_ends_even_where_hardly_anything_fits(self, width: float) -> None:
        assert 1 <= len(Easel().fit("W" * 60, width, 3)) <= 3

    def test_nothing_takes_no_line(self) -> None:
        assert Easel().fit("  ", 100, 2) == []


def test_importing_the_pictures_does_not_load_matplotlib() -> None:
    check = "import sys, insights.charts; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_pyplot_is_never_loaded() -> None:
    check = (
        "import sys; from insights.easel import Easel; Easel().finish(100).png();"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
