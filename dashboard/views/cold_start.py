"""New users: the n-shot curve as tables, and where each model overtakes the line to beat, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.cold_start.crossing import Crossing
from core.cold_start.curve import BASELINE
from core.metrics import METRICS
from dashboard.charts.template import Look, model_look
from dashboard.text import numbers, t
from dashboard.views.labels import distinct
from dashboard.views.side_by_side import Shown


def curve_table(points: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Points named by label, in the order of `labels`: name, label, n, mean, low, high, answered_share."""
    order = {name: place for place, name in enumerate(labels)}
    table = points[["name", "n", "mean", "low", "high", "answered_share"]].copy()
    table.insert(1, "label", [labels.get(name, name) for name in table["name"]])
    place = table["name"].map(lambda name: order.get(name, len(order)))
    return (
        table.assign(_place=place)
        .sort_values(["_place", "name", "n"], kind="stable")
        .drop(columns="_place")
        .reset_index(drop=True)
    )


def shown_table(table: pd.DataFrame, metric: str, k: int) -> pd.DataFrame:
    """One row per number of known events, one column per line: what a person reads off the curve."""
    labels = list(dict.fromkeys(table["label"]))
    cells = table.assign(cell=[numbers.with_interval(r.mean, r.low, r.high) for r in table.itertuples()])
    wide = cells.pivot(index="n", columns="label", values="cell").reindex(columns=labels)
    wide = wide.rename_axis(columns=None).reset_index()
    return wide.rename(columns={"n": t("new_users.column_n", metric=f"{METRICS[metric].label}@{k}")})


def finding(crossings: Sequence[Crossing], labels: Mapping[str, str]) -> str:
    """When personalisation pays: the line that is first surely above the baseline, in one sentence."""
    if not crossings:
        return t("new_users.finding_alone")
    paying = [one for one in crossings if one.n is not None]
    baseline = labels.get(crossings[0].baseline, crossings[0].baseline)
    if not paying:
        return t("new_users.finding_never", baseline=baseline, events=_events(crossings[0].largest_n))
    first = min(paying, key=lambda one: (one.n or 0, -one.difference))
    key = "finding_from_start" if first.n == first.smallest_n else "finding_from"
    return t(
        f"new_users.{key}",
        model=labels.get(first.name, first.name),
        baseline=baseline,
        events=_events(first.at),
        difference=numbers.difference(first.difference, first.low, first.high),
    )


def _events(n: int) -> str:
    return t("new_users.event") if n == 1 else t("new_users.events", n=n)


def crossing_sentences(
    crossings: Sequence[Crossing], labels: Mapping[str, str], n_points: int = 0
) -> list[str]:
    """One sentence per line, in the order of the curve; `n_points` is the number of points of a line."""
    return [_crossing_words(one, labels, n_points) for one in crossings]


def _crossing_words(one: Crossing, labels: Mapping[str, str], n_points: int) -> str:
    names = {"model": labels.get(one.name, one.name), "baseline": labels.get(one.baseline, one.baseline)}
    gap = numbers.difference(one.difference, one.low, one.high)
    if one.n is None:
        words = t("new_users.line_never", events=_events(one.at), difference=gap, **names)
    else:
        key = "line_from_start" if one.n == one.smallest_n else "line_from"
        words = t(f"new_users.{key}", events=_events(one.at), difference=gap, **names)
    if one.behind:
        behind = numbers.join([str(n) for n in one.behind])
        key = "line_behind_all" if one.n is None and len(one.behind) == n_points else "line_behind"
        words += " " + t(f"new_users.{key}", ns=behind, **names)
    return words


def stand_in_words(points: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """A sentence for each number of events at which popularity stands in for models without any answer."""
    sentences = []
    for n, rows in points[points["answered_share"] == 0].groupby("n"):
        names = [labels.get(name, name) for name in rows["name"] if name != BASELINE]
        if names:
            key = "stand_in_one" if len(names) == 1 else "stand_in"
            sentences.append(t(f"new_users.{key}", names=numbers.join(names), events=_events(int(n))))
    return sentences


def stored_crossings(meta: Mapping[str, Any]) -> list[Crossing]:
    """The crossings of a stored curve (its lists were written as JSON arrays)."""
    return [
        Crossing(**{name: tuple(v) if isinstance(v, list) else v for name, v in one.items()})
        for one in meta["crossings"]
    ]


def line_labels(meta: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, str]:
    """Name of each line on the screen: the run's label of today, else the stored one, each different."""
    lines = meta["lines"]
    names = distinct([labels.get(line["run"] or "", line["label"]) for line in lines.values()])
    return dict(zip(lines, names, strict=True))


def line_looks(meta: Mapping[str, Any], looks: Mapping[str, Look]) -> dict[str, Look]:
    """Look of each line: its run's, else one of its own after all others."""
    lines = meta["lines"]
    return {
        name: looks.get(line["run"] or "", model_look(len(looks) + place + 1))
        for place, (name, line) in enumerate(lines.items())
    }


def changed_titles(before: Sequence[Shown], now: Sequence[Shown], k: int) -> str:
    """How many of the k titles of each list differ from those of a person without history; "" for no list."""
    counted = [
        (new.name, len(set(new.items[:k].tolist()) - set(old.items[:k].tolist())), min(k, len(new.items)))
        for old, new in zip(before, now, strict=True)
        if len(new.items)
    ]
    if len(counted) > 1 and all(n == of == k for _, n, of in counted):
        return t("new_users.changed_all", k=k)
    lists = [t("new_users.changed_list", name=name, n=n, k=of) for name, n, of in counted]
    return t("new_users.changed", lists=numbers.join(lists)) if lists else ""
