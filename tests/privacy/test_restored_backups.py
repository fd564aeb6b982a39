"""An older database, store or key file is put back, in every combination: the round is void, people are told.

Nothing is guessed, nothing counted that does not agree with what was acknowledged, and the next check-in opens.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from bot.doctor_house import house_findings
from bot.wiring import App
from handlers.opening import claim_if_due
from storage.boxes import Layout
from storage.ledger import TABLES
from storage.roster import frozen_scopes
from storage.rounds import Stage, advance
from tests.privacy.lives import CLOSES, MONDAY, OPENS, PEOPLE, WEEK, Alive, copied, peopled, send, settings_in

TUESDAY, THURSDAY, OVER = OPENS + WEEK, OPENS + WEEK + timedelta(days=2), CLOSES + WEEK
SOME, MOST = 6, 12
TOKENS = {"none": 0, "made": 0, "open": 0, "some": SOME, "most": MOST}
MARKS = {"none": 0, "made": 0, "open": 0, "some": SOME, "most": MOST, "closing": MOST}
"""How many answers a store holds, and a key file knows of, by the stage at which it was copied."""

FILES = [*product(("none", "open", "some", "most"), ("none", "some", "most", "closing")), ("made", "most")]
FEW = [("none", "open"), ("none", "closing"), ("open", "none"), ("made", "made"), ("some", "most"), ("most", "most")]


def ledger(folder: Path, number: int) -> bytes:
    """What is published of a round."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        rows = [(one, db.execute(f"SELECT * FROM {one} WHERE round = ?", (number,)).fetchall()) for one in TABLES]
    return repr([(table, sorted(found, key=repr)) for table, found in rows]).encode()


NOTHING = repr([(one, []) for one in TABLES]).encode()


def stages(folder: Path) -> dict[int, str]:
    """How far each round is."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        return dict(db.execute("SELECT number, stage FROM round"))


def told(folder: Path, number: int) -> Counter[str]:
    """How many are being told of a round, by occasion; nobody twice."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        rows = db.execute("SELECT occasion, person_id FROM outbox WHERE round = ?", (number,)).fetchall()
    assert len(rows) == len(set(rows))
    return Counter(occasion for occasion, person in rows if person)


async def made(app: App) -> None:
    """A draft whose store is there already."""
    async with app.house.begin() as db:
        scopes = [one.scope for one in await frozen_scopes(db, 2)]
    questions = app.house.pack.round_questions(2)
    await app.house.vault.create(2, scopes, Layout(tuple(len(one.options) for one in questions)))


async def closing_noted(app: App) -> None:
    """The moment before the release is computed."""
    await app.house.vault.stop(2)
    async with app.house.begin() as db:
        assert await advance(db, 2, Stage.OPEN, Stage.CLOSING)
        await db.commit()


class Backups:
    """Copies of all files from every stage of the second round; the first was published the week before."""

    def __init__(self, place: Path, template: Path) -> None:
        self.place = place
        (place / "now").mkdir(parents=True)
        shutil.copy(template, place / "now" / "shiftpulse.db")

    def of(self, stage: str) -> Path:
        """The files as they stood then."""
        return self.place / stage

    async def taken(self) -> None:
        """Both rounds are lived, and a copy is made at each stage."""
        async with self._until("asking") as alive:
            await peopled(alive.app)
            alive.clock.jump(OPENS)
            await alive.ticks()
        async with self._until("before", OPENS) as alive:
            await alive.ticks()
            await send(alive.app, PEOPLE)
            alive.clock.jump(CLOSES)
            await alive.ticks()
        async with self._until("draft", TUESDAY) as alive:
            assert await claim_if_due(alive.app.house)
        async with self._until("made", TUESDAY) as alive:
            await made(alive.app)
        async with self._until("open", TUESDAY) as alive:
            await alive.ticks()
        for stage, chats in (("some", PEOPLE[:SOME]), ("most", PEOPLE[:MOST])):
            async with self._until(stage, TUESDAY) as alive:
                await alive.ticks()
                assert "recorded" in await send(alive.app, chats)
        async with self._until("closing", TUESDAY) as alive:
            await alive.ticks()
            await closing_noted(alive.app)
        async with self._until("shredded", OVER) as alive:
            await alive.ticks()

    def _until(self, stage: str, instant: datetime = MONDAY) -> _Life:
        return _Life(self.place, stage, instant)

    def put_back(self, folder: Path, main: str, store: str, keys: str) -> Path:
        """A folder with the database of one stage, the store of another, the key file of a third."""
        (folder / "rounds").mkdir(parents=True)
        for path in self.of(main).glob("shiftpulse.db*"):
            shutil.copy(path, folder)
        for stage, names in ((store, "round-2.db*"), (keys, "round-2.key")):
            for path in (self.of(stage) / "rounds").glob(names) if stage != "none" else ():
                shutil.copy(path, folder / "rounds")
        return folder


