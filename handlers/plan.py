"""When things happen, in words: the day of the next opening, the hour of a closing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.words import Html, Speaker
from insights.schedule import next_opening
from storage.organisation import Organisation
from storage.rounds import Round


def next_day(plan: Organisation | None, now: datetime, say: Speaker) -> str:
    """The local day of the next opening, in words."""
    return say.day(next_opening(plan.schedule(), now)) if plan else say.plain("plan.unknown_day")


def closing_day(plan: Organisation, current: Round, say: Speaker) -> Html:
    """Day and hour at which a round closes, in words."""
    local = current.closes.astimezone(ZoneInfo(plan.zone))
    return say("plan.day_and_hour", day=say.day(local.date()), hour=say.hour(local))
