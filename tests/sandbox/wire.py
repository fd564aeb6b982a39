"""A bot on the wire: plain HTTP calls, as any Bot API client would make them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, FormData

from sandbox import Sandbox


class Clock:
    """Seconds since the epoch, moved by hand."""

    def __init__(self, at: float = 1_767_690_000.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def passes(self, *, seconds: float = 0, hours: float = 0) -> None:
        self.at += seconds + hours * 3600


@dataclass(frozen=True)
class Refusal:
    """What the bot is told when a call is refused."""

    code: int
    description: str
    parameters: dict[str, Any] | None = None


class Wire:
    """Calls methods of the sandbox's Bot API over real HTTP."""

    def __init__(self, http: ClientSession, sandbox: Sandbox) -> None:
        self.http = http
        self.sandbox = sandbox
        self.offset = 0

    def address(self, method: str) -> str:
        return f"{self.sandbox.url}/bot{self.sandbox.token}/{method}"

    async def raw(self, method: str, **params: Any) -> tuple[int, Any]:
        """Status and decoded body of a form call; nested values become JSON, booleans true and false."""
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
        async with self.http.post(self.address(method), data=form) as response:
            return response.status, json.loads(await response.text())

    async def ok(self, method: str, **params: Any) -> Any:
        """The result of a call that has to succeed."""
        status, body = await self.raw(method, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refused(self, method: str, **params: Any) -> Refusal:
        """What Telegram says to a call that has to fail."""
        status, body = await self.raw(method, **params)
        assert body["ok"] is False, body
        assert status == body["error_code"]
        return Refusal(status, body["description"], body.get("parameters"))

    async def uploads(self, method: str, field: str, name: str, data: bytes, **params: Any) -> Any:
        """The body of a multipart call with one file, sent as `attach://`, as aiogram does."""
        form = FormData()
        for key, value in params.items():
            form.add_field(key, value if isinstance(value, str) else json.dumps(value))
        form.add_field(field, "attach://one")
        form.add_field("one", io.BytesIO(data), filename=name)
        async with self.http.post(self.address(method), data=form) as response:
            return await response.json()

    async def fetches(self, **params: Any) -> list[dict[str, Any]]:
        """The next updates, confirming those fetched before."""
        updates: list[dict[str, Any]] = await self.ok("getUpdates", offset=self.offset, **params)
        if updates:
            self.offset = updates[-1]["update_id"] + 1
        return updates

    async def says(self, chat_id: int, text: str = "Hello", *labels: str, **params: Any) -> dict[str, Any]:
        """Send a message, with one row of buttons whose data are their labels."""
        if labels:
            params["reply_markup"] = keyboard(list(labels))
        sent: dict[str, Any] = await self.ok("sendMessage", chat_id=chat_id, text=text, **params)
        return sent


def keyboard(*rows: list[str]) -> dict[str, Any]:
    """An inline keyboard whose buttons send their own labels."""
    return {"inline_keyboard": [[{"text": each, "callback_data": each} for each in row] for row in rows]}


def png(width: int = 4, height: int = 3) -> bytes:
    """Enough of a PNG for its size to be read."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x0dIHDR" + header + bytes(32)
