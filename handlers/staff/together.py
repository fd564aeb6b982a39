"""Whom somebody is asked together with: one line that they read before they answer."""

from __future__ import annotations

from handlers.words import Html, Speaker
from storage.roster import Team


def with_company(opening: Html, team: Team | None, say: Speaker) -> Html:
    """The opening words with that line below them; the words alone for whoever has no seat."""
    return Html(f"{opening}\n{company(team, say)}") if team else opening


def company(team: Team, say: Speaker) -> Html:
    """How many are asked in the team, how many of them for the first time, and whether it has a box of its own."""
    if not team.name:
        return say.count("company.roles", team.people)
    asked = say.count("company.asked", team.people, unit=team.name)
    joiners = say.count("company.new", team.joiners) if team.joiners else Html()
    return Html(f"{asked}{joiners}{say('company.pooled' if team.is_pooled else 'company.own')}")
