"""Published numbers in words: the same for staff, leads and HR, and the only way a cell is spoken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.cards import HelpCard
from handlers.saying import words_of
from handlers.words import Html, Speaker
from insights.cells import Bound, Cell, Kind, Ledger, Line, Page, Released, Stat, UnitKey
from insights.digest import HOT, Driver
from insights.hotspot_kinds import Course, Flag, FlagKind
from insights.intervals import interval
from insights.pack import Pack
from insights.policy import LENS_FLOOR

MESSAGE_LIMIT = 4096

_RAREST = 1000.0
"""Rarer than once in so many team-years is told as "or more": nothing beyond was simulated."""


def name(line: Line, say: Speaker) -> str:
    """What a line is called: pools by how many teams they hold, never by which."""
    if line.kind is Kind.LENS:
        return _categories(line.name.split("+"), say)
    if line.kind is Kind.POOL:
        return str(say.count("line.pool", line.teams))
    if line.kind is Kind.ROLES:
        return say.plain("line.roles")
    return say.plain("line.own", unit=line.name) if line.kind is Kind.OWN else line.name


def _categories(names: Sequence[str], say: Speaker) -> str:
    if len(names) == 1:
        return say.plain(f"lens.{names[0]}")
    *before, last = (say.plain(f"lens.with.{one}") for one in names)
    together = say.plain("lens.together", before=", ".join(before), last=last)
    return together[:1].upper() + together[1:]


def name_of(page: Page, unit: UnitKey, say: Speaker) -> str:
    """What a unit is called on a page."""
    line = page.line(unit)
    return name(line, say) if line else say.plain("line.unknown")


def number(cell: Released, say: Speaker) -> str:
    """A shown value with its bound: 48, 20 or less, 90 or more. Halves go up."""
    return say.plain(f"bound.{_BOUNDS[cell.bound]}", value=int(cell.value + 0.5))


_BOUNDS = {Bound.ABOUT: "about", Bound.AT_MOST: "at_most", Bound.AT_LEAST: "at_least"}


def strain(cell: Cell, say: Speaker) -> Html:
    """Strain of a unit, or the one public wording for nothing."""
    if isinstance(cell, Released):
        return say("figure.strain", value=number(cell, say), n=cell.n)
    return say("figure.withheld")


def answered(cell: Cell, line: Line, say: Speaker, k: int) -> Html:
    """How many answered, of those who were asked."""
    if isinstance(cell, Released):
        return say(f"figure.answered_{_BOUNDS[cell.bound]}", value=int(cell.value), people=line.people)
    return say("figure.few_answered", k=k)


def coverage(line: Line, say: Speaker) -> Html:
    """How much of a unit is in its number: nothing is said when all of it is."""
    if line.kind is Kind.TEAM or line.teams_in in (0, line.teams):
        return Html("")
    return say("figure.coverage", teams_in=line.teams_in, teams=line.teams)


def strain_likely(cell: Cell, say: Speaker) -> Html:
    """Strain with the range in which the true one likely lies; the one public wording for nothing."""
    likely = interval(cell, Stat.STRAIN)
    if not isinstance(cell, Released) or likely is None:
        return strain(cell, say)
    low, high = map(whole, likely)
    return say("figure.strain_likely", value=number(cell, say), low=low, high=high, n=cell.n)


def opened_on(pages: Ledger, number: int) -> date:
    """The day a round opened; one that was never published is dated by the next that was."""
    return next((page.opened_on for page in pages if page.round >= number), pages[-1].opened_on)


@dataclass(frozen=True, slots=True)
class Sizes:
    """A flag's numbers as they are spoken: whole, and without a sign, because the words say which way. `rarity` is
    the number that `years` says in words."""

    effect: int
    low: int
    high: int
    rarity: int
    years: str
    real: int


def sizes(flag: Flag, say: Speaker) -> Sizes:
    """Size with its likely range, rarity in team-years, and how many of ten like it are real (never 0, never 10)."""
    low, high = sorted((abs(flag.lo), abs(flag.hi)))
    is_clear, is_capped = flag.lo * flag.hi > 0, flag.once_in_team_years >= _RAREST
    rarity = whole(max(1.0, flag.once_in_team_years))
    years = say.plain("bound.at_least" if is_capped else "bound.about", value=rarity)
    real = min(9, max(1, whole(flag.p_real * 10)))
    return Sizes(whole(abs(flag.effect)), whole(low) if is_clear else 0, whole(high), rarity, years, real)


def evidence(flag: Flag, page: Page, say: Speaker) -> Html:
    """One sentence on a flag: how big, since when, how sure."""
    line, told = page.line(flag.unit), sizes(flag, say)
    is_division = flag.kind is FlagKind.SHARED and line is not None and line.parent is not None
    return say(
        "flag.shared_division" if is_division else f"flag.{flag.kind.name.lower()}",
        weeks=say.count("flag.weeks", flag.round - flag.since + 1),
        effect=told.effect,
        low=told.low,
        high=told.high,
        rare=say.count("flag.rare", told.rarity, years=told.years),
        real=told.real,
    )


def brief(flag: Flag, pages: Ledger, say: Speaker) -> Html:
    """A flag in half a line, for a list."""
    told, day = sizes(flag, say), say.short_day(opened_on(pages, flag.since))
    return say(
        f"brief.{flag.kind.name.lower()}",
        day=day,
        effect=told.effect,
        low=told.low,
        high=told.high,
        real=told.real,
    )


def kind_of(flag: Flag, say: Speaker) -> str:
    """What a flag is called, in two words."""
    return say.plain(f"kind.{flag.kind.name.lower()}")


def state_of(flag: Flag, course: Course, say: Speaker) -> str:
    """How a flag raised earlier stands: still hot where it names a hotspot, else still so; easing, over."""
    if course is Course.HOT:
        return say.plain("state.hot" if flag.kind in HOT else "state.still")
    return say.plain("state.easing" if course is Course.EASING else "state.over")


def whole(value: float) -> int:
    """To the nearest whole number, halves upwards."""
    return int(value + 0.5)


def short_name(question: str, pack: Pack, say: Speaker) -> str:
    """What a question is called; one of an earlier pack by its id, so that old rounds can be read for ever."""
    return pack.questions[question].short(say.language) if question in pack.questions else question


def option_name(question: str, index: int, pack: Pack, say: Speaker) -> str:
    """What an option is called; one of an earlier pack by its place."""
    is_known = question in pack.questions and index < len(pack.questions[question].options)
    return pack.questions[question].option(index, say.language) if is_known else str(index + 1)


def driver(found: Driver | None, pack: Pack, say: Speaker) -> Html | None:
    """What weighs most on a unit, where that is published."""
    if found is None:
        return None
    options = ", ".join(option_name(found.question, index, pack, say) for index in found.options)
    return say("figure.driver", options=options)


def advice(found: Driver | None, pack: Pack, say: Speaker) -> Html | None:
    """What a lead can do about what weighs most, in a sentence."""
    if found is None or len(found.options) != 1 or found.question not in pack.questions:
        return None
    options = pack.questions[found.question].options
    return say(f"advice.{options[found.options[0]]}") if found.options[0] < len(options) else None


def summary(page: Page, line: Line, pack: Pack, say: Speaker, k: int) -> Html:
    """Everything that is published about one unit in one round, on a phone's screen."""
    is_lens = line.kind is Kind.LENS
    parts = [
        say("team.title", unit=name(line, say), day=say.day(page.opened_on)),
        _in_all(page, line, say) if is_lens else Html(""),
        strain(page.cell(line.key, Stat.STRAIN), say),
        coverage(line, say),
        Html("") if is_lens else answered(page.cell(line.key, Stat.ANSWERED), line, say, k),
        _joined(line, say),
    ]
    for question in page.questions:
        cell = page.cell(line.key, Stat.SCORE, question)
        if isinstance(cell, Released):
            short = short_name(question, pack, say)
            parts.append(say("figure.score", short=short, value=number(cell, say)))
    if isinstance(page.cell(line.key, Stat.STRAIN), Released):
        parts.append(words_of(page, line.key, say))
    return Html("\n".join(part for part in parts if part))


