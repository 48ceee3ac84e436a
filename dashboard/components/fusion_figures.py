"""The tabs of the fusion lab: who brought each item, fused against single members, agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.fusion import FUSERS
from core.metrics import METRICS
from dashboard.charts.fusion import agreement_map, member_dots, stacked_parts
from dashboard.charts.template import Look, model_look
from dashboard.components.chart_card import chart_card
from dashboard.components.choices import open_tabs
from dashboard.loaders import compare
from dashboard.text import t
from dashboard.views import fusion as view


def fusion_figures(
    table: pd.DataFrame,
    result: view.FusionResult | None,
    members: Sequence[str],
    labels: Mapping[str, str],
    looks: Mapping[str, Look],
    *,
    method: str,
    metric: str,
    k: int,
    depth: int,
) -> None:
    """One tab each; `table` is that of `views.fusion.fused_table`."""
    heads = [t(f"fusion_lab.tab_{name}") for name in ("parts", "metric", "agreement")]
    parts, single, agree = open_tabs("fusion_lab", heads)  # a slider move draws one figure, not three
    if parts.open:
        with parts:
            _parts(table, members, labels, looks, method, depth)
    if single.open:
        with single:
            if result is None:
                st.info(t("fusion_lab.nobody"))
            else:
                _against_members(result, labels, looks, metric, k)
    if agree.open:
        with agree:
            _agreement(members, labels)


def _parts(
    table: pd.DataFrame,
    members: Sequence[str],
    labels: Mapping[str, str],
    looks: Mapping[str, Look],
    method: str,
    depth: int,
) -> None:
    rule, long = FUSERS[method], view.tidy_parts(table, members)
    chart_card(
        t("fusion_lab.figure_parts"),
        stacked_parts(long, looks, x=t("fusion_lab.axis_parts"), labels=labels),
        view.parts_table(table, members, labels),
        "fusion_parts",
        t("fusion_lab.how_parts", definition=rule.definition, floor=rule.floor, depth=depth),
    )


def _agreement(members: Sequence[str], labels: Mapping[str, str]) -> None:
    shares = compare.members_agreement(members)
    named = [labels[run] for run in shares.columns]
    shares = shares.set_axis(named, axis=0).set_axis(named, axis=1)
    chart_card(
        t("fusion_lab.figure_agreement"),
        agreement_map(shares),
        shares.rename_axis(t("fusion_lab.column_member")).reset_index(),
        "fusion_agreement",
        t("fusion_lab.how_agreement"),
    )


def _against_members(
    result: view.FusionResult, labels: Mapping[str, str], looks: Mapping[str, Look], metric: str, k: int
) -> None:
    rows = view.metric_table(result, labels)
    order = [model_look(1, fused=True), *(looks[run] for run in view.member_order(result))]
    words = {"metric": METRICS[metric].label, "k": k}
    figure = member_dots(
        rows["name"], rows["mean"], rows["low"], rows["high"], order, x=t("fusion_lab.axis_metric", **words)
    )
    heads = {
        "name": t("fusion_lab.column_name"),
        "mean": f"{METRICS[metric].label}@{k}",
        "low": t("fusion_lab.column_low"),
        "high": t("fusion_lab.column_high"),
        "n": t("fusion_lab.column_n"),
    }
    chart_card(
        t("fusion_lab.figure_metric", **words),
        figure,
        rows.rename(columns=heads),
        "fusion_members",
        t("fusion_lab.how_metric"),
    )
