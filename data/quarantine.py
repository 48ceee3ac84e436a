"""Rows that could not be read: where, what stood there, and why."""

from __future__ import annotations

import pandas as pd

from data.columns import LINE, REASON, TEXT
from data.reading.records import SPAN, Records

LONGEST_TEXT = 2_000  # characters kept of a line


def quarantine_table(records: Records, bad: pd.DataFrame) -> pd.DataFrame:
    """line (int64, from 1), text, reason of every unreadable record, in file order.

    Args:
        records: where the records came from; its own unread lines are included.
        bad: line, span, reason of records whose cells could not be read.
    """
    rows = pd.concat([records.unread, bad], ignore_index=True).sort_values(LINE, kind="stable")
    texts = records.text_of(rows[LINE].tolist(), rows[SPAN].tolist())
    table = pd.DataFrame({LINE: rows[LINE].to_numpy(), TEXT: [text[:LONGEST_TEXT] for text in texts]})
    table[REASON] = rows[REASON].to_numpy()
    return table.astype({LINE: "int64", TEXT: "str", REASON: "str"})
