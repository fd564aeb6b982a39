"""Finds phrases in the tokens of a text, without regular expressions: nothing that is typed can make it slow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from insights.comments.crisis_form import END

_START, _STOP = "^", "$"
_GAPS = {"..": 2, "...": 4, "....": 7}


@dataclass(frozen=True, slots=True)
class Step:
    """One place of a phrase: `ways` are runs of words by their first; none where it is a gap of up to `gap` words."""

    ways: Mapping[str, tuple[tuple[str, ...], ...]] = field(repr=False)
    gap: int = 0
    may_lack: bool = False
    edge: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the data, ready to be looked for; `group` is the table it stands in."""

    steps: tuple[Step, ...] = field(repr=False)
    group: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a phrase stands: from token `start` to before token `end`. Holds none of the words."""

    group: str
    start: int
    end: int


@dataclass(frozen=True)
class Phrases:
    """Phrases by a word that each of them needs, so that a text is only held against those it could have."""

    needed: Mapping[str, tuple[int, ...]] = field(repr=False)
    every: tuple[Phrase, ...] = field(repr=False)

    def find(self, tokens: Sequence[str]) -> Iterator[Hit]:
        """Every phrase of the text once per place where it begins, in a fixed order."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, token in enumerate(tokens):
            places[token].append(place)
        possible = sorted({number for token in places for number in self.needed.get(token, ())})
        for number in possible:
            phrase = self.every[number]
            for start in _starts(phrase, places, tokens):
                if end := _end(phrase, tokens, start):
                    yield Hit(phrase.group, start, end)


def _starts(phrase: Phrase, places: Mapping[str, Sequence[int]], tokens: Sequence[str]) -> list[int]:
    first = phrase.steps[0]
    if first.edge:
        return [place for place in range(len(tokens)) if not place or tokens[place - 1] == END]
    return sorted(place for word in first.ways.keys() & places.keys() for place in places[word])


def _end(phrase: Phrase, tokens: Sequence[str], start: int) -> int:
    """Where the phrase that begins at `start` ends, at the earliest; 0 where it does not stand there."""
    reached = {start}
    for step in phrase.steps:
        if step.edge:
            reached = {place for place in reached if _is_edge(step.edge, tokens, place)}
        elif step.gap:
            reached = _over_gap(step.gap, tokens, reached)
        else:
            after = set(reached) if step.may_lack else set()
            for place in reached:
                if place < len(tokens):
                    for way in step.ways.get(tokens[place], ()):
                        if len(way) == 1 or tuple(tokens[place : place + len(way)]) == way:
                            after.add(place + len(way))
            reached = after
        if not reached:
            return 0
    return min(reached)


def _is_edge(edge: str, tokens: Sequence[str], place: int) -> bool:
    if edge == _START:
        return place == 0 or tokens[place - 1] == END
    return place >= len(tokens) or tokens[place] == END


def _over_gap(gap: int, tokens: Sequence[str], reached: set[int]) -> set[int]:
    after = set(reached)
    for place in reached:
        for ahead in range(place, min(place + gap, len(tokens))):
            if tokens[ahead] == END:
                break
            after.add(ahead + 1)
    return after


def standing(found: Iterable[Hit], masks: Iterable[Hit]) -> Iterator[Hit]:
    """The hits that no mask explains away: an idiom, a patient, something that only looks alike.

    A mask explains a hit that it overlaps, unless the hit says more: "living for the weekend" is a mask, and "nothing
    to live for" stands around one.

    >>> list(standing([Hit("a", 2, 4)], [Hit("m", 2, 6)])), list(standing([Hit("a", 0, 4)], [Hit("m", 2, 4)]))
    ([], [Hit(group='a', start=0, end=4)])
    """
    spans = [(mask.start, mask.end) for mask in masks]
    for hit in found:
        if not any(
            start < hit.end
            and hit.start < end
            and not (hit.start <= start and end <= hit.end and (start, end) != (hit.start, hit.end))
            for start, end in spans
        ):
            yield hit


def compiled(groups: Mapping[str, Sequence[str]], classes: Mapping[str, Sequence[str]]) -> Phrases:
    """Phrases made ready. `classes`: words or runs of words by name; a phrase is written in words and these signs:

    `a|b` one of them, `@name` one of a class, `word?` may lack, `..` up to two words, `...` four, `....` seven,
    `^` and `$` beginning and end of a sentence. Raises ValueError for a phrase that begins with a gap or with what
    may lack, or names a class that there is not.

    >>> phrases = compiled({"rest": ["need|want .. @rest"]}, {"rest": ["a sit down", "sleep"]})
    >>> [(hit.start, hit.end) for hit in phrases.find(("i", "need", "a", "sit", "down"))]
    [(1, 5)]
    """
    every = [Phrase(tuple(_steps(line, classes)), group) for group, lines in groups.items() for line in lines]
    often: dict[str, int] = defaultdict(int)
    for phrase in every:
        for step in phrase.steps:
            for word in step.ways:
                often[word] += 1
    needed: dict[str, list[int]] = defaultdict(list)
    for number, phrase in enumerate(every):
        if not phrase.steps[0].edge and (not phrase.steps[0].ways or phrase.steps[0].may_lack):
            raise ValueError(f"phrase {number} of {phrase.group} begins with something that may lack")
        must = [step.ways for step in phrase.steps if step.ways and not step.may_lack]
        for word in min(must, key=lambda ways: sum(often[word] for word in ways)):
            needed[word].append(number)
    return Phrases({word: tuple(numbers) for word, numbers in needed.items()}, tuple(every))


def _steps(line: str, classes: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    for sign in line.split():
        if sign in _GAPS:
            yield Step({}, gap=_GAPS[sign])
        elif sign in (_START, _STOP):
            yield Step({}, edge=sign)
        else:
            ways: dict[str, list[tuple[str, ...]]] = defaultdict(list)
            for part in sign.removesuffix("?").split("|"):
                if part.startswith("@") and part[1:] not in classes:
                    raise ValueError(f"there is no class {part}")
                for run in classes[part[1:]] if part.startswith("@") else (part,):
                    way = tuple(run.replace("_", " ").split())
                    ways[way[0]].append(way)
            yield Step({word: tuple(runs) for word, runs in ways.items()}, may_lack=sign.endswith("?"))


def read_classes(table: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Classes as they stand in the data: words apart by spaces, runs of words joined by "_"; "@name" takes one in.

    >>> read_classes({"mum": "mum mother", "kin": "@mum my_sister"})["kin"]
    ('mum', 'mother', 'my sister')
    """
    read: dict[str, tuple[str, ...]] = {}
    for name, words in table.items():
        found: list[str] = []
        for word in words.split():
            found += read[word[1:]] if word.startswith("@") else [word.replace("_", " ")]
        read[name] = tuple(found)
    return read
