"""Who writes of suicide, of harm or of being harmed is offered help: the check that runs before anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from insights import policy
from insights.comments.crisis_abroad import is_abroad
from insights.comments.crisis_form import END, form
from insights.comments.crisis_layer import nearness
from insights.comments.crisis_rules import Hit, Phrases, compiled, read_classes, standing
from insights.comments.tables import lines_of, table

_BY_OTHERS = ("others", "abuse_home", "abuse_work")
"""Groups of phrases in which somebody else acts, and the writer is in danger all the same."""


class Care(StrEnum):
    """Which card a text is answered with: none, the gentle one, or the one for a crisis."""

    NONE = "none"
    GENTLE = "gentle"
    CRISIS = "crisis"


@dataclass(frozen=True)
class _Rules:
    masks: Phrases = field(repr=False)
    crisis: Phrases = field(repr=False)
    gentle: Phrases = field(repr=False)
    words: Mapping[str, frozenset[str]] = field(repr=False)


@cache
def _rules() -> _Rules:
    read = table("crisis")
    classes = read_classes(read["classes"])
    masks, crisis, gentle = (
        compiled({group: lines_of(block) for group, block in read[name].items()}, classes)
        for name in ("masks", "crisis", "gentle")
    )
    about = {name: frozenset(words) for name, words in (classes | read_classes(read["context"])).items()}
    return _Rules(masks, crisis, gentle, about)


def care_for(text: str) -> Care:
    """Which card a text is answered with. CRISIS is precise, GENTLE generous: a missed person is worse than a card.

    In memory: nothing is kept, counted, logged or sent, and the answer says nothing but which card. `text` may be
    anything; of more than Telegram carries the beginning and the end are looked at. Phrases of other languages
    give GENTLE at most. No diagnosis and no score: a text is only told apart from others by whether a card may help.

    Should it ever raise, which only broken data of this package can bring about, the error names no part of the text,
    and whoever asked treats it as GENTLE.

    >>> [care_for(text).value for text in ("Don\u2019t want to be alive", "Dying for a brew", "Nie chcę żyć")]
    ['crisis', 'none', 'gentle']
    """
    half = policy.MESSAGE_LENGTH // 2
    looked = text if len(text) <= policy.MESSAGE_LENGTH else f"{text[:half]}\n{text[-half:]}"
    tokens = form(looked)
    cuts = table("crisis_cuts")
    said = by_phrases(tokens, looked)
    if said.care is Care.CRISIS:
        return said.care
    return joined(said, nearness(tokens), cuts["gentle"], cuts["crisis"])


@dataclass(frozen=True, slots=True)
class Said:
    """What the phrases call for, and whether one of crisis was explained: an idiom, a patient, a denial, a joke."""

    care: Care
    is_explained: bool = False


def joined(said: Said, near: float, gentle: float, crisis: float) -> Care:
    """What phrases and the learnt layer say together: the stronger of the two. `near` is held against both cuts.

    Where the phrases have explained what stands there, the layer, which sees no context, asks for the gentle card at
    most.

    >>> [joined(Said(Care.NONE, explained), 0.95, gentle=0.5, crisis=0.9).value for explained in (False, True)]
    ['crisis', 'gentle']
    """
    if said.care is Care.CRISIS or (near > crisis and not said.is_explained):
        return Care.CRISIS
    return Care.GENTLE if near > gentle else said.care


def by_phrases(tokens: Sequence[str], text: str) -> Said:
    """What the phrases alone say; `tokens` are `form(text)`.

    >>> by_phrases(form("not suicidal, just tired"), "not suicidal, just tired")
    Said(care=<Care.GENTLE: 'gentle'>, is_explained=True)
    """
    found = {care for _, care in judged(tokens)}
    if Care.CRISIS in found:
        return Said(Care.CRISIS)
    rules = _rules()
    demoted = (hit.group not in _BY_OTHERS for hit in rules.crisis.find(tokens))
    denied = (hit.group == "topic" and _is_denied(hit, tokens) for hit in rules.gentle.find(tokens))
    is_gentle = Care.GENTLE in found or is_abroad(text)
    return Said(Care.GENTLE if is_gentle else Care.NONE, any(demoted) or any(denied))


def judged(tokens: Sequence[str]) -> Iterator[tuple[Hit, Care]]:
    """Every phrase that stands in the tokens, with what it calls for where it stands.

    >>> [(hit.group, care.value) for hit, care in judged(form("my patient took an overdose"))]
    [('attempt', 'none')]
    """
    rules = _rules()
    masks = list(rules.masks.find(tokens))
    is_joke = not rules.words["laughing"].isdisjoint(tokens) and rules.words["serious"].isdisjoint(tokens)
    for hit in standing(rules.crisis.find(tokens), masks):
        yield hit, Care.GENTLE if is_joke else _in_place(hit, tokens)
    for hit in standing(rules.gentle.find(tokens), masks):
        if hit.group == "topic":
            yield hit, _as_topic(hit, tokens)
        else:
            yield hit, Care.NONE if _is_at_work(hit, tokens) else Care.GENTLE


def _is_at_work(hit: Hit, tokens: Sequence[str]) -> bool:
    """Whether it is a patient who strikes or threatens, or it happens on a ward: to be counted, and no home in it.
    What colleagues do is not among this."""
    words = _rules().words
    if hit.group == "abuse_work" or hit.group == "others":
        return not words["patient"].isdisjoint(tokens)
    is_violent = not words["hits"].isdisjoint(tokens[hit.start : hit.end])
    is_ward = not words["patient"].isdisjoint(tokens) or not words["clinic"].isdisjoint(tokens)
    return is_violent and is_ward and words["kin"].isdisjoint(tokens)


def _as_topic(hit: Hit, tokens: Sequence[str]) -> Care:
    words = _rules().words
    near = tokens[max(0, hit.start - policy.CARE_NEAR) : hit.end + 2]
    is_work = not words["clinic"].isdisjoint(tokens) and words["own"].isdisjoint(near)
    return Care.NONE if is_work or _subject(hit, tokens) == "patient" else Care.GENTLE


def _in_place(hit: Hit, tokens: Sequence[str]) -> Care:
    """A phrase of crisis is one when the writer is its subject, and does not deny it."""
    words = _rules().words
    if hit.group == "third":
        return Care.GENTLE
    if hit.group in _BY_OTHERS:
        if _is_at_work(hit, tokens):
            return Care.NONE
        return Care.GENTLE if _is_denied(hit, tokens) else Care.CRISIS
    subject = _subject(hit, tokens)
    is_work = not words["clinic"].isdisjoint(tokens)
    if subject == "patient" or (is_work and (subject == "third" or words["own"].isdisjoint(tokens))):
        return Care.NONE
    return Care.GENTLE if subject == "third" or _is_denied(hit, tokens) else Care.CRISIS


def _subject(hit: Hit, tokens: Sequence[str]) -> str:
    """Of whom a phrase speaks: "me", a "patient", or somebody else ("third"); by the words before it."""
    words = _rules().words
    if not words["own"].isdisjoint(tokens[hit.start : hit.end]):
        return "me"
    for place in range(hit.start - 1, max(-1, hit.start - policy.CARE_NEAR - 1), -1):
        word = tokens[place]
        if word == END or word in words["turn"]:
            return "me"
        if word in words["patient"]:
            return "patient"
        if word in words["third"]:
            before = tokens[max(0, place - policy.CARE_NEAR) : place]
            return "third" if words["patient"].isdisjoint(before) else "patient"
    return "me"


def _is_denied(hit: Hit, tokens: Sequence[str]) -> bool:
    words = _rules().words
    for place in range(hit.start - 1, max(-1, hit.start - policy.CARE_DENIED - 1), -1):
        if tokens[place] == END:
            return False
        if tokens[place] in words["denying"]:
            return words["not_denying"].isdisjoint(tokens[place : hit.start])
    return False
