"""Every number that is a promise or a judgement lives in insights/policy.py; what else is a number says why here."""

from __future__ import annotations

import ast

from tests.house.source import Module, module, modules

POLICY = "insights/policy.py"

NO_POLICY = {
    "bot/cli/units.py": {"MOST_FAULTS": "lines of a terminal"},
    "bot/demo": {"*": "a simulated hospital promises nobody anything"},
    "bot/doctor.py": {"CLOCK_APART": "when the doctor frowns at a clock"},
    "bot/intake.py": {"POLL_SECONDS": "Telegram's long poll", "RETRY_SECONDS": "patience with a network"},
    "bot/telegram_probe.py": {"SECONDS": "patience with a network"},
    "handlers/fallback.py": {"PIECE": "where a Telegram client cuts a text"},
    "handlers/figures.py": {"MESSAGE_LIMIT": "Telegram's limit"},
    "handlers/hr/trends.py": {"PERIODS": "choices on buttons", "MOST_BUTTONS": "a screen", "MOST_LINES": "a screen"},
    "handlers/occasions.py": {"MESSAGES": "how many messages a letter is"},
    "handlers/speech.py": {"TRIES": "patience with a network"},
    "handlers/staff/settings.py": {"HOURS": "choices on buttons", "ROUNDS": "choices on buttons"},
    "handlers/stewards/asking.py": {"MOST_NAMES": "a screen"},
    "handlers/stewards/units.py": {"MOST_BUTTONS": "a screen"},
    "handlers/stewards/weekly.py": {"MOST_LINES": "a screen"},
    "handlers/team.py": {"MOST_BUTTONS": "a screen"},
    "insights/easel.py": {"*": "sizes on paper"},
    "insights/heat_picture.py": {"*": "sizes on paper"},
    "insights/hotspot_evidence.py": {"*": "the method's own figures, with their source beside them"},
    "insights/hotspot_chronic.py": {"CHECKS_PER_YEAR": "quarters of a year"},
    "insights/hotspot_detector.py": {"METHOD": "a method's number"},
    "insights/hotspot_noise.py": {"*": "the method's own figures, with their source beside them"},
    "insights/hotspot_telling.py": {"NEVER": "a round before all others"},
    "insights/hotspot_models.py": {"*": "the method's own figures, with their source beside them"},
    "insights/multiples_picture.py": {"*": "sizes on paper"},
    "insights/schedule.py": {"DAY": "a day", "SHIFTED_DAYS": "how far a public holiday moves an opening"},
    "insights/trend_picture.py": {"*": "sizes on paper"},
    "insights/units_faults.py": {"SHOWN": "letters of a wrong value", "WHOLE_FILE": "no line"},
    "storage/boxes.py": {"SKIPPED": "a code in a box"},
    "storage/buttons.py": {"REVIEW": "a code in a button", "SEND": "a code in a button"},
    "storage/identity.py": {"KEY_BYTES": "the cipher's"},
    "storage/invites.py": {"CODE_LENGTH": "follows from policy.INVITE_BYTES"},
    "storage/organisation.py": {"ONLY": "the only row"},
    "storage/stores.py": {"FORMAT": "a format's number"},
}
"""Numbers with a public name outside the policy, and why each is none."""


def numbers(one: Module) -> list[str]:
    """Public constants of a module that are made of numbers."""
    found = []
    for node in one.tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if not isinstance(target, ast.Name) or not isinstance(value, ast.AST):
            continue
        constants = [part.value for part in ast.walk(value) if isinstance(part, ast.Constant)]
        is_number = any(isinstance(part, int | float) and not isinstance(part, bool) for part in constants)
        is_wordless = not any(isinstance(part, str) for part in constants)
        if target.id.isupper() and not target.id.startswith("_") and is_number and is_wordless:
            found.append(target.id)
    return found


def excused(path: str) -> set[str]:
    return {name for place, names in NO_POLICY.items() if path.startswith(place) for name in names}


def test_numbers_that_judge_stand_in_the_policy() -> None:
    elsewhere = [
        f"{one.path}: {name}"
        for one in modules("bot", "handlers", "storage", "insights")
        if one.path != POLICY and "*" not in excused(one.path)
        for name in numbers(one)
        if name not in excused(one.path)
    ]
    assert elsewhere == []


def test_no_excuse_outlives_its_number() -> None:
    there = {one.path: set(numbers(one)) for one in modules("bot", "handlers", "storage", "insights")}
    gone = [
        f"{place}: {name}"
        for place, names in NO_POLICY.items()
        for name in names
        if name != "*" and name not in there.get(place, set())
    ]
    assert gone == []


def test_a_number_elsewhere_is_found() -> None:
    assert numbers(module("FLOOR: Final = 5\nSTEPS = ((1, 2),)\n_OWN = 3\nNAME = 'a'\nx = 4\nYES = True")) == [
        "FLOOR",
        "STEPS",
    ]


def test_every_number_of_the_policy_has_its_reason_beside_it() -> None:
    """A run of constants may share the sentence below it, or the comment above."""
    policy = next(one for one in modules("insights") if one.path == POLICY)
    lines = policy.text.splitlines()
    wanting = []
    for node, after in zip(policy.tree.body, [*policy.tree.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign):
            said = isinstance(after, ast.Expr | ast.AnnAssign)
            if not said and not lines[node.lineno - 2].startswith("#"):
                wanting.append(ast.unparse(node.target))
    assert wanting == []
