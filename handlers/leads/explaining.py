"""Why this team, why now: a flag in plain words, with every number it rests on, for whoever has to act on it."""

from __future__ import annotations

from handlers.figures import advice, driver, kind_of, name_of, number, opened_on, sizes, state_of, whole
from handlers.leads.telling import next_step
from handlers.words import Html, Speaker
from insights.cells import Kind, Ledger, Released, UnitKey
from insights.digest import HOT
from insights.digest import driver as found_driver
from insights.hotspot_ends import ends
from insights.hotspot_evidence import RISE_ODDS
from insights.hotspot_kinds import Course, Flag, FlagKind, Mirror, Reading, Tier
from insights.multiples_rows import Dot, Measure, measured_by, shown_dot
from insights.pack import Pack
from insights.policy import RECENT_ROUNDS
from insights.subtree import subtree

_ROUNDS_TOLD = 8
"""Rounds told number by number: what a thumb's breadth of text holds."""

_SAME_BAR = 0.1
"""A bar moved by less changes one flag in ten: not worth a word."""


def explanation(
    flag: Flag, course: Course | None, pages: Ledger, reading: Reading, pack: Pack, say: Speaker, under: UnitKey
) -> Html:
    """The whole explanation, for the lead of `under`; `course` is None for a flag of the last round.

    Of a group above theirs a lead may know that it changes and how sure that is; its numbers are not theirs to see.
    """
    change, chance = _change(flag, say), _chance(flag, pages, reading.mirror, say)
    if flag.unit in {line.key for line in subtree(pages[-1], under)}:
        told = [_usual(flag, pages, say), _shown(flag, pages, say), _shared(flag, pages, say), change]
        told += [_since(flag, pages, say), chance, _ends(flag, pages, say)]
    else:
        told = [change, chance]
    parts = [_raised(flag, course, pages, say), *told, _todo(flag, pages, pack, say)]
    return Html("\n\n".join(part for part in parts if part))


def _raised(flag: Flag, course: Course | None, pages: Ledger, say: Speaker) -> Html:
    unit, kind, day = name_of(pages[-1], flag.unit, say), kind_of(flag, say), say.day(opened_on(pages, flag.round))
    parts = [say("why.group" if _is_group(flag, pages) else "why.title", unit=unit, kind=kind)]
    if flag.kind is FlagKind.BETTER:
        parts.append(say("why.told", day=day))
    else:
        parts.append(say("why.alert" if flag.tier is Tier.ALERT else "why.watch", day=day))
    if course is not None:
        parts.append(say("why.course", state=state_of(flag, course, say)))
    return Html("\n".join(parts))


def _is_group(flag: Flag, pages: Ledger) -> bool:
    line = pages[-1].line(flag.unit)
    return line is None or line.kind is Kind.GROUP


def _level(flag: Flag, pages: Ledger) -> float | None:
    """What the unit is held against, in the numbers that are shown beside it. A whole group is held against what only
    the questions of every round say, or has no level of its own: None."""
    return None if _is_group(flag, pages) else flag.usual


def _usual(flag: Flag, pages: Ledger, say: Speaker) -> Html:
    level = _level(flag, pages)
    if level is None:
        return Html("")
    usual, day = whole(level), say.day(opened_on(pages, flag.since))
    if flag.kind is FlagKind.CHRONIC:
        return say("why.usual_organisation", usual=usual)
    if flag.kind is FlagKind.SILENCE:
        return say("why.usual_answered", usual=usual, day=day)
    return say("why.usual_spread" if flag.kind is FlagKind.SPLIT else "why.usual_strain", usual=usual, day=day)


def _shown(flag: Flag, pages: Ledger, say: Speaker) -> Html:
    """The last published numbers as they were shown, those since the change began in bold; a lasting level is no
    change."""
    measure, is_lasting = measured_by(flag.kind), flag.kind is FlagKind.CHRONIC
    told, is_gap = [], False
    for page in pages[-_ROUNDS_TOLD:]:
        dot = shown_dot(page, flag.unit, measure)
        if not dot.is_there:
            continue
        is_gap = is_gap or dot.value is None
        key = "why.round_since" if page.round >= flag.since and not is_lasting else "why.round"
        told.append(say(key, day=say.short_day(page.opened_on), value=_value(dot, measure, say)))
    if not told:
        return Html("")
    rounds = Html(" · ".join(told))
    if is_lasting:
        return say("why.level_gaps" if is_gap else "why.level", rounds=rounds)
    return say("why.shown_gaps" if is_gap else "why.shown", rounds=rounds)


