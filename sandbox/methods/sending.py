"""sendMessage, sendPhoto, sendDocument."""

from __future__ import annotations

from ..chats import Chat, Json, Message
from ..errors import NotModelledError, RefusedError, bad_request
from ..files import MAX_UPLOAD, StoredFile
from ..keyboards import keyboard
from ..params import Params
from ..payloads import message_payload
from ..world import World
from .content import MAX_CAPTION, MAX_TEXT, message_text, recipient, refuse_long, replied, text_of


def send_message(world: World, call: Params) -> Json:
    text, entities = message_text(world, call)
    message = _draft(world, call, recipient(world, call))
    refuse_long(text, MAX_TEXT, "message is too long")
    message.text, message.entities = text, entities
    return _sent(world, message)


def send_photo(world: World, call: Params) -> Json:
    message = _captioned(world, call)
    message.picture = _file(world, call, "photo")
    return _sent(world, message)


def send_document(world: World, call: Params) -> Json:
    message = _captioned(world, call)
    message.file = _file(world, call, "document")
    return _sent(world, message)


def _draft(world: World, call: Params, chat: Chat) -> Message:
    return Message(
        id=0,
        chat=chat,
        sender=world.bot,
        sent_at=world.now(),
        keyboard=keyboard(call),
        reply_to=replied(world, call, chat),
        is_silent=call.boolean("disable_notification"),
        is_protected=call.boolean("protect_content"),
    )


def _captioned(world: World, call: Params) -> Message:
    caption, entities = text_of(call, "caption", "caption_entities")
    message = _draft(world, call, recipient(world, call))
    refuse_long(caption, MAX_CAPTION, "message caption is too long")
    message.caption, message.entities = caption or None, entities
    return message


def _sent(world: World, message: Message) -> Json:
    world.spend_one_send(message.chat)
    world.add(message)
    world.note(message.chat, world.bot.first_name, "says", message)
    return message_payload(message)


def _file(world: World, call: Params, kind: str) -> StoredFile:
    upload = call.upload(kind)
    if upload is not None:
        if len(upload.data) > MAX_UPLOAD:
            raise RefusedError(413, "Request Entity Too Large")
        return world.files.keep(kind, upload.name, upload.data)
    value = call.text(kind)
    if not value:
        raise bad_request(f"there is no {kind} in the request")
    if "://" in value:
        raise NotModelledError(f"{kind} by URL")
    stored = world.files.by_id(value)
    if stored is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.capitalize()} as {kind.capitalize()}")
    return stored
