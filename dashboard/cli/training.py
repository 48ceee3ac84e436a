"""`train` and `fuse`."""

from __future__ import annotations

import argparse
import json
from typing import Any

from dashboard.cli.naming import dataset_id, names, run_id
from dashboard.cli.output import emit, table
from dashboard.cli.tasking import perform

PROTOCOLS = (
    "auto", "time", "last", "user_time", "random", "ratio",
    "user_cold", "item_cold", "user_item_cold", "given",
)  # fmt: skip
HEADLINE = ("ndcg", 10)


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the two sub-parsers."""
    train = commands.add_parser("train", parents=[common], help="train models on a data set")
    train.add_argument("--dataset", required=True, metavar="D", help="id, its beginning, or name")
    train.add_argument(
        "--models", required=True, metavar="A,B", help="for example popularity,item_knn,ease,als"
    )
    train.add_argument("--split", choices=PROTOCOLS, default="auto")
    train.add_argument(
        "--saved-split",
        metavar="NAME",
        help="a saved split with its settings, seed, policy and limits, in place of --split",
    )
    train.add_argument("--split-seed", type=int, default=None)
    train.add_argument("--policy", choices=("auto", "hide", "allow", "exclusive"), default=None)
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    train.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="MODEL.SETTING=VALUE",
        help="a setting, such as als.factors=64",
    )
    train.set_defaults(run=run_train)
    fuse = commands.add_parser("fuse", parents=[common], help="fuse runs into a new run")
    fuse.add_argument("--runs", required=True, metavar="A,B", help="ids, their beginnings, or labels")
    fuse.add_argument("--method", default="rrf", help="rrf or weighted_sum")
    fuse.add_argument("--weights", metavar="1,2", help="one per run (default: equal)")
    fuse.add_argument("--label", default="")
    fuse.set_defaults(run=run_fuse)


def settings(pairs: list[str], models: list[str]) -> dict[str, dict[str, Any]]:
    """{"als": {"factors": 64}} from ["als.factors=64"]; values are read as JSON, else as text.

    Raises:
        ConfigError: not of this form, or a model that is not trained here.
    """
    from data.errors import ConfigError

    found: dict[str, dict[str, Any]] = {model: {} for model in models}
    for pair in pairs:
        where, equals, value = pair.partition("=")
        model, dot, setting = where.partition(".")
        if not equals or not dot or model not in found:
            raise ConfigError(
                f"--set {pair} is not understood.",
                f"Write one of {', '.join(models)} as MODEL.SETTING=VALUE.",
            )
        try:
            found[model][setting] = json.loads(value)
        except json.JSONDecodeError:
            found[model][setting] = value
    return found


def run_train(asked: argparse.Namespace) -> None:
    """Train here, with progress on stderr."""
    from dashboard.tasks.train import ModelChoice, make_model
    from data.home import Home

    models = names(asked.models, "--models", "popularity,ease")
    configs = settings(asked.set, models)
    choices = [{"name": model, "config": configs[model]} for model in models]
    for choice in choices:
        make_model(
            ModelChoice.model_validate(choice)
        )  # a wrong name or setting is said before anything trains
    dataset = dataset_id(Home.current(), asked.dataset)
    left_out = not_offered(dataset, configs)
    offered = [choice for choice in choices if choice["name"] not in left_out]
    done = perform(
        "train",
        {
            "dataset": dataset,
            "models": offered or choices,  # with nothing left, the task says why
            **conditions(dataset, asked),
            "seed": asked.seed,
            "device": asked.device,
        },
    )
    rows = [
        [entry[name] for name in ("run", "model", "status", "device", "seconds")] for entry in done["runs"]
    ]
    text = table(["run", "model", "status", "device", "seconds"], rows)
    problems = [
        f"{entry['model']}: {entry['problem']} {entry['hint']}"
        for entry in done["runs"]
        if entry.get("problem")
    ]
    reasons = [f"{model} is left out: {reason}" for model, reason in left_out.items()] if offered else []
    emit(
        asked,
        {name: done[name] for name in ("dataset", "protocol", "policy", "runs")} | {"left_out": left_out},
        "\n".join([text, *problems, *reasons]),
    )


def not_offered(dataset: str, configs: dict[str, dict[str, Any]]) -> dict[str, str]:
    """By model that the data lacks something for, under the settings asked for: what, in a sentence."""
    from core.models import MODELS, missing_needs
    from dashboard.workspace import Workspace
    from data.home import Home

    data = Workspace(Home.current()).dataset(dataset)
    found = {
        name: missing_needs(name, data, MODELS[name].Config(**config)) for name, config in configs.items()
    }
    return {name: " ".join(reasons) for name, reasons in found.items() if reasons}


def conditions(dataset: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Split and policy of the training: a protocol, or a saved split with what was said beside it.

    Raises:
        NotFound: no saved split is called so.
    """
    from dashboard.workspace.saved_splits import saved_split
    from data.home import Home
    from data.store import Store

    said = {"split_seed": asked.split_seed, "policy": asked.policy}
    said = {name: value for name, value in said.items() if value is not None}
    if asked.saved_split is None:
        return {"protocol": asked.split, **said}
    with Store(Home.current()) as store:
        return saved_split(store, dataset, asked.saved_split).choice.spec() | said


def run_fuse(asked: argparse.Namespace) -> None:
    """Fuse, judge and save."""
    from dashboard.workspace.storage import read_metrics
    from data.home import Home

    home, weights = Home.current(), _weights(asked.weights)
    done = perform(
        "fuse",
        {
            "runs": [run_id(home, said) for said in names(asked.runs, "--runs", "A,B")],
            "method": asked.method,
            "weights": weights,
            "label": asked.label,
        },
    )
    run = done["runs"][0]["run"]
    rows = read_metrics(home, run)
    rows = rows[(rows["part"] == "validation") & (rows["users"] == headline_users(rows))]
    metrics = metrics_by_name(rows)
    document = {
        "run": run,
        "weights": done["weights"],
        "metrics": metrics,
    }
    chosen = metrics.get("{}@{}".format(*HEADLINE), {})
    emit(asked, document, f"{run}  ndcg@10 {chosen.get('mean', float('nan')):.4f} (validation)")


def headline_users(rows: Any) -> str:
    """Known users where any is judged, else new ones."""
    return "known" if (rows["users"] == "known").any() else "new"


def metrics_by_name(rows: Any) -> dict[str, dict[str, float]]:
    """{"ndcg@10": {"mean", "low", "high", "n_users"}} from rows of a metrics table."""
    return {
        f"{row.metric}@{row.k}" if row.k else row.metric: {
            "mean": row.mean,
            "low": row.low,
            "high": row.high,
            "n_users": int(row.n_users),
        }
        for row in rows.itertuples(index=False)
    }


def _weights(text: str | None) -> list[float] | None:
    from data.errors import ConfigError

    if text is None:
        return None
    try:
        return [float(part) for part in names(text, "--weights", "1,2")]
    except ValueError:
        raise ConfigError(
            f"--weights {text} holds something that is not a number.", "Write, for example, 1,2."
        ) from None
