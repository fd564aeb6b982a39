"""The same seed gives the same ids, so that a run can be repeated to the byte."""

from __future__ import annotations

from sandbox import Sandbox
from tests.sandbox.wire import Clock


def town(seed: int, clock: Clock) -> tuple[str, list[int], int]:
    sandbox = Sandbox(seed=seed, now=clock.now)
    people = [sandbox.person(f"Person {number}") for number in range(50)]
    return sandbox.token, [person.id for person in people], sandbox.group("Ward chat", people[:2]).id


def test_the_same_seed_gives_the_same_town(clock: Clock) -> None:
    assert town(1, clock) == town(1, clock)


def test_another_seed_gives_another_town(clock: Clock) -> None:
    token, ids, group = town(1, clock)
    other_token, other_ids, other_group = town(2, clock)

    assert token != other_token
    assert not set(ids) & set(other_ids)
    assert group != other_group


def test_ids_are_as_large_as_telegrams(clock: Clock) -> None:
    _, ids, _ = town(1, clock)

    assert len(set(ids)) == 50
    assert any(each > 2**32 for each in ids)
    assert any(each < 2**31 for each in ids)
    assert max(ids) < 2**52


def test_a_token_looks_like_one(clock: Clock) -> None:
    token, _, _ = town(1, clock)
    bot_id, _, secret = token.partition(":")

    assert bot_id.isdigit()
    assert (len(secret), secret.isalnum()) == (35, True)


async def test_two_runs_of_the_same_story_have_the_same_updates(clock: Clock) -> None:
    stories = []
    for _ in range(2):
        async with Sandbox(seed=5, now=clock.now) as sandbox:
            ana = sandbox.person("Ana")
            await ana.opens(f"t.me/{sandbox.username}?start=x")
            await ana.sends_photo()
            stories.append((ana.transcript(), [message.id for message in ana.screen()], ana.screen()[-1].picture))

    (told, ids, picture), (told_again, ids_again, picture_again) = stories
    assert (told, ids) == (told_again, ids_again)
    assert picture is not None
    assert picture_again is not None
    assert picture.file_id == picture_again.file_id


async def test_a_free_port_is_found(clock: Clock) -> None:
    async with Sandbox(now=clock.now) as one, Sandbox(now=clock.now) as two:
        assert one.url.startswith("http://127.0.0.1:")
        assert one.url != two.url
