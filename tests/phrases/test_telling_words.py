"""The digest's paragraph on what people wrote, word for word: pages written down by hand, no bot and no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from handlers.figures import MESSAGE_LIMIT, summary
from handlers.leads.telling import digest_text
from handlers.words import load_words
from insights.cells import Cell, CellKey, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.comments.counting import Tone
from insights.comments.themes import Theme, driver_of
from insights.digest import compose
from insights.hotspot_kinds import Course, FlagKind, Reading
from insights.pack import default_pack
from tests.insights.comments.said import front, hidden, shares
from tests.insights.pages import QUIET, TRUST, flag, page, reading, shown, tree

SAY = load_words().speak("en")
PACK = default_pack()
WARD, SURGERY = UnitKey("ward7"), UnitKey("surgery")
DEMANDS = 0
STEP = "A next step: write down which shifts ran short"
DRIVER_STEP = "A next step: with the team, pick one task to drop, share or postpone this week"


def last(cells: Mapping[CellKey, Cell], lines: Page | None = None) -> Page:
    """A page with everybody's strain and these cells."""
    at = tree()
    return page(6, at, {(one.key, "", Stat.STRAIN): shown(45) for one in at} | dict(cells))


def weighs(unit: str, option: int) -> dict[CellKey, Cell]:
    return {(UnitKey(unit), "driver", Stat.TOP): Released(option, "10-19")}


def text(
    cells: Mapping[CellKey, Cell], under: UnitKey = TRUST, said: Reading = QUIET, lately: tuple[Page, ...] = ()
) -> str:
    pages = [*lately, last(cells)]
    return re.sub(r"<[^>]+>", "", digest_text(compose(pages, under, said), pages, PACK, SAY, 5))


def paragraphs(told: str) -> list[str]:
    return [one for one in told.split("\n\n") if "In words" in one]


def test_the_digest_says_of_what_people_wrote_and_one_thing_that_can_be_done() -> None:
    cells = shares("trust", {Tone.NEGATIVE: 40}, {Theme.BREAKS_REST: 30, Theme.STAFFING: 50})
    assert paragraphs(text(cells)) == [
        "In words (20-49 wrote): staffing, breaks; about 4 in 10 who wrote were negative.\n"
        "A next step: write down which shifts ran short and take that upwards; then tell the team what came of it."
    ]


def test_it_stands_after_the_hotspots_and_before_who_is_silent() -> None:
    said = reading(flag("ward1", FlagKind.SILENCE), still=[(flag("ward2"), Course.HOT)])
    told = text(shares("trust", {Tone.NEGATIVE: 40}, {}), said=said)
    assert told.index("Flagged earlier") < told.index("In words") < told.index("Gone quiet")


def test_while_learning_it_is_told_too() -> None:
    told = text(shares("trust", {Tone.NEGATIVE: 40}, {}), said=Reading(8, (), (), ()))
    assert told.index("Still learning") < told.index("In words")


def test_too_few_are_told_as_such_where_words_lately_were_told_and_nothing_is_where_nobody_writes() -> None:
    lately = last(front("trust", Tone.NEGATIVE, Theme.PAY))
    unsaid = ["In words: too few wrote to be told, or too few of one mind."]
    assert paragraphs(text(hidden("trust"), lately=(lately,))) == unsaid
    assert paragraphs(text(hidden("trust"), lately=(last(hidden("trust")),))) == []
    assert paragraphs(text({})) == []


def test_of_level_themes_none_gets_a_step() -> None:
    told = text(shares("trust", {Tone.NEGATIVE: 40}, {Theme.PAY: 30, Theme.TEAM: 30}))
    assert "the team, pay" in told
    assert "A next step" not in told


@pytest.mark.parametrize("theme", [theme for theme in Theme if driver_of(theme) is not None])
def test_where_words_fit_what_was_named_most_it_says_so(theme: Theme) -> None:
    own = driver_of(theme)
    assert own is not None
    label = PACK.questions["driver"].option(own, "en")
    fits = f"What they wrote of fits what was named most: {label}."
    assert fits in text(front("trust", Tone.NEGATIVE, theme) | weighs("trust", own))
    other = (own + 1) % len(PACK.questions["driver"].options)
    assert "wrote of fits" not in text(front("trust", Tone.NEGATIVE, theme) | weighs("trust", other))
    assert "wrote of fits" not in text(front("trust", Tone.NEGATIVE, theme))


