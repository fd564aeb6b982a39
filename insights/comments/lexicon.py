"""TextBlob's lexicon engine with words of the wards: what is said for and against is summed, not averaged away."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from insights.comments.text import normalise, tokens

_REACH = 4
_OWN, _VADER, _PICTURE, _TEXTBLOB = "own", "vader", "picture", None
_ENDINGS = (
    ("ily", "y"),
    ("ly", ""),
    ("ies", "y"),
    ("s", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("est", ""),
    ("er", ""),
)
NUMBERS = (
    *(f"{side}_{source}" for source in ("own", "vader", "textblob", "picture") for side in ("for", "against")),
    *("after_turn", "ending", "turned", "shouted", "exclaimed", "asked", "dotted", "wry", "unknown", "negated"),
)
"""What a reading's numbers are, in their order: sums are squashed to 0..1, the rest lie between 0 and 1 as well
(`after_turn` and `ending` between -1 and 1)."""


@dataclass(frozen=True)
class Reading:
    """What the lists know of a text. `known` of its `words` are in a list or turn one round; `pictures` are emoji.

    `denied`: some good word is turned round, and none stands ("not helpful"). `numbers`: what the model weighs, in
    the order of `NUMBERS`.
    """

    known: int
    words: int
    pictures: int
    denied: bool
    numbers: tuple[float, ...] = field(repr=False)

    @property
    def coverage(self) -> float:
        """Share of words and emoji that are in a list, 0 to 1."""
        return min(1.0, self.known / max(1, self.words + self.pictures))


@dataclass(frozen=True)
class _Lists:
    engine: Any = field(repr=False)
    phrases: Mapping[str, tuple[tuple[str, ...], ...]] = field(repr=False)
    negations: frozenset[str] = field(repr=False)
    passed_over: frozenset[str] = field(repr=False)
    turns: frozenset[str] = field(repr=False)
    wry: frozenset[str] = field(repr=False)


def _textblob(negations: Sequence[str]) -> Any:
    """An engine of our own from TextBlob's file: the package brings NLTK along, 100 MB and over a second."""
    package = importlib.util.find_spec("textblob")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("textblob")
    home = Path(package.origin).parent
    spec = importlib.util.spec_from_file_location("insights.comments._textblob", home / "_text.py")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("textblob._text")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    engine = module.Sentiment(
        path=str(home / "en" / "en-sentiment.xml"),
        synset="wordnet_id",
        negations=tuple(negations),
        modifiers=("RB",),
        modifier=lambda word: word.endswith("ly"),
        language="en",
    )
    engine.load()
    return engine


@cache
def _lists() -> _Lists:
    data = resources.files("insights.comments") / "data"
    own = tomllib.loads((data / "wards.toml").read_text("utf-8"))
    engine = _textblob(own["negations"]["words"])
    for line in (data / "vader.txt").read_text("utf-8").splitlines():
        valence, *known = line.split()
        for word in known if valence != "#" else ():
            if word not in engine or not engine[word][None][0]:
                _teach(engine, word, float(valence) / 4, _VADER)
    phrases: dict[str, set[tuple[str, ...]]] = {}
    for group in own["words"]:
        for written in group["words"].split():
            parts = tuple(token for token in tokens(written.replace("_", " ")))
            if len(parts) > 1:
                phrases.setdefault(parts[0], set()).add(parts)
            _teach(engine, "_".join(parts), group["mood"], _OWN)
    for mood, pictures in own["emoji"].items():
        for picture in pictures:
            _teach(engine, picture, float(mood), _PICTURE)
    return _Lists(
        engine=engine,
        phrases={first: tuple(sorted(some, key=len, reverse=True)) for first, some in phrases.items()},
        negations=frozenset(own["negations"]["words"]),
        passed_over=frozenset(own["passed_over"]["words"]),
        turns=frozenset(own["turns"]["words"]),
        wry=frozenset(own["wry"]["words"]),
    )


