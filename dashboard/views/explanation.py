"""Why this item: the parts of a score with titles, the steps of the waterfall, and facts for the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.explanation.base import Explanation

LARGE = 0.05  # a reason carries at least this share of what the history adds


@dataclass(frozen=True)
class Reason:
    """One player that may be named after "because": positive and above its own noise."""

    position: int | str
    title: str
    share: float


def parts_table(
    explanation: Explanation, titles: NDArray[Any], labels: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Every player's part, largest first.

    Returns:
        player, title, amount, share (of score − base; NaN where that is not positive), error (standard
        error, NaN for exact methods).
    """
    players = list(explanation.players)
    names = [_title(explanation, place, player, titles, labels or {}) for place, player in enumerate(players)]
    amounts = np.asarray(explanation.contributions, dtype=np.float64)
    added = explanation.score - explanation.base
    errors = explanation.standard_errors
    table = pd.DataFrame(
        {
            "player": pd.Series(players, dtype=object),
            "title": names,
            "amount": amounts,
            "share": amounts / added if added > 0 else np.full(len(amounts), np.nan),
            "error": np.full(len(amounts), np.nan) if errors is None else errors,
        }
    )
    order = np.argsort(-np.abs(amounts), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _title(
    explanation: Explanation, place: int, player: int | str, titles: NDArray[Any], labels: Mapping[str, str]
) -> str:
    if explanation.game == "models":
        return labels.get(str(player), str(player))
    return str(titles[explanation.items[place]])


def reasons(parts: pd.DataFrame, *, most: int = 2) -> list[Reason]:
    """At most `most` parts that may be called a reason, each title once.

    A part below twice its standard error, negative, or under 5 % of what the history adds is never named.
    """
    found: dict[str, Reason] = {}
    for row in parts.itertuples():
        sure = np.isnan(row.error) or abs(row.amount) >= 2 * row.error
        if row.amount > 0 and sure and row.share >= LARGE and row.title not in found:
            found[row.title] = Reason(row.player, row.title, float(row.share))
    return list(found.values())[:most]


def waterfall_steps(
    explanation: Explanation, parts: pd.DataFrame, words: Mapping[str, str], *, most: int = 8
) -> pd.DataFrame:
    """Base → parts by size → rest → score.

    Args:
        parts: of `parts_table`.
        words: labels for `base`, `rest` (with `{n}`) and `score`.
        most: parts shown before the others are summed.

    Returns:
        label, kind ("base", "part", "rest", "score"), amount, start, end, error.
    """
    rows = [{"label": words["base"], "kind": "base", "amount": explanation.base, "error": np.nan}]
    shown = parts.head(most) if len(parts) > most + 1 else parts
    rows += [
        {"label": row.title, "kind": "part", "amount": row.amount, "error": row.error}
        for row in shown.itertuples()
    ]
    hidden = parts.iloc[len(shown) :]
    if len(hidden):
        # estimates of one sampling are correlated, so the error of their sum is not known: none is drawn
        label = words["rest"].format(n=len(hidden))
        rows.append({"label": label, "kind": "rest", "amount": hidden["amount"].sum(), "error": np.nan})
    ends = np.cumsum([row["amount"] for row in rows])
    starts = np.concatenate([[0.0], ends[:-1]])
    table = pd.DataFrame(rows).assign(start=starts, end=ends)
    last = {
        "label": words["score"],
        "kind": "score",
        "amount": explanation.score,
        "error": np.nan,
        "start": 0.0,
        "end": explanation.score,
    }
    return pd.concat([table, pd.DataFrame([last])], ignore_index=True)


def panel(explanation: Explanation) -> dict[str, object]:
    """What every explanation must print, as facts: players, value, background, estimator, cost, gap."""
    return {
        "game": explanation.game,
        "n_players": len(explanation.players),
        "value_function": explanation.value_function,
        "background": explanation.background,
        "method": explanation.method,
        "exact": explanation.exact,
        "evaluations": explanation.evaluations,
        "base": explanation.base,
        "score": explanation.score,
        "gap": explanation.residual,
    }