def _value(dot: Dot, measure: Measure, say: Speaker) -> str:
    if dot.value is None:
        return say.plain("why.no_number")
    shown = number(Released(dot.value, "", dot.bound), say)
    return say.plain("why.per_cent", value=shown) if measure is Measure.ANSWERED else shown


def _shared(flag: Flag, pages: Ledger, say: Speaker) -> Html:
    """What was taken out, because everybody went through it; of a whole group nothing was."""
    if flag.kind is FlagKind.CHRONIC or _is_group(flag, pages):
        return Html("")
    points = whole(abs(flag.shared))
    if not points:
        return say("why.shared_none")
    if flag.kind is FlagKind.SILENCE:
        return say("why.shared_fewer" if flag.shared < 0 else "why.shared_more", points=points)
    if flag.kind is FlagKind.SPLIT:
        return say("why.shared_apart" if flag.shared > 0 else "why.shared_closer", points=points)
    return say("why.shared_worse" if flag.shared > 0 else "why.shared_better", points=points)


def _change(flag: Flag, say: Speaker) -> Html:
    told = sizes(flag, say)
    return say(f"why.change_{flag.kind.name.lower()}", effect=told.effect, low=told.low, high=told.high)


def _since(flag: Flag, pages: Ledger, say: Speaker) -> Html:
    """A lasting level is no change: it began on no day."""
    if flag.kind is FlagKind.CHRONIC:
        return Html("")
    return say("why.since", day=say.day(opened_on(pages, flag.since)))


def _chance(flag: Flag, pages: Ledger, mirror: Mirror | None, say: Speaker) -> Html:
    """How rare, how many are real, and how that is known here. A group's years are its own, no team-years."""
    told, is_group = sizes(flag, say), _is_group(flag, pages)
    key = "why.chance_group" if is_group else "why.chance"
    parts = [say.count(key, told.rarity, years=told.years, real=told.real)]
    is_mirrored = flag.kind in (FlagKind.RISE, FlagKind.BETTER) and not is_group
    if is_mirrored and mirror is not None and mirror.team_years >= 1:
        parts += [_counted(mirror, say), _bar(mirror, say)]
    return Html(" ".join(parts))


def _counted(mirror: Mirror, say: Speaker) -> Html:
    """How many got better where nothing is wrong, beside how many were reckoned with."""
    n, reckoned = mirror.counted, whole(mirror.reckoned)
    return say(
        "why.mirror",
        years=say.count("why.mirror_years", whole(mirror.team_years)),
        counted=say.count("why.mirror_counted", n) if n else say("why.mirror_none"),
        reckoned=say.count("why.mirror_reckoned", reckoned) if reckoned else say("why.mirror_hardly"),
    )


def _bar(mirror: Mirror, say: Speaker) -> Html:
    """Which bar this organisation has earned, beside the one that everybody starts with."""
    if abs(mirror.bar - RISE_ODDS.bar) < _SAME_BAR:
        return say("why.bar_usual")
    return say("why.bar_higher" if mirror.bar > RISE_ODDS.bar else "why.bar_lower")


def _ends(flag: Flag, pages: Ledger, say: Speaker) -> Html:
    """What would make it go away, in the numbers shown."""
    if flag.kind is FlagKind.BETTER:
        return Html("")
    found = None if _is_group(flag, pages) else ends(flag)
    if found is None:
        return say("why.ends", rounds=RECENT_ROUNDS)
    easing, over = map(whole, found)
    is_silence = flag.kind is FlagKind.SILENCE
    if easing == over:
        return say("why.over_answered" if is_silence else "why.over_at", rounds=RECENT_ROUNDS, over=over)
    key = "why.ends_answered" if is_silence else "why.ends_at"
    return say(key, rounds=RECENT_ROUNDS, easing=easing, over=over)


def _todo(flag: Flag, pages: Ledger, pack: Pack, say: Speaker) -> Html:
    """What weighs most, where that is published and strain is what is told; and a next step."""
    weighs = found_driver(pages[-1], flag.unit)
    step = next_step(flag, advice(weighs, pack, say), say) or say("advice.nothing")
    is_about_strain = flag.kind in HOT and not _is_group(flag, pages)
    parts = [driver(weighs, pack, say) if is_about_strain else None, step]
    return say("why.todo", lines=Html("\n".join(part for part in parts if part)))
