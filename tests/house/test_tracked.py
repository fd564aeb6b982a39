"""What is in the repository speaks of the project alone, and its pins agree with what it asks for."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.house.source import ROOT, tracked

FOREIGN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.:/$-])/(?:work|root|home|Users)/\w"),
    "a registry's address": re.compile(
        r"https?://\S*(?:pypi|python" + r"hosted|npmjs|artifactory|nexus|devpi)|--(?:extra-)?index-url[ =]", re.I
    ),
    "a word about how it was written": re.compile(
        r"\b(?:"
        + "|".join(("chat" + "gpt", "clau" + "de", "anth" + "ropic", "open" + "ai", "copi" + "lot"))
        + r")\b",
        re.I,
    ),
    "work that is put off": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b"),
}
TEXT = {".py", ".toml", ".md", ".txt", ".po", ".ini", ".mako", ".csv", ".cfg", ".yml", ".yaml", ".sh", ""}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)")
LOCKS = ("requirements.txt", "requirements-dev.txt")


def foreign(name: str, text: str) -> list[str]:
    return [
        f"{name}:{number}: {what}"
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in FOREIGN.items()
        if pattern.search(line)
    ]


def pins(name: str) -> dict[str, Version]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return {plain(found[1]): Version(found[2]) for line in lines if (found := _PIN.match(line))}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def unhashed(text: str) -> list[str]:
    """Lines of a lock that are no exact pin with a hash; addresses and options most of all."""
    joined = text.replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")]
    return [line[:60] for line in lines if not _PIN.match(line) or "--hash=sha256:" not in line or "://" in line]


def test_tracked_files_speak_of_the_project_alone() -> None:
    found = []
    for path in tracked():
        if path.suffix in TEXT and path.stat().st_size < 1_000_000:
            found += foreign(str(path.relative_to(ROOT)), path.read_text("utf-8", errors="replace"))
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "see /ro" + "ot/x",
        "--index-" + "url https://x",
        "https://py" + "pi.org/simple",
        "# TO" + "DO later",
        "by Copi" + "lot",
    ],
)
def test_what_is_foreign_is_found(line: str) -> None:
    assert len(foreign("x", line)) >= 1


def test_what_must_not_be_tracked_is_not() -> None:
    names = {str(path.relative_to(ROOT)) for path in tracked()}
    assert [name for name in names if name.endswith((".db", ".key", ".pyc", "-wal", "-shm"))] == []
    assert ".env" not in names
    assert not any(name.startswith(("demo/", "var/", ".venv/", "build/")) for name in names)


@pytest.mark.parametrize("name", LOCKS)
def test_pins_are_exact_hashed_and_without_an_address(name: str) -> None:
    assert unhashed((ROOT / name).read_text("utf-8")) == []


def test_a_line_without_hash_or_with_an_address_is_found() -> None:
    lock = "a==1 \\\n    --hash=sha256:00\nb==2\nc>=1 --hash=sha256:00\nd @ https://x --hash=sha256:00\n--pre\n"
    assert [line[0] for line in unhashed(lock)] == ["b", "c", "d", "-"]


def test_pins_are_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    run, every = pins(LOCKS[0]), pins(LOCKS[1])
    extras = project["optional-dependencies"]
    asked = [(run, one) for one in project["dependencies"] + extras["build"]] + [
        (every, one) for one in extras["dev"]
    ]
    wrong = []
    for lock, text in asked:
        wanted = Requirement(text)
        pinned = lock.get(plain(wanted.name))
        if pinned is None or pinned not in wanted.specifier:
            wrong.append(text)
    assert wrong == []


def test_tests_run_with_the_versions_that_are_shipped() -> None:
    run, every = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: version for name, version in run.items() if every.get(name) != version} == {}