class _Life(Alive):
    """A life at whose end a copy is made."""

    def __init__(self, place: Path, stage: str, instant: datetime) -> None:
        super().__init__(settings_in(place / "now"), instant)
        self.place, self.stage = place, stage

    async def __aexit__(self, *given: object) -> None:
        await self.app.close()
        copied(self.place / "now", self.place / self.stage)


@pytest.fixture(scope="module")
def backups(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Backups:
    made = Backups(tmp_path_factory.mktemp("backups") / "place", template)
    asyncio.run(made.taken())
    return made


async def boots(folder: Path, instant: datetime, *later: timedelta) -> None:
    async with Alive(settings_in(folder), instant) as alive:
        await alive.ticks(*later)


def noted(folder: Path) -> list[str]:
    """What the audit log says of the second round."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        return [
            what for what, detail in db.execute("SELECT what, detail FROM audit") if json.loads(detail)["round"] == 2
        ]


def is_void(folder: Path, backups: Backups) -> bool:
    """Void, everybody told once, nothing left or published of it, and what was published before stands."""
    return (
        stages(folder) == {1: Stage.SHREDDED, 2: Stage.VOID}
        and told(folder, 2) == {"void": len(PEOPLE)}
        and noted(folder) == ["round_voided"]
        and list((folder / "rounds").iterdir()) == []
        and ledger(folder, 2) == NOTHING
        and ledger(folder, 1) == ledger(backups.of("shredded"), 1)
    )


def belong_together(store: str, keys: str) -> bool:
    """Whether boxes and keys were made together and hold all that the keys know of."""
    are_there = "none" not in (store, keys)
    return are_there and (store == "made") == (keys == "made") and TOKENS[store] >= MARKS[keys]


@pytest.mark.parametrize(("store", "keys"), [("none", "none"), *FEW])
async def test_a_database_from_before_the_opening_never_opens_the_day_again_beside_files_that_know_better(
    backups: Backups, tmp_path: Path, store: str, keys: str
) -> None:
    folder = backups.put_back(tmp_path / "files", "before", store, keys)
    await boots(folder, THURSDAY)
    if store == keys == "none":
        assert stages(folder)[2] == Stage.OPEN
        return
    assert is_void(folder, backups)
    await boots(folder, THURSDAY, timedelta(minutes=1))
    assert is_void(folder, backups)
    await boots(folder, TUESDAY + WEEK)
    assert stages(folder)[3] == Stage.OPEN


@pytest.mark.parametrize(("store", "keys"), [*FILES, *FEW[2:4]])
async def test_a_draft_that_came_back_replaces_no_store_that_took_answers(
    backups: Backups, tmp_path: Path, store: str, keys: str
) -> None:
    folder = backups.put_back(tmp_path / "files", "draft", store, keys)
    await boots(folder, THURSDAY)
    if TOKENS[store] or MARKS[keys]:
        assert is_void(folder, backups)
    else:
        assert stages(folder)[2] == Stage.OPEN
        assert told(folder, 2) == {"opening": len(PEOPLE)}


@pytest.mark.parametrize(
    ("main", "store", "keys"),
    [*(("some", *one) for one in FILES), ("open", "most", "some"), ("most", "some", "most")],
)
async def test_an_open_round_goes_on_only_with_all_that_its_keys_know_of(
    backups: Backups, tmp_path: Path, main: str, store: str, keys: str
) -> None:
    folder = backups.put_back(tmp_path / "files", main, store, keys)
    await boots(folder, THURSDAY)
    if not belong_together(store, keys):
        assert is_void(folder, backups)
        return
    assert stages(folder)[2] == Stage.OPEN
    if store == "most":
        await boots(folder, OVER, timedelta(minutes=1))
        assert ledger(folder, 2) == ledger(backups.of("shredded"), 2)


@pytest.mark.parametrize(("store", "keys"), FILES)
async def test_a_closing_is_computed_only_from_all_that_its_keys_know_of(
    backups: Backups, tmp_path: Path, store: str, keys: str
) -> None:
    folder = backups.put_back(tmp_path / "files", "closing", store, keys)
    await boots(folder, OVER)
    if not belong_together(store, keys):
        assert is_void(folder, backups)
    elif store == "most":
        assert ledger(folder, 2) == ledger(backups.of("shredded"), 2)
    assert list((folder / "rounds").iterdir()) == []


@pytest.mark.parametrize(("store", "keys"), FEW[1:])
async def test_files_of_a_finished_round_that_were_put_back_are_destroyed_again(
    backups: Backups, tmp_path: Path, store: str, keys: str
) -> None:
    folder = backups.put_back(tmp_path / "files", "shredded", store, keys)
    await boots(folder, OVER, timedelta(minutes=1))
    assert list((folder / "rounds").iterdir()) == []
    assert stages(folder) == {1: Stage.SHREDDED, 2: Stage.SHREDDED}
    for number in (1, 2):
        assert ledger(folder, number) == ledger(backups.of("shredded"), number)


@pytest.mark.parametrize("main", ["open", "most", "closing"])
async def test_an_open_round_that_comes_back_after_its_release_is_void_and_the_pages_before_it_stand(
    backups: Backups, tmp_path: Path, main: str
) -> None:
    folder = backups.put_back(tmp_path / "files", main, "none", "none")
    await boots(folder, OVER, timedelta(minutes=1))
    assert is_void(folder, backups)
    await boots(folder, TUESDAY + WEEK)
    assert stages(folder)[3] == Stage.OPEN


async def test_a_database_of_the_week_before_loses_both_rounds_and_people_are_told_of_each(
    backups: Backups, tmp_path: Path
) -> None:
    folder = backups.put_back(tmp_path / "files", "asking", "most", "most")
    await boots(folder, THURSDAY)
    assert stages(folder) == {1: Stage.VOID, 2: Stage.VOID}
    assert [told(folder, number) for number in (1, 2)] == [{"void": len(PEOPLE)}] * 2
    assert list((folder / "rounds").iterdir()) == []
    assert ledger(folder, 1) == ledger(folder, 2) == NOTHING
    await boots(folder, TUESDAY + WEEK)
    assert stages(folder)[3] == Stage.OPEN


@pytest.mark.parametrize(("main", "is_told"), [("before", True), ("some", False), ("shredded", False)])
async def test_the_doctor_tells_of_files_that_the_database_does_not_know(
    backups: Backups, tmp_path: Path, main: str, is_told: bool
) -> None:
    folder = backups.put_back(tmp_path / "files", main, "most", "most")
    async with Alive(settings_in(folder), THURSDAY) as alive, alive.app.house.begin() as db:
        findings = await house_findings(db, settings_in(folder))
    assert any("round 2 has files, and the database does not know it" in one.text for one in findings) == is_told


async def test_files_beside_a_database_of_another_house_are_left_alone(
    backups: Backups, template: Path, tmp_path: Path
) -> None:
    folder = backups.put_back(tmp_path / "files", "most", "most", "most")
    shutil.copy(template, folder / "shiftpulse.db")
    await boots(folder, THURSDAY)
    for path in backups.of("most").glob("shiftpulse.db*"):
        shutil.copy(path, folder)
    await boots(folder, OVER, timedelta(minutes=1))
    assert ledger(folder, 2) == ledger(backups.of("shredded"), 2)


async def test_an_opening_that_does_not_look_first_loses_what_was_acknowledged_and_tells_nobody(
    backups: Backups, tmp_path: Path
) -> None:
    """The naive recovery: the day is not claimed, so it is opened, and the store is made anew."""
    folder = backups.put_back(tmp_path / "files", "before", "most", "most")
    async with Alive(settings_in(folder), THURSDAY) as alive:
        assert await claim_if_due(alive.app.house)
        await made(alive.app)
        async with alive.app.house.begin() as db:
            assert await advance(db, 2, Stage.DRAFT, Stage.OPEN)
            await db.commit()
        await alive.ticks()
        counted = sum(box.respondents for box in (await alive.app.house.vault.totals(2)).values())
    assert (stages(folder)[2], counted, told(folder, 2)["void"]) == (Stage.OPEN, 0, 0)


@pytest.mark.parametrize("keys", ["open", "some"])
async def test_what_remains_boxes_and_keys_of_one_moment_put_back_together_are_believed(
    backups: Backups, tmp_path: Path, keys: str
) -> None:
    """Nothing outside them counts answers, which would tell who sent when: hence no backup of the rounds folder.
    Those whose answers went are asked again, and nobody is counted twice."""
    folder = backups.put_back(tmp_path / "files", "most", "some", keys)
    async with Alive(settings_in(folder), THURSDAY) as alive:
        await alive.ticks()
        receipts = await send(alive.app, PEOPLE[:MOST])
        assert Counter(receipts) == {"already": SOME, "recorded": MOST - SOME}
        alive.clock.jump(OVER)
        await alive.ticks()
    assert ledger(folder, 2) == ledger(backups.of("shredded"), 2)
