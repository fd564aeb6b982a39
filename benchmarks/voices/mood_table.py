"""The section on mood of docs/comments-table.md: TextBlob, VADER and ours on people whom ours has never met."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.voices import mood
from benchmarks.voices.corpora import Labelled, patient_texts, staff_texts
from benchmarks.voices.fit import Weights
from benchmarks.voices.judging import Judged, judge
from insights.comments.lexicon import read
from insights.comments.sentiment import sentiment, weighed

PARTS = 3
"""Into so many parts are patients' comments cut; each is read by a model that has not met it."""
TEXTBLOB, VADER, OURS = "TextBlob", "VADER", "ours"
Reader = Callable[[str], tuple[str, float]]
Told = list[tuple[str, float]]


def textblob() -> Reader:
    """TextBlob as it comes: above 0 is good, below bad."""
    from textblob import TextBlob

    def read_one(text: str) -> tuple[str, float]:
        polarity = float(TextBlob(text).sentiment.polarity)
        return "pos" if polarity > 0 else "neg" if polarity < 0 else "neu", polarity

    return read_one


def vader() -> Reader:
    """VADER with its own cut-offs of 0.05."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()

    def read_one(text: str) -> tuple[str, float]:
        compound = float(analyser.polarity_scores(text)["compound"])
        return "pos" if compound >= 0.05 else "neg" if compound <= -0.05 else "neu", compound

    return read_one


def ours() -> Reader:
    """Ours as it is shipped."""

    def read_one(text: str) -> tuple[str, float]:
        found = sentiment(text)
        return found.label.value if found.label else "neu", found.polarity or 0.0

    return read_one


def told_by(weights: Weights, texts: Sequence[Labelled]) -> Told:
    """What a model says of texts, by the rules of insights/comments/sentiment.py."""
    seen = mood.as_read(texts)
    told = []
    for text, scores in zip(texts, weights.scores(seen.seen, seen.numbers), strict=True):
        found = weighed(read(text.text), (float(scores[0]), float(scores[1]), float(scores[2])))
        told.append((found.label.value if found.label else "neu", found.polarity or 0.0))
    return told


def _without_author(data: Path, author: str, publics: list[Weights]) -> Told:
    staff, patients = staff_texts(data), patient_texts(data)
    kept = [one for one in staff if one.author != author]
    weights = mood.learn(mood.as_read(kept), mood.as_read(patients), publics)
    return told_by(weights, [one for one in staff if one.author == author])


def _without_part(data: Path, part: int, publics: list[Weights]) -> Told:
    staff, patients = staff_texts(data), patient_texts(data)
    kept = [one for place, one in enumerate(patients) if place % PARTS != part]
    weights = mood.learn(mood.as_read(staff), mood.as_read(kept), publics)
    return told_by(weights, patients[part::PARTS])


def _without_source(data: Path, publics: list[Weights]) -> Told:
    return told_by(mood.learn(mood.as_read(staff_texts(data)), mood.as_read([]), publics), patient_texts(data))


def held_out(data: Path) -> Iterator[tuple[str, list[Labelled], Told]]:
    """Name of a set, its texts, and what a model that has met nobody of it says of them."""
    publics = mood.public(data)
    staff, patients = staff_texts(data), patient_texts(data)
    authors = sorted({one.author for one in staff})
    with ProcessPoolExecutor(2) as pool:
        by_author = {author: pool.submit(_without_author, data, author, publics) for author in authors}
        by_part = [pool.submit(_without_part, data, part, publics) for part in range(PARTS)]
        foreign = pool.submit(_without_source, data, publics)
        for author in authors:
            own = [one for one in staff if one.author == author]
            told = by_author[author].result()
            yield author, own, told
            for voice in sorted({one.voice for one in own} - {author}):
                which = [place for place, one in enumerate(own) if one.voice == voice]
                yield f"{author}: {voice}", [own[place] for place in which], [told[place] for place in which]
        parts: Told = [("neu", 0.0)] * len(patients)
        for part, waiting in enumerate(by_part):
            parts[part::PARTS] = waiting.result()
        yield "patients, other comments", patients, parts
        yield "patients, other source", patients, foreign.result()


def judged(texts: Sequence[Labelled], told: Told) -> Judged:
    """F1, AUC and the rate of the worst mistake."""
    return judge([one.label for one in texts], [label for label, _ in told], [polarity for _, polarity in told])


def section(data: Path) -> str:
    """The section's text: moods by set, then speed and memory."""
    blob, other = textblob(), vader()
    lines = [
        "## Mood\n",
        "Mean F1 over the labels neg, neu, pos / AUC of bad against good / bad called good. Ours was trained without",
        "anything by the author of the texts (a file is an author, who wrote as several voices); what has no signal",
        'counts as neutral. "patients, other source": trained on patients\' comments of an earlier set only.\n',
        f"| texts | n | {TEXTBLOB} | {VADER} | {OURS} |",
        "|---|---|---|---|---|",
    ]
    for name, texts, told in held_out(data):
        rivals = [judged(texts, [reader(one.text) for one in texts]) for reader in (blob, other)]
        lines.append(f"| {name} | {len(texts)} | {rivals[0]} | {rivals[1]} | {judged(texts, told)} |")
    texts = [one.text[:400] for one in staff_texts(data)][::4]
    lines += ["", *speeds(texts)]
    return "\n".join(lines) + "\n"


def speeds(texts: Sequence[str]) -> Iterator[str]:
    """CPU time and memory, beside TextBlob's."""
    yield "| | texts a second | to TextBlob | p95, ms of CPU | p95 to TextBlob | first text, s of CPU | memory, MB |"
    yield "|---|---|---|---|---|---|---|"
    times = {name: timed(make(), texts) for name, make in ((TEXTBLOB, textblob), (VADER, vader), (OURS, ours))}
    for name, taken in times.items():
        first, memory = first_use(name)
        faster, slowest = (
            times[TEXTBLOB].sum() / taken.sum(),
            [np.percentile(one, 95) for one in (taken, times[TEXTBLOB])],
        )
        yield (
            f"| {name} | {len(taken) / taken.sum():.0f} | {faster:.2f} | {slowest[0] * 1000:.2f} | "
            f"{slowest[0] / slowest[1]:.2f} | {first:.2f} | {memory:.0f} |"
        )


def timed(reader: Reader, texts: Sequence[str]) -> np.ndarray:
    """Seconds of CPU for each text, after a first one."""
    reader("a first one")
    taken = []
    for text in texts:
        start = time.process_time()
        reader(text)
        taken.append(time.process_time() - start)
    return np.array(taken)


_USES = {
    TEXTBLOB: "from textblob import TextBlob; TextBlob('a good day').sentiment",
    VADER: "from vaderSentiment import vaderSentiment as v; v.SentimentIntensityAnalyzer().polarity_scores('good')",
    OURS: "from insights.comments.sentiment import sentiment; sentiment('a good day')",
}


def first_use(name: str) -> tuple[float, float]:
    """Seconds of CPU and MB that a fresh process spends on its first text, beyond an empty one's."""
    code = (
        "import time; from pathlib import Path\n"
        "held = lambda: int(Path('/proc/self/statm').read_text().split()[1]) * 4096 / 1e6\n"
        f"before = held(); start = time.process_time()\n{_USES[name]}\n"
        "print(time.process_time() - start, held() - before)"
    )
    seconds, memory = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    return float(seconds), float(memory)
