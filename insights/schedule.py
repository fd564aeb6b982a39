"""When rounds open, remind and close, and when a person may be written to.

Instants are aware and in UTC, days are local dates. A local time that the clocks skip is read by the clock
before the change (01:30 becomes 02:30), one that they repeat means the first: each local date opens once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from insights.policy import QUIET_FROM, QUIET_TO, REMIND_AFTER, WINDOW_LEAST, WINDOW_STARTS

DAY: Final = timedelta(days=1)
SHIFTED_DAYS: Final = 4
"""Days looked at for a free window: more than one only where a zone's clocks skip the whole of it."""


class ScheduleError(ValueError):
    """The schedule cannot be kept; `problems` says why, one line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Schedule:
    """One organisation's plan: every `every_weeks` weeks on `weekday` (0 is Monday), `at` a local time of an
    IANA zone, open `open_days`. Nothing opens before the local date `first`, from which weeks are counted.

    Raises `ScheduleError` with every problem at once.

    >>> Schedule(7, time(9), "Europe/Londn", open_days=7)
    Traceback (most recent call last):
    insights.schedule.ScheduleError: weekday: give 0 (Monday) to 6 (Sunday).
    zone: not a time zone; write it like Europe/London.
    open_days: give 1 to 6, so that a round closes before the day the next one opens.
    """

    weekday: int
    at: time
    zone: str
    open_days: int
    every_weeks: int = 1
    first: date | None = None

    def __post_init__(self) -> None:
        problems = tuple(_problems(self))
        if problems:
            raise ScheduleError(problems)

    @property
    def period(self) -> timedelta:
        """From one opening's local date to the next one's."""
        return timedelta(weeks=self.every_weeks)


def opens_at(schedule: Schedule, day: date) -> datetime:
    """The instant at which the round of this local date opens.

    >>> opens_at(Schedule(1, time(9), "Europe/London", 6), date(2026, 7, 7)).isoformat()
    '2026-07-07T08:00:00+00:00'
    """
    return _instant(day, schedule.at, schedule.zone)


def closes_at(schedule: Schedule, day: date) -> datetime:
    """The instant at which this local date's round closes: `open_days` later, at the same local hour.

    >>> closes_at(Schedule(1, time(9), "Europe/London", 6), date(2026, 10, 20)).isoformat()
    '2026-10-26T09:00:00+00:00'
    """
    return _instant(day + schedule.open_days * DAY, schedule.at, schedule.zone)


def reminds_at(schedule: Schedule, day: date) -> datetime | None:
    """The instant from which the one reminder is due, at the hour of the opening: after `REMIND_AFTER`, in
    shorter rounds half-way; None in a round of one day.

    >>> reminds_at(Schedule(1, time(9), "Europe/London", 6), date(2026, 7, 7)).isoformat()
    '2026-07-10T08:00:00+00:00'
    """
    days = min(REMIND_AFTER.days, schedule.open_days // 2)
    return _instant(day + days * DAY, schedule.at, schedule.zone) if days else None


def due_opening(schedule: Schedule, now: datetime) -> date | None:
    """The local date of the round that should be open now (even if the tick at its hour was missed), or None.
    A round is open at its opening instant and no longer at its closing instant.

    >>> weekly = Schedule(1, time(9), "Europe/London", 6)
    >>> due_opening(weekly, datetime(2026, 7, 9, 3, tzinfo=UTC))
    datetime.date(2026, 7, 7)
    >>> due_opening(weekly, datetime(2026, 7, 13, 8, tzinfo=UTC)) is None
    True
    """
    day = _planned_by(schedule, _local(now, schedule.zone).date())
    if day is not None and opens_at(schedule, day) > now:
        day = _planned_by(schedule, day - DAY)
    return day if day is not None and now < closes_at(schedule, day) else None


def next_opening(schedule: Schedule, now: datetime) -> date:
    """The local date of the first round that opens after now (`opens_at` has its instant).

    >>> next_opening(Schedule(1, time(9), "Europe/London", 6), datetime(2026, 7, 7, 8, tzinfo=UTC))
    datetime.date(2026, 7, 14)
    """
    day = _planned_from(schedule, _local(now, schedule.zone).date())
    return day if opens_at(schedule, day) > now else day + schedule.period


def is_quiet(now: datetime, zone: str) -> bool:
    """Whether nobody in this zone is written to now: from `QUIET_FROM` until just before `QUIET_TO`.

    >>> is_quiet(datetime(2026, 7, 7, 20, tzinfo=UTC), "Europe/London")
    True
    """
    hour = _local(now, zone).time()
    return hour >= QUIET_FROM or hour < QUIET_TO


def after_quiet(now: datetime, zone: str) -> datetime:
    """Now, or in quiet hours the instant at which they end.

    >>> after_quiet(datetime(2026, 7, 7, 20, tzinfo=UTC), "Europe/London").isoformat()
    '2026-07-08T06:00:00+00:00'
    """
    return _first_within(now, QUIET_TO, zone)


def delivery_at(not_before: datetime, pattern: str, zone: str, shift_hours: int = 0) -> datetime:
    """When somebody with this working pattern is written to: at `not_before` inside their window of that day,
    else when the next one starts. It lasts from `WINDOW_STARTS[pattern]`, moved by `shift_hours`, until
    `QUIET_FROM`; however far it is moved, it starts after quiet hours and leaves `WINDOW_LEAST`.
    KeyError for an unknown pattern.

    >>> opening = datetime(2026, 7, 7, 8, tzinfo=UTC)
    >>> delivery_at(opening, "nights", "Europe/London").isoformat()
    '2026-07-07T15:00:00+00:00'
    >>> delivery_at(opening, "nights", "Europe/London", shift_hours=-12).isoformat()
    '2026-07-07T08:00:00+00:00'
    """
    wanted = _minutes(WINDOW_STARTS[pattern]) + 60 * shift_hours
    latest = _minutes(QUIET_FROM) - WINDOW_LEAST // timedelta(minutes=1)
    start = min(max(wanted, _minutes(QUIET_TO)), latest)
    return _first_within(not_before, time(*divmod(start, 60)), zone)


def _problems(schedule: Schedule) -> list[str]:
    checks = (
        (schedule.weekday in range(7), "weekday: give 0 (Monday) to 6 (Sunday)."),
        (schedule.at.tzinfo is None, "at: give a local time without an offset; the zone says the rest."),
        (_is_zone(schedule.zone), "zone: not a time zone; write it like Europe/London."),
        (schedule.every_weeks >= 1, "every_weeks: give 1 or more."),
        (
            schedule.every_weeks == 1 or schedule.first is not None,
            "first: needed when there is not a round every week, to count the weeks from.",
        ),
    )
    most = 7 * max(schedule.every_weeks, 1) - 1
    open_days = f"open_days: give 1 to {most}, so that a round closes before the day the next one opens."
    found = [problem for holds, problem in checks if not holds]
    return found if 1 <= schedule.open_days <= most else [*found, open_days]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return bool(name)


def _instant(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at.replace(fold=0), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _local(now: datetime, zone: str) -> datetime:
    if now.tzinfo is None:
        raise ValueError("an instant must be aware: a naive one would be read in the zone of the server")
    return now.astimezone(ZoneInfo(zone))


def _planned_from(schedule: Schedule, day: date) -> date:
    """The first planned date on or after this one."""
    if schedule.first is None:
        return day + (schedule.weekday - day.weekday()) % 7 * DAY
    start = schedule.first + (schedule.weekday - schedule.first.weekday()) % 7 * DAY
    return start + max(-((start - day) // schedule.period), 0) * schedule.period


def _planned_by(schedule: Schedule, day: date) -> date | None:
    """The last planned date on or before this one, unless it lies before the first."""
    planned = _planned_from(schedule, day + DAY) - schedule.period
    return planned if schedule.first is None or planned >= schedule.first else None


def _minutes(at: time) -> int:
    return 60 * at.hour + at.minute


def _first_within(now: datetime, start: time, zone: str) -> datetime:
    """The first instant from now on between `start` and the quiet hours of the same local day."""
    today = _local(now, zone).date()
    for days in range(SHIFTED_DAYS):
        day = today + days * DAY
        instant = max(now.astimezone(UTC), _instant(day, start, zone))
        if instant < _instant(day, QUIET_FROM, zone) and not is_quiet(instant, zone):
            return instant
    raise ValueError("no hour of the next days lies outside quiet hours")
