"""What a model needs of the data, and why this data has it not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.models.features import anything_known
from data.dataset import Dataset
from data.errors import NotApplicable

NEEDS = ("times", "item_features", "user_features", "ratings")  # what a model may ask for
FEWEST_LEVELS, MOST_LEVELS = 3, 101  # of a rating scale: 0 to 100 is the longest in use
LARGEST = 100.0
LOOKED_AT = 500_000  # events
AT_THE_LOWEST = 0.6  # share of events at the lowest level from which on weights are counts, not ratings


def why_not(need: str, dataset: Dataset) -> tuple[str, str]:
    """(what is missing, what to do), both empty where the data has what is needed."""
    return _ANSWERS[need](dataset)


def _times(dataset: Dataset) -> tuple[str, str]:
    if dataset.has_times:
        return "", ""
    return "the time of each event, and this data has no times", "Import a time column."


def _item_features(dataset: Dataset) -> tuple[str, str]:
    if anything_known(dataset.item_features):
        return "", ""
    return (
        "what is known of items, and this data has only their ids",
        "Import a table of items with titles, categories or other columns.",
    )


def _user_features(dataset: Dataset) -> tuple[str, str]:
    if anything_known(dataset.user_features):
        return "", ""
    return "what is known of users, and this data has only their ids", "Import a table of users."


def _ratings(dataset: Dataset) -> tuple[str, str]:
    """Weights that look like a scale: 3 to 101 levels up to 100, not mostly the lowest one.

    Of large data some hundred thousand events are drawn: a scale shows in them.
    """
    weights = dataset.interactions.base_weight
    if len(weights) > LOOKED_AT:
        weights = weights[np.random.default_rng(0).integers(0, len(weights), LOOKED_AT)]
    levels, counts = np.unique(weights, return_counts=True)
    hint = "Choose a column of ratings as the weight when importing, or use a model of what is taken."
    if len(levels) < FEWEST_LEVELS:
        said = " and ".join(f"{level:g}" for level in levels) or "nothing"
        return f"ratings, and the weights of this data are only {said}", hint
    if len(levels) > MOST_LEVELS or levels[-1] > LARGEST:
        said = f"the {len(levels):,} different weights of this data, up to {levels[-1]:,g},"
        return f"ratings, and {said} look like amounts", hint
    if counts[0] > AT_THE_LOWEST * counts.sum():
        share = 100 * counts[0] / counts.sum()
        said = f"{share:.0f} % of the weights of this data are {levels[0]:g}, the lowest"
        return f"ratings, and {said}, as with counts", hint
    return "", ""


_ANSWERS: dict[str, Callable[[Dataset], tuple[str, str]]] = {
    "times": _times,
    "item_features": _item_features,
    "user_features": _user_features,
    "ratings": _ratings,
}


def needed(model: Any, config: Any = None) -> tuple[str, ...]:
    """What a model (or its class) needs, with what its settings ask for beyond that (`Config.needs`)."""
    return tuple(dict.fromkeys((*model.needs, *getattr(config, "needs", ()))))


def reasons(model: Any, dataset: Dataset, config: Any = None) -> tuple[str, ...]:
    """A sentence for each need that the data does not meet."""
    missing = (why_not(need, dataset)[0] for need in needed(model, config))
    return tuple(f"{model.label} needs {what}." for what in missing if what)


def refuse(model: Any, dataset: Dataset) -> None:
    """Raises `NotApplicable` with the first need that the data does not meet."""
    for need in needed(model, model.config):
        what, hint = why_not(need, dataset)
        if what:
            raise NotApplicable(f"{model.label} needs {what}.", hint)
