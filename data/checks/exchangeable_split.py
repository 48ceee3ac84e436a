"""D024: does the test part look like a random hold-out?"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from data.checks.base import KNOW, LOOK, NO_SPLIT, Answer, DoesNotApply, Severity, answer
from data.checks.item_counts import dispersion, of_rows
from data.dataset import Dataset
from data.split import Split

CLEARLY = 1.2  # χ²/df below which tuning on random events would still fit the test part
ERRORS = 4.0  # standard errors that chance is allowed


class ExchangeableSplit:
    """χ² per degree of freedom of the items' test share against binomial sampling: 1.00 for a random one."""

    code: ClassVar[str] = "D024"
    name: ClassVar[str] = "exchangeable_split"
    title: ClassVar[str] = "Test part is not a random hold-out"
    why: ClassVar[str] = (
        "Settings and fusion weights that are best on random validation events are then not best on test. "
        "Published splits called random can be of this kind: Gowalla's has 1.79."
    )
    fix: ClassVar[str] = (
        "Tune on a validation part with the same shift (a cut in time between train and test), or prefer "
        "settings that are good everywhere; do not expect validation's winner to win on test."
    )
    needs_split: ClassVar[bool] = True
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Compare test with all events before it, and validation with train."""
        if split is None:
            return NO_SPLIT
        train, validation = (of_rows(dataset, rows) for rows in (split.train_rows, split.validation_rows))
        test, freedom = dispersion(train + validation, of_rows(dataset, split.test_rows))
        if np.isnan(test):
            return DoesNotApply("Test shares need at least two items and events in both parts.")
        tuning, _ = dispersion(train, validation)
        limit = max(CLEARLY, 1 + ERRORS * float(np.sqrt(2 / freedom)))
        values = {"test": test, "degrees": freedom, "limit": limit}
        beside = ""
        if not np.isnan(tuning):
            values["validation"] = tuning
            beside = f"; the validation part has {tuning:.2f}"
        sentence = (
            f"Items' shares in the test part vary {test:.2f} times as much as in a random hold-out "
            f"(χ²/df {test:.2f}, random 1.00){beside}."
        )
        return answer(_severity(test, tuning, limit), sentence, values)


def _severity(test: float, tuning: float, limit: float) -> Severity | None:
    """Grave when validation is a random hold-out and test is none: the one does not stand for the other."""
    if test < limit:
        return None
    return LOOK if tuning < limit else KNOW
