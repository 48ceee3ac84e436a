"""`explain` and `cold-start`."""

from __future__ import annotations

import argparse
from typing import Any

from dashboard.cli.naming import names, run_id
from dashboard.cli.output import emit, table
from dashboard.cli.tasking import perform


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the two sub-parsers."""
    why = commands.add_parser(
        "explain", parents=[common], help="why a run gives an item its score for a user"
    )
    why.add_argument("--run", required=True, dest="run_id", metavar="R", help="id, its beginning, or label")
    why.add_argument("--user", required=True, metavar="U", help="id as in the imported file")
    why.add_argument("--item", required=True, metavar="I", help="id as in the imported file")
    why.add_argument("--method", default=None, help="default: the first that fits")
    why.add_argument("--seed", type=int, default=0)
    why.set_defaults(run=explain_one)
    cold = commands.add_parser("cold-start", parents=[common], help="n-shot curves of runs")
    cold.add_argument("--runs", required=True, metavar="A,B", help="ids, their beginnings, or labels")
    cold.add_argument("--shown", choices=("last", "first", "random"), default="last")
    cold.add_argument("--metric", default="ndcg")
    cold.add_argument("-k", type=int, default=10)
    cold.add_argument(
        "--part",
        choices=("validation", "test"),
        default="validation",
        help="looking at the test part is recorded and counted",
    )
    cold.add_argument("--seed", type=int, default=0)
    cold.set_defaults(run=cold_start)


def explain_one(asked: argparse.Namespace) -> None:
    """The parts of one score; for a fused run also each member's own reasons."""
    from core.explanation import explain, explain_fused
    from core.fusion.fused import Fused
    from dashboard.workspace import Workspace
    from dashboard.workspace.lookup import current_history, item_number, user_number
    from data.home import Home

    workspace = Workspace(Home.current())
    run = run_id(workspace.home, asked.run_id)
    dataset = workspace.dataset(workspace.run(run).dataset)
    item = item_number(dataset, asked.item)
    history = current_history(workspace, run, user_number(dataset, asked.user))
    model = workspace.model(run)
    labels = {member: workspace.run(member).label for member in workspace.run(run).members}
    if isinstance(model, Fused) and asked.method is None:
        both = explain_fused(model, history, 0, item, seed=asked.seed)
        document = _document(both.outer, dataset, labels)
        document["members"] = {member: _inner(inner, dataset) for member, inner in both.inner.items()}
    else:
        found = explain(model, history, 0, item, seed=asked.seed, method=asked.method)
        document = _document(found, dataset, labels)
    lines = [[part["title"], part["amount"]] for part in document["contributions"]]
    head = f"score {document['score']:.4f} = base {document['base']:.4f} + parts ({document['method']})"
    emit(
        asked,
        {"user": asked.user, "item": asked.item, **document},
        head + "\n" + table(["reason", "part"], lines),
    )


def _inner(inner: Any, dataset: Any) -> dict[str, Any]:
    from data.errors import NotApplicable

    return {"note": str(inner)} if isinstance(inner, NotApplicable) else _document(inner, dataset, {})


def _document(found: Any, dataset: Any, labels: dict[str, str]) -> dict[str, Any]:
    """The explanation with ids and titles; the largest parts first."""
    parts = []
    for place, (player, amount) in enumerate(zip(found.players, found.contributions, strict=True)):
        if found.game == "models":
            parts.append(
                {"kind": "model", "key": player, "title": labels.get(player, player), "amount": float(amount)}
            )
            continue
        past = int(found.items[place])
        if past < 0:  # the oldest events of a long history, explained as one
            parts.append({"kind": "events", "key": None, "title": str(player), "amount": float(amount)})
            continue
        key, title = str(dataset.items.ids[past]), str(dataset.titles[past])
        parts.append(
            {"kind": "event", "key": key, "title": title, "position": int(player), "amount": float(amount)}
        )
    return {
        "method": found.method,
        "exact": bool(found.exact),
        "base": float(found.base),
        "score": float(found.score),
        "residual": float(found.residual),
        "evaluations": int(found.evaluations),
        "contributions": sorted(parts, key=lambda part: -abs(part["amount"])),
    }


def cold_start(asked: argparse.Namespace) -> None:
    """Measure and store the curves; popularity is always among them."""
    from dashboard.workspace import read_result
    from data.home import Home

    home = Home.current()
    spec = {
        "runs": [run_id(home, said) for said in names(asked.runs, "--runs", "A,B")],
        "shown": asked.shown,
        "metric": asked.metric,
        "k": asked.k,
        "part": asked.part,
        "seed": asked.seed,
    }
    done = perform("cold_start", spec)
    meta = read_result(home, "cold_start", done["result"])
    curves = [_curve(name, line, meta) for name, line in meta["lines"].items()]
    crossings = [
        {**crossing, "run": meta["lines"].get(crossing["name"], {}).get("run")}
        for crossing in meta["crossings"]
    ]
    document = {
        "result": done["result"],
        "part": meta["part"],
        "users": meta["n_users"],
        "note": meta["note"],
        "curves": curves,
        "crossings": crossings,
    }
    lines = [[meta["lines"][c["name"]]["label"], "–" if c["n"] is None else c["n"]] for c in crossings]
    emit(asked, document, table(["model", "beats popularity from n events"], lines))


def _curve(name: str, line: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    metric = f"{meta['metric']}@{meta['k']}"
    points = [
        {
            "n": point["n"],
            "metrics": {metric: {bound: point[bound] for bound in ("mean", "low", "high")}},
            "answered_share": point["answered_share"],
        }
        for point in meta["points"]
        if point["name"] == name
    ]
    return {"run": line["run"], "name": name, "label": line["label"], "points": points}
