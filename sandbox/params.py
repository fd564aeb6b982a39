"""One call's parameters as they come over the wire: everything may be a string, or JSON inside a string."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .errors import bad_request


@dataclass(slots=True, frozen=True, repr=False)
class Upload:
    """A file sent along with the call."""

    name: str
    data: bytes


class Params:
    """Typed access to the parameters of one call."""

    __slots__ = ("uploads", "values")

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload] | None = None) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}
        self.uploads = uploads or {}

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, otherwise: int = 0) -> int:
        value = self.values.get(name, otherwise)
        try:
            return int(value)
        except (TypeError, ValueError):
            return otherwise

    def boolean(self, name: str) -> bool:
        value = self.values.get(name, False)
        return value if isinstance(value, bool) else str(value).strip().lower() in {"true", "yes", "1"}

    def json(self, name: str) -> Any:
        """A nested object or list; None where it is absent or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """The file for this parameter, sent under its own name or as `attach://other`."""
        value = self.text(name)
        if value.startswith("attach://"):
            return self.uploads.get(value.removeprefix("attach://"))
        return self.uploads.get(name)
