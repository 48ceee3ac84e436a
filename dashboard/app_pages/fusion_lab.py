"""Does joining help, and whom?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.fusion import Pool
from dashboard import loaders
from dashboard.components import empty_state, job_panel, next_button, page, shown_problems, user_search
from dashboard.components.fusion_controls import Recipe, fusion_controls, save_button
from dashboard.components.fusion_figures import fusion_figures
from dashboard.components.links import item_link, user_link
from dashboard.loaders import compare
from dashboard.text import numbers, t
from dashboard.text.markdown import written
from dashboard.views import fusion as view
from dashboard.views.conditions import Conditions, row_of_user

NAME = "fusion_lab"


def measured(recipe: Recipe, found: Conditions, pool: Pool, values: Any) -> view.FusionResult | None:
    """The metric of the re-weighted lists over known users, or None where nobody known is judged."""
    known = compare.known_users(recipe.members[0])
    if not known.any():
        return None
    moved = view.fused_values(pool, values, recipe.weights, found.judged.targets, recipe.metric, recipe.k)
    singles = {run: compare.single_values(run, recipe.metric, recipe.k) for run in recipe.members}
    return view.compare(moved, singles, known)


def person(members: tuple[str, ...], found: Conditions) -> tuple[int, int]:
    """The user whose list is shown, and their row; one who is judged."""
    proposed = compare.interesting_user(members)
    user = user_search(here.dataset, page=NAME, default=proposed)
    row = None if user is None else row_of_user(found, user)
    if row is not None:
        return user, row
    if user is not None:
        st.caption(t("fusion_lab.not_judged", user=found.dataset.users.ids[user]))
    return proposed, row_of_user(found, proposed)


here = page(NAME, needs="runs")
with shown_problems():
    single = here.runs[here.runs["model"] != loaders.FUSED]
    if len(single) < 2:
        empty_state(t("fusion_lab.empty_what"), t("fusion_lab.too_few"), t("fusion_lab.train_more"), "train")
        st.stop()
    top = st.container()
    shown, beside = st.columns([2.2, 1])
    asked = st.container()
    with asked:
        recipe = fusion_controls(single, beside)
    if recipe.problem:
        top.info(t(recipe.problem))
        st.stop()
    members, labels = recipe.members, compare.labels_of(single, recipe.members)
    found, pool = compare.conditions(members[0]), compare.pool(members)
    values = compare.pool_values(members, recipe.method, recipe.settings)
    result = measured(recipe, found, pool, values)
    with asked:
        user, row = person(members, found)
    fused = view.fused_row(pool, values, row, recipe.weights, recipe.k)
    table = view.fused_table(fused, pool, row, members, found.dataset.titles)
    with top:
        if result is None:
            st.info(t("fusion_lab.nobody"))
        else:
            st.markdown(view.finding(result, recipe.metric, recipe.k, labels))
            st.caption(t("fusion_lab.validation", n=numbers.count(result.fused.n)))
    with shown:
        st.markdown(
            t("fusion_lab.list_of", user=user_link(here.dataset)(user, str(found.dataset.users.ids[user])))
        )
        link = item_link(here.dataset)
        rows = view.list_table(table, members, labels, found.judged.targets[row], link)
        st.table(written(rows), hide_index=True)
        st.caption(t("fusion_lab.legend"))
    fusion_figures(
        table, result, members, labels, loaders.looks(single),
        method=recipe.method, metric=recipe.metric, k=recipe.k, depth=pool.depth,
    )  # fmt: skip
    save_button(recipe, labels)
job_panel(f"{NAME}_jobs", kinds=("fuse",))
next_button(t("fusion_lab.next"), "why_this_item")
