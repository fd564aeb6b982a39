"""The key file: its format, what it remembers across a crash, and that shredding leaves no key on the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.keyfile import SIZE, KeyFile, KeyFileError, create, overwrite_and_unlink, read


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "round-7.key"


@pytest.fixture
def keys(path: Path) -> Iterator[KeyFile]:
    keys = create(path, 7)
    yield keys
    keys.close()


def reread(path: Path) -> tuple[int, bool]:
    """(mark, is closing) as the file says."""
    again = read(path, 7)
    again.close()
    return again.mark, again.is_closing


def secrets_of(keys: KeyFile) -> tuple[bytes, bytes, bytes]:
    return bytes(keys.token_key), bytes(keys.box_key), keys.button_key


def test_a_new_file_is_private_of_fixed_size_and_starts_at_nothing(path: Path, keys: KeyFile) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_size == SIZE
    assert reread(path) == (0, False)


def test_three_secrets_are_different_and_differ_between_rounds(tmp_path: Path, keys: KeyFile) -> None:
    other = create(tmp_path / "round-8.key", 8)
    others = secrets_of(other)
    other.close()
    assert [len(one) for one in secrets_of(keys)] == [32, 32, 64]
    assert len({*secrets_of(keys), *others, keys.button_key[:32], keys.button_key[32:]}) == 8


def test_opened_again_it_holds_the_same_secrets(path: Path, keys: KeyFile) -> None:
    again = read(path, 7)
    assert secrets_of(again) == secrets_of(keys)
    again.close()


def test_secrets_that_exist_are_never_made_anew(path: Path, keys: KeyFile) -> None:
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        create(path, 7)
    assert path.read_bytes() == before


def test_the_mark_survives_reopening_and_leaves_the_secrets_alone(path: Path, keys: KeyFile) -> None:
    for mark in (1, 255, 256, 2**40):
        keys.note(mark)
        assert reread(path) == (mark, False)
    assert path.stat().st_size == SIZE
    again = read(path, 7)
    assert secrets_of(again) == secrets_of(keys)
    again.close()


def test_closing_survives_reopening_together_with_the_mark(path: Path, keys: KeyFile) -> None:
    keys.note(12)
    keys.note_closing()
    assert reread(path) == (12, True)


def test_a_mark_noted_late_does_not_undo_closing(path: Path, keys: KeyFile) -> None:
    elsewhere = read(path, 7)
    keys.note_closing()
    elsewhere.note(3)
    elsewhere.close()
    assert reread(path) == (3, True)


def test_closing_is_heard_by_whoever_has_the_file_open(path: Path, keys: KeyFile) -> None:
    elsewhere = read(path, 7)
    assert not elsewhere.has_closed()
    keys.note_closing()
    assert [elsewhere.has_closed(), elsewhere.is_closing] == [True, True]
    elsewhere.close()


def test_a_file_that_is_gone_takes_no_answers(path: Path, keys: KeyFile) -> None:
    path.unlink()
    assert keys.has_closed()


def test_a_file_that_is_overwritten_takes_no_answers(path: Path, keys: KeyFile) -> None:
    path.write_bytes(bytes(SIZE))
    assert keys.has_closed()


def test_a_missing_file_is_told(path: Path) -> None:
    with pytest.raises(KeyFileError, match="missing"):
        read(path, 7)


def test_what_is_there_but_cannot_be_opened_now_is_not_taken_for_missing(path: Path) -> None:
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        read(path, 7)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: b"SPK0" + content[4:],
        lambda content: os.urandom(len(content)),
    ],
    ids=["empty", "short", "long", "another format", "overwritten"],
)
def test_a_damaged_file_is_told(path: Path, keys: KeyFile, damage: Callable[[bytes], bytes]) -> None:
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(KeyFileError, match="damaged"):
        read(path, 7)


def test_the_file_of_another_round_is_refused(path: Path, keys: KeyFile) -> None:
    with pytest.raises(KeyFileError):
        read(path, 8)


def test_a_damaged_file_leaves_nothing_open(path: Path) -> None:
    path.write_bytes(b"short")
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with pytest.raises(KeyFileError):
            read(path, 7)
    assert len(os.listdir("/dev/fd")) == before


def test_shredding_overwrites_the_very_bytes_that_held_the_keys(path: Path, tmp_path: Path) -> None:
    keys = create(path, 7)
    before = path.read_bytes()
    link = tmp_path / "link"
    os.link(path, link)
    keys.shred()
    assert not path.exists()
    after = link.read_bytes()
    assert len(after) == len(before)
    kept = [i for i in range(0, SIZE - 8, 8) if before[i : i + 8] == after[i : i + 8]]
    assert not kept


def test_whoever_still_has_it_open_reads_no_key(path: Path) -> None:
    keys = create(path, 7)
    secrets = secrets_of(keys)
    with path.open("rb", buffering=0) as watching:
        keys.shred()
        watching.seek(0)
        content = watching.read()
    assert content
    assert not [one for one in secrets if one[:8] in content]


def test_letting_go_wipes_the_keys_of_tokens_and_boxes_where_they_stand(path: Path) -> None:
    keys = create(path, 7)
    held = keys.token_key, keys.box_key
    assert all(map(any, held))
    keys.close()
    assert not any(map(any, held))
    assert [len(one) for one in held] == [32, 32]


def test_closing_twice_is_harmless_and_what_is_closed_notes_nothing(path: Path) -> None:
    keys = create(path, 7)
    keys.close()
    keys.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        keys.note(1)


def test_it_prints_no_key_and_no_count(keys: KeyFile) -> None:
    keys.note(4711)
    shown = repr(keys)
    assert "4711" not in shown
    assert not [one for one in secrets_of(keys) if repr(one)[2:-1] in shown or one.hex() in shown]


def test_overwriting_what_is_not_there_is_harmless(tmp_path: Path) -> None:
    overwrite_and_unlink(tmp_path / "never")


def test_a_file_of_several_pieces_is_overwritten_to_its_end(tmp_path: Path) -> None:
    big, link = tmp_path / "big", tmp_path / "link"
    big.write_bytes(b"secret--" * ((2 << 20) // 8 + 5))
    os.link(big, link)
    size = big.stat().st_size
    overwrite_and_unlink(big)
    assert not big.exists()
    assert link.stat().st_size == size
    assert b"secret" not in link.read_bytes()
