"""Identifiers that have a form: telephone numbers, addresses, numbers of people, cars, dates of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL, WEB, PHONE, NUMBER, POSTCODE, DATE, CAR = "email", "web", "phone", "number", "postcode", "date", "car"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, from sign `start` to before `end`, and the word that stands in for it."""

    start: int
    end: int
    kind: str


_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,4}"
_TOP = (
    r"(?:com|org|net|uk|co|info|io|me|app|nhs|wales|scot|cymru|ie|eu|gov|ac|edu|tv|ly|gl|be|biz|online|site|shop|link"
    r"|example|test|local|live|blog|club|dev|page|us|in|ph|ng|pl)"
)
_EMAIL = re.compile(r"[\w.+%'-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}", re.I)
_SPOKEN_EMAIL = re.compile(
    r"\b[\w.-]{1,64} (?:at|\(at\)|\[at\]) (?:[a-z0-9-]{2,63} dot ){1,3}(?:com|net|org|uk)\b", re.I
)
_WEB = (
    re.compile(r"\b(?:https?://|www\.)[^\s<>()]{1,300}", re.I),
    re.compile(rf"(?<![\w@.]){_DOMAIN}{_TOP}(?:/[^\s<>()]{{0,200}})?(?![\w@])", re.I),
    re.compile(r"(?<![\w@.])@[a-z_][\w.]{1,60}\w", re.I),
)

_DAY_NUMBER, _MONTH_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)?\d{2}"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:the )?\d{1,2}(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"(?<![\w./-]){_DAY_NUMBER}([./-]){_MONTH_NUMBER}\1{_YEAR}(?![\w/-]|\.\d)"),
    re.compile(r"(?<![\w./-])(?:19|20)\d{2}([./-])\d{1,2}\1\d{1,2}(?![\w/-])"),
    re.compile(rf"\b{_DAY.removeprefix('(?:the )?')}(?: of)? {_MONTH}\.?,? (?:of )?(?:19|20)\d{{2}}\b", re.I),
    re.compile(rf"\b{_MONTH}\.? {_DAY},? (?:19|20)\d{{2}}\b", re.I),
)
_BORN = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born(?: on)?|birthday(?: is)?)[\s:;,(=-]{1,3}(?:is |was |on )?"
    rf"(\d{{1,2}}[./ -]\d{{1,2}}(?:[./ -]{_YEAR})?|\d{{6,8}}|{_DAY}(?: of)? {_MONTH}(?:[ ,.]{{1,2}}{_YEAR})?"
    rf"|{_MONTH} {_DAY}(?:[ ,.]{{1,2}}{_YEAR})?)(?!\w)",
    re.I,
)

_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH "
    "EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M "
    "ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST "
    "SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
).replace(" ", "|")
_MEASURES = (
    r"(?:ST|ND|RD|TH|MG|ML|PM|AM|KM|CM|MM|KG|HR|YR|WK|MO|PT|NG|AN|IN|ON|OF|TO|OR|AS|AT|IS|IT|IF|SO|WE|BY|UP|NO|BE)"
)
_POSTCODE = re.compile(rf"\b(?:{_AREAS})\d[A-Z\d]? ?\d(?!{_MEASURES}\b)[A-Z]{{2}}\b", re.I)
_OUTWARD = re.compile(
    rf"\b(?:postcode|post code|lives? (?:in|at)|moving to|flat in)[\s:]{{1,2}}((?:{_AREAS})\d[A-Z\d]?)\b", re.I
)

_NEW_CAR = r"[A-HJ-PR-Y][A-HJ-PR-Y]\d\d"
_CARS = (
    re.compile(rf"\b{_NEW_CAR} ?[A-HJ-PR-Z]{{3}}\b"),
    re.compile(rf"\b{_NEW_CAR.lower()}[a-hj-pr-z]{{3}}\b"),
    re.compile(r"\b[A-HJ-NPR-TV-Y]\d{3} ?[A-Z]{3}\b"),
    re.compile(r"\b[A-Z]{3} ?\d{3}[A-HJ-NPR-TV-Y]\b"),
)
_LOOSE_CARS = re.compile(
    rf"\b(?:{_NEW_CAR} ?[A-Z]{{3}}|[A-HJ-Y]\d{{1,3}} ?[A-Z]{{3}}|[A-Z]{{3}} ?\d{{1,3}}[A-Y]"
    r"|[A-Z]{1,3} ?\d{3,4})\b",
    re.I,
)
_OF_A_CAR = re.compile(
    r"\b(?:car|cars|van|reg|regs|plates?|registration|parked|parking|blocked|clamped|fined|vehicle|mot)\b", re.I
)
_AROUND = 60

_EMERGENCY = frozenset(("111", "999", "112", "101", "119", "2222", "222", "3333"))
_INSIDE = re.compile(
    r"\b(?:ext(?:n|ension)?s?|bleep(?:ed|ing|s)?|blp|pager|paged|dect(?: phones?)?|dial(?:led)?"
    r"|extention|internal|voip)\b[\s.:#-]{0,3}(?:(?:no|number|num|is|him|her|them|me|us|on|for|to)\b[\s.:#]{0,2}){0,3}(x?\d{3,6})\b",
    re.I,
)
_EXTENSION = re.compile(r"\bx ?(\d{4,5})\b", re.I)
_HOME_PHONE = re.compile(r"(?<![\w.])(?:\+ ?44|00 ?44|\(?0)(?:[ ().-]{0,3}\d){8,11}(?!\w)")
_TIMES = re.compile(r"[012]\d[0-5]\d(?: [012]\d[0-5]\d)+")
_ANY_PHONE = re.compile(r"\+ ?\d|\b00\d")
_FEWEST_DIGITS = 7

