"""Kinds of jobs: what they store, what they say when something fails, what follows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.models import MODELS
from core.progress import silent
from dashboard.tasks import TASKS, lane_of, read_spec, tour
from dashboard.tasks.lists import scored
from dashboard.tasks.reconcile import take_in
from dashboard.tasks.train import ModelChoice, label_of, make_model
from dashboard.workspace import Workspace
from dashboard.workspace.lookup import current_history
from data.artifacts import Home, save_dataset
from data.dataset import Dataset
from data.errors import Cancelled, ConfigError, DataError, NotFound
from data.store import Store


@pytest.fixture
def home() -> Home:
    return Home.current()


@pytest.fixture
def dataset_id(home: Home, toy: Dataset) -> str:
    return save_dataset(home, toy)


def perform(kind: str, spec: dict[str, Any], report: Any = silent) -> dict[str, Any]:
    return TASKS[kind].run(read_spec(kind, spec), Home.current(), report)


def trained(dataset_id: str, *models: str) -> dict[str, Any]:
    spec = {"dataset": dataset_id, "models": [{"name": name} for name in models], "protocol": "last"}
    return perform("train", spec)


class Record:
    """A report that keeps what the task tells its job."""

    def __init__(self) -> None:
        self.kept: list[int] = []
        self.devices: list[tuple[str, str, str]] = []
        self.fractions: list[float] = []

    def __call__(self, fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        self.fractions.append(fraction)

    def keep(self, result: Any) -> None:
        self.kept.append(len(result["runs"]))

    def device(self, asked: str, used: str, reason: str) -> None:
        self.devices.append((asked, used, reason))


def test_one_failing_model_does_not_fail_the_others(dataset_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, *args: Any, **options: Any) -> Any:
        raise ZeroDivisionError("a bug in the model")

    monkeypatch.setattr(MODELS["item_knn"], "fit", broken)
    record = Record()
    models = [
        {"name": "ease", "config": {"regularization": -1}},
        {"name": "item_knn"},
        {"name": "popularity"},
    ]
    result = perform("train", {"dataset": dataset_id, "models": models, "protocol": "last"}, record)
    assert [entry["status"] for entry in result["runs"]] == ["failed", "failed", "done"]
    assert "regularization" in result["runs"][0]["problem"]
    assert result["runs"][1]["incident"]
    assert record.kept == [1, 2, 3]
    assert record.fractions == sorted(record.fractions)


def test_a_cancel_keeps_the_models_that_were_finished(dataset_id: str) -> None:
    class Stopping(Record):
        def __call__(self, fraction: float, stage: str = "", **more: Any) -> None:
            if self.kept:
                raise Cancelled

    record = Stopping()
    models = [{"name": "popularity"}, {"name": "ease"}]
    with pytest.raises(Cancelled):
        perform("train", {"dataset": dataset_id, "models": models, "protocol": "last"}, record)
    assert record.kept == [1]
    assert len(list(Home.current().runs.iterdir())) == 1


def test_a_training_in_which_every_model_failed_fails_with_the_first_reason(dataset_id: str) -> None:
    with pytest.raises(NotFound, match="no data set"):
        perform("train", {"dataset": "d0000000000", "models": [{"name": "ease"}]})
    with pytest.raises(ConfigError, match="There is no model 'magic'"):
        perform("train", {"dataset": dataset_id, "models": [{"name": "magic"}], "protocol": "last"})


def test_auto_takes_the_recommended_split_and_the_proposed_policy(dataset_id: str) -> None:
    result = perform("train", {"dataset": dataset_id, "models": [{"name": "popularity"}]})
    meta = Workspace(Home.current()).run(result["runs"][0]["run"])
    assert meta.protocol != "auto"
    assert meta.policy in ("hide", "allow")


def test_runs_are_entered_with_their_metrics_and_entering_again_changes_nothing(
    home: Home, dataset_id: str
) -> None:
    result = trained(dataset_id, "popularity", "ease")
    with Store(home) as store:
        for _ in range(2):
            TASKS["train"].register(result, home, store)
        runs, metrics = store.runs(dataset_id), store.metrics(dataset_id, "test", "known")
    assert set(runs["run"]) == {entry["run"] for entry in result["runs"]}
    ease = metrics[metrics["run"] == result["runs"][1]["run"]].set_index(["metric", "k"])
    evaluation = Workspace(home).evaluation(result["runs"][1]["run"], "test")
    assert ease.loc[("ndcg", 10), "mean"] == pytest.approx(evaluation.values("ndcg", 10).mean(), abs=1e-6)
    assert not ease.index.duplicated().any()


def test_a_label_names_the_settings_that_differ_from_the_defaults() -> None:
    choice = ModelChoice(name="als", config={"factors": 16})
    assert label_of(make_model(choice), choice) == "Implicit ALS (factors 16)"
    assert label_of(make_model(ModelChoice(name="ease")), ModelChoice(name="ease")) == "EASE"


def test_the_curve_of_a_run_is_kept_with_it(dataset_id: str) -> None:
    models = [{"name": "als", "config": {"iterations": 3, "factors": 8}}]
    result = perform("train", {"dataset": dataset_id, "models": models, "protocol": "last"})
    curve = Workspace(Home.current()).curve(result["runs"][0]["run"])
    assert isinstance(curve, list)
    assert all("model" not in point for point in curve)


def test_the_first_start_goes_from_sample_to_models_fusion_curves_and_sasrec() -> None:
    kind, spec, _ = tour.first_job()
    assert (kind, spec["sample"]) == ("sample", "marketplace")
    ((kind, spec, _),) = TASKS["sample"].follow_ups({"dataset": "d1", "tour": True})
    assert (kind, [model["name"] for model in spec["models"]]) == ("train", list(tour.QUICK))
    runs = [{"run": f"r{n}", "model": name, "status": "done"} for n, name in enumerate(tour.QUICK)]
    ((kind, spec, _),) = TASKS["train"].follow_ups({"dataset": "d1", "tour": True, "runs": runs})
    assert (kind, spec["runs"]) == ("fuse", ["r2", "r3", "r4"])
    done = {"dataset": "d1", "tour": spec["tour"], "runs": [{"run": "r9"}]}
    curves, later = TASKS["fuse"].follow_ups(done)
    assert curves[1]["runs"] == ["r0", "r1", "r2", "r3", "r4", "r9"]
    assert later[1]["models"] == [{"name": "sasrec"}]
    for kind, spec, _ in (*TASKS["fuse"].follow_ups(done), tour.first_job()):
        read_spec(kind, spec)


def test_only_the_tour_has_follow_ups(dataset_id: str) -> None:
    assert TASKS["train"].follow_ups(trained(dataset_id, "popularity")) == []
    assert TASKS["sample"].follow_ups({"dataset": "d1", "tour": False}) == []


def test_a_tour_goes_on_when_models_failed() -> None:
    runs = [
        {"run": "r1", "model": "ease", "status": "done"},
        {"run": None, "model": "als", "status": "failed"},
    ]
    follow_ups = TASKS["train"].follow_ups({"dataset": "d1", "tour": True, "runs": runs})
    assert [kind for kind, _, _ in follow_ups] == ["cold_start", "train"]


def test_heavy_jobs_take_the_processor_and_imports_run_beside() -> None:
    assert lane_of("import", {"file": "x.csv"}) == "light"
    assert lane_of("sample", {}) == "light"
    assert lane_of("fuse", {"runs": ["r1", "r2"]}) == "cpu"
    assert lane_of("train", {"dataset": "d1", "models": [{"name": "ease"}]}) == "cpu"


def test_an_unknown_kind_or_setting_is_said() -> None:
    with pytest.raises(NotFound, match="There are: import, read, sample, train"):
        read_spec("bake", {})
    with pytest.raises(ConfigError, match="models"):
        read_spec("train", {"dataset": "d1", "models": []})


def test_lists_made_elsewhere_become_a_run(dataset_id: str, tmp_path: Path, toy: Dataset) -> None:
    split = Workspace(Home.current()).split(dataset_id, "last")
    lines = ["user_id,item_id,rank"]
    for row, user in enumerate(split.test.users):
        wanted = split.test.targets[row].indices
        lines += [f"{toy.users.ids[user]},{toy.items.ids[item]},{n + 1}" for n, item in enumerate(wanted)]
    (tmp_path / "theirs.csv").write_text("\n".join(lines))
    spec = {"dataset": dataset_id, "file": str(tmp_path / "theirs.csv"), "protocol": "last"}
    result = perform("lists", spec)
    run = result["runs"][0]["run"]
    workspace = Workspace(Home.current())
    assert workspace.run(run).label == "theirs"
    # every test target stands first in their lists, so hit rate and NDCG are 1
    assert np.nanmean(workspace.evaluation(run, "test").values("hit_rate", 10, "all")) == 1.0
    assert np.nanmean(workspace.evaluation(run, "test").values("ndcg", 10, "all")) == pytest.approx(1.0)
    fused = perform("fuse", {"runs": [run, *(e["run"] for e in trained(dataset_id, "ease")["runs"])]})
    assert fused["runs"][0]["status"] == "done"


def import_lists(dataset_id: str, folder: Path, lines: list[str], **more: object) -> str:
    (folder / "theirs.csv").write_text("\n".join(lines))
    spec = {"dataset": dataset_id, "file": str(folder / "theirs.csv"), "policy": "allow", **more}
    return str(perform("lists", spec)["runs"][0]["run"])


def test_the_order_of_lists_with_equal_scores_is_that_of_their_ranks(
    dataset_id: str, tmp_path: Path, toy: Dataset
) -> None:
    lines = [
        "user,item,rank,score",
        *(f"u{u},i{i},{n + 1},1.0" for u in (1, 2) for n, i in enumerate((5, 3, 4))),
    ]
    run = import_lists(dataset_id, tmp_path, lines, protocol="last")
    workspace = Workspace(Home.current())
    lists = workspace.lists(run, "test")
    own = np.isin(workspace.judged(run, "test").users, toy.users.index_of(["u1", "u2"]))
    assert (lists.answered_by[own] == 0).all()
    assert lists.items[own, :3].tolist() == [[5, 3, 4]] * own.sum()


def test_scores_of_users_whose_order_they_tell_are_kept() -> None:
    table = pd.DataFrame(
        {
            "user": ["a", "a", "b", "b"],
            "item": list("wxyz"),
            "rank": [1, 2, 1, 2],
            "score": [0.9, 0.3, 0.5, 0.5],
        }
    )
    assert scored(table)["score"].tolist() == [0.9, 0.3, -1.0, -2.0]


def test_lists_for_users_that_train_does_not_have_count_in_fusions_and_for_the_command_line(
    dataset_id: str, tmp_path: Path, toy: Dataset
) -> None:
    cold = {"protocol": "user_cold", "split": {"validation_share": 0.3, "test_share": 0.3}}
    lines = ["user,item,rank", *(f"{u},i{i},{n + 1}" for u in toy.users.ids for n, i in enumerate((5, 3, 4)))]
    run = import_lists(dataset_id, tmp_path, lines, **cold)
    spec = {"dataset": dataset_id, "models": [{"name": "popularity"}], "policy": "allow", **cold}
    other = perform("train", spec)["runs"][0]["run"]
    workspace = Workspace(Home.current())
    assert not workspace.judged(run, "test").known.any()
    assert workspace.evaluation(run, "test").answered.all()
    assert (workspace.member_lists(run, "test").answered_by == 0).all()
    fused = perform("fuse", {"runs": [run, other], "weights": [1, 0]})["runs"][0]["run"]
    np.testing.assert_array_equal(
        workspace.lists(fused, "test").items[:, :3], workspace.lists(run, "test").items[:, :3]
    )
    new = int(workspace.judged(run, "test").users[0])
    assert current_history(workspace, run, new).users.tolist() == [new]
    assert current_history(workspace, fused, new).users.tolist() == [new]
    assert current_history(workspace, other, new).users.tolist() == [-1]


def test_lists_of_unknown_users_are_refused_with_an_example(dataset_id: str, tmp_path: Path) -> None:
    (tmp_path / "lists.csv").write_text("user,item,score\nnobody,nothing,1.0\n")
    with pytest.raises(DataError, match="the first: user 'nobody'") as error:
        perform("lists", {"dataset": dataset_id, "file": str(tmp_path / "lists.csv"), "protocol": "last"})
    assert "user 'u0'" in error.value.hint


def test_curves_of_new_users_are_stored_with_their_crossings(home: Home, dataset_id: str) -> None:
    runs = [entry["run"] for entry in trained(dataset_id, "popularity", "ease")["runs"]]
    result = perform("cold_start", {"runs": runs, "ns": [0, 1, 2], "max_users": 100})
    workspace = Workspace(home)
    meta = workspace.result("cold_start", result["result"])
    assert {line["run"] for line in meta["lines"].values()} == set(runs)
    assert meta["lines"]["popularity"]["run"] == runs[0]
    assert [crossing["name"] for crossing in meta["crossings"]] == [runs[1]]
    assert workspace.n_shot(result["result"]).n_users == meta["n_users"]
    with Store(home) as store:
        TASKS["cold_start"].register(result, home, store)
        assert list(store.results("cold_start", dataset_id)["id"]) == [result["result"]]


def test_a_curve_without_a_popularity_run_has_the_line_to_beat_all_the_same(
    dataset_id: str, home: Home
) -> None:
    runs = [entry["run"] for entry in trained(dataset_id, "ease")["runs"]]
    result = perform("cold_start", {"runs": runs, "ns": [0, 1]})
    lines = Workspace(home).result("cold_start", result["result"])["lines"]
    assert lines["popularity"]["run"] is None


def test_what_was_stored_but_not_entered_is_found_at_the_next_start(home: Home, dataset_id: str) -> None:
    trained(dataset_id, "popularity")
    (home.runs / "r0123456789").mkdir()  # a broken folder stops nothing
    with Store(home) as store:
        assert take_in(home, store) == 2
        assert take_in(home, store) == 0
        assert len(store.runs(dataset_id)) == 1


def test_importing_a_file_reconciles_its_lines(tmp_path: Path) -> None:
    (tmp_path / "plays.csv").write_text("user,item,time\na,x,2024-01-01\na,y,2024-01-02\nb,,2024-01-03\n")
    result = perform("import", {"file": str(tmp_path / "plays.csv")})
    rows = result["rows"]
    assert (
        rows["lines"]
        == rows["header"] + rows["accepted"] + sum(rows["removed"].values()) + rows["quarantined"]
    )
    assert (result["name"], result["events"], result["users"]) == ("plays", 2, 1)
    assert perform("import", {"file": str(tmp_path / "plays.csv")})["existed"]
    with pytest.raises(NotFound, match="There is no file"):
        perform("import", {"file": str(tmp_path / "no.csv")})
    with pytest.raises(ConfigError, match="No file was named"):
        perform("import", {})


def test_a_sample_that_is_not_known_is_said() -> None:
    with pytest.raises(NotFound, match="There are: marketplace"):
        perform("sample", {"sample": "moon"})


def test_files_are_read_once_and_counted_before_they_are_imported(home: Home, tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("user,item,stars\nann,x,5\nbob,y,1\nann,y,4\n,x,3\n")
    (tmp_path / "test.csv").write_text("user,item,stars\nbob,x,2\n")
    paths = {"events": [str(tmp_path / "train.csv")], "test": [str(tmp_path / "test.csv")]}
    read = perform("read", {"paths": paths})
    assert lane_of("read", {"paths": paths}) == "light"
    assert (read["lines"], read["header"], read["readable"], read["users"]) == (7, 2, 5, 2)
    assert [rule["lines"] for rule in read["touched"] if rule["rule"] == "no_user"] == [1]
    assert [file["role"] for file in read["files"]] == ["events", "test"]
    assert list((home.cache / "reads").iterdir())
    done = perform("import", {"paths": paths, "recipe": read["recipe"], "name": "Stars"})
    assert (done["name"], done["events"], done["rows"]["removed"]) == ("Stars", 4, {"no user": 1})
    with Store(home) as store:
        TASKS["read"].register(read, home, store)
        TASKS["import"].register(done, home, store)
        assert store.datasets()["name"].tolist() == ["Stars"]


def test_files_of_an_import_are_checked_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("user,item\nann,x\n")
    path = str(tmp_path / "e.csv")
    with pytest.raises(ConfigError, match="No file was named"):
        perform("import", {"paths": {"items": [path]}})
    with pytest.raises(ConfigError, match="2 files of users"):
        perform("import", {"file": path, "paths": {"users": [path, path]}})
    with pytest.raises(NotFound, match="no file"):
        perform("import", {"file": path, "paths": {"social": [str(tmp_path / "none.csv")]}})
    with pytest.raises(ConfigError, match="no key 'maping'"):
        perform("import", {"file": path, "recipe": {"maping": {}}})
    with pytest.raises(ConfigError, match="'import' cannot start: paths"):
        perform("import", {"file": path, "paths": {"evnts": [path]}})
