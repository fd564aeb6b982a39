"""What people wrote, in a phrase: the same for staff, leads and HR, and never anybody's words."""

from __future__ import annotations

from handlers.words import Html, Speaker
from insights.cells import Bound, Page, Released, UnitKey
from insights.comments.counting import THEMES as ALL_THEMES
from insights.comments.counting import TONES, Tone
from insights.comments.published import THEMES
from insights.comments.themes import Theme
from insights.comments.told import Said, is_unsaid, said

_MOST_THEMES = 3
"""Themes in a phrase: a fourth is not remembered."""


def theme_name(theme: Theme, say: Speaker) -> str:
    """What a theme is called, within a sentence."""
    return say.plain(f"theme.{theme.value}")


def mark_name(question: str, index: int, say: Speaker) -> str:
    """What an option of a question about comments is called; one of a later version by its place."""
    if question == THEMES:
        return theme_name(ALL_THEMES[index], say) if index < len(ALL_THEMES) else str(index + 1)
    return say.plain(f"tone.{TONES[index].value}") if index < len(TONES) else str(index + 1)


def phrase(found: Said, say: Speaker) -> Html:
    """Of what they wrote and how it sounds: "staffing, breaks; about 4 in 10 who wrote were negative"."""
    mood = _mood(found, say) if found.tones else say(f"saying.front_{found.tone.value if found.tone else 'none'}")
    told = say("saying.phrase", themes=_themes(found, say), mood=mood)
    return Html(f"{told} {say('saying.other')}") if _has_others(found) else told


def in_words(found: Said | None, say: Speaker, is_unsaid: bool = False) -> Html:
    """The same with how many wrote, as a line of its own; or that too few did; else nothing, as nobody could have."""
    if found:
        return say("saying.in_words", n=found.n, phrase=phrase(found, say))
    return say("saying.unsaid") if is_unsaid else Html("")


def words_of(page: Page, unit: UnitKey, say: Speaker) -> Html:
    """That line for a unit, in the round of a page."""
    return in_words(said(page, unit), say, is_unsaid(page, unit))


def can_do(found: Said, say: Speaker) -> Html | None:
    """What a lead can do about the theme in front, in a sentence; nothing about what people are glad of."""
    if found.theme is None or found.tone is Tone.POSITIVE:
        return None
    return say(f"remedy.{found.theme.value}")


def quoted(text: str, say: Speaker) -> Html:
    """What somebody shared, as it stands."""
    return say("words.quoted", text=text)


def share(cell: Released, say: Speaker) -> str:
    """A share of those who wrote: "about 4 in 10", "8 in 10 or more", "about 45 in 100"."""
    value, of = (cell.value / 10, 10) if cell.value % 10 == 0 else (cell.value, 100)
    key = {Bound.ABOUT: "about", Bound.AT_MOST: "at_most", Bound.AT_LEAST: "at_least"}[cell.bound]
    return say.plain(f"saying.{key}", value=f"{value:g}", of=of)


def _themes(found: Said, say: Speaker) -> str:
    names = ", ".join(theme_name(theme, say) for theme in found.named[:_MOST_THEMES])
    if not names:
        return say.plain("saying.no_theme")
    return names if found.themes else say.plain("saying.front_theme", theme=names)


def _mood(found: Said, say: Speaker) -> Html:
    """The share of negative comments, and of positive ones where these are the most."""
    shares = dict(found.tones)
    negative = share(shares[Tone.NEGATIVE], say)
    if found.tone is not Tone.POSITIVE:
        return say("saying.negative", share=negative)
    return say("saying.positive", share=share(shares[Tone.POSITIVE], say), negative=negative)


def _has_others(found: Said) -> bool:
    """Whether a share that can be seen wrote in other languages; where they are in front, that is told already."""
    cell = dict(found.tones).get(Tone.OTHER_LANGUAGE)
    return cell is not None and cell.bound is not Bound.AT_MOST
