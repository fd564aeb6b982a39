"""Words for people: every key that is used is there, every key that is there is used, and placeholders agree."""

from __future__ import annotations

import ast
import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from handlers.figures import _BOUNDS
from handlers.menu import COMMANDS
from handlers.occasions import OPENING, REMINDER
from handlers.staff.joining import Refusal
from handlers.staff.settings import HOURS
from handlers.stewards.confirming import Outcome
from handlers.stewards.plan_changes import TOLD
from handlers.words import FALLBACK, load_words
from insights.cells import Stat
from insights.comments.counting import Tone
from insights.comments.themes import Theme
from insights.hotspot_kinds import FlagKind
from insights.lens import LENSES, OTHER, PATTERN
from insights.pack import default_pack
from insights.trends import DEFINITIONS
from storage.audit import Deed
from storage.invites import Standing
from storage.people import Pattern, Role
from tests.house.source import Module, dotted, module, modules

WORDS = load_words()
ENGLISH: Catalog = WORDS._catalogues[FALLBACK]
SAY = re.compile(r"(^|\.)say(\.plain|\.count)?$|\.speak(\.plain|\.count)?$")
_UNANSWERED = [question for question in default_pack().questions.values() if not question.scores]

VALUES: dict[str, list[str]] = {
    "advise.{}": [one.name.lower() for one in FlagKind if one is not FlagKind.RISE],
    "brief.{}": [one.name.lower() for one in FlagKind],
    "why.change_{}": [one.name.lower() for one in FlagKind],
    "theme.{}": [one.value for one in Theme],
    "remedy.{}": [one.value for one in Theme],
    "tone.{}": [one.value for one in Tone],
    "saying.front_{}": [*(one.value for one in Tone), "none"],
    "saying.{}": list(_BOUNDS.values()),
    "advice.{}": [option for question in _UNANSWERED for option in question.options],
    "audit.{}": [one.value for one in Deed],
    "bound.{}": list(_BOUNDS.values()),
    "changed.{}": list(TOLD),
    "checkin.{}": [OPENING, REMINDER],
    "code.{}": [one.value for one in Standing if one is not Standing.OPEN],
    "definition.{}": list(DEFINITIONS),
    "figure.answered_{}": list(_BOUNDS.values()),
    "flag.{}": [one.name.lower() for one in FlagKind],
    "help.{}": [one.value for one in Role],
    "kind.{}": [one.name.lower() for one in FlagKind],
    "lens.{}": [*LENSES[PATTERN], OTHER],
    "lens.with.{}": [*LENSES[PATTERN], OTHER],
    "measure.{}": [Stat.STRAIN, Stat.ANSWERED],
    "menu.{}": list(COMMANDS),
    "pattern.{}": [one.value for one in Pattern],
    "role.done_{}": [one.value for one in Role],
    "role.{}": [one.value for one in Role],
    "settings.later_{}": [str(one) for one in HOURS],
}
"""What stands in the hole of a key that is put together: by its whole text, or with an empty hole."""

ENUMS = {
    "answered.outcome.value": [one.value for one in Outcome],
    "found.value": [one.value for one in Refusal],
    "found": [one.value for one in Refusal],
}
"""Keys that are an enum's values."""


class CannotTellError(Exception):
    """Which key this expression is cannot be told by reading: give it to `VALUES` or `ENUMS`."""


def template(node: ast.JoinedStr, fill: bool) -> str:
    parts = (
        part.value if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value) if fill else ''}}}"
        for part in node.values
        if isinstance(part, ast.Constant | ast.FormattedValue)
    )
    return "".join(map(str, parts))


