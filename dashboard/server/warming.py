"""Compile every kernel once, or load it from the disk cache, so that no page waits for it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

KERNELS = (
    "core.ranking",
    "core.evaluation",
    "core.fusion.pool",
    "core.models",
    "core.explanation.subsets",
    "data.event_kernels",
    "data.reading.typed",
)
LATER = ("core.explanation.shap_permutation",)  # slow to import, and only one page asks for it


def warm_all(
    report: Callable[[int, int, str], None] | None = None, modules: Sequence[str] = (*KERNELS, *LATER)
) -> int:
    """Call `warm()` of each module that has one; returns how many did.

    Args:
        report: told (number done, number in all, name) before each module.
    """
    warmed = 0
    for number, name in enumerate(modules):
        if report is not None:
            report(number, len(modules), name)
        warm = getattr(importlib.import_module(name), "warm", None)
        if warm is not None:
            warm()
            warmed += 1
    return warmed
