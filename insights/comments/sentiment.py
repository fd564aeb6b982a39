"""How a comment sounds: against, for, or neither. TextBlob's lexicon engine and hashed n-grams, fitted together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from insights import policy
from insights.comments.lexicon import Reading, read
from insights.comments.ngrams import Layer


class Mood(StrEnum):
    """What the writer of a comment seems to feel about what they write of."""

    NEGATIVE = "neg"
    NEUTRAL = "neu"
    POSITIVE = "pos"


@dataclass(frozen=True)
class Sentiment:
    """`polarity` from -1 (bad) to 1 (good), None where nothing tells; never take None for 0.

    `coverage`: share of the words and emoji that a list knows, 0 to 1. `label` is None where the polarity is.
    """

    polarity: float | None
    coverage: float
    label: Mood | None


def sentiment(text: str) -> Sentiment:
    """The mood of an English comment of any length.

    How likely it is meant well, badly or neither way is told by the layer "sentiment"; polarity, labels and None
    follow from that as `weighed` says. Quotes straight or curly, contractions or not, are read alike. Method, figures
    by voice and limits: docs/comments-model.md.

    >>> sentiment("The new rota isn\u2019t good") == sentiment("the new rota is not good")
    True
    >>> sentiment("Lovely team, laughed all night 😊").label
    <Mood.POSITIVE: 'pos'>
    >>> sentiment("...")
    Sentiment(polarity=None, coverage=0.0, label=None)
    """
    reading = read(text)
    bad, neither, good = Layer.load("sentiment").scores(text, reading.numbers)
    return weighed(reading, (bad, neither, good))


def weighed(reading: Reading, chances: tuple[float, float, float]) -> Sentiment:
    """The sentiment of a text that is meant badly, neither way or well with these `chances` (they add up to 1).

    Polarity: (good - bad) / sqrt(good + bad), between -1 and 1: nearer to 0 where the comment is probably neutral.
    Where the only good words are denied ("not helpful"), it is not meant well: good and bad change places if need be.
    No signal (None): no word and no emoji; one word alone that no list knows ("none", "staffing"); or no word or
    emoji that a list knows, and a polarity nearer to 0 than `policy.MOOD_LEANS`. Negative and positive are what is
    likeliest of the three; but positive only from a polarity of `policy.MOOD_POSITIVE_FROM` on. Everything else is
    neutral.

    >>> two_known = read("lovely, but tired")
    >>> weighed(two_known, (0.3, 0.25, 0.45)).label, weighed(two_known, (0.1, 0.3, 0.6)).label
    (<Mood.NEUTRAL: 'neu'>, <Mood.POSITIVE: 'pos'>)
    """
    bad, neither, good = chances
    if reading.denied and good > bad:
        bad, good = good, bad
    polarity = round((good - bad) / math.sqrt(good + bad), 4)
    is_empty = not reading.pictures and reading.words < (1 if reading.known else policy.MOOD_WORDS)
    if is_empty or (not reading.known and abs(polarity) < policy.MOOD_LEANS):
        return Sentiment(None, reading.coverage, None)
    label = Mood.NEUTRAL
    if bad > max(neither, good):
        label = Mood.NEGATIVE
    elif good > neither and polarity >= policy.MOOD_POSITIVE_FROM:
        label = Mood.POSITIVE
    return Sentiment(polarity, reading.coverage, label)
