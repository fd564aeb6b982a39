"""What buttons carry: a versioned prefix each, ids and small integers only, never a person."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData


class CheckinTap(CallbackData, prefix="c1"):
    """A check-in's next state, encrypted for one person and one round."""

    payload: str


class PracticeTap(CallbackData, prefix="p1"):
    """A practice check-in's next state. `begin` starts one."""

    payload: str


class JoinTap(CallbackData, prefix="j1"):
    """Joining the unit of a poster: the code again, the working pattern once it is chosen, and the edition of the
    terms that were read."""

    code: str
    pattern: str = ""
    terms: int = 1


class MoveTap(CallbackData, prefix="m1"):
    """Moving to the unit of another poster."""

    code: str


class AcceptTap(CallbackData, prefix="a1"):
    """Taking on the role of an invite."""

    code: str


class SettingTap(CallbackData, prefix="s1"):
    """A setting: `pattern`, `later` (hours) or `pause` (rounds), and its value."""

    what: str
    value: str


class LeaveTap(CallbackData, prefix="l1"):
    """Leaving for good, or not; with `roles`, giving up every role, too."""

    sure: bool
    roles: bool = False


class StillTap(CallbackData, prefix="y1"):
    """Still in the unit, or gone for good."""

    here: bool


class AgreeTap(CallbackData, prefix="e1"):
    """Yes or no to an edition of the terms."""

    terms: int
    yes: bool


class StayTap(CallbackData, prefix="n1"):
    """No, thank you: the question goes away."""


class UnitTap(CallbackData, prefix="u1"):
    """What a role-holder published-unit screen shows: `/team` of one unit."""

    unit: str


class TrendTap(CallbackData, prefix="t1"):
    """A trend: unit, the number of the question in the pack (-1: strain), rounds back (0: all), what to do."""

    unit: str
    question: int
    last: int
    step: str


class WhyTap(CallbackData, prefix="w1"):
    """Why a unit was flagged: what kind of flag, and the round in which it was raised."""

    unit: str
    kind: str
    round: int


class MapTap(CallbackData, prefix="h1"):
    """The heat map of every team of a unit a lead looks after."""

    unit: str


class ThemesTap(CallbackData, prefix="v1"):
    """What people wrote of in a unit and those directly below it: the picture, or everything as a file."""

    unit: str
    step: str


class WordsTap(CallbackData, prefix="q1"):
    """Shared words: the card by its id, or the one after its place; none is the first. Of a unit and all below it;
    none is everything that may be read."""

    unit: str = ""
    card: str = ""


class PlacesTap(CallbackData, prefix="b1"):
    """Shared words: of which unit."""


class TakeDownTap(CallbackData, prefix="d1"):
    """A first steward wants a shared comment taken down."""

    card: str


class CommentTap(CallbackData, prefix="x1"):
    """What becomes of the words in the message above: a step, and the round they would be counted in."""

    step: str
    round: int


class CareTap(CallbackData, prefix="z1"):
    """Under a help card: clear it from the chat, ask to be contacted, or be sure of that."""

    step: str


class LaunchTap(CallbackData, prefix="g1"):
    """A first steward wants a unit launched (the top unit: all that are ready)."""

    unit: str


class ConfirmTap(CallbackData, prefix="k1"):
    """The second steward's answer to a pending wish."""

    wish: str
    yes: bool
