"""A steward's spreadsheet is taken whole, however it was saved, or refused with every fault and its line."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.policy import HEADCOUNT_MOST, UNIT_ID_LENGTH, UNIT_LEVELS, UNIT_NAME_LENGTH, UNIT_ROWS
from insights.units_csv import CsvFaults, Fault, Problem, UnitRow, UnitTable, merge_units, parse_units
from insights.units_faults import TEXTS

HEADER = "unit,name,parent,headcount"
TRUST = UnitRow("trust", "Our trust", None, 0)
WARD = UnitRow("ward-7", "Ward 7", "trust", 24)


def sheet(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def hospital(*rows: str) -> bytes:
    return sheet("trust,Our trust,,", *rows)


def read(data: bytes) -> UnitTable | tuple[Fault, ...]:
    try:
        return parse_units(data)
    except CsvFaults as refused:
        return refused.faults


def faults_of(data: bytes) -> list[Fault]:
    with pytest.raises(CsvFaults) as refused:
        parse_units(data)
    return list(refused.value.faults)


def seen(data: bytes) -> list[tuple[int, Problem]]:
    return [(fault.line, fault.problem) for fault in faults_of(data)]


def only_text(data: bytes) -> str:
    (fault,) = faults_of(data)
    return fault.text


# --- What is taken ----------------------------------------------------------------------------


def test_a_plain_file_is_taken_with_parents_before_children() -> None:
    table = parse_units(sheet("bay-2,Bay 2,ward-7,9", "ward-7,Ward 7,trust,24", "trust,Our trust,,"))
    assert UnitTable((TRUST, WARD, UnitRow("bay-2", "Bay 2", "ward-7", 9))) == table


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_however_a_spreadsheet_saves_it_the_units_are_the_same(separator: str, encoding: str, end: str) -> None:
    rows = (HEADER, "trust,Ysbyty Môn,,", "ward-7,Señora’s ward,trust,24", "")
    data = end.join(rows).replace(",", separator).encode(encoding)
    rows_read = parse_units(data).rows
    assert tuple(row.name for row in rows_read) == ("Ysbyty Môn", "Señora’s ward")


def test_windows_1252_is_told_because_it_is_a_guess() -> None:
    (note,) = parse_units(hospital("ward-7,Café,trust,24").decode().encode("cp1252")).notes
    assert "Windows-1252" in note


def test_a_big_endian_file_with_its_mark_is_read() -> None:
    data = b"\xfe\xff" + hospital("ward-7,Ward 7,trust,24").decode().encode("utf-16-be")
    assert parse_units(data).rows == (TRUST, WARD)


@pytest.mark.parametrize(
    "header", ["Unit, NAME ,Parent,Head count", "UNIT,Name,parent,head_count", "unit ,name,parent,HEAD-COUNT"]
)
def test_headers_may_differ_in_case_and_spaces(header: str) -> None:
    assert parse_units(sheet("trust,Our trust,,", "ward-7,Ward 7,trust,24", header=header)).rows == (TRUST, WARD)


def test_columns_come_in_any_order_and_others_are_passed_over_with_a_note() -> None:
    data = sheet("24,12,trust,Ward 7,ward-7", ",,,Our trust,trust", header="headcount,beds,parent,name,unit")
    assert UnitTable((TRUST, WARD), ('column "beds" is not used',)) == parse_units(data)


def test_spaces_around_cells_empty_rows_and_unnamed_columns_do_not_matter() -> None:
    data = sheet("", " trust , Our trust ,,,", ",,,,", "\u00a0ward-7, Ward 7,trust , 24 ,", header=f"{HEADER},")
    assert UnitTable((TRUST, WARD)) == parse_units(data)


def test_excels_separator_line_is_understood_and_lines_still_count_from_the_top() -> None:
    data = b"sep=;\r\nunit;name;parent;headcount\r\ntrust;Our trust;;\r\nward-7;Ward 7;trust;24\r\n"
    assert parse_units(data).rows == (TRUST, WARD)
    assert seen(data.replace(b"24", b"many")) == [(4, Problem.BAD_HEADCOUNT)]


def test_quoted_names_keep_their_separators_and_quotation_marks() -> None:
    row = parse_units(hospital('ward-7,"Ward 7, ""East""",trust,24')).rows[1]
    assert row.name == 'Ward 7, "East"'


