"""The command line. Commands import what they need when they run, so that help is quick."""

from __future__ import annotations

import os
from typing import Any

import click

from bot.cli.commands import COMMANDS
from bot.cli.faults import told

EXAMPLES = """
\b
First steps:
  shiftpulse keygen                       a key for .env
  shiftpulse migrate                      the database
  shiftpulse organisation --name "St Brannoc's" --contact "wellbeing@example.org"
  shiftpulse units import units.csv
  shiftpulse invite --role steward --name "Sam, matron"
  shiftpulse invite --unit ward-7         a poster's link
  shiftpulse doctor                       what is missing
  shiftpulse run
"""


_PRIVATE = 0o077


class Plain(click.Group):
    """Commands whose faults of settings and database end in one line, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command that was asked for."""
        with told():
            return super().invoke(ctx)


@click.group(
    cls=Plain,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="shiftpulse", prog_name="shiftpulse")
def group() -> None:
    """Wellbeing check-ins for frontline staff over Telegram: honest totals, and nobody is told who answered what."""


for command in COMMANDS:
    group.add_command(command)


def main() -> None:
    """The `shiftpulse` command. What it writes is for its own account alone."""
    os.umask(_PRIVATE)
    group.main(prog_name="shiftpulse")
