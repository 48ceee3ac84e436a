"""Reads of the comparing pages: conditions, leaderboard, pools to weigh, explanations, stored curves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.arrays import PerUser
from core.evaluation import Users
from core.explanation import Change, Explanation, FusedExplanation, explain, explain_fused, without_event
from core.fusion import FUSERS, Pool
from core.fusion.agreement import agreement
from core.models.base import Recommender
from dashboard.loaders.runs import FUSED
from dashboard.loaders.runs import runs as read_runs
from dashboard.loaders.sources import home, store, workspace
from dashboard.views import leaderboard as board
from dashboard.views.conditions import Conditions, edited_history, history_of
from dashboard.views.fusion import joins
from dashboard.views.labels import distinct
from dashboard.views.side_by_side import interesting_row
from data.errors import NotFound
from data.histories import Histories

CURVES = "cold_start"  # kind of the stored n-shot curves


def conditions(run: str) -> Conditions:
    """What a run was judged under."""
    desk = workspace()
    return Conditions(
        dataset=desk.dataset(desk.run(run).dataset),
        split=desk.run_split(run),
        policy=desk.policy(run),
        candidates=desk.candidates(run),
        fallback=desk.fallback(run),
        judged=desk.judged(run, "validation"),
    )


def history(run: str, user: int | None, items: tuple[int, ...] = ()) -> Histories:
    """One row: the user's history, or that of somebody nobody knows who took `items`."""
    found = conditions(run)
    return edited_history(found, items) if user is None else history_of(found, user)


def comparable(runs: Sequence[str]) -> tuple[str, ...]:
    """The runs that share the conditions of the first one, in their order."""
    desk = workspace()
    metas = [desk.run(run) for run in runs]
    return tuple(meta.run for meta in metas if not metas[0].same_conditions(meta))


def labels_of(table: pd.DataFrame, runs: Sequence[str]) -> dict[str, str]:
    """A label of its own for each of these runs of a table of `runs`."""
    own = dict(zip(table["run"].astype(str), table["label"].astype(str), strict=True))
    return dict(zip(runs, distinct([own[run] for run in runs]), strict=True))


def joined(table: pd.DataFrame, dataset: str) -> list[str]:
    """What each fusion of a table of `runs` joins, in words."""
    names = dict(all_runs(dataset)[["run", "label"]].itertuples(index=False))
    fused = table[table["model"] == FUSED]
    metas = [(str(row.label), workspace().run(str(row.run))) for row in fused.itertuples()]
    return [joins(label, meta.members, meta.config.get("weights"), names) for label, meta in metas]


# ── leaderboard ───────────────────────────────────────────────────────────────────────────────────────


def entries(table: pd.DataFrame, part: str = "validation") -> list[board.Entry]:
    """The runs of a table of `runs` that were judged on `part`."""
    found = []
    for row in table.itertuples():
        try:
            evaluation = workspace().evaluation(str(row.run), part)
        except (NotFound, FileNotFoundError):
            continue  # lists made elsewhere may cover one part only
        found.append(board.Entry(str(row.run), str(row.label), str(row.model), evaluation))
    return found


def leaderboard_table(
    chosen: Sequence[board.Entry], metric: str, k: int, *, baseline: str, users: Users, part: str
) -> pd.DataFrame:
    """`views.leaderboard.difference_table`, kept by run ids."""
    names = tuple((entry.run, entry.label, entry.model) for entry in chosen)
    return _leaderboard(str(home().root), names, part, metric, k, baseline, users)


@st.cache_data(max_entries=256, show_spinner=False)
def _leaderboard(
    root: str,
    names: tuple[tuple[str, str, str], ...],
    part: str,
    metric: str,
    k: int,
    baseline: str,
    users: Users,
) -> pd.DataFrame:
    del root  # part of the cache key only
    chosen = [
        board.Entry(run, label, model, workspace().evaluation(run, part)) for run, label, model in names
    ]
    return board.difference_table(chosen, metric, k, baseline=baseline, users=users)


def verdict(
    chosen: Sequence[board.Entry], metric: str, k: int, *, baseline: str, users: Users
) -> board.Verdict:
    """`views.leaderboard.verdict` on validation, kept by run ids."""
    names = tuple((entry.run, entry.label, entry.model) for entry in chosen)
    return _verdict(str(home().root), names, metric, k, baseline, users)


@st.cache_data(max_entries=256, show_spinner=False)
def _verdict(
    root: str, names: tuple[tuple[str, str, str], ...], metric: str, k: int, baseline: str, users: Users
) -> board.Verdict:
    table = _leaderboard(root, names, "validation", metric, k, baseline, users)
    chosen = [
        board.Entry(run, label, model, workspace().evaluation(run, "validation"))
        for run, label, model in names
    ]
    return board.verdict(chosen, table, k, baseline=baseline, users=users)