def test_letters_with_accents_are_one_character_however_they_were_typed() -> None:
    row = parse_units(hospital("ward-7,Cafe\u0301,trust,24")).rows[1]
    assert row.name == "Caf\u00e9"


def test_a_unit_above_others_may_omit_its_headcount_or_have_one() -> None:
    data = hospital("north,North,trust,3", "ward-7,Ward 7,north,0")
    assert tuple(row.headcount for row in parse_units(data).rows) == (0, 3, 0)


def test_ten_thousand_rows_are_read_whole() -> None:
    wards = (f"ward-{i},Wärd {i},{f'ward-{i // 10}' if i else 'trust'},{i % 40}" for i in range(9_999))
    assert len(parse_units(hospital(*wards)).rows) == 10_000


def test_ten_thousand_faulty_rows_are_all_named() -> None:
    data = hospital(*(f"Ward {i},,nowhere {i},many" for i in range(10_000)))
    assert len(faults_of(data)) == 40_000


# --- What is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" ; ;\n", HEADER.encode(), sheet("", ",,,")])
def test_a_file_without_units_says_what_it_needs(data: bytes) -> None:
    assert only_text(data).startswith("whole file: there are no units: give a header (unit, name, parent, headcount)")


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 a workbook",
        b"\xd0\xcf\x11\xe0\x00\x00",
        b"\xff\xfeo",
        b"unit,\x00",
        b"\x81\x8d\x8f",
        HEADER.encode("utf-16-le"),
    ],
)
def test_what_is_not_text_is_told_how_to_be_saved(data: bytes) -> None:
    assert "CSV UTF-8" in only_text(data)


def test_missing_columns_are_named_together() -> None:
    text = only_text(sheet("trust,Our trust", header="unit,name"))
    assert text == "line 1: the header lacks parent, headcount: it needs unit, name, parent, headcount, in any order"


def test_a_column_that_is_there_twice_is_named() -> None:
    data = sheet("trust,Our trust,,,", "ward-7,Ward 7,trust,24,", header=f"{HEADER},Unit")
    assert only_text(data) == "line 1: the header has unit twice: keep one"


def test_a_duplicate_names_the_line_of_the_first() -> None:
    data = hospital("ward-7,Ward 7,trust,24", "", "ward-7,Ward 8,trust,20", "ward-7,Ward 9,trust,20")
    assert seen(data) == [(5, Problem.DUPLICATE), (6, Problem.DUPLICATE)]
    assert "that of line 3:" in faults_of(data)[1].text


def test_the_organisation_written_twice_is_a_duplicate_and_no_second_root() -> None:
    assert seen(hospital("ward-7,Ward 7,trust,24", "trust,Our trust,,")) == [(4, Problem.DUPLICATE)]


def test_an_unknown_parent_is_named_and_the_likely_one_suggested() -> None:
    texts = [fault.text for fault in faults_of(hospital("ward-7,Ward 7,Trust,24", "ward-8,Ward 8,north,9"))]
    assert texts[0] == 'line 3: the parent "Trust" is not there (did you mean trust?): add it, or correct the id'
    assert texts[1] == 'line 4: the parent "north" is not there: add it, or correct the id'


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        ("Ward 7", "for example to ward-7"),
        ("Môn_2", "for example to mon-2"),
        ("病棟", 'change "病棟"'),
        ("a" * 25, "to " + "a" * 24),
    ],
)
def test_a_bad_id_gets_a_suggestion_where_there_is_one(unit: str, told: str) -> None:
    text = only_text(hospital(f"{unit},Ward 7,trust,24"))
    assert text.startswith("line 3: an id has a-z, 0-9 and hyphens")
    assert text.endswith(told)


