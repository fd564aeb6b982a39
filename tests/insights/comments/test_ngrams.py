"""Hashed n-grams are the same everywhere, forgive how words are typed, and layers say when a file is not theirs."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest

from insights.comments.ngrams import Layer, features


def layer_bytes(weights: bytes, **other: object) -> bytes:
    head = {
        "classes": ["no", "yes"],
        "buckets": 8,
        "biases": [0.0, 0.5],
        "scales": [0.1, 0.1],
        "dense": ["capitals"],
        "dense_weights": [[0.0], [2.0]],
    }
    return json.dumps(head | other).encode() + b"\n" + weights


def test_features_are_the_same_in_another_process() -> None:
    code = "from insights.comments.ngrams import features; print(sorted(features('Not a good day 😡', 1024).items()))"
    for seed in ("1", "2"):
        other = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        assert other.stdout.strip() == str(sorted(features("Not a good day 😡", 1024).items()))


def test_features_are_the_ones_that_layers_were_fitted_with() -> None:
    assert {bucket: round(weight, 6) for bucket, weight in features("ok", 65536).items()} == {
        5061: 0.353553,
        11400: 0.408248,
        21012: 0.408248,
        22164: 0.353553,
        33828: 0.353553,
        41602: 0.408248,
        60422: 0.353553,
    }


@pytest.mark.parametrize("other", ["DON\u2019T go", "dont go", "Don't   go", "don`t go,"])
def test_ways_of_typing_make_no_difference(other: str) -> None:
    assert features(other, 4096) == features("do not go", 4096)


def test_digits_are_alike() -> None:
    assert features("12 patients", 4096) == features("28 patients", 4096)


def test_what_follows_a_negation_is_marked_until_the_sentence_turns() -> None:
    plain, marked, turned = (set(features(text, 1 << 20)) for text in ("good", "not good", "not but good"))
    assert len(plain - turned) < len(plain - marked)


def test_a_typing_error_keeps_most_pieces() -> None:
    right, wrong, other = (features(word, 1 << 16) for word in ("knackered", "knackerd", "lovely"))
    assert len(right.keys() & wrong.keys()) > 8 > len(right.keys() & other.keys())


def test_a_long_text_weighs_no_more_than_a_short_one() -> None:
    for text in ("tired", "so tired of late shifts and of no breaks " * 10):
        assert sum(weight**2 for weight in features(text, 1 << 20).values()) == pytest.approx(1, abs=0.05)


def test_a_text_without_words_has_no_features() -> None:
    assert features("", 64) == features(" ,,, ", 64) == {}


def test_scores_are_probabilities_of_weights_biases_and_numbers() -> None:
    layer = Layer.read(layer_bytes(bytes(16)))
    assert layer.sums("anything", [1.0]) == (0.0, 2.5)
    assert math.isclose(sum(layer.scores("anything", [0.0])), 1)
    assert layer.scores("anything", [1.0])[1] == pytest.approx(1 / (1 + math.exp(-2.5)))


def test_weights_are_signed_bytes_by_class() -> None:
    layer = Layer.read(layer_bytes(bytes([255] * 8 + [10] * 8)))
    low, high = layer.sums("tea", [0.0])
    whole = sum(features("tea", 8).values())
    assert low == pytest.approx(-0.1 * whole)
    assert high == pytest.approx(0.5 + 1.0 * whole)


def test_a_file_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="first line"):
        Layer.read(layer_bytes(bytes(15)))


def test_numbers_that_a_layer_was_not_fitted_with_are_refused() -> None:
    with pytest.raises(ValueError, match="other numbers"):
        Layer.read(layer_bytes(bytes(16))).scores("tea")


def test_a_layer_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        Layer.load("of_no_name")


def test_a_layer_shows_no_weights() -> None:
    assert "rows" not in repr(Layer.read(layer_bytes(bytes(16))))
