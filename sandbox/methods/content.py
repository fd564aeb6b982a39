"""What all sends and edits share: to whom, and which text with which entities."""

from __future__ import annotations

import re

from ..chats import Chat, Entities, Message
from ..errors import NotModelledError, bad_request, forbidden
from ..markdown import parse_markdown
from ..markup import parse_html, trimmed, units
from ..params import Params
from ..world import World

# core.telegram.org/bots/api#sendmessage and #sendphoto, "after entities parsing"; counted here in UTF-16 units.
MAX_TEXT = 4096
MAX_CAPTION = 1024
# core.telegram.org/bots/api#html-style, "inline mention of a user".
_PERSON = re.compile(r"tg://user\?id=(\d+)")
# A parse mode for quotes comes along with many clients' defaults; without a quote it means nothing.
_REPLY = frozenset({"message_id", "chat_id", "allow_sending_without_reply", "quote_parse_mode"})


def chat_of(world: World, call: Params) -> Chat:
    """The chat that `chat_id` names."""
    raw = call.text("chat_id")
    if not raw:
        raise bad_request("chat_id is empty")
    try:
        chat = world.chats.get(int(raw))
    except ValueError:
        chat = None
    if chat is None:
        raise bad_request("chat not found")
    return chat


def recipient(world: World, call: Params) -> Chat:
    """The chat, if the bot may write into it."""
    chat = chat_of(world, call)
    if chat.is_private:
        if chat.members[0].is_deleted:
            raise forbidden("user is deactivated")
        if chat.is_blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.is_started:
            raise forbidden("bot can't initiate conversation with a user")
    return chat


def text_of(call: Params, name: str, entities_name: str) -> tuple[str, Entities]:
    """The text of a message or caption, its markup turned into entities."""
    source, mode = call.text(name), call.text("parse_mode").lower()
    if mode == "html":
        return trimmed(*parse_html(source))
    if mode == "markdownv2":
        return trimmed(*parse_markdown(source))
    if mode == "markdown":
        raise NotModelledError("parse_mode Markdown (legacy)")
    if mode:
        raise bad_request("unsupported parse_mode")
    return trimmed(source, call.json(entities_name) or [])


def message_text(world: World, call: Params) -> tuple[str, Entities]:
    text, entities = text_of(call, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    return text, _mentions(world, entities)


def _mentions(world: World, entities: Entities) -> Entities:
    """A link to a person becomes a mention where the bot knows them, and plain text where it does not."""
    found = []
    for entity in entities:
        link = _PERSON.fullmatch(entity.get("url", ""))
        chat = world.chats.get(int(link[1])) if link else None
        if link is None:
            found.append(entity)
        elif chat is not None and chat.is_started:
            place = {name: entity[name] for name in ("offset", "length")}
            found.append({"type": "text_mention", **place, "user": chat.members[0].payload()})
    return found


def refuse_long(text: str, limit: int, why: str) -> None:
    if units(text) > limit:
        raise bad_request(why)


def replied(world: World, call: Params, chat: Chat) -> Message | None:
    """The message that `reply_parameters` answers to."""
    reply = call.json("reply_parameters")
    if not reply:
        return None
    unknown = set(reply) - _REPLY
    if unknown:
        raise NotModelledError(f"reply_parameters with {', '.join(sorted(unknown))}")
    if reply.get("chat_id", chat.id) != chat.id:
        raise NotModelledError("reply_parameters with another chat")
    found = chat.messages.get(int(reply["message_id"]))
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return found