@pytest.mark.parametrize("length", [1, UNIT_ID_LENGTH - 1, UNIT_ID_LENGTH])
def test_an_id_may_be_as_long_as_the_policy_says(length: int) -> None:
    assert "a" * length == parse_units(hospital(f"{'a' * length},Ward 7,trust,24")).rows[1].unit


def test_a_missing_id_and_a_missing_name_are_two_faults() -> None:
    assert seen(hospital(",,trust,24")) == [(3, Problem.NO_ID), (3, Problem.NO_NAME)]


@pytest.mark.parametrize(
    ("length", "problems"), [(UNIT_NAME_LENGTH, []), (UNIT_NAME_LENGTH + 1, [(3, Problem.LONG_NAME)])]
)
def test_a_name_may_be_as_long_as_the_policy_says(length: int, problems: list[tuple[int, Problem]]) -> None:
    data = hospital(f"ward-7,{'é' * length},trust,24")
    if problems:
        assert problems == seen(data)
    else:
        assert length == len(parse_units(data).rows[1].name)


@pytest.mark.parametrize("character", ["\n", "\t", "\x1b", "\u200b", "\u202e", "\u2028", "\x7f"])
def test_invisible_characters_in_a_name_are_named_by_their_number(character: str) -> None:
    text = only_text(hospital(f'ward-7,"Ward{character}7",trust,24'))
    assert f"line 3: the name has an invisible character (U+{ord(character):04X}): type the name anew" == text


def test_a_no_break_space_in_a_name_is_visible_enough() -> None:
    assert parse_units(hospital("ward-7,Ward\u00a07,trust,24")).rows[1].name == "Ward\u00a07"


@pytest.mark.parametrize(
    ("headcount", "told"),
    [
        ("many", '"many" is not a number'),
        ("2.5", '"2.5" is not a number'),
        ("٢٤", '"٢٤" is not a number'),
        ("-1", '"-1" is negative'),
        (str(HEADCOUNT_MOST + 1), f'"{HEADCOUNT_MOST + 1}" is too large'),
        ("9" * 5_000, "is too large"),
    ],
)
def test_a_headcount_is_a_whole_number_within_reason(headcount: str, told: str) -> None:
    text = only_text(hospital(f"ward-7,Ward 7,trust,{headcount}"))
    assert text.startswith("line 3: the headcount ")
    assert told in text
    assert len(text) < 160


@pytest.mark.parametrize("headcount", [0, 1, HEADCOUNT_MOST])
def test_the_ends_of_what_a_headcount_may_be_are_taken(headcount: int) -> None:
    assert headcount == parse_units(hospital(f"ward-7,Ward 7,trust,{headcount}")).rows[1].headcount


def test_a_team_without_headcount_is_refused() -> None:
    assert seen(hospital("ward-7,Ward 7,trust,")) == [(3, Problem.NO_HEADCOUNT)]


def test_an_organisation_of_one_team_needs_its_headcount() -> None:
    assert seen(sheet("team,Our team,,")) == [(2, Problem.NO_HEADCOUNT)]
    assert parse_units(sheet("team,Our team,,9")).rows == (UnitRow("team", "Our team", None, 9),)


def test_every_root_but_the_first_is_named_with_the_first_ones_line() -> None:
    data = hospital("north,North,,3", "south,South,,4")
    assert seen(data) == [(3, Problem.TWO_ROOTS), (4, Problem.TWO_ROOTS)]
    assert "neither has line 2" in faults_of(data)[0].text


def test_no_root_is_said_of_the_whole_file() -> None:
    assert seen(sheet("ward-7,Ward 7,trust,24")) == [(0, Problem.NO_ROOT), (2, Problem.UNKNOWN_PARENT)]


