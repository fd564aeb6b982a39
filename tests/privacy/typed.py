"""Everything that can be typed and must leave no trace: a marked word for each fate, and where to look for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from insights.policy import CARE_SECONDS, COMMENT_LENGTH
from sandbox import Person
from tests.conversations.saying import DISCARD, FORGOTTEN, SEALED, SHARE, SURE, THEMES, Checker, asked, says
from tests.hospital import CLOSES, OPENS
from tests.world import World

CARD, GENTLE = "Please do not stay alone", "may have misread you"
PEOPLE: Final = 8
FATES: Final = (
    *("crisis", "gentle", "caption", "command", "broken", "endless", "stranger", "long", "forwarded", "refused"),
    *(
        "themes",
        "twice",
        "discarded",
        "looked_at",
        "sealed",
        "tapped_in_crisis",
        "tapped_broken",
        "forged",
        "unanswered",
    ),
    *("aged", "late"),
)


def canary(fate: str) -> str:
    """A word that stands nowhere else."""
    return f"zcanary{fate.replace('_', '')}q"


async def everything_is_typed(world: World, checker: Checker) -> None:
    """Meets every fate there is; at the end the check-in has closed."""
    ana, bea, cai, dee, eve, fay, gus, hal = await asked(world, PEOPLE)
    await _met_with_a_card(world, checker, ana, bea)
    await _refused(world, ana)
    await _tapped(ana, bea, cai)
    _, seen = await says(dee, canary("tapped_in_crisis") + " no breaks")
    checker.finds[canary("tapped_in_crisis")] = "crisis"
    await dee.taps(SHARE, seen)
    await dee.waits_for(CARD)
    _, seen = await says(eve, canary("tapped_broken") + " no breaks")
    checker.is_broken = True
    await eve.taps(THEMES, seen)
    await eve.waits_for(GENTLE)
    checker.is_broken = False
    _, seen = await says(fay, canary("forged") + " no breaks")
    await (await fay.forges("x1:sure:1", seen)).answered()
    await says(gus, canary("unanswered") + " no breaks")
    _, seen = await says(hal, canary("aged") + " no breaks")
    world.clock.jump(OPENS + timedelta(hours=49))
    await hal.taps(THEMES, seen)
    await hal.waits_for("please delete your own above it")
    world.clock.jump(CLOSES - timedelta(hours=1))
    _, seen = await says(hal, canary("late") + " no breaks")
    await world.to(CLOSES)
    await hal.taps(THEMES, seen)
    await hal.waits_for("Not counted")


async def _met_with_a_card(world: World, checker: Checker, ana: Person, bea: Person) -> None:
    await ana.says(f"{canary('crisis')} marked crisis")
    await ana.waits_for(CARD)
    await ana.says(f"{canary('gentle')} marked gentle")
    await ana.waits_for(GENTLE)
    await ana.sends_photo(f"{canary('caption')} marked crisis")
    await ana.waits_for(CARD)
    await ana.says(f"/{canary('command')} marked gentle")
    await ana.waits_for(GENTLE)
    checker.is_broken = True
    await ana.says(canary("broken"))
    await ana.waits_for(GENTLE)
    checker.is_broken, checker.never_ends = False, True
    await bea.says(canary("endless"))
    await bea.waits_for(GENTLE, deadline=CARE_SECONDS + 5)
    checker.never_ends = False
    checker.released.set()


async def _refused(world: World, ana: Person) -> None:
    stranger = world.sandbox.person("Stranger")
    await stranger.says("/start")
    await stranger.waits_for("scan the poster")
    await stranger.says(canary("stranger"))
    await stranger.waits_for("Nobody has read this")
    await ana.says(canary("long") + " no breaks" * (COMMENT_LENGTH // 4))
    await ana.waits_for("characters can be counted")
    await ana.forwards(canary("forwarded"), ana.account)
    await ana.waits_for("This was forwarded")
    told = {"ok": False, "error_code": 400, "description": f"Bad Request: can't parse {canary('refused')}"}
    world.sandbox.fail_next("sendMessage", 400, json.dumps(told))
    await ana.says(canary("refused") + " no breaks")
    await ana.waits_for("Something went wrong")


async def _tapped(ana: Person, bea: Person, cai: Person) -> None:
    await says(ana, canary("themes") + " no breaks")
    await ana.taps(THEMES)
    await ana.waits_for(FORGOTTEN)
    await ana.says(canary("twice") + " no breaks")
    await ana.waits_for("yours is counted")
    await says(bea, canary("discarded") + " no breaks")
    await bea.taps(DISCARD)
    await says(bea, canary("looked_at") + " no breaks")
    await bea.taps(SHARE)
    await bea.waits_for("This is what others would read")
    await bea.taps(DISCARD)
    await says(cai, canary("sealed") + " no breaks")
    await cai.taps(SHARE)
    await cai.waits_for("This is what others would read")
    await cai.taps(SURE)
    await cai.waits_for(SEALED)


def found_in(contents: Iterable[bytes]) -> set[str]:
    """The fates whose word stands there, in either way in which databases write text."""
    fates: set[str] = set()
    for content in contents:
        lower = content.lower()
        fates.update(
            one for one in FATES if canary(one).encode() in lower or canary(one).encode("utf-16-le") in lower
        )
    return fates


def files(folder: Path) -> list[bytes]:
    """Every file that is there, at whatever depth."""
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
