"""Nothing that somebody types makes the crisis check slow: CPU time, with room for a busy machine."""

from __future__ import annotations

import random
import time

import pytest

from insights import policy
from insights.comments.crisis import care_for
from insights.comments.language import language_of
from insights.comments.tables import lines_of, table

MOST_SECONDS = 0.05
LENGTH = 500
LONG_SECONDS = 0.25

REPEATED = {
    "one letter": "a",
    "letters that alternate": "ab",
    "letters apart": "k i l l m y s e l f ",
    "dots between letters": "d.i.e.",
    "words run together": "iwanttodie",
    "words that nearly part": "wantwantwan",
    "stars": "*",
    "stars in words": "k*ll ",
    "digits in words": "k1ll mys3lf ",
    "quotes": "'",
    "punctuation": ".!?;",
    "emoji": "😂🔪",
    "emoji joined": "👩\u200d⚕️",
    "invisible signs": "k\u200bi\u200bl\u200bl\u200b",
    "combining marks": "a\u0301\u0302\u0303\u0308",
    "one letter under many marks": "\u0301",
    "lookalikes": "а\u0435a",
    "signs that unfold": "\ufdfa",
    "another script": "മരി",
    "spaces": " \u00a0\t\n",
    "subjects": "i me my myself ",
    "negations": "not never no ",
    "wishes": "i want to not ",
    "kin": "my husband hits she said ",
    "nearly everything": "want to end my own take all the pills ",
}


def cpu_seconds(text: str) -> float:
    """The quicker of two runs: another process may take the core in between."""
    taken = []
    for _ in range(2):
        begun = time.process_time()
        care_for(text)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.fixture(scope="module", autouse=True)
def read_once() -> None:
    care_for("reads the data")


@pytest.mark.parametrize("kind", REPEATED)
def test_hostile_characters_are_answered_at_once(kind: str) -> None:
    piece = REPEATED[kind]
    text = (piece * LENGTH)[:LENGTH]
    assert cpu_seconds(text) < MOST_SECONDS
    assert cpu_seconds(f"{text[:-1]}!") < MOST_SECONDS


def without_its_end(phrase: str, classes: dict[str, str]) -> str:
    """A phrase said up to its last word, again and again: all the work of looking and no hit."""
    said = []
    for sign in phrase.split()[:-1]:
        word = sign.removesuffix("?").partition("|")[0]
        if word.startswith("@"):
            word = next(one for one in classes[word[1:]].split() if not one.startswith("@"))
        if word.strip(".^$"):
            said.append(word.replace("_", " "))
    return " ".join(said)


def test_near_misses_of_every_phrase_are_answered_at_once() -> None:
    read = table("crisis")
    phrases = [
        line for name in ("masks", "crisis", "gentle") for block in read[name].values() for line in lines_of(block)
    ]
    near = {without_its_end(phrase, read["classes"]) for phrase in phrases} - {""}
    assert len(near) > 300
    order = random.Random(7)
    texts = [(" ".join(order.sample(sorted(near), 80)))[:LENGTH] for _ in range(60)]
    texts += [f"{piece} " * LENGTH for piece in order.sample(sorted(near), 120)]
    assert max(cpu_seconds(text[:LENGTH]) for text in texts) < MOST_SECONDS


@pytest.mark.parametrize(
    "kind", ["letters apart", "words run together", "wishes", "nearly everything", "signs that unfold"]
)
def test_the_longest_message_there_is_does_not_take_long(kind: str) -> None:
    text = (REPEATED[kind] * policy.MESSAGE_LENGTH)[: policy.MESSAGE_LENGTH]
    assert cpu_seconds(text) < LONG_SECONDS
    begun = time.process_time()
    language_of(text)
    assert time.process_time() - begun < LONG_SECONDS
