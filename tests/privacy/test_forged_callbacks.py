"""Buttons that we never made, from whoever tampers with a client: one kind sentence, and nothing has happened.

Nothing of what such a button carried stands in a message, an alert, a record of the log or an exception.
"""

from __future__ import annotations

import base64
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiogram.filters.callback_data import CallbackData

from handlers import callbacks
from handlers.callbacks import CheckinTap
from handlers.staff.form import fits
from insights.pack import default_pack
from sandbox import Message, Person, Tap
from storage.buttons import SEND, ForgedButtonError, State, open_plain, open_state, plain_state, seal_state
from storage.people import Role
from tests.conversations.ward import CLOSES, OPENS, UNITS, opened
from tests.privacy.records import Secrets, heard
from tests.world import World

KIND = (
    "That button was not made for you.",
    "That button is from an older version.",
    "This check-in has closed",
    "Recorded already",
)
CODES = (
    "I do not recognise that code.",
    "This code is not one of ours.",
    "You have joined already.",
    "That wish has been settled",
)
"""How what opens no door is refused, in the message that was tapped."""
MOST = 64
"""Bytes that a button can carry."""

HOSTILE = {
    str: (
        "zz-nowhere",
        "ward-8",
        "<b>Zé🙂",
        "' OR 1=1 --",
        "-1",
        "p" + 16 * "Z",
        "r" + 16 * "Z",
        40 * "A",
        "%s{0}",
        "",
    ),
    int: ("-1", "-99999", "99999999999999999999", "1e9", "NaN", "0x10", "٣", ""),
    bool: ("maybe", "2", "-1", "<i>"),
}


@dataclass
class Ward:
    """The second week of a ward: one has answered, one is about to, and one still holds last week's button."""

    world: World
    ana: Person
    bea: Person
    form: Message
    sends: str
    last_week: str

    def state(self) -> object:
        """Every row of the main database and of the open round's store."""
        folder = self.world.settings.rounds_dir
        with closing(sqlite3.connect(folder / "round-2.db")) as db:
            store = [sorted(db.execute(f"SELECT * FROM {table}")) for table in ("box", "token", "format")]
        return self.world.rows(), store, (folder / "round-2.key").read_bytes()

    async def refuses(self, forged: Sequence[str], by: Person | None = None) -> list[str]:
        """Taps each of them: one answer each, and nothing has happened. What the answers said."""
        person, before, said = by or self.ana, self.state(), []
        own = Secrets()
        with heard() as records:
            for data in forged:
                tap = await person.forges(data, person.newest() or self.form)
                await tap.answered()
                said.append(only_answer(tap))
            await self.world.sandbox.settled()
        assert self.state() == before
        payloads = {part for data in forged for part in data.split(":")[1:] if len(part) > 5 and part != "ward-8"}
        own.add(*payloads)
        assert records.leaks(own) == []
        assert "handlers.errors" not in records.loggers
        seen = said + [one.words for one in person.screen()]
        assert [one for one in payloads if any(one in text for text in seen)] == []
        return said


def only_answer(tap: Tap) -> str:
    """What the one answer said."""
    [answer] = tap.answers
    assert answer.text
    return answer.text


def is_kind(said: Sequence[str]) -> bool:
    return all(one.startswith(KIND) for one in said)


def data_of(message: Message, label: str) -> str:
    return next(button.data for row in message.keyboard for button in row if label in button.label)


async def review(world: World, person: Person) -> Message:
    await world.answers(person, "Often", "Rarely", "Workload", send=False)
    return await person.waits_for("Ready?")


@pytest.fixture
async def ward(world: World) -> Ward:
    ana, bea, *_ = await opened(world)
    last_week = data_of(await review(world, ana), "Send")
    await world.to(CLOSES)
    await world.to(OPENS + timedelta(weeks=1))
    await ana.waits_for("Question 1 of 3")
    await world.answers(bea, "Never", "Never", "Nothing much")
    form = await review(world, ana)
    return Ward(world, ana, bea, form, data_of(form, "Send"), last_week)


