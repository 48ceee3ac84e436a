"""Why was this item recommended to this person?"""

from __future__ import annotations

import streamlit as st

from core.explanation import reasons
from dashboard import loaders
from dashboard.components import next_button, page, problem_box, shown_problems, user_search
from dashboard.components.explanation_card import explanation_card, explanation_panel, without_event_card
from dashboard.components.item_choice import item_choice
from dashboard.components.links import item_link, user_link
from dashboard.components.run_choice import run_choice
from dashboard.loaders import compare
from dashboard.text import numbers, t
from dashboard.text.markdown import literal
from dashboard.views import explanation as view
from dashboard.views.conditions import Conditions, history_of
from dashboard.views.side_by_side import Shown, lists_for
from data.errors import NotApplicable

NAME, DEPTH = "why_this_item", 20


def headline(listed: Shown, model: str, item: int, user: int, found: Conditions) -> str:
    """What is explained, in one line."""
    place = [int(one) for one in listed.items].index(item) + 1 if item in listed.items else 0
    words = {
        "model": literal(model),
        "title": item_link(here.dataset)(item, str(found.dataset.titles[item])),
        "user": user_link(here.dataset)(user, str(found.dataset.users.ids[user])),
    }
    key = "headline" if place else "headline_unlisted"
    return t(f"why_this_item.{key}", rank=place, depth=DEPTH, **words)


def by_events(found: Conditions) -> None:
    """A model that is explained by past events."""
    game = compare.explanation(run, user, item)
    why = reasons(game)
    first = view.strongest_position(game, why)
    change = None if first is None else compare.without(run, user, first, item)
    top.markdown(f"{head} {view.sentence(why, found.dataset.titles, {}, change)}")
    if "listed_score" in game.facts:
        listed = {"listed": numbers.score(game.facts["listed_score"]), "explained": numbers.score(game.score)}
        top.caption(t("why_this_item.own_vector", **listed))
    explanation_card(game, found.dataset.titles, t("why_this_item.figure", title=title), f"{NAME}_waterfall")
    without_event_card(f"{NAME}_without", run, user, item, first)
    explanation_panel(game)


def by_members(found: Conditions) -> None:
    """A fused ranking: the members' parts, then each member's own events."""
    both = compare.fused_explanation(run, user, item)
    labels = compare.labels_of(compare.all_runs(here.dataset), list(both.inner))
    looks = loaders.looks(compare.all_runs(here.dataset))
    top.markdown(f"{head} {view.sentence(reasons(both.outer), found.dataset.titles, labels)}")
    colors = {labels[name]: looks[name].colour for name in both.inner}
    card = t("why_this_item.figure_members", title=title)
    explanation_card(both.outer, found.dataset.titles, card, f"{NAME}_members", labels=labels, colors=colors)
    st.subheader(t("why_this_item.members"))
    member = st.segmented_control(
        t("why_this_item.member"), list(both.inner), default=next(iter(both.inner)), required=True,
        format_func=labels.__getitem__, key=f"{NAME}_member_{run}", bind="query-params",
    )  # fmt: skip
    inner = both.inner[member]
    if isinstance(inner, NotApplicable):
        problem_box(inner)
        return
    st.markdown(view.sentence(reasons(inner), found.dataset.titles, labels))
    card = t("why_this_item.figure_inner", name=labels[member], title=title)
    explanation_card(inner, found.dataset.titles, card, f"{NAME}_inner_{member}")
    explanation_panel(inner)


here = page(NAME, needs="runs")
with shown_problems():
    top = st.container()
    left, right = st.columns(2)
    with left:
        run = run_choice(
            NAME, "run", here.runs, t("why_this_item.run"), default=compare.explainable(here.runs)
        )
    found, label = compare.conditions(run), loaders.labels(here.runs)[run]
    proposed = compare.interesting_user(compare.comparable([run, *here.runs["run"]]))
    user = user_search(here.dataset, page=NAME, default=proposed)
    user = proposed if user is None else user
    row = history_of(found, user)
    listed = lists_for({label: loaders.model(run)}, row, found, depth=DEPTH, user=user)[0]
    if not len(listed.items):
        st.info(t("why_this_item.no_list"))
        st.stop()
    with right:
        item = item_choice(NAME, listed, found.dataset)
    title = numbers.shorten(str(found.dataset.titles[item]), 60)
    head = headline(listed, label, item, user, found)
    if loaders.run_meta(run).model == loaders.FUSED:
        by_members(found)
    else:
        by_events(found)
next_button(t("why_this_item.next"), "new_users")
