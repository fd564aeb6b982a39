"""Rounds open once per local date, also when clocks change, and nobody is written to at night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.policy import QUIET_FROM, QUIET_TO, WINDOW_LEAST, WINDOW_STARTS
from insights.schedule import (
    Schedule,
    ScheduleError,
    after_quiet,
    closes_at,
    delivery_at,
    due_opening,
    is_quiet,
    next_opening,
    opens_at,
    reminds_at,
)

LONDON = "Europe/London"
ZONES = (
    LONDON,
    "Europe/Warsaw",
    "America/New_York",
    "America/Nuuk",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "UTC",
)
TUESDAYS = Schedule(weekday=1, at=time(9), zone=LONDON, open_days=6)
SUNDAYS_AT_HALF_PAST_ONE = Schedule(weekday=6, at=time(1, 30), zone=LONDON, open_days=6)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

repeatable = settings(deadline=None, derandomize=True, database=None)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    weeks = draw(st.integers(1, 5))
    first = st.dates(date(2019, 1, 1), date(2035, 1, 1))
    return Schedule(
        weekday=draw(st.integers(0, 6)),
        at=draw(st.times()),
        zone=draw(zones),
        open_days=draw(st.integers(1, 7 * weeks - 1)),
        every_weeks=weeks,
        first=draw(first if weeks > 1 else st.none() | first),
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ticks(start: datetime, end: datetime, every: timedelta) -> list[datetime]:
    return [start + i * every for i in range((end - start) // every)]


# --- Openings ---------------------------------------------------------------------------------


def test_nine_o_clock_stays_nine_o_clock_through_the_year() -> None:
    assert utc("2026-03-24 09:00") == opens_at(TUESDAYS, date(2026, 3, 24))
    assert utc("2026-03-31 08:00") == opens_at(TUESDAYS, date(2026, 3, 31))
    assert utc("2026-10-27 09:00") == opens_at(TUESDAYS, date(2026, 10, 27))


def test_a_round_closes_at_the_same_local_hour_also_across_a_clock_change() -> None:
    assert utc("2026-03-30 08:00") == closes_at(TUESDAYS, date(2026, 3, 24))
    assert utc("2026-10-26 09:00") == closes_at(TUESDAYS, date(2026, 10, 20))


def test_an_opening_is_due_from_its_instant_until_just_before_its_closing() -> None:
    day = date(2026, 7, 7)
    opened, closed = opens_at(TUESDAYS, day), closes_at(TUESDAYS, day)
    assert due_opening(TUESDAYS, opened - SECOND) is None
    assert day == due_opening(TUESDAYS, opened)
    assert day == due_opening(TUESDAYS, closed - SECOND)
    assert due_opening(TUESDAYS, closed) is None


def test_a_missed_tick_is_caught_up_days_later() -> None:
    assert date(2026, 7, 7) == due_opening(TUESDAYS, utc("2026-07-12 23:30"))


def test_the_next_opening_at_an_opening_is_the_one_after_it() -> None:
    opened = opens_at(TUESDAYS, date(2026, 7, 7))
    assert date(2026, 7, 7) == next_opening(TUESDAYS, opened - SECOND)
    assert date(2026, 7, 14) == next_opening(TUESDAYS, opened)


def test_an_hour_that_the_clocks_skip_opens_once_an_hour_later_by_the_new_clock() -> None:
    day = date(2026, 3, 29)
    assert utc("2026-03-29 01:30") == opens_at(SUNDAYS_AT_HALF_PAST_ONE, day)
    local = opens_at(SUNDAYS_AT_HALF_PAST_ONE, day).astimezone(ZoneInfo(LONDON))
    assert datetime(2026, 3, 29, 2, 30) == local.replace(tzinfo=None)  # noqa: DTZ001


def test_an_hour_that_the_clocks_repeat_opens_the_first_time_only() -> None:
    day = date(2026, 10, 25)
    first, second = utc("2026-10-25 00:30"), utc("2026-10-25 01:30")
    assert first == opens_at(SUNDAYS_AT_HALF_PAST_ONE, day)
    assert date(2026, 11, 1) == next_opening(SUNDAYS_AT_HALF_PAST_ONE, first)
    assert day == due_opening(SUNDAYS_AT_HALF_PAST_ONE, second)


@pytest.mark.parametrize("at", [time(1, 30), time(1, 30, fold=1)])
def test_which_of_two_repeated_hours_was_written_down_does_not_matter(at: time) -> None:
    assert utc("2026-10-25 00:30") == opens_at(Schedule(6, at, LONDON, 6), date(2026, 10, 25))


@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2026, 10, 25)])
def test_ticks_through_a_clock_change_claim_each_local_date_once(sunday: date) -> None:
    start = opens_at(SUNDAYS_AT_HALF_PAST_ONE, sunday - timedelta(days=7))
    seen = [due_opening(SUNDAYS_AT_HALF_PAST_ONE, now) for now in ticks(start, start + timedelta(15), 30 * MINUTE)]
    openings = [day for before, day in zip([None, *seen], seen, strict=False) if day and day != before]
    assert [sunday - timedelta(days=7), sunday, sunday + timedelta(days=7)] == openings


def test_nothing_opens_before_the_first_date() -> None:
    plan = Schedule(1, time(9), LONDON, 6, first=date(2026, 7, 8))
    assert due_opening(plan, utc("2026-07-08 12:00")) is None
    assert date(2026, 7, 14) == next_opening(plan, utc("2025-01-01 12:00"))
    assert date(2026, 7, 14) == due_opening(plan, utc("2026-07-14 08:00"))


def test_a_first_date_on_the_weekday_itself_is_the_first_opening() -> None:
    plan = Schedule(1, time(9), LONDON, 6, first=date(2026, 7, 7))
    assert date(2026, 7, 7) == due_opening(plan, utc("2026-07-07 08:00"))


def test_every_third_week_is_counted_from_the_first() -> None:
    plan = Schedule(1, time(9), LONDON, 20, every_weeks=3, first=date(2026, 7, 7))
    assert date(2026, 7, 28) == next_opening(plan, utc("2026-07-14 12:00"))
    assert date(2026, 7, 7) == due_opening(plan, utc("2026-07-27 07:59"))
    assert due_opening(plan, utc("2026-07-27 08:00")) is None


@repeatable
@given(schedules(), instants)
def test_a_due_round_is_open_and_the_next_one_is_the_very_next(plan: Schedule, now: datetime) -> None:
    due, following = due_opening(plan, now), next_opening(plan, now)
    assert now < opens_at(plan, following)
    assert plan.weekday == following.weekday()
    if due is not None:
        assert opens_at(plan, due) <= now < closes_at(plan, due)
        assert due + plan.period == following
    elif plan.first is None or following - plan.period >= plan.first:
        assert closes_at(plan, following - plan.period) <= now


@repeatable
@given(schedules(), instants)
def test_every_opening_is_due_at_its_instant_and_rounds_never_overlap(plan: Schedule, now: datetime) -> None:
    day = next_opening(plan, now)
    assert day == due_opening(plan, opens_at(plan, day))
    assert closes_at(plan, day) < opens_at(plan, day + plan.period)
    assert due_opening(plan, closes_at(plan, day)) is None


# --- Reminders --------------------------------------------------------------------------------


@pytest.mark.parametrize(("open_days", "after"), [(2, 1), (3, 1), (4, 2), (6, 3), (13, 3)])
def test_the_reminder_comes_half_way_and_never_later_than_the_policy_says(open_days: int, after: int) -> None:
    plan = Schedule(1, time(9), LONDON, open_days, every_weeks=2, first=date(2026, 7, 7))
    assert utc("2026-07-07 08:00") + timedelta(days=after) == reminds_at(plan, date(2026, 7, 7))


def test_a_round_of_one_day_has_no_reminder() -> None:
    assert reminds_at(Schedule(1, time(9), LONDON, 1), date(2026, 7, 7)) is None


@repeatable
@given(schedules(), instants)
def test_a_reminder_lies_inside_its_round(plan: Schedule, now: datetime) -> None:
    day = next_opening(plan, now)
    reminder = reminds_at(plan, day)
    assert reminder is None or opens_at(plan, day) < reminder < closes_at(plan, day)


# --- Quiet hours and delivery -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "quiet"),
    [("20:59:59", False), ("21:00:00", True), ("00:00:00", True), ("06:59:59", True), ("07:00:00", False)],
)
def test_quiet_hours_begin_and_end_on_the_minute(local: str, quiet: bool) -> None:
    now = datetime.fromisoformat(f"2026-07-07 {local}").replace(tzinfo=ZoneInfo(LONDON))
    assert quiet is is_quiet(now.astimezone(UTC), LONDON)


def test_after_quiet_is_now_by_day_and_the_morning_by_night() -> None:
    assert utc("2026-07-07 12:34") == after_quiet(utc("2026-07-07 12:34"), LONDON)
    assert utc("2026-07-08 06:00") == after_quiet(utc("2026-07-07 22:00"), LONDON)
    assert utc("2026-07-08 06:00") == after_quiet(utc("2026-07-08 02:00"), LONDON)


@pytest.mark.parametrize(("pattern", "local_hour"), [("days", 9), ("mixed", 12), ("nights", 16)])
def test_each_working_pattern_is_written_to_when_its_window_starts(pattern: str, local_hour: int) -> None:
    early = utc("2026-07-07 07:00")
    assert utc(f"2026-07-07 {local_hour - 1:02}:00") == delivery_at(early, pattern, LONDON)


def test_inside_the_window_delivery_is_at_once() -> None:
    assert utc("2026-07-07 19:59") == delivery_at(utc("2026-07-07 19:59"), "nights", LONDON)


def test_after_the_window_delivery_waits_for_the_next_day() -> None:
    assert utc("2026-07-08 15:00") == delivery_at(utc("2026-07-07 20:00"), "nights", LONDON)


def test_a_night_worker_is_not_written_to_in_the_sleep_after_the_shift() -> None:
    assert utc("2026-07-07 15:00") == delivery_at(utc("2026-07-07 08:00"), "nights", LONDON)


@pytest.mark.parametrize(
    ("shift", "local"), [(-2, "14:00"), (2, "18:00"), (4, "20:00"), (5, "20:00"), (-99, "07:00")]
)
def test_a_shifted_window_stays_between_the_quiet_hours(shift: int, local: str) -> None:
    midnight = utc("2026-07-06 23:00")
    wanted = datetime.fromisoformat(f"2026-07-07 {local}").replace(tzinfo=ZoneInfo(LONDON))
    assert wanted == delivery_at(midnight, "nights", LONDON, shift)


def test_the_window_keeps_its_local_hour_on_the_days_of_the_clock_change() -> None:
    assert utc("2026-03-29 08:00") == delivery_at(utc("2026-03-29 00:10"), "days", LONDON)
    assert utc("2026-10-25 09:00") == delivery_at(utc("2026-10-25 00:10"), "days", LONDON)


def test_a_day_that_the_clocks_skip_whole_is_passed_over() -> None:
    assert utc("2011-12-30 19:00") == delivery_at(utc("2011-12-30 08:00"), "days", "Pacific/Apia")


def test_an_unknown_working_pattern_is_refused() -> None:
    with pytest.raises(KeyError):
        delivery_at(utc("2026-07-07 12:00"), "weekends", LONDON)


@repeatable
@given(instants, st.sampled_from(sorted(WINDOW_STARTS)), zones, st.integers(-24, 24))
def test_delivery_is_never_early_never_at_night_and_within_a_day(
    now: datetime, pattern: str, zone: str, shift: int
) -> None:
    at = delivery_at(now, pattern, zone, shift)
    assert not is_quiet(at, zone)
    assert now <= at <= now + timedelta(hours=26)
    assert at == delivery_at(at, pattern, zone, shift)


@repeatable
@given(instants, zones)
def test_after_quiet_is_the_first_instant_that_is_not_quiet(now: datetime, zone: str) -> None:
    after = after_quiet(now, zone)
    assert not is_quiet(after, zone)
    assert after == now or is_quiet(after - SECOND, zone)
    assert after - now <= timedelta(hours=11)


def test_the_narrowest_window_leaves_an_evening_hour() -> None:
    assert datetime.combine(date.min, QUIET_FROM) - WINDOW_LEAST > datetime.combine(date.min, QUIET_TO)
    assert timedelta(0) < WINDOW_LEAST


# --- What is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weekday": -1}, "weekday"),
        ({"weekday": 7}, "weekday"),
        ({"at": time(9, tzinfo=UTC)}, "at"),
        ({"zone": "London"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"zone": "Europe"}, "zone"),
        ({"open_days": 0}, "open_days"),
        ({"open_days": 7}, "open_days"),
        ({"every_weeks": 0}, "every_weeks"),
        ({"every_weeks": 2}, "first"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_line_that_names_the_field(
    change: dict[str, object], field: str
) -> None:
    fields: dict[str, object] = {"weekday": 1, "at": time(9), "zone": LONDON, "open_days": 6}
    with pytest.raises(ScheduleError) as refused:
        Schedule(**(fields | change))  # type: ignore[arg-type]
    assert [field] == [line.split(":")[0] for line in str(refused.value).splitlines() if field in line]
    assert field in {problem.split(":")[0] for problem in refused.value.problems}


def test_all_problems_come_at_once() -> None:
    with pytest.raises(ScheduleError) as refused:
        Schedule(9, time(9), "Nowhere", 0)
    for field, problem in zip(("weekday", "zone", "open_days"), refused.value.problems, strict=True):
        assert problem.startswith(f"{field}: ")


@pytest.mark.parametrize(
    "ask",
    [
        lambda now: due_opening(TUESDAYS, now),
        lambda now: next_opening(TUESDAYS, now),
        lambda now: is_quiet(now, LONDON),
        lambda now: after_quiet(now, LONDON),
        lambda now: delivery_at(now, "days", LONDON),
    ],
)
def test_a_naive_instant_is_refused_everywhere(ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="aware"):
        ask(datetime(2026, 7, 7, 12))  # noqa: DTZ001