def raw(data: str) -> bytes:
    payload = data.partition(":")[2]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def button(content: bytes) -> str:
    return "c1:" + base64.urlsafe_b64encode(content).decode().rstrip("=")


def flips(content: bytes) -> Iterator[bytes]:
    """The same with one bit changed, for every bit."""
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


async def test_every_flipped_bit_is_refused(ward: Ward) -> None:
    forged = [button(one) for one in flips(raw(ward.sends))]
    assert len(forged) == 176
    assert is_kind(await ward.refuses(forged))


async def test_every_flipped_bit_of_its_letters_is_refused_also_those_that_mean_nothing(ward: Ward) -> None:
    changed = [one.decode() for one in flips(ward.sends.encode()) if one.isascii()]
    letters = [one for one in changed if one.startswith("c1:")]
    spare = [one for one in letters if raw_or_none(one) == raw(ward.sends)]
    assert spare
    assert is_kind(await ward.refuses(letters))


def raw_or_none(data: str) -> bytes | None:
    try:
        return raw(data)
    except ValueError:
        return None


async def test_what_is_cut_short_lengthened_made_up_or_oversized_is_refused(ward: Ward) -> None:
    dice = random.Random(3)
    length = len(raw(ward.sends))
    cut = [ward.sends[:end] for end in range(len("c1:"), len(ward.sends))]
    longer = [ward.sends + one for one in ("A", "=", "AA", "AAAA", "é", "%00", ":", ":A")]
    drawn = [button((2).to_bytes(2, "big") + dice.randbytes(length - 2)) for _ in range(20)]
    drawn += ["c1:" + "".join(chr(dice.randrange(33, 0x2FF)) for _ in range(30)) for _ in range(10)]
    oversized = ["c1:" + (MOST - 3) * "A", "c1:" + (ward.sends[3:] * 3)[: MOST - 3], "c1:" + 30 * "é"]
    assert is_kind(await ward.refuses([*cut, *longer, *drawn, *oversized]))


async def test_another_persons_and_another_rounds_are_refused(ward: Ward) -> None:
    sealed, ours = raw(ward.sends)[2:], raw(ward.last_week)[2:]
    numbered = [button(number.to_bytes(2, "big") + sealed) for number in (0, 1, 3, 700, 65535)]
    renumbered = button((2).to_bytes(2, "big") + ours)
    assert is_kind(await ward.refuses([*numbered, renumbered, ward.last_week]))
    assert await ward.refuses([ward.sends], ward.bea) == [f"{KIND[0]} /checkin brings your own check-in."]


async def test_what_our_own_keys_would_seal_for_others_is_refused(ward: Ward) -> None:
    key = ward.world.app.house.vault.button_key(2)
    assert key
    done = State(SEND, (1, 1, 1))
    forged = [
        (key, 2, ward.bea.id, done),
        (key, 1, ward.ana.id, done),
        (key, 3, ward.ana.id, done),
        (key[::-1], 2, ward.ana.id, done),
        (key, 2, ward.ana.id, State(SEND, (1, 1, None))),
        (key, 2, ward.ana.id, State(SEND, (9, 1, 1))),
        (key, 2, ward.ana.id, State(SEND, (1, 1, 1, 1))),
        (key, 2, ward.ana.id, State(SEND, ())),
        (key, 2, ward.ana.id, State(7, (1, 1, 1))),
    ]
    assert is_kind(await ward.refuses([CheckinTap(payload=seal_state(*one)).pack() for one in forged]))


async def test_after_send_no_step_of_the_check_in_counts_again(ward: Ward) -> None:
    steps = [tap.data for tap in ward.ana.tapped if tap.data.startswith("c1:")] + [ward.sends]
    await ward.ana.taps("Send")
    await ward.ana.waits_for("Recorded")
    assert await ward.world.counted(2) == 2
    said = await ward.refuses(steps + [button(one) for one in flips(raw(ward.sends))][16::8])
    assert is_kind(said)
    assert said[len(steps) - 1].startswith("Recorded already")


