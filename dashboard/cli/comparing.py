"""`leaderboard` and `recommend`."""

from __future__ import annotations

import argparse
from typing import Any

from dashboard.cli.naming import dataset_id, names, run_id
from dashboard.cli.output import emit, say, table
from dashboard.cli.training import metrics_by_name


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the two sub-parsers."""
    board = commands.add_parser("leaderboard", parents=[common], help="compare the runs of a data set")
    board.add_argument("--dataset", required=True, metavar="D", help="id, its beginning, or name")
    board.add_argument("--part", choices=("validation", "test"), default="validation")
    board.add_argument(
        "--users", choices=("known", "new", "all"), default=None, help="default: known, else new"
    )
    board.add_argument(
        "--fingerprint", default=None, help="conditions to compare under (default: the latest run's)"
    )
    board.set_defaults(run=leaderboard)
    recommend = commands.add_parser("recommend", parents=[common], help="the list of one user")
    recommend.add_argument(
        "--run", required=True, dest="run_id", metavar="R", help="id, its beginning, or label"
    )
    who = recommend.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", metavar="U", help="id as in the imported file")
    who.add_argument("--history", metavar="I,J", help="items of somebody new, the oldest first")
    recommend.add_argument("-k", type=int, default=10)
    recommend.set_defaults(run=recommend_one)


def leaderboard(asked: argparse.Namespace) -> None:
    """Runs under one fingerprint, best first. Looking at the test part is recorded and counted."""
    from data.errors import NotFound
    from data.home import Home
    from data.store import Store

    home = Home.current()
    dataset = dataset_id(home, asked.dataset)
    with Store(home) as store:
        runs = store.runs(dataset)
        if runs.empty:
            raise NotFound(
                f"Data set {dataset} has no run yet.",
                f"Train some: rankscope train --dataset {dataset} --models popularity,ease",
            )
        fingerprint = asked.fingerprint or str(runs["fingerprint"].iloc[0])
        chosen = runs[runs["fingerprint"] == fingerprint]
        if chosen.empty:
            known = ", ".join(dict.fromkeys(runs["fingerprint"]))
            raise NotFound(f"No run was made under {fingerprint}.", f"There are: {known}.")
        others = len(runs) - len(chosen)
        tables = {users: store.metrics(dataset, asked.part, users) for users in _groups(asked.users)}
        if asked.part == "test":
            times = store.record_test_opened(fingerprint)
            say(f"The test part was opened {times} times under these conditions.")
    metrics = next((rows for rows in tables.values() if not rows.empty), next(iter(tables.values())))
    rows = _rows(chosen, metrics)
    if others:
        say(f"{others} runs under other conditions are left out; they cannot be compared.")
    users = max((value["n_users"] for row in rows for value in row["metrics"].values()), default=0)
    document = {"fingerprint": fingerprint, "part": asked.part, "users": users, "rows": rows}
    emit(asked, document, _board(rows))


def _groups(users: str | None) -> tuple[str, ...]:
    return (users,) if users else ("known", "new")


def _rows(runs: Any, metrics: Any) -> list[dict[str, Any]]:
    rows = [
        {
            "run": run.run,
            "model": run.model,
            "label": run.label,
            "metrics": metrics_by_name(metrics[metrics["run"] == run.run]),
        }
        for run in runs.itertuples(index=False)
    ]
    return sorted(rows, key=lambda row: -_mean(row, "ndcg@10", default=-1.0))


def _mean(row: dict[str, Any], name: str, default: float = float("nan")) -> float:
    return float(row["metrics"].get(name, {}).get("mean", default))


def _board(rows: list[dict[str, Any]]) -> str:
    shown = ("ndcg@10", "recall@10", "hit_rate@10", "coverage@10")
    lines = [[row["run"], row["label"], *(_mean(row, name) for name in shown)] for row in rows]
    return table(["run", "model", *shown], lines)


def recommend_one(asked: argparse.Namespace) -> None:
    """What the run lists for a user now, from all the data set holds of them, or for a history given."""
    from core.ranking import recommend
    from dashboard.workspace import Workspace
    from data.errors import ConfigError
    from data.home import Home

    if asked.k < 1:
        raise ConfigError(f"-k {asked.k}: a list needs at least one item.", "Use 10.")
    workspace = Workspace(Home.current())
    run = run_id(workspace.home, asked.run_id)
    dataset = workspace.dataset(workspace.run(run).dataset)
    lists = recommend(
        workspace.model(run),
        _history(asked, workspace, run, dataset),
        k=min(asked.k, dataset.n_items),
        policy=workspace.policy(run),
        candidates=workspace.candidates(run),
        fallback=workspace.fallback(run),
    )
    items = [
        {
            "item": str(dataset.items.ids[item]),
            "title": str(dataset.titles[item]),
            "score": float(score),
            "rank": rank,
        }
        for rank, (item, score) in enumerate(zip(lists.items[0], lists.scores[0], strict=True), start=1)
        if item >= 0
    ]
    answered_by = lists.answerers[int(lists.answered_by[0])]
    text = table(
        ["rank", "item", "title", "score"], [[i["rank"], i["item"], i["title"], i["score"]] for i in items]
    )
    emit(asked, {"user": asked.user, "run": run, "answered_by": answered_by, "items": items}, text)


def _history(asked: argparse.Namespace, workspace: Any, run: str, dataset: Any) -> Any:
    """One row: the user's own events, or the items given for somebody new.

    Raises:
        NotFound: the user or an item is not in the data set.
    """
    from dashboard.workspace.lookup import current_history, item_number, user_number
    from data.errors import NotFound
    from data.histories import from_lists

    if asked.history is not None:
        items = [item_number(dataset, item) for item in names(asked.history, "--history", "I,J")]
        return from_lists([items], dataset.n_items)
    try:
        return current_history(workspace, run, user_number(dataset, asked.user))
    except NotFound as error:
        raise NotFound(
            error.problem, f"{error.hint} For somebody new, name what they took: --history I,J."
        ) from error
