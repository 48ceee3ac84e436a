"""Import: where every line of the file went, as a table that adds up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from data.lineage import VersionRow, lineage

SIZES = ("events", "users", "items")


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


def file_table(files: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """name, role, lines, header, readable, set_aside, quarantined of each file."""
    columns = ["name", "role", "lines", "header", "readable", "set_aside", "quarantined"]
    return pd.DataFrame([{name: file[name] for name in columns} for file in files], columns=columns)


def join_table(joins: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """table, source, matched, without_row, without_event, and some ids that met no partner."""
    rows = [
        {name: join[name] for name in ("table", "source", "matched", "without_row", "without_event")}
        | {"examples": _examples(join["examples"])}
        for join in joins
    ]
    return pd.DataFrame(rows)


def _examples(examples: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(str(one) for ids in examples.values() for one in list(ids)[:3])


def version_table(metas: Iterable[Mapping[str, Any]], dataset: str) -> pd.DataFrame:
    """The versions that `dataset` belongs to, the newest first.

    Args:
        metas: what is stored of all data sets.

    Returns:
        version, dataset, created, events, users, items, new_events, new_users, new_items.
    """
    rows = {row.dataset: row for row in lineage(metas)}
    family = [
        row for row in rows.values() if dataset in rows and _root(row, rows) == _root(rows[dataset], rows)
    ]
    table = [
        {
            "version": row.number,
            "dataset": row.dataset,
            "created": row.created,
            **{name: getattr(row, name) for name in SIZES},
            **{f"new_{name}": row.added.get(name, getattr(row, name)) for name in SIZES},
        }
        for row in reversed(family)
    ]
    return pd.DataFrame(table)


def _root(row: VersionRow, rows: Mapping[str, VersionRow]) -> str:
    """The first version of the line that a version stands in."""
    while row.parent in rows:
        row = rows[row.parent]
    return row.dataset