def _teach(engine: Any, word: str, mood: float, source: str) -> None:
    """A word's mood replaces what the engine knew of it; a mood of 0 makes it unknown."""
    engine.pop(word, None)
    if mood:
        engine.annotate(word, None, mood, 1.0, 1.0, source)


def read(text: str) -> Reading:
    """What the lists say for and against in a text, and signs around it: shouting, dots, turns ("but").

    Sums and not means: two good words outweigh one. A negation turns the next known word round and halves it.

    >>> good, bad = read("The team is lovely"), read("The team is not lovely")
    >>> good.numbers[0] > 0 == bad.numbers[0], bad.numbers[1] > 0, good.known
    (True, True, 1)
    """
    lists = _lists()
    spelt = normalise(text)
    said = tokens(spelt)
    joined = tuple(_joined(said, lists))
    turn = max((place for place, word in enumerate(joined) if word in lists.turns), default=-1)
    before, after = (_assessed(part, lists) for part in (joined[: turn + 1], joined[turn + 1 :]))
    every = before + after
    sums = {source: [0.0, 0.0] for source in (_OWN, _VADER, _TEXTBLOB, _PICTURE)}
    for hit in every:
        sums[hit.source][hit.mood < 0] += abs(hit.mood)
    denied = any(hit.denies for hit in every) and not any(hit.mood > 0 for hit in every)
    words = [word for word in joined if word[0].isalnum()]
    pictures = sum(ord(word[0]) > 0x2000 for word in joined)
    capitals = [word for word in spelt.split() if len(word) > 2 and word.isupper()]
    numbers = (
        *(_squashed(one) for source in (_OWN, _VADER, _TEXTBLOB, _PICTURE) for one in sums[source]),
        _signed(sum(hit.mood for hit in after)) if turn >= 0 else 0.0,
        _signed(every[-1].mood) if every else 0.0,
        float(turn >= 0),
        min(1.0, len(capitals) / max(1, len(words))),
        float(any("!" in word for word in joined)),
        float(any("?" in word for word in joined)),
        float(any(".." in word for word in joined)),
        _squashed(sum(word in lists.wry for word in joined)),
        float(not every),
        float(any(word in lists.negations for word in joined)),
    )
    return Reading(len(every), len(words), pictures, denied, numbers)


def _joined(said: Sequence[str], lists: _Lists) -> Iterator[str]:
    """Tokens with phrases made one word, and inflected words in a form that a list knows."""
    place = 0
    while place < len(said):
        phrase = next(
            (one for one in lists.phrases.get(said[place], ()) if said[place : place + len(one)] == one), None
        )
        if phrase:
            yield "_".join(phrase)
            place += len(phrase)
        else:
            yield _known(said[place], lists)
            place += 1


def _known(word: str, lists: _Lists) -> str:
    if word in lists.engine or len(word) < 5:
        return word
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending) + instead
        if word.endswith(ending) and len(stem) > 3 and stem in lists.engine:
            return stem
    return word


@dataclass(frozen=True)
class _Hit:
    source: str | None
    mood: float
    denies: bool


def _assessed(joined: Sequence[str], lists: _Lists) -> list[_Hit]:
    """Each known word by the engine's rules for negations and modifiers."""
    reached: list[str] = []
    left = 0
    for word in joined:
        if word in lists.negations:
            left = _REACH
        elif left and word in lists.passed_over and word not in lists.engine:
            left -= 1
            continue
        elif word not in lists.engine:
            left = 0
        reached.append(word)
    found = lists.engine.assessments((word, None) for word in reached)
    return [
        _Hit(
            source=label if label in (_OWN, _VADER, _PICTURE) else _TEXTBLOB,
            mood=mood,
            denies=mood < 0 and not lists.negations.isdisjoint(part for word in words for part in word.split("_")),
        )
        for words, mood, _, label in found
        if mood
    ]


def _squashed(amount: float) -> float:
    return amount / (1.0 + amount)


def _signed(amount: float) -> float:
    return amount / (1.0 + abs(amount))
