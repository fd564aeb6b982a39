"""One engine's way through the rounds for each thing that is watched: how a round as shown becomes its input."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from insights.hotspot_change import Array, Mask, Numbers
from insights.hotspot_filter import ChangeFilter, Seen, Step
from insights.hotspot_models import DIVISION, SPREAD, STRAIN, TURNOUT, TURNOUT_SPARE, WHOLE
from insights.hotspot_noise import SPREAD_SAMPLING, STRAIN_SAMPLING, NoiseScale, expectation_below
from insights.hotspot_round import Shown
from insights.hotspot_shared import pulls
from insights.hotspot_telling import NEVER, MirrorCount, Recent, Teller
from insights.policy import DIVISION_FEWEST, LEARNING_ROUNDS


@dataclass(slots=True)
class Watched:
    """One thing that is watched: its engine, who was told to be `worse` or `better` and when, what was shown last."""

    engine: ChangeFilter
    worse: Teller
    better: Teller
    recent: Recent

    @staticmethod
    def of(columns: int) -> Watched:
        """Nothing has been shown yet."""
        return Watched(ChangeFilter.of(columns), Teller.of(columns), Teller.of(columns), Recent.of(columns))


@dataclass(slots=True)
class Teams:
    """What is watched of every team. `published` counts the rounds that showed how many took part, `lately` says of
    the last `LEARNING_ROUNDS` rounds, reused in turn, whether they showed its strain. `level_checked` is when its
    level was last held against the organisation's, in rounds taken in, `division` its column among the divisions."""

    strain: Watched
    turnout: Watched
    spread: Watched
    noise: NoiseScale
    mirror: MirrorCount
    published: Numbers
    lately: Mask
    level_checked: Numbers = field(metadata={"pad": NEVER})
    division: Numbers

    @staticmethod
    def of(teams: int) -> Teams:
        """Nothing has been shown yet."""
        strain, turnout, spread = (Watched.of(teams) for _ in range(3))
        none, lately = np.zeros(teams, dtype=np.int64), np.zeros((LEARNING_ROUNDS, teams), dtype=bool)
        return Teams(
            strain,
            turnout,
            spread,
            NoiseScale.of(teams),
            MirrorCount.of(teams),
            none,
            lately,
            np.full(teams, NEVER),
            none.copy(),
        )


@dataclass(slots=True)
class Tracks:
    """All that the detector keeps of numbers: by team, by division, and of the organisation."""

    teams: Teams
    divisions: Watched
    whole: Watched

    @staticmethod
    def empty() -> Tracks:
        """No team has been seen yet."""
        return Tracks(Teams.of(0), Watched.of(0), Watched.of(1))


@dataclass(frozen=True, slots=True)
class Taken:
    """What a round taught about each; `teams` is how many of them were shown in each division."""

    strain: Step
    turnout: Step
    spread: Step
    division: Step
    whole: Step
    teams: Numbers


def take(tracks: Tracks, t: int, shown: Shown, group: Numbers, before: tuple[Array, Array] | None) -> Taken:
    """Takes one round in; the entries of `shown`, `group` (columns of divisions) and `before` (`Seen`) are in the
    order of the tracks' teams, and `t` rounds were taken in before.

    >>> from insights.cells import UnitKey
    >>> one, nobody = np.array([45.0]), np.array([False])
    >>> shown = Shown(1, (UnitKey("w1"),), (None,), one, one, one, 2, one, one, nobody, one, 2, 5, None)
    >>> tracks = Tracks(Teams.of(1), Watched.of(1), Watched.of(1))
    >>> take(tracks, 0, shown, np.array([0]), None).strain.observed.tolist()
    [True]
    """
    teams, divisions = tracks.teams, len(tracks.divisions.engine.shown)
    strain = _strain(teams, shown, group, before)
    there = np.bincount(group[strain.observed], minlength=divisions)[:divisions]
    return Taken(
        strain,
        _turnout(teams, shown, group),
        _spread(teams, shown, group),
        _division(tracks.divisions, t, strain, group, there),
        _whole(tracks.whole, t, shown, int(strain.observed.sum())),
        there,
    )


