"""How a reading of mood is judged: F1 over three labels, AUC of bad against good, and the worst mistake's rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata


@dataclass(frozen=True)
class Judged:
    """`f1`: mean over labels. `auc`: None where one of the two sides is missing. `turned`: bad ones called good."""

    texts: int
    f1: float
    auc: float | None
    turned: float

    def __str__(self) -> str:
        auc = "–" if self.auc is None else f"{self.auc:.2f}"
        return f"{self.f1:.2f} / {auc} / {self.turned * 100:.0f} %"


def judge(labels: Sequence[str], said: Sequence[str], polarities: Sequence[float]) -> Judged:
    """`said` are labels (what has no signal is said to be neutral), `polarities` numbers (no signal is 0).

    >>> str(judge(["neg", "pos", "neu"], ["neg", "pos", "pos"], [-0.5, 0.5, 0.1]))
    '0.56 / 1.00 / 0 %'
    """
    told, heard = np.asarray(labels), np.asarray(said)
    scores = [_f1(told == label, heard == label) for label in ("neg", "neu", "pos")]
    bad, good = (np.asarray(polarities, dtype=float)[told == label] for label in ("neg", "pos"))
    turned = float(np.mean(heard[told == "neg"] == "pos")) if len(bad) else 0.0
    return Judged(len(told), float(np.mean(scores)), _auc(bad, good), turned)


def _f1(wanted: np.ndarray, found: np.ndarray) -> float:
    whole = int(wanted.sum() + found.sum())
    return 2 * int((wanted & found).sum()) / whole if whole else 0.0


def _auc(low: np.ndarray, high: np.ndarray) -> float | None:
    if not len(low) or not len(high):
        return None
    ranks = rankdata(np.concatenate([low, high]))
    above = ranks[len(low) :].sum() - len(high) * (len(high) + 1) / 2
    return float(above / (len(low) * len(high)))
