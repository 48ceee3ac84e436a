"""Studies as tables and words: the trials, what the best changed, what mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.text import t
from dashboard.text.numbers import score, signed

STATES = ("done", "failed", "stopped")


def setting_name(name: str) -> str:
    """`n_neighbors` → "neighbors"."""
    return name.removeprefix("n_").replace("_", " ")


def setting_value(value: Any) -> str:
    """A value as a person would type it."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def trial_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row per trial: trial (1 = the settings one started from), value, best, seconds, state, problem,
    then one column per setting."""
    table = pd.DataFrame(
        [
            {
                "trial": int(row["trial"]) + 1,
                "value": row["value"],
                "best": row.get("best"),
                "seconds": row.get("seconds", 0.0),
                "state": row["state"],
                "problem": row.get("problem", ""),
                **row["settings"],
            }
            for row in rows
        ]
    )
    for name in ("value", "best", "seconds"):
        table[name] = pd.to_numeric(table[name] if name in table else pd.Series(dtype=float)).astype(
            "float64"
        )
    return table


def best_trial(table: pd.DataFrame) -> int | None:
    """The number of the first trial with the best value; None when none was judged."""
    judged = table.dropna(subset=["value"])
    return None if judged.empty else int(judged.loc[judged["value"].idxmax(), "trial"])


def changed(study: Mapping[str, Any]) -> dict[str, Any]:
    """The searched settings of the best that differ from where the search started."""
    rows = [row for row in study["trials"] if row["value"] is not None]
    if not rows:
        return {}
    best = max(rows, key=lambda row: (row["value"], -row["trial"]))["settings"]
    return {name: value for name, value in best.items() if value != study["start"].get(name)}


def finding(study: Mapping[str, Any], label: str, metric: str) -> str:
    """The sentence of a study: from, to, by which settings."""
    table = trial_table(study["trials"])
    best = best_trial(table)
    if best is None:
        return t("tuning.finding_none", label=label)
    values = {"label": label, "metric": metric, "trials": len(table), "value": score(table["value"].max())}
    differing = changed(study)
    if not differing:
        return t("tuning.finding_start", **values)
    words = ", ".join(f"{setting_name(name)} {setting_value(value)}" for name, value in differing.items())
    first = table["value"].iloc[0]
    if first != first:
        return t("tuning.finding_no_start", **values, settings=words, best=best)
    gain = signed(table["value"].max() - first)
    return t("tuning.finding", **values, start=score(first), gain=gain, settings=words, best=best)


def for_people(table: pd.DataFrame) -> pd.DataFrame:
    """The table of trials with names for people."""
    names = {name: t(f"tuning.column_{name}") for name in ("trial", "value", "best", "seconds", "state")}
    shown = table.drop(columns=["problem"] if table["problem"].eq("").all() else [])
    shown = shown.rename(columns={"problem": t("tuning.column_problem"), **names})
    state = t("tuning.column_state")
    shown[state] = shown[state].map(lambda word: t(f"tuning.state_{word}"))
    return shown.rename(columns=setting_name)
