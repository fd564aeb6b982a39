"""The detector on its own, so that anybody can try it on surveys that they have, or measure it on simulated ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from bot.cli.faults import refuse_lines

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from insights.cells import UnitKey
    from insights.hotspot_kinds import Flag
    from insights.hotspots import Detector
    from insights.wave_rounds import Surveys

_Said = TypeVar("_Said")

_LONG_WORK = 4_000
"""Lines from which on it is told how far the work is."""
_LINES_TOLD, _WAVES_TOLD = 100_000, 10


@click.command(
    epilog="""
\b
The first line of the input, on one line:
  {"type": "meta", "format": "tally/1", "scale": 5, "min_n": 5,
   "questions": [{"id": "worn-out", "polarity": 1}, {"id": "energy", "polarity": -1}],
   "units": [{"unit": "org", "parent": null}, {"unit": "ward-7", "parent": "org"}]}
\b
Then for every wave, team and question:
  {"wave": 0, "unit": "ward-7", "question": "worn-out", "counts": [2, 3, 4, 1, 0],
   "answered": 10, "roster": 21}
  {"wave": 1, "unit": "ward-7", "roster": 21, "suppressed": true}     fewer than min_n
\b
Examples:
  shiftpulse detect surveys.jsonl > flags.jsonl
  shiftpulse detect --better < surveys.jsonl
  shiftpulse detect --warm surveys.jsonl > flags.jsonl
"""
)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--better", is_flag=True, help="Tell improvements too.")
@click.option("--exact", is_flag=True, help="Skip the display coding: for comparison only, tells more than is shown.")
@click.option("--warm", is_flag=True, help="Keep the teams' usual levels, so that our own check-ins learn sooner.")
def detect(file: BinaryIO, better: bool, exact: bool, warm: bool) -> None:
    """Say which teams stood out in past surveys: lines of JSON in, from FILE or standard input, a line a flag out.

    Polarity 1: the highest option is the most strain; -1: the least. Waves are whole numbers from 0 that ascend;
    counts are by option, in equal steps; who skipped a question is in none; what no line counts is nought. Numbers
    are first coded as Shiftpulse would have shown them. A flag rests on its own wave and earlier ones. For the
    first 12 waves nobody is flagged. Bad lines are named by their numbers, with exit code 2, and nothing is written.
    """
    from insights.hotspots import Detector
    from insights.wave_lines import WaveError
    from insights.wave_rounds import read_surveys

    if exact and warm:
        raise click.UsageError("--exact tells more than is shown: --warm takes in what is shown, and no more.")
    progress = _Progress()
    try:
        surveys = read_surveys(progress.through(file), exact)
    except WaveError as problem:
        refuse_lines(problem.faults)
    if warm:
        _in_database(lambda db: _fits(db, surveys))
    detector, told = Detector(), Counter[tuple[str, str]]()
    for done, shown in enumerate(surveys.rounds, 1):
        flags = [row(flag) for flag in detector.step(shown) if better or flag.kind.value != "better"]
        told.update((flag["kind"], flag["tier"]) for flag in flags)
        click.echo("".join(f"{json.dumps(flag)}\n" for flag in flags), nl=False)
        progress.tell(done, len(surveys.rounds), told.total())
    click.echo(_summary(surveys, told, detector), err=True)
    if warm:
        click.echo(_in_database(lambda db: _keep(db, detector, len(surveys.teams))), err=True)


def row(flag: Flag) -> dict[str, Any]:
    """A flag as it is written. `effect`, `lo` and `hi` are in the units of its kind, against the team's own usual."""
    return {
        "wave": flag.round,
        "unit": flag.unit,
        "kind": flag.kind.value,
        "tier": flag.tier.value,
        "score": round(flag.score, 3),
        "since": flag.since,
        "effect": round(flag.effect, 2),
        "lo": round(flag.lo, 2),
        "hi": round(flag.hi, 2),
        "p_real": round(flag.p_real, 3),
        "once_in_team_years": round(flag.once_in_team_years, 1),
    }


