"""Rows that could not be read: where, what stood there, and why."""

from __future__ import annotations

import pandas as pd

from data.columns import COLUMN, FILE, LINE, REASON, TEXT, VALUE
from data.reading.records import SPAN, Records

LONGEST_TEXT = 2_000  # characters kept of a line
CUT = " …[cut]"  # stands at the end of a text that was longer
COLUMNS = (FILE, LINE, TEXT, REASON, COLUMN, VALUE)


def quarantine_table(records: Records, bad: pd.DataFrame, file: str = "") -> pd.DataFrame:
    """file, line (int64, from 1), text, reason, column, value of every unreadable record, in file order.

    Args:
        records: where the records came from; its own unread lines are included.
        bad: line, span, reason, and the column and value that could not be read, where it was one cell.
        file: the name that people know the file by.
    """
    rows = pd.concat([records.unread, bad], ignore_index=True).sort_values(LINE, kind="stable")
    texts = records.text_of(rows[LINE].tolist(), rows[SPAN].tolist())
    table = rows.reindex(columns=list(COLUMNS)).fillna("")
    table[FILE], table[TEXT] = file, [shortened(text) for text in texts]
    table[VALUE] = [shortened(value) for value in table[VALUE]]
    return table.astype({name: "int64" if name == LINE else "str" for name in COLUMNS}).reset_index(drop=True)


def shortened(text: str) -> str:
    """The text up to the cap, with a mark where it was cut."""
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT
