"""Every command, in the order in which one needs them."""

from __future__ import annotations

from bot.cli.analyse import analyse
from bot.cli.audit import audit
from bot.cli.detect import detect
from bot.cli.invite import invite
from bot.cli.release import release
from bot.cli.roles import roles
from bot.cli.running import demo, doctor, run, void_round
from bot.cli.setting_up import keygen, migrate, organisation
from bot.cli.trends import trends
from bot.cli.units import units

COMMANDS = (
    keygen,
    migrate,
    organisation,
    units,
    invite,
    roles,
    doctor,
    run,
    trends,
    release,
    detect,
    analyse,
    audit,
    void_round,
    demo,
)
