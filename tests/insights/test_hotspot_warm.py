"""A warm start is written as one line of JSON, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from insights.cells import UnitKey
from insights.hotspot_warm import Warm, WarmLevel, warm_print
from insights.hotspots import Detector

WARM = Warm({UnitKey("t00"): WarmLevel(-4.25, 9.1, 11), UnitKey("Łóżko"): WarmLevel(1 / 3, 2.0**-40, 12)}, 12)


def test_a_warm_start_is_read_back_to_the_last_bit() -> None:
    assert Warm.load(WARM.dump()) == WARM


def test_it_is_written_the_same_in_whatever_order_units_came() -> None:
    turned = Warm(dict(reversed(WARM.levels.items())), WARM.rounds)
    assert turned.dump() == WARM.dump()
    assert warm_print(turned) == warm_print(WARM)
    assert Detector(turned).dump() == Detector(WARM).dump()


def test_each_of_its_numbers_tells_it_apart() -> None:
    level = WARM.levels[UnitKey("t00")]
    others = [
        None,
        Warm(WARM.levels, 13),
        Warm({UnitKey("t00"): level}, 12),
        Warm({**WARM.levels, UnitKey("t00"): WarmLevel(-4.25, 9.1, 10)}, 12),
        Warm({**WARM.levels, UnitKey("t00"): WarmLevel(-4.25, 9.2, 11)}, 12),
        Warm({**WARM.levels, UnitKey("t00"): WarmLevel(4.25, 9.1, 11)}, 12),
    ]
    assert len({warm_print(one) for one in (WARM, *others)}) == 1 + len(others)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf")])
def test_a_level_is_a_number(odd: float) -> None:
    with pytest.raises(ValueError, match="offset"):
        WarmLevel(odd, 1.0, 1)
    with pytest.raises(ValueError, match="offset"):
        WarmLevel(1.0, odd, 1)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"format": "warm/2", "rounds": 1, "levels": {}}', WARM.dump()[:-1]]
    + [WARM.dump().replace("9.1", odd) for odd in ("NaN", "-1.0", "null", '"much"', "Infinity", "1e999")]
    + [WARM.dump().replace('"rounds": 11', '"rounds": -1'), "[" * 100_000],
    ids=range(14),
)
def test_what_is_no_warm_start_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError, match="no warm start"):
        Warm.load(text)
