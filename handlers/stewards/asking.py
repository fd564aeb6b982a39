"""What the other stewards are asked: one steward's wish, with buttons to confirm or refuse it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.callbacks import ConfirmTap
from handlers.figures import clip
from handlers.house import House
from handlers.saying import quoted
from handlers.speech import button, keyboard, telegram_id
from handlers.words import Html, Speaker
from insights.chain import read
from insights.unit_changes import HEADCOUNT, Change
from insights.unit_changes import read as read_changes
from storage.invites import Pending
from storage.outbox import Letter
from storage.people import Role, RoleHolder, role_holder, roles_of
from storage.shared_comments import shared_comment
from storage.units import all_units
from storage.wishes import Wish, named_in, pending_by_number, wished_comment, wished_invite

MOST_NAMES = 30


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish in the facts that a second steward decides on. `names` are those of units; `comment` is the text of a
    shared comment, None where it is not there (any more)."""

    id: str
    what: str
    unit: str
    names: Mapping[str, str]
    joined: Mapping[str, int]
    role: str = ""
    display_name: str = ""
    changes: tuple[Change, ...] = ()
    comment: str | None = field(default=None, repr=False)


async def steward_of(db: AsyncSession, house: House, event: Message | CallbackQuery) -> RoleHolder | None:
    """The steward who is talking to us, if it is one."""
    roles = await roles_of(db, house.ids.lookup(telegram_id(event)))
    return next((one for one in roles if one.role == Role.STEWARD), None)


async def facts(db: AsyncSession, wish: Pending) -> Wished:
    """What a wish is about, as it stands now."""
    names = {one.id: one.name for one in await all_units(db)}
    invite, comment = await wished_invite(db, wish), wished_comment(wish)
    card = await shared_comment(db, comment) if comment else None
    return Wished(
        id=wish.id,
        what=wish.what,
        unit=names.get(wish.unit_id, wish.unit_id),
        names=names,
        joined=named_in(wish),
        role=(invite.role or "") if invite else "",
        display_name=(invite.display_name or "") if invite else "",
        changes=read_changes(read(wish.detail).get("changes", ())),
        comment=card.text if card else None,
    )


def question(say: Speaker, wished: Wished, name: str) -> Html:
    """What is asked of a second steward, in the words of one wish; `name` is the first one's."""
    if wished.what == Wish.INVITE:
        role = say.plain(f"role.{wished.role}")
        return say("wish.invite", name=name, role=role, unit=wished.unit, who=wished.display_name)
    if wished.what == Wish.UNITS:
        return say("wish.units", name=name, lines=lines_of(say, wished.changes, wished.names))
    if wished.what == Wish.COMMENT:
        words = say("takedown.gone") if wished.comment is None else quoted(wished.comment, say)
        return say("wish.comment", name=name, unit=wished.unit, words=words)
    counted = [f"{wished.names.get(unit, unit)} ({joined})" for unit, joined in sorted(wished.joined.items())]
    return say("units.second", name=name, units=listed(say, counted))


def lines_of(say: Speaker, changes: Sequence[Change], names: Mapping[str, str]) -> Html:
    """Changes of units, a line each, and how many more."""
    lines = [_line(say, one, names) for one in changes[:MOST_NAMES]]
    if len(changes) > MOST_NAMES:
        lines.append(say.count("wish.more_changes", len(changes) - MOST_NAMES))
    return Html("\n".join(lines))


def _line(say: Speaker, change: Change, names: Mapping[str, str]) -> Html:
    unit = names.get(change.unit, change.unit)
    if change.what == HEADCOUNT:
        return say("wish.headcount", unit=unit, before=change.before, after=change.after)
    before, after = (names.get(str(one), str(one)) for one in (change.before, change.after))
    return say("wish.place", unit=unit, before=before, after=after)


def listed(say: Speaker, names: Sequence[str]) -> str:
    """Names in a line, and how many more."""
    shown, more = ", ".join(names[:MOST_NAMES]), len(names) - MOST_NAMES
    return say.plain("units.and_more", names=shown, count=more) if more > 0 else shown


def _buttons(say: Speaker, wished: Wished) -> InlineKeyboardMarkup:
    is_launch = wished.what == Wish.LAUNCH
    yes = say.plain("units.confirm" if is_launch else "wish.confirm")
    no = say.plain("units.refuse" if is_launch else "wish.refuse")
    return keyboard(
        [button(yes, ConfirmTap(wish=wished.id, yes=True))], [button(no, ConfirmTap(wish=wished.id, yes=False))]
    )


async def ask(bot: Bot, house: House, steward: RoleHolder, others: Sequence[RoleHolder], wished: Wished) -> None:
    """Asks every other steward now: the first one is in the chat and waits."""
    for other in others:
        say = house.words.speak(other.language)
        text = clip(question(say, wished, steward.display_name))
        with suppress(TelegramAPIError):
            await bot.send_message(house.ids.unseal(other.sealed), text, reply_markup=_buttons(say, wished))


async def send_wish(bot: Bot, house: House, chat: int, letter: Letter, quietly: bool) -> None:
    """A wish from the command line. Who is named in it is told, too, and can only refuse it."""
    async with house.begin() as db:
        wish = await pending_by_number(db, letter.round, house.clock.now())
        first = await role_holder(db, wish.by_id) if wish else None
        wished = await facts(db, wish) if wish else None
    if wished is None or first is None:
        return
    say = house.words.speak(letter.language)
    asked = question(say, wished, first.display_name)
    if first.lookup == house.ids.lookup(chat):
        text, no = clip(say("wish.in_your_name", asked=asked)), ConfirmTap(wish=wished.id, yes=False)
        markup = keyboard([button(say.plain("wish.not_me"), no)])
        await bot.send_message(chat, text, reply_markup=markup, disable_notification=quietly)
        return
    text = clip(say("wish.from_the_line", asked=asked, name=first.display_name))
    await bot.send_message(chat, text, reply_markup=_buttons(say, wished), disable_notification=quietly)
