"""Whether what was told still lasts: where the last rounds stand between the usual before and the size first told."""

from __future__ import annotations

import numpy as np

from insights.hotspot_change import Array, Mask
from insights.hotspot_chronic import Level
from insights.hotspot_flags import WATCHES, Standing, Watch
from insights.hotspot_kinds import Course
from insights.hotspot_tracks import Taken, Tracks
from insights.policy import EASING_BELOW, OVER_BELOW


def lasting(watch: Watch, tracks: Tracks, taken: Taken, t: int) -> Mask:
    """For whom a change would be hot if it were told in round `t` (counted from 0): what is over is no news.

    Since its likeliest start the last shown rounds stand, on average, at least half of its size away from the usual,
    and the very last one is not back.

    >>> from insights.hotspot_tracks import Teams, Watched
    >>> from insights.hotspot_filter import ChangeFilter, Seen
    >>> from insights.hotspot_models import STRAIN
    >>> tracks, engine, one = Tracks(Teams.of(1), Watched.of(1), Watched.of(1)), ChangeFilter.of(1), np.ones(1)
    >>> told = []
    >>> for t, y in enumerate([40.0] * 12 + [60.0] * 3 + [40.0] * 3):
    ...     step = engine.step(STRAIN, Seen(y * one, 20 * one, 0 * one, np.array([0])))
    ...     tracks.teams.strain.recent.note(t, step.observed, step.level)
    ...     told.append(bool(lasting(WATCHES[0], tracks, Taken(step, step, step, step, step, np.array([1])), t)[0]))
    >>> told[12:]
    [True, True, True, False, False, False]
    """
    strength, recent = watch.strength(taken), watch.watched(tracks).recent
    prior = watch.odds.size_sd**-2
    step = (strength.a + watch.sign * watch.odds.size * prior) / (strength.b + prior)
    since = np.where(recent.at >= t - strength.ago, recent.level, np.nan)
    count = np.maximum((~np.isnan(since)).sum(axis=0), 1)
    last, mean = np.nan_to_num(recent.level[0] - strength.usual), np.nansum(since, axis=0) / count - strength.usual
    found: Mask = (_share(mean, step) >= EASING_BELOW) & (_share(last, step) >= OVER_BELOW)
    return found


def _share(moved: Array, step: Array) -> Array:
    share: Array = moved / np.where(step == 0, np.inf, step)
    return share


def course_of(one: Standing, tracks: Tracks, level: Level) -> Course:
    """How a flag that was raised earlier has gone on, by the mean of the last shown rounds since its change began.

    >>> from insights.hotspot_kinds import Flag, FlagKind, Tier
    >>> from insights.cells import UnitKey
    >>> from insights.hotspot_tracks import Teams, Watched
    >>> tracks = Tracks(Teams.of(1), Watched.of(1), Watched.of(1))
    >>> for t, shown in enumerate([52.0, 51.0, 41.0]):
    ...     tracks.teams.strain.recent.note(t, np.array([True]), np.array([shown]))
    >>> flag = Flag(2, UnitKey("w1"), FlagKind.RISE, Tier.ALERT, 1, 12.0, 5.0, 19.0, 0.6, 50.0)
    >>> nothing = Level(np.zeros(1), np.ones(1), 40.0)
    >>> [course_of(Standing(flag, "strain", 0, 0, start, 40.0, 12.0), tracks, nothing).value for start in (0, 2)]
    ['still hot', 'over']
    """
    if one.part == "level":
        shown = tracks.teams.strain.recent.since(0, one.column) - level.organisation
        left = shown / one.step
    else:
        watched = next(watch for watch in WATCHES if watch.part == one.part).watched(tracks)
        left = (watched.recent.since(one.start, one.column) - one.usual) / one.step
    if left < OVER_BELOW:
        return Course.OVER
    return Course.EASING if left < EASING_BELOW else Course.HOT
