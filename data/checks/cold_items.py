"""D021: items of the test part that train does not hold."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from data.checks.base import KNOW, NO_SPLIT, Answer, DoesNotApply, answer, grade
from data.checks.wording import number, share
from data.dataset import Dataset
from data.split import Split


class ColdItems:
    """Share of what is to be found that no model trained here can list."""

    code: ClassVar[str] = "D021"
    name: ClassVar[str] = "cold_items"
    title: ClassVar[str] = "New items in the test part"
    why: ClassVar[str] = (
        "Models that know items by their events cannot list them, so part of the test is out of reach for "
        "all of them alike."
    )
    fix: ClassVar[str] = "Judge on reachable targets; import item texts to list new items."
    needs_split: ClassVar[bool] = True
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Compare the items of the targets with those of train."""
        if split is None:
            return NO_SPLIT
        wanted = split.test.targets.indices
        if not len(wanted):
            return DoesNotApply("Nothing is to be found in the test part.")
        new = ~split.train.trained_items[wanted]
        items, total = len(np.unique(wanted[new])), len(np.unique(wanted))
        part = float(new.mean())
        values = {"items": items, "of": total, "share": items / total, "target_share": part}
        if not items:
            return answer(
                None, f"All {number(total)} items to be found in the test part occur in train.", values
            )
        sentence = (
            f"{number(items)} of {number(total)} items to be found in the test part are new "
            f"({share(items / total)}); they are {share(part)} of the targets."
        )
        if split.protocol == "given":
            sentence += " Their ids stand in the test file but teach nothing in the train file."
        asked_for = split.protocol in ("item_cold", "user_item_cold")  # then they are meant to be new
        return answer(KNOW if asked_for else grade(part, 0.2, 0.02), sentence, values)
