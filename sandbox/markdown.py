"""MarkdownV2 as Telegram reads it (core.telegram.org/bots/api#markdownv2-style)."""

from __future__ import annotations

import re
from typing import Any

from .markup import Entities, units, unparsable

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_MARKS = (
    ("__", "underline", "Underline"),
    ("||", "spoiler", "Spoiler"),
    ("_", "italic", "Italic"),
    ("*", "bold", "Bold"),
    ("~", "strikethrough", "Strikethrough"),
)
_LINK_TAIL = re.compile(r"\]\(((?:\\.|[^)\\])*)\)", re.DOTALL)
_CODE = re.compile(r"(```|`)((?:\\.|(?!\1).)*)(\1)?", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_markdown(source: str) -> tuple[str, Entities]:
    """Plain text and entities of a message with parse_mode MarkdownV2; 400 where the marks are broken."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._parts: list[str] = []
        self._length = 0
        self._open: list[tuple[str, str, int, dict[str, Any]]] = []
        self._entities: Entities = []
        self._quote: dict[str, Any] | None = None

    def read(self) -> tuple[str, Entities]:
        while self._at < len(self._source):
            self._step()
        if self._open:
            _, name, at, _ = self._open[-1]
            raise unparsable(f"Can't find end of {name} entity at byte offset {self._byte(at)}")
        self._end_quote()
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._parts), self._entities

    def _step(self) -> None:
        source, at = self._source, self._at
        character = source[at]
        if character == "\\" and at + 1 < len(source) and ord(source[at + 1]) < 127:
            self._add(source[at + 1], 2)
        elif character == ">" and (at == 0 or source[at - 1] == "\n"):
            if self._quote is None:
                self._quote = {"type": "blockquote", "offset": self._length, "length": 0}
            self._at += 1
        elif character == "`":
            self._code()
        elif character == "[":
            self._begin("[", "TextUrl", {"type": "text_link"})
        elif character == "]":
            self._link_end()
        elif not self._mark():
            if character in _RESERVED:
                raise unparsable(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
            if character == "\n" and self._quote is not None and source[at + 1 : at + 2] != ">":
                self._end_quote()
            self._add(character, 1)

    def _add(self, text: str, width: int) -> None:
        self._parts.append(text)
        self._length += units(text)
        self._at += width

    def _begin(self, mark: str, name: str, entity: dict[str, Any]) -> None:
        self._open.append((mark, name, self._at, {**entity, "offset": self._length, "length": 0}))
        self._at += len(mark)

    def _end(self, entity: dict[str, Any]) -> None:
        entity["length"] = self._length - entity["offset"]
        if entity["length"]:
            self._entities.append(entity)

    def _mark(self) -> bool:
        for mark, kind, name in _MARKS:
            if self._source.startswith(mark, self._at):
                if self._open and self._open[-1][0] == mark:
                    self._end(self._open.pop()[3])
                    self._at += len(mark)
                else:
                    self._begin(mark, name, {"type": kind})
                return True
        return False

    def _code(self) -> None:
        found = _CODE.match(self._source, self._at)
        assert found is not None
        kind, name = ("pre", "Pre") if found[1] == "```" else ("code", "Code")
        if found[3] is None:
            raise unparsable(f"Can't find end of {name} entity at byte offset {self._byte(self._at)}")
        entity: dict[str, Any] = {"type": kind, "offset": self._length, "length": 0}
        inside = _ESCAPED.sub(r"\1", found[2])
        first, newline, rest = inside.partition("\n")
        if kind == "pre" and newline:
            inside = rest
            if first:
                entity["language"] = first
        self._add(inside, found.end() - self._at)
        self._end(entity)

    def _link_end(self) -> None:
        if not self._open or self._open[-1][0] != "[":
            raise unparsable("Character ']' is reserved and must be escaped with the preceding '\\'")
        _, _, _, entity = self._open.pop()
        tail = _LINK_TAIL.match(self._source, self._at)
        if tail is None:
            self._at += 1
            return
        entity["url"] = _ESCAPED.sub(r"\1", tail[1])
        self._end(entity)
        self._at = tail.end()

    def _end_quote(self) -> None:
        if self._quote is not None:
            quote, self._quote = self._quote, None
            self._end(quote)

    def _byte(self, at: int) -> int:
        return len(self._source[:at].encode())
