"""The tab "Costs" of Runs & jobs: what each run took beside what it is worth."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.metrics import METRICS
from dashboard import loaders
from dashboard.charts.costs import pareto
from dashboard.components.chart_card import chart_card
from dashboard.text import t
from dashboard.views.costs import COSTS, alike, cost_sentence, cost_table, front, written_costs
from dashboard.views.runs import METRIC, K


def run_costs(dataset: str, runs: pd.DataFrame) -> None:
    """Runs under the newest conditions: figure against the chosen cost, all costs in its table."""
    if runs.empty:
        st.caption(t("runs.costs_none"))
        return
    shown = alike(runs)
    metrics = loaders.metrics(dataset)
    chosen = metrics[(metrics["metric"] == METRIC) & (metrics["k"] == K)]
    table = cost_table(shown, [loaders.run_meta(run) for run in shown["run"]], chosen)
    offered = [cost for cost in COSTS if table[cost].notna().sum() > 1 and table[cost].max() > 0]
    if not offered:
        st.caption(t("runs.costs_none"))
        return
    cost = st.segmented_control(
        t("runs.costs_pick"),
        offered,
        default=offered[0],
        required=True,
        format_func=lambda name: t(f"runs.cost_{name}"),
        key="runs_cost",
    )
    name = f"{METRICS[METRIC].label}@{K}"
    st.markdown(cost_sentence(table, cost, name))
    unit = t(f"runs.axis_{cost}")
    chart_card(
        t("runs.costs_title", metric=name, what=unit if cost == "gpu_mb" else unit[0].lower() + unit[1:]),
        pareto(table, cost, front(table, cost), loaders.looks(shown), x=unit, y=name),
        written_costs(table, name),
        "runs_costs",
        t("runs.costs_how"),
    )
