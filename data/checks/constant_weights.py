"""D011: a weight that says nothing."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import KNOW, NO_EVENTS, Answer, DoesNotApply, Finding, NothingFound
from data.checks.weights import weight_column
from data.checks.wording import amount, number
from data.dataset import Dataset
from data.split import Split


class ConstantWeights:
    """All events weigh the same though a weight was imported."""

    code: ClassVar[str] = "D011"
    name: ClassVar[str] = "constant_weights"
    title: ClassVar[str] = "Constant weights"
    why: ClassVar[str] = (
        "A rating or count that never changes tells nothing of how much somebody likes an item, and a "
        "constant other than 1 only changes the scale of the models that use it."
    )
    fix: ClassVar[str] = "Import without a weight, or map the column that was meant."
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Compare the smallest with the largest weight."""
        weight = dataset.interactions.weight
        if not len(weight):
            return NO_EVENTS
        low, high = float(weight.min()), float(weight.max())
        column = weight_column(dataset)
        if low == high == 1.0 and column is None:
            return DoesNotApply("No weight was imported: every event counts 1.")
        values = {"smallest": low, "largest": high}
        if low != high:
            return NothingFound(f"Weights run from {amount(low)} to {amount(high)}.", values)
        source = f" (column {column!r})" if column else ""
        sentence = f"All {number(len(weight))} events have the weight {amount(low)}{source}."
        return Finding(KNOW, sentence, values)
