"""The release rule on its own, so that anybody can check what it shows against totals that they bring."""

from __future__ import annotations

import json
from typing import BinaryIO

import click

from bot.cli.faults import refuse_lines

_LONG_WORK = 4_000
"""Lines from which on rounds that are done are told: more than a round of the largest organisations."""


@click.command(
    epilog="""
\b
Lines of the input, in any order:
  {"kind": "unit", "id": "ward-7", "parent": "medicine"}            the organisation's parent is null
  {"kind": "tally", "round": 1, "unit": "ward-7", "question": "q12b",
   "counts": [2, 3, 4, 1, 0], "skips": 1, "established": 9}         answers by option
  {"kind": "lens", "round": 1, "lens": "pattern", "category": "nights",
   "question": "q12b", "counts": [9, 9, 3, 2, 1], "established": 20}
  {"kind": "question", "id": "mood", "scores": [0, 50, 100]}        null: not scored
\b
Examples:
  shiftpulse release totals.jsonl > cells.jsonl
  shiftpulse release --k 10 --explain < totals.jsonl
"""
)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--k", type=click.IntRange(5, 50), default=5, show_default=True, help="Fewest people behind a number.")
@click.option("--explain", is_flag=True, help="Add the atoms and the exact number behind each: for auditors only.")
def release(file: BinaryIO, k: int, explain: bool) -> None:
    """Say what may be shown of totals: lines of JSON in, from FILE or standard input, a line for every cell out.

    Totals at a unit that has others below it are those of its own people; what no line counts is nought. Rounds are
    whole numbers from 1. The scores of questions that are not in the default pack go from 0 to 100 in equal steps,
    unless a line says otherwise. Bad lines are named by their numbers, with exit code 2, and nothing is written.
    """
    from insights.cell_lines import rows
    from insights.tally_lines import TallyError
    from insights.tally_rounds import read_rounds

    content = file.read()
    try:
        rounds = read_rounds(content)
    except TallyError as problem:
        refuse_lines(problem.faults)
    if not rounds:
        click.echo("There are no tallies, so there is nothing to release.", err=True)
    is_long, found = content.count(b"\n") > _LONG_WORK, []
    for done, one in enumerate(rounds, 1):
        found += [f"{json.dumps(row)}\n" for row in rows(one, one.release(k), explain)]
        if is_long:
            click.echo(f"{done} of {len(rounds)} rounds", err=True)
    click.echo("".join(found), nl=False)
