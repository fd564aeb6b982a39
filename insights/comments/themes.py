"""What a comment is about: fourteen themes, several at once, found by phrases that anybody can review."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources

from insights.comments.theme_layer import leaning
from insights.comments.theme_phrases import log_odds, strongest, theme_phrases
from insights.pack import default_pack


class Theme(StrEnum):
    """The themes, in the order in which they are counted: a place in a sealed box, so that new ones go last."""

    STAFFING = "staffing"
    WORKLOAD = "workload"
    BREAKS_REST = "breaks_rest"
    SLEEP_SHIFTS = "sleep_shifts"
    MANAGEMENT_SUPPORT = "management_support"
    TEAM = "team"
    BULLYING_DISCRIMINATION = "bullying_discrimination"
    PATIENT_AGGRESSION = "patient_aggression"
    MORAL_DISTRESS = "moral_distress"
    RECOGNITION = "recognition"
    PAY = "pay"
    HOME_LIFE = "home_life"
    TRAINING_DEVELOPMENT = "training_development"
    EQUIPMENT_ENVIRONMENT = "equipment_environment"


_DRIVER = "driver"


@dataclass(frozen=True)
class _Learnt:
    """How evidence is added up, as fitted on labelled texts: weights of the three strongest phrases, of the strongest
    one of another theme and of the layer; then one number a theme, where a theme begins, and log-odds by phrase."""

    evidence: tuple[float, ...]
    usual: tuple[float, ...]
    cut: float
    odds: tuple[float, ...] = field(repr=False)


def themes_of(text: str) -> tuple[Theme, ...]:
    """What an English comment is about, in the order of `Theme`; nothing where nothing is likely enough.

    >>> themes_of("two nurses short again and no break since seven")
    (<Theme.STAFFING: 'staffing'>, <Theme.BREAKS_REST: 'breaks_rest'>)
    >>> themes_of("ask me again on Friday")
    ()
    """
    cut = _learnt().cut
    return tuple(theme for theme, score in zip(Theme, scores(text), strict=True) if score > cut)


def scores(text: str) -> tuple[float, ...]:
    """The log-odds of every theme, in the order of `Theme`.

    >>> max(zip(scores("Parking has gone up to \u00a39 a day"), Theme))[1]
    <Theme.PAY: 'pay'>
    """
    learnt = _learnt()
    found = [strongest(one, learnt.odds.__getitem__) for one in theme_phrases().found(text)]
    return weighed(found, leaning(text), learnt.evidence, learnt.usual)


def weighed(
    found: Sequence[Sequence[float]], leanings: Sequence[float], evidence: Sequence[float], usual: Sequence[float]
) -> tuple[float, ...]:
    """Evidence added up, by theme: `found` has its strongest phrases, `leanings` what the layer says, both log-odds.

    A theme for which another one speaks more strongly is less likely itself.

    >>> weighed([(1.0, -3.0), (-3.0, -3.0)], (0.5, -1.0), (1, 0.5, -0.5, 1), (0, 0))
    (1.5, -6.0)
    """
    told = []
    for place, phrases in enumerate(found):
        rival = max(other[0] for at, other in enumerate(found) if at != place)
        told.append(usual[place] + sum(map(float.__mul__, map(float, evidence), (*phrases, rival, leanings[place]))))
    return tuple(told)


def driver_of(theme: Theme) -> int | None:
    """The option of the default pack's driver question, by its index, to which a theme belongs (HSE Management
    Standards: demands are workload, work patterns and the work environment); None where it is none of them.

    >>> driver_of(Theme.TEAM), driver_of(Theme.PAY)
    (3, None)
    """
    phrases = theme_phrases()
    driver = phrases.drivers[phrases.themes.index(theme.value)]
    return None if driver is None else default_pack().questions[_DRIVER].options.index(driver)


@cache
def _learnt() -> _Learnt:
    told = json.loads((resources.files("insights.comments") / "data" / "themes.json").read_text("utf-8"))
    phrases = theme_phrases()
    met: Mapping[str, Mapping[str, float]] = told["phrases"]
    chances = [
        met.get(phrases.themes[of], {}).get(name, chance)
        for of, name, chance in zip(phrases.of, phrases.names, phrases.chances, strict=True)
    ]
    return _Learnt(
        evidence=tuple(told["evidence"]),
        usual=tuple(told["usual"][theme.value] for theme in Theme),
        cut=told["cut"],
        odds=tuple(map(log_odds, chances)),
    )
