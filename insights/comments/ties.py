"""Where what people wrote of and what they named as weighing most are the same thing."""

from __future__ import annotations

from typing import Final

from insights.comments.themes import Theme, driver_of
from insights.digest import Driver
from insights.pack import Pack, default_pack

_DRIVER: Final = "driver"
"""The question of the default pack that themes tie to."""


def tied_option(theme: Theme | None, found: Driver | None, pack: Pack) -> int | None:
    """The option of what weighs most, by its index, that the theme in front belongs to; None where they differ, or
    where one of them is not known.

    Another pack's options are compared by their ids: what it calls otherwise ties to nothing.

    >>> tied_option(Theme.TEAM, Driver("driver", (driver_of(Theme.TEAM),), None), default_pack())
    3
    >>> tied_option(None, Driver("driver", (0,), None), default_pack())
    """
    place = driver_of(theme) if theme else None
    if place is None or found is None or found.question not in pack.questions:
        return None
    meant = default_pack().questions[_DRIVER].options[place]
    options = pack.questions[found.question].options
    return next((one for one in found.options if one < len(options) and options[one] == meant), None)
