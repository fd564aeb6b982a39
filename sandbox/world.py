"""Everything there is: the bot's account, chats, messages, taps, files and the queue of updates."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from .changes import Changes
from .chats import Account, Answer, Chat, Entry, Message, Tap
from .errors import QUERY_TOO_OLD, RefusedError, bad_request, too_many_requests
from .files import Files
from .flood import FloodWindows, Limits
from .payloads import membership_payload, message_payload, tap_payload
from .updates import Updates

# How long a bot may take to answer a tap before Telegram says "query is too old". Telegram gives no figure;
# bots see the refusal after roughly a minute.
ANSWER_WITHIN = 60
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class World:
    """The state that calls of the bot and acts of the people change."""

    def __init__(
        self, *, seed: int, now: Callable[[], float], name: str, username: str, limits: Limits | None
    ) -> None:
        self.dice = random.Random(seed)
        self.now = now
        bot_id = self.dice.randrange(6_000_000_000, 8_000_000_000)
        self.bot = Account(bot_id, name, is_bot=True, username=username)
        self.token = f"{bot_id}:" + "".join(self.dice.choices(_LETTERS, k=35))
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.files = Files(self.dice)
        self.flood = FloodWindows(now, limits)
        self.settling = Changes()
        self.updates = Updates(now, self.dice.randrange(100_000_000, 900_000_000), self.settling.ring)
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.unmodelled: list[str] = []
        self._next_message_id = 1
        self._next_tap_id = self.dice.randrange(10**17, 10**18)

    def new_account(self, first_name: str, **details: Any) -> Account:
        """A person's account: ids as Telegram gives them today, old short ones and new ones above 2**32."""
        is_new = self.dice.random() < 0.6
        low, high = (5_000_000_000, 8_500_000_000) if is_new else (90_000_000, 2_100_000_000)
        account_id = self.dice.randrange(low, high)
        while account_id in self.chats or account_id == self.bot.id:
            account_id = self.dice.randrange(low, high)
        return Account(account_id, first_name, **details)

    def new_private_chat(self, account: Account) -> Chat:
        chat = self.chats[account.id] = Chat(account.id, "private", account.first_name, [account])
        return chat

    def new_group(self, title: str, members: list[Account], *, bot_sees_all: bool) -> Chat:
        chat_id = -1_000_000_000_000 - self.dice.randrange(1_500_000_000, 2_900_000_000)
        chat = Chat(chat_id, "supergroup", title, members, bot_sees_all=bot_sees_all, is_started=True)
        self.chats[chat_id] = chat
        return chat

    def add(self, message: Message) -> Message:
        """Put a new message into its chat and give it its number."""
        message.id = self._next_message_id
        self._next_message_id += 1
        message.chat.messages[message.id] = message
        message.chat.touch(message)
        return message

    def remove(self, message: Message) -> None:
        del message.chat.messages[message.id]
        message.chat.touch(message)

    def note(self, chat: Chat, who: str, what: str, about: Message | None = None, body: str = "") -> None:
        """Write a line into the chat's history, with the message as it is now."""
        buttons = tuple(tuple(button.label for button in row) for row in about.keyboard) if about else ()
        number = about.id if about else 0
        words = shown(about) if about else body
        chat.history.append(Entry(self.now(), who, what, words, buttons, number))
        chat.changes.ring()

    def spend_one_send(self, chat: Chat) -> None:
        """Count a message against the flood windows; 429 when it is one too many."""
        wait = self.flood.retry_after(chat.id, chat.is_private)
        if wait:
            raise too_many_requests(wait)

    def message(self, chat: Chat, message_id: int, missing: str) -> Message:
        found = chat.messages.get(message_id)
        if found is None:
            raise bad_request(missing)
        return found

    def deliver(self, message: Message, kind: str = "message") -> None:
        """Queue a person's message (or edit of it) for the bot, if the bot gets to see it."""
        if message.chat.is_private or self._is_for_bot(message):
            self.updates.put(kind, message_payload(message))

    def tap(self, by: Account, message: Message, label: str, data: str) -> Tap:
        """A callback query on its way to the bot."""
        self._next_tap_id += 1
        tap = Tap(str(self._next_tap_id), by, message, label, data, self.now())
        self.taps[tap.id] = tap
        self.updates.put("callback_query", tap_payload(tap, tap.at))
        return tap

    def answer(self, tap_id: str, answer: Answer) -> None:
        """The bot answers a tap: 400 when Telegram no longer waits for that."""
        tap = self.taps.get(tap_id)
        if tap is None or self.now() - tap.at > ANSWER_WITHIN:
            raise RefusedError(400, QUERY_TOO_OLD)
        tap.answers.append(answer)
        if answer.text:
            self.note(
                tap.message.chat, self.bot.first_name, "alerts" if answer.is_alert else "notes", None, answer.text
            )
        tap.changes.ring()

    def bot_membership(self, chat: Chat, by: Account, was: str, becomes: str) -> None:
        self.updates.put("my_chat_member", membership_payload(chat, by, self.bot, was, becomes, self.now()))

    def _is_for_bot(self, message: Message) -> bool:
        """Privacy mode: in a group a bot sees commands, mentions, replies to it and service messages."""
        if message.chat.bot_sees_all or message.extra.get("new_chat_members"):
            return True
        words = message.words
        replied = message.reply_to is not None and message.reply_to.sender is self.bot
        return words.startswith("/") or f"@{self.bot.username}".lower() in words.lower() or replied


def shown(message: Message) -> str:
    """The message in words: its text, or what kind of thing it is."""
    if message.picture is not None:
        return f"[picture: {message.caption}]" if message.caption else "[picture]"
    if message.file is not None:
        name = f"[file: {message.file.name}]"
        return f"{name}\n{message.caption}" if message.caption else name
    return message.text if message.text is not None else f"[{', '.join(message.extra)}]"
