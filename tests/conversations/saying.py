"""What stories about words need: a preview, what was counted, and a checker that is told what to find."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from insights.comments.crisis import Care
from sandbox import Message, Person
from storage.boxes import LENS_BOX
from tests.hospital import OPENS, staffed
from tests.world import World

WORDS = "No breaks again and two of us for the whole ward"
THEMES, SHARE, SURE, DISCARD = "Count the themes only", "Share my words…", "Share this", "Throw it away"
FORGOTTEN = "Counted, and forgotten"
SEALED = "Counted, and sealed"
ALREADY = "One comment counts in each check-in, and yours is counted"


async def asked(world: World, count: int = 2, **plan: Any) -> list[Person]:
    """So many nurses of a launched ward, with the first check-in on their screens."""
    nurses = await staffed(world, count, **plan)
    await world.to(OPENS)
    for nurse in nurses:
        await nurse.waits_for("Question 1 of 3")
    return nurses


async def says(person: Person, words: str = WORDS) -> tuple[Message, Message]:
    """She types it: her message, and the bot's with the choices."""
    theirs = await person.says(words)
    return theirs, await person.waits_for("What shall become of it?")


async def comments(world: World, number: int = 1) -> int:
    """How many comments are in the boxes of a round that is open."""
    totals = await world.app.house.vault.totals(number)
    return sum(box.commenters for scope, box in totals.items() if scope != LENS_BOX)


async def shared(world: World, number: int = 1) -> list[str]:
    """What is sealed of them to be read."""
    return sorted(one.text for one in await world.app.house.vault.shared(number))


def texts(person: Person, chat_of_bot: bool = True) -> str:
    """Everything on her screen that is the bot's, or hers."""
    return "\n".join(one.words for one in person.screen() if one.from_bot == chat_of_bot)


def is_there(person: Person, message: Message) -> bool:
    """Whether a message is still in the chat."""
    return person.chat.messages.get(message.id) is message


@dataclass
class Checker:
    """Finds what a text says that it should find, and words it is told of; can be broken, and kept from ending."""

    finds: dict[str, str] = field(default_factory=dict, repr=False)
    is_broken: bool = False
    never_ends: bool = False
    seen: list[str] = field(default_factory=list, repr=False)
    released: threading.Event = field(default_factory=threading.Event, repr=False)

    def __call__(self, text: str) -> Care:
        self.seen.append(text)
        if self.never_ends:
            self.released.wait(20)
        if self.is_broken:
            raise RuntimeError(text)
        told = {f"marked {one}": one for one in (Care.CRISIS, Care.GENTLE)} | self.finds
        return next((Care(one) for words, one in told.items() if words in text), Care.NONE)


async def watched(world: World) -> Checker:
    """From here on such a checker looks at what is typed."""
    checker = Checker()
    world.care = checker
    await world.restart()
    return checker
