"""A chat's history as text that is pleasant to read: who said, tapped, edited what, and when."""

from __future__ import annotations

import textwrap
from datetime import datetime
from zoneinfo import ZoneInfo

from .chats import Chat, Entry

_WIDTH = 88
_INDENT = " " * 7
_LINES = {
    "taps": "{who} taps [{body}]",
    "notes": "{who}, at the top of the screen: {body}",
    "alerts": "{who}, in a box to be closed: {body}",
    "deletes": "{who} deletes {body}",
}
_HEADS = {"says": "{who}", "edits": "{who} (edits message {number})", "opens the link": "{who} opens the link"}


def chat_as_text(chat: Chat, zone: str = "UTC") -> str:
    """The whole chat, one paragraph a message, a heading a day."""
    tz = ZoneInfo(zone)
    lines: list[str] = []
    day = ""
    for entry in chat.history:
        at = datetime.fromtimestamp(entry.at, tz)
        if (today := f"{at:%A} {at.day} {at:%B %Y}") != day:
            day = today
            lines += [f"--- {day} ---", ""]
        lines += paragraph(entry, f"{at:%H:%M}  ")
    return "\n".join(lines)


def paragraph(entry: Entry, time: str = "") -> list[str]:
    """One entry as lines, the last of them empty."""
    if entry.what in _LINES:
        return [*_wrapped(time + _LINES[entry.what].format(who=entry.who, body=entry.body)), ""]
    head = _HEADS.get(entry.what, "{who} " + entry.what).format(who=entry.who, number=f"#{entry.message_id}")
    number = f"  #{entry.message_id}" if entry.what == "says" and entry.buttons else ""
    body = [line for text in entry.body.split("\n") for line in _wrapped(_INDENT + text)] if entry.body else []
    rows = [_INDENT + " ".join(f"[{label}]" for label in row) for row in entry.buttons]
    return [time + head + number, *body, *rows, ""]


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, subsequent_indent=_INDENT, break_long_words=False) or [""]
