"""Asks the Bot API who the bot is, without loading the whole bot; a refused token and no network are told apart."""

from __future__ import annotations

import json
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from bot.settings import Settings, SettingsError

SECONDS: Final = 5
_REFUSED: Final = (401, 404)
"""Telegram's codes for a token that is no longer good and for one that never was."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the Bot API says of the bot, and what time it has there: None where it does not say."""

    name: str
    now: datetime | None


def who_am_i(settings: Settings) -> Identity:
    """The bot's username. Raises `SettingsError` with a line that says whether the token or the way is wrong."""
    opener = build_opener(ProxyHandler({}))  # the bot itself goes through no proxy either
    try:
        with opener.open(f"{settings.api_url}/bot{settings.token}/getMe", timeout=SECONDS) as answer:
            return Identity(_name(answer.read()), _now(answer.headers.get("Date")))
    except HTTPError as error:
        with error:
            raise SettingsError(_refusal(error)) from None
    except (URLError, OSError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise SettingsError(f"SHIFTPULSE_API_URL does not answer: {_silence(reason)}.") from None
    except (HTTPException, ValueError, KeyError, TypeError):
        raise SettingsError(_no_bot_api()) from None


def _name(body: bytes) -> str:
    return str(json.loads(body)["result"]["username"])


def _now(date: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(date) if date else None
    except ValueError:
        return None


def _refusal(error: HTTPError) -> str:
    if error.code in _REFUSED and _is_telegram(error):
        return "SHIFTPULSE_BOT_TOKEN is refused by Telegram: copy it from @BotFather again, into .env."
    if error.code >= 500:
        return f"SHIFTPULSE_API_URL answers with {error.code}, which is not ours to mend: try again in some minutes."
    return _no_bot_api()


def _is_telegram(error: HTTPError) -> bool:
    try:
        return "ok" in json.load(error)
    except (HTTPException, OSError, ValueError, TypeError):
        return False


def _no_bot_api() -> str:
    return "SHIFTPULSE_API_URL answers, but not as the Bot API does: is the address right, or a firewall between?"


def _silence(reason: Any) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return "its certificate is not accepted; is this machine's clock right"
    if isinstance(reason, socket.gaierror):
        return "its host is not found; is there a network, and DNS"
    if isinstance(reason, TimeoutError):
        return f"nothing came within {SECONDS} seconds; is there a firewall between"
    if isinstance(reason, ConnectionRefusedError):
        return "the connection is refused; is the address right"
    return "there is no connection; is there a network"