def _strain(teams: Teams, shown: Shown, group: Numbers, before: tuple[Array, Array] | None) -> Step:
    sampling = STRAIN_SAMPLING.variance(shown.answers, shown.people, shown.items)
    coding = np.nan_to_num(shown.coding)
    teams.noise.learn(shown.strain, sampling, coding, STRAIN.weather, STRAIN.carry)
    own = STRAIN_SAMPLING.beta(shown.items) / np.maximum(shown.people, 1.0)
    noise = teams.noise.value * sampling + coding
    return teams.strain.engine.step(STRAIN, Seen(shown.strain, noise, own, group, before=before))


def _turnout(teams: Teams, shown: Shown, group: Numbers) -> Step:
    """The response share on the arcsine scale; "fewer than k" counts as its expectation."""
    people = np.maximum(shown.people, 1.0)
    share = np.where(shown.people > 0, np.clip(shown.answered / people, 0.0, 1.0), np.nan)
    # var arcsin sqrt(p) = 1 / 4N (Anscombe 1948); rounding to 3 people adds (3^2 / 12) / (4 N^2 p (1 - p))
    noise = 1 / (4 * people) + 0.75 / people**2 + TURNOUT_SPARE
    # a team with fewer than k people is not silent, it is small
    censored = shown.silent & (shown.people >= shown.k)
    fill = expectation_below(people, censored, shown.k)
    return teams.turnout.engine.step(
        TURNOUT, Seen(np.arcsin(np.sqrt(share)), noise, np.zeros(len(share)), group, fill)
    )


def _spread(teams: Teams, shown: Shown, group: Numbers) -> Step:
    answers = np.where(np.isnan(shown.spread), np.nan, shown.answers)
    noise = SPREAD_SAMPLING.variance(answers, shown.people, shown.spread_items)
    own = SPREAD_SAMPLING.beta(shown.spread_items) / np.maximum(shown.people, 1.0)
    return teams.spread.engine.step(SPREAD, Seen(shown.spread, noise, own, group))


def _division(watched: Watched, t: int, strain: Step, group: Numbers, teams: Numbers) -> Step:
    """The mean of its teams' surprises once the organisation's movement is out."""
    parts = pulls(strain.residual, strain.variance)
    weight, pull = (np.bincount(group, part, minlength=len(teams))[: len(teams)] for part in parts)
    told = teams >= DIVISION_FEWEST
    weight = np.where(told, weight, 1.0)
    y: Array = np.where(told, pull / weight, np.nan)
    nobody, apart = np.zeros(len(teams)), np.arange(len(teams))
    return watched.engine.step(DIVISION, Seen(y, 1 / weight, nobody, apart, within=_untold(watched, t)))


def _whole(watched: Watched, t: int, shown: Shown, teams: int) -> Step:
    """The organisation's own score. Of few teams it has their weather: AR(1) of variance W sums like noise of
    W (1 + phi) / (1 - phi), over teams."""
    y, noise, alone = np.array([np.nan]), np.zeros(1), np.zeros(1, dtype=np.int64)
    whole = shown.whole
    if whole is not None:
        y = np.array([whole.score])
        noise = STRAIN_SAMPLING.variance(np.array([whole.answers]), np.array([whole.people]), whole.items)
        noise += whole.coding + STRAIN.weather * (1 + STRAIN.carry) / (1 - STRAIN.carry) / max(teams, 1)
    return watched.engine.step(WHOLE, Seen(y, noise, np.zeros(1), alone, within=_untold(watched, t)))


def _untold(watched: Watched, t: int) -> Numbers:
    """The rounds since the last flag of either direction: shocks come and go, and each is a change from the last."""
    untold: Numbers = t - np.maximum(watched.worse.told, watched.better.told)
    return untold
