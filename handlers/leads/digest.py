"""The weekly digest: where it burns, how sure we are, what can be done, and who is silent. For one subtree each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, Message

from handlers.figures import advice, answered, clip, coverage, driver, evidence, name, name_of, strain
from handlers.house import House
from handlers.pictures import digest_picture
from handlers.speech import language_of, telegram_id
from handlers.words import Html, Speaker
from insights.cells import Ledger, Page, Released, Stat, UnitKey
from insights.digest import Digest, compose
from insights.hotspot_kinds import Course, Flag, FlagKind, OpenFlag
from insights.hotspots import detect
from insights.pack import Pack
from insights.policy import K_FLOOR
from storage import audit
from storage.audit import Deed, as_role
from storage.organisation import organisation
from storage.outbox import Letter
from storage.people import Role, RoleHolder, role_holder, roles_of

PICTURE_NAME = "digest.png"


def router() -> Router:
    """`/hotspots`, and `/digest` to see the last one again."""
    routes = Router(name="leads")
    routes.message.register(hotspots, Command("hotspots"))
    routes.message.register(again, Command("digest"))
    return routes


async def send_digest(bot: Bot, house: House, chat: int, letter: Letter, quietly: bool, sent: set[str]) -> None:
    """The digest of the letter's round to one role-holder: their own units and nobody else's.

    `sent` remembers what has arrived: a letter that is tried again does not repeat its picture.
    """
    async with house.begin() as db:
        holder = await role_holder(db, letter.holder_id) if letter.holder_id else None
        pages = tuple(page for page in await house.ledger.pages(db) if page.round <= letter.round)
        plan = await organisation(db)
    if holder is None or not pages or pages[-1].round != letter.round:
        return
    if pages[-1].line(UnitKey(holder.unit_id)) is not None:
        await _post(bot, house, chat, holder, pages, plan.k if plan else K_FLOOR, sent, quietly)


async def _post(
    bot: Bot,
    house: House,
    chat: int,
    holder: RoleHolder,
    pages: Ledger,
    k: int,
    sent: set[str],
    quietly: bool = False,
) -> None:
    say = house.words.speak(holder.language)
    under = UnitKey(holder.unit_id)
    reading = detect(pages)
    digest = compose(pages, under, reading)
    if PICTURE_NAME not in sent:
        title = say.plain("digest.title", unit=name(digest.line, say))
        picture = await digest_picture(pages, under, reading, say, title)
        await bot.send_photo(
            chat,
            BufferedInputFile(picture, PICTURE_NAME),
            caption=say("digest.caption", unit=name(digest.line, say), day=say.day(digest.opened_on)),
            disable_notification=quietly,
        )
        sent.add(PICTURE_NAME)
    await bot.send_message(chat, digest_text(digest, pages, house.pack, say, k), disable_notification=quietly)


def digest_text(digest: Digest, pages: Ledger, pack: Pack, say: Speaker, k: int) -> str:
    """The whole digest in words."""
    page = pages[-1]
    opening = [
        say("digest.headline", unit=name(digest.line, say), day=say.day(digest.opened_on), round=digest.round),
        strain(digest.strain, say),
        _change(digest, say),
        coverage(digest.line, say),
        answered(digest.answered, digest.line, say, k),
    ]
    sections = [Html("\n".join(part for part in opening if part))]
    if digest.learning:
        sections.append(say.count("digest.learning", digest.learning))
    if digest.shared:
        sections.append(say("digest.shared", evidence=evidence(digest.shared, page, say)))
    sections += [_hotspot(flag, digest, page, pack, say) for flag in digest.hotspots]
    if not digest.learning and not digest.hotspots:
        sections.append(_no_hotspots(digest, say))
    if digest.still_open:
        lines = [_open_flag(one, digest, pages, pack, say) for one in digest.still_open]
        sections.append(say("digest.still_open", lines=Html("\n".join(lines))))
    sections += _lists(digest, page, say)
    sections.append(say("digest.closing", k=k))
    return clip("\n\n".join(sections))


def _change(digest: Digest, say: Speaker) -> Html:
    change = digest.change
    if change is None:
        return say("digest.no_change") if digest.round > 1 else Html("")
    key = "digest.worse" if change.points > 0 else "digest.better_by"
    return say(key, points=int(abs(change.points) + 0.5))


def _hotspot(flag: Flag, digest: Digest, page: Page, pack: Pack, say: Speaker) -> Html:
    found = digest.drivers.get(flag.unit)
    parts = [
        say(f"digest.{flag.tier.name.lower()}", unit=name_of(page, flag.unit, say)),
        evidence(flag, page, say),
        driver(found, pack, say),
        advice(found, pack, say),
    ]
    return Html("\n".join(part for part in parts if part))


def _no_hotspots(digest: Digest, say: Speaker) -> Html:
    """Nothing new; where something is open still, nobody should read that all is calm."""
    return say("digest.none_new" if digest.still_open else "digest.no_hotspots")


def _lists(digest: Digest, page: Page, say: Speaker) -> list[Html]:
    sections = []
    groups = (("digest.more", digest.watch), ("digest.silent", digest.silent), ("digest.improved", digest.better))
    for key, flags in groups:
        if flags:
            lines = [
                say("digest.item", unit=name_of(page, one.unit, say), evidence=evidence(one, page, say))
                for one in flags
            ]
            sections.append(say(key, lines=Html("\n".join(lines))))
    if digest.cannot_judge:
        units = ", ".join(name_of(page, unit, say) for unit in digest.cannot_judge)
        sections.append(say("digest.cannot_judge", units=units))
    return sections


def _open_flag(one: OpenFlag, digest: Digest, pages: Ledger, pack: Pack, say: Speaker) -> Html:
    """An open flag in a line: since when, how it stands, and what weighs most now."""
    page, flag = pages[-1], one.flag
    state = say(
        f"digest.{one.state.name.lower()}",
        unit=name_of(page, flag.unit, say),
        kind=say.plain(f"kind.{flag.kind.name.lower()}"),
        day=say.short_day(_opened(pages, flag.since)),
    )
    now = page.cell(flag.unit, Stat.STRAIN)
    parts = [state]
    if flag.kind is FlagKind.RISE and one.state is not Course.OVER and isinstance(now, Released):
        parts += [strain(now, say), driver(digest.drivers.get(flag.unit), pack, say) or Html("")]
    return Html(". ".join(part for part in parts if part))


def _opened(pages: Ledger, number: int) -> date:
    return next((page.opened_on for page in pages if page.round == number), pages[-1].opened_on)


def _explained(one: OpenFlag, digest: Digest, pages: Ledger, pack: Pack, say: Speaker) -> Html:
    """An open flag with the evidence on which it was raised, and what weighs most now."""
    page = pages[-1]
    raised, state = _opened(pages, one.flag.round), say.plain(f"state.{one.state.name.lower()}")
    found = None if one.state is Course.OVER else digest.drivers.get(one.flag.unit)
    parts = [
        say("hotspots.raised", unit=name_of(page, one.flag.unit, say), day=say.day(raised), state=state),
        evidence(one.flag, page, say),
        driver(found, pack, say),
        advice(found, pack, say),
    ]
    return Html("\n".join(part for part in parts if part))


async def _mine(message: Message, house: House, deed: Deed) -> tuple[Speaker, Sequence[RoleHolder], Ledger, int]:
    """What somebody looks after, and what was published; that they look is noted together with it."""
    async with house.begin() as db:
        roles = await roles_of(db, house.ids.lookup(telegram_id(message)))
        pages = await house.ledger.pages(db)
        plan = await organisation(db)
        looking = [one for one in roles if one.role in (Role.LEAD, Role.HR)]
        for one in looking if pages else ():
            actor = as_role(one.role, one.display_name)
            await audit.note(db, house.clock.now(), actor, deed, unit=one.unit_id, round=pages[-1].round)
        await db.commit()
    say = house.words.speak(roles[0].language if roles else language_of(message))
    return say, looking, pages, plan.k if plan else K_FLOOR


async def hotspots(message: Message, house: House) -> None:
    """What is flagged now, and what is still open, with its evidence."""
    say, roles, pages, _k = await _mine(message, house, Deed.HOTSPOTS_READ)
    if not roles:
        await message.answer(say("lead.only"))
        return
    if not pages:
        await message.answer(say("team.nothing_yet"))
        return
    page, reading = pages[-1], detect(pages)
    for holder in roles:
        if page.line(UnitKey(holder.unit_id)) is None:
            await message.answer(say("team.not_in"))
            continue
        digest = compose(pages, UnitKey(holder.unit_id), reading)
        sections = [say("hotspots.title", unit=name(digest.line, say), day=say.day(digest.opened_on))]
        if digest.learning:
            sections.append(say.count("digest.learning", digest.learning))
        elif not digest.hotspots:
            sections.append(_no_hotspots(digest, say))
        sections += [_hotspot(flag, digest, page, house.pack, say) for flag in digest.hotspots]
        sections += [_explained(one, digest, pages, house.pack, say) for one in digest.still_open]
        await message.answer(clip("\n\n".join(sections + _lists(digest, page, say))))


async def again(message: Message, bot: Bot, house: House) -> None:
    """The last digest once more."""
    say, roles, pages, k = await _mine(message, house, Deed.DIGEST_READ)
    if not roles:
        await message.answer(say("lead.only"))
    elif not pages:
        await message.answer(say("team.nothing_yet"))
    else:
        for holder in roles:
            if pages[-1].line(UnitKey(holder.unit_id)):
                await _post(bot, house, message.chat.id, holder, pages, k, set())
