"""Messages, taps and membership changes as the JSON objects of the Bot API."""

from __future__ import annotations

from .chats import Account, Chat, Json, Message, Tap
from .files import StoredFile
from .keyboards import keyboard_payload

# Age at which Telegram stops showing a bot the content of the message under a tapped button, and at which a
# message can no longer be deleted (core.telegram.org/bots/api#deletemessage).
MESSAGE_IS_OLD = 48 * 3600


def message_payload(message: Message, *, with_reply: bool = True) -> dict[str, Json]:
    """The Message object."""
    payload: dict[str, Json] = {
        "message_id": message.id,
        "from": message.sender.payload(),
        "chat": message.chat.payload(),
        "date": int(message.sent_at),
    }
    if message.edited_at is not None:
        payload["edit_date"] = int(message.edited_at)
    if with_reply and message.reply_to is not None and message.reply_to.id in message.chat.messages:
        payload["reply_to_message"] = message_payload(message.reply_to, with_reply=False)
    if message.text is not None:
        payload["text"] = message.text
    if message.caption:
        payload["caption"] = message.caption
    if message.entities:
        payload["entities" if message.text is not None else "caption_entities"] = message.entities
    if message.picture is not None:
        payload["photo"] = [_picture(message.picture)]
    if message.file is not None:
        payload["document"] = _document(message.file)
    if message.keyboard:
        payload["reply_markup"] = keyboard_payload(message.keyboard)
    if message.is_protected:
        payload["has_protected_content"] = True
    return payload | message.extra


def tap_payload(tap: Tap, now: float) -> dict[str, Json]:
    """The CallbackQuery object; its message is inaccessible (date 0) once it is 48 hours old."""
    message = tap.message
    is_old = now - message.sent_at > MESSAGE_IS_OLD
    shown = (
        {"chat": message.chat.payload(), "message_id": message.id, "date": 0} if is_old else message_payload(message)
    )
    return {
        "id": tap.id,
        "from": tap.by.payload(),
        "message": shown,
        "chat_instance": str(message.chat.id * 7919),
        "data": tap.data,
    }


def membership_payload(chat: Chat, by: Account, bot: Account, was: str, becomes: str, now: float) -> dict[str, Json]:
    """The ChatMemberUpdated object about the bot itself."""
    return {
        "chat": chat.payload(),
        "from": by.payload(),
        "date": int(now),
        "old_chat_member": _member(bot, was),
        "new_chat_member": _member(bot, becomes),
    }


def _member(bot: Account, status: str) -> dict[str, Json]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": bot.payload(), "status": status, **until}


def _picture(stored: StoredFile) -> dict[str, Json]:
    return {**stored.payload(), "width": stored.width, "height": stored.height}


def _document(stored: StoredFile) -> dict[str, Json]:
    return {**stored.payload(), "file_name": stored.name, "mime_type": stored.mime_type}
