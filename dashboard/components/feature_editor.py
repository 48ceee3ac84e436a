"""Keep, drop or bucket what is known of items and users; the result is the next version of the data set."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import loaders
from dashboard.components.job_panel import job_panel
from dashboard.loaders import profiles
from dashboard.text import t
from dashboard.text.numbers import exact_count, share
from dashboard.views.profile import typical_words
from data.columns import CATEGORIES
from data.feature_choice import FEWEST, FIXED, MOST, FeatureChoice, FeatureChoices

SHOWN = {  # column and width in pixels: all fit a page of 1280, with what can be changed at the end
    "column": 110,
    "kind": 80,
    "filled": 70,
    "levels": 120,
    "typical": 230,
}


def feature_editor(dataset: str) -> None:
    """A table per kind with Keep and Buckets, kinds of events, and the button that makes the version."""
    tables = profiles.feature_tables(dataset)
    choices = FeatureChoices(**{name: _edited(dataset, name, tables[name]) for name in ("items", "users")})
    if "events" in tables:
        _events(tables["events"])
    if any(not tables[name].empty for name in ("items", "users")):
        _button(dataset, choices)
    job_panel("profile_features_jobs", kinds=("features",))


def _edited(dataset: str, name: str, table: pd.DataFrame) -> FeatureChoice:
    st.markdown(f"**{t(f'profile.features_{name}')}**")
    if table.empty:
        st.caption(t(f"profile.features_none_{name}"))
        return FeatureChoice()
    shown = table.assign(
        filled=[share(value) for value in table["filled"]],
        levels=[exact_count(value) for value in table["levels"]],
        typical=[typical_words(words) for words in table["typical"]],
        keep=True,
        buckets=pd.array([None] * len(table), dtype="Int64"),
    )
    edited = st.data_editor(
        shown,
        hide_index=True,
        disabled=tuple(SHOWN),
        column_config={
            column: st.column_config.Column(t(f"profile.feature_{column}"), width=width)
            for column, width in SHOWN.items()
        }
        | {
            "keep": st.column_config.CheckboxColumn(t("profile.feature_keep"), width=90),
            "buckets": st.column_config.NumberColumn(
                t("profile.feature_buckets"),
                min_value=FEWEST,
                max_value=MOST,
                help=t("profile.buckets_help"),
                width=110,
            ),
        },
        key=f"profile_features_{name}_{dataset}",
    )
    return _choice(edited)


def _choice(edited: pd.DataFrame) -> FeatureChoice:
    """What the table asks for; the title and lists of categories stay as they are."""
    free = edited[~edited["column"].isin(FIXED)]
    wanted = free[free["keep"] & free["buckets"].notna() & (free["column"] != CATEGORIES)]
    buckets = {str(row.column): int(row.buckets) for row in wanted.itertuples()}
    return FeatureChoice(drop=tuple(free.loc[~free["keep"], "column"]), buckets=buckets)


def _events(table: pd.DataFrame) -> None:
    st.markdown(f"**{t('profile.features_events')}**")
    shown = table.assign(
        share=[share(value) for value in table["share"]],
        **{name: [exact_count(value) for value in table[name]] for name in ("events", "users")},
    )
    columns = {column: t(f"profile.feature_{column}") for column in table}
    st.dataframe(shown, hide_index=True, column_config=columns, key="profile_features_events")


def _button(dataset: str, choices: FeatureChoices) -> None:
    n = sum(len(choice.drop) + len(choice.buckets) for choice in (choices.items, choices.users))
    st.caption(t("profile.features_words"))
    if st.button(
        t("profile.features_go", n=n) if n else t("profile.features_none"), disabled=not n, key="features_go"
    ):
        spec = {"dataset": dataset, "choices": choices.model_dump(mode="json")}
        name = loaders.dataset_meta(dataset)["name"]
        loaders.submit("features", spec, t("profile.features_job", name=name))
        st.rerun()
