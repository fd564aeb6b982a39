"""Around the sealed store: no temporary file, no environment and no printed object holds a key or an answer.

The memory of the running process does hold keys, and so would a core dump of it: hence `LimitCORE=0` in the service.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from storage.boxes import Counters, Sealer
from storage.buttons import State
from storage.keyfile import create
from storage.sealed import create_store
from storage.stores import Box, Stores, Token
from storage.vault import Vault
from storage.writer import Writer
from tests.house.source import ROOT
from tests.make import FIRST_ID, LAYOUT, SCOPES
from tests.privacy.at_rest.crowd import ROUND, Sent, crowd
from tests.privacy.at_rest.keyring import Keys, taken_apart
from tests.privacy.at_rest.recorded_run import KEY
from tests.privacy.at_rest.vectors import in_clear


@dataclass
class Sender:
    """The sending process, in a folder of its own."""

    process: subprocess.Popen[bytes]
    folder: Path

    def reaches(self, word: str) -> None:
        """Until it says so."""
        assert self.process.stdout
        assert self.process.stdout.readline().decode().strip() == word

    def goes_on(self) -> None:
        assert self.process.stdin
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    @property
    def keys(self) -> Keys:
        """Read from its key file while that is there."""
        return taken_apart((self.folder / "rounds" / KEY).read_bytes())

    def memory(self) -> Iterator[bytes]:
        """What a core dump would hold: everything the process may write to."""
        with Path(f"/proc/{self.process.pid}/mem").open("rb", buffering=0) as memory:
            for line in Path(f"/proc/{self.process.pid}/maps").read_text().splitlines():
                first, last = (int(one, 16) for one in line.split()[0].split("-"))
                if line.split()[1].startswith("rw"):
                    memory.seek(first)
                    yield memory.read(last - first)


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    """Temporary files would go to a folder where nothing else is."""
    for name in ("temporary", "work", "rounds"):
        (tmp_path / name).mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.privacy.at_rest.sending_process", str(tmp_path / "rounds")],
        cwd=tmp_path / "work",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "temporary")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )
    yield Sender(process, tmp_path)
    process.kill()
    process.communicate()


def holds(text: bytes, secrets: list[bytes]) -> bool:
    return any(one in text for one in secrets)


def test_the_process_leaves_its_keys_in_memory_and_in_the_key_file_alone(sender: Sender) -> None:
    sender.reaches("open")
    keys, proc = sender.keys, Path(f"/proc/{sender.process.pid}")
    secrets = [*keys.pieces, *in_clear(crowd()), str(FIRST_ID).encode()]
    assert any(holds(piece, [keys.token, keys.box]) for piece in sender.memory()), (
        "where a core dump would have them from"
    )
    assert not any(holds((proc / name).read_bytes(), secrets) for name in ("environ", "cmdline"))
    opened = {str((proc / "fd" / one).resolve()) for one in os.listdir(proc / "fd")}
    assert {one for one in opened if str(sender.folder) in one} == {
        str(path) for path in (sender.folder / "rounds").iterdir()
    }
    sender.process.send_signal(signal.SIGABRT)
    assert sender.process.wait(timeout=30) == -signal.SIGABRT
    left = {path.name: path.read_bytes() for path in sender.folder.rglob("*") if path.is_file()}
    assert [name for name, content in left.items() if holds(content, secrets)] == [KEY]
    assert [path for name in ("temporary", "work") for path in (sender.folder / name).iterdir()] == []


def test_a_finished_round_leaves_no_file_at_all(sender: Sender) -> None:
    sender.reaches("open")
    sender.goes_on()
    sender.reaches("over")
    assert [path for path in sender.folder.rglob("*") if path.is_file()] == []


def test_the_service_that_is_recommended_dumps_no_core_and_swaps_nothing() -> None:
    unit = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert re.search(r"^LimitCORE=0$", unit, re.M)
    assert re.search(r"^MemorySwapMax=0$", unit, re.M)


async def test_nothing_on_the_way_of_an_answer_prints_what_it_carries(tmp_path: Path) -> None:
    stores = Stores(tmp_path / "rounds", "sqlite+aiosqlite:///main.db")
    stores.prepare()
    vault, writer, one = Vault(stores), Writer(), Sent(FIRST_ID, "ward-1", (4, 1, 6))
    store, keys = create_store(stores, ROUND, SCOPES, LAYOUT), create(tmp_path / "other.key", 8)
    store.submit([one.submission])
    box = store.totals()["ward-1"]
    sealed = Sealer(keys.box_key, ROUND).seal("ward-1", box)
    objects = [one.submission, box, keys, store, vault, writer, Sealer(keys.box_key, ROUND), Counters.zero(LAYOUT)]
    objects += [State(0, one.answers), Box(scope="ward-1", sealed=sealed), Token(token=sealed[:32]), store.totals()]
    secrets = [*taken_apart(keys.path.read_bytes()).pieces, sealed, sealed[:32]]
    told = [form(thing) for thing in objects for form in (repr, str)]
    writer.stop()
    await vault.close()
    store.close()
    keys.close()
    forbidden = [str(FIRST_ID), repr(one.answers), "4, 1, 6", "values=", *(repr(secret)[2:-1] for secret in secrets)]
    forbidden += [secret.hex() for secret in secrets]
    assert [text for text in told if any(word in text for word in forbidden)] == []


def test_where_stores_are_is_told_without_the_password_of_the_database(tmp_path: Path) -> None:
    address = make_url("postgresql+psycopg://bot@db/shiftpulse").set(password="zq-password")
    assert "zq-password" not in repr(Stores(tmp_path, address.render_as_string(hide_password=False)))
