"""Versions of what computed a run, kept with it."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("rankscope", "numpy", "scipy", "pandas", "numba", "implicit", "torch", "shap", "duckdb")


@cache
def versions() -> dict[str, str]:
    """Package name → version, Python among them; packages that are not installed are left out."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
