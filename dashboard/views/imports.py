"""Import: where every line of the file went, as a table that adds up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def line_table(rows: Mapping[str, Any], words: Mapping[str, str], rule_words: str) -> pd.DataFrame:
    """what, lines, share: header, accepted, each rule, quarantined, and their sum in the last row.

    Args:
        rows: lines, header, accepted, removed {rule: lines}, quarantined.
        words: names of "header", "accepted", "quarantined", "total".
        rule_words: a sentence with {rule}.
    """
    removed = {rule_words.format(rule=rule): lines for rule, lines in rows["removed"].items()}
    parts = {
        words["header"]: rows["header"],
        words["accepted"]: rows["accepted"],
        **removed,
        words["quarantined"]: rows["quarantined"],
    }
    table = pd.DataFrame({"what": list(parts), "lines": list(parts.values())})
    table.loc[len(table)] = [words["total"], int(table["lines"].sum())]
    return table.assign(share=table["lines"] / max(int(rows["lines"]), 1))