def classes() -> list[type[CallbackData]]:
    """Every kind of button that there is."""
    return [
        one
        for one in vars(callbacks).values()
        if isinstance(one, type) and issubclass(one, CallbackData) and one is not CallbackData
    ]


PLAUSIBLE = {str: "ward-7", int: "1", bool: "1"}


def hostile(kind: type[CallbackData]) -> list[str]:
    """Buttons of one kind with values that no button of ours has: in one field, or in all of them."""
    fields = [one.annotation or str for one in kind.model_fields.values()]
    rows = [[HOSTILE[one][place % len(HOSTILE[one])] for one in fields] for place in range(8)] if fields else []
    for here, one in enumerate(fields):
        others = [PLAUSIBLE[other] for other in fields]
        rows += [[*others[:here], value, *others[here + 1 :]] for value in HOSTILE[one]]
    made = [":".join([kind.__prefix__, *row]) for row in [*rows, list("abcdefg"), [20 * "é"]]]
    return [one for one in dict.fromkeys(made) if len(one.encode()) <= MOST]


async def test_no_other_button_takes_a_hostile_value(world: World) -> None:
    await world.plan(UNITS)
    [nurse] = await world.newcomers("ward-7")
    steward = await world.role("Sam", Role.STEWARD, "trust")
    before, own = world.rows(), Secrets()
    with heard() as records:
        for person in (nurse, steward):
            for data in [data for kind in classes() for data in hostile(kind)]:
                shown = person.newest()
                assert shown
                tap = await person.forges(data, shown)
                await tap.answered()
                if not tap.answers[0].text:
                    await world.sandbox.settled()
                assert len(tap.answers) == 1
                assert tap.answers[0].text or shown.words.startswith(CODES), data
                assert world.rows() == before, data
    strange = [value for value in HOSTILE[str] if len(value) > 6]
    own.add(*strange)
    shown_at_last = "".join(one.words for person in (nurse, steward) for one in person.screen())
    assert [value for value in strange if value in shown_at_last] == []
    assert records.leaks(own) == []
    assert "handlers.errors" not in records.loggers


async def test_nobody_but_a_second_steward_confirms_a_real_wish(world: World) -> None:
    await world.plan(UNITS)
    [nurse, *_] = await world.newcomers("ward-7", 4)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    first, second = [await world.role(name, Role.STEWARD, "trust") for name in ("Sam", "Uma")]
    await first.says("/units")
    shown = await first.waits_for("Units")
    await first.taps(shown.buttons[0][0])
    yes = data_of(await second.waits_for("wants to launch"), "Confirm the launch")
    before = world.rows()
    for person in (nurse, lead, first):
        message = person.newest()
        assert message
        tap = await person.forges(yes, message)
        await tap.answered()
        assert only_answer(tap)
    await world.sandbox.settled()
    assert world.rows() == before


def test_a_button_without_a_seal_would_be_accepted_with_other_answers() -> None:
    """The naive button of the same shape: nearly every flipped bit is somebody else's answer."""
    questions = default_pack().round_questions(2)
    sealed, plain, key, me = 0, 0, random.Random(5).randbytes(64), 700_000_001
    state = State(SEND, (3, 1, 0))
    packed = raw("x:" + plain_state(state))
    for one in flips(packed):
        forged = open_or_none(lambda text: open_plain(text), button(one)[3:])
        plain += forged is not None and forged != state and forged.leads_to == SEND and fits(forged, questions)
    for one in flips(raw("x:" + seal_state(key, 2, me, state))):
        sealed += open_or_none(lambda text: open_state(key, 2, me, text), button(one)[3:]) is not None
    assert (plain, sealed) == (4, 0)


def open_or_none(opens: object, text: str) -> State | None:
    assert callable(opens)
    try:
        found = opens(text)
    except ForgedButtonError:
        return None
    return found if isinstance(found, State) else None
