"""D010: a few items with a large part of all events."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from data.checks.base import NO_EVENTS, Answer, answer, events_per_item, grade
from data.checks.wording import number, quoted, share
from data.dataset import Dataset
from data.split import Split

HEAD = 0.01
FAIR = 5  # times their fair part, so that a handful of items does not count as a crowded head


class DominatingItems:
    """Share of the events that falls on the 1 % of items with the most."""

    code: ClassVar[str] = "D010"
    name: ClassVar[str] = "dominating_items"
    title: ClassVar[str] = "Dominating items"
    why: ClassVar[str] = (
        "Popularity alone scores well and models learn to repeat it. Bags, postage and vouchers among the "
        "items look like the taste of everybody."
    )
    fix: ClassVar[str] = (
        "Import again with non-products set aside; watch coverage and novelty beside accuracy, and "
        "compare with popularity."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Sort items by events."""
        counts = events_per_item(dataset)
        total, n_items = int(counts.sum()), int((counts > 0).sum())
        if not total:
            return NO_EVENTS
        n_head = int(np.ceil(HEAD * n_items))
        head = np.argsort(-counts, kind="stable")[:n_head]
        part = float(counts[head].sum() / total)
        severity = grade(part, 0.4, 0.1) if part >= FAIR * n_head / n_items else None
        top = tuple(str(dataset.titles[item]) for item in head[:3])
        sentence = (
            f"The {number(n_head)} most popular of {number(n_items)} items take {share(part)} of all "
            f"events; the first is {quoted(top[:1])} with {number(counts[head[0]])}."
        )
        return answer(severity, sentence, {"items": n_head, "share": part}, top)