def test_a_cycle_is_named_once_from_its_first_line_and_those_below_it_are_not() -> None:
    data = hospital("a,A,b,1", "b,B,c,1", "c,C,a,1", "below,Below,a,1", "ward-7,Ward 7,trust,24", "self,Self,self,1")
    assert seen(data) == [(3, Problem.CYCLE), (8, Problem.CYCLE)]
    first, second = (fault.text for fault in faults_of(data))
    assert 'units inside each other: "a" in "b" in "c" in "a":' in first
    assert 'units inside each other: "self" in "self":' in second


def test_a_very_long_cycle_is_cut_short() -> None:
    text = only_text(hospital(*(f"u{i},Unit,u{(i + 1) % 500},1" for i in range(500))))
    assert '"u0" in "u1" in "u2" in ... (500 units)' in text


def test_a_tree_may_be_as_deep_as_the_policy_says_and_only_the_first_too_deep_is_named() -> None:
    chain = [f"u{i},Unit,{f'u{i - 1}' if i > 2 else 'trust'},1" for i in range(2, UNIT_LEVELS + 4)]
    assert len(parse_units(hospital(*chain[: UNIT_LEVELS - 1])).rows) == UNIT_LEVELS
    too_deep = UNIT_LEVELS + 1
    assert [(too_deep + 1, Problem.TOO_DEEP)] == seen(hospital(*chain))


def test_more_rows_than_the_policy_says_are_refused_at_the_first_of_them() -> None:
    wards = [f"w{i},Ward,trust,1" for i in range(UNIT_ROWS)]
    assert len(parse_units(hospital(*wards[:-1])).rows) == UNIT_ROWS
    assert seen(hospital(*wards)) == [(UNIT_ROWS + 2, Problem.TOO_MANY_ROWS)]


def test_a_name_with_a_bare_comma_is_one_fault_and_no_cascade() -> None:
    data = hospital("ward-7,Ward 7, East,trust,24", "bay-2,Bay 2,ward-7,9", "ward-8,Ward 8,trust,many")
    assert seen(data) == [(3, Problem.TOO_MANY_CELLS), (5, Problem.BAD_HEADCOUNT)]
    assert "1 cell more than the header has" in faults_of(data)[0].text


def test_a_quotation_mark_that_is_not_closed_swallows_nothing() -> None:
    data = hospital('ward-7,"Ward 7,trust,24', "ward-8,Ward 8,trust,many", "bay-2,Bay 2,ward-7,9")
    assert seen(data) == [(3, Problem.QUOTES), (4, Problem.BAD_HEADCOUNT)]


def test_a_quotation_mark_in_the_wrong_place_is_found_on_its_line() -> None:
    assert seen(hospital('ward-7,"Ward" 7,trust,24', "ward-8,Ward 8,trust,9")) == [(3, Problem.QUOTES)]


def test_lines_count_as_an_editor_counts_them_after_a_cell_of_two_lines() -> None:
    data = hospital('ward-7,"Ward\n7",trust,24', "ward-8,Ward 8,trust,many")
    assert seen(data) == [(3, Problem.CONTROL), (5, Problem.BAD_HEADCOUNT)]


def test_all_faults_come_at_once_in_the_order_of_lines() -> None:
    data = hospital("ward-7,,nowhere,-2", "Ward 8,Ward 8,trust,x", "ward-7,Ward 7,,1")
    lines = [line for line, _ in seen(data)]
    assert sorted(lines) == lines
    assert len(lines) == 6


def test_what_the_file_says_is_in_no_exception_text_and_no_repr() -> None:
    with pytest.raises(CsvFaults) as refused:
        parse_units(hospital("Maria Lopez,Maria Lopez,Maria Lopez,Maria Lopez"))
    assert "Maria" not in f"{refused.value!s} {refused.value!r} {refused.value.faults!r}"


def test_a_fault_cannot_speak_to_the_terminal() -> None:
    assert "\x1b" not in only_text(hospital("\x1b[2J,Ward 7,trust,24"))


def test_every_problem_has_its_words() -> None:
    assert set(Problem) == set(TEXTS)


