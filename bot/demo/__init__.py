"""`make demo`: a small hospital, twenty simulated weeks, the real bot over real HTTP, no Telegram account."""

from bot.demo.performance import perform

__all__ = ["perform"]
