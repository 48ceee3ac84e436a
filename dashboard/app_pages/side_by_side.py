"""What would people see?"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.models.base import Recommender
from dashboard import loaders, state
from dashboard.charts.side_by_side import bump
from dashboard.components import chart_card, next_button, page, run_picker, shown_problems, user_search
from dashboard.components.choices import k_choice, one_of
from dashboard.components.history_editor import history_editor
from dashboard.components.links import item_link, user_link
from dashboard.loaders import compare
from dashboard.text import numbers, t
from dashboard.text.markdown import written
from dashboard.views import side_by_side as view
from dashboard.views.conditions import history_of, taken_later
from data.errors import ConfigError
from data.histories import Histories

NAME, HISTORY, LISTS_AT_FIRST = "side_by_side", "history", 3
WHO = ("user", "edit")
LONGEST, PAST = 48, 640  # letters of a title, pixels of the history before it scrolls


def first_runs() -> list[str]:
    """At first the fused ranking and the newest models that know persons, three in all."""
    table = here.runs
    personal = table[~table["model"].isin(["random", "popularity"])]
    return list((personal if len(personal) > 1 else table)["run"].head(LISTS_AT_FIRST))


def recommenders(runs: tuple[str, ...]) -> dict[str, Recommender]:
    """By the name shown, the fused list first."""
    models = {name: loaders.model(run) for run, name in compare.labels_of(here.runs, runs).items()}
    plain = [run for run in runs if loaders.run_meta(run).model != loaders.FUSED]
    if len(plain) < 2 or len(plain) < len(runs):  # a saved fusion is chosen: it stands for itself
        return models
    try:
        return {t("side_by_side.fused"): compare.equal_fusion(plain)} | models
    except ConfigError as reason:
        st.caption(t("side_by_side.not_fused", reason=reason.problem))
        return models


def draw(models: Mapping[str, Recommender], row: Histories, taken: frozenset[int], user: int | None) -> None:
    """Finding, history beside lists, and how titles move."""
    lists = view.lists_for(models, row, found, user=user)
    tidy = view.tidy_lists(lists, found.dataset.titles, k=k)
    with top:
        st.markdown(view.finding(lists, k=k, taken=taken, judged=bool(taken)))
        if user is None:
            st.caption(t("side_by_side.edited", n=len(row.items)))
        left, right = st.columns([1, 2.4])
        name = "" if user is None else user_link(here.dataset, 20)(user, str(found.dataset.users.ids[user]))
        head = "history" if user is None else "history_user"
        left.markdown(t(f"side_by_side.{head}", n=len(row.items), user=name))
        link = item_link(here.dataset)
        past = view.history_table(row, found.dataset.titles, link=link)
        left.table(written(past), hide_index=True, height=PAST if len(past) > k else "content")
        right.markdown(t("side_by_side.lists"))
        cells = view.side_by_side_table(tidy, taken=taken, width=LONGEST, link=link)
        right.table(written(cells), hide_index=True)
        st.caption(t("side_by_side.legend", depth=view.DEPTH))
        for sentence in view.stand_ins(lists):
            st.info(sentence)
    titles = dict(zip(tidy["item"], tidy["title"], strict=True))
    if not titles:
        return
    names = {str(found.dataset.items.ids[item]): item for item in titles}
    key = state.widget(NAME, "strong")
    st.session_state[key] = state.settle("strong", list(names), next(iter(names)))
    st.selectbox(
        t("side_by_side.strong"),
        list(names),
        format_func=lambda one: titles.get(names.get(one, -1), one),
        key=key,
        on_change=lambda: state.write("strong", st.session_state[key]),
    )
    item = names[st.session_state[key]]
    how = t("side_by_side.how", policy=found.policy.describe())
    figure = bump(tidy, k=k, chosen=item, y=t("side_by_side.axis_rank"))
    chart_card(
        t("side_by_side.figure", title=numbers.shorten(titles[item], 40)),
        figure,
        view.long_table(tidy),
        "side_by_side_bump",
        how,
    )


here = page(NAME, needs="runs")
with shown_problems():
    top = st.container()
    chosen = run_picker(NAME, here.dataset, default=first_runs(), label=t("side_by_side.models"), least=1)
    runs = compare.comparable(chosen)
    if len(runs) < len(chosen):
        st.caption(t("side_by_side.different", n=len(chosen) - len(runs)))
    found = compare.conditions(runs[0])
    left, right = st.columns([2, 1])
    with left:
        who = one_of(NAME, "who", t("side_by_side.who"), WHO, lambda name: t(f"side_by_side.who_{name}"))
    with right:
        k = k_choice(NAME)
    proposed = compare.interesting_user(runs)
    if who == "user":
        user = user_search(here.dataset, page=NAME, default=proposed)
        user = proposed if user is None else user
        if user == proposed:
            st.caption(t("side_by_side.proposed"))
        draw(recommenders(runs), history_of(found, user), taken_later(found, user), user)
    else:
        start = history_of(found, proposed).items[-5:]
        items = history_editor(NAME, here.dataset, HISTORY, start)
        draw(recommenders(runs), compare.history(runs[0], None, items), frozenset(), None)
next_button(t("side_by_side.next"), "fusion_lab")
