"""The split as a picture: which events teach, which are to be found, where the cut lies, and what leaks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import split as charts
from dashboard.charts.profile import mark_cuts, part_bars, timeline
from dashboard.components.chart_card import chart_card
from dashboard.components.number_table import written
from dashboard.loaders import splits
from dashboard.text import has, t
from dashboard.text.markdown import literal
from dashboard.text.numbers import MISSING, date, exact_count, share
from dashboard.views.split import PARTS, sizes
from dashboard.workspace.saved_splits import SplitChoice
from data.checks.base import LOOK, Finding

NEW_ITEMS = ("item_cold", "user_item_cold")
MOST_ITEMS = 500  # rows listed of the held-out items
BY_USER = ("last", "user_time", "random", "ratio", "given")  # whose cut lies inside each user's history


def part_names() -> dict[str, str]:
    """Words of the parts by key."""
    return {part: t(f"split.part_{part}") for part in PARTS}


def split_card(dataset: str, choice: SplitChoice) -> None:
    """Events over time by part with the cuts; inside users' histories; bars per part without times."""
    split = splits.split_of(dataset, choice)
    table = splits.picture(dataset, choice)
    how = t("split.how_time", description=literal(split.description))
    if table.empty:
        drawn = part_bars(sizes(split), part_names(), x_title=t("split.axis_events"))
        chart_card(t("split.figure_time"), drawn, _named(sizes(split)), "split_time", how)
        return
    if choice.protocol in BY_USER:
        along, inside = st.tabs([t("split.tab_time"), t("split.tab_user")])
        with inside:
            _positions(dataset, choice)
    else:
        along = st.container()
    with along:
        drawn = timeline(table, part_names(), y_title=t(f"split.axis_{splits.step(dataset)}"))
        cuts = _cuts(split.facts)
        mark_cuts(drawn, cuts)
        drawn.update_layout(showlegend=len(cuts) < 2, legend_traceorder="normal")
        chart_card(t("split.figure_time"), drawn, _named(table), "split_time", how)


def _positions(dataset: str, choice: SplitChoice) -> None:
    table = splits.positions(dataset, choice)
    words = {"x_title": t("split.axis_tenth"), "y_title": t("split.axis_events")}
    drawn = charts.tenths(table, part_names(), **words)
    chart_card(t("split.figure_user"), drawn, _named(table), "split_user", t("split.how_user"))


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """The numbers behind a figure, named for people."""
    names = {
        "part": t("split.column_part"),
        "start": t("split.column_start"),
        "tenth": t("split.axis_tenth"),
        "events": t("split.axis_events"),
    }
    return table.assign(part=table["part"].map(part_names())).rename(columns=names)


def _cuts(facts: dict[str, Any]) -> list[tuple[pd.Timestamp, str, str]]:
    found = []
    for part in ("validation", "test"):
        moment = facts.get(f"{part}_from")
        if isinstance(moment, int | float):
            stamp = pd.to_datetime(moment, unit="s", utc=True, errors="coerce")
            if not pd.isna(stamp):
                found.append((stamp, t(f"split.cut_{part}", date=date(moment)), part))
    return found


def parts_table(dataset: str, choice: SplitChoice) -> None:
    """What each part holds, with the new users and new items among what is to be found."""
    table = splits.part_table(dataset, choice)
    table = table.assign(part=table["part"].map(part_names()))
    names = {name: t(f"split.parts_{name}") for name in table}
    shown = table.rename(columns=names)
    formats = {names[name]: exact_count for name in ("events", "users")}
    formats |= {names[name]: share for name in ("new_users", "new_items")}
    helped = {
        names[name]: st.column_config.Column(help=t(f"split.parts_{name}_help"))
        for name in ("new_users", "new_items")
    }
    st.dataframe(
        written(shown, formats),
        hide_index=True,
        placeholder=MISSING,
        column_config=helped,
        key="split_parts",
    )


def warnings(dataset: str, choice: SplitChoice) -> None:
    """Why the split leaks, with the measured share of test events older than what models learn from; and
    that validation does not stand for test, where the one is a random sample and the other is none."""
    shift = splits.check(dataset, choice, "exchangeable_split")
    if isinstance(shift, Finding) and shift.severity == LOOK:
        st.info(t("split.shifted", sentence=literal(shift.sentence)))
    answer = splits.check(dataset, choice, "split_leakage")
    if isinstance(answer, Finding):
        key = f"split.leak_{choice.protocol}"
        why = t(key) if has(key) else t("split.leak_other")
        st.warning(t("split.leaks", sentence=literal(answer.sentence), why=why))


def held_out_items(dataset: str, choice: SplitChoice) -> None:
    """Which items are held out of training, for the protocols about new items."""
    if choice.protocol not in NEW_ITEMS:
        return
    table = splits.held_out_items(dataset, choice)
    many = {part: exact_count((table["part"] == part).sum()) for part in ("validation", "test")}
    shown = table.head(MOST_ITEMS).assign(part=table["part"].map(part_names()))
    shown = shown.rename(columns={name: t(f"split.items_{name}") for name in shown})
    with st.expander(t("split.items", **many)):
        st.dataframe(
            written(shown, {t("split.items_users"): exact_count}), hide_index=True, key="split_items"
        )
        if len(table) > MOST_ITEMS:
            st.caption(t("split.items_more", shown=exact_count(MOST_ITEMS), n=exact_count(len(table))))


def core_words(dataset: str, choice: SplitChoice) -> str:
    """What the core of train left out, and events in no part; empty where nothing was."""
    facts = splits.split_of(dataset, choice).facts
    words = []
    if "core_events_left_out" in facts:
        counts = {name: exact_count(facts[f"core_{name}_left_out"]) for name in ("events", "users", "items")}
        words.append(t("split.core", **counts))
    if facts.get("events_unused"):
        words.append(t("split.unused", events=exact_count(facts["events_unused"])))
    return " ".join(words)
