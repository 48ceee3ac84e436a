"""Split & policy: events over time by part, and the counts of every protocol as a person reads them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.dataset import Dataset
from data.split import Split

BINS = 60
PARTS = ("train", "validation", "test")


def timeline(dataset: Dataset, split: Split, bins: int = BINS) -> pd.DataFrame:
    """Events per part in equal stretches of time: part, start (UTC), events. Empty without times."""
    times = dataset.interactions.time
    if times is None or not len(times):
        return pd.DataFrame(columns=["part", "start", "events"])
    edges = np.linspace(times.min(), times.max() + 1, bins + 1)
    starts = pd.to_datetime(edges[:-1].astype(np.int64), unit="s", utc=True)
    tables = []
    for part in PARTS:
        rows = getattr(split, f"{part}_rows")
        events = np.histogram(times[rows], bins=edges)[0]
        tables.append(pd.DataFrame({"part": part, "start": starts, "events": events}))
    return pd.concat(tables, ignore_index=True)


def sizes(split: Split) -> pd.DataFrame:
    """Events of each part: part, events."""
    return pd.DataFrame({"part": PARTS, "events": [len(getattr(split, f"{part}_rows")) for part in PARTS]})


def counts_table(counts: pd.DataFrame, recommended: str) -> pd.DataFrame:
    """The counts of `SplitAdvice`, one row per protocol, the recommended first; NaN where a
    protocol cannot be used."""
    table = counts.assign(_first=counts["protocol"].ne(recommended))
    columns = [
        "label", "train_events", "validation_known", "validation_new", "test_known", "test_new",
    ]  # fmt: skip
    for name in columns:
        if name not in table:
            table[name] = None
    table = table.sort_values("_first", kind="stable")[columns].reset_index(drop=True)
    return table.astype(dict.fromkeys(columns[1:], np.float64))