@settings(deadline=None, derandomize=True, database=None, max_examples=200)
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"{HEADER}\n{text}".encode("utf-8", "ignore"))
)
def test_any_bytes_give_a_tree_or_faults_in_one_line_each(data: bytes) -> None:
    outcome = read(data)
    if isinstance(outcome, UnitTable):
        assert [row.parent for row in outcome.rows].count(None) == 1
    else:
        assert outcome
        assert all(len(fault.text.splitlines()) == 1 for fault in outcome)


@settings(deadline=None, derandomize=True, database=None, max_examples=50)
@given(st.lists(st.integers(0, 2), max_size=7).flatmap(lambda above: st.permutations(list(enumerate(above)))))
def test_parents_come_before_their_children_whatever_the_order_of_rows(shuffled: list[tuple[int, int]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER.split(","))
    for i, above in shuffled:
        writer.writerow([f"u{i}", f"Unit {i}", f"u{i - 1 - above}" if i - 1 - above >= 0 else "trust", 1])
    writer.writerow(["trust", "Our trust", "", 0])
    rows = parse_units(out.getvalue().encode()).rows
    places = {row.unit: place for place, row in enumerate(rows)}
    assert all(places[row.parent] < places[row.unit] for row in rows if row.parent)


# --- What changes -----------------------------------------------------------------------------

NORTH = UnitRow("north", "North", "trust", 0)
BEFORE = {row.unit: row for row in (TRUST, NORTH, WARD)}


def after(*rows: UnitRow) -> UnitTable:
    return UnitTable((TRUST, *rows))


def test_the_first_import_adds_everything_parents_first() -> None:
    changes = merge_units({}, after(NORTH, WARD))
    assert changes.added == (TRUST, NORTH, WARD)
    assert not changes.is_empty


def test_importing_the_same_file_again_changes_nothing() -> None:
    changes = merge_units(BEFORE, after(NORTH, WARD))
    assert changes.is_empty
    assert not changes.missing


def test_a_unit_may_be_renamed_moved_and_resized_at_once() -> None:
    now = UnitRow("ward-7", "Ward 7 East", "north", 30)
    changes = merge_units(BEFORE, after(NORTH, now))
    assert ((WARD, now),) == changes.renamed == changes.moved == changes.resized
    assert not changes.added


def test_a_unit_that_the_file_leaves_out_is_kept_and_told() -> None:
    changes = merge_units(BEFORE, after(NORTH))
    assert changes.missing == (WARD,)
    assert changes.is_empty


def test_another_organisation_beside_the_old_one_is_refused() -> None:
    with pytest.raises(CsvFaults) as refused:
        merge_units(BEFORE, UnitTable((UnitRow("other", "Other", None, 0),)))
    (fault,) = refused.value.faults
    assert (fault.line, fault.problem) == (0, Problem.OTHER_ROOT)


def test_the_organisation_may_get_one_above_it() -> None:
    group = UnitRow("group", "Group", None, 0)
    trust = UnitRow("trust", "Our trust", "group", 0)
    changes = merge_units(BEFORE, UnitTable((group, trust)))
    assert ((TRUST, trust),) == changes.moved
    assert changes.missing == (NORTH, WARD)


def test_units_that_are_kept_below_one_that_moves_down_may_not_end_up_too_deep() -> None:
    kept = {f"k{i}": UnitRow(f"k{i}", "Kept", f"k{i - 1}" if i else "north", 1) for i in range(3)}
    levels = [UnitRow(f"l{i}", "Level", f"l{i - 1}" if i else "trust", 1) for i in range(UNIT_LEVELS - 2)]
    moved = UnitRow("north", "North", levels[-2].unit, 0)
    with pytest.raises(CsvFaults) as refused:
        merge_units(BEFORE | kept, after(*levels, moved))
    assert [f.text for f in refused.value.faults] == ['whole file: "k1" lies deeper than 8 levels: move it up']
