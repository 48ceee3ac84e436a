"""What a data set is like: numbers with their definitions, and curves."""

from __future__ import annotations

import numpy as np

from data.dataset import Dataset
from data.profile import lives, sizes
from data.profile.base import POINTS as POINTS
from data.profile.base import Profile as Profile
from data.profile.features import weight_table
from data.profile.segments import by_band
from data.profile.sizes import gini as gini
from data.split import Split

DEFINITIONS: dict[str, str] = {**sizes.DEFINITIONS, **lives.DEFINITIONS}


def profile(dataset: Dataset, split: Split | None = None) -> Profile:
    """Measure a data set, and with a split how much of its test part is cold."""
    events = dataset.interactions
    of_user = np.bincount(events.user, minlength=dataset.n_users)
    of_item = np.bincount(events.item, minlength=dataset.n_items)
    told, curves, period = lives.lives(dataset)
    numbers = {
        **sizes.sizes(dataset, of_user, of_item),
        **sizes.concentration(of_item),
        **sizes.times(dataset),
        **(sizes.cold(split) if split is not None else {}),
        **told,
    }
    curves |= {
        "activity": sizes.ranked(of_user),
        "popularity": sizes.ranked(of_item),
        "weights": weight_table(dataset),
        "user_segments": by_band(dataset, "user"),
        "item_segments": by_band(dataset, "item"),
    }
    ordered = {name: numbers[name] for name in DEFINITIONS if name in numbers}
    return Profile(ordered, {name: DEFINITIONS[name] for name in ordered}, curves, period)
