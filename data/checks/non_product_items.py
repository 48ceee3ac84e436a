"""D019: codes of postage, fees and manual entries among the items."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from data.checks.base import NO_EVENTS, Answer, answer, grade
from data.checks.wording import number, plural, share
from data.cleaning.non_products import propose_non_products
from data.coded import Coded
from data.columns import ITEM, TITLE
from data.dataset import Dataset
from data.split import Split


class NonProductItems:
    """Items written or called like what a shop books and does not sell."""

    code: ClassVar[str] = "D019"
    name: ClassVar[str] = "non_product_items"
    title: ClassVar[str] = "Items that are no products"
    why: ClassVar[str] = (
        "Postage is bought with everything, so it becomes everybody's neighbour and is recommended to all; "
        "fees and corrections stand in histories where taste should."
    )
    fix: ClassVar[str] = "Import again and set these codes aside as no items."
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Judge codes by form, title and negative weights, as the import does."""
        n_events = len(dataset.interactions)
        if not n_events:
            return NO_EVENTS
        found = propose_non_products(as_coded(dataset), _titles(dataset))
        if found is None:
            return answer(
                None, f"None of {number(dataset.n_items)} items is written or called like a fee.", {}
            )
        part = found.rows / n_events
        values = {"items": len(found.evidence), "events": found.rows, "share": part}
        examples = tuple(f"{item.id}: {item.reason}" for item in found.evidence[:10])
        n_items = plural(len(found.evidence), "item", "items")
        sentence = f"{share(part)} of all events name {n_items} like postage, fees or manual entries."
        return answer(grade(part, 0.01, 0.0), sentence, values, examples)


def as_coded(dataset: Dataset) -> Coded:
    """The events as rows of an import; nothing is copied."""
    events = dataset.interactions
    return Coded(
        events.user,
        events.item,
        events.weight,
        np.zeros(len(events), dtype=np.int32),
        dataset.users.ids,
        dataset.items.ids,
        second=events.time,
    )


def _titles(dataset: Dataset) -> pd.DataFrame | None:
    table = dataset.item_features
    if table is None or TITLE not in table:
        return None
    return pd.DataFrame({ITEM: dataset.items.ids, TITLE: table[TITLE].to_numpy()})
