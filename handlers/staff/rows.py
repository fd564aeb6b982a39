"""Every row that is stored about somebody, in words: shown by /privacy, and struck through when it is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.words import Html, Speaker
from insights.policy import UNREACHABLE_OPENINGS
from storage.organisation import Organisation, organisation
from storage.outbox import waiting_for
from storage.people import Person, Role, RoleHolder, person, roles_of
from storage.roster import sitting
from storage.rounds import open_round
from storage.units import Unit, unit


@dataclass(frozen=True, slots=True)
class Stored:
    """What there is about one person, read at one instant."""

    plan: Organisation | None
    member: Person | None = field(repr=False)
    place: Unit | None = field(repr=False)
    before: Unit | None = field(repr=False)
    is_seated: bool = field(repr=False)
    letters: int = field(repr=False)
    roles: Sequence[RoleHolder] = field(repr=False)
    looked_after: Mapping[str, Unit | None] = field(repr=False)


async def stored_about(db: AsyncSession, lookup: bytes) -> Stored:
    """Reads it, in the caller's transaction."""
    member, roles, current = await person(db, lookup), await roles_of(db, lookup), await open_round(db)
    seat = await sitting(db, current.number, lookup) if current else None
    return Stored(
        plan=await organisation(db),
        member=member,
        place=await unit(db, member.unit_id) if member else None,
        before=await unit(db, member.moved_from) if member and member.moved_from else None,
        is_seated=seat is not None and seat.scope is not None,
        letters=await waiting_for(db, member.id) if member else 0,
        roles=roles,
        looked_after={one.id: await unit(db, one.unit_id) for one in roles},
    )


def membership(say: Speaker, found: Stored) -> list[Html]:
    """The rows of a member; none for whoever is none."""
    member, place = found.member, found.place
    if member is None or place is None:
        return []
    paused = member.paused_rounds
    rows = [
        say("privacy.id"),
        say("privacy.unit", unit=place.name),
        say(
            "privacy.settings",
            pattern=say.plain(f"pattern.{member.pattern}"),
            later=say.plain(f"settings.later_{member.shift_hours}"),
            language=member.language,
            paused=say.count("settings.paused", paused) if paused else say("settings.not_paused"),
        ),
        say.count("privacy.openings", member.openings),
        say("privacy.established" if member.is_established else "privacy.new"),
        say("privacy.still", since=member.unconfirmed_openings, asked=member.times_asked),
        say("privacy.agreed", edition=member.agreed),
        say(
            "privacy.reachable" if member.is_reachable else "privacy.unreachable",
            missed=member.unreachable_openings,
            most=UNREACHABLE_OPENINGS,
        ),
    ]
    if found.before:
        rows.append(say("privacy.moved", unit=found.before.name))
    if found.is_seated:
        rows.append(say("privacy.seat"))
    if found.letters:
        rows.append(say.count("privacy.waiting", found.letters))
    return rows


def held_roles(say: Speaker, roles: Sequence[RoleHolder], units: Mapping[str, Unit | None]) -> list[Html]:
    """The rows of a role-holder, with the unit of each role by the role's id."""
    return [_role(say, one, units[one.id]) for one in roles]


def logged(say: Speaker, roles: Sequence[RoleHolder]) -> list[Html]:
    """What the audit log has about them: it stays when the role is given up."""
    names = dict.fromkeys(say.plain(f"role.{one.role}") for one in roles)
    return [say("privacy.role_log", role=name) for name in names]


def _role(say: Speaker, holder: RoleHolder, place: Unit | None) -> Html:
    role = say.plain(f"role.{holder.role}")
    unit_name, language = place.name if place else "", holder.language
    told = say("privacy.role", role=role, unit=unit_name, name=holder.display_name, language=language)
    passing = {Role.LEAD: "privacy.role_lead", Role.STEWARD: "privacy.role_steward"}.get(Role(holder.role))
    return Html(f"{told}\n{say(passing)}") if passing else told
