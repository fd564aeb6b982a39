"""Two copies of the disk around one answer: the difference between plain counters is that person's answers.

Ours differ in one box from its first byte to its last, whatever was answered.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tests.make import SCOPES
from tests.privacy.at_rest.crowd import DEMANDED
from tests.privacy.at_rest.looks import look_into
from tests.privacy.at_rest.pages import backups
from tests.privacy.at_rest.recorded_run import KEY, STORE, Recording
from tests.privacy.at_rest.vectors import given_back, in_clear, plainly, unmasked, vectors

BY_CHANCE = 0.02
"""Share of bytes that may be the same in two sealings of a box: one in 256 is, by chance."""


def test_two_copies_of_plain_counters_isolate_the_answer_between_them(naive: Recording) -> None:
    pairs = [vectors([before, after])[0] for before, after in pairwise(naive.looks)]
    assert given_back(pairs, naive.sent) >= DEMANDED * len(naive.sent)


def test_two_copies_of_boxes_whose_nonce_comes_back_isolate_it_too(masked: Recording) -> None:
    """The first copy of all is the mask; any two later ones do the rest."""
    reading = unmasked(masked.looks[0])
    pairs = [vectors([before, after], reading)[0] for before, after in pairwise(masked.looks)]
    assert given_back(pairs, masked.sent) >= DEMANDED * len(masked.sent)


def test_two_copies_of_ours_give_back_nothing(ours: Recording) -> None:
    for before, after in pairwise(ours.looks):
        for reading in (plainly, unmasked(before), unmasked(ours.looks[0])):
            assert vectors([before, after], reading) == [None]


def test_a_box_of_ours_changes_in_full_or_not_at_all(ours: Recording, masked: Recording) -> None:
    assert kept(ours) < BY_CHANCE
    assert kept(masked) > 10 * BY_CHANCE


def kept(recording: Recording) -> float:
    """The share of bytes of a changed box that are the same before and after."""
    same = size = 0
    for before, after in pairwise(recording.looks):
        for scope in SCOPES:
            if before.boxes[scope] != after.boxes[scope]:
                pairs = list(zip(before.boxes[scope], after.boxes[scope], strict=True))
                same += sum(one == other for one, other in pairs)
                size += len(pairs)
    return same / size


def test_no_file_of_ours_tells_by_its_size_what_was_answered(ours: Recording) -> None:
    """The store grows by whole pages, as tokens do; the key file never."""
    assert {len(moment[STORE]) % 4096 for moment in ours.moments} == {0}
    assert len({len(moment[KEY]) for moment in ours.moments}) == 1


def test_no_copy_holds_a_counter_in_clear_or_an_id(ours: Recording) -> None:
    wanted = [*in_clear(ours.sent), *(str(one.telegram_id).encode() for one in ours.sent)]
    wanted += [one.telegram_id.to_bytes(5, "big") for one in ours.sent]
    contents = ours.without_keys
    assert [one for one in wanted if any(one in content for content in contents)] == []


def test_online_backups_around_an_answer_are_worth_no_more_than_copies(
    ours: Recording, naive: Recording, tmp_path: Path
) -> None:
    """SQLite's own backup of the open store, and `VACUUM INTO`, before and after the last Send."""
    for recording, isolated in ((naive, 1), (ours, 0)):
        looks = []
        for number in (-2, -1):
            folder = tmp_path / f"{isolated}{number}"
            folder.mkdir()
            for name, content in recording.moments[number].items():
                (folder / name).write_bytes(content)
            looks += [look_into(copy) for copy in backups(folder / STORE, folder).values()]
        for before, after in ((looks[0], looks[2]), (looks[1], looks[3])):
            assert given_back(vectors([before, after]), recording.sent[-1:]) == isolated
