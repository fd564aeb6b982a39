"""The digest in words: at most three hotspots with their evidence, then short lists, for the screen of a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

from handlers.figures import (
    MESSAGE_LIMIT,
    advice,
    answered,
    brief,
    clip,
    coverage,
    driver,
    evidence,
    kind_of,
    name,
    name_of,
    number,
    opened_on,
    option_name,
    state_of,
    strain,
    strain_likely,
    whole,
)
from handlers.saying import can_do, in_words
from handlers.words import Html, Speaker
from insights.cells import Ledger, Line, Page, Released, Stat, UnitKey
from insights.comments.ties import tied_option
from insights.digest import HOT, Digest
from insights.digest import driver as driver_of
from insights.hotspot_kinds import Course, Flag, FlagKind, OpenFlag, Tier
from insights.intervals import interval
from insights.pack import Pack
from insights.policy import DIGEST_HOTSPOTS

T = TypeVar("T")
_MOST_LINES = 4
"""Lines of a list: what is longer is not read between two tasks, and all lists together fit one message."""

_DENSITIES = ((_MOST_LINES, True), (_MOST_LINES, False), (_MOST_LINES // 2, False))
"""Lines of a list, and whether hotspots have their words: what does not fit one message is told with less of both."""

_MOST_NAMES = 8
"""Names in a row, and levels while teams are learnt."""


def digest_text(digest: Digest, pages: Ledger, pack: Pack, say: Speaker, k: int) -> str:
    """The whole digest in words, as much of it as fits one message."""
    text = ""
    for most, has_words in _DENSITIES:
        text = _digest_text(digest, pages, pack, say, k, most, has_words)
        if len(text) <= MESSAGE_LIMIT:
            break
    return clip(text)


def _digest_text(digest: Digest, pages: Ledger, pack: Pack, say: Speaker, k: int, most: int, has_words: bool) -> str:
    page = pages[-1]
    opening = [
        say("digest.headline", unit=name(digest.line, say), day=say.day(digest.opened_on), round=digest.round),
        strain_likely(digest.strain, say),
        _change(digest, say),
        coverage(digest.line, say),
        answered(digest.answered, digest.line, say, k),
    ]
    sections = [Html("\n".join(part for part in opening if part))]
    if digest.learning:
        sections += [say.count("digest.learning", digest.learning), levels(digest, say)]
    else:
        sections += _hotspots(digest, page, pack, say, has_words) or [no_hotspots(digest, say)]
        sections.append(still_open(digest, pages, pack, say, most))
    sections.append(_words(digest.line.key, digest, page, pack, say))
    if not digest.learning:
        sections += lists(digest, pages, say, most)
    sections.append(say("digest.closing", k=k))
    return "\n\n".join(section for section in sections if section)


def no_hotspots(digest: Digest, say: Speaker) -> Html:
    """Nothing to go to; where something is still open, or worth watching, nobody should read that all is calm."""
    if digest.still_open or digest.watch:
        return say("digest.none_new")
    return say("digest.no_hotspots")


def lists(digest: Digest, pages: Ledger, say: Speaker, most: int = _MOST_LINES) -> list[Html]:
    """What is told in half a line each, and who cannot be judged."""
    page = pages[-1]
    sections = []
    if digest.watch:
        sections.append(say("digest.more", lines=_items(digest.watch, pages, say, most)))
    if digest.better:
        sections.append(say("digest.improved", lines=_items(digest.better, pages, say, most)))
    if len(digest.shared) > DIGEST_HOTSPOTS:
        sections.append(say("digest.shared_many", lines=_items(digest.shared, pages, say, most)))
    else:
        sections += [
            say("digest.shared", unit=name_of(page, one.unit, say), evidence=evidence(one, page, say))
            for one in digest.shared
        ]
    if digest.silent:
        sections.append(say("digest.silent", lines=_items(digest.silent, pages, say, most)))
    unjudged = _unjudged(digest)
    if unjudged:
        units = [name_of(page, unit, say) for unit in unjudged]
        sections.append(say("digest.cannot_judge", units=_in_a_row(units, say)))
    return sections


def _unjudged(digest: Digest) -> list[UnitKey]:
    """Teams of which nothing can be said: not those of which the same digest says something."""
    new = (*digest.hotspots, *digest.watch, *digest.silent, *digest.better)
    told = {flag.unit for flag in new} | {one.flag.unit for one in digest.still_open if one.state is not Course.OVER}
    return [unit for unit in digest.cannot_judge if unit not in told]


def _hotspots(digest: Digest, page: Page, pack: Pack, say: Speaker, has_words: bool) -> list[Html]:
    return [
        _hotspot(unit, list(flags), digest, page, pack, say, has_words)
        for unit, flags in groupby(digest.hotspots, key=lambda flag: flag.unit)
    ]


def _hotspot(
    unit: UnitKey, flags: Sequence[Flag], digest: Digest, page: Page, pack: Pack, say: Speaker, has_words: bool
) -> Html:
    """One team: how urgent, each flag's evidence, what weighs most and what can be done about it."""
    found = digest.drivers.get(unit)
    is_alert = any(flag.tier is Tier.ALERT for flag in flags)
    parts = [
        say("digest.alert" if is_alert else "digest.watch", unit=name_of(page, unit, say)),
        *(evidence(flag, page, say) for flag in flags),
        driver(found, pack, say),
        next_step(flags[0], advice(found, pack, say), say),
        _words(unit, digest, page, pack, say) if has_words and unit != digest.line.key else None,
    ]
    return Html("\n".join(part for part in parts if part))