def test_a_hotspot_has_its_own_words_beside_its_evidence() -> None:
    cells = front("ward7", Tone.NEGATIVE, Theme.PAY) | hidden("trust")
    told = text(cells, said=reading(flag("ward7")))
    hotspot = next(part for part in told.split("\n\n") if "look here first" in part)
    assert "In words (10-19 wrote): most often about pay; more negative than anything else." in hotspot
    assert "A next step: check that hours" in hotspot


def test_of_a_hotspot_with_too_few_words_nothing_is_said() -> None:
    told = text(hidden("ward7"), said=reading(flag("ward7")))
    assert "In words" not in told


def test_what_was_advised_about_the_driver_is_not_advised_again() -> None:
    theme = next(one for one in Theme if driver_of(one) == DEMANDS)
    wrote = front("ward7", Tone.NEGATIVE, theme)
    once = text(wrote | weighs("ward7", DEMANDS), said=reading(flag("ward7")))
    assert DRIVER_STEP in once
    assert once.count("A next step") == 1
    assert "What they wrote of fits what weighs most." in once
    split = text(wrote | weighs("ward7", DEMANDS), said=reading(flag("ward7", FlagKind.SPLIT)))
    assert split.count("A next step") == 2
    other = text(wrote | weighs("ward7", 3), said=reading(flag("ward7")))
    assert other.count("A next step") == 2


def test_a_wards_own_lead_reads_its_words_once() -> None:
    cells = front("ward7", Tone.NEGATIVE, Theme.STAFFING) | weighs("ward7", 3)
    told = text(cells, WARD, reading(flag("ward7")))
    assert told.count("In words") == 1
    assert told.count(STEP) == 1


def test_nothing_is_told_of_units_that_are_not_theirs() -> None:
    cells = front("ward1", Tone.NEGATIVE, Theme.PAY) | front("trust", Tone.NEGATIVE, Theme.PAY)
    digest = compose([last(cells)], SURGERY, reading(flag("ward1")))
    assert (digest.said, digest.is_unsaid) == ({}, False)
    assert "In words" not in text(cells, SURGERY, reading(flag("ward1")))


def test_the_worst_week_of_a_large_organisation_still_fits_one_message() -> None:
    every = dict.fromkeys(Theme, 30.0) | {Theme.PATIENT_AGGRESSION: 60}
    tones = {Tone.POSITIVE: 10, Tone.NEGATIVE: 50, Tone.OTHER_LANGUAGE: 40}
    teams = {f"d{d}": [f"team{d}x{t}" for t in range(40)] for d in range(10)}
    at = tree(teams)
    cells: dict[CellKey, Cell] = {(one.key, "", Stat.STRAIN): shown(45) for one in at}
    for unit in ("trust", *teams["d0"][:3]):
        cells |= shares(unit, tones, every) | weighs(unit, 5)
    bad = [flag(unit) for unit in teams["d0"]] + [flag(unit, FlagKind.SILENCE) for unit in teams["d1"]]
    bad += [flag(unit, FlagKind.BETTER) for unit in teams["d2"]] + [flag(d, FlagKind.SHARED) for d in teams]
    still = [(flag(unit), Course.HOT) for unit in teams["d4"]] + [(flag(unit), Course.OVER) for unit in teams["d5"]]
    pages = [page(6, at, cells)]
    said = reading(*bad, still=still, unjudged=teams["d6"])
    told = digest_text(compose(pages, TRUST, said), pages, PACK, SAY, 5)
    assert told.count("look here first") == 3
    assert told.count("In words") == 1
    assert len(told) < MESSAGE_LIMIT
    assert told.endswith("/hotspots explains, /team looks closer.")


def test_a_team_s_own_screen_has_the_same_line() -> None:
    def screen(cells: Mapping[CellKey, Cell]) -> str:
        shown_page = last(cells)
        line = shown_page.line(WARD)
        assert line is not None
        return re.sub(r"<[^>]+>", "", summary(shown_page, line, PACK, SAY, 5))

    told = "In words (10-19 wrote): most often about pay; more negative than anything else."
    assert screen(front("ward7", Tone.NEGATIVE, Theme.PAY)).endswith(told)
    assert screen(hidden("ward7")).endswith("In words: too few wrote to be told, or too few of one mind.")
    assert "In words" not in screen({})
    unshown: dict[CellKey, Cell] = {(WARD, "", Stat.STRAIN): Withheld(Reason.TOO_FEW)}
    assert "In words" not in screen(hidden("ward7") | unshown)
