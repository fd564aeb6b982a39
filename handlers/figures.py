"""Published numbers in words: the same for staff, leads and HR, and the only way a cell is spoken."""

from __future__ import annotations

from handlers.cards import HelpCard
from handlers.words import Html, Speaker
from insights.cells import Bound, Cell, Kind, Line, Page, Released, Stat, UnitKey
from insights.digest import Driver
from insights.hotspot_kinds import Flag
from insights.pack import Pack

MESSAGE_LIMIT = 4096


def name(line: Line, say: Speaker) -> str:
    """What a line is called: pools by how many teams they hold, never by which."""
    if line.kind is Kind.POOL:
        return str(say.count("line.pool", line.teams))
    if line.kind is Kind.ROLES:
        return say.plain("line.roles")
    return say.plain("line.own", unit=line.name) if line.kind is Kind.OWN else line.name


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


def evidence(flag: Flag, page: Page, say: Speaker) -> Html:
    """One sentence on a flag: how big, since when, how sure."""
    return say(
        f"flag.{flag.kind.name.lower()}",
        weeks=say.count("flag.weeks", flag.round - flag.since + 1),
        effect=_whole(abs(flag.effect)),
        low=_whole(min(abs(flag.lo), abs(flag.hi))) if flag.lo * flag.hi > 0 else 0,
        high=_whole(max(abs(flag.lo), abs(flag.hi))),
        years=_whole(max(1.0, flag.once_in_team_years)),
        real=min(9, max(1, _whole(flag.p_real * 10))),
    )


def _whole(value: float) -> int:
    return int(value + 0.5)


def driver(found: Driver | None, pack: Pack, say: Speaker) -> Html | None:
    """What weighs most on a unit, where that is published."""
    if found is None:
        return None
    question = pack.questions[found.question]
    options = ", ".join(question.option(index, say.language) for index in found.options)
    return say("figure.driver", options=options)


def advice(found: Driver | None, pack: Pack, say: Speaker) -> Html | None:
    """What a lead can do about what weighs most, in a sentence."""
    if found is None or len(found.options) != 1:
        return None
    return say(f"advice.{pack.questions[found.question].options[found.options[0]]}")


def summary(page: Page, line: Line, pack: Pack, say: Speaker, k: int) -> Html:
    """Everything that is published about one unit in one round, on a phone's screen."""
    parts = [
        say("team.title", unit=name(line, say), day=say.day(page.opened_on)),
        strain(page.cell(line.key, Stat.STRAIN), say),
        coverage(line, say),
        answered(page.cell(line.key, Stat.ANSWERED), line, say, k),
        _joined(line, say),
    ]
    for question in page.questions:
        cell = page.cell(line.key, Stat.SCORE, question)
        if isinstance(cell, Released):
            short = pack.questions[question].short(say.language)
            parts.append(say("figure.score", short=short, value=number(cell, say)))
    return Html("\n".join(part for part in parts if part))


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
