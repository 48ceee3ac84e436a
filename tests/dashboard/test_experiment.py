"""Experiments as files: read strictly, run in one go, the same as what was clicked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.models import MODELS
from core.progress import silent
from dashboard.cli import main
from dashboard.experiments import as_yaml, experiment_of, load_experiment, read_experiment
from dashboard.tasks import TASKS, read_spec
from dashboard.tasks.experiment_parts import TunePart
from dashboard.workspace import Workspace
from dashboard.workspace.storage import read_metrics
from data.artifacts import Home, dataset_meta, save_dataset
from data.dataset import Dataset
from data.errors import ConfigError
from data.store import Store
from tests.dashboard.conftest import open_page

WHOLE = """
dataset: toy
split: {protocol: last}
models:
  - model: popularity
  - model: ease
    label: Ridge
    tune: {trials: 3}
  - model: als
    preset: quick
    settings: {iterations: 2}
    seeds: 2
fusion:
  - method: rrf
    members: [Ridge, als]
    label: Both
"""


@pytest.fixture
def home(toy: Dataset) -> Home:
    home = Home.current()
    with Store(home) as store:
        store.add_dataset(dataset_meta(home, save_dataset(home, toy)))
    return home


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> Any:
        capsys.readouterr()
        assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return call


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as error:
        read_experiment(text, "mine.yaml")
    return str(error.value)


def test_one_file_does_tuning_seeds_and_fusion_in_one_go(home: Home, run: Any, tmp_path: Path) -> None:
    path = tmp_path / "whole.yaml"
    path.write_text(WHOLE)
    done = run("run", str(path))
    told = [(row["of"], row["seed"], row["status"]) for row in done["runs"]]
    assert told == [
        ("popularity", 0, "done"),
        ("Ridge", 0, "done"),
        ("als", 0, "done"),
        ("als", 1, "done"),
        ("Both", 0, "done"),
    ]
    metas = [Workspace(home).run(row["run"]) for row in done["runs"]]
    assert {meta.fingerprint["digest"] for meta in metas} == {done["fingerprint"]}
    assert metas[-1].members == (metas[1].run, metas[2].run)
    assert (metas[2].config["factors"], metas[2].config["iterations"]) == (32, 2)
    assert len(done["studies"][0]["trials"]) == 3
    assert done["runs"][1]["metrics"]["ndcg@10"]["mean"] == pytest.approx(done["studies"][0]["value"])
    with Store(home) as store:
        assert len(store.runs(done["dataset"])) == 5
        assert store.results("study", done["dataset"])["id"].iloc[0] == done["studies"][0]["id"]


def test_without_json_people_get_a_table(
    home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text("dataset: toy\nsplit: {protocol: last}\nmodels: [{model: popularity}]\n")
    assert main(["run", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == [
        "run",
        "label",
        "seed",
        "status",
        "seconds",
        "ndcg@10",
        "recall@20",
    ]
    assert "Popularity" in out


def test_the_file_of_what_was_clicked_gives_the_same_fingerprint_and_metrics(
    home: Home, run: Any, tmp_path: Path
) -> None:
    dataset = dataset_meta(home, next(home.datasets.iterdir()).name)["id"]
    models = [{"name": "ease", "config": {"regularization": 3.5}}, {"name": "als", "config": {"factors": 4}}]
    conditions = {
        "protocol": "last",
        "split": {"n": 2},
        "split_seed": 3,
        "policy": "allow",
        "limits": {},
        "seed": 4,
        "device": "cpu",
    }
    clicked = TASKS["train"].run(
        read_spec("train", {"dataset": dataset, "models": models, **conditions}), home, silent
    )
    path = tmp_path / "clicked.yaml"
    path.write_text(as_yaml(experiment_of(dataset, models, conditions)))
    done = run("run", str(path))
    for mine, theirs in zip(clicked["runs"], done["runs"], strict=True):
        one, two = Workspace(home).run(mine["run"]), Workspace(home).run(theirs["run"])
        assert one.fingerprint == two.fingerprint
        assert (one.config, one.seed, one.label) == (two.config, two.seed, two.label)
        assert read_metrics(home, one.run).equals(read_metrics(home, two.run))


def test_a_file_is_imported_first_from_the_folder_of_the_experiment(run: Any, tmp_path: Path) -> None:
    rows = [f"u{u},i{(u + d) % 7},{1_600_000_000 + d * 86_400}" for u in range(12) for d in range(5)]
    (tmp_path / "events.csv").write_text("user_id,item_id,timestamp\n" + "\n".join(rows) + "\n")
    path = tmp_path / "e.yaml"
    path.write_text("file: {path: events.csv, name: Weeks}\nmodels: [{model: popularity}]\n")
    first, second = run("run", str(path)), run("run", str(path))
    assert first["dataset"] == second["dataset"]
    assert first["fingerprint"] == second["fingerprint"]


def test_one_failing_model_and_its_fusion_are_noted_and_the_others_go_on(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any, *args: Any, **options: Any) -> Any:
        raise ConfigError("Too large.", "Take less.")

    monkeypatch.setattr(MODELS["ease"], "fit", broken)
    found = read_experiment(
        "dataset: toy\nsplit: {protocol: last}\n"
        "models: [{model: ease, tune: {trials: 2}}, {model: popularity}]\n"
        "fusion: [{method: rrf}]\n"
    )
    spec = {**found.model_dump(mode="json"), "dataset": next(home.datasets.iterdir()).name}
    done = TASKS["experiment"].run(read_spec("experiment", spec), home, silent)
    assert [(row["of"], row["status"]) for row in done["runs"]] == [
        ("popularity", "done"),
        ("ease", "failed"),
        ("rrf 1", "failed"),
    ]
    assert done["runs"][2]["problem"] == "ease could not be trained."


def test_the_example_is_written_and_read_back_unchanged() -> None:
    found = read_experiment(WHOLE)
    assert read_experiment(as_yaml(found)) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "dataset: a\nmodels:\n  - model: ease\n    setings: {}\n",
            "line 4 (models.0.setings): there is no 'setings'",
        ),
        (
            "dataset: a\nmodels:\n  - model: ease\n    setings: {}\n",
            "known are model, label, preset, settings",
        ),
        (
            "dataset: a\nmodel: ease\n",
            "line 2 (model): there is no 'model' here; known are dataset, file, split",
        ),
        ("dataset: a\n", "'models' is missing"),
        ("dataset: a\nmodels: [{model: magic}]\n", "There is no model 'magic'"),
        (
            "dataset: a\nmodels:\n  - model: ease\n    settings: {ridge: 3}\n",
            "The settings are: regularization",
        ),
        ("dataset: a\nmodels:\n  - {model: ease, preset: best}\n", "no preset 'best'"),
        ("dataset: a\nmodels:\n  - {model: ease, seeds: 99}\n", "less than or equal to 20 (got 99)"),
        ("dataset: a\nmodels:\n  - {model: random, tune: {}}\n", "no settings to search"),
        (
            "dataset: a\nmodels:\n  - model: ease\n    tune:\n      trails: 3\n",
            "line 5 (models.0.tune.trails)",
        ),
        (
            "dataset: a\nsplit: {protocol: magic}\nmodels: [{model: ease}]\n",
            "line 2 (split): There is no split",
        ),
        ("dataset: a\nlimits: {colour: 1}\nmodels: [{model: ease}]\n", "line 2 (limits): colour"),
        ("models: [{model: ease}]\n", "name either a dataset or a file"),
        ("dataset: a\ndataset: b\nmodels: [{model: ease}]\n", "line 2: dataset stands there twice"),
        ("dataset: [\n", "this is not YAML"),
        ("- 1\n", "holds no experiment"),
        ("dataset: a\nmodels: [{model: ease}, {model: ease}]\n", "'ease' is there twice"),
        (
            "dataset: a\nmodels: [{model: ease}]\nfusion: [{members: [ease]}]\n",
            "line 3 (fusion.0): a fusion needs two",
        ),
        (
            "dataset: a\nmodels: [{model: ease}, {model: als}]\nfusion:\n  - members: [ease, svd]\n",
            "line 4 (fusion.0.members): no model 'svd' here",
        ),
        (
            "dataset: a\nmodels: [{model: ease}, {model: als}]\nfusion:\n  - weights: [1]\n",
            "line 4 (fusion.0.weights): 1 weights for 2 members",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_is_known(text: str, said: str) -> None:
    assert said in refused(text)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read as text"):
        load_experiment(tmp_path / "e.yaml")


def test_check_starts_nothing(home: Home, run: Any, tmp_path: Path) -> None:
    path = tmp_path / "whole.yaml"
    path.write_text(WHOLE)
    assert run("run", str(path), "--check")["experiment"]["fusion"][0]["label"] == "Both"
    assert list(home.runs.iterdir()) == []


def test_the_page_gives_the_file_of_what_is_clicked_together(seeded_home: Path) -> None:
    app = open_page("train", protocol="last", seen="allow", split_settings='last:{"n":2,"min_history":1}')
    app.multiselect(key="train_models").set_value(["item_knn", "als"]).run()
    app.number_input(key="train_item_knn_n_neighbors").set_value(33).run()
    app.number_input(key="train_seeds").set_value(2).run()
    assert not app.exception
    text = next(b for b in app.get("download_button") if b.key == "train_export")
    assert text.label == "Download as experiment.yaml"


def test_the_clicked_experiment_names_only_what_differs() -> None:
    models = [{"name": "item_knn", "config": {"n_neighbors": 33}}, {"name": "als", "config": {}}]
    conditions = {"protocol": "last", "split": {"n": 2}, "policy": "allow", "seed": 0}
    assert as_yaml(experiment_of("d1", models, conditions, seeds=2)).splitlines() == [
        "dataset: d1",
        "split:",
        "  protocol: last",
        "  settings:",
        "    n: 2",
        "policy: allow",
        "models:",
        "- model: item_knn",
        "  settings:",
        "    n_neighbors: 33",
        "- model: als",
        "  seeds: 2",
    ]


def test_the_example_in_the_documentation_can_be_run() -> None:
    text = (Path(__file__).parents[2] / "docs" / "experiments.md").read_text()
    found = read_experiment(text.split("```yaml\n")[1].split("```")[0])
    assert [part.called for part in found.models] == ["popularity", "ease", "iALS wide"]


def test_experiments_are_read_in_a_fresh_process(tmp_path: Path) -> None:
    """The command line imports the reader before anything else."""
    path = tmp_path / "e.yaml"
    path.write_text("dataset: a\nmodels: [{model: popularity}]\n")
    code = (
        "import sys, pathlib; from dashboard.experiments import load_experiment; "
        "load_experiment(pathlib.Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_clicked_search_is_written_with_its_budget_and_read_back() -> None:
    search = TunePart(trials=7, seconds=60, metric="recall")
    models = [{"name": "ease", "config": {}}]
    found = read_experiment(as_yaml(experiment_of("d1", models, {"protocol": "last"}, search=search)))
    assert found.models[0].tune == search
