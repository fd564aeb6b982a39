"""Boxes: what is counted, and that a box opens only as itself, with its round's key."""

from __future__ import annotations

import os
import struct

import pytest

from storage.boxes import SKIPPED, BoxDamagedError, Counters, Layout, Sealer

LAYOUT = Layout((5, 5, 7))
KEY = bytes(range(32))


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(KEY, 7)


def counted(*submissions: tuple[tuple[int, ...], bool]) -> Counters:
    counters = Counters.zero(LAYOUT)
    for answers, is_established in submissions:
        counters.count(answers, is_established)
    return counters


def test_a_layout_has_room_for_respondents_options_skips_and_the_established() -> None:
    assert Layout((5,)).size == 1 + 5 + 2
    assert LAYOUT.size == 1 + 7 + 7 + 9


def test_an_empty_box_holds_nothing() -> None:
    assert Counters.zero(LAYOUT).values == [0] * LAYOUT.size
    assert counted().respondents == 0


def test_answers_skips_and_the_established_are_counted_by_question() -> None:
    counters = counted(((0, 4, 6), True), ((0, SKIPPED, 2), False), ((3, 4, SKIPPED), True))
    assert counters.respondents == 3
    assert counters.question(0) == ((2, 0, 0, 1, 0), 0, 2)
    assert counters.question(1) == ((0, 0, 0, 0, 2), 1, 2)
    assert counters.question(2) == ((0, 0, 1, 0, 0, 0, 1), 1, 1)


def test_a_skip_counts_nobody_as_established() -> None:
    counters = counted(((SKIPPED,) * 3, True))
    assert [counters.question(i)[1:] for i in range(3)] == [(1, 0)] * 3


@pytest.mark.parametrize("answers", [(), (0, 0), (0, 0, 0, 0), (5, 0, 0), (0, 0, 7), (-2, 0, 0)])
def test_answers_that_do_not_fit_are_refused_and_count_nothing(answers: tuple[int, ...]) -> None:
    counters = counted(((1, 1, 1), True))
    with pytest.raises(ValueError, match="answer"):
        counters.count(answers, True)
    assert counters == counted(((1, 1, 1), True))


def test_a_box_is_opened_as_it_was_sealed(sealer: Sealer) -> None:
    counters = counted(((0, 4, 6), True), ((1, 2, 3), False))
    assert sealer.unseal("ward-1", LAYOUT, sealer.seal("ward-1", counters)) == counters


def test_every_sealing_looks_different_and_has_the_same_length(sealer: Sealer) -> None:
    boxes = [sealer.seal("ward-1", counters) for counters in [counted(), counted(), counted(((0, 0, 0), True))] * 9]
    assert len(set(boxes)) == len(boxes)
    assert {len(box) for box in boxes} == {12 + 4 * LAYOUT.size + 16}


@pytest.mark.parametrize(
    ("key", "number", "scope"),
    [(KEY, 7, "ward-2"), (KEY, 8, "ward-1"), (bytes(32), 7, "ward-1")],
    ids=["another scope", "another round", "another key"],
)
def test_a_box_opens_only_in_its_own_place(sealer: Sealer, key: bytes, number: int, scope: str) -> None:
    box = sealer.seal("ward-1", counted())
    with pytest.raises(BoxDamagedError):
        Sealer(key, number).unseal(scope, LAYOUT, box)


def test_the_place_cannot_be_confused_by_odd_names() -> None:
    with pytest.raises(BoxDamagedError):
        Sealer(KEY, 71).unseal("a", LAYOUT, Sealer(KEY, 7).seal("1|a", counted()))


def test_a_box_with_any_byte_changed_does_not_open(sealer: Sealer) -> None:
    box = sealer.seal("ward-1", counted(((1, 1, 1), True)))
    for place in range(len(box)):
        changed = bytes([*box[:place], box[place] ^ 1, *box[place + 1 :]])
        with pytest.raises(BoxDamagedError):
            sealer.unseal("ward-1", LAYOUT, changed)


@pytest.mark.parametrize("length", [0, 1, 8, 11, 12, 27, 28, 100])
def test_a_box_that_was_cut_does_not_open(sealer: Sealer, length: int) -> None:
    with pytest.raises(BoxDamagedError):
        sealer.unseal("ward-1", LAYOUT, sealer.seal("ward-1", counted())[:length])


def test_a_box_of_another_layout_does_not_open(sealer: Sealer) -> None:
    with pytest.raises(BoxDamagedError):
        sealer.unseal("ward-1", Layout((5, 5)), sealer.seal("ward-1", counted()))


def test_a_sealed_box_shows_no_counter() -> None:
    box = Sealer(os.urandom(32), 7).seal("ward-1", counted(*[((0, 0, 0), True)] * 300))
    assert struct.pack(">I", 300) not in box


def test_an_opened_box_and_a_sealer_print_no_number_and_no_key(sealer: Sealer) -> None:
    assert repr(counted(((1, 1, 1), True))) == f"Counters(layout={LAYOUT!r})"
    assert KEY.hex() not in repr(sealer)
    assert "object at" in repr(sealer)


BY_PATTERN = Layout((5, 5, 7), ("days", "nights"))


def test_a_box_with_categories_has_room_for_each_and_one_count_of_respondents() -> None:
    assert BY_PATTERN.size == 1 + 2 * (LAYOUT.size - 1)


def test_categories_are_counted_apart_and_respondents_together() -> None:
    counters = Counters.zero(BY_PATTERN)
    counters.count((0, 4, 6), True, "days")
    counters.count((0, SKIPPED, 2), False, "nights")
    assert counters.respondents == 2
    assert counters.question(0, "days") == ((1, 0, 0, 0, 0), 0, 1)
    assert counters.question(1, "nights") == ((0, 0, 0, 0, 0), 1, 0)
    assert counters.question(2, "nights") == ((0, 0, 1, 0, 0, 0, 0), 0, 0)


@pytest.mark.parametrize("category", ["", "mixed"])
def test_a_category_that_the_box_does_not_have_is_refused_and_counts_nothing(category: str) -> None:
    counters = Counters.zero(BY_PATTERN)
    with pytest.raises(ValueError, match="category"):
        counters.count((0, 0, 0), True, category)
    with pytest.raises(ValueError, match="category"):
        counters.question(0, category)
    assert counters == Counters.zero(BY_PATTERN)
