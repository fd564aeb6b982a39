"""editMessageText and editMessageReplyMarkup: the bot's own messages, at any age."""

from __future__ import annotations

from ..chats import Json, Message
from ..errors import NOT_MODIFIED, RefusedError, bad_request
from ..keyboards import keyboard
from ..params import Params
from ..payloads import message_payload
from ..world import World
from .content import MAX_TEXT, chat_of, message_text, refuse_long


def edit_message_text(world: World, call: Params) -> Json:
    text, entities = message_text(world, call)
    message = _own(world, call)
    if message.text is None:
        raise bad_request("there is no text in the message to edit")
    buttons = keyboard(call)
    refuse_long(text, MAX_TEXT, "message is too long")
    if (text, entities, buttons) == (message.text, message.entities, message.keyboard):
        raise RefusedError(400, NOT_MODIFIED)
    message.text, message.entities, message.keyboard = text, entities, buttons
    return _edited(world, message)


def edit_message_reply_markup(world: World, call: Params) -> Json:
    message = _own(world, call)
    buttons = keyboard(call)
    if buttons == message.keyboard:
        raise RefusedError(400, NOT_MODIFIED)
    message.keyboard = buttons
    return _edited(world, message)


def _own(world: World, call: Params) -> Message:
    chat = chat_of(world, call)
    message = world.message(chat, call.integer("message_id"), "message to edit not found")
    if message.sender is not world.bot:
        raise bad_request("message can't be edited")
    return message


def _edited(world: World, message: Message) -> Json:
    message.edited_at = world.now()
    message.chat.touch(message)
    world.note(message.chat, world.bot.first_name, "edits", message)
    return message_payload(message)
