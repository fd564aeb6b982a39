"""One pause for everything: a 429 met by any call, also by the answer to a tap, silences all of them."""

from __future__ import annotations

from typing import TypeVar

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import GetUpdates, Response
from aiogram.methods.base import TelegramMethod

from bot.pacing import Pacing

T = TypeVar("T")


class FloodGuard(BaseRequestMiddleware):
    """Holds calls back while the server has asked for a pause, and passes its request on to the pacing."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing

    async def __call__(
        self, make_request: NextRequestMiddlewareType[T], bot: Bot, method: TelegramMethod[T]
    ) -> Response[T]:
        """Polling goes on: what people tap meanwhile must not grow old in Telegram's queue."""
        if not isinstance(method, GetUpdates):
            await self._pacing.silence()
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as error:
            self._pacing.pause(error.retry_after)
            raise
