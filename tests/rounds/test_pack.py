"""A round is counted with the questions it asked: another pack waits until it has closed."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from bot.wiring import build
from insights.pack import PackError
from tests.hospital import CLOSES, OPENS, staffed
from tests.world import World


def reworded(folder: Path) -> Path:
    """The default pack in another edition."""
    text = resources.files("insights").joinpath("packs/q12.toml").read_text("utf-8")
    path = folder / "reworded.toml"
    path.write_text(text.replace("version = 1", "version = 2"), "utf-8")
    return path


async def test_another_pack_waits_until_the_round_has_closed(world: World, tmp_path: Path) -> None:
    await staffed(world, 6)
    await world.to(OPENS)
    await world.stop()
    other = build(world.settings.model_copy(update={"pack": reworded(tmp_path)}), world.clock)
    with pytest.raises(PackError, match="round 1 is under way with the pack q12/1, not with q12/2") as refusal:
        await other.start()
    assert "\n" not in str(refusal.value)
    await other.close()

    world.app = build(world.settings, world.clock)
    await world.start()
    await world.to(CLOSES)
    await world.stop()
    world.settings = world.settings.model_copy(update={"pack": reworded(tmp_path)})
    world.app = build(world.settings, world.clock)
    await world.start()
    assert world.app.house.pack.edition == "q12/2"
