"""The commands that Telegram shows beside the keyboard, in every language there is."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import BotCommand

from handlers.words import FALLBACK, Words

COMMANDS = ("checkin", "team", "words", "support", "privacy", "settings", "pause", "leave", "help")


async def publish_menu(bot: Bot, words: Words) -> None:
    """Tells Telegram; role-holders find theirs in /help."""
    for language in words.languages:
        say = words.speak(language)
        commands = [BotCommand(command=one, description=say.plain(f"menu.{one}")) for one in COMMANDS]
        await bot.set_my_commands(commands, language_code=None if language == FALLBACK else language)
