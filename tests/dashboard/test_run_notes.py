"""Runs beside each other and beside a person's words: notes, tags, copies, seeds."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashboard import loaders
from dashboard.components.links import page_file
from dashboard.loaders.run_notes import RunNote, run_notes, write_note
from dashboard.server import owner
from dashboard.views.seeds import seed_sentence, seed_table
from dashboard.workspace import RunMeta
from data.artifacts import Home
from tests.dashboard.conftest import do, open_page


def press(app: Any, key: str) -> Any:
    return next(button for button in app.button if button.key == key).click().run()


def dataset() -> str:
    return str(loaders.datasets()["id"].iloc[0])


def run_of(model: str) -> str:
    runs = loaders.runs(dataset())
    return str(runs[runs["model"] == model]["run"].iloc[0])


def test_a_note_and_tags_stay_with_the_run_and_find_it_again(seeded_home: Any) -> None:
    run = run_of("ease")
    app = open_page("runs")
    app.multiselect(key="runs_chosen").set_value([run]).run()
    app.text_area(key=f"runs_note_{run}").set_value("for the *demo*").run()
    assert not app.exception
    assert run_notes(dataset()) == {run: RunNote("for the *demo*", ())}
    write_note(dataset(), run, "for the *demo*", [" good ", "good", ""])
    app = open_page("runs")
    assert run_notes(dataset())[run].tags == ("good",)
    assert any(r"for the \*demo\* · \#good" in caption.value for caption in app.caption)
    assert len(app.dataframe[0].value) == 4
    next(one for one in app.button_group if one.key == "runs_tags").set_value(["good"]).run()
    assert not app.exception
    assert list(app.dataframe[0].value["run"]) == [run]


def test_an_empty_note_is_no_note(seeded_home: Any) -> None:
    run = run_of("ease")
    write_note(dataset(), run, "x", [])
    write_note(dataset(), run, "  ", [])
    assert run_notes(dataset()) == {}


def test_a_run_is_copied_into_the_form_with_its_conditions(seeded_home: Any) -> None:
    home, store = Home.current(), owner.store()
    made = do(
        home,
        store,
        "train",
        {
            "dataset": dataset(),
            "models": [{"name": "item_knn", "config": {"n_neighbors": 17}}],
            "protocol": "last",
            "split": {"n": 2},
            "policy": "allow",
            "seed": 9,
        },
    )["runs"][0]["run"]
    app = open_page("runs")
    app.multiselect(key="runs_chosen").set_value([made]).run()
    press(app, "runs_clone")
    assert not app.exception
    assert app.title[0].value == "Train"
    assert app.multiselect(key="train_models").value == ["item_knn"]
    assert app.number_input(key="train_item_knn_n_neighbors").value == 17
    assert app.number_input(key="train_seed").value == 9
    app.switch_page(page_file("train")).run()
    assert app.number_input(key="train_item_knn_n_neighbors").value == 17
    press(app, "train_start")
    (job,) = loaders.active_jobs()
    assert (job.spec["protocol"], job.spec["split"]["n"], job.spec["policy"]) == ("last", 2, "allow")


def test_a_fusion_cannot_be_copied(seeded_home: Any) -> None:
    app = open_page("runs")
    app.multiselect(key="runs_chosen").set_value([run_of("fused")]).run()
    assert not [button for button in app.button if button.key == "runs_clone"]


# ── seeds ─────────────────────────────────────────────────────────────────────────────────────────────────


def meta(run: str, seed: int, *, factors: int = 8, split: str = "x") -> RunMeta:
    return RunMeta(
        run=run,
        label=run,
        model="als",
        config={"factors": factors},
        seed=seed,
        dataset="d",
        protocol="last",
        fingerprint={"digest": split},
        created="2026-01-01",
    )


def test_mean_and_spread_over_seeds() -> None:
    """0.1, 0.2, 0.3: mean 0.2, standard deviation √((0.01 + 0 + 0.01) / 2) = 0.1."""
    metas = [meta("r0", 0), meta("r1", 1), meta("r2", 2), meta("r3", 0, factors=9), meta("r4", 1, split="y")]
    labels = ["ALS · seed 0", "ALS · seed 1", "ALS · seed 2", "other", "elsewhere"]
    runs = pd.DataFrame({"run": [m.run for m in metas], "label": labels})
    table = seed_table(runs, metas, {"r0": 0.1, "r1": 0.3, "r2": 0.2, "r3": 0.9, "r4": 0.9})
    (row,) = table.to_dict("records")
    assert (row["label"], row["seeds"], row["n"]) == ("ALS", "0, 1, 2", 3)
    assert (row["mean"], row["spread"]) == (pytest.approx(0.2), pytest.approx(0.1))
    assert (row["low"], row["high"]) == (0.1, 0.3)
    assert "ALS: NDCG@10 0.200 ± 0.100 over 3 seeds" in seed_sentence(table, "NDCG@10")


def test_a_seed_trained_twice_counts_once() -> None:
    metas = [meta("r0", 0), meta("r1", 0)]
    runs = pd.DataFrame({"run": ["r0", "r1"], "label": ["ALS", "ALS"]})
    assert seed_table(runs, metas, {"r0": 0.1, "r1": 0.1}).empty


def test_the_page_shows_the_spread_of_a_training_with_several_seeds(seeded_home: Any) -> None:
    models = [{"name": "als", "config": {"factors": 4, "iterations": 2}}]
    spec = {"dataset": dataset(), "models": models, "seeds": 2}
    do(Home.current(), owner.store(), "seeds", spec)
    app = open_page("runs")
    assert not app.exception
    assert any("over 2 seeds" in text.value for text in app.markdown)
