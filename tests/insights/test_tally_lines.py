"""Lines of totals that cannot be released: each is named by its number, none gets a traceback."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.tally_lines import TallyError
from insights.tally_rounds import read_rounds
from tests.insights.tallied import HOUSE, ORG, Line, lens, tally, unit, written

GOOD = tally("ward-a", (1, 2, 3, 4, 5))


def faults(*lines: Line | str) -> list[tuple[int, str]]:
    with pytest.raises(TallyError) as problem:
        read_rounds(written(lines).encode())
    return [(fault.line, fault.text) for fault in problem.value.faults]


def without(line: Line, key: str) -> Line:
    return {name: value for name, value in line.items() if name != key}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("{", "is not JSON"),
        ("{} {}", "is not JSON"),
        ('{"kind": "unit", "id": "x", "parent": NaN}', "is not JSON"),
        (json.dumps(GOOD).replace("[1,", "[Infinity,"), "is not JSON"),
        (json.dumps(GOOD).replace("[1,", "[-Infinity,"), "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("1" * 5_000, "is not JSON"),
        ("[]", "is not an object"),
        ("null", "is not an object"),
        ('"unit"', "is not an object"),
        ('{"kind": "unit", "id": "x", "id": "y"}', "says one key twice"),
        ({}, '"kind" must be "unit", "tally", "lens" or "question"'),
        ({"kind": "person"}, '"kind" must be "unit", "tally", "lens" or "question"'),
        ({"kind": ["unit"]}, '"kind" must be "unit", "tally", "lens" or "question"'),
        ({"kind": "unit"}, '"id" is missing'),
        (unit(""), '"id" must be text that is not empty'),
        (unit(" "), '"id" must be text that is not empty'),
        ({"kind": "unit", "id": 7, "parent": "org"}, '"id" must be text that is not empty'),
        ({"kind": "unit", "id": "x", "parent": 7}, '"parent" must be text that is not empty'),
        (unit("ward~own"), '"id" must not contain ~'),
        (unit("ward-x", "~roles"), '"parent" must not contain ~'),
        (GOOD | {"unit": "~roles"}, '"unit" must not contain ~'),
        (without(GOOD, "round"), '"round" is missing'),
        (GOOD | {"round": "1"}, '"round" must be a whole number'),
        (GOOD | {"round": 1.0}, '"round" must be a whole number'),
        (GOOD | {"round": True}, '"round" must be a whole number'),
        (GOOD | {"round": 0}, '"round" must be at least 1'),
        (GOOD | {"round": -3}, '"round" must be at least 1'),
        (without(GOOD, "question"), '"question" is missing'),
        (GOOD | {"question": ""}, '"question" must be text that is not empty'),
        (without(GOOD, "counts"), '"counts" is missing'),
        (GOOD | {"counts": 7}, '"counts" must be a list of whole numbers'),
        (GOOD | {"counts": [1, 2, None, 4, 5]}, '"counts" must be a list of whole numbers'),
        (GOOD | {"counts": [1, 2, 3, True, 5]}, '"counts" must be a list of whole numbers'),
        (json.dumps(GOOD).replace("[1,", "[1e999,"), '"counts" must be a list of whole numbers'),
        (GOOD | {"counts": [1, 2, 3.5, 4, 5]}, '"counts" must be a list of whole numbers'),
        (GOOD | {"counts": []}, '"counts" must be at least 2 numbers'),
        (GOOD | {"counts": [1, -2, 3, 4, 50]}, '"counts" must not be negative'),
        (without(GOOD, "skips"), '"skips" is missing'),
        (GOOD | {"skips": -1}, '"skips" must be at least 0'),
        (without(GOOD, "established"), '"established" is missing'),
        (GOOD | {"established": -1}, '"established" must be at least 0'),
        (GOOD | {"established": 16}, '"established" must not be more than the sum of counts'),
        (without(lens("days", (1, 1, 1, 1, 1)), "category"), '"category" is missing'),
        (lens("days+nights", (1, 1, 1, 1, 1)), '"category" must not contain ~ or + or .'),
        (lens("days", (1, 1, 1, 1, 1)) | {"lens": "a.b"}, '"lens" must not contain ~ or + or .'),
        ({"kind": "question", "id": "mood"}, '"scores" is missing'),
        ({"kind": "question", "id": "mood", "scores": "0-100"}, '"scores" must be null or a list of whole numbers'),
        ({"kind": "question", "id": "mood", "scores": [0, 50]}, '"scores" must run from 0 to 100'),
        ({"kind": "question", "id": "mood", "scores": [0, 150]}, '"scores" must run from 0 to 100'),
        ({"kind": "question", "id": "mood", "scores": []}, '"scores" must run from 0 to 100'),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: Line | str, text: str):
    assert faults(*HOUSE, tally("ward-b", (1, 1, 1, 1, 1)), "", line) == [(8, text)]


def test_what_is_not_text_is_named():
    with pytest.raises(TallyError) as problem:
        read_rounds(written([ORG]).encode() + b'{"kind": "unit", "id": "\xff"}\n')
    assert [(fault.line, fault.text) for fault in problem.value.faults] == [(2, "is not UTF-8 text")]


def test_every_faulty_field_of_a_line_is_named():
    assert faults(ORG, {"kind": "tally", "round": 0, "unit": "org", "counts": [1, 2], "established": 9}) == [
        (2, '"round" must be at least 1'),
        (2, '"question" is missing'),
        (2, '"established" must not be more than the sum of counts'),
        (2, '"skips" is missing'),
    ]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([unit("org")], [(6, "this unit stands on line 1 already")]),
        ([unit("ward-x", "nowhere")], [(6, 'there is no unit "nowhere" to be its parent')]),
        ([unit("other", None)], [(6, "has no parent, nor has line 1: only the organisation has none")]),
        ([unit("x", "y"), unit("y", "z"), unit("z", "y"), unit("w", "x")], [(7, '"y" lies below itself')]),
        ([unit("x", "x")], [(6, '"x" lies below itself')]),
        ([GOOD, GOOD], [(7, "this tally stands on line 6 already")]),
        ([tally("ward-x", (1, 2))], [(6, 'there is no unit "ward-x"')]),
        ([GOOD, tally("ward-b", (1, 2))], [(7, "has another number of options than line 6")]),
        (
            [{"kind": "question", "id": "mood", "scores": [0, 100]}, tally("ward-a", (1, 2, 3), "mood")],
            [(7, "has another number of options than the scores of line 6")],
        ),
        (
            [{"kind": "question", "id": "mood", "scores": None}, {"kind": "question", "id": "mood", "scores": None}],
            [(7, "this question stands on line 6 already")],
        ),
        ([lens("days", (1, 2))], [(6, 'no unit has a tally of "q12b" in round 1')]),
        ([GOOD, lens("days", (1, 2))], [(7, "has another number of options than line 6")]),
        (
            [GOOD, lens("days", (1, 1, 1, 1, 1)), lens("days", (0, 0, 0, 0, 0))],
            [(8, "this tally of a lens stands on line 7 already")],
        ),
        (
            [GOOD, lens("days", (1, 1, 1, 1, 1)), lens("band-5", (0, 1, 0, 0, 0)) | {"lens": "band"}],
            [(8, "is another lens than that of line 7: one a round")],
        ),
        (
            [GOOD, lens("days", (1, 1, 3, 1, 1)), lens("nights", (0, 0, 1, 0, 0))],
            [(8, "with its other categories the lens holds more than the units do")],
        ),
        (
            [GOOD | {"established": 3}, lens("days", (1, 1, 1, 1, 1))],
            [(7, "with its other categories the lens holds more than the units do")],
        ),
    ],
)
def test_lines_that_do_not_fit_each_other_are_named(lines: list[Line], found: list[tuple[int, str]]):
    assert faults(*HOUSE, *lines) == found


def test_one_organisation_is_needed():
    assert faults() == [(0, "there are no units")]
    assert faults(unit("a", "b"), unit("b", "a")) == [
        (0, "no unit is without a parent: the organisation is"),
        (1, '"a" lies below itself'),
    ]


def test_faults_come_in_the_order_of_lines():
    assert [line for line, _ in faults(tally("nowhere", (1, 2)), "{", *HOUSE, "[]", unit("org"))] == [1, 2, 8, 9]


def test_a_refusal_repeats_no_long_or_unprintable_value():
    [(_, text)] = faults(*HOUSE, tally("\x1b[2J" + "w" * 999, (1, 2)))
    assert text.isprintable()
    assert len(text) < 80


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 9), st.sampled_from(["org", "a", "~", "", "q", "tally", "lens"]),
    st.lists(st.integers(-1, 9), max_size=4), st.floats(),
)  # fmt: skip
KEYS = ("kind", "id", "parent", "round", "unit", "question", "counts", "skips", "established", "lens", "category")
PLAIN = (ORG, unit("a"), tally("a", (9, 9), "q"), lens("days", (5, 5), "q"), tally("org", (1, 2), "q", 2))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(KEYS), VALUES), max_size=3))
def test_whatever_the_lines_say_they_are_released_or_refused(changes: list[tuple[int, str, object]]):
    lines = [dict(line) for line in PLAIN]
    for at, key, value in changes:
        lines[at][key] = value
    with suppress(TallyError):
        assert all(one.release(5).cells for one in read_rounds(written(lines).encode()))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(content=st.binary(max_size=60))
def test_whatever_bytes_there_are_they_are_no_organisation(content: bytes):
    with pytest.raises(TallyError):
        read_rounds(content)
