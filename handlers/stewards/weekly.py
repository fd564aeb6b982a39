"""The stewards' weekly message: who asked for what since the last one, and the head of the log to be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot

from handlers.figures import clip
from handlers.house import House
from handlers.stewards.asking import lines_of, listed
from handlers.stewards.plan_changes import plan_changes
from handlers.words import Html, Speaker
from insights.chain import first_fault
from insights.policy import AUDIT_HEAD_DIGITS
from insights.unit_changes import read as read_changes
from storage.audit import READING, AuditEntry, Deed, entries
from storage.organisation import Organisation
from storage.outbox import Letter
from storage.people import Role
from storage.units import all_units

MOST_LINES = 25


async def send_weekly(bot: Bot, house: House, plan: Organisation, chat: int, letter: Letter, quietly: bool) -> None:
    """What was noted between the release before and this one."""
    async with house.begin() as db:
        log = await entries(db)
        names = {one.id: one.name for one in await all_units(db)}
    say = house.words.speak(letter.language)
    this = next((place for place, one in enumerate(log) if _is_release(one, letter.round)), None)
    if this is None:
        await bot.send_message(chat, say("weekly.missing", round=letter.round), disable_notification=quietly)
        return
    releases = [place for place, one in enumerate(log[:this]) if one.what == Deed.ROUND_RELEASED]
    week = log[releases[-1] + 1 if releases else 0 : this]
    text = weekly_text(say, week, log[this], first_fault(log), names, plan.zone)
    await bot.send_message(chat, text, disable_notification=quietly)


def _is_release(entry: AuditEntry, number: int) -> bool:
    return entry.what == Deed.ROUND_RELEASED and entry.told.get("round") == number


def weekly_text(
    say: Speaker,
    week: Sequence[AuditEntry],
    head: AuditEntry,
    fault: int | None,
    names: Mapping[str, str],
    zone: str,
) -> str:
    """The whole message. What was looked at is counted, everything else has its line."""
    deeds = [one for one in week if one.what not in READING]
    looked = Counter(one.actor for one in week if one.what in READING)
    lines = [entry_line(say, one, names, zone) for one in deeds[-MOST_LINES:]]
    if len(deeds) > MOST_LINES:
        lines.insert(0, say.count("weekly.more", len(deeds) - MOST_LINES, last=len(week)))
    lines += [say.count("weekly.looked", count, actor=actor) for actor, count in sorted(looked.items())]
    digits = head.digest.hex()[:AUDIT_HEAD_DIGITS]
    parts = [
        say("weekly.title", round=head.told.get("round", "")),
        say("weekly.broken", number=fault) if fault is not None else Html(""),
        say("weekly.head", number=head.number, digits=digits),
        Html("\n".join(lines)) if lines else say("weekly.nothing"),
    ]
    return clip("\n\n".join(part for part in parts if part))


def entry_line(say: Speaker, entry: AuditEntry, names: Mapping[str, str], zone: str) -> Html:
    """One entry in a line: the day, who, what. One that is none of ours keeps nothing else from being told."""
    try:
        what = _deed(say, Deed(entry.what), entry.told, names)
    except (ValueError, TypeError):
        what = say("audit.other")
    day = say.short_day(datetime.fromtimestamp(entry.at, UTC).astimezone(ZoneInfo(zone)).date())
    return say("weekly.line", day=day, actor=entry.actor, what=what)


def _deed(say: Speaker, deed: Deed, told: Mapping[str, Any], names: Mapping[str, str]) -> Html:
    unit, role = str(told.get("unit", "")), told.get("role")
    return say(
        f"audit.{deed.value}",
        unit=names.get(unit, unit),
        units=listed(say, [names.get(str(one), str(one)) for one in told.get("units", ())]),
        role=say.plain(f"role.{role}") if role in {*Role} else "",
        by=told.get("asked_by", ""),
        name=told.get("name", ""),
        round=told.get("round", ""),
        cells=told.get("cells", ""),
        added=told.get("added", ""),
        through=told.get("through", ""),
        what=plan_changes(say, told.get("changed", ())),
        changes=lines_of(say, read_changes(told.get("changes", ())), names),
    )
