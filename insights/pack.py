"""A pack is a check-in as data: what is asked, in which words, on which scale, and in which rotation.

Packs are read whole and refused whole: a check-in must not fail half-way through a round for want of a word.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import Final, TypeAlias

from insights import policy

ENGLISH: Final = "en"
ROTATION: Final = "@rotation"
_ID: Final = re.compile(r"[a-z0-9]{1,16}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")

_Table: TypeAlias = Mapping[str, object]


class PackError(ValueError):
    """The pack cannot be used; the text names the key and the cause, in one line."""


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """A question in one language: as it is asked, and as it stands in charts."""

    ask: str
    short: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `scores` are 0-100 by option (higher is more strain), or None where nothing is scored."""

    id: str
    options: tuple[str, ...]
    scores: tuple[int, ...] | None
    words: Mapping[str, QuestionWords] = field(default_factory=dict, repr=False, hash=False)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False, hash=False)

    def ask(self, language: str) -> str:
        """The question in full, in this language or else in English.

        >>> default_pack().questions["driver"].ask("cy")
        'What weighed on you most this week?'
        """
        return self.words[_spoken(self.words, language)].ask

    def short(self, language: str) -> str:
        """The question in a few words, for charts, in this language or else in English.

        >>> default_pack().questions["q12b"].short("en-gb")
        'Burnt out'
        """
        return self.words[_spoken(self.words, language)].short

    def option(self, index: int, language: str) -> str:
        """An option as it stands on its button, in this language or else in English.

        >>> default_pack().questions["q12b"].option(3, "en")
        'Often'
        """
        return self.labels[_spoken(self.labels, language)][index]


@dataclass(frozen=True, slots=True)
class Pack:
    """A validated check-in. `order` and `strain` hold question ids, and `ROTATION` for the rotating item."""

    id: str
    version: int
    licence: str
    source: str
    questions: Mapping[str, Question] = field(repr=False, hash=False)
    order: tuple[str, ...]
    rotation: tuple[str, ...]
    strain: tuple[str, ...]

    @property
    def edition(self) -> str:
        """Which wording exactly: `q12/1`.

        >>> default_pack().edition
        'q12/1'
        """
        return f"{self.id}/{self.version}"

    def round_questions(self, number: int) -> tuple[Question, ...]:
        """The questions of round `number` (from 1), in the order in which they are asked.

        >>> [question.id for question in default_pack().round_questions(2)]
        ['q12b', 'q12c', 'driver']
        """
        return tuple(self.questions[id] for id in self._of_round(self.order, number))

    def strain_items(self, number: int) -> tuple[str, ...]:
        """The ids of the questions of round `number` whose scores make up its strain.

        >>> default_pack().strain_items(7)
        ('q12b', 'q12a')
        """
        return self._of_round(self.strain, number)

    def _of_round(self, ids: tuple[str, ...], number: int) -> tuple[str, ...]:
        if number < 1:
            raise ValueError("rounds are numbered from 1")
        return tuple(self.rotation[(number - 1) % len(self.rotation)] if id == ROTATION else id for id in ids)


def default_pack() -> Pack:
    """The check-in that ships with Shiftpulse (source: `packs/q12.toml`).

    >>> default_pack().id
    'q12'
    """
    return load_pack((resources.files("insights") / "packs" / "q12.toml").read_text("utf-8"))


