"""What is learnt of texts is read again without the tools that learnt it, and is judged on people it has not met."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.voices.corpora import OWN, labelled, rows
from benchmarks.voices.fit import as_bytes, as_layer, by_voice, class_weights, fit, held_out, vectors, write_layer
from benchmarks.voices.judging import judge
from insights.comments.ngrams import Layer

TEXTS = ["lovely kind team", "awful cold night", "rota is on the wall", "kind porter", "awful queue", "rota is out"]
LABELS = ["pos", "neg", "neu", "pos", "neg", "neu"]


def test_a_layer_reads_as_it_was_learnt(tmp_path: Path) -> None:
    weights = fit(TEXTS, LABELS, buckets=1024, l2=0.1)
    write_layer(tmp_path / "mood.layer", weights)
    layer = Layer.read((tmp_path / "mood.layer").read_bytes())
    assert layer.classes == ("neg", "neu", "pos")
    for text, likely in zip(TEXTS, weights.scores(vectors(TEXTS, 1024)), strict=True):
        assert layer.scores(text) == pytest.approx(likely, abs=0.02)
    assert np.argmax(layer.scores("a kind word")) == layer.classes.index("pos")


def test_the_same_texts_give_the_same_file() -> None:
    assert as_bytes(fit(TEXTS, LABELS, buckets=512)) == as_bytes(fit(TEXTS, LABELS, buckets=512))


def test_numbers_beside_the_texts_are_weighed() -> None:
    numbers = np.array([[1.0], [0.0]] * 3)
    weights = fit(["tea"] * 6, ["yes", "no"] * 3, buckets=64, dense=numbers, dense_names=["told"])
    layer = as_layer(weights)
    assert layer.scores("tea", [1.0])[layer.classes.index("yes")] > 0.7 > 0.3 > layer.scores("tea", [0.0])[1]


def test_a_text_that_counts_more_wins() -> None:
    for counts, winner in (([5, 1], "a"), ([1, 5], "b")):
        layer = as_layer(fit(["tea", "tea"], ["a", "b"], counts, buckets=64))
        assert layer.classes[int(np.argmax(layer.scores("tea")))] == winner


def test_voices_are_held_out_whole() -> None:
    voices = ["ana", "ben", "ana", "cy"]
    met: list[set[str]] = []

    def learn(kept: np.ndarray) -> object:
        met.append({voice for voice, is_kept in zip(voices, kept, strict=True) if is_kept})
        return lambda own: np.tile([len(met), 0.0], (int(own.sum()), 1))

    scores = held_out(voices, 2, learn)  # type: ignore[arg-type]
    assert met == [{"ben", "cy"}, {"ana", "cy"}, {"ana", "ben"}]
    assert scores[:, 0].tolist() == [1, 2, 1, 3]
    assert [voice for voice, _ in by_voice(voices)] == ["ana", "ben", "cy"]


def test_rare_labels_are_made_to_count() -> None:
    assert class_weights(["a", "a", "a", "b"]) == {"a": pytest.approx(2 / 3), "b": pytest.approx(2.0)}


def test_judging_counts_bad_ones_that_were_called_good() -> None:
    judged = judge(["neg", "neg", "pos", "neu"], ["neg", "pos", "pos", "neu"], [-0.5, 0.4, 0.6, 0.0])
    assert (judged.turned, judged.auc) == (0.5, 1.0)
    assert judge(["neg"], ["neg"], [-1.0]).auc is None


def test_our_own_texts_are_labelled_told_by_voice_and_never_twice() -> None:
    texts = [text for path in sorted(OWN.glob("staff_*.jsonl")) for text in labelled(path)]
    assert len(texts) == sum(1 for path in OWN.glob("staff_*.jsonl") for _ in rows(path)) >= 600
    assert len({(text.author, text.text) for text in texts}) == len(texts)
    assert len({text.voice for text in texts}) >= 11
