"""What staff agree to: the promise, k, the questions, a lens. When it changes, they are asked again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from aiogram.types import InlineKeyboardMarkup

from handlers.callbacks import AgreeTap
from handlers.house import House
from handlers.speech import button, keyboard
from handlers.words import FALLBACK, Html, Speaker
from storage.organisation import Organisation
from storage.people import Person

_NEXT, _PART, _NONE = "|", " ", "-"


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts as the terms; their fingerprint keeps all of it but the words, of which it keeps a hash."""

    k: str
    pack: str
    lens: str
    words: str

    def __str__(self) -> str:
        return _PART.join((self.k, self.pack, self.lens, self.words))


def terms_now(house: House, plan: Organisation) -> Terms:
    """The terms as they stand: the words are those of the fallback language, a new translation changes nothing."""
    words = house.words.speak(FALLBACK)("promise", k=_NONE)
    return Terms(str(plan.k), house.pack.edition, plan.lens or _NONE, hashlib.sha256(words.encode()).hexdigest()[:16])


def renewed(house: House, plan: Organisation) -> str | None:
    """The new fingerprint, with the one before it, if the terms have changed; None while they are the same."""
    before, now = plan.terms_print.partition(_NEXT)[0], str(terms_now(house, plan))
    return None if now == before else f"{now}{_NEXT}{before}"


def notice(house: House, plan: Organisation, member: Person, say: Speaker) -> tuple[Html, InlineKeyboardMarkup]:
    """What has changed, the terms in full, and the question."""
    questions = "; ".join(one.short(say.language) for one in house.pack.questions.values())
    text = say(
        "terms.ask",
        changes=Html("\n".join(_changes(plan, member, say))),
        promise=say("promise", k=plan.k),
        questions=questions,
        lens=say("terms.lens" if plan.lens else "terms.no_lens"),
    )
    yes = button(say.plain("terms.yes"), AgreeTap(terms=plan.terms, yes=True))
    no = button(say.plain("terms.no"), AgreeTap(terms=plan.terms, yes=False))
    return text, keyboard([yes], [no])


def _changes(plan: Organisation, member: Person, say: Speaker) -> list[Html]:
    """The changes since the edition before, for whoever agreed to that one; anybody else reads it all anew."""
    now, _, before = plan.terms_print.partition(_NEXT)
    if not before or member.agreed != plan.terms - 1:
        return [say("terms.changed")]
    new, old = Terms(*now.split(_PART)), Terms(*before.split(_PART))
    found = []
    if new.k != old.k:
        found.append(say("terms.changed_k", k=new.k, before=old.k))
    if new.pack != old.pack:
        found.append(say("terms.changed_questions"))
    if new.lens != old.lens:
        found.append(say("terms.changed_lens"))
    if new.words != old.words:
        found.append(say("terms.changed_promise"))
    return found or [say("terms.changed")]
