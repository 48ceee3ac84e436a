"""Why this item: parts of a score with titles, steps of the waterfall, and a sentence of verified facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.arrays import NO_ITEM
from core.explanation import EXPLAINERS, Change, Explanation, Reason
from dashboard.text import numbers, t
from dashboard.text.markdown import literal

LEAST_AGAINST = 0.05  # of what speaks for the item: less is not worth a sentence
SHOWN = 8  # parts of the waterfall before the others are summed


def parts_table(
    explanation: Explanation, titles: NDArray[Any], labels: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Every player's part, largest first.

    Args:
        explanation: of one score.
        titles: (n_items,) of the data set.
        labels: names of members, for the game "models".

    Returns:
        player, title, amount, error (standard error, NaN for exact methods).
    """
    errors = explanation.standard_errors
    amounts = np.asarray(explanation.contributions, dtype=np.float64)
    table = pd.DataFrame(
        {
            "player": pd.Series(list(explanation.players), dtype=object),
            "title": [_name(explanation, n, titles, labels or {}) for n in range(len(amounts))],
            "amount": amounts,
            "error": np.full(len(amounts), np.nan) if errors is None else np.asarray(errors, dtype=float),
        }
    )
    order = np.argsort(-np.abs(amounts), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _name(explanation: Explanation, place: int, titles: NDArray[Any], labels: Mapping[str, str]) -> str:
    player = explanation.players[place]
    if explanation.game == "models":
        return labels.get(str(player), str(player))
    item = int(explanation.items[place])
    if item == NO_ITEM:
        return t("why_this_item.oldest", n=explanation.facts.get("grouped", ""))
    return str(titles[item])


def waterfall_steps(explanation: Explanation, parts: pd.DataFrame, *, most: int = SHOWN) -> pd.DataFrame:
    """Base → parts by size → rest (n more) → score.

    Args:
        explanation: of one score.
        parts: of `parts_table`.
        most: parts shown before the others are summed.

    Returns:
        label, kind ("base", "part", "rest", "score"), amount, start, end, error.
    """
    shown = parts if len(parts) <= most + 1 else parts.head(most)
    hidden = parts.iloc[len(shown) :]
    rows: list[tuple[str, str, float, float]] = [
        (t(f"why_this_item.step_base_{explanation.game}"), "base", explanation.base, np.nan)
    ]
    rows += [(row.title, "part", row.amount, row.error) for row in shown.itertuples()]
    if len(hidden):
        # estimates of one sampling are correlated, so the error of their sum is not known: none is drawn
        rest = t("why_this_item.step_rest", n=len(hidden))
        rows.append((rest, "rest", float(hidden["amount"].sum()), np.nan))
    ends = np.cumsum([amount for _, _, amount, _ in rows])
    table = pd.DataFrame(rows, columns=["label", "kind", "amount", "error"])
    table["start"] = np.concatenate([[0.0], ends[:-1]])
    table["end"] = ends
    score = {"label": t("why_this_item.step_score"), "kind": "score", "amount": explanation.score}
    score |= {"error": np.nan, "start": 0.0, "end": explanation.score}
    return pd.concat([table, pd.DataFrame([score])], ignore_index=True)


def sentence(
    reason: Reason, titles: NDArray[Any], labels: Mapping[str, str], change: Change | None = None
) -> str:
    """Why, from facts alone: nothing below the noise, nothing negative, ranks only after scoring again."""
    if reason.silent:
        return t("why_this_item.silent")
    names = [f"**{literal(titles[item])}**" for item in reason.items] or [
        f"**{literal(labels.get(name, name))}**" for name in reason.names
    ]
    shares = numbers.join([numbers.share(share) for share in reason.shares])
    words = [t("why_this_item.because", names=numbers.join(names), shares=shares)]
    if change is not None and reason.items:
        words.append(without_words(change, str(titles[reason.items[0]])))
    speaks_for = reason.amounts[0] / reason.shares[0]  # the sum of all positive parts
    if reason.against is not None and -reason.against_amount >= LEAST_AGAINST * speaks_for:
        against = reason.against
        name = titles[against] if isinstance(against, int) else labels.get(against, against)
        words.append(
            t("why_this_item.against", title=literal(name), amount=numbers.signed(reason.against_amount))
        )
    return " ".join(words)


def without_words(change: Change, title: str) -> str:
    """What happens to the item's place without the event, found by scoring again."""
    title = literal(title)
    before, after = change.rank_before, change.rank_after
    if after == 0:
        return t("why_this_item.without_gone", title=title, before=before)
    key = "same" if after == before else "fall" if after > before else "rise"
    return t(f"why_this_item.without_{key}", title=title, before=before, after=numbers.count(after))


def strongest_position(explanation: Explanation, reason: Reason) -> int | None:
    """Latest position of the strongest reason in the history row, or None."""
    if not reason.items:
        return None
    at = [
        p for p, item in zip(explanation.players, explanation.items, strict=True) if item == reason.items[0]
    ]
    return next((p for p in reversed(at) if isinstance(p, int)), None)


def panel(explanation: Explanation) -> list[tuple[str, str]]:
    """What must stand beside every explanation: players, value function, background, estimator, cost, gap."""
    players = "players_models" if explanation.game == "models" else "players_history"
    return [
        (t("why_this_item.panel_players"), t(f"why_this_item.{players}", n=len(explanation.players))),
        (t("why_this_item.panel_value"), explanation.value_function),
        (t("why_this_item.panel_background"), explanation.background),
        (t("why_this_item.panel_method"), EXPLAINERS[explanation.method].label),
        (t("why_this_item.panel_cost"), numbers.exact_count(explanation.evaluations)),
        (t("why_this_item.panel_base"), numbers.score(explanation.base)),
        (t("why_this_item.panel_score"), numbers.score(explanation.score)),
        (t("why_this_item.panel_gap"), gap_words(explanation)),
    ]


def gap_words(explanation: Explanation) -> str:
    """`reasons add up (gap 0.000)`, or that they do not."""
    gap = explanation.residual
    close = abs(gap) <= max(5e-4, 1e-4 * abs(explanation.score))
    text = numbers.score(0.0 if close else gap)
    return t("why_this_item.adds_up" if close else "why_this_item.adds_not", gap=text)


def shown_parts(parts: pd.DataFrame) -> pd.DataFrame:
    """`parts_table` with names for people; the error only where something was estimated."""
    names = {"title": t("why_this_item.column_reason"), "amount": t("why_this_item.column_part")}
    if parts["error"].notna().any():
        names["error"] = t("why_this_item.column_error")
    return parts[list(names)].rename(columns=names)
