"""Compile every kernel once, or load it from the disk cache, so that no page waits for it."""

from __future__ import annotations

import importlib
from collections.abc import Callable

KERNELS = (
    "core.ranking",
    "core.evaluation",
    "core.significance",
    "core.fusion.pool",
    "core.explanation",
    "core.models",
)


def warm_all(report: Callable[[int, int, str], None] | None = None) -> int:
    """Call `warm()` of each module in `KERNELS` that has one; returns how many did.

    Args:
        report: told (number done, number in all, name) before each module.
    """
    warmed = 0
    for number, name in enumerate(KERNELS):
        if report is not None:
            report(number, len(KERNELS), name)
        warm = getattr(importlib.import_module(name), "warm", None)
        if warm is not None:
            warm()
            warmed += 1
    return warmed
