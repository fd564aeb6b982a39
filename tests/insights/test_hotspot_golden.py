"""What the detector said of a small hospital stays what it says, until the method is changed on purpose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from insights.hotspot_detector import METHOD
from insights.hotspot_kinds import FlagKind, Tier
from tests.insights import hotspot_golden as golden

ON_PURPOSE = (
    "The detector says something else than when this was last agreed. If that was not meant, it is a fault. When the "
    "method or its constants were changed on purpose: raise METHOD in insights/hotspot_detector.py, write the file "
    f"anew with `{golden.COMMAND}`, and read the difference."
)


def same(found: object, said: object) -> bool:
    """Whether two things that JSON can say are the same, numbers to five places."""
    if isinstance(found, float) and isinstance(said, float):
        return abs(found - said) < 1e-5
    if isinstance(found, list) and isinstance(said, list):
        return len(found) == len(said) and all(map(same, found, said))
    if isinstance(found, dict) and isinstance(said, dict):
        return found.keys() == said.keys() and all(same(found[key], said[key]) for key in found)
    return found == said


@pytest.mark.parametrize("seed", golden.SEEDS)
def test_the_flags_of_a_run_are_those_that_were_agreed(seed: int) -> None:
    method, lines = golden.agreed()
    assert method == METHOD, ON_PURPOSE
    found = [json.loads(json.dumps(line)) for line in golden.told(seed)]
    agreed = [line for line in lines if line["seed"] == seed]
    differing = [(one, other) for one, other in zip(found, agreed, strict=False) if not same(one, other)]
    assert differing == [], ON_PURPOSE
    assert len(found) == len(agreed), ON_PURPOSE


def test_every_kind_and_tier_of_flag_is_in_the_agreed_runs() -> None:
    _, lines = golden.agreed()
    assert set(golden.SEEDS) == {line["seed"] for line in lines}
    assert set(FlagKind) == {line["kind"] for line in lines if "kind" in line}
    assert set(Tier) == {line["tier"] for line in lines if "tier" in line}
    assert {"trust", "d2"} <= {line["unit"] for line in lines if line.get("kind") == FlagKind.SHARED}


def test_a_number_that_differs_is_found() -> None:
    assert same({"a": [1.0, "x"]}, {"a": [1.000001, "x"]})
    assert not same({"a": [1.0, "x"]}, {"a": [1.0001, "x"]})
    assert not same([1.0], [1.0, 2.0])


def test_flags_are_not_written_anew_without_a_new_method(tmp_path: Path) -> None:
    copy = tmp_path / "golden.jsonl"
    golden.write(copy, seeds=(1,))
    before = copy.read_bytes()
    golden.write(copy, seeds=(1,))
    assert copy.read_bytes() == before
    with pytest.raises(SystemExit, match="METHOD"):
        golden.write(copy, seeds=(2,))
    assert copy.read_bytes() == before
    golden.write(copy, seeds=(2,), method=METHOD + 1)
    assert golden.agreed(copy)[0] == METHOD + 1
