"""Who wins, and how surely?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.evaluation import KS
from dashboard import loaders
from dashboard.components import next_button, page, shown_problems
from dashboard.components.board_figures import board_figures
from dashboard.components.choices import compact, k_choice, metric_choice, one_of
from dashboard.components.run_choice import run_choice
from dashboard.loaders import compare
from dashboard.text import numbers, t
from dashboard.views import leaderboard as board

NAME = "leaderboard"
USERS = ("known", "new", "all")


def controls(table: pd.DataFrame, default: str) -> tuple[str, int, str, str]:
    """metric, k, users, baseline."""
    first, second, third, fourth = st.columns([1, 1.2, 1.2, 1])
    with first:
        metric = metric_choice(NAME)
    with second:
        k = k_choice(NAME, KS)
    with third:
        label = t("leaderboard.users")
        users = one_of(NAME, "users", label, USERS, lambda name: t(f"leaderboard.pick_{name}"))
    with fourth:
        baseline = run_choice(NAME, "baseline", table, t("leaderboard.baseline"), default=default)
    return metric, k, users, baseline


def test_column(group: board.Group, metric: str, k: int, users: str, baseline: str) -> pd.DataFrame | None:
    """The test numbers, once somebody has opened them here; opening is recorded and counted."""
    judged = [
        entry for entry in compare.entries(here.runs, "test") if entry.run in {e.run for e in group.entries}
    ]
    if not judged or baseline not in {entry.run for entry in judged}:
        st.caption(t("leaderboard.test_missing"))
        return None
    digest = group.digest  # of the conditions, as the command line counts them
    opened = st.session_state.setdefault(f"{NAME}_opened", set())
    if digest not in opened:
        st.caption(t("leaderboard.test_closed", times=times(compare.test_openings(digest))))
        if not st.button(t("leaderboard.test_button"), key=f"{NAME}_open_test"):
            return None
        compare.open_test(digest)
        opened.add(digest)
        st.rerun()
    st.caption(t("leaderboard.test_open", times=times(compare.test_openings(digest))))
    test = next(entry for entry in judged if entry.run == baseline).evaluation.fingerprint.digest
    same = [entry for entry in judged if entry.evaluation.fingerprint.digest == test]
    return compare.leaderboard_table(same, metric, k, baseline=baseline, users=users, part="test")


def times(n: int) -> str:
    """0 times, once, 3 times."""
    return t({0: "leaderboard.test_never", 1: "leaderboard.test_once"}.get(n, "leaderboard.test_times"), n=n)


here = page(NAME, needs="runs")
with shown_problems():
    found = board.groups(compare.entries(here.runs))
    if not found:
        st.info(t("leaderboard.test_missing"))
        st.stop()
    group, others = found[0], found[1:]
    top = st.container()
    inside = here.runs[here.runs["run"].isin([entry.run for entry in group.entries])]
    metric, k, users, baseline = controls(inside, board.usual_baseline(group.entries))
    if group.entries[0].evaluation.n_users(users) == 0:
        top.info(t("leaderboard.nobody", group=t(f"leaderboard.users_{users}").lower()))
        st.stop()
    table = compare.leaderboard_table(
        group.entries, metric, k, baseline=baseline, users=users, part="validation"
    )
    with top:
        verdict = compare.verdict(group.entries, metric, k, baseline=baseline, users=users)
        st.markdown(board.finding(verdict))
        st.caption(
            board.beside_accuracy(table, metric, k)
            + " "
            + board.judged_words(group.entries[0].evaluation, users)
        )
        if int(table["n_users"].max()) < board.FEW_USERS:
            st.warning(t("leaderboard.few", n=numbers.count(table["n_users"].max()), least=board.FEW_USERS))
        place = st.container()
        if joined := compare.joined(inside, here.dataset):
            st.caption(" ".join(joined))
        test = test_column(group, metric, k, users, baseline)
        shown = board.shown_table(table, metric, k, test=test)
        place.dataframe(shown, hide_index=True, key=f"{NAME}_table", column_config=compact(shown, 0, 170))
    board_figures(group, table, metric, k, users, baseline, loaders.looks(here.runs))
    for other in others:
        st.info(t("leaderboard.groups", n=len(other.entries), differences="; ".join(other.differences)))
next_button(t("leaderboard.next"), "side_by_side")
