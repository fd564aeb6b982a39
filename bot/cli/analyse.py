"""The reading of comments on its own, so that anybody can check it on texts that they have. Keeps nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bot.cli.units import MOST_FAULTS

if TYPE_CHECKING:
    from insights.comments.analysis import Analysis
    from insights.json_lines import Fault

_LINES_TOLD = 1_000
_LONGEST_LINE = 262_144
"""Bytes: a text of the longest kind, each sign of it escaped, is a tenth of that."""


@click.command(
    epilog="""
\b
In, a line each:
  {"id": "c-17", "text": "Two nurses short again, ask Priya"}
\b
Out, in the same order:
  {"id": "c-17", "language": "en", "polarity": -0.9281, "coverage": 0.2, "label": "neg",
   "themes": ["staffing"], "care": "none", "scrubbed": "Two nurses short again, ask [name]"}
\b
language   en, other, none (no words to tell by)
polarity   -1 to 1, or null: no signal, or another language; label follows it: neg, neu, pos, null
themes     any of 14, of English only
coverage   share of the words that a list of moods knows, 0 to 1
care       none, gentle, crisis: which help card the bot would have answered with; it would have
           stopped there, so that leave these lines out when you count
scrubbed   at most 400 characters
\b
Examples:
  shiftpulse analyse comments.jsonl > read.jsonl
  shiftpulse analyse --names names.txt < comments.jsonl
"""
)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--names", type=click.File("rb"), help="Names of wards and people to take out, one a line, UTF-8.")
def analyse(file: BinaryIO, names: BinaryIO | None) -> None:
    """Read comments as the bot does: lines of JSON in, from FILE or standard input, a line each out, as they come.

    `id` is text or a whole number and comes back as it came; other fields are passed over. A comment of the bot has
    400 characters at most; here longer ones, up to 4,096, are read whole. Nothing is kept, and no text is repeated in
    a message. Bad lines are named by their numbers, with exit code 2 at the end; the others are read all the same.
    How comments are read, and what that cannot do: docs/comments.md.
    """
    from insights.comments.analysis import analyse as read
    from insights.json_lines import tables

    known, watch = _names(names), _Watch()
    for number, table in tables(watch.through(_lines(file)), watch.faults):
        problem = _problem(table)
        if problem:
            watch.blame(number, problem)
        else:
            click.echo(json.dumps(row(table["id"], read(str(table["text"]), known))))
            watch.done()
    watch.end()


def row(id_: object, found: Analysis) -> dict[str, Any]:
    """What was read, as it is written."""
    return {
        "id": id_,
        "language": found.language.value,
        "polarity": None if found.polarity is None else round(found.polarity, 4),
        "coverage": round(found.coverage, 4),
        "label": found.label.value if found.label else None,
        "themes": [theme.value for theme in found.themes],
        "care": found.care.value,
        "scrubbed": found.scrubbed,
    }


def _problem(table: Mapping[str, object]) -> str:
    """What to mend in a line; never what it says."""
    from insights.policy import MESSAGE_LENGTH

    id_, text = table.get("id"), table.get("text")
    if "id" not in table:
        return '"id" is missing: give every text one, such as its row'
    if isinstance(id_, bool) or not isinstance(id_, str | int):
        return '"id" must be text or a whole number'
    if "text" not in table:
        return '"text" is missing: put the comment there'
    if not isinstance(text, str):
        return '"text" must be text in quotes'
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        return '"text" has half a character (a lone surrogate): write it as UTF-8'
    if len(text) > MESSAGE_LENGTH:
        return f'"text" has {len(text)} characters: {MESSAGE_LENGTH} at most, cut or part it'
    return ""


def _names(file: BinaryIO | None) -> tuple[str, ...]:
    if file is None:
        return ()
    try:
        lines = file.read().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise click.UsageError("The file of names is not UTF-8 text.") from None
    return tuple(line.strip() for line in lines if line.strip())


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines; of one that is beyond reason its beginning, which is no JSON."""
    while line := file.readline(_LONGEST_LINE):
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(_LONGEST_LINE)


class _Watch:
    """Says on standard error how far the work is, and which lines are bad, as soon as they are met."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._bad = self._read = self._lines = 0

    def through(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        """The lines; what was wrong with one is told before the next is looked at."""
        for line in lines:
            yield line
            self._lines += 1
            self._tell_faults()
            if self._lines % _LINES_TOLD == 0:
                click.echo(f"{self._lines} lines read", err=True)

    def done(self) -> None:
        """One more text was read."""
        self._read += 1

    def blame(self, number: int, problem: str) -> None:
        """One more line is bad."""
        self._bad += 1
        if self._bad <= MOST_FAULTS:
            click.echo(f"line {number}: {problem}", err=True)

    def end(self) -> None:
        """What was done; leaves with exit code 2 where a line was bad."""
        self._tell_faults()
        if self._bad > MOST_FAULTS:
            click.echo(f"and {self._bad - MOST_FAULTS} more", err=True)
        if not self._read and not self._bad:
            click.echo('There is nothing to read: give lines such as {"id": 1, "text": "..."}.', err=True)
        else:
            bad = f", {self._bad} bad line{'' if self._bad == 1 else 's'} passed over" if self._bad else ""
            click.echo(f"{self._read} text{'' if self._read == 1 else 's'} read{bad}", err=True)
        if self._bad:
            sys.exit(2)

    def _tell_faults(self) -> None:
        for fault in self.faults:
            self.blame(fault.line, fault.text)
        self.faults.clear()