def keys_of(node: ast.expr, scope: ast.AST) -> set[str]:
    """The keys that an expression can be; names are looked up in the function around it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return keys_of(node.body, scope) | keys_of(node.orelse, scope)
    if isinstance(node, ast.JoinedStr):
        values = VALUES.get(template(node, fill=True)) or VALUES.get(template(node, fill=False))
        if values:
            hole = re.compile(r"\{.*\}")
            return {hole.sub(value, template(node, fill=False)) for value in values}
    named = ast.unparse(node)
    if isinstance(node, ast.Call) and dotted(node) == "str":
        return keys_of(node.args[0], scope)
    if named in ENUMS:
        return set(ENUMS[named])
    if isinstance(node, ast.Name):
        return assigned(node.id, scope)
    raise CannotTellError(named)


def assigned(name: str, scope: ast.AST) -> set[str]:
    """Every key that a name is given in a function, also by a loop over a table or by a look-up in one."""
    found: set[str] = set()
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            try:
                found |= keys_of(node.value, scope)
            except CannotTellError:
                found |= keys_inside(node.value)
        elif isinstance(node, ast.For) and name in {dotted(part) for part in ast.walk(node.target)}:
            table = node.iter.id if isinstance(node.iter, ast.Name) else ""
            found |= assigned(table, scope) if table else keys_inside(node.iter)
    if not found:
        raise CannotTellError(name)
    return found


def keys_inside(node: ast.AST) -> set[str]:
    values = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {value for value in values if isinstance(value, str) and re.fullmatch(r"[a-z]+(\.[a-z0-9_]+)+", value)}


def uses(one: Module) -> list[tuple[str, str, set[str]]]:
    """(where, key, names of the values given) of every time something is said."""
    found = []
    for function in one.functions():
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if not call.args or not SAY.search(spoken_through(call.func)):
                continue
            if spoken_through(call.func).endswith("speak"):
                continue
            given = {word.arg or "" for word in call.keywords} | ({"n"} if dotted(call).endswith("count") else set())
            found += [(one.at(call), key, given) for key in sorted(keys_of(call.args[0], function))]
    return found


def spoken_through(node: ast.AST) -> str:
    """`say.plain`, or `house.words.speak.plain` for words said by a speaker made on the spot."""
    if isinstance(node, ast.Attribute):
        return f"{spoken_through(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return spoken_through(node.func) + ("" if dotted(node).endswith("speak") else "()")
    return node.id if isinstance(node, ast.Name) else ""


def placeholders(catalogue: Catalog, key: str) -> set[str]:
    message = catalogue.get(key)
    strings = (message.string if isinstance(message.string, tuple) else (message.string,)) if message else ()
    return {name for text in strings for _, name, _, _ in Formatter().parse(text) if name}


def all_uses() -> list[tuple[str, str, set[str]]]:
    return [use for one in modules("handlers", "bot") for use in uses(one)]


def test_every_key_that_is_used_has_words() -> None:
    known = WORDS.keys(FALLBACK)
    assert [(where, key) for where, key, _ in all_uses() if key not in known] == []


def test_every_key_that_has_words_is_used() -> None:
    used = {key for _, key, _ in all_uses()}
    assert sorted(WORDS.keys(FALLBACK) - used) == []


def test_every_placeholder_is_given_a_value() -> None:
    wanting = [(where, key, placeholders(ENGLISH, key) - given) for where, key, given in all_uses()]
    assert [one for one in wanting if one[2]] == []


@pytest.mark.parametrize("language", WORDS.languages)
def test_every_language_fills_the_same_holes_and_invents_no_key(language: str) -> None:
    assert strange(WORDS._catalogues[language]) == []


def strange(catalogue: Catalog) -> list[str]:
    """Keys that English does not have, or whose holes differ from English."""
    keys = [one.id if isinstance(one.id, str) else one.id[0] for one in catalogue if one.id and one.string]
    return [key for key in keys if not ENGLISH.get(key) or placeholders(catalogue, key) != placeholders(ENGLISH, key)]


def test_a_translation_with_another_hole_or_an_unknown_key_is_found() -> None:
    welsh = Catalog(locale="cy")
    welsh.add("move.yes", "Ie, symudwch fi i {uned}")
    welsh.add("no.such_key", "Beth")
    welsh.add("join.no", "Ddim nawr")
    assert strange(welsh) == ["move.yes", "no.such_key"]


def test_keys_are_found_however_they_are_put_together() -> None:
    code = module(
        "def f(say, who, house):\n"
        "    key = 'a.b' if who else 'a.c'\n"
        "    say(key, unit=1)\n"
        "    who.say.plain(f'role.{who.role}')\n"
        "    house.words.speak('en').plain('d.e')\n"
        "    for key2, x in (('f.g', 1), ('f.h', 2)):\n"
        "        say.count(key2, 3)\n"
    )
    keys = {key: given for _, key, given in uses(code)}
    assert set(keys) == {"a.b", "a.c", "role.lead", "role.hr", "role.steward", "d.e", "f.g", "f.h"}
    assert keys["a.b"] == {"unit"}
    assert keys["f.h"] == {"n"}


def test_a_key_that_cannot_be_told_is_refused() -> None:
    with pytest.raises(CannotTellError):
        uses(module("def f(say, key):\n    say(key)"))
