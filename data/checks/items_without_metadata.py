"""D016: items of the events that the item file does not know."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import Answer, DoesNotApply, answer, grade
from data.checks.wording import number, quoted, share
from data.dataset import Dataset
from data.split import Split


class ItemsWithoutMetadata:
    """Items with events for which no column of the item table says anything."""

    code: ClassVar[str] = "D016"
    name: ClassVar[str] = "items_without_metadata"
    title: ClassVar[str] = "Items without metadata"
    why: ClassVar[str] = (
        "Lists show bare ids for them, and models that read titles and categories know nothing of them. "
        "Many of them are a sign that the ids of the two files are written differently."
    )
    fix: ClassVar[str] = "Compare how ids are written in both files, or import a complete item file."
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Count rows of the item table where everything is missing."""
        table = dataset.item_features
        if table is None or not len(table.columns):
            return DoesNotApply("No item metadata was imported.")
        present = dataset.trained_items
        if not present.any():
            return DoesNotApply("There are no events.")
        empty = table.isna() | table.astype("str").isin(["", "nan", "None"])
        bare = empty.to_numpy().all(axis=1) & present
        part = float(bare.sum() / present.sum())
        ids = tuple(str(item) for item in dataset.items.ids[bare][:10])
        values = {"items": int(bare.sum()), "share": part}
        if not ids:
            return answer(None, f"Something is known of all {number(present.sum())} items.", values)
        sentence = (
            f"Nothing is known of {number(bare.sum())} of {number(present.sum())} items ({share(part)}), "
            f"such as {quoted(ids)}."
        )
        return answer(grade(part, 0.2, 0.0), sentence, values, ids)
