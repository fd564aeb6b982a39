"""The chain of the audit log: whatever is done to it, the first entry that does not fit is named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from insights.chain import DROPPED, START, drops, find_head, first_fault, link, read, written
from insights.policy import AUDIT_HEAD_DIGITS, AUDIT_KEPT

KEPT = int(AUDIT_KEPT / timedelta(seconds=1))
DAY = 86_400


@dataclass(frozen=True)
class Made:
    """An entry."""

    number: int
    at: int
    actor: str
    what: str
    detail: str
    digest: bytes


def appended(log: list[Made], what: str = "poster_made", at: int | None = None, detail: str = "{}") -> list[Made]:
    number, before = (log[-1].number + 1, log[-1].digest) if log else (1, START)
    at = DAY * number if at is None else at
    digest = link(before, number, at, "steward Sam, matron", what, detail)
    return [*log, Made(number, at, "steward Sam, matron", what, detail, digest)]


def chain(length: int) -> list[Made]:
    log: list[Made] = []
    for _ in range(length):
        log = appended(log)
    return log


def cut(log: list[Made], last: int, after: int = KEPT) -> list[Made]:
    """The log after everything up to entry `last` was dropped, `after` so many seconds."""
    gone = log[last - 1]
    return appended(log, DROPPED, gone.at + after, written(drops(gone)))[last:]


def test_an_empty_and_a_whole_log_are_without_fault() -> None:
    assert first_fault([]) is None
    assert first_fault(chain(1)) is None
    assert first_fault(chain(50)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"at": 1},
        {"actor": "steward Kim"},
        {"what": "launch_asked"},
        {"detail": '{"unit":"ward-8"}'},
        {"digest": bytes(32)},
    ],
    ids=lambda changes: next(iter(changes)),
)
@pytest.mark.parametrize("number", [1, 4, 7])
def test_a_changed_entry_is_named_whatever_was_changed(number: int, changes: dict[str, object]) -> None:
    log = chain(7)
    log[number - 1] = replace(log[number - 1], **changes)
    assert first_fault(log) == number


def test_an_entry_taken_out_of_the_middle_shows_in_the_next_one() -> None:
    log = chain(7)
    assert first_fault(log[:3] + log[4:]) == 5


def test_closing_the_gap_by_new_numbers_does_not_help() -> None:
    log = chain(7)
    moved = [replace(one, number=one.number - 1) for one in log[4:]]
    assert first_fault(log[:3] + moved) == 4


def test_entries_taken_off_the_start_are_missed() -> None:
    assert first_fault(chain(7)[2:]) == 3


def test_a_forged_entry_put_at_the_end_is_named() -> None:
    log = chain(3)
    forged = Made(4, 4 * DAY, "clock", "poster_made", "{}", bytes(32))
    assert first_fault([*log, forged]) == 4


def test_a_shorter_log_is_whole_and_only_a_head_kept_elsewhere_tells() -> None:
    log = chain(7)
    head = log[-1].digest.hex()[:AUDIT_HEAD_DIGITS]
    assert first_fault(log[:5]) is None
    assert find_head(log[:5], head) is None
    assert find_head(log, head) == 7


def test_another_log_of_the_same_length_does_not_have_the_head() -> None:
    head = chain(7)[-1].digest.hex()
    other = appended(chain(6), "launch_asked")
    assert first_fault(other) is None
    assert find_head(other, head) is None


def test_what_was_dropped_in_time_is_no_fault() -> None:
    log = cut(chain(7), 4)
    assert log[0].number == 5
    assert first_fault(log) is None
    assert first_fault(cut(log, 3)) is None


@pytest.mark.parametrize(("after", "fault"), [(KEPT - 1, 5), (KEPT, None), (KEPT + 1, None)])
def test_only_what_was_old_enough_may_be_dropped(after: int, fault: int | None) -> None:
    assert first_fault(cut(chain(7), 4, after)) == fault


def test_more_dropped_than_is_told_is_a_fault() -> None:
    log = cut(chain(7), 4)
    assert first_fault(log[1:]) == 6


def test_an_entry_that_tells_of_a_drop_which_never_was_is_a_fault_itself() -> None:
    log = chain(7)
    lying = appended(log, DROPPED, log[3].at + KEPT, written(drops(log[3])))
    assert first_fault(lying) == 8


@pytest.mark.parametrize("detail", ["{}", "?", '{"through":4,"digest":"xy","at":1}', '{"through":"4"}'])
def test_an_entry_that_covers_nothing_readable_covers_nothing(detail: str) -> None:
    log = appended(chain(7), DROPPED, 9 * KEPT, detail)[4:]
    assert first_fault(log) == 5


def test_details_are_written_the_same_whatever_their_order_and_read_back() -> None:
    assert written({"b": 1, "a": "ü"}) == written({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'
    assert read(written({"a": [1, None]})) == {"a": [1, None]}


def test_fields_cannot_be_shifted_into_each_other() -> None:
    assert link(START, 1, 1, "a", "b,c", "{}") != link(START, 1, 1, "a,b", "c", "{}")
    assert link(START, 1, 1, 'a","b', "c", "{}") != link(START, 1, 1, "a", 'b","c', "{}")
