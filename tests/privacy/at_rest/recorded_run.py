"""A round as whoever copies the disk sees it: every file, after every commit, and what is left at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

from storage.stores import Stores
from storage.vault import Vault
from tests.make import LAYOUT, SCOPES
from tests.privacy.at_rest.crowd import ROUND, Sent
from tests.privacy.at_rest.keyring import Keys, taken_apart
from tests.privacy.at_rest.looks import Look, look_into
from tests.privacy.at_rest.naive import NaiveCounters, NaiveMasked
from tests.privacy.at_rest.wal import frames, latest, states

Moment: TypeAlias = Mapping[str, bytes]
"""Every file by name, with its content."""

STORE: Final = f"round-{ROUND}.db"
KEY: Final = f"round-{ROUND}.key"


@dataclass
class Recording:
    """What was on the disk: when the round had opened, after each Send, and in the end."""

    sent: Sequence[Sent]
    moments: Sequence[Moment] = field(repr=False)
    left: Moment = field(repr=False)
    store: str = STORE

    @property
    def keys(self) -> Keys:
        """For the attacker who was there in time."""
        return taken_apart(key_files(self.moments[0])[0])

    @cached_property
    def looks(self) -> list[Look]:
        """One for each moment: a backup taken after every single Send."""
        return [
            look_into(latest(moment[self.store], moment.get(f"{self.store}-wal", b""))) for moment in self.moments
        ]

    @cached_property
    def replayed(self) -> list[Look]:
        """From one stolen disk alone: the -wal as it was after the last Send, commit by commit.

        Commits that made the tables and boxes come first and are left out."""
        last = self.moments[-1]
        found = [look_into(state) for state in states(last[self.store], last[f"{self.store}-wal"]) if state]
        return found[-len(self.sent) - 1 :]

    @property
    def without_keys(self) -> list[bytes]:
        """Every different file content there ever was, but for the key file: backups of everything else. A -wal is
        cut into its pages, since it only ever grew."""
        seen: set[bytes] = set()
        for moment in (*self.moments, self.left):
            for name, content in moment.items():
                is_wal = name.endswith("-wal") and content
                seen.update([frame.content for frame in frames(content)] if is_wal else [content])
        return sorted(seen - {content for moment in self.moments for content in key_files(moment)})


def key_files(moment: Moment) -> list[bytes]:
    """What is in no backup."""
    return [content for name, content in moment.items() if name.endswith(".key")]


def files(folder: Path) -> dict[str, bytes]:
    """What somebody copies who copies the folder now."""
    found = {}
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):
            if path.is_file():
                found[path.name] = path.read_bytes()
    return found


async def record_ours(folder: Path, sent: Sequence[Sent], stores: Stores | None = None) -> Recording:
    """A round through the vault, each Send a commit of its own: the worst case for who sends."""
    stores = stores or Stores(folder, "sqlite+aiosqlite:///main.db")
    stores.prepare()
    vault = Vault(stores)
    await vault.create(ROUND, SCOPES, LAYOUT)
    moments: list[Moment] = [files(folder)]
    for one in sent:
        await vault.send(ROUND, one.submission)
        moments.append(files(folder))
    await vault.stop(ROUND)
    await vault.totals(ROUND)
    await vault.shred(ROUND)
    await vault.close()
    return Recording(sent, moments, files(folder))


def record_naive(folder: Path, sent: Sequence[Sent], store: NaiveCounters | NaiveMasked) -> Recording:
    """The same round in a store of a naive design."""
    moments: list[Moment] = [files(folder)]
    for one in sent:
        store.submit(one)
        moments.append(files(folder))
    store.end()
    return Recording(sent, moments, files(folder))
