"""Every router in order, on one screen: errors first, the hot path next, the catch-all last."""

from __future__ import annotations

from aiogram import Dispatcher, Router

from handlers import errors, fallback, reading_words, roles, team
from handlers.house import House
from handlers.hr import themes, trends
from handlers.leads import digest, hotspots
from handlers.speech import Errands
from handlers.staff import care, checkin, commenting, facts, joining, leaving, practice, settings, staying
from handlers.stewards import appointing, confirming, headcounts, posting, taking_down, units


def routers() -> list[Router]:
    """Fresh routers: a router belongs to one dispatcher."""
    return [
        errors.router(),
        checkin.router(),
        commenting.router(),
        care.router(),
        practice.router(),
        joining.router(),
        settings.router(),
        staying.router(),
        leaving.router(),
        facts.router(),
        roles.router(),
        team.router(),
        reading_words.router(),
        digest.router(),
        hotspots.router(),
        trends.router(),
        themes.router(),
        units.router(),
        confirming.router(),
        taking_down.router(),
        appointing.router(),
        posting.router(),
        headcounts.router(),
        fallback.router(),
    ]


def dispatcher(house: House) -> Dispatcher:
    """A dispatcher without conversation state: what people do is in their buttons."""
    dp = Dispatcher(disable_fsm=True, house=house, errands=Errands())
    dp.update.outer_middleware(fallback.private_only)
    dp.message.outer_middleware(care.before_commands)
    dp.include_routers(*routers())
    return dp
