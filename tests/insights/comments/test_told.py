"""Reading a page's comments: only what is there, nothing guessed at."""

from __future__ import annotations

from datetime import date

from insights.cells import Bound, Cell, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.comments.counting import THEMES as ALL_THEMES
from insights.comments.counting import TONES, Tone
from insights.comments.published import THEMES, TONE
from insights.comments.themes import Theme
from insights.comments.told import Said, is_unsaid, said

WARD = UnitKey("w1")


def page(cells: dict[tuple[str, str], Cell]) -> Page:
    return Page(1, date(2026, 1, 6), (), (), {(WARD, *key): cell for key, cell in cells.items()})


def shares(tones: dict[Tone, float], themes: dict[Theme, float], n: str = "20-49") -> Page:
    """Every share below 20 per cent is coded."""

    def coded(value: float) -> Released:
        return Released(max(value, 20), n, Bound.AT_MOST if value <= 20 else Bound.ABOUT)

    cells: dict[tuple[str, str], Cell] = {
        (TONE, Stat.share(i)): coded(tones.get(tone, 0)) for i, tone in enumerate(TONES)
    }
    return page(cells | {(THEMES, Stat.share(i)): coded(themes.get(one, 0)) for i, one in enumerate(ALL_THEMES)})


def found(shown: Page) -> Said:
    one = said(shown, WARD)
    assert one is not None
    return one


def test_nothing_published_is_nothing_said() -> None:
    withheld = page({(TONE, Stat.TOP): Withheld(Reason.TOO_FEW), (THEMES, Stat.TOP): Withheld(Reason.TOO_FEW)})
    assert said(withheld, WARD) is None
    assert said(page({}), WARD) is None
    assert (is_unsaid(withheld, WARD), is_unsaid(page({}), WARD)) == (True, False)


def test_the_themes_that_more_than_a_few_wrote_of_come_first_to_last() -> None:
    one = found(shares({Tone.NEGATIVE: 40}, {Theme.PAY: 30, Theme.BREAKS_REST: 50}))
    assert one.named == (Theme.BREAKS_REST, Theme.PAY)
    assert (one.n, one.negative) == ("20-49", Released(40, "20-49"))
    assert (one.tone, one.theme) == (Tone.NEGATIVE, Theme.BREAKS_REST)


def test_level_themes_have_none_in_front() -> None:
    one = found(shares({Tone.NEGATIVE: 40, Tone.POSITIVE: 40}, {Theme.PAY: 30, Theme.TEAM: 30}))
    assert (one.tone, one.theme) == (None, None)
    assert set(one.named) == {Theme.PAY, Theme.TEAM}


def test_what_few_wrote_of_is_not_in_front() -> None:
    one = found(shares({}, {}))
    assert (one.tone, one.theme, one.named) == (None, None, ())


def test_below_twenty_commenters_only_what_is_in_front_is_known() -> None:
    cells: dict[tuple[str, str], Cell] = {
        (TONE, Stat.TOP): Released(2, "10-19"),
        (THEMES, Stat.TOP): Withheld(Reason.NOT_CLEAR),
    }
    one = found(page(cells))
    assert (one.n, one.tone, one.theme, one.negative, one.named) == ("10-19", Tone.POSITIVE, None, None, ())
