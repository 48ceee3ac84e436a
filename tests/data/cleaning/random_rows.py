"""Rows and choices for the tests of the rules: by hand, and drawn at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from data.cleaning import Cleaning
from data.coded import MISSING, Coded

EVERYTHING_KEPT = Cleaning(drop_duplicates=False)
Row = tuple[int, int, float, int]  # user, item, weight, second


def coded(rows: list[Row], **more: object) -> Coded:
    """Rows with ids u0, u1, … and i0, i1, …, one line each."""
    user, item, weight, second = (list(column) for column in zip(*rows, strict=True))
    made = Coded(
        np.asarray(user, dtype=np.int32),
        np.asarray(item, dtype=np.int32),
        np.asarray(weight, dtype=np.float32),
        np.ones(len(rows), dtype=np.int32),
        np.asarray([f"u{n}" for n in range(max(user) + 1)], dtype=object),
        np.asarray([f"i{n}" for n in range(max(item) + 1)], dtype=object),
        second=np.asarray(second, dtype=np.int64),
    )
    return replace(made, **more)  # type: ignore[arg-type]


@st.composite
def any_rows(draw: st.DrawFn) -> Coded:
    n = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    users, items = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    names = ["7", "7.0", " 7", "guest", "ü", "8.00", "x", "0"]
    made = Coded(
        rng.integers(MISSING, users, n).astype(np.int32),
        rng.integers(0, items, n).astype(np.int32),
        rng.choice([-2.0, -1.0, 0.0, 1.0, 2.0, 5.0], n).astype(np.float32),
        rng.integers(0, 3, n).astype(np.int32),
        np.asarray(sorted(names[:users]), dtype=object),
        np.asarray([f"i{k}.0" if k % 2 else f"i{k}" for k in range(items)], dtype=object),
    )
    optional = {
        "second": rng.integers(0, 20, n).astype(np.int64),
        "row_hash": rng.integers(0, 25, n).astype(np.uint64),
        "session": rng.integers(0, 5, n).astype(np.int32),
        "part": rng.integers(0, 3, n).astype(np.uint8),
        "extras": pd.DataFrame({"row": np.arange(n)}),
    }
    chosen = {name: values for name, values in optional.items() if draw(st.booleans())}
    if draw(st.booleans()):
        chosen |= {"event": rng.integers(0, 2, n).astype(np.uint8), "event_types": ("view", "buy")}
    made = replace(made, **chosen)
    for name in ("user", "item", "weight", "span", "second", "row_hash", "event", "session", "part"):
        if getattr(made, name) is not None:
            getattr(made, name).setflags(write=False)  # as arrays that are mapped from disk
    return made


CHOICES = st.builds(
    Cleaning,
    normalise_ids=st.booleans(),
    drop_users=st.sampled_from([(), ("guest",), ("7.0", "x")]),
    drop_items=st.sampled_from([(), ("i0",), ("i1.0", "i2")]),
    event_weights=st.sampled_from([None, {"buy": 5.0}, {"view": 1.0, "buy": 0.5}]),
    cancellations=st.sampled_from(["keep", "drop", "match"]),
    min_weight=st.sampled_from([None, 0.0, 1.0]),
    max_weight=st.sampled_from([None, 2.0]),
    since=st.sampled_from([None, "1970-01-01T00:00:03"]),
    until=st.sampled_from([None, "1970-01-01T00:00:15"]),
    drop_duplicates=st.booleans(),
    max_user_events=st.sampled_from([None, 6, 12]),
    repeats=st.sampled_from(["keep", "first", "last", "sum", "max", "count"]),
    binarise=st.booleans(),
    min_user_events=st.sampled_from([None, 2, 4]),
    min_item_events=st.sampled_from([None, 2, 3]),
)
