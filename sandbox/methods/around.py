"""The calls around messages: who am I, commands, answers to taps, files."""

from __future__ import annotations

import re

from ..chats import Answer, Json
from ..errors import NotModelledError, bad_request
from ..files import MAX_DOWNLOAD
from ..markup import units
from ..params import Params
from ..world import World
from .content import recipient

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MAX_COMMANDS = 100
_MAX_ANSWER = 200
_ACTIONS = frozenset(
    {
        "choose_sticker",
        "find_location",
        "record_video",
        "record_video_note",
        "record_voice",
        "typing",
        "upload_document",
        "upload_photo",
        "upload_video",
        "upload_video_note",
        "upload_voice",
    }
)


def get_me(world: World, call: Params) -> Json:
    return {
        **world.bot.payload(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def delete_webhook(world: World, call: Params) -> Json:
    if call.boolean("drop_pending_updates"):
        world.updates.drop_all()
    return True


def set_my_commands(world: World, call: Params) -> Json:
    commands = call.json("commands")
    if not isinstance(commands, list) or len(commands) > _MAX_COMMANDS:
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    for command in commands:
        if set(command) != {"command", "description"}:
            raise NotModelledError(f"bot command with {', '.join(sorted(command))}")
        if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= units(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = call.json("scope") or {"type": "default"}
    where = ":".join(str(part) for part in (*scope.values(), call.text("language_code")) if part)
    world.commands[where] = commands
    return True


def send_chat_action(world: World, call: Params) -> Json:
    if call.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    recipient(world, call)
    return True


def answer_callback_query(world: World, call: Params) -> Json:
    text = call.text("text")
    if units(text) > _MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    world.answer(call.text("callback_query_id"), Answer(text, call.boolean("show_alert")))
    return True


def get_file(world: World, call: Params) -> Json:
    stored = world.files.by_id(call.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {**stored.payload(), "file_path": stored.path}
