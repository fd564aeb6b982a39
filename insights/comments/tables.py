"""The words that comments are read by, as they stand in this package's data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """`data/<name>.toml`, read once. Raises FileNotFoundError where there is none.

    >>> "masks" in table("crisis")
    True
    """
    return tomllib.loads((resources.files("insights.comments") / "data" / f"{name}.toml").read_text("utf-8"))


def lines_of(block: str) -> list[str]:
    """The lines of a block of data that are neither empty nor a remark.

    >>> lines_of("a b\\n# why\\n\\nc")
    ['a b', 'c']
    """
    return [line.strip() for line in block.splitlines() if line.strip() and not line.lstrip().startswith("#")]
