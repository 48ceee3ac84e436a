"""Split & policy: what is chosen, what it does, and splits under a name."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import loaders
from dashboard.cli.training import PROTOCOLS
from dashboard.server import owner
from dashboard.views.split import fold_summary, folds_won
from dashboard.workspace import read_result
from dashboard.workspace.saved_splits import SplitChoice
from dashboard.workspace.storage import read_metrics
from data.artifacts import Home, dataset_meta, save_dataset
from data.splits import SPLITTERS
from data.store import Store
from tests.conftest import make_dataset
from tests.dashboard.conftest import do, open_page

CLUSTERS = SplitChoice("given", {"validation": "item_clusters"})


def texts(app: AppTest) -> str:
    return "\n".join(str(element.value) for element in [*app.markdown, *app.caption, *app.warning, *app.info])


def widget(elements, key: str):
    return next(element for element in elements if element.key == key)


def table_with(app: AppTest, column: str):
    """The first table that has the column."""
    return next(table.value for table in app.dataframe if column in table.value)


def test_a_cut_in_time_shows_its_parts_and_no_warning(seeded_home):
    app = open_page("split", protocol="time")
    assert not app.exception
    assert "Split & policy" in app.title[0].value
    assert not app.warning
    parts = table_with(app, "New items")
    assert list(parts["Part"]) == ["Train", "Validation", "Test"]


def test_last_events_warn_with_the_measured_share(seeded_home):
    app = open_page("split", protocol="last")
    assert not app.exception
    (warning,) = app.warning
    assert "leaks the future" in warning.value
    assert "% of the test events" in warning.value
    assert "forecast" in warning.value


@pytest.mark.parametrize(
    "protocol", ["user_time", "random", "ratio", "user_cold", "item_cold", "user_item_cold"]
)
def test_every_protocol_has_its_picture(seeded_home, protocol):
    app = open_page("split", protocol=protocol)
    assert not app.exception
    assert not app.error
    assert list(table_with(app, "Can be found")["Part"]) == ["Validation", "Test"]


def test_a_protocol_that_the_data_does_not_allow_says_why(seeded_home):
    app = open_page("split", protocol="given")
    assert not app.exception
    assert "cannot be used on this data" in app.markdown[0].value
    assert "separate files" in app.markdown[0].value


def test_new_items_say_that_models_of_events_find_none(seeded_home):
    app = open_page("split", protocol="item_cold")
    assert any("can list none of these targets" in note.value for note in app.info)
    assert (table_with(app, "Can be found")["Can be found"] == 0).all()
    listed = table_with(app, "Users to find it for")
    dataset = str(loaders.datasets()["id"].iloc[0])
    split = loaders.splits.split_of(dataset, SplitChoice("item_cold"))
    assert listed["Users to find it for"].sum() == split.validation.targets.nnz + split.test.targets.nnz
    assert not split.train.trained_items[split.train.items.index_of(listed["Id"].tolist())].any()


def effect_of(**query: str) -> tuple[str, object]:
    app = open_page("split", **query)
    assert not app.exception
    words = next(text.value for text in app.markdown if "Lists choose from" in text.value)
    return words, table_with(app, "Can be found").set_index("Part")


def test_the_effect_of_the_policy_adds_up(seeded_home):
    for seen in ("hide", "allow", "exclusive"):
        _, table = effect_of(protocol="time", seen=seen)
        shares = table[["Can be found", "Ruled out by seen", "New item", "Outside limits"]]
        assert shares.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert (effect_of(protocol="time", seen="allow")[1]["Ruled out by seen"] == 0).all()


def test_a_limit_in_the_address_narrows_the_candidates_and_reaches_the_job(seeded_home):
    whole, _ = effect_of(protocol="time")
    limits = json.dumps({"min_events": 40})
    narrowed, table = effect_of(protocol="time", limits=limits)
    assert whole != narrowed
    assert (table["Outside limits"] > 0).all()
    app = open_page("train", protocol="time", limits=limits)
    app.multiselect(key="train_models").set_value(["popularity"]).run()
    widget(app.button, "train_start").click().run()
    (job,) = loaders.active_jobs()
    assert job.spec["limits"] == {"min_events": 40}


def test_the_recommended_models_are_trained_on_the_split_that_was_chosen(seeded_home):
    app = open_page("train", protocol="ratio", split_seed="3", seen="allow", limits='{"min_events":12}')
    assert "random 20 % of all events" in app.markdown[0].value.lower().replace("\u202f", " ")
    assert "at least 12 train events" in app.markdown[0].value
    widget(app.button, "train_do_it").click().run()
    assert not app.exception
    for job in loaders.active_jobs(("train",)):
        asked = {name: job.spec[name] for name in ("protocol", "split_seed", "policy", "limits")}
        assert asked == {
            "protocol": "ratio",
            "split_seed": 3,
            "policy": "allow",
            "limits": {"min_events": 12},
        }


def test_limits_that_leave_nothing_are_a_problem_in_words(seeded_home):
    app = open_page("split", protocol="time", limits=json.dumps({"min_events": 900_000}))
    assert not app.exception
    assert any("leave none of" in box.value for box in app.error)


@pytest.mark.parametrize(
    "limits",
    ["{broken", '{"stock": "no such column"}', '{"min_events": -3}', '{"exclude": ["Nowhere"]}', "[]"],
)
def test_limits_of_a_link_that_make_no_sense_are_left_out(seeded_home, limits):
    app = open_page("split", protocol="time", limits=limits, split_seed="x")
    assert not app.exception
    assert not app.error


def test_a_changed_limit_is_kept_in_the_address(seeded_home):
    app = open_page("split", protocol="time")
    widget(app.number_input, "split_limit_min_events").set_value(30).run()
    assert not app.exception
    assert json.loads(app.query_params["limits"]) == {"min_events": 30}
    widget(app.number_input, "split_limit_min_events").set_value(0).run()
    assert "limits" not in app.query_params


def test_the_seed_draws_other_events(seeded_home):
    app = open_page("split", protocol="random", split_seed="5")
    assert widget(app.number_input, "split_seed_input").value == 5
    widget(app.number_input, "split_seed_input").set_value(6).run()
    assert app.query_params["split_seed"] == "6"


def test_rolling_folds_have_counts_with_mean_and_spread(seeded_home):
    app = open_page("split", protocol="time", split_tab="Rolling folds")
    assert not app.exception
    table = table_with(app, "Test from")
    assert list(table["Fold"]) == ["1", "2", "3", "4", "Mean", "± spread"]


def saved_tab(**query: str) -> AppTest:
    return open_page("split", split_tab="Saved splits", **query)


@pytest.fixture
def published(empty_home) -> str:
    """A dataset without times whose files gave the split, with late items over-represented in test."""
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(150), 20)
    items = rng.integers(0, 90, len(users))
    dataset = make_dataset(users.tolist(), items.tolist(), n_items=90)
    late = dataset.interactions.item >= 60
    part = np.where(rng.random(len(users)) < np.where(late, 0.4, 0.1), 2, 0).astype(np.uint8)
    events = replace(dataset.interactions, base_part=part)
    with Store(Home.current()) as store:
        id = save_dataset(Home.current(), dataset.with_interactions(events))
        store.add_dataset(dataset_meta(Home.current(), id))
    return id


def test_a_given_split_without_times_is_drawn_and_its_shift_told(published):
    app = open_page("split", protocol="given")
    assert not app.exception
    assert not app.error
    assert "As the files give it" in app.markdown[0].value
    assert any("does not stand for test" in note.value for note in app.info)
    mimicked = open_page("split", protocol="given", split_settings='given:{"validation":"item_clusters"}')
    assert not mimicked.exception
    assert "train, validation and test as given" in str(
        loaders.splits.split_of(published, CLUSTERS).description
    )


def test_protocols_that_need_times_say_so_in_the_table(published):
    app = open_page("split", protocol="last")
    assert "needs the time of each event" in app.markdown[0].value
    notes = texts(app)
    assert "The split “Cut in time” needs" in notes
    assert "The split “Each user's last share” needs" in notes
    folds = open_page("split", protocol="random", split_tab="Rolling folds")
    assert not folds.exception
    assert any("needs the time" in note.value for note in folds.info)


def save(app: AppTest, name: str) -> AppTest:
    widget(app.text_input, "split_save_name").set_value(name)
    return widget(app.button, "split_save_button").click().run()


def test_a_split_is_saved_taken_renamed_deleted_and_brought_back(seeded_home):
    dataset = str(loaders.datasets()["id"].iloc[0])
    app = save(saved_tab(protocol="last", seen="allow", split_settings='last:{"n":2}'), "Two last")
    assert not app.exception
    (saved,) = loaders.splits.saved_splits(dataset)
    assert (saved.name, saved.choice.protocol, saved.choice.config["n"]) == ("Two last", "last", 2)
    assert app.query_params["saved_split"] == saved.id
    assert "Saved as Two last." in texts(app)
    other = saved_tab(protocol="time")
    widget(other.button, f"split_use_{saved.id}").click().run()
    assert not other.exception
    assert widget(other.radio, "split_protocol").value == "last"
    assert widget(other.radio, "split_policy").value == "allow"
    assert other.number_input[0].value == 2
    widget(other.text_input, f"split_name_{saved.id}").set_value("Both last")
    widget(other.button, f"split_rename_do_{saved.id}").click().run()
    assert [entry.name for entry in loaders.splits.saved_splits(dataset)] == ["Both last"]
    widget(other.button, f"split_delete_{saved.id}").click().run()
    assert loaders.splits.saved_splits(dataset) == []
    widget(other.button, "split_undo").click().run()
    assert [entry.name for entry in loaders.splits.saved_splits(dataset)] == ["Both last"]


def test_a_name_is_needed_and_given_once(seeded_home):
    app = save(saved_tab(protocol="time"), "  ")
    assert any("no name" in box.value for box in app.error)
    app = save(saved_tab(protocol="time"), "Usual")
    app = save(saved_tab(protocol="last"), "usual")
    assert any("already" in box.value for box in app.error)


def test_runs_under_a_saved_split_bear_its_fingerprint(seeded_home):
    dataset = str(loaders.datasets()["id"].iloc[0])
    run = loaders.run_meta(str(loaders.runs(dataset)["run"].iloc[0]))
    choice = loaders.splits.SplitChoice(
        run.protocol, run.split_config, run.split_seed, run.policy, run.limits
    )
    saved = loaders.splits.save_split(dataset, choice, "As trained")
    assert saved.digest == run.fingerprint["digest"]
    assert "3 runs" in texts(saved_tab(protocol="time")) or "4 runs" in texts(saved_tab(protocol="time"))


def test_the_command_line_trains_on_a_saved_split(seeded_home, capsys):
    from dashboard.cli import main

    dataset = str(loaders.datasets()["id"].iloc[0])
    choice = loaders.splits.SplitChoice("ratio", {"test_share": 0.3}, 4, "allow", {"min_events": 5})
    loaders.splits.save_split(dataset, choice, "Thirds")
    owner.close()
    assert (
        main(["train", "--dataset", dataset, "--models", "popularity", "--saved-split", "thirds", "--json"])
        == 0
    )
    run = loaders.run_meta(json.loads(capsys.readouterr().out)["runs"][0]["run"])
    assert (run.protocol, run.split_seed, run.policy, run.limits) == ("ratio", 4, "allow", {"min_events": 5})
    assert run.split_config["test_share"] == 0.3


def test_the_command_line_knows_every_protocol():
    assert set(PROTOCOLS) == {"auto", *SPLITTERS}


def test_quick_models_are_measured_on_folds_by_a_job(seeded_home):
    app = open_page("split", protocol="time", split_tab="Rolling folds", seen="allow")
    widget(app.button, "split_folds_measure").click().run()
    assert not app.exception
    (job,) = loaders.active_jobs(("folds",))
    assert job.spec == {"dataset": job.spec["dataset"], "n": 4, "policy": "allow", "limits": {}}
    owner.close()
    home = Home.current()
    with Store(home) as store:
        result = do(home, store, "folds", job.spec)
    points = pd.DataFrame(read_result(home, "folds", result["result"])["points"])
    assert points.groupby("model").size().to_dict() == {"popularity": 4, "item_knn": 4}
    assert ((points["low"] <= points["mean"]) & (points["mean"] <= points["high"])).all()
    again = open_page("split", protocol="time", split_tab="Rolling folds", seen="allow")
    assert not again.exception
    assert "NDCG@10 over the folds" in texts(again)
    other = open_page("split", protocol="time", split_tab="Rolling folds", seen="hide")
    assert widget(other.button, "split_folds_measure") is not None  # not measured under this policy


def test_the_last_fold_is_judged_like_a_run_on_the_cut_in_time(seeded_home):
    """Popularity on fold 4 of 4 is what a training on the time split reports for validation."""
    dataset = str(loaders.datasets()["id"].iloc[0])
    owner.close()
    home = Home.current()
    limits = {"min_events": 20}
    with Store(home) as store:
        result = do(home, store, "folds", {"dataset": dataset, "policy": "hide", "limits": limits})
        asked = {"dataset": dataset, "models": [{"name": "popularity"}], "protocol": "time", "policy": "hide"}
        run = do(home, store, "train", {**asked, "limits": limits})["runs"][0]["run"]
    points = read_result(home, "folds", result["result"])["points"]
    last = next(point for point in points if (point["fold"], point["model"]) == (4, "popularity"))
    table = read_metrics(home, run)
    row = table.query("part == 'validation' and users == 'known' and metric == 'ndcg' and k == 10").iloc[0]
    assert last["mean"] == pytest.approx(row["mean"])
    assert last["n_users"] == row["n_users"]


def test_folds_are_summed_up_by_mean_and_spread():
    points = pd.DataFrame(
        {
            "fold": [1, 2, 3, 1, 2, 3],
            "model": ["a"] * 3 + ["b"] * 3,
            "mean": [0.1, 0.2, 0.3, 0.3, 0.1, 0.5],
        }
    )
    summary = fold_summary(points)
    assert summary["model"].tolist() == ["b", "a"]
    assert summary["mean"].tolist() == pytest.approx([0.3, 0.2])
    assert summary["sd"].tolist() == pytest.approx([0.2, 0.1])
    assert folds_won(points, "b", "a") == 2
