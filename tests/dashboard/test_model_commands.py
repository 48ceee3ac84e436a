"""`rankscope models`, `rankscope check-model`, and training only what the data is enough for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dashboard.cli import main, model_commands
from data.artifacts import Home, save_dataset
from data.marketplace import marketplace
from tests.core.models.test_rating_mf import planted_ratings
from tests.dashboard.test_readme import block


def document(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def dataset() -> str:
    return save_dataset(Home.current(), marketplace(n_users=40, n_items=80, n_events=600))


def test_models_are_listed_with_what_they_need_and_why_a_data_set_is_not_enough(
    dataset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    models = {row["name"]: row for row in document(capsys, "models", "--dataset", dataset)["models"]}
    assert models["content"]["needs"] == ["item_features"]
    assert models["content"]["missing"] == []
    assert models["rating_mf"]["missing"] == [
        "Rating MF needs ratings, and the weights of this data are only 1."
    ]
    assert not models["content"]["installed"]
    assert main(["models"]) == 0
    assert re.search(r"rating_mf +Rating MF +ratings\n", capsys.readouterr().out)


def test_a_model_the_data_is_not_enough_for_is_left_out_with_the_reason_and_the_others_train(
    dataset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    done = document(
        capsys, "train", "--dataset", dataset, "--models", "popularity,rating_mf", "--split", "last"
    )
    assert [(run["model"], run["status"]) for run in done["runs"]] == [("popularity", "done")]
    assert "needs ratings" in done["left_out"]["rating_mf"]


def test_rating_errors_are_shown_beside_those_of_the_mean(capsys: pytest.CaptureFixture[str]) -> None:
    data = save_dataset(Home.current(), planted_ratings())
    arguments = ("train", "--dataset", data, "--models", "rating_mf,popularity", "--split", "last")
    setting = "rating_mf.regularization=1"
    runs = {run["model"]: run["run"] for run in document(capsys, *arguments, "--set", setting)["runs"]}
    found = document(capsys, "rating-errors", "--runs", runs["rating_mf"], "--part", "test")
    (row,) = found["rows"]
    assert row["rmse"] < 0.5 * row["of_the_mean"]["rmse"]
    assert row["mse"] == pytest.approx(row["rmse"] ** 2)
    assert main(["rating-errors", "--runs", runs["rating_mf"]]) == 0
    assert "the mean of train, for Rating MF" in capsys.readouterr().out
    assert main(["rating-errors", "--runs", runs["popularity"]]) == 2
    assert "foretells no ratings" in capsys.readouterr().err


def test_the_model_of_the_readme_passes_the_contract_and_a_broken_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "import numpy as np\nfrom core.models.base import ModelConfig\n"
    own = head + block("Add a model in ten lines")
    (tmp_path / "own_model.py").write_text(own)
    (tmp_path / "bad_model.py").write_text(own.replace("dtype=np.float32", "dtype=np.float64"))
    monkeypatch.chdir(tmp_path)
    good = document(capsys, "check-model", "own_model:CoOccurrence")
    assert good["passed"]
    assert " failed" not in good["report"]
    bad = document(capsys, "check-model", "bad_model:CoOccurrence", code=1)
    assert not bad["passed"]
    assert "test_scores_are_finite_float32" in bad["report"]


def test_without_the_contract_tests_the_command_says_where_to_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(model_commands, "CONTRACT", tmp_path / "absent.py")
    assert main(["check-model", "ease"]) == 2
    assert "Run the command from a checkout of Rankscope" in capsys.readouterr().err
