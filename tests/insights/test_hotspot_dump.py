"""A detector that was written down and read back goes on as if nothing had been; what it did not write it refuses."""

from __future__ import annotations

import math
import zlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.cells import UnitKey
from insights.hotspot_detector import METHOD
from insights.hotspot_round import Shown
from insights.hotspot_series import shown_rounds
from insights.hotspot_state import pack, unpack
from insights.hotspot_warm import Warm, WarmLevel
from insights.hotspots import Detector, Flag, Reading
from tests.insights.hotspot_golden import ROUNDS, hospital
from tests.insights.hotspot_ledgers import names

WARM = Warm({unit: WarmLevel(i / 3, 4.0, 12) for i, unit in enumerate(names(12))}, 12)


@cache
def rounds() -> list[Shown]:
    return shown_rounds(hospital(1))


@cache
def uninterrupted(is_warm: bool = False) -> tuple[list[bytes], list[tuple[Flag, ...]], Reading]:
    """The states after every round (before the first, too), the flags of every round, and the reading at the end."""
    detector = Detector(WARM if is_warm else None)
    states, flags = [detector.dump()], []
    for shown in rounds():
        flags.append(detector.step(shown))
        states.append(detector.dump())
    return states, flags, detector.reading()


@settings(max_examples=4, deadline=None, derandomize=True)
@given(breaks=st.sets(st.integers(0, ROUNDS), min_size=1, max_size=12), is_warm=st.booleans())
def test_writing_down_and_reading_back_between_any_rounds_changes_nothing(breaks: set[int], is_warm: bool) -> None:
    warm = Warm.load(WARM.dump()) if is_warm else None
    states, flags, reading = uninterrupted(is_warm)
    detector = Detector(warm)
    for t, shown in enumerate(rounds()):
        if t in breaks:
            detector = Detector.load(detector.dump(), warm)
        assert detector.step(shown) == flags[t]
    detector = Detector.load(detector.dump(), warm)
    assert detector.dump() == states[-1]
    assert detector.reading() == reading


def test_what_is_read_back_says_the_same_in_every_round() -> None:
    for t, state in list(enumerate(uninterrupted()[0]))[::3]:
        detector = Detector.load(state)
        assert detector.round == t
        assert detector.dump() == state
        if t < ROUNDS:
            assert detector.step(rounds()[t]) == uninterrupted()[1][t]


def test_a_reading_is_read_back_with_its_flags() -> None:
    detector = Detector()
    for shown in rounds()[:24]:
        detector.step(shown)
    assert detector.reading().flags
    assert detector.reading().open_flags
    assert Detector.load(detector.dump()).reading() == detector.reading()


def test_reading_and_writing_down_change_nothing() -> None:
    detector = Detector()
    for shown in rounds()[:20]:
        detector.step(shown)
        detector.reading()
        detector.dump()
        detector.warm()
    assert detector.dump() == uninterrupted()[0][20]


def test_the_state_does_not_grow_with_time() -> None:
    states = uninterrupted()[0]
    sizes = [sum(x.nbytes for x in unpack(state)[1].values()) for state in (states[31], states[ROUNDS])]
    assert sizes[0] == sizes[1]
    assert len(states[ROUNDS]) < 2 * len(states[31])


def test_a_state_of_another_method_is_not_taken_up() -> None:
    about, numbers = unpack(uninterrupted()[0][20])
    assert about["method"] == METHOD
    with pytest.raises(ValueError, match="another method"):
        Detector.load(pack({**about, "method": METHOD - 1}, numbers))


@pytest.mark.parametrize(("began", "goes_on"), [(None, WARM), (WARM, None), (WARM, Warm(WARM.levels, 13))])
def test_a_state_that_began_otherwise_is_not_taken_up(began: Warm | None, goes_on: Warm | None) -> None:
    state = uninterrupted(began is not None)[0][20]
    with pytest.raises(ValueError, match="another warm start"):
        Detector.load(state, goes_on)


def damaged() -> list[bytes]:
    state = uninterrupted()[0][20]
    about, numbers = unpack(state)
    middle = len(state) // 2
    lost = {name: value for name, value in numbers.items() if name != "teams.mirror.counted"}
    shorter = {**numbers, "teams.strain.engine.x": numbers["teams.strain.engine.x"][:, :-1]}
    return [
        b"",
        b"hotspots",
        state[:middle],
        state[:-1],
        b"x" + state,
        state[:middle] + bytes([state[middle] ^ 1]) + state[middle + 1 :],
        b"hotspots" + zlib.compress(b""),
        b"hotspots" + zlib.compress(b"\x00\x00\x00\x02{}"),
        pack(about, lost),
        pack(about, shorter),
        pack({**about, "teams": about["teams"][:-1]}, numbers),
        pack({**about, "standing": [{}]}, numbers),
        pack({name: told for name, told in about.items() if name != "there"}, numbers),
    ]


@pytest.mark.parametrize("number", range(13))
def test_a_damaged_state_is_not_taken_up(number: int) -> None:
    with pytest.raises(ValueError):
        Detector.load(damaged()[number])


def test_what_is_written_down_names_units_and_rounds_and_nothing_else() -> None:
    about, _ = unpack(uninterrupted()[0][20])
    assert set(about) == {"method", "warm", "teams", "divisions", "taken", "numbers", "there", "root", "standing"}
    assert set(about["teams"]) == set(names(40))
    assert about["numbers"] == list(range(1, 21))


def test_a_round_is_taken_in_once_and_in_order() -> None:
    detector = Detector()
    for shown in rounds()[:5]:
        detector.step(shown)
    state = detector.dump()
    for again in rounds()[3:5]:
        with pytest.raises(ValueError, match="ascending"):
            detector.step(again)
    assert detector.dump() == state
    detector.step(rounds()[5])


def test_every_number_that_is_kept_is_finite_or_says_that_nothing_was_shown() -> None:
    _, numbers = unpack(uninterrupted()[0][ROUNDS])
    may_be_unknown = {"teams.noise.y"}
    for name, value in numbers.items():
        if name not in may_be_unknown and not name.endswith("recent.level"):
            assert all(map(math.isfinite, value.ravel().tolist())), name
    assert UnitKey("t00") in Detector.load(uninterrupted()[0][ROUNDS]).reading().usual