def _words(unit: UnitKey, digest: Digest, page: Page, pack: Pack, say: Speaker) -> Html:
    """What the people of a unit wrote, whether it fits what weighs most there, and what can be done about it, unless
    that has been said of what weighs most."""
    found, is_own = digest.said.get(unit), unit == digest.line.key
    if found is None:
        return in_words(None, say, is_own and digest.is_unsaid)
    weighs = driver_of(page, unit)
    option = tied_option(found.theme, weighs, pack)
    parts = [in_words(found, say)]
    if weighs and option is not None:
        named = option_name(weighs.question, option, pack, say)
        parts.append(say("saying.fits", driver=named) if is_own else say("saying.fits_that"))
    first = next((flag for flag in digest.hotspots if flag.unit == unit), None)
    is_advised = option is not None and first is not None and first.kind is FlagKind.RISE
    step = None if is_advised else can_do(found, say)
    told = Html(" ".join(parts))
    return Html(f"{told}\n{step}") if step else told


def next_step(flag: Flag, about_driver: Html | None, say: Speaker) -> Html | None:
    """What can be done: about what weighs most where strain rises, else about the kind of thing it is."""
    if flag.kind is FlagKind.RISE:
        return about_driver
    return say(f"advise.{flag.kind.name.lower()}")


def new_flags(digest: Digest, pages: Ledger, say: Speaker) -> Html:
    """The hotspots of this round in half a line each."""
    return say("hotspots.new", lines=_items(digest.hotspots, pages, say)) if digest.hotspots else Html("")


def still_open(digest: Digest, pages: Ledger, pack: Pack, say: Speaker, most: int = _MOST_LINES) -> Html:
    """Flags raised earlier, a line each, those that are over together in one."""
    going_on = [one for one in digest.still_open if one.state is not Course.OVER]
    over = [one for one in digest.still_open if one.state is Course.OVER]
    parts = [_few(going_on, lambda one: _open_flag(one, digest, pages, pack, say), say, most)]
    if over:
        parts.append(say("digest.over", units=_in_a_row([_named(one.flag, pages[-1], say) for one in over], say)))
    lines = Html("\n".join(part for part in parts if part))
    return say("digest.still_open", lines=lines) if lines else Html("")


def _named(flag: Flag, page: Page, say: Speaker) -> str:
    return say.plain("digest.named", unit=name_of(page, flag.unit, say), kind=kind_of(flag, say))


def _open_flag(one: OpenFlag, digest: Digest, pages: Ledger, pack: Pack, say: Speaker) -> Html:
    """An open flag in a line: since when, how it stands, and what weighs most now."""
    page, flag = pages[-1], one.flag
    is_lasting = flag.kind is FlagKind.CHRONIC
    began = flag.round if is_lasting else flag.since
    parts = [
        say(
            "digest.open_lasting" if is_lasting else "digest.open",
            unit=name_of(page, flag.unit, say),
            kind=kind_of(flag, say),
            day=say.short_day(opened_on(pages, began)),
            state=state_of(flag, one.state, say),
        )
    ]
    now = page.cell(flag.unit, Stat.STRAIN)
    if flag.kind in HOT and isinstance(now, Released):
        parts += [strain(now, say), driver(digest.drivers.get(flag.unit), pack, say) or Html("")]
    return Html(". ".join(part for part in parts if part))


def _change(digest: Digest, say: Speaker) -> Html:
    change = digest.change
    if change is None:
        return say("digest.no_change") if digest.is_compared else Html("")
    key = "digest.worse" if change.points > 0 else "digest.better_by"
    return say(key, points=whole(abs(change.points)))


def levels(digest: Digest, say: Speaker) -> Html:
    """Every team's level with its likely range: nothing else may be read while the usual is not known."""

    def level(pair: tuple[Line, Released]) -> Html:
        line, cell = pair
        low, high = (whole(end) for end in interval(cell, Stat.STRAIN) or (0.0, 100.0))
        return say("digest.level", unit=name(line, say), value=number(cell, say), low=low, high=high)

    if [line.key for line, _ in digest.levels] == [digest.line.key] or not digest.levels:
        return Html("")
    return say("digest.levels", lines=_few(digest.levels, level, say, _MOST_NAMES))


def _items(flags: Sequence[Flag], pages: Ledger, say: Speaker, most: int = _MOST_LINES) -> Html:
    def item(flag: Flag) -> Html:
        return say("digest.item", unit=name_of(pages[-1], flag.unit, say), evidence=brief(flag, pages, say))

    return _few(flags, item, say, most)


def _in_a_row(names: Sequence[str], say: Speaker) -> str:
    shown, rest = ", ".join(names[:_MOST_NAMES]), len(names) - _MOST_NAMES
    return say.plain("units.and_more", names=shown, count=rest) if rest > 0 else shown


def _few(things: Sequence[T], told: Callable[[T], Html], say: Speaker, most: int = _MOST_LINES) -> Html:
    """A line each, and how many more there are."""
    lines = [told(one) for one in things[:most]]
    if len(things) > most:
        lines.append(say.count("digest.and_more", len(things) - most))
    return Html("\n".join(lines))
