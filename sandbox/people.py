"""People with a Telegram client: they do only what a client lets them do, and see what it shows."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .chats import Account, Answer, Button, Chat, Entities, Message, Tap
from .errors import CannotError, NeverSeenError, NotOnScreenError
from .markup import units
from .transcript import chat_as_text
from .world import World

_START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(?:@\w+)?")
# A client cuts a longer text into several messages (limits.tginfo.me).
_CLIENT_CUTS_AT = 4096
# A 1 x 1 PNG, the smallest picture that Telegram would take.
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0"
    "000003010100c9fe92ef0000000049454e44ae426082"
)


class Person:
    """One person, her account, and her private chat with the bot."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self.account = account
        self.chat = world.new_private_chat(account)
        self.tapped: list[Tap] = []
        self._acted: dict[int, int] = {}

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def first_name(self) -> str:
        return self.account.first_name

    # --- what she does

    async def says(self, text: str, chat: Chat | None = None, reply_to: Message | None = None) -> Message:
        """Type a text; a very long one leaves the client as several messages (the last is returned)."""
        here = self._able(chat)
        pieces = [text[at : at + _CLIENT_CUTS_AT] for at in range(0, len(text), _CLIENT_CUTS_AT)]
        if not text.strip():
            raise CannotError("a client does not send an empty text")
        if not here.is_started and not text.startswith("/start"):
            raise CannotError("the chat only shows the START button: use opens() or says('/start')")
        here.is_started = True
        for piece in pieces:
            sent = self._sends(here, text=piece, entities=_commands(piece), reply_to=reply_to)
        return sent

    async def forwards(self, text: str, by: Account) -> Message:
        """Pass on what somebody else has written elsewhere."""
        origin = {"type": "user", "date": int(self._world.now()), "sender_user": by.payload()}
        return self._sends(self._started(None), text=text, extra={"forward_origin": origin})

    async def opens(self, link: str) -> Message | None:
        """Open t.me/<bot>?start=<code> and press START; a link without code starts a chat that is new."""
        code = _start_code(link, self._world.bot.username or "")
        if self.chat.is_blocked:
            await self.unblocks()
        if self.chat.is_started and not code:
            return None
        self.chat.is_started = True
        text = f"/start {code}" if code else "/start"
        self._able(None)
        return self._sends(self.chat, shown_as="opens the link", text=text, entities=_commands(text))

    async def taps(self, label: str, message: Message | None = None, deadline: float = 5) -> Tap:
        """Tap a button she sees (exact label, else one that contains it) and wait for the bot's answer."""
        tap = await self.taps_without_waiting(label, message)
        await tap.answered(deadline)
        return tap

    async def taps_without_waiting(self, label: str, message: Message | None = None) -> Tap:
        """The same, leaving the button to spin; `tap.answered()` waits for it."""
        on, button = self._find(label, message)
        if button.data is None:
            raise CannotError(f"[{button.label}] opens a link: use opens()")
        return self._taps(on, button.label, button.data)

    async def forges(self, data: str, message: Message) -> Tap:
        """A tampered client: any callback data, on any message of the bot, deleted ones too."""
        return self._taps(message, "a forged button", data)

    async def edits(self, message: Message, text: str) -> Message:
        """Change one of her own messages."""
        if message.sender is not self.account:
            raise CannotError("only her own messages can be edited")
        message.text, message.entities = text, _commands(text)
        message.edited_at = self._world.now()
        message.chat.touch(message)
        self._world.note(message.chat, self.first_name, "edits", message)
        self._world.deliver(message, "edited_message")
        return message

    async def deletes(self, message: Message) -> None:
        """Delete a message on both sides; bots are not told."""
        self._world.remove(message)
        whose = "her own message" if message.sender is self.account else "a message of the bot"
        self._world.note(message.chat, self.first_name, "deletes", None, whose)

    async def sends_photo(self, caption: str = "", data: bytes = _PIXEL, chat: Chat | None = None) -> Message:
        picture = self._world.files.keep("photo", "photo.png", data)
        return self._sends(self._started(chat), picture=picture, caption=caption or None)

    async def sends_document(
        self, name: str = "notes.txt", data: bytes = b"notes", caption: str = "", chat: Chat | None = None
    ) -> Message:
        stored = self._world.files.keep("document", name, data)
        return self._sends(self._started(chat), file=stored, caption=caption or None)

    async def sends_voice(self, seconds: int = 3, chat: Chat | None = None) -> Message:
        stored = self._world.files.keep("voice", "voice.ogg", b"OggS" + bytes(60))
        voice = {**stored.payload(), "duration": seconds, "mime_type": "audio/ogg"}
        return self._sends(self._started(chat), extra={"voice": voice})

    async def sends_sticker(self, emoji: str = "🙂", chat: Chat | None = None) -> Message:
        stored = self._world.files.keep("sticker", "sticker.webp", b"RIFF" + bytes(60))
        size = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._sends(self._started(chat), extra={"sticker": {**stored.payload(), **size, "emoji": emoji}})

    async def blocks(self) -> None:
        """Block the bot: it is told, and may no longer write."""
        if not self.chat.is_blocked:
            self.chat.is_blocked = True
            self._membership("blocks the bot", "member", "kicked")

    async def unblocks(self) -> None:
        if self.chat.is_blocked:
            self.chat.is_blocked = False
            self._membership("unblocks the bot", "kicked", "member")

    async def deletes_account(self) -> None:
        """Leave Telegram; bots are not told."""
        self.account.is_deleted = True
        self._world.note(self.chat, self.first_name, "deletes the account")

    async def joins_group(self, group: Chat) -> Message:
        """Join a group; the bot in it sees the service message."""
        group.members.append(self.account)
        return self._sends(group, shown_as="joins", extra={"new_chat_members": [self.account.payload()]})

    # --- what she sees

    def screen(self, chat: Chat | None = None) -> list[Message]:
        """The messages as they stand now, oldest first: deleted ones gone, edited ones changed."""
        return list((chat or self.chat).messages.values())

    def newest(self, chat: Chat | None = None) -> Message | None:
        """The lowest message of the bot on her screen."""
        return next((message for message in reversed(self.screen(chat)) if message.from_bot), None)

    def sees(self, chat: Chat | None = None) -> str:
        """The text (or caption) of the newest message of the bot; '' when there is none."""
        message = self.newest(chat)
        return message.words if message else ""

    @property
    def toasts(self) -> list[Answer]:
        """Every answer with a text that her taps brought up, oldest first."""
        return [answer for tap in self.tapped for answer in tap.answers if answer.text]

    async def waits_for(self, text: str, deadline: float = 5, chat: Chat | None = None) -> Message:
        """A message of the bot with `text` in it that appeared or changed since she last did something."""
        here = chat or self.chat
        since = self._acted.get(here.id, 0)

        def found() -> Message | None:
            return next(
                (
                    message
                    for message in reversed(here.messages.values())
                    if message.from_bot and message.revision > since and text in message.words
                ),
                None,
            )

        await here.changes.until(lambda: found() is not None, deadline)
        message = found()
        if message is None:
            raise NeverSeenError(f"{text!r} did not appear within {deadline} s; the newest is {self.sees(chat)!r}")
        return message

    def transcript(self, zone: str = "UTC") -> str:
        """Her chat word for word, as readable text, with times in the named time zone."""
        return chat_as_text(self.chat, zone)

    # --- how

    def _able(self, chat: Chat | None) -> Chat:
        here = chat or self.chat
        if self.account.is_deleted:
            raise CannotError("the account is deleted")
        if here.is_blocked:
            raise CannotError("she has blocked the bot: the client shows only UNBLOCK")
        if self.account not in here.members:
            raise CannotError("she is not in that group")
        return here

    def _started(self, chat: Chat | None) -> Chat:
        here = self._able(chat)
        if not here.is_started:
            raise CannotError("the chat only shows the START button: use opens() or says('/start')")
        return here

    def _sends(self, here: Chat, shown_as: str = "says", **content: Any) -> Message:
        message = Message(id=0, chat=here, sender=self.account, sent_at=self._world.now(), **content)
        self._world.add(message)
        self._acted[here.id] = here.revision
        self._world.note(here, self.first_name, shown_as, message)
        self._world.deliver(message)
        return message

    def _taps(self, message: Message, label: str, data: str) -> Tap:
        self._able(message.chat)
        self._acted[message.chat.id] = message.chat.revision
        self._world.note(message.chat, self.first_name, "taps", None, label)
        tap = self._world.tap(self.account, message, label, data)
        self.tapped.append(tap)
        return tap

    def _find(self, label: str, message: Message | None) -> tuple[Message, Button]:
        if message is not None and message.chat.messages.get(message.id) is not message:
            raise NotOnScreenError("that message is no longer on her screen")
        for candidate in [message] if message else reversed(self.screen()):
            buttons = [button for row in candidate.keyboard for button in row]
            matching = [each for each in buttons if each.label == label] or [
                each for each in buttons if label in each.label
            ]
            if len(matching) > 1:
                raise NotOnScreenError(f"[{label}] could be any of {[each.label for each in matching]}")
            if matching:
                return candidate, matching[0]
        shown = message.buttons if message else next((m.buttons for m in reversed(self.screen()) if m.keyboard), [])
        raise NotOnScreenError(f"no button [{label}] on her screen; the newest buttons are {shown}")

    def _membership(self, what: str, was: str, becomes: str) -> None:
        self._world.note(self.chat, self.first_name, what)
        self._world.bot_membership(self.chat, self.account, was, becomes)


def _commands(text: str) -> Entities:
    found = _COMMAND.match(text)
    return [{"type": "bot_command", "offset": 0, "length": units(found[0])}] if found else []


def _start_code(link: str, username: str) -> str:
    """The code in a deep link to this bot; '' when there is none."""
    parts = urlsplit(link if "://" in link else f"https://{link}")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    is_app_link = parts.scheme == "tg" and parts.netloc == "resolve"
    named = query.get("domain", "") if is_app_link else parts.path.strip("/")
    if (not is_app_link and parts.netloc not in {"t.me", "telegram.me"}) or named.lower() != username.lower():
        raise CannotError("that link does not lead to this bot")
    code = query.get("start", "")
    if code and not _START_PAYLOAD.fullmatch(code):
        raise CannotError("a start code is 1-64 characters of A-Z a-z 0-9 _ -")
    return code