def load_pack(text: str) -> Pack:
    """Read a pack from TOML. Raises `PackError`, naming the key, for whatever could fail later in a round.

    >>> load_pack('id = "Q 12"')
    Traceback (most recent call last):
    insights.pack.PackError: id: must be 1 to 16 of a-z and 0-9
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"not TOML: {str(error).splitlines()[0]}") from None
    known = ("id", "version", "licence", "source", "rotation", "order", "strain", "scales", "questions")
    _only(data, known, "")
    id = _id(data.get("id"), "id")
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise PackError("version: must be a whole number from 1")
    licence = _words(data, "licence", policy.PACK_TEXT_LENGTH, "licence")
    source = _words(data, "source", policy.PACK_TEXT_LENGTH, "source")
    scales = _table(data.get("scales"), "scales")
    found = _table(data.get("questions"), "questions")
    questions = {_id(key, f"questions.{key}"): _question(key, found[key], scales) for key in found}
    rotation = _ids(data.get("rotation", []), "rotation")
    pack = Pack(
        id=id,
        version=version,
        licence=licence,
        source=source,
        questions=MappingProxyType(questions),
        order=_ids(data.get("order"), "order"),
        rotation=rotation,
        strain=_ids(data.get("strain", []), "strain"),
    )
    _check_order(pack)
    _check_strain(pack)
    return pack


def _check_order(pack: Pack) -> None:
    if not 1 <= len(pack.order) <= policy.QUESTIONS_MOST:
        raise PackError(f"order: 1 to {policy.QUESTIONS_MOST} questions a round")
    if (ROTATION in pack.order) != bool(pack.rotation):
        raise PackError("rotation: needs items exactly when @rotation stands in order")
    if ROTATION in pack.rotation:
        raise PackError("rotation: cannot hold @rotation itself")
    asked = {id for id in (*pack.order, *pack.rotation) if id != ROTATION}
    for key, ids in (("order", pack.order), ("rotation", pack.rotation)):
        for id in ids:
            if id != ROTATION and id not in pack.questions:
                raise PackError(f"{key}: there is no question {id!r}")
    for id in pack.order:
        if id in pack.rotation:
            raise PackError(f"rotation: {id!r} is asked in every round already")
    for id in pack.questions:
        if id not in asked:
            raise PackError(f"questions.{id}: is never asked")


def _check_strain(pack: Pack) -> None:
    for id in pack.strain:
        if id not in pack.order:
            raise PackError(f"strain: {id!r} is not in order")
        for item in pack.rotation if id == ROTATION else (id,):
            if pack.questions[item].scores is None:
                raise PackError(f"strain: {item!r} has no scores")


def _question(id: str, value: object, scales: _Table) -> Question:
    where = f"questions.{id}"
    table = _table(value, where)
    scale = table.get("scale")
    if not isinstance(scale, str) or scale not in scales:
        raise PackError(f"{where}.scale: must name one of the scales")
    options, scores, labels = _scale(_id(scale, f"scales.{scale}"), _table(scales[scale], f"scales.{scale}"))
    words: dict[str, QuestionWords] = {}
    for language in _languages(table, ("scale",), where):
        here = f"{where}.{language}"
        spoken = _table(table[language], here)
        _only(spoken, ("ask", "short"), f"{here}.")
        words[language] = QuestionWords(
            ask=_words(spoken, "ask", policy.PACK_TEXT_LENGTH, f"{here}.ask"),
            short=_words(spoken, "short", policy.PACK_LABEL_LENGTH, f"{here}.short"),
        )
    return Question(id, options, scores, MappingProxyType(words), MappingProxyType(labels))


def _scale(id: str, table: _Table) -> tuple[tuple[str, ...], tuple[int, ...] | None, dict[str, tuple[str, ...]]]:
    where = f"scales.{id}"
    options = _ids(table.get("options"), f"{where}.options")
    if not policy.OPTIONS_FEWEST <= len(options) <= policy.OPTIONS_MOST:
        raise PackError(f"{where}.options: {policy.OPTIONS_FEWEST} to {policy.OPTIONS_MOST} options")
    if ROTATION in options:
        raise PackError(f"{where}.options: @rotation is not an option")
    labels: dict[str, tuple[str, ...]] = {}
    for language in _languages(table, ("options", "scores"), where):
        here = f"{where}.{language}"
        spoken = _table(table[language], here)
        _only(spoken, options, f"{here}.")
        labels[language] = tuple(
            _words(spoken, option, policy.PACK_LABEL_LENGTH, f"{here}.{option}") for option in options
        )
        if len(set(labels[language])) < len(options):
            raise PackError(f"{here}: two options read the same")
    return options, _scores(table, len(options), where), labels


def _scores(table: _Table, options: int, where: str) -> tuple[int, ...] | None:
    if "scores" not in table:
        return None
    value = table["scores"]
    if not isinstance(value, list) or any(type(score) is not int for score in value):
        raise PackError(f"{where}.scores: must be a list of whole numbers")
    if len(value) != options:
        raise PackError(f"{where}.scores: as many scores as options")
    if min(value) != 0 or max(value) != 100:
        raise PackError(f"{where}.scores: must run from 0 to 100")
    return tuple(value)


def _languages(table: _Table, reserved: tuple[str, ...], where: str) -> list[str]:
    languages = sorted(key for key in table if key not in reserved)
    if ENGLISH not in languages:
        raise PackError(f"{where}.en: the English words are missing")
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise PackError(f"{where}.{language}: is neither a key of this table nor a language code")
    return languages


def _spoken(languages: Mapping[str, object], wanted: str) -> str:
    wanted = wanted.lower()
    return next((code for code in (wanted, wanted.partition("-")[0]) if code in languages), ENGLISH)


def _only(table: _Table, known: tuple[str, ...], prefix: str) -> None:
    for key in table:
        if key not in known:
            raise PackError(f"{prefix}{key}: is not a key of this table")


def _table(value: object, where: str) -> _Table:
    if not isinstance(value, dict) or not value:
        raise PackError(f"{where}: must be a table with something in it")
    return value


def _id(value: object, where: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise PackError(f"{where}: must be 1 to 16 of a-z and 0-9")
    return value


def _ids(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise PackError(f"{where}: must be a list of ids")
    ids = tuple(item if item == ROTATION else _id(item, where) for item in value)
    if len(set(ids)) < len(ids):
        raise PackError(f"{where}: names something twice")
    return ids


def _words(table: _Table, key: str, longest: int, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise PackError(f"{where}: is missing or empty")
    if len(value) > longest or not value.isprintable():
        raise PackError(f"{where}: one line of at most {longest} characters")
    return value
