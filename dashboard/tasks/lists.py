"""Import ranked lists made elsewhere: compared, fused and shown like a run of our own."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.progress import Report
from dashboard.server.sent_name import by_sent_name
from dashboard.tasks.base import Lane, Result, Task, TaskSpec
from dashboard.tasks.import_file import located
from dashboard.tasks.judging import Conditions, judge, resolve
from dashboard.tasks.registering import register_runs
from dashboard.tasks.train import store_run
from dashboard.versions import versions
from dashboard.workspace import RunMeta, Workspace
from dashboard.workspace.listed import ListedConfig, ListedRecommender
from data import columns
from data.artifacts import Home
from data.errors import ConfigError, DataError
from data.reading import read_lists


class Spec(TaskSpec):
    """The file (user, item, rank or score; a path or the id of an upload) and how it is judged."""

    dataset: str
    file: str = ""
    upload: str = ""
    label: str = ""
    protocol: str = "auto"
    split: dict[str, Any] = {}
    split_seed: int = 0
    policy: str = "auto"
    limits: dict[str, Any] = {}


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Read, match, judge, save.

    Returns:
        dataset, rows, matched, users (with a list), and `runs` with the one entry.

    Raises:
        DataError: a column is missing, or no row names a known user and item.
        ConfigError: no file was named.
    """
    report(0.0, "reading the lists")
    source = located(home, spec.file, spec.upload)
    if source is None:
        raise ConfigError("No file was named.", "Give a file with user, item and rank or score.")
    workspace = Workspace(home)
    conditions = resolve(
        workspace, spec.dataset, spec.protocol, spec.split, spec.split_seed, spec.policy, spec.limits
    )
    with by_sent_name(source):
        table = scored(read_lists(source[0]))
    model = ListedRecommender.from_table(table, conditions.dataset, ListedConfig(source=source[1]))
    _check_matched(model, table, conditions)
    judgement = judge(model, conditions, report=report)
    meta = RunMeta(
        label=spec.label or source[1].split(".")[0],
        model=model.name,
        config=model.config.model_dump(mode="json"),
        versions=versions(),
        seconds={"fit": 0.0, "score": round(judgement.seconds, 3)},
        **conditions.meta(),
    )
    run_id = store_run(home, model, meta, judgement, [])
    entry = {
        "run": run_id,
        "model": model.name,
        "label": meta.label,
        "status": "done",
        "device": "cpu",
        "seconds": 0.0,
    }
    return {
        "dataset": spec.dataset,
        "rows": len(table),
        "matched": len(model.items_),
        "users": int(model.users_with_lists.sum()),
        "runs": [entry],
    }


def scored(table: pd.DataFrame) -> pd.DataFrame:
    """Lists whose scores fall with their ranks: a user's scores that rise or tie are replaced by −rank.

    Equal scores would otherwise lose the order of the file, and a list of nothing else would count as no
    answer at all.
    """
    user = table[columns.USER]
    stays = user.eq(user.shift()) & (table[columns.SCORE].astype("float32").diff() >= 0)
    score = table[columns.SCORE].mask(user.isin(user[stays]), -table[columns.RANK])
    return table.assign(**{columns.SCORE: score})


def _check_matched(model: ListedRecommender, table: pd.DataFrame, conditions: Conditions) -> None:
    if len(model.items_) == 0:
        seen = table.iloc[0] if len(table) else {columns.USER: "–", columns.ITEM: "–"}
        raise DataError(
            f"None of the {len(table):,} rows names a known user and item "
            f"(the first: user {seen[columns.USER]!r}, item {seen[columns.ITEM]!r}).",
            f"Ids must be those of the data set, such as user {conditions.dataset.users.ids[0]!r} and item "
            f"{conditions.dataset.items.ids[0]!r}.",
        )


def lane(spec: Spec) -> Lane:
    del spec
    return "light"


TASK = Task("lists", "Import lists", Spec, run, register_runs, lane=lane)
