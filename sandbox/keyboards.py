"""Inline keyboards: the only reply markup that is modelled."""

from __future__ import annotations

from .chats import Button, Json, Keyboard
from .errors import NotModelledError, bad_request
from .params import Params

MAX_CALLBACK_BYTES = 64
_MAX_BUTTONS = 100
_LINKS = ("http://", "https://", "tg://")


def keyboard(call: Params) -> Keyboard:
    """The buttons of `reply_markup`; an empty tuple when there are none."""
    markup = call.json("reply_markup")
    if not markup:
        return ()
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if set(markup) != {"inline_keyboard"}:
        raise NotModelledError(f"reply_markup with {', '.join(sorted(markup))}")
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array')
    if sum(map(len, rows)) > _MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return tuple(tuple(map(_button, row)) for row in rows if row)


def keyboard_payload(rows: Keyboard) -> Json:
    return {"inline_keyboard": [[button.payload() for button in row] for row in rows]}


def _button(raw: Json) -> Button:
    if not isinstance(raw, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    label = raw.get("text", "")
    if not isinstance(label, str) or not label.strip():
        raise bad_request("can't parse inline keyboard button: Text must be non-empty")
    unknown = set(raw) - {"text", "callback_data", "url"}
    if unknown:
        raise NotModelledError(f"inline keyboard button with {', '.join(sorted(unknown))}")
    if "url" in raw:
        if not str(raw["url"]).startswith(_LINKS):
            raise bad_request(f"inline keyboard button URL '{raw['url']}' is invalid: Wrong HTTP URL")
        return Button(label, url=str(raw["url"]))
    if "callback_data" not in raw:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = str(raw["callback_data"])
    if not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return Button(label, data=data)
