"""More about splits: every protocol side by side, rolling folds, saved splits."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from core.models import MODELS
from dashboard import loaders, state
from dashboard.charts import split as charts
from dashboard.components.chart_card import chart_card
from dashboard.components.number_table import written
from dashboard.components.problem import shown_problems
from dashboard.components.split_card import part_names
from dashboard.components.split_choice import write_choice
from dashboard.loaders import splits
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import MISSING, date, exact_count, join, plural, score, share
from dashboard.views.split import counts_table, fold_rows, fold_summary, folds_won, limits_in_words
from dashboard.workspace.saved_splits import SplitChoice
from data.splits.advice import ENOUGH_USERS

FOLDS = (3, 4, 5, 6)
COUNTED = ("train_events", "train_users", "validation_users", "test_users", "test_events")
SHARES = ("new_users", "new_items")
JUST_DELETED = "split_just_deleted"


def protocols(dataset: str, seed: int) -> None:
    """Who is judged under each protocol, and why some cannot be used."""
    st.caption(t("split.counts_caption", least=ENOUGH_USERS))
    counts = splits.protocol_counts(dataset, seed)
    table = counts_table(counts, loaders.advice(dataset).protocol)
    names = {name: t(f"split.column_{name}") for name in table}
    shown = table.rename(columns=names)
    formats = dict.fromkeys(list(names.values())[1:], exact_count)
    st.dataframe(
        written(shown, formats), hide_index=True, placeholder=MISSING, key="split_counts", height="content"
    )
    refused = counts[counts["note"] != ""]
    for row in refused.itertuples():
        st.caption(literal(row.note))


def rolling(dataset: str, choice: SplitChoice) -> None:
    """The same cut at several times: counts per fold, with mean and spread."""
    n = st.segmented_control(
        t("split.folds"),
        FOLDS,
        default=4,
        required=True,
        key="split_folds",
        help=t("split.folds_help"),
        bind="query-params",
    )
    with shown_problems():
        table = splits.folds(dataset, int(n))
        folds, spread = fold_rows(table)
        st.markdown(_fold_words(folds, spread))
        times = loaders.dataset(dataset).interactions.time
        drawn = charts.folds(
            folds,
            part_names(),
            fold=t("split.fold", n="{n}"),
            begins=int(times.min()),
        )
        chart_card(
            t("split.figure_folds"), drawn, _fold_table(table), "split_folds_chart", t("split.how_folds")
        )
        st.dataframe(_fold_styled(table), hide_index=True, placeholder=MISSING, key="split_fold_table")
        _fold_scores(dataset, int(n), choice)


def _fold_scores(dataset: str, n: int, choice: SplitChoice) -> None:
    """How quick models do on each fold, or the button that measures them."""
    points = splits.fold_scores(dataset, n, choice)
    if points is None:
        busy = bool(loaders.active_jobs(("folds",)))
        spec = {"dataset": dataset, "n": n, "policy": choice.policy, "limits": choice.limits}
        st.button(
            t("split.folds_measure", n=n),
            key="split_folds_measure",
            disabled=busy,
            help=t("split.folds_measure_help"),
            on_click=loaders.submit,
            args=("folds", spec, t("split.folds_title", n=n)),
        )
        return
    labels = {str(model): MODELS[str(model)].label for model in points["model"].unique()}
    summary = fold_summary(points)
    st.markdown(_score_words(points, summary, labels))
    axes = {"x_title": t("split.fold_fold"), "y_title": t("split.axis_score")}
    named = points.assign(model=points["model"].map(labels))
    named = named.rename(columns={name: t(f"split.score_{name}") for name in named})
    how = t("split.how_scores")
    chart_card(t("split.figure_scores"), charts.scores(points, labels, **axes), named, "split_scores", how)


def _score_words(points: pd.DataFrame, summary: pd.DataFrame, labels: dict[str, str]) -> str:
    """`Item-kNN 0.128 ± 0.010, Popularity …`, and on how many folds the first is ahead of the second."""
    each = [
        t("split.score", label=labels[row.model], mean=score(row.mean), sd=score(row.sd))
        for row in summary.itertuples(index=False)
    ]
    if len(summary) < 2:
        return t("split.scores_one", scores=join(each))
    first, second = summary["model"].iloc[0], summary["model"].iloc[1]
    return t(
        "split.scores",
        scores=join(each),
        first=labels[first],
        second=labels[second],
        won=folds_won(points, first, second),
        n=points["fold"].nunique(),
    )


def _fold_words(folds: pd.DataFrame, spread: pd.DataFrame) -> str:
    mean, sd = (spread.iloc[place] for place in (0, 1))
    return t(
        "split.folds_words",
        n=len(folds),
        users=exact_count(mean["test_users"]),
        sd=exact_count(sd["test_users"]),
        low=share(folds["new_users"].min()),
        high=share(folds["new_users"].max()),
    )


def _fold_table(table: pd.DataFrame) -> pd.DataFrame:
    """Names for people; dates in place of seconds."""
    words = {"mean": t("split.fold_mean"), "sd": t("split.fold_sd")}
    shown = pd.DataFrame({"fold": table["fold"].map(lambda fold: words.get(fold, fold))})
    shown["test_from"] = [None if pd.isna(moment) else date(moment) for moment in table["test_from"]]
    shown = pd.concat([shown, table[[*COUNTED, *SHARES]]], axis=1)
    return shown.rename(columns={name: t(f"split.fold_{name}") for name in shown})


def _fold_styled(table: pd.DataFrame) -> Any:
    formats = {t(f"split.fold_{name}"): exact_count for name in COUNTED}
    return written(_fold_table(table), formats | {t(f"split.fold_{name}"): share for name in SHARES})


# ── saved splits ──────────────────────────────────────────────────────────────────────────────────────


def saved(dataset: str, choice: SplitChoice) -> None:
    """Name the split and policy above, and take, rename, download or delete those that have a name."""
    _save_form(dataset, choice)
    known = splits.saved_splits(dataset)
    runs = loaders.runs(dataset)
    used = runs["fingerprint"].value_counts() if "fingerprint" in runs else pd.Series(dtype="int64")
    for entry in known:
        _entry(dataset, entry, choice, int(used.get(entry.digest, 0)))
    if not known:
        st.caption(t("split.saved_none"))
    _undo(dataset)


def _save_form(dataset: str, choice: SplitChoice) -> None:
    form = st.form("split_save", clear_on_submit=True, border=False)
    with form.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(t("split.save_name"), key="split_save_name", width=320)
        asked = st.form_submit_button(t("split.save"), key="split_save_button")
    if asked:
        with shown_problems():
            made = splits.save_split(dataset, choice, name)
            state.write(state.SAVED_SPLIT, made.id)
            st.rerun()


def _entry(dataset: str, entry: splits.SavedSplit, choice: SplitChoice, n_runs: int) -> None:
    now = entry.choice == choice
    with st.container(border=True):
        mark = t("split.saved_chosen") if now else ""
        st.markdown(t("split.saved_title", name=literal(entry.name), mark=mark))
        words = [literal(entry.words[:1].upper() + entry.words[1:]), t(f"common.seen_{entry.choice.policy}")]
        words += [literal(limits_in_words(entry.choice.limits))] if entry.choice.limits else []
        st.caption(" · ".join(words))
        runs = plural(n_runs, "run", "runs")
        st.caption(t("split.saved_digest", digest=entry.digest, runs=runs))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                t("split.use"),
                key=f"split_use_{entry.id}",
                disabled=now,
                on_click=_take,
                args=(dataset, entry.id),
            )
            _rename(dataset, entry)
            st.download_button(
                t("split.download"),
                json.dumps(entry.meta, indent=2, ensure_ascii=False),
                file_name=f"rankscope-split-{entry.id}.json",
                mime="application/json",
                key=f"split_json_{entry.id}",
                on_click="ignore",
                type="tertiary",
            )
            st.button(
                t("split.delete"),
                key=f"split_delete_{entry.id}",
                type="tertiary",
                on_click=_delete,
                args=(dataset, entry.id),
            )


def _take(dataset: str, id: str) -> None:  # noqa: A002
    entry = splits.saved_split(dataset, id)
    write_choice(entry.choice)
    state.write(state.SAVED_SPLIT, id)


def _rename(dataset: str, entry: splits.SavedSplit) -> None:
    with st.popover(t("split.rename"), type="tertiary", key=f"split_rename_{entry.id}"):
        name = st.text_input(t("split.save_name"), entry.name, key=f"split_name_{entry.id}")
        if st.button(t("split.rename_do"), key=f"split_rename_do_{entry.id}"):
            with shown_problems():
                splits.rename_split(dataset, entry.id, name)
                st.rerun()


def _delete(dataset: str, id: str) -> None:  # noqa: A002
    splits.hide_split(dataset, id)
    st.session_state[JUST_DELETED] = id


def _bring_back(dataset: str, id: str) -> None:  # noqa: A002
    splits.hide_split(dataset, id, hidden=False)
    st.session_state[JUST_DELETED] = None


def _undo(dataset: str) -> None:
    deleted = st.session_state.get(JUST_DELETED)
    gone = {entry.id: entry for entry in splits.saved_splits(dataset, hidden=True) if entry.hidden}
    if deleted in gone:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("split.deleted", name=literal(gone[deleted].name)), width="content")
            st.button(
                t("split.undo"),
                key="split_undo",
                type="tertiary",
                on_click=_bring_back,
                args=(dataset, deleted),
            )
