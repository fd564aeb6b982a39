"""A process that carries a round from opening to its end, for those who look at it from outside.

`python -m tests.privacy.at_rest.sending_process FOLDER`: it says where it is and goes on at each line of its input.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

from storage.stores import Stores
from storage.vault import Vault
from tests.make import LAYOUT, SCOPES
from tests.privacy.at_rest.crowd import ROUND, crowd


async def main(folder: Path) -> None:
    """Opens, comes back once as after a restart, takes answers; then closes and shreds."""
    stores = Stores(folder, "sqlite+aiosqlite:///main.db")
    stores.prepare()
    vault = Vault(stores)
    await vault.create(ROUND, SCOPES, LAYOUT)
    await vault.close()
    vault = Vault(stores)
    await vault.reopen(ROUND)
    for one in crowd():
        await vault.send(ROUND, one.submission)
    says("open")
    await vault.stop(ROUND)
    await vault.totals(ROUND)
    await vault.shred(ROUND)
    gc.collect()
    says("over")
    await vault.close()


def says(word: str) -> None:
    """Says where it is, and waits."""
    print(word, flush=True)  # noqa: T201 - this is how it speaks
    sys.stdin.readline()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
