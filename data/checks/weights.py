"""Weights as two checks see them."""

from __future__ import annotations

from data.dataset import Dataset


def weight_column(dataset: Dataset) -> str | None:
    """The file's column that became the weight; None where none was mapped or the origin is unknown."""
    mapping = dataset.facts.get("mapping") or {}
    column = mapping.get("weight") if isinstance(mapping, dict) else None
    return None if column is None else str(column)
