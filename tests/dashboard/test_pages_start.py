"""Home, Import, Profile, Split, Train and Runs: on an empty store and on a seeded one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard import loaders
from tests.dashboard.conftest import open_page

TITLES = {
    "home": "Home",
    "import_data": "Import",
    "profile": "Profile & doctor",
    "split": "Split & policy",
    "train": "Train",
    "runs": "Runs & jobs",
}


def button(app, key):
    return next(b for b in app.button if b.key == key)


@pytest.mark.parametrize(("name", "title"), TITLES.items())
def test_every_page_opens_on_an_empty_store(name, title, empty_home):
    app = open_page(name)
    assert not app.exception
    assert [head.value for head in app.title] == [title]


@pytest.mark.parametrize(("name", "title"), TITLES.items())
def test_every_page_opens_on_a_seeded_store(name, title, seeded_home):
    app = open_page(name)
    assert not app.exception
    assert not app.error
    assert [head.value for head in app.title] == [title]


@pytest.mark.parametrize("name", ["home", "profile", "split", "train", "runs"])
def test_an_empty_page_offers_the_button_that_fills_it(name, empty_home):
    app = open_page(name)
    button(app, "empty_import_data").click().run()
    assert not app.exception
    assert app.title[0].value == "Import"


def test_home_names_the_best_ranking_and_how_surely(seeded_home):
    text = open_page("home").markdown[0].value
    assert "best of 4 rankings" in text or "leads 4 rankings" in text or "Nothing beats" in text
    assert "NDCG@10" in text


def test_a_link_reopens_the_split_that_was_chosen(seeded_home):
    app = open_page("split", protocol="last", seen="allow", split_settings='last:{"n":2,"min_history":1}')
    assert not app.exception
    assert next(r for r in app.radio if r.key == "split_protocol").value == "last"
    assert next(r for r in app.radio if r.key == "split_policy").value == "allow"
    assert app.number_input[0].value == 2


def test_a_link_with_values_that_do_not_exist_opens_with_the_defaults(seeded_home):
    app = open_page("split", dataset="d000", protocol="nonsense", split_settings="time:{broken")
    assert not app.exception
    assert app.title[0].value == "Split & policy"


def test_do_it_for_me_submits_the_recommended_models(seeded_home):
    app = open_page("train")
    primary = button(app, "train_do_it")
    assert primary.label.startswith("Train ")
    assert "about" in primary.label
    primary.click().run()
    assert not app.exception
    asked = [model["name"] for job in loaders.active_jobs() for model in job.spec["models"]]
    assert {"popularity", "item_knn", "ease", "als"} <= set(asked)


def test_own_settings_reach_the_job(seeded_home):
    app = open_page("train", protocol="last", seen="allow", split_settings='last:{"n":2,"min_history":1}')
    app.multiselect(key="train_models").set_value(["item_knn"]).run()
    neighbours = next(w for w in app.number_input if w.key.startswith("train_item_knn"))
    neighbours.set_value(33).run()
    button(app, "train_start").click().run()
    assert not app.exception
    (job,) = loaders.active_jobs()
    assert 33 in job.spec["models"][0]["config"].values()
    assert (job.spec["protocol"], job.spec["split"]["n"], job.spec["policy"]) == ("last", 2, "allow")


def test_a_waiting_job_can_be_cancelled_from_its_card(seeded_home):
    job = loaders.submit("sample", {"sample": "marketplace"}, "Make the sample")
    app = open_page("runs")
    button(app, f"runs_jobs_cancel_{job}").click().run()
    assert not app.exception
    assert loaders.job(job).state == "cancelled"


def test_hiding_a_run_can_be_undone(seeded_home):
    dataset = str(loaders.datasets()["id"].iloc[0])
    run = str(loaders.runs(dataset)["run"].iloc[0])
    app = open_page("runs")
    app.multiselect(key="runs_chosen").set_value([run]).run()
    button(app, "runs_hide").click().run()
    assert run not in set(loaders.runs(dataset)["run"])
    button(app, "runs_undo").click().run()
    assert not app.exception
    assert run in set(loaders.runs(dataset)["run"])


def test_a_renamed_run_keeps_its_colour(seeded_home):
    dataset = str(loaders.datasets()["id"].iloc[0])
    before = loaders.looks(loaders.runs(dataset))
    run = str(loaders.runs(dataset)["run"].iloc[-1])
    app = open_page("runs")
    app.multiselect(key="runs_chosen").set_value([run]).run()
    app.text_input(key=f"runs_label_{run}").set_value("My own name").run()
    button(app, "runs_rename").click().run()
    after = loaders.runs(dataset)
    assert "My own name" in set(after["label"])
    assert loaders.looks(after) == before


def test_two_runs_show_what_differs_between_their_settings(seeded_home):
    dataset = str(loaders.datasets()["id"].iloc[0])
    app = open_page("runs")
    app.multiselect(key="runs_chosen").set_value(list(loaders.runs(dataset)["run"][1:3])).run()
    tables = [frame.value for frame in app.dataframe if "setting" in frame.value]
    assert "model" in set(tables[0]["setting"])


CSV = "user,item,rating,timestamp\n" + "".join(
    f"u{user},i{(user * 7 + step) % 11},{1 + step % 5},{1_600_000_000 + 86_400 * step}\n"
    for user in range(12)
    for step in range(6)
)


def test_a_dropped_file_is_mapped_and_imported(empty_home):
    app = open_page("import_data")
    app.file_uploader[0].upload("shop.csv", CSV.encode()).run()
    assert not app.exception
    chosen = {box.label: box.value for box in app.selectbox}
    assert chosen["User"] == "user"
    assert chosen["Item"] == "item"
    assert chosen["Time"] == "timestamp"
    button(app, "import_go").click().run()
    assert not app.exception
    (job,) = loaders.active_jobs(("import",))
    assert job.spec["mapping"]["weight"] == "rating"


def test_the_outcome_of_an_import_adds_up_on_the_page(empty_home):
    from dashboard.loaders import uploads
    from tests.dashboard.conftest import do

    broken = CSV + "u1,i1,not a number,1600000000\n"
    upload = uploads.keep("shop.csv", broken.encode())
    job = loaders.submit("import", {"upload": upload}, "Import shop.csv")
    result = do(loaders.home(), loaders.store(), "import", {"upload": upload})
    finish(job, result)
    app = open_page("import_data", job=job)
    assert not app.exception
    lines = next(frame.value for frame in app.dataframe if "what" in frame.value)
    numbers = [int(text.replace("\u2009", "")) for text in lines["lines"]]
    assert sum(numbers[:-1]) == numbers[-1] == len(broken.splitlines())
    quarantined = next(frame.value for frame in app.dataframe if "reason" in frame.value)
    assert isinstance(quarantined, pd.DataFrame)
    assert len(quarantined) == 1


def finish(job: str, result: dict) -> None:
    """Mark a job as run by this process."""
    import os

    import psutil

    from dashboard.jobs.states import Identity, JobState

    loaders.jobs().begin(job, Identity(os.getpid(), psutil.Process().create_time()))
    loaders.jobs().finish(job, JobState.DONE, result=result)


def test_a_file_that_is_no_table_leaves_a_problem_and_the_drop_zone(empty_home):
    app = open_page("import_data")
    app.file_uploader[0].upload("picture.exe", b"MZ\x00\x01").run()
    assert not app.exception
    assert app.error
    assert app.file_uploader


def test_pages_stay_short():
    folder = Path(__file__).parents[2] / "dashboard" / "app_pages"
    long = {p.name: n for p in folder.glob("*.py") if (n := len(p.read_text().splitlines())) > 120}
    assert long == {}


def test_every_model_has_a_form_made_of_its_settings(seeded_home):
    from core.models import MODELS

    app = open_page("train")
    app.multiselect(key="train_models").set_value(list(MODELS)).run()
    assert not app.exception
    assert not app.error
    keys = {
        str(w.key) for kind in ("number_input", "selectbox", "toggle", "text_input") for w in app.get(kind)
    }
    fields = {f"train_{name}_{field}" for name, kind in MODELS.items() for field in kind.Config.model_fields}
    assert fields <= keys
