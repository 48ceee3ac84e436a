"""Runs and results as folders: written once under a temporary name, renamed, read back as values.

runs/<id>/ holds meta.json, curve.json, arrays/*.npy (the model) and, for each judged part, lists/ and
evaluation/ folders: validation/lists/items.npy and so on.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from core.evaluation import Evaluation
from core.models.base import Recommender
from core.ranking import Recommendations
from dashboard.workspace.run_meta import RunMeta
from data.artifacts import Home, read_arrays, read_meta, write_folder
from data.errors import NotFound
from data.split import Fingerprint

RUN_ID = re.compile(r"r[0-9a-f]{10}")
RESULT_ID = re.compile(r"[a-z][a-z0-9_-]{0,60}")
LIST_ARRAYS = ("users", "items", "scores", "keys", "answered_by")


def save_run(
    home: Home,
    *,
    model: Recommender,
    meta: RunMeta,
    lists: Mapping[str, Recommendations],
    evaluations: Mapping[str, Evaluation],
    curve: Sequence[Mapping[str, float]] = (),
    metrics: pd.DataFrame | None = None,
) -> str:
    """Store a run under a new id and return it; the folder appears whole or not at all."""
    run_id = "r" + secrets.token_hex(5)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    fingerprint = fingerprint_meta(evaluations["validation"].fingerprint) if evaluations else {}
    meta = meta.model_copy(update={"run": run_id, "created": created, "fingerprint": fingerprint})
    files: dict[str, Any] = {"curve.json": json.dumps([dict(point) for point in curve])}
    arrays = model.arrays()
    scalars = [name for name, array in arrays.items() if array.ndim == 0]  # folders keep at least one axis
    files["arrays"] = _folder(arrays, {"scalars": scalars})
    if metrics is not None:
        files["metrics.parquet"] = lambda path: metrics.to_parquet(path, index=False)
    for part in lists:
        files[part] = _part(lists[part], evaluations[part])
    write_folder(home.runs / run_id, {}, meta.model_dump(mode="json"), files)
    return run_id


def fingerprint_meta(fingerprint: Fingerprint) -> dict[str, str]:
    """The five conditions and their digest, as plain text."""
    return {**asdict(fingerprint), "digest": fingerprint.digest}


def _folder(arrays: Mapping[str, Any], meta: Mapping[str, Any]) -> Callable[[Path], None]:
    return lambda path: write_folder(path, arrays, meta)


def _part(lists: Recommendations, evaluation: Evaluation) -> Callable[[Path], None]:
    arrays, rest = evaluation.to_arrays()
    own = {name: getattr(lists, name) for name in LIST_ARRAYS}
    files = {"lists": _folder(own, {"answerers": list(lists.answerers)}), "evaluation": _folder(arrays, rest)}
    return lambda path: write_folder(path, {}, {}, files)  # type: ignore[arg-type]


def run_folder(home: Home, run_id: str) -> Path:
    """The folder of a stored run.

    Raises:
        NotFound: no such run.
    """
    folder = home.runs / run_id
    if not RUN_ID.fullmatch(run_id) or not (folder / "meta.json").is_file():
        raise NotFound(f"There is no run {run_id!r}.", "Train one, or pick one from the list of runs.")
    return folder


def read_run(home: Home, run_id: str) -> RunMeta:
    return RunMeta.model_validate(read_meta(run_folder(home, run_id)))


def run_ids(home: Home) -> list[str]:
    """Ids of all stored runs."""
    return sorted(path.name for path in home.runs.iterdir() if RUN_ID.fullmatch(path.name))


def read_curve(home: Home, run_id: str) -> list[dict[str, float]]:
    """The training curve of a run; empty for a model that learns in one step."""
    curve: list[dict[str, float]] = json.loads((run_folder(home, run_id) / "curve.json").read_text())
    return curve


def read_metrics(home: Home, run_id: str) -> pd.DataFrame:
    """[part, users, metric, k, mean, low, high, n_users]; empty for a run saved without it."""
    path = run_folder(home, run_id) / "metrics.parquet"
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()


def read_lists(home: Home, run_id: str, part: str) -> Recommendations:
    folder = run_folder(home, run_id) / part / "lists"
    return Recommendations(**read_arrays(folder), answerers=tuple(read_meta(folder)["answerers"]))


def read_evaluation(home: Home, run_id: str, part: str) -> Evaluation:
    folder = run_folder(home, run_id) / part / "evaluation"
    return Evaluation.from_arrays(read_arrays(folder), read_meta(folder))


def read_model_arrays(home: Home, run_id: str) -> dict[str, Any]:
    """What `Recommender.arrays` gave, memory-mapped."""
    folder = run_folder(home, run_id) / "arrays"
    scalars = read_meta(folder)["scalars"]
    return {
        name: array.reshape(()) if name in scalars else array for name, array in read_arrays(folder).items()
    }


def results_folder(home: Home, kind: str) -> Path:
    if not RESULT_ID.fullmatch(kind):
        raise NotFound(f"There are no results of kind {kind!r}.", "")
    return home.root / "results" / kind


def save_result(
    home: Home,
    kind: str,
    meta: Mapping[str, Any],
    *,
    arrays: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
) -> str:
    """Store a computed result (a curve, an audit) and return its id."""
    result_id = kind[0] + secrets.token_hex(5)
    whole = {**meta, "id": result_id, "created": datetime.now(UTC).isoformat(timespec="seconds")}
    write_folder(results_folder(home, kind) / result_id, arrays or {}, whole, dict(files or {}))
    return result_id


def result_folder(home: Home, kind: str, result_id: str) -> Path:
    """The folder of a stored result.

    Raises:
        NotFound: no such result.
    """
    folder = results_folder(home, kind) / result_id
    if not RESULT_ID.fullmatch(result_id) or not folder.is_dir():
        raise NotFound(f"There is no result {result_id!r}.", "It may have been deleted; compute it again.")
    return folder


def read_result(home: Home, kind: str, result_id: str) -> dict[str, Any]:
    """meta.json of a stored result. Raises NotFound."""
    return read_meta(result_folder(home, kind, result_id))
