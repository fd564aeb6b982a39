"""Posters and role invites, with the bot's name asked over real HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import Sandbox
from storage.invites import Standing, find_invite
from tests.command_line.shell import Said, Shell

LINK = re.compile(r"https://t\.me/pulse_bot\?start=([pr][A-Za-z0-9_-]{16})\n")
POSTER = ("invite", "--unit", "ward-7")
STEWARD = ("invite", "--role", "steward", "--name", "Sam, matron")


def code(said: Said) -> str:
    found = LINK.fullmatch(said.out)
    assert found, said.text
    return found[1]


def standing(shell: Shell, code: str, later: timedelta = timedelta()) -> str | None:
    invite = shell.stores(lambda db: find_invite(db, code, datetime.now(UTC) + later))
    return invite and invite.standing


def test_a_poster_opens_its_unit_and_does_not_expire(house: Shell) -> None:
    said = house.runs(*POSTER)
    assert said.code == 0
    assert said.fault == "Print it for the team's own wall."
    invite = house.stores(lambda db: find_invite(db, code(said), datetime.now(UTC) + timedelta(days=999)))
    assert invite is not None
    assert (invite.unit_id, invite.role, invite.standing) == ("ward-7", None, Standing.OPEN)


def test_a_new_poster_replaces_the_older_one(house: Shell) -> None:
    first = code(house.runs(*POSTER))
    refused = house.runs(*POSTER)
    assert "ward-7 has a poster" in refused.err
    assert standing(house, first) == Standing.OPEN
    second = code(house.runs(*POSTER, "--replace"))
    assert (standing(house, first), standing(house, second)) == (Standing.REPLACED, Standing.OPEN)


def test_a_role_invite_is_for_the_whole_organisation_unless_said(house: Shell) -> None:
    said = house.runs(*STEWARD)
    assert said.fault == "Works once, for 24 hours."
    invite = house.stores(lambda db: find_invite(db, code(said), datetime.now(UTC)))
    assert invite is not None
    assert (invite.unit_id, invite.role, invite.display_name) == ("trust", "steward", "Sam, matron")
    assert standing(house, code(said), timedelta(hours=25)) == Standing.EXPIRED


def test_a_lead_is_invited_for_a_unit(house: Shell) -> None:
    said = house.runs("invite", "--role", "lead", "--unit", "medicine", "--name", "Jo")
    invite = house.stores(lambda db: find_invite(db, code(said), datetime.now(UTC)))
    assert invite is not None
    assert (invite.unit_id, invite.role) == ("medicine", "lead")


@pytest.mark.parametrize(("picture", "begins"), [("poster.svg", b"<?xml"), ("poster.png", b"\x89PNG")])
def test_the_link_is_drawn_as_a_code(house: Shell, picture: str, begins: bytes) -> None:
    said = house.runs(*POSTER, "--qr", picture)
    assert said.code == 0
    assert f"Written: {picture}" in said.err
    assert (house.folder / picture).read_bytes().startswith(begins)


@pytest.mark.parametrize("picture", ["poster.gif", "poster", "nowhere/poster.svg"])
def test_a_picture_that_cannot_be_written_keeps_the_older_poster(house: Shell, picture: str) -> None:
    older = code(house.runs(*POSTER))
    said = house.runs(*POSTER, "--qr", picture)
    assert (said.code, said.out) == (2, "")
    assert "--qr is a .svg or .png" in said.err
    assert standing(house, older) == Standing.OPEN


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Give --unit for a poster, or --role for a role invite."),
        (("--role", "steward"), "Give --name"),
        (("--role", "boss", "--name", "Sam"), "--role"),
        (("--unit", "ward-99"), "There is no such unit"),
    ],
)
def test_what_is_missing_or_unknown_is_said(house: Shell, arguments: tuple[str, ...], told: str) -> None:
    said = house.runs("invite", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


def test_before_units_are_imported_nobody_can_be_invited(ready: Shell) -> None:
    said = ready.runs(*STEWARD)
    assert (said.code, "There is no such unit" in said.err) == (2, True)


def test_a_refused_token_is_told_apart_from_no_network(house: Shell, telegram: Sandbox) -> None:
    house.sets(bot_token="123456789:" + "A" * 35)
    refused = house.runs(*POSTER)
    house.sets(bot_token=telegram.token, api_url="http://127.0.0.1:9")
    unheard = house.runs(*POSTER)
    assert (refused.code, unheard.code) == (1, 1)
    assert refused.fault.startswith("SHIFTPULSE_BOT_TOKEN is refused by Telegram")
    assert unheard.fault.startswith("SHIFTPULSE_API_URL does not answer: the connection is refused")
    assert telegram.token not in unheard.fault


def test_it_works_as_a_process_of_its_own(house: Shell) -> None:
    said = house.really_runs(*POSTER, "--qr", "poster.svg")
    assert (said.code, bool(LINK.fullmatch(said.out))) == (0, True)
    assert standing(house, code(said)) == Standing.OPEN


@pytest.mark.parametrize("role", ["hr", "steward"])
def test_who_serves_the_whole_organisation_gets_no_unit(house: Shell, role: str) -> None:
    refused = house.runs("invite", "--role", role, "--name", "Sam", "--unit", "ward-7")
    assert refused.code == 2
    assert f"--role {role} is for the whole organisation" in refused.err


def test_a_unit_nobody_can_join_gets_no_poster(house: Shell) -> None:
    refused = house.runs("invite", "--unit", "medicine")
    assert refused.code == 2
    assert "medicine has no headcount" in refused.err
