"""What is known of items and users, column by column; weights and kinds of events."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from data.columns import CATEGORIES, CATEGORY_SEPARATOR
from data.dataset import Dataset
from data.profile.base import share

TOP = 3
FEW_LEVELS = 20
BINS = 40
LONG = 60  # characters of the average text from which it is prose


def feature_table(features: pd.DataFrame | None) -> pd.DataFrame:
    """column, kind (number, category, list, text), filled (share), levels, typical (words), one row each."""
    names = [] if features is None else list(features.columns)
    rows = [_described(str(name), features[name]) for name in names if features is not None]
    return pd.DataFrame(rows, columns=["column", "kind", "filled", "levels", "typical"])


def _described(name: str, values: pd.Series) -> dict[str, object]:
    filled = values.dropna()
    told = {"column": name, "filled": share(len(filled), len(values)), "levels": int(filled.nunique())}
    if pd.api.types.is_numeric_dtype(values.dtype):
        low, middle, high = (filled.quantile(q) if len(filled) else np.nan for q in (0.05, 0.5, 0.95))
        return {
            **told,
            "kind": "number",
            "typical": f"{middle:.4g} ({low:.4g} to {high:.4g})" if len(filled) else "",
        }
    texts = [str(value) for value in filled]
    if name == CATEGORIES or _mean_of([CATEGORY_SEPARATOR in text for text in texts]) > 0.2:
        counts = Counter(part for text in texts for part in text.split(CATEGORY_SEPARATOR))
        return {**told, "kind": "list", "levels": len(counts), "typical": _most(counts, len(texts))}
    if _mean_of([len(text) for text in texts]) > LONG:
        words = float(np.median([len(text.split()) for text in texts]))
        return {**told, "kind": "text", "typical": f"{words:.0f} words"}
    return {**told, "kind": "category", "typical": _most(Counter(texts), len(texts))}


def _mean_of(values: list[bool] | list[int]) -> float:
    return float(np.mean(values)) if values else 0.0


def _most(counts: Counter[str], n: int) -> str:
    """`Drama 45 %, Comedy 38 %`; empty where no value comes twice."""
    common = [(text, times) for text, times in counts.most_common(TOP) if times > 1]
    return ", ".join(f"{text[:40]} {100 * times / n:.0f} %" for text, times in common)


def weight_table(dataset: Dataset) -> pd.DataFrame:
    """weight and events: one row per level where there are few, else per bin (its lower edge, log-spaced)."""
    weight = dataset.interactions.weight
    if not len(weight):
        return pd.DataFrame({"weight": [], "events": []})
    levels, counts = np.unique(weight[:1_000_000], return_counts=True)
    if len(levels) <= FEW_LEVELS:
        levels, counts = np.unique(weight, return_counts=True)
    if len(levels) <= FEW_LEVELS:
        return pd.DataFrame({"weight": levels.astype(float), "events": counts})
    positive = weight[weight > 0]
    edges = np.geomspace(max(float(positive.min()), 1e-9), float(positive.max()) * 1.0001, BINS + 1)
    counts, _ = np.histogram(positive, edges)
    return pd.DataFrame({"weight": edges[:-1], "events": counts})


def event_table(dataset: Dataset) -> pd.DataFrame:
    """event (its name), events, share, users who did it at least once; empty where there is one kind."""
    codes, names = dataset.interactions.event, dataset.facts.get("event_types", ())
    if codes is None or not len(codes):
        return pd.DataFrame({"event": [], "events": [], "share": [], "users": []})
    counts = np.bincount(codes, minlength=len(names))
    users = [len(np.unique(dataset.interactions.user[codes == code])) for code in range(len(counts))]
    labels = [str(names[code]) if code < len(names) else str(code) for code in range(len(counts))]
    return pd.DataFrame({"event": labels, "events": counts, "share": counts / len(codes), "users": users})
