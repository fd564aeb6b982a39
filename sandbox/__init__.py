"""A Telegram Bot API on localhost with people in it, for tests, the demo and benchmarks.

It speaks HTTP, imports nothing of the bot it serves, and fails loudly at what it does not model.
"""

from .calls import Call, Calls
from .chats import Account, Answer, Button, Chat, Message, Tap
from .errors import (
    CannotError,
    NeverAnsweredError,
    NeverSeenError,
    NotModelledError,
    NotOnScreenError,
    NotSettledError,
)
from .flood import Limits
from .people import Person
from .town import Sandbox

__all__ = [
    "Account",
    "Answer",
    "Button",
    "Call",
    "Calls",
    "CannotError",
    "Chat",
    "Limits",
    "Message",
    "NeverAnsweredError",
    "NeverSeenError",
    "NotModelledError",
    "NotOnScreenError",
    "NotSettledError",
    "Person",
    "Sandbox",
    "Tap",
]
