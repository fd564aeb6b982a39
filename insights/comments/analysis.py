"""Everything that is read from one comment, in one order, the same for the bot and for `shiftpulse analyse`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from insights.comments.counting import Tone
from insights.comments.crisis import Care, care_for
from insights.comments.language import Language, language_of
from insights.comments.scrub import scrub
from insights.comments.sentiment import Mood, sentiment
from insights.comments.themes import Theme, themes_of


@dataclass(frozen=True)
class Analysis:
    """What was read. `polarity` is -1 (bad) to 1 (good), None without a signal; `coverage` the share of words known.

    `label` is None where the polarity is. `care`: which card the writer is answered with. `scrubbed`: the words
    without direct identifiers, at most COMMENT_LENGTH signs; its repr keeps them to itself.
    """

    language: Language
    polarity: float | None
    coverage: float
    label: Mood | None
    themes: tuple[Theme, ...]
    care: Care
    scrubbed: str = field(repr=False)


def analyse(text: str, names: Iterable[str] = ()) -> Analysis:
    """Reads a comment: care first, then language; mood and themes of English only; the scrub of everything.

    In another language nobody guesses: no polarity, no label, no themes. Where there are no words ("none": emoji,
    numbers), emoji may still tell a mood. `names` are those of units and role-holders, for the scrub. Whoever answers
    the writer asks `care_for` before anything else, and goes no further where a card is called for.

    >>> found = analyse("no break again, ask Priya")
    >>> found.language, found.label, found.themes
    (<Language.ENGLISH: 'en'>, <Mood.NEGATIVE: 'neg'>, (<Theme.BREAKS_REST: 'breaks_rest'>,))
    >>> found.scrubbed
    'no break again, ask [name]'
    """
    care = care_for(text)
    language = language_of(text)
    scrubbed = scrub(text, names)
    if language is Language.OTHER:
        return Analysis(language, None, 0.0, None, (), care, scrubbed)
    mood = sentiment(text)
    if language is Language.NONE and not mood.coverage:
        return Analysis(language, None, 0.0, None, (), care, scrubbed)
    return Analysis(language, mood.polarity, mood.coverage, mood.label, themes_of(text), care, scrubbed)


def tone_of(analysis: Analysis) -> Tone:
    """How a comment is counted: one tone each.

    >>> tone_of(Analysis(Language.OTHER, None, 0.0, None, (), Care.NONE, ""))
    <Tone.OTHER_LANGUAGE: 'other'>
    >>> tone_of(Analysis(Language.NONE, None, 0.0, None, (), Care.NONE, ""))
    <Tone.UNCLEAR: 'unclear'>
    """
    if analysis.language is Language.OTHER:
        return Tone.OTHER_LANGUAGE
    return Tone.UNCLEAR if analysis.label is None else Tone(analysis.label.value)
