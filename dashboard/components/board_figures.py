"""The tabs of the leaderboard: means, differences, trade-offs, all metrics."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.evaluation import Users
from core.metrics import METRICS
from dashboard.charts.leaderboard import difference_dots, interval_dots, trade_off
from dashboard.charts.template import Look
from dashboard.components.chart_card import chart_card
from dashboard.components.choices import open_tabs
from dashboard.text import t
from dashboard.text.numbers import shorten
from dashboard.views import leaderboard as board

TABS = ("means", "gaps", "trade", "all")


def board_figures(
    group: board.Group,
    table: pd.DataFrame,
    metric: str,
    k: int,
    users: Users,
    baseline: str,
    looks: Mapping[str, Look],
) -> None:
    """One tab each; `table` is that of `views.leaderboard.difference_table`."""
    means, gaps, trade, everything = open_tabs("leaderboard", [t(f"leaderboard.tab_{name}") for name in TABS])
    if means.open:
        with means:
            _means(table, metric, k, baseline, looks)
    if gaps.open:
        with gaps:
            _gaps(table, metric, k, looks)
    if trade.open:
        with trade:
            _trade_offs(table, metric, k, looks)
    if everything.open:
        with everything:
            _all_metrics(group, k, users)


def _words(table: pd.DataFrame, metric: str, k: int) -> dict[str, object]:
    return {"metric": METRICS[metric].label, "k": k, "baseline": board.baseline_label(table)}


def _means(table: pd.DataFrame, metric: str, k: int, baseline: str, looks: Mapping[str, Look]) -> None:
    words, of = _words(table, metric, k), METRICS[metric]
    chart_card(
        t("leaderboard.figure_means", **words),
        interval_dots(table, looks, x=t("leaderboard.axis_metric", **words), baseline=baseline),
        board.figure_table(table, metric, k),
        "leaderboard_means",
        t("leaderboard.how_means", definition=of.definition, denominator=of.denominator, **words),
    )


def _gaps(table: pd.DataFrame, metric: str, k: int, looks: Mapping[str, Look]) -> None:
    words = _words(table, metric, k)
    chart_card(
        t("leaderboard.figure_gaps", **words),
        difference_dots(table, looks, x=t("leaderboard.axis_gap", **words)),
        board.gap_table(table),
        "leaderboard_gaps",
        t("leaderboard.how_gaps"),
    )


def _trade_offs(table: pd.DataFrame, metric: str, k: int, looks: Mapping[str, Look]) -> None:
    words = _words(table, metric, k)
    x, y = t("leaderboard.axis_coverage", **words), t("leaderboard.axis_metric", **words)
    chart_card(
        t("leaderboard.figure_trade"),
        trade_off(table, looks, x=x, y=y),
        board.trade_table(table, metric, k),
        "leaderboard_trade",
        t("leaderboard.how_trade"),
    )


def _all_metrics(group: board.Group, k: int, users: Users) -> None:
    """Numbers in one table, their definitions under it; the download holds both."""
    rows = board.all_metrics_table(group.entries, k, users=users)
    metric, definition, denominator, judged = (rows.columns[place] for place in (0, -3, -2, -1))
    runs = list(rows.columns[1:-3])
    settings = {run: st.column_config.TextColumn(shorten(run, 16), help=run) for run in runs}
    st.dataframe(
        board.written_metrics(rows[[metric, *runs, judged]], runs),
        hide_index=True,
        height=38 + 35 * len(rows),
        key="leaderboard_all",
        column_config=settings,
    )
    with st.expander(t("leaderboard.definitions")):
        for row in rows.to_dict("records"):
            words = {"definition": row[definition], "denominator": row[denominator]}
            st.markdown("- " + t("leaderboard.definition", metric=row[metric], **words))
    st.download_button(
        t("leaderboard.all_download"),
        lambda: rows.to_csv(index=False).encode(),
        file_name=f"rankscope-metrics-at-{k}.csv",
        mime="text/csv",
        key="leaderboard_all_csv",
        on_click="ignore",
    )
