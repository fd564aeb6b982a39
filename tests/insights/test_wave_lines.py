"""Lines of past surveys that cannot be read: each is named by its number, none gets a traceback."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.policy import HEADCOUNT_MOST, K_FLOOR
from insights.wave_lines import WaveError
from insights.wave_rounds import read_surveys
from tests.insights.surveys import Line, meta, tally, withheld, written

GOOD = tally("ward-a", (1, 2, 3, 4, 5), roster=20)
HIDDEN = withheld("ward-a")


def faults(*lines: Line | str) -> list[tuple[int, str]]:
    with pytest.raises(WaveError) as problem:
        read_surveys(written(*lines))
    return [(fault.line, fault.text) for fault in problem.value.faults]


def without(line: Line, key: str) -> Line:
    return {name: value for name, value in line.items() if name != key}


def unit(id: object, parent: object = "org") -> Line:
    return {"unit": id, "parent": parent}


def test_good_lines_are_read_whatever_stands_beside_and_between_them() -> None:
    lines = ["", meta(remark="ours"), GOOD | {"remark": "ours"}, "  \r", withheld("ward-b")]
    [shown] = read_surveys(written(*lines)).rounds
    assert (shown.number, shown.units, shown.parents) == (0, ("ward-a", "ward-b"), ("med", "med"))


def test_a_file_of_another_system_may_begin_with_a_byte_order_mark_and_end_without_a_line() -> None:
    content = b"\xef\xbb\xbf" + b"".join(written(meta(), GOOD)).rstrip().replace(b"\n", b"\r\n")
    assert len(read_surveys(content.splitlines(keepends=True)).rounds) == 1


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("{", "is not JSON"),
        (json.dumps(GOOD)[:-1], "is not JSON"),
        (json.dumps(GOOD).replace("[1,", "[NaN,"), "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("1" * 5_000, "is not JSON"),
        ("[]", "is not an object"),
        ('{"wave": 0, "wave": 1}', "says one key twice"),
        (GOOD | {"type": "tally"}, '"type" must be "meta"; lines after the first have none'),
        (GOOD | {"type": ["meta"]}, '"type" must be "meta"; lines after the first have none'),
        (meta(), "is another meta line: line 1 has said it"),
        (without(GOOD, "wave"), '"wave" is missing'),
        (GOOD | {"wave": "1"}, '"wave" must be a whole number'),
        (GOOD | {"wave": 1.0}, '"wave" must be a whole number'),
        (GOOD | {"wave": True}, '"wave" must be a whole number'),
        (GOOD | {"wave": -1}, '"wave" must be at least 0'),
        (GOOD | {"wave": 2**31}, '"wave" must not be more than 2147483647'),
        (without(GOOD, "unit"), '"unit" is missing'),
        (GOOD | {"unit": " "}, '"unit" must be text that is not empty'),
        (GOOD | {"unit": 7}, '"unit" must be text that is not empty'),
        (GOOD | {"unit": "~roles"}, '"unit" must not contain ~'),
        (without(GOOD, "question"), '"question" is missing'),
        (GOOD | {"question": None}, '"question" must be text that is not empty'),
        (without(GOOD, "counts"), '"counts" is missing'),
        (GOOD | {"counts": {"1": 2}}, '"counts" must be a list of whole numbers'),
        (GOOD | {"counts": [1, 2, 3, 4, 5.0]}, '"counts" must be a list of whole numbers'),
        (GOOD | {"counts": [1, 2, 3, 4, True]}, '"counts" must be a list of whole numbers'),
        (GOOD | {"counts": [1, 2, 3, 4, "5"]}, '"counts" must be a list of whole numbers'),
        (GOOD | {"counts": [1, 2, -3, 4, 5]}, '"counts" must not be negative'),
        (GOOD | {"counts": [1, 2, 3, 4, HEADCOUNT_MOST + 1]}, '"counts" must not be more than 100000'),
        (GOOD | {"counts": [1, 2, 3, 4]}, '"counts" must be 5 numbers: that is the scale'),
        (GOOD | {"counts": [1, 2, 3, 4, 5, 0]}, '"counts" must be 5 numbers: that is the scale'),
        (GOOD | {"answered": 14}, '"counts" must not add up to more than "answered"'),
        (without(GOOD, "answered"), '"answered" is missing'),
        (GOOD | {"answered": 15.0}, '"answered" must be a whole number'),
        (GOOD | {"answered": -1}, '"answered" must be at least 0'),
        (GOOD | {"answered": 21}, '"answered" must not be more than "roster"'),
        (without(GOOD, "roster"), '"roster" is missing'),
        (GOOD | {"roster": "20"}, '"roster" must be a whole number'),
        (GOOD | {"roster": HEADCOUNT_MOST + 1}, '"roster" must not be more than 100000'),
        (GOOD | {"suppressed": False}, '"suppressed" must be true: leave it out where answers are counted'),
        (without(HIDDEN, "roster"), '"roster" is missing'),
        (HIDDEN | {"suppressed": False}, '"suppressed" must be true: leave it out where answers are counted'),
        (HIDDEN | {"suppressed": 1}, '"suppressed" must be true: leave it out where answers are counted'),
        (HIDDEN | {"answered": 3}, '"answered" must not stand beside "suppressed"'),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(line: Line | str, text: str) -> None:
    assert (4, text) in faults(meta(), tally("ward-b", (1, 1, 1, 1, 1)), "", line)
    assert {number for number, _ in faults(meta(), tally("ward-b", (1, 1, 1, 1, 1)), "", line)} == {4}


def test_what_is_not_text_is_named() -> None:
    with pytest.raises(WaveError) as problem:
        read_surveys([*written(meta()), b'{"wave": "\xff"}\n'])
    assert [(fault.line, fault.text) for fault in problem.value.faults] == [(2, "is not UTF-8 text")]


def test_every_faulty_field_of_a_line_is_named_in_one_go() -> None:
    assert faults(meta(), {"wave": -1, "unit": "", "counts": [1]}, HIDDEN | {"counts": [], "question": "worn"}) == [
        (2, '"wave" must be at least 0'),
        (2, '"unit" must be text that is not empty'),
        (2, '"roster" is missing'),
        (2, '"question" is missing'),
        (2, '"counts" must be at least 2 numbers'),
        (2, '"answered" is missing'),
        (3, '"question" must not stand beside "suppressed"'),
        (3, '"counts" must not stand beside "suppressed"'),
    ]


FIRST = 'must be the meta line: {"type": "meta", "format": "tally/1", ...}'


def test_without_a_meta_line_at_the_beginning_nothing_is_known() -> None:
    assert faults() == faults("", "") == [(1, FIRST)]
    assert faults(GOOD) == [(1, FIRST)]
    assert faults(GOOD, meta()) == [(1, FIRST), (2, "is a meta line, which must be the first")]
    assert faults("oops", GOOD) == [(1, "is not JSON")]


@pytest.mark.parametrize(
    ("first", "text"),
    [
        (without(meta(), "format"), '"format" is missing'),
        (meta(format="tally/2"), '"format" must be "tally/1"'),
        (meta(format=1), '"format" must be text that is not empty'),
        (meta(scale=1), '"scale" must be at least 2'),
        (meta(scale=13), '"scale" must not be more than 12'),
        (without(meta(), "scale"), '"scale" is missing'),
        (meta(min_n=K_FLOOR - 1), '"min_n" must be at least 5'),
        (meta(min_n=51), '"min_n" must not be more than 50'),
        (without(meta(), "min_n"), '"min_n" is missing'),
        (meta(questions=()), '"questions" must be a list of objects that is not empty'),
        (meta() | {"questions": ["worn"]}, '"questions" must be a list of objects that is not empty'),
        (meta() | {"questions": [{"id": "q"}]}, '"questions", place 1: "polarity" is missing'),
        (meta(questions=(("q", 0),)), '"questions", place 1: "polarity" must be 1 or -1'),
        (meta(questions=(("q", True),)), '"questions", place 1: "polarity" must be 1 or -1'),
        (meta(questions=(("q", 1), ("", 1))), '"questions", place 2: "id" must be text that is not empty'),
        (meta(questions=(("q", 1), ("q", -1))), '"questions", place 2: "q" stands there already'),
        (meta(units=()), '"units" must be a list of objects that is not empty'),
        (meta() | {"units": {"org": None}}, '"units" must be a list of objects that is not empty'),
        (meta() | {"units": [unit("org", None), unit(7)]}, '"units", place 2: "unit" must be text that is not empty'),
        (
            meta() | {"units": [unit("org", None), unit("a", 7)]},
            '"units", place 2: "parent" must be text that is not empty',
        ),
        (meta() | {"units": [unit("org", None), unit("a~own")]}, '"units", place 2: "unit" must not contain ~'),
        (meta(units=(("org", None), ("a", "org"), ("a", "org"))), '"units", place 3: "a" stands there already'),
        (meta(units=(("org", None), ("a", "b"))), 'there is no unit "b" to be the parent of "a"'),
        (
            meta(units=(("org", None), ("a", None))),
            '"a" has no parent, nor has "org": only the organisation has none',
        ),
        (meta(units=(("org", None), ("a", "b"), ("b", "c"), ("c", "b"))), '"b" lies below itself'),
    ],
)
def test_a_first_line_that_cannot_be_read_is_named(first: Line, text: str) -> None:
    assert faults(first, GOOD) == [(1, text)]


def test_units_that_all_have_a_parent_go_round_in_circles() -> None:
    assert faults(meta(units=(("a", "b"), ("b", "a")))) == [
        (1, "no unit is without a parent: the organisation is"),
        (1, '"a" lies below itself'),
    ]


def test_lines_after_a_bad_first_one_are_still_read() -> None:
    assert faults(meta(scale=0), "oops", GOOD | {"wave": -1}) == [
        (1, '"scale" must be at least 2'),
        (2, "is not JSON"),
        (3, '"wave" must be at least 0'),
    ]


def test_a_fault_repeats_what_was_written_in_short_and_printable() -> None:
    [(_, text)] = faults(meta(), GOOD | {"unit": "\x1b[2J" + "w" * 500})
    assert text.isprintable()
    assert len(text) < 80


def test_faults_show_no_text_of_the_input_where_an_error_is_logged() -> None:
    with pytest.raises(WaveError) as problem:
        read_surveys(written(meta(), GOOD | {"unit": "secret-ward"}))
    assert "secret-ward" not in f"{problem.value!r}{problem.value.faults!r}"


junk = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("wave", "unit", "question", "counts", "answered", "roster", "suppressed", "type")


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.sampled_from([GOOD, HIDDEN, meta()]), st.sampled_from([*KEYS, *meta()]), junk)
def test_no_value_of_any_field_gets_a_traceback(line: Line, key: str, value: object) -> None:
    first = line if "type" in line else meta()
    with suppress(WaveError):
        read_surveys(written(first | ({key: value} if first is line else {}), line | {key: value}))
    with suppress(WaveError):
        read_surveys(written(line | {key: value}))
