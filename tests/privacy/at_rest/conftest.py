"""One recorded round of forty-eight people for all attacks on what lies on the disk, and its naive likenesses."""

from __future__ import annotations

import os

import pytest

from tests.privacy.at_rest.crowd import crowd
from tests.privacy.at_rest.naive import NaiveCounters, NaiveMasked
from tests.privacy.at_rest.recorded_run import STORE, Recording, record_naive, record_ours
from tests.privacy.records import Secrets


@pytest.fixture(scope="session")
async def ours(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A real round through the vault."""
    return await record_ours(tmp_path_factory.mktemp("ours") / "rounds", crowd())


@pytest.fixture(scope="session")
def naive(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """The same round in plain counters."""
    folder = tmp_path_factory.mktemp("naive")
    return record_naive(folder, crowd(), NaiveCounters(folder / STORE))


@pytest.fixture(scope="session")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """The same round in boxes whose nonce comes back."""
    folder = tmp_path_factory.mktemp("masked")
    return record_naive(folder, crowd(), NaiveMasked(folder / STORE, os.urandom(32)))


@pytest.fixture(autouse=True)
def _nobody_is_logged(secrets: Secrets) -> None:
    secrets.add(*(one.telegram_id for one in crowd()))
