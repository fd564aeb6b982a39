"""Anybody can check how comments are read on texts of their own: lines of JSON in, a line each out, nothing kept."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from insights.comments.analysis import analyse
from insights.policy import COMMENT_LENGTH, MESSAGE_LENGTH
from tests.command_line.shell import SECONDS, Said, Shell, bare_environment, processor_seconds, python_m_bot

KEYS = ["id", "language", "polarity", "coverage", "label", "themes", "care", "scrubbed"]
SECRET = "zzmarker"


def line(id_: object, text: object, **more: object) -> str:
    return json.dumps({"id": id_, "text": text, **more})


def told(said: Said) -> list[dict[str, Any]]:
    return [json.loads(one) for one in said.out.splitlines()]


def runs(shell: Shell, *lines: str) -> Said:
    return shell.runs("analyse", typed="".join(f"{one}\n" for one in lines))


def test_a_line_for_every_comment_in_their_order(shell: Shell) -> None:
    said = runs(shell, line("a", "no break again, ask Priya"), line(7, "lovely team, laughed all day"))
    first, second = told(said)
    assert (said.code, list(first), first["id"], second["id"]) == (0, KEYS, "a", 7)
    assert (first["label"], first["themes"], first["care"]) == ("neg", ["breaks_rest"], "none")
    assert (second["label"], second["language"]) == ("pos", "en")
    assert first["scrubbed"] == "no break again, ask [name]"
    assert said.fault == "2 texts read"


def test_it_reads_as_the_bot_does(shell: Shell) -> None:
    texts = [
        "😴😴",
        "two nurses short",
        "dzisiaj by\u0142o bardzo ci\u0119\u017cko na oddziale",
        "12",
        "I want to end it all",
    ]
    for found, text in zip(told(runs(shell, *(line(1, one) for one in texts))), texts, strict=True):
        read = analyse(text)
        assert found["care"] == read.care.value
        assert found["label"] == (read.label.value if read.label else None)
        assert found["themes"] == [theme.value for theme in read.themes]
        assert found["language"] == read.language.value
        assert found["polarity"] == read.polarity


def test_bad_lines_are_named_and_the_good_ones_read_all_the_same(shell: Shell) -> None:
    bad = [
        "oops " + SECRET,
        "[1]",
        json.dumps({"text": SECRET}),
        line(None, SECRET),
        line(1.5, SECRET),
        line(True, SECRET),
        json.dumps({"id": 1, "note": SECRET}),
        line(1, None),
        line(1, [SECRET]),
        line(1, "x" * (MESSAGE_LENGTH + 1)),
        '{"id": 1, "id": 2, "text": "x"}',
        '{"id": 1, "text": "\\ud800"}',
        "[" * 100_000,
        '{"id": 1, "text": NaN}',
    ]
    said = runs(shell, line(1, "fine"), *bad, line(2, "fine"))
    assert said.code == 2
    assert [one["id"] for one in told(said)] == [1, 2]
    assert said.err.splitlines() == [
        "line 2: is not JSON",
        "line 3: is not an object",
        'line 4: "id" is missing: give every text one, such as its row',
        'line 5: "id" must be text or a whole number',
        'line 6: "id" must be text or a whole number',
        'line 7: "id" must be text or a whole number',
        'line 8: "text" is missing: put the comment there',
        'line 9: "text" must be text in quotes',
        'line 10: "text" must be text in quotes',
        'line 11: "text" has 4097 characters: 4096 at most, cut or part it',
        "line 12: says one key twice",
        'line 13: "text" has half a character (a lone surrogate): write it as UTF-8',
        "line 14: is not JSON",
        "line 15: is not JSON",
        "2 texts read, 14 bad lines passed over",
    ]
    assert SECRET not in said.text


def test_what_is_not_utf8_is_named_too(shell: Shell) -> None:
    (shell.folder / "comments.jsonl").write_bytes(b'{"id": 1, "text": "\xff"}\n' + line(2, "ok").encode())
    said = shell.runs("analyse", "comments.jsonl")
    assert (said.code, [one["id"] for one in told(said)]) == (2, [2])
    assert said.err.splitlines()[0] == "line 1: is not UTF-8 text"


def test_fifty_bad_lines_are_enough_to_read(shell: Shell) -> None:
    said = runs(shell, *["oops"] * 60)
    assert (said.code, said.out, len(said.err.splitlines())) == (2, "", 52)
    assert said.err.splitlines()[-2:] == ["and 10 more", "0 texts read, 60 bad lines passed over"]


@pytest.mark.parametrize("typed", ["", "\n\n  \n"])
def test_nothing_at_all_is_said_to_be_nothing(shell: Shell, typed: str) -> None:
    said = shell.runs("analyse", typed=typed)
    assert (said.code, said.out) == (0, "")
    assert said.fault == 'There is nothing to read: give lines such as {"id": 1, "text": "..."}.'


def test_a_file_serves_as_well_and_a_byte_order_mark_does_no_harm(shell: Shell) -> None:
    (shell.folder / "comments.jsonl").write_text("\ufeff" + line("a", "ok", ward="W7"), "utf-8")
    assert told(shell.runs("analyse", "comments.jsonl"))[0]["id"] == "a"
    assert shell.runs("analyse", "nowhere.jsonl").code == 2


def test_longer_texts_are_read_whole_and_shown_cut(shell: Shell) -> None:
    [found] = told(runs(shell, line(1, "steady " * 500 + "no break")))
    assert len(found["scrubbed"]) <= COMMENT_LENGTH
    assert "breaks_rest" in found["themes"] or found["themes"]


def test_names_come_from_a_file(shell: Shell) -> None:
    (shell.folder / "names.txt").write_text("Cosy Corner\n\nmoira\n", "utf-8")
    (shell.folder / "comments.jsonl").write_text(line(1, "moira left cosy corner"), "utf-8")
    [found] = told(shell.runs("analyse", "--names", "names.txt", "comments.jsonl"))
    assert found["scrubbed"] == "[name] left [unit]"
    (shell.folder / "names.txt").write_bytes(b"\xff")
    said = shell.runs("analyse", "--names", "names.txt", "comments.jsonl")
    assert (said.code, said.out) == (2, "")


def test_an_answer_comes_before_the_next_comment_is_asked_for(shell: Shell) -> None:
    """A pipe that stays open: each line out is there as soon as it is read."""
    with subprocess.Popen(
        [*python_m_bot(), "analyse"],
        cwd=shell.folder,
        env=bare_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        for number in range(3):
            running.stdin.write(line(number, "ok") + "\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == number
        running.stdin.close()
        assert running.wait(60) == 0


def test_long_work_says_how_far_it_is(shell: Shell) -> None:
    said = runs(shell, *[line(number, "") for number in range(1_000)])
    assert said.err.splitlines() == ["1000 lines read", "1000 texts read"]


def test_help_shows_an_example_and_loads_nothing(shell: Shell) -> None:
    before = processor_seconds()
    done = shell.really_runs("analyse", "--help")
    assert processor_seconds() - before < SECONDS
    assert '{"id": "c-17", "text": ' in done.out
    assert "4,096" in done.out


def test_reading_needs_neither_settings_nor_a_database(shell: Shell) -> None:
    code = "import sys; sys.argv = ['shiftpulse', 'analyse']\nfrom bot.cli import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=shell.folder,
        env=bare_environment(),
        input=line(1, "ok"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["id"]) == (0, 1)
    assert list(shell.folder.glob("var/*")) == []
