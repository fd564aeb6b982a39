"""Help cards of four nations: there, whole, checked; a bot that lacks one does not start, and the doctor says so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.doctor_cards import card_findings, check_findings
from bot.settings import Settings
from handlers.cards import HelpCardError, Nation, load_card, national_cards
from insights.comments.crisis import Care
from insights.policy import HELP_CARD_REVIEW
from storage.identity import new_key
from tests.command_line.findings import the_fault, to_mend
from tests.command_line.shell import ROOT, Shell

CHECKED = date(2026, 11, 22)
OWN = 'owner = "Us"\nchecked_on = {day}\nentries = [{{name = "Our chaplain", how = "bleep 12"}}]\n'


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """A copy of the cards, to be damaged."""
    return Path(shutil.copytree(ROOT / "handlers" / "cards", tmp_path / "cards"))


@pytest.mark.parametrize("nation", Nation)
def test_every_nation_has_its_emergency_number_and_the_samaritans(nation: Nation) -> None:
    card = load_card(nation)
    ways = [entry.how for entry in card.entries]
    assert ways[0] == "999"
    assert "116 123" in ways
    assert "text SHOUT to 85258" in ways
    assert (card.checked_on, bool(card.owner)) == (CHECKED, True)
    assert all(re.search(r"\d{3}", way) for way in ways)


@pytest.mark.parametrize(
    ("nation", "numbers"),
    [
        (Nation.ENGLAND, ("111, and select the mental health option", "0808 2000 247")),
        (Nation.WALES, ("111, and press 2", "0808 164 0123", "0800 132 737", "0808 80 10 800")),
        (Nation.SCOTLAND, ("111, and choose the mental health option", "0800 83 85 87", "0800 027 1234")),
        (Nation.NORTHERN_IRELAND, ("0808 808 8000", "0808 802 1414")),
    ],
)
def test_each_nation_has_lines_of_its_own(nation: Nation, numbers: tuple[str, ...]) -> None:
    own = {entry.how for entry in load_card(nation).entries}
    assert own >= set(numbers)
    others = [{entry.how for entry in card.entries} for one, card in national_cards().items() if one is not nation]
    assert not any(set(numbers) & other for other in others)


@pytest.mark.parametrize("nation", Nation)
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (r"^owner = .*", "", "{file}: owner is missing"),
        (r"^owner = .*", "owner = 7", "{file}: owner is missing, or is no text"),
        (r"^checked_on = .*", "", "{file}: checked_on is a date"),
        (r"^checked_on = .*", 'checked_on = "2026"', "{file}: checked_on is a date"),
        (r"^checked_on = .*", "checked_on = 2026-11-22T10:00:00", "{file}: checked_on is a date"),
        (r"(?s)^\[\[entries\]\].*", "", "{file}: give at least one of [[entries]]"),
        (r"(?s)^\[\[entries\]\].*", "entries = [1]", "{file}: give at least one of [[entries]]"),
        (r'^how = "999"', "", "{file}: how of entry 1 is missing"),
        (r'^name = "Samaritans, .*', 'name = " "', "{file}: name of entry"),
        (r"^owner = .*", "owner = ", "{file}: "),
    ],
)
def test_a_damaged_card_of_any_nation_is_told_with_its_key(
    cards: Path, nation: Nation, before: str, after: str, told: str
) -> None:
    file = cards / f"{nation}.toml"
    file.write_text(re.sub(before, after, file.read_text("utf-8"), count=1, flags=re.M), "utf-8")
    with pytest.raises(HelpCardError, match="^" + re.escape(told.format(file=file.name))):
        load_card(Nation.ENGLAND, folder=cards)


@pytest.mark.parametrize("nation", Nation)
def test_a_missing_card_of_any_nation_is_told_by_name(cards: Path, nation: Nation) -> None:
    (cards / f"{nation}.toml").unlink()
    with pytest.raises(HelpCardError, match=f"^{nation}.toml: this help card is missing"):
        national_cards(cards)
    (cards / f"{nation}.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(HelpCardError, match=f"^{nation}.toml: it is not a text in UTF-8"):
        national_cards(cards)


@pytest.mark.parametrize("damage", [None, b"owner = 'Us'\nchecked_on = 2026-11-22\n"], ids=["missing", "damaged"])
def test_the_bot_does_not_start_without_every_card(tmp_path: Path, damage: bytes | None) -> None:
    """Of the nation that is not in use, too: the command itself, on a copy without it."""
    for name in ("bot", "storage", "insights"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "handlers", tmp_path / "handlers")
    card = tmp_path / "handlers" / "cards" / "scotland.toml"
    card.unlink()
    if damage is not None:
        card.write_bytes(damage)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tmp_path),
        "SHIFTPULSE_BOT_TOKEN": "123456789:" + "A" * 35,
        "SHIFTPULSE_ID_KEY": new_key(),
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot", "run"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    what = "this help card is missing" if damage is None else "give at least one of [[entries]]"
    assert done.stderr.startswith(f"scotland.toml: {what}")
    assert len(done.stderr.splitlines()) == 1


# --- the doctor


def test_the_doctor_names_the_card_that_is_shown(house: Shell) -> None:
    told = "ok      the help cards of 4 nations: there; {}'s is shown, checked on 2026-11-22"
    assert told.format("england") in house.runs("doctor").out.splitlines()
    house.sets(nation="wales")
    assert told.format("wales") in house.runs("doctor").out.splitlines()


@pytest.mark.parametrize(("days", "is_due"), [(0, False), (1, True)])
def test_the_card_in_use_is_due_a_year_after_it_was_checked(days: int, is_due: bool) -> None:
    today = CHECKED + HELP_CARD_REVIEW + timedelta(days=days)
    [found] = card_findings(Settings(_env_file=None, nation="scotland"), today)
    assert found.is_well is not is_due
    assert ("ring every number in handlers/cards/scotland.toml" in found.text) is is_due


@pytest.mark.parametrize("own_is_old", [False, True])
def test_the_older_of_the_sites_and_the_nations_is_named(tmp_path: Path, own_is_old: bool) -> None:
    today = CHECKED + timedelta(days=300) if own_is_old else CHECKED + timedelta(days=400)
    checked_on = today - timedelta(days=366 if own_is_old else 1)
    own = tmp_path / "ours.toml"
    own.write_text(OWN.format(day=checked_on))
    [found] = card_findings(Settings(_env_file=None, site_card=own), today)
    assert not found.is_well
    named = "ours.toml" if own_is_old else "handlers/cards/england.toml"
    assert f"ring every number in {named}, then" in found.text


def test_a_card_of_another_nation_may_grow_old(cards: Path) -> None:
    file = cards / "wales.toml"
    file.write_text(file.read_text("utf-8").replace("2026-11-22", "2020-01-01"), "utf-8")
    [found] = card_findings(Settings(_env_file=None), CHECKED, cards)
    assert found.is_well


def test_the_doctor_tells_of_a_damaged_card_of_any_nation(cards: Path) -> None:
    (cards / "wales.toml").write_text("owner = 'Us'\n")
    [found] = card_findings(Settings(_env_file=None), CHECKED, cards)
    assert found.text.startswith("MEND    wales.toml: checked_on is a date")


def test_texts_that_cannot_be_checked_are_told() -> None:
    assert list(check_findings(lambda _: Care.NONE)) == []
    [found] = check_findings({}.__getitem__)
    assert found.text.startswith("MEND    what people type cannot be checked")


def test_a_staffed_route_is_told_and_half_of_one_is_a_fault(house: Shell) -> None:
    house.sets(contact_name="'Occupational Health'", contact_chat="-1001234567890")
    said = house.runs("doctor")
    assert to_mend(said) == []
    assert "asking to be contacted: offered" in said.out
    house.sets(contact_name="")
    assert the_fault(house).startswith("SHIFTPULSE_CONTACT_CHAT is wrong: give it and SHIFTPULSE_CONTACT_NAME")
