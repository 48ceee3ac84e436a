"""Somebody new, put together by hand: pick a few items and see every model's list change."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import loaders
from dashboard.components.choices import k_choice
from dashboard.components.history_editor import history_editor
from dashboard.components.links import item_link
from dashboard.components.run_choice import runs_choice
from dashboard.loaders import compare
from dashboard.text import t
from dashboard.text.markdown import written
from dashboard.views import side_by_side as lists
from dashboard.views.cold_start import changed_titles
from dashboard.views.conditions import edited_history, history_of

PICKED = "picked"  # name of the chosen items in the URL
MODELS_AT_FIRST, ITEMS_AT_FIRST = 4, 2
LONGEST = 48  # letters of a title


def sandbox(page: str, dataset: str, runs: pd.DataFrame) -> None:
    """Picker of titles, the models' lists side by side, and how much each of them changed."""
    top = st.container()
    personal = runs[~runs["model"].isin(["random", "popularity"])]
    first = list((personal if len(personal) else runs)["run"].head(MODELS_AT_FIRST))
    left, right = st.columns([2, 1])
    with left:
        chosen = compare.comparable(runs_choice(page, "tried", runs, t("new_users.models"), default=first))
    with right:
        k = k_choice(f"{page}_sandbox")
    if not chosen:
        top.info(t("new_users.choose_models"))
        return
    found = compare.conditions(chosen[0])
    start = history_of(found, compare.interesting_user(chosen)).items[-ITEMS_AT_FIRST:]
    items = history_editor(page, dataset, PICKED, start)
    models = {name: loaders.model(run) for run, name in compare.labels_of(runs, chosen).items()}
    now = lists.lists_for(models, edited_history(found, items), found, depth=k)
    before = lists.lists_for(models, edited_history(found, ()), found, depth=k)
    with top:
        st.markdown(t("new_users.sandbox" if items else "new_users.sandbox_empty", n=len(items)))
        tidy = lists.tidy_lists(now, found.dataset.titles, k=k)
        table = lists.side_by_side_table(tidy, width=LONGEST, moves=False, link=item_link(dataset))
        st.table(written(table), hide_index=True)
        words = changed_titles(before, now, k) if items else ""
        st.caption(" ".join([words, *lists.stand_ins(now)]))
    st.caption(t("new_users.sandbox_share"))
