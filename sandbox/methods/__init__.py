"""The Bot API methods that are modelled, on one screen, each with every parameter it knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..chats import Json
from ..params import Params
from ..world import World
from .around import answer_callback_query, delete_webhook, get_file, get_me, send_chat_action, set_my_commands
from .deleting import delete_message, delete_messages
from .editing import edit_message_reply_markup, edit_message_text
from .sending import send_document, send_message, send_photo

_SENT = "chat_id parse_mode disable_notification protect_content reply_parameters reply_markup"


@dataclass(slots=True, frozen=True)
class Method:
    """A Bot API method: what it does and which parameters are modelled."""

    name: str
    does: Callable[[World, Params], Json]
    known: frozenset[str]
    is_send: bool


def _method(name: str, does: Callable[[World, Params], Json], known: str, *, is_send: bool = False) -> Method:
    return Method(name, does, frozenset(known.split()), is_send)


METHODS = {
    method.name.lower(): method
    for method in (
        _method("getMe", get_me, ""),
        _method("deleteWebhook", delete_webhook, "drop_pending_updates"),
        _method("setMyCommands", set_my_commands, "commands scope language_code"),
        _method("sendMessage", send_message, f"{_SENT} text entities link_preview_options", is_send=True),
        _method("sendPhoto", send_photo, f"{_SENT} photo caption caption_entities", is_send=True),
        _method(
            "sendDocument",
            send_document,
            f"{_SENT} document caption caption_entities disable_content_type_detection",
            is_send=True,
        ),
        _method("sendChatAction", send_chat_action, "chat_id action"),
        _method(
            "editMessageText",
            edit_message_text,
            "chat_id message_id text parse_mode entities link_preview_options reply_markup",
        ),
        _method("editMessageReplyMarkup", edit_message_reply_markup, "chat_id message_id reply_markup"),
        _method("deleteMessage", delete_message, "chat_id message_id"),
        _method("deleteMessages", delete_messages, "chat_id message_ids"),
        _method("answerCallbackQuery", answer_callback_query, "callback_query_id text show_alert cache_time"),
        _method("getFile", get_file, "file_id"),
    )
}
POLL_PARAMETERS = frozenset(["offset", "limit", "timeout", "allowed_updates"])
