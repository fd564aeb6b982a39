"""deleteMessage and deleteMessages, with the 48 hours after which Telegram refuses."""

from __future__ import annotations

from ..chats import Chat, Json, Message
from ..errors import bad_request
from ..params import Params
from ..payloads import MESSAGE_IS_OLD
from ..world import World
from .content import chat_of

_MAX_AT_ONCE = 100


def delete_message(world: World, call: Params) -> Json:
    chat = chat_of(world, call)
    message = world.message(chat, call.integer("message_id"), "message to delete not found")
    _refuse_undeletable(world, message)
    _delete(world, chat, message)
    return True


def delete_messages(world: World, call: Params) -> Json:
    """Those that are not found are skipped; one that may not be deleted refuses all."""
    chat = chat_of(world, call)
    ids = call.json("message_ids")
    if ids is None:
        raise bad_request("message identifiers are not specified")
    if not isinstance(ids, list):
        raise bad_request("expected an Array of message identifiers")
    if len(ids) > _MAX_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    found = [chat.messages[int(each)] for each in dict.fromkeys(ids) if int(each) in chat.messages]
    for message in found:
        _refuse_undeletable(world, message)
    for message in found:
        _delete(world, chat, message)
    return True


def _refuse_undeletable(world: World, message: Message) -> None:
    if message.sender is not world.bot and not message.chat.is_private:
        raise bad_request("message can't be deleted")
    if world.now() - message.sent_at > MESSAGE_IS_OLD:
        raise bad_request("message can't be deleted for everyone")


def _delete(world: World, chat: Chat, message: Message) -> None:
    world.remove(message)
    mine = "its own message" if message.sender is world.bot else f"the message of {message.sender.first_name}"
    world.note(chat, world.bot.first_name, "deletes", None, mine)