_LONG = re.compile(r"(?<![\w\u00a3$.,+])(?:\d[ -]?){6,18}\d(?:-\d{1,2})?(?![\w%]|[.,]\d)")
_TEN = re.compile(r"(?<!\w)\d{3}[ .-]?\d{3}[ .-]?\d{4}(?!\w)")
_PIN = re.compile(r"\b\d{2}[A-L]\d{4}[A-Z]\b", re.I)
_COUNCIL = re.compile(r"\b(?:PH|OT|DT|RA|CS|SL|BS|OR|PA|CH|HAD|PYL|AS|ODP|BNK|EMP|MRN|RXR)\d{5,8}\b|\b[A-Z]\d{5,8}\b")
_LABELLED = re.compile(
    r"\b(?:payroll|assignment|employee|emp|staff|worker|smart ?card|esr|pin|gmc|nmc|hcpc|rcn|gphc|nhs|hospital|mrn"
    r"|patient|pt|account|registration|reg|member(?:ship)?|personnel|badge|locker|invoice|case|incident|passport|visa|ni|card)\b"
    r"(?:[\s:.#(-]{1,3}(?:no|number|num|id|pin|is|was|ref|reference|my|the)\b){0,3}(?:['\u2019]s)?[\s:.#(-]{1,3}"
    r"([a-z]{0,4}\d{4,12}(?:-\d{1,2})?[a-z]?)\b",
    re.I,
)
_INSURANCE = re.compile(r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.I)
_NINE = 9
_MONEY = re.compile(r"[\u00a3$\u20ac] ?$")


def identifiers(text: str) -> Iterator[Span]:
    """Every identifier that has a form; they may overlap, then the longest is meant.

    >>> [text for text in ("ring 07700 900461", "PIN 12A3456E", "14:30, 12.5 mg, 999") if [*identifiers(text)]]
    ['ring 07700 900461', 'PIN 12A3456E']
    """
    for pattern in (_EMAIL, _SPOKEN_EMAIL):
        yield from _all(pattern, text, EMAIL)
    for pattern in _WEB:
        yield from _all(pattern, text, WEB)
    if not any(sign.isdigit() for sign in text):
        return
    yield from _numbers_of_people(text)
    yield from _telephones(text)
    for found in _BORN.finditer(text):
        yield Span(*found.span(1), DATE)
    for pattern in _DATES:
        yield from _all(pattern, text, DATE)
    yield from _all(_POSTCODE, text, POSTCODE)
    for found in _OUTWARD.finditer(text):
        yield Span(*found.span(1), POSTCODE)
    yield from _cars(text)
    for found in _LONG.finditer(text):
        if not _MONEY.search(text[: found.start()][-3:]) and not _TIMES.fullmatch(found[0]):
            yield Span(*found.span(), NUMBER)


def is_health_number(digits: str) -> bool:
    """Whether ten digits are an NHS number: its last is a check digit (modulus 11; NHS Data Dictionary).

    >>> is_health_number("9434765919"), is_health_number("9434765918")
    (True, False)
    """
    if len(digits) != _NINE + 1:
        return False
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:_NINE])) % 11
    return check != 10 and int(digits[_NINE]) == check % 11


def _all(pattern: re.Pattern[str], text: str, kind: str) -> Iterator[Span]:
    for found in pattern.finditer(text):
        yield Span(found.start(), found.start() + len(found[0].rstrip(".,;:!?'\"")), kind)


def _numbers_of_people(text: str) -> Iterator[Span]:
    for found in _TEN.finditer(text):
        if is_health_number("".join(filter(str.isdigit, found[0]))):
            yield Span(*found.span(), NUMBER)
    for pattern in (_PIN, _COUNCIL, _INSURANCE):
        yield from _all(pattern, text, NUMBER)
    for found in _LABELLED.finditer(text):
        if found[1] not in _EMERGENCY:
            yield Span(*found.span(1), NUMBER)


def _telephones(text: str) -> Iterator[Span]:
    for pattern in (_INSIDE, _EXTENSION):
        for found in pattern.finditer(text):
            if found[1] not in _EMERGENCY:
                yield Span(*found.span(1), PHONE)
    for found in _HOME_PHONE.finditer(text):
        if not _TIMES.fullmatch(found[0]):
            yield Span(*found.span(), PHONE)
    if sum(map(str.isdigit, text)) >= _FEWEST_DIGITS and _ANY_PHONE.search(text):
        from phonenumbers import Leniency, PhoneNumberMatcher

        for match in PhoneNumberMatcher(text, "GB", leniency=Leniency.POSSIBLE):
            if match.raw_string.lstrip("(").startswith(("+", "0")):
                yield Span(match.start, match.end, PHONE)


def _cars(text: str) -> Iterator[Span]:
    for pattern in _CARS:
        yield from _all(pattern, text, CAR)
    for found in _LOOSE_CARS.finditer(text):
        around = (
            text[max(0, found.start() - _AROUND) : found.start()] + " " + text[found.end() : found.end() + _AROUND]
        )
        is_shouted = found[0].upper() == found[0]
        if is_shouted and _OF_A_CAR.search(around):
            yield Span(*found.span(), CAR)
