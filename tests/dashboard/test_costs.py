"""What runs cost beside what they are worth."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.device import CPU
from dashboard import loaders
from dashboard.charts.costs import pareto
from dashboard.charts.template import model_look
from dashboard.loaders import experience, training
from dashboard.loaders.experience import factor
from dashboard.server import owner
from dashboard.tasks.costs import PeakMemory
from dashboard.views.costs import alike, cost_sentence, cost_table, front, written_costs
from dashboard.workspace import RunMeta
from tests.dashboard.conftest import open_page

TABLE = pd.DataFrame(
    {
        "run": ["a", "b", "c", "d"],
        "label": ["A", "B", "C", "D"],
        "mean": [0.30, 0.29, 0.20, 0.10],
        "low": [0.28, 0.27, 0.18, 0.08],
        "high": [0.32, 0.31, 0.22, 0.12],
        "fit_s": [90.0, 4.0, 8.0, 0.5],
        "tuning_s": [np.nan] * 4,
        "ram_mb": [500.0, 20.0, 10.0, 0.0],
        "gpu_mb": [0.0] * 4,
        "answer_ms": [1.0, 0.2, 0.1, np.nan],
        "size_mb": [80.0, 3.0, 1.0, 0.1],
    }
)


def test_memory_that_was_taken_and_given_back_is_seen() -> None:
    """100 MB, written to so that they are there, for 0.2 s."""
    with PeakMemory(CPU) as memory:
        block = np.ones(100 * 10**6 // 8)
        time.sleep(0.2)  # ten looks of the watcher
        del block
    assert 80 < memory.ram_mb < 200
    assert memory.gpu_mb == 0


def test_the_front_holds_what_nothing_beats_in_both() -> None:
    """C costs more than B and is worth less: it is beaten. D is the cheapest."""
    assert front(TABLE, "fit_s") == ["d", "b", "a"]
    assert front(TABLE, "answer_ms") == ["c", "b", "a"]


def test_the_sentence_names_the_best_and_who_is_nearly_as_good_for_less() -> None:
    """0.29 / 0.30 = 97 %."""
    said = cost_sentence(TABLE, "fit_s", "NDCG@10")
    assert "A ranks best (NDCG@10 0.300) at 1 min 30 s; B keeps 97 % of that at 4 s" in said
    assert "nothing cheaper comes within 95 %" in cost_sentence(TABLE.drop(index=1), "fit_s", "NDCG@10")


def test_runs_without_measured_costs_have_none_and_empty_columns_are_left_out() -> None:
    old = RunMeta(run="o", label="O", model="ease", dataset="d", protocol="last", seconds={"fit": 3.0})
    metrics = pd.DataFrame({"run": ["o"], "mean": [0.1], "low": [0.0], "high": [0.2]})
    table = cost_table(pd.DataFrame({"run": ["o"], "label": ["O"]}), [old], metrics)
    assert table.loc[0, ["fit_s", "ram_mb", "size_mb"]].isna().all()
    assert list(written_costs(TABLE, "NDCG@10").columns) == [
        *("Run", "NDCG@10", "Training", "Memory", "Answer", "Size")
    ]
    assert written_costs(TABLE, "NDCG@10")["Answer"].tolist() == ["1 ms", "0.2 ms", "0.1 ms", "–"]


def test_costs_over_decades_have_a_logarithmic_axis() -> None:
    looks = {run: model_look(place) for place, run in enumerate("abcd", 1)}
    wide = pareto(TABLE, "fit_s", ["d", "b", "a"], looks, x="s", y="NDCG")
    assert wide.layout.xaxis.type == "log"
    assert list(wide.data[0].x) == [0.5, 4.0, 90.0]
    none = pareto(TABLE, "ram_mb", ["d"], looks, x="MB", y="NDCG")
    assert none.layout.xaxis.type != "log"  # a cost of nothing has no logarithm


def test_only_runs_under_the_conditions_of_the_newest_are_compared() -> None:
    runs = pd.DataFrame({"run": ["a", "b", "c"], "created": [1, 3, 2], "fingerprint": ["x", "y", "y"]})
    assert alike(runs)["run"].tolist() == ["b", "c"]


def test_every_training_measures_its_costs_and_the_page_shows_them(seeded_home: Any) -> None:
    runs = loaders.runs(str(loaders.datasets()["id"].iloc[0]))
    costs = loaders.run_meta(str(runs[runs["model"] == "ease"]["run"].iloc[0])).costs
    assert costs["size_mb"] == pytest.approx(120 * 120 * 4 / 1e6, rel=0.1)
    assert costs["answer_ms"] > 0
    assert costs["ram_mb"] >= 0
    app = open_page("runs")
    assert not app.exception
    assert any(" ranks best (NDCG@10 " in text.value for text in app.markdown)


def test_estimates_follow_the_runs_that_were_long_enough_to_say_something() -> None:
    """Ratios 4 / 2 and 9 / 3 count, 0.01 / 0.3 does not: median 2.5."""
    assert factor([(4.0, 2.0), (9.0, 3.0), (0.01, 0.3)]) == 2.5
    assert factor([(0.01, 0.3)]) == factor([]) == 1.0
    assert factor([(1000.0, 1.0)]) == 10.0


def test_a_model_that_took_twice_as_long_as_expected_is_expected_to_do_so_again(
    seeded_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = str(loaders.datasets()["id"].iloc[0])
    before = training.seconds(dataset, "ease")
    monkeypatch.setattr(experience, "_estimated", lambda run: 0.5)
    owner.store().cursor().execute("update runs set seconds = 4 where model = 'ease'")
    experience._factors.clear()
    assert training.seconds(dataset, "ease") == pytest.approx(8 * before)
    experience._factors.clear()
