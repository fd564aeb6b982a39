"""The same thefts from the bot at work: forty people tap their answers, and the disk is copied after each."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

import pytest

from insights.pack import default_pack
from sandbox import Person
from storage.boxes import SKIPPED
from tests.hospital import CLOSES, OPENS, staffed
from tests.make import LAYOUT
from tests.privacy.at_rest.crowd import Sent, crowd
from tests.privacy.at_rest.guessing import box_keys, token_keys, tokens_of, windows
from tests.privacy.at_rest.looks import Look
from tests.privacy.at_rest.recorded_run import Recording, files, key_files
from tests.privacy.at_rest.vectors import by_person, given_back, opened, plainly, unmasked, vectors
from tests.world import World

PEOPLE: Final = 40
QUESTIONS: Final = default_pack().round_questions(1)


def labels(answers: tuple[int, ...]) -> list[str]:
    """What somebody taps; nobody skips here."""
    return [question.option(max(answer, 0), "en") for question, answer in zip(QUESTIONS, answers, strict=True)]


@pytest.fixture
async def recorded(world: World, tmp_path: Path) -> Recording:
    nurses = await staffed(world, PEOPLE)
    await world.to(OPENS)
    moments = [files(tmp_path)]
    sent = [send_of(nurse, one.answers) for nurse, one in zip(nurses, crowd(PEOPLE), strict=True)]
    for nurse, one in zip(nurses, sent, strict=True):
        await world.answers(nurse, *labels(one.answers))
        moments.append(files(tmp_path))
    await world.to(CLOSES)
    return Recording(sent, moments, files(tmp_path), store="round-1.db")


def send_of(nurse: Person, answers: tuple[int, ...]) -> Sent:
    return Sent(nurse.id, "ward-7", tuple(0 if answer == SKIPPED else answer for answer in answers))


async def test_copies_of_the_bots_disk_after_every_send_tell_nobodys_answers(
    recorded: Recording, world: World
) -> None:
    """Neither the -wal of the sealed store, nor copies of everything around each Send, nor what is left after
    closing, with all ids, the id key and the bot's token. With the key file of the round: everybody's."""
    assert tuple(len(question.options) for question in QUESTIONS) == LAYOUT.options
    for looks in (recorded.replayed, recorded.looks):
        for reading in (plainly, unmasked(looks[0])):
            assert given_back(vectors(looks, reading), recorded.sent) == 0
        everything = vectors(looks, opened(recorded.keys.box, 1))
        assert given_back(everything, recorded.sent) == PEOPLE
    assert by_person(recorded.looks, guessed(recorded, world)) == {}
    assert no_send_touches_the_main_database(recorded)
    assert [name for name in recorded.left if name.startswith("round-")] == []
    last, tried = recorded.looks[-1], windows([*recorded.without_keys, *recorded.left.values()])
    assert found(tried, recorded, last) == []
    assert len(found(windows(key_files(recorded.moments[0])), recorded, last)) == 2


def guessed(recorded: Recording, world: World) -> dict[bytes, int]:
    id_key, bot_token = world.settings.id_key.get_secret_value(), world.settings.token
    secrets = [id_key.encode(), base64.urlsafe_b64decode(id_key), bot_token.encode()]
    return tokens_of((one.telegram_id for one in recorded.sent), secrets)


def found(tried: set[bytes], recorded: Recording, look: Look) -> list[bytes]:
    """Which of them are keys of tokens or of boxes."""
    return [*token_keys(tried, recorded.sent[0].telegram_id, look.tokens), *box_keys(tried, look.boxes, 1)]


def no_send_touches_the_main_database(recorded: Recording) -> bool:
    main = ("shiftpulse.db", "shiftpulse.db-wal")
    return len({tuple(moment[name] for name in main) for moment in recorded.moments}) == 1
