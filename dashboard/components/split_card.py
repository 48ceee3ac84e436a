"""The split as a picture: which events teach, which are to be found, and where the cut lies."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import loaders
from dashboard.charts.profile import mark_cuts, part_bars, timeline
from dashboard.components.chart_card import chart_card
from dashboard.text import t
from dashboard.text.numbers import date
from dashboard.views.split import PARTS, sizes


def split_card(dataset: str, protocol: str, config: dict[str, Any]) -> None:
    """Events over time by part with the cuts; bars per part for data without times."""
    names = {part: t(f"split.part_{part}") for part in PARTS}
    split = loaders.split(dataset, protocol, config)
    table = loaders.timeline(dataset, protocol, config)
    if table.empty:
        table = sizes(split)
        drawn = part_bars(table, names, x_title=t("split.axis_events"))
    else:
        drawn = timeline(table, names, y_title=t("split.axis_events"))
        cuts = _cuts(split.facts)
        mark_cuts(drawn, cuts)
        drawn.update_layout(showlegend=not cuts, legend_traceorder="normal")
    shown = table.assign(part=table["part"].map(names)).rename(
        columns={
            "part": t("split.column_part"),
            "start": t("split.column_start"),
            "events": t("split.axis_events"),
        }
    )
    how = t("split.how_time", description=split.description)
    chart_card(t("split.figure_time"), drawn, shown, "split_time", how)


def _cuts(facts: dict[str, Any]) -> list[tuple[pd.Timestamp, str, str]]:
    found = []
    for part in ("validation", "test"):
        moment = facts.get(f"{part}_from")
        if isinstance(moment, int | float):
            stamp = pd.Timestamp(moment, unit="s", tz="UTC")
            found.append((stamp, t(f"split.cut_{part}", date=date(moment)), part))
    return found


def counts_columns() -> dict[str, Any]:
    """Names and formats of `views.split.counts_table`."""
    return {
        "label": t("split.column_label"),
        "train_events": t("split.column_train"),
        "validation_known": t("split.column_validation_known"),
        "validation_new": t("split.column_validation_new"),
        "test_known": t("split.column_test_known"),
        "test_new": t("split.column_test_new"),
    }