def by_lens(page: Page, line: Line, say: Speaker) -> Html:
    """The organisation's staff by working pattern, a line each, where that is published; nothing for other units."""
    groups = [one for one in page.lines if one.kind is Kind.LENS and one.parent == line.key]
    if not groups:
        return Html("")
    told = [
        say("lens.line", group=name(one, say), figure=strain(page.cell(one.key, Stat.STRAIN), say)) for one in groups
    ]
    return Html("\n".join([say("lens.title", unit=name(line, say), least=LENS_FLOOR), *told]))


def _in_all(page: Page, line: Line, say: Speaker) -> Html:
    return say("lens.whole", unit=name_of(page, line.parent, say)) if line.parent else Html("")


def _joined(line: Line, say: Speaker) -> Html:
    """How many of the headcount take part: the other half of silence. Pools have no headcount of their own."""
    if line.kind not in (Kind.TEAM, Kind.GROUP) or not line.people or not line.headcount:
        return Html("")
    return say("figure.joined", people=line.people, headcount=line.headcount)


def help_lines(card: HelpCard, say: Speaker) -> Html:
    """Where to turn, a line each."""
    return Html("\n".join(say("support.entry", name=entry.name, how=entry.how) for entry in card.entries))


def clip(text: str) -> str:
    """Keeps a message within Telegram's limit, at a line's end."""
    if len(text) <= MESSAGE_LIMIT:
        return text
    return text[: text.rfind("\n", 0, MESSAGE_LIMIT - 2)] + "\n…"
