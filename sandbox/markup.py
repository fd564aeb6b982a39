"""HTML as Telegram reads it (core.telegram.org/bots/api#html-style): plain text with entities, or its own error.

Offsets and lengths are in UTF-16 code units, as everywhere in the Bot API; byte offsets in errors are UTF-8.
"""

from __future__ import annotations

import html
import re
from typing import Any

from .errors import RefusedError, bad_request

Entities = list[dict[str, Any]]

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*)?)>")
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


def units(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram measures."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def unparsable(why: str) -> RefusedError:
    return bad_request(f"can't parse entities: {why}")


def trimmed(text: str, entities: Entities) -> tuple[str, Entities]:
    """Without the white space around it, as Telegram shows every message."""
    stripped = text.strip()
    if stripped == text:
        return text, entities
    shift, end = units(text[: len(text) - len(text.lstrip())]), units(stripped)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        length = min(end, entity["offset"] + entity["length"] - shift) - start
        if length > 0:
            moved.append({**entity, "offset": start, "length": length})
    return stripped, moved


def parse_html(source: str) -> tuple[str, Entities]:
    """Plain text and entities of a message with parse_mode HTML; 400 where the tags are broken."""
    if "<" not in source and "&" not in source:
        return source, []
    reader = _HtmlReader(source)
    return reader.read()


class _HtmlReader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._parts: list[str] = []
        self._length = 0
        self._open: list[tuple[str, int, dict[str, Any]]] = []
        self._entities: Entities = []

    def read(self) -> tuple[str, Entities]:
        at = 0
        while (found := self._source.find("<", at)) >= 0:
            self._add(self._source[at:found])
            tag = _TAG.match(self._source, found)
            if tag is None:
                raise self._no_tag(found)
            if tag[1]:
                self._close(tag[2].lower(), found)
            else:
                self._begin(tag[2].lower(), tag[3], found)
            at = tag.end()
        self._add(self._source[at:])
        if self._open:
            raise unparsable(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._parts), self._entities

    def _add(self, raw: str) -> None:
        text = _CHARACTER.sub(lambda found: html.unescape(found[0]), raw) if "&" in raw else raw
        self._parts.append(text)
        self._length += units(text)

    def _begin(self, name: str, attributes: str, at: int) -> None:
        if name not in _TAGS or (name == "span" and "tg-spoiler" not in attributes):
            raise unparsable(f'Unsupported start tag "{name}" at byte offset {self._byte(at)}')
        entity: dict[str, Any] = {"type": _TAGS[name], "offset": self._length, "length": 0}
        if name == "a" and (href := _HREF.search(attributes)):
            entity["url"] = html.unescape(href[1] or href[2] or href[3] or "")
        if name == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        self._open.append((name, at, entity))

    def _close(self, name: str, at: int) -> None:
        if not self._open:
            raise unparsable(f"Unexpected end tag at byte offset {self._byte(at)}")
        expected, _, entity = self._open.pop()
        if expected != name:
            raise unparsable(
                f'Unmatched end tag at byte offset {self._byte(at)}, expected "</{expected}>", found "</{name}>"'
            )
        entity["length"] = self._length - entity["offset"]
        is_link_to_nowhere = entity["type"] == "text_link" and not entity.get("url")
        if entity["length"] and not is_link_to_nowhere:
            self._entities.append(entity)

    def _no_tag(self, at: int) -> RefusedError:
        end = self._source.find(">", at)
        if end < 0:
            return unparsable(f"Unclosed start tag at byte offset {self._byte(at)}")
        name = re.split(r"[\s>]", self._source[at + 1 : end + 1], maxsplit=1)[0]
        return unparsable(f'Unsupported start tag "{name}" at byte offset {self._byte(at)}')

    def _byte(self, at: int) -> int:
        return len(self._source[:at].encode())
