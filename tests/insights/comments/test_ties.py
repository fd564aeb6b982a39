"""A theme and a driver are the same thing, another, or one of them is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from insights.comments.themes import Theme, driver_of
from insights.comments.ties import tied_option
from insights.digest import Driver
from insights.pack import default_pack

PACK = default_pack()
OPTIONS = PACK.questions["driver"].options
TIED = [theme for theme in Theme if driver_of(theme) is not None]


def named(*options: int, question: str = "driver") -> Driver:
    return Driver(question, options, None)


@pytest.mark.parametrize("theme", TIED)
def test_a_theme_fits_its_own_driver_and_no_other(theme: Theme) -> None:
    own = driver_of(theme)
    fits = [option for option in range(len(OPTIONS)) if tied_option(theme, named(option), PACK) is not None]
    assert fits == [own]


def test_most_themes_belong_to_a_driver() -> None:
    assert len(TIED) >= len(Theme) // 2


def test_of_several_that_are_level_the_one_that_fits_is_named() -> None:
    own = driver_of(TIED[0])
    assert own is not None
    assert tied_option(TIED[0], named((own + 1) % len(OPTIONS), own), PACK) == own


def test_nothing_fits_what_is_not_known() -> None:
    own = driver_of(TIED[0])
    assert own is not None
    assert tied_option(None, named(own), PACK) is None
    assert tied_option(TIED[0], None, PACK) is None
    assert tied_option(TIED[0], named(own, question="gone"), PACK) is None
    assert tied_option(TIED[0], named(99), PACK) is None


def test_another_packs_options_are_told_by_their_ids() -> None:
    own = driver_of(TIED[0])
    assert own is not None
    turned = replace(PACK.questions["driver"], options=tuple(reversed(OPTIONS)))
    other = replace(PACK, questions={**PACK.questions, "driver": turned})
    place = len(OPTIONS) - 1 - own
    assert tied_option(TIED[0], named(place), other) == place
    assert tied_option(TIED[0], named(own), other) is None or place == own