class _Progress:
    """Says on standard error how far long work is."""

    def __init__(self) -> None:
        self._lines = 0

    def through(self, lines: BinaryIO) -> Iterator[bytes]:
        """The lines, counted."""
        for line in lines:
            self._lines += 1
            if self._lines % _LINES_TOLD == 0:
                click.echo(f"{self._lines} lines read", err=True)
            yield line

    def tell(self, done: int, waves: int, flags: int) -> None:
        """Where the detector is, every ten waves."""
        if self._lines > _LONG_WORK and done % _WAVES_TOLD == 0:
            click.echo(f"{done} of {waves} waves, {_counted(flags, 'flag')}", err=True)


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _summary(surveys: Surveys, told: Counter[tuple[str, str]], detector: Detector) -> str:
    """One line: what was looked at, what was flagged, and how often chance alone speaks here."""
    if not surveys.rounds:
        return "There are no waves, so there is nothing to detect."
    kinds = Counter[str]()
    for (kind, _), n in sorted(told.items()):
        kinds[kind] += n
    alerts = sum(n for (_, tier), n in told.items() if tier == "alert")
    by_kind = "".join(f", {n} {kind}" for kind, n in kinds.items())
    said = [f"{_counted(len(surveys.rounds), 'wave')}, {_counted(len(surveys.teams), 'team')}"]
    said.append(f"{_counted(told.total(), 'flag')} ({_counted(alerts, 'alert')}{by_kind})")
    reading = detector.reading()
    if reading.learning:
        said.append(f"{_counted(reading.learning, 'more wave')} until anybody can be flagged")
    elif reading.mirror:
        mirror = reading.mirror
        said.append(
            f"mirror: {_counted(mirror.counted, 'improvement')} of quiet teams where {mirror.reckoned:.0f} were "
            f"reckoned with, {mirror.told} beyond the bar of a watch, in {mirror.team_years:.0f} team-years; "
            f"bars {mirror.bar:.1f} and {mirror.alert_bar:.1f}"
        )
    return "; ".join(said)


def _in_database(work: Callable[[AsyncSession], Awaitable[_Said]]) -> _Said:
    from bot.cli.session import in_database

    return in_database(work)


async def _fits(db: AsyncSession, surveys: Surveys) -> None:
    """Refuses before the work begins what could not be kept after it."""
    from storage.organisation import organisation

    known = await organisation(db)
    if known is None:
        raise click.UsageError("--warm needs an organisation: run `shiftpulse organisation` first.")
    if surveys.k < known.k:
        raise click.UsageError(
            f"Staff were promised that nothing stands for fewer than {known.k} people: give min_n at least {known.k}."
        )
    if not surveys.teams & await _units(db):
        raise click.UsageError(
            "No unit of the surveys has the id of one of yours: `shiftpulse units list` shows them."
        )


async def _units(db: AsyncSession) -> set[UnitKey]:
    from insights.cells import UnitKey
    from storage.units import all_units

    return {UnitKey(one.id) for one in await all_units(db)}


async def _keep(db: AsyncSession, detector: Detector, teams: int) -> str:
    """Keeps the usual levels of teams that are units here; what was done."""
    from insights.hotspot_warm import Warm
    from storage.audit import COMMAND_LINE, Deed, note
    from storage.hotspots import WarmTooLateError, save_warm

    learnt, units = detector.warm(), await _units(db)
    warm = Warm({unit: level for unit, level in learnt.levels.items() if unit in units}, learnt.rounds)
    if not warm.levels:
        raise click.ClickException("None of your units was shown often enough to have a usual level.")
    try:
        await save_warm(db, warm)
    except WarmTooLateError as problem:
        raise click.ClickException(str(problem)) from None
    await note(db, datetime.now(UTC), COMMAND_LINE, Deed.DETECTOR_WARMED, added=len(warm.levels), waves=warm.rounds)
    await db.commit()
    return f"Kept the usual levels of {len(warm.levels)} of {_counted(teams, 'team')}, matched by id."