def open_test(digest: str) -> int:
    """Record that the test part is looked at; how often that happened under these conditions."""
    return store().record_test_opened(digest)


def test_openings(digest: str) -> int:
    """How often the test part was opened under these conditions."""
    return store().test_opened(digest)


# ── side by side and fusion ───────────────────────────────────────────────────────────────────────────


def interesting_user(runs: Sequence[str]) -> int:
    """The user on whom these runs disagree most while one of them is right."""
    return _interesting(str(home().root), tuple(sorted(set(runs))))


@st.cache_data(max_entries=64, show_spinner=False)
def _interesting(root: str, runs: tuple[str, ...]) -> int:
    del root
    desk = workspace()
    judged = desk.judged(runs[0], "validation")
    row = interesting_row([desk.lists(run, "validation") for run in runs], judged)
    return int(judged.users[row])


def equal_fusion(runs: Sequence[str]) -> Recommender:
    """The runs joined by reciprocal ranks with equal weights."""
    return workspace().fuse(tuple(runs), "rrf")


def pool(runs: Sequence[str]) -> Pool:
    """The union of the runs' lists for the judged users of the validation part."""
    return workspace().pool(tuple(runs), "validation")


def pool_values(runs: Sequence[str], method: str, settings: Mapping[str, Any]) -> NDArray[np.float32]:
    """Unweighted values of the pool: what a slider weighs again and again."""
    return _values(str(home().root), tuple(runs), method, json.dumps(dict(settings), sort_keys=True))


@st.cache_resource(max_entries=4, show_spinner=False)
def _values(root: str, runs: tuple[str, ...], method: str, settings: str) -> NDArray[np.float32]:
    del root
    kind = FUSERS[method]
    return kind(kind.Config(**json.loads(settings))).values(pool(runs))


def single_values(run: str, metric: str, k: int) -> PerUser:
    """(n,) the metric of each judged user for one run; NaN where there is nothing to find."""
    own = workspace().evaluation(run, "validation")
    column = own.per_user[:, own.metrics.index(metric), own.ks.index(k)]
    return np.asarray(column, dtype=np.float64)


def known_users(run: str) -> NDArray[np.bool_]:
    """(n,) judged users with an event in train."""
    return np.asarray(workspace().evaluation(run, "validation").known)


def members_agreement(runs: Sequence[str]) -> pd.DataFrame:
    """Members × members mean rank-biased overlap of the stored lists."""
    return _agreement(str(home().root), tuple(runs))


@st.cache_data(max_entries=64, show_spinner=False)
def _agreement(root: str, runs: tuple[str, ...]) -> pd.DataFrame:
    del root
    return agreement({run: workspace().lists(run, "validation") for run in runs})


# ── explanations ──────────────────────────────────────────────────────────────────────────────────────


def explanation(run: str, user: int, item: int) -> Explanation:
    """The parts of one score by the method that fits the model. NotApplicable where there is none."""
    return _explanation(str(home().root), run, user, item)


@st.cache_resource(max_entries=256, show_spinner=False)
def _explanation(root: str, run: str, user: int, item: int) -> Explanation:
    del root
    return explain(workspace().model(run), history(run, user), 0, item)


def fused_explanation(run: str, user: int, item: int) -> FusedExplanation:
    """The members' parts of a fused score, and each member's own events."""
    return _fused_explanation(str(home().root), run, user, item)


@st.cache_resource(max_entries=128, show_spinner=False)
def _fused_explanation(root: str, run: str, user: int, item: int) -> FusedExplanation:
    del root
    return explain_fused(workspace().model(run), history(run, user), 0, item)  # type: ignore[arg-type]


def without(run: str, user: int, position: int, item: int) -> Change:
    """Score and rank of the item without one event, by scoring again."""
    found = conditions(run)
    return without_event(
        workspace().model(run),
        history_of(found, user),
        0,
        position,
        item,
        policy=found.policy,
        candidates=found.candidates,
    )


# ── new users ─────────────────────────────────────────────────────────────────────────────────────────


def curves(dataset: str) -> dict[str, dict[str, Any]]:
    """Stored n-shot curves of a dataset by id, the newest first."""
    table = store().results(CURVES, dataset)
    return {str(row.id): row.meta for row in table.itertuples()}


def all_runs(dataset: str) -> pd.DataFrame:
    """Runs with the hidden ones: members of a fusion keep their names and colours."""
    return read_runs(dataset, hidden=True)


def explainable(table: pd.DataFrame) -> str:
    """The run whose reasons are shown at first: a model that knows persons, exact methods before others."""
    for model in ("ease", "item_knn", "als", "sasrec", FUSED):
        fitting = table.loc[table["model"] == model, "run"]
        if len(fitting):
            return str(fitting.iloc[0])
    return str(table["run"].iloc[0])
