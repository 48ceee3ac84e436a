"""D012: weights that do not mean what models take them for."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from data.checks.base import KNOW, LOOK, NO_EVENTS, Answer, DoesNotApply, Severity, answer
from data.checks.wording import amount, number, plural, share
from data.dataset import Dataset
from data.split import Split

SKEWED, VERY_SKEWED = 100.0, 1000.0  # largest weight over the middle one
MOST_LEVELS, HIGHEST_RATING = 20, 10.0


class WeightMismatch:
    """Negative or zero weights, a huge skew, or ratings of which the low ones mean dislike."""

    code: ClassVar[str] = "D012"
    name: ClassVar[str] = "weight_mismatch"
    title: ClassVar[str] = "Weights of another kind"
    why: ClassVar[str] = (
        "Models for implicit feedback read a weight as confidence that somebody likes the item: below zero "
        "has no meaning, one count of 300,000 drowns everything else, and a rating of 1 of 5 counts as "
        "weak liking rather than dislike."
    )
    fix: ClassVar[str] = (
        "Returns and cancellations: set them aside with what they take back. Counts: take the logarithm "
        "in the model's settings. Ratings: set a minimum (for example 3.5 of 5) or import without a weight."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Each kind on its own; the gravest counts."""
        weight = dataset.interactions.weight
        if not len(weight):
            return NO_EVENTS
        if weight.min() == weight.max() > 0:
            return DoesNotApply("All events weigh the same.")
        parts, values = [], dict[str, float]()
        for found in (_not_positive(weight), _skewed(weight), _ratings(weight)):
            if found is not None:
                parts.append(found)
                values.update(found[2])
        if not parts:
            low, middle, high = np.quantile(weight, (0.0, 0.5, 1.0))
            sentence = (
                f"Weights are positive, {amount(low)} to {amount(high)} with {amount(middle)} in the middle."
            )
            return answer(None, sentence, {"largest": float(high), "median": float(middle)})
        grave = any(severity == LOOK for severity, _, _ in parts)
        return answer(LOOK if grave else KNOW, " ".join(text for _, text, _ in parts), values)


Part = tuple[Severity, str, dict[str, float]]


def _not_positive(weight: NDArray[np.float32]) -> Part | None:
    negative, zero = int((weight < 0).sum()), int((weight == 0).sum())
    if not negative + zero:
        return None
    values = {"negative": float(negative), "zero": float(zero)}
    words = []
    if negative:
        least = f"the lowest {amount(weight.min())}"
        words.append(f"{plural(negative, 'event has', 'events have')} a negative weight, {least}")
    if zero:
        words.append(f"{plural(zero, 'event weighs', 'events weigh')} 0")
    return LOOK if negative else KNOW, f"{'; '.join(words)}.", values


def _skewed(weight: NDArray[np.float32]) -> Part | None:
    positive = weight[weight > 0].astype(np.float64)
    if not len(positive):
        return None
    middle, largest = float(np.median(positive)), float(positive.max())
    skew = largest / middle
    if skew < SKEWED:
        return None
    n_top = max(1, len(positive) // 100)
    top = float(np.partition(positive, -n_top)[-n_top:].sum() / positive.sum())
    text = (
        f"The largest weight is {number(skew)} times the middle one ({amount(largest)} against "
        f"{amount(middle)}); the heaviest 1 % of events hold {share(top)} of all weight."
    )
    return LOOK if skew >= VERY_SKEWED else KNOW, text, {"skew": skew, "heaviest_share": top}


def _ratings(weight: NDArray[np.float32]) -> Part | None:
    """A scale in halves or wholes up to 10 with several levels, of which the lower half is used."""
    levels = np.unique(weight[: 1 << 20])
    if not 3 <= len(levels) <= MOST_LEVELS or levels[0] < 0 or levels[-1] > HIGHEST_RATING:
        return None
    if np.any(levels * 2 % 1 != 0) or np.any(np.diff(levels) > 1) or levels[-1] < 3:
        return None
    middle = float(levels[0] + levels[-1]) / 2
    low = float((weight < middle).mean())
    if low == 0 or low >= 0.5:  # counts pile up at 1, ratings in the upper half
        return None
    text = (
        f"Weights look like ratings from {amount(levels[0])} to {amount(levels[-1])}; {share(low)} of events "
        f"lie below the middle of the scale ({amount(middle)}) and still count as liking."
    )
    return KNOW, text, {"below_middle": low}
