"""People who have filled in their forms: one tap is a Send, and what it must not leave anywhere is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from handlers.callbacks import CheckinTap
from sandbox import Message, Person, Tap
from storage.buttons import SEND, State, seal_state
from storage.tokens import token
from tests.world import World

SENTINEL: Final = "zsecret-of-the-submit-path"
LABELS: Final = ("Zalways burnt", "Zoften worn")
ANSWERS: Final = (4, 3, 2)
CLAIMS: Final = ("Recorded. Thank you", "Recorded already", "answers are recorded")


@dataclass
class Sender:
    """Somebody with a filled-in form, who is about to send it."""

    person: Person
    payload: str = field(repr=False)
    form: Message = field(repr=False)
    token: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """Everything that an exception could say of her."""
        row = f"INSERT INTO token VALUES (x'{self.token.hex()}') {self.token!r}"
        return f"{SENTINEL} {self.person.id} {LABELS} {self.payload} {row}"

    async def sends(self) -> Tap:
        """One tap on Send."""
        return await self.person.forges(CheckinTap(payload=self.payload).pack(), self.form)

    @property
    def has_read_recorded(self) -> bool:
        """Whether anything on her screen said so."""
        shown = [one.words for one in self.person.screen() if one.from_bot]
        return any(claim in words for words in shown + self.toasts for claim in CLAIMS)

    @property
    def toasts(self) -> list[str]:
        """What popped up over her chat."""
        return [one.text for one in self.person.toasts]


def senders(world: World, people: Sequence[Person]) -> list[Sender]:
    """Members with the open round's form on their screens."""
    vault = world.app.house.vault
    key, store = vault.button_key(1), vault._open[1]
    assert key
    found = []
    for one in people:
        form = one.newest()
        assert form
        payload = seal_state(key, 1, one.id, State(SEND, ANSWERS))
        found.append(Sender(one, payload, form, token(store._keys.token_key, one.id)))
    return found
