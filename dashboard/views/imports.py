"""Import: where every line of the file went, as a table that adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def version_table(metas: Mapping[str, Mapping[str, Any]], dataset: str) -> pd.DataFrame:
    """The versions that `dataset` belongs to, the newest first.

    Args:
        metas: dataset → what is stored of it; `facts.import` holds parent, version and what was added.

    Returns:
        version, dataset, created, events, users, items, new_events, new_users, new_items.
    """
    parents = {one: _told(meta).get("parent") for one, meta in metas.items()}
    family = {dataset}
    while True:
        more = {one for one, parent in parents.items() if parent in family} | {
            parent for one, parent in parents.items() if one in family and parent in metas
        }
        if more <= family:
            break
        family |= more
    rows = []
    for one in family:
        meta, told = metas[one], _told(metas[one])
        added = told.get("added") or {}
        row = {"version": int(told.get("version", 1)), "dataset": one, "created": meta["created"]}
        row |= {name: int(meta[name]) for name in ("events", "users", "items")}
        rows.append(
            row | {f"new_{name}": int(added.get(name, meta[name])) for name in ("events", "users", "items")}
        )
    return pd.DataFrame(rows).sort_values("version", ascending=False, ignore_index=True)


def _told(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """The report of the import that made a data set; empty for a sample."""
    found = meta.get("facts", {}).get("import", {})
    return found if isinstance(found, Mapping) else {}
