"""Names that stay apart: two runs may bear one label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def distinct(labels: Sequence[str]) -> list[str]:
    """The labels, those that come again numbered: "ALS", "ALS (2)"."""
    seen: Counter[str] = Counter()
    taken = set(labels)
    result = []
    for label in labels:
        seen[label] += 1
        name = label
        while seen[label] > 1 and (name == label or name in taken):
            name = f"{label} ({seen[label]})"
            if name in taken:
                seen[label] += 1
        taken.add(name)
        result.append(name)
    return result
