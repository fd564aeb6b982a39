"""Every router in order, on one screen: errors first, the hot path next, the catch-all last."""

from __future__ import annotations

from aiogram import Dispatcher, Router

from handlers import errors, fallback, roles, team
from handlers.house import House
from handlers.hr import trends
from handlers.leads import digest, hotspots
from handlers.speech import Errands
from handlers.staff import checkin, facts, joining, leaving, practice, settings, staying
from handlers.stewards import appointing, confirming, headcounts, posting, units


def routers() -> list[Router]:
    """Fresh routers: a router belongs to one dispatcher."""
    return [
        errors.router(),
        checkin.router(),
        practice.router(),
        joining.router(),
        settings.router(),
        staying.router(),
        leaving.router(),
        facts.router(),
        roles.router(),
        team.router(),
        digest.router(),
        hotspots.router(),
        trends.router(),
        units.router(),
        confirming.router(),
        appointing.router(),
        posting.router(),
        headcounts.router(),
        fallback.router(),
    ]


def dispatcher(house: House) -> Dispatcher:
    """A dispatcher without conversation state: what people do is in their buttons."""
    dp = Dispatcher(disable_fsm=True, house=house, errands=Errands())
    dp.update.outer_middleware(fallback.private_only)
    dp.include_routers(*routers())
    return dp
