"""Home, Import, Profile, Split, Train and Runs: on an empty store and on a seeded one."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import psutil
import pytest

from dashboard import loaders
from dashboard.jobs.states import Identity, JobState
from dashboard.loaders import uploads
from data.errors import DataError
from tests.dashboard.conftest import do, open_page

NOT_IN_THE_SAMPLE = {"rating_mf"}  # the marketplace counts purchases: nobody rates there
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


def finish(job: str, result: dict) -> None:
    """Mark a job as run by this process."""
    loaders.jobs().begin(job, Identity(os.getpid(), psutil.Process().create_time()))
    loaders.jobs().finish(job, JobState.DONE, result=result)


def fail(job: str) -> None:
    """Mark a job as failed in this process."""
    loaders.jobs().begin(job, Identity(os.getpid(), psutil.Process().create_time()))
    loaders.jobs().finish(job, JobState.FAILED, error="The disk is full.", hint="Make room.")


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


def test_the_outcome_of_an_import_adds_up_on_the_page(empty_home):
    broken = CSV + "u1,i1,not a number,1600000000\n"
    upload = uploads.keep("shop.csv", broken.encode())
    job = loaders.submit("import", {"upload": upload}, "Import shop.csv")
    result = do(loaders.home(), loaders.store(), "import", {"upload": upload})
    finish(job, result)
    app = open_page("import_data", job=job)
    assert not app.exception
    lines = next(frame.value for frame in app.dataframe if "what" in frame.value)
    numbers = [int(lines) for lines in lines["lines"]]
    assert sum(numbers[:-1]) == numbers[-1] == len(broken.splitlines())
    quarantined = next(frame.value for frame in app.dataframe if "reason" in frame.value)
    assert isinstance(quarantined, pd.DataFrame)
    assert len(quarantined) == 1


def test_the_new_dataset_is_looked_at_once_and_may_then_be_changed(seeded_home):
    before = str(loaders.datasets()["id"].iloc[0])
    upload = uploads.keep("shop.csv", CSV.encode())
    job = loaders.submit("import", {"upload": upload}, "Import shop.csv")
    result = do(loaders.home(), loaders.store(), "import", {"upload": upload})
    finish(job, result)
    loaders.jobs().mark_registered(job)
    app = open_page("import_data", job=job, dataset=before)
    assert app.main.caption[0].value.startswith("shop (")
    picker = app.sidebar.selectbox[0]
    assert picker.value == result["dataset"]
    picker.set_value(before).run()
    assert app.sidebar.selectbox[0].value == before


def test_notes_and_problems_speak_of_a_file_by_the_name_it_was_sent_with(empty_home):
    events = uploads.keep("shop.csv", CSV.encode())
    items = uploads.keep("goods.csv", b"item,title\ni1,One\ni2,Two\n")
    spec = {"upload": events, "items_upload": items}
    result = do(loaders.home(), loaders.store(), "import", spec)
    assert "goods.csv describes 2 of 11 items." in result["notes"]
    assert loaders.dataset_meta(result["dataset"])["facts"]["source"] == "shop.csv"
    unusable = uploads.keep("wrong.csv", b"user,item\nu1,\nu2,\n")
    with pytest.raises(DataError, match=r"No row of wrong\.csv can be used"):
        do(loaders.home(), loaders.store(), "import", {"upload": unusable})


def test_try_again_starts_the_job_once_more_and_the_page_follows_the_new_one(empty_home):
    upload = uploads.keep("shop.csv", CSV.encode())
    old = loaders.submit("import", {"upload": upload}, "Import shop.csv")
    fail(old)
    app = open_page("import_data", job=old, upload=upload)
    assert "The disk is full." in app.error[0].value
    button(app, f"import_job_retry_{old}").click().run()
    assert not app.exception
    (new,) = loaders.active_jobs()
    assert (new.id != old, new.spec) == (True, {"upload": upload})
    assert new.id in app.query_params["job"]
    assert not app.error


def test_a_job_tried_again_from_the_log_is_the_one_shown(seeded_home):
    old = loaders.submit("sample", {"sample": "marketplace"}, "Make the sample")
    fail(old)
    app = open_page("runs")
    button(app, f"runs_log_retry_{old}").click().run()
    assert not app.exception
    assert app.selectbox(key="runs_job").value == loaders.active_jobs()[0].id


def test_lists_made_elsewhere_are_submitted_and_then_told_about(seeded_home):
    dataset = loaders.dataset(str(loaders.datasets()["id"].iloc[0]))
    rows = [
        f"{user},{item},{rank + 1}"
        for user in dataset.users.ids[:50]
        for rank, item in enumerate(dataset.items.ids[:5])
    ]
    content = "\n".join(["user,item,rank", *rows, "nobody,nothing,1"])
    app = open_page("runs")
    app.file_uploader[0].upload("theirs.csv", content.encode()).run()
    app.text_input(key="runs_lists_label_0").set_value("Their engine").run()
    button(app, "runs_lists_start").click().run()
    assert not app.exception
    (job,) = loaders.active_jobs(("lists",))
    assert job.spec["label"] == "Their engine"
    assert not [b for b in app.button if b.key == "runs_lists_start"]  # the form is empty again
    finish(job.id, do(loaders.home(), loaders.store(), "lists", job.spec))
    loaders.jobs().mark_registered(job.id)
    app = open_page("runs")
    assert any("250 of 251 rows" in caption.value for caption in app.caption)
    assert "Their engine" in set(next(f.value for f in app.dataframe if "run" in f.value)["label"])


@pytest.mark.parametrize("name", ["home", "profile", "train", "leaderboard"])
def test_an_empty_page_shows_the_work_that_will_fill_it(name, empty_home):
    loaders.submit("sample", {"sample": "marketplace"}, "Make the built-in sample")
    app = open_page(name)
    assert not app.exception
    assert any("Make the built-in sample" in text.value for text in app.markdown)
    assert any("fills by itself" in caption.value for caption in app.caption)


def test_pages_stay_short():
    folder = Path(__file__).parents[2] / "dashboard" / "app_pages"
    long = {p.name: n for p in folder.glob("*.py") if (n := len(p.read_text().splitlines())) > 120}
    assert long == {}


def test_every_model_has_a_form_made_of_its_settings(seeded_home):
    from core.models import MODELS

    app = open_page("train")
    offered = [name for name in MODELS if name not in NOT_IN_THE_SAMPLE]
    picker = app.multiselect(key="train_models")
    assert picker.options == [MODELS[name].label for name in offered]
    picker.set_value(offered).run()
    assert not app.exception
    assert not app.error
    keys = {
        str(w.key) for kind in ("number_input", "selectbox", "toggle", "text_input") for w in app.get(kind)
    }
    fields = {f"train_{name}_{field}" for name in offered for field in MODELS[name].Config.model_fields}
    assert fields <= keys


def test_settings_that_the_data_is_not_enough_for_are_answered_before_anything_starts(
    seeded_home, monkeypatch
):
    from core.models import needs

    app = open_page("train")
    app.multiselect(key="train_models").set_value(["popularity"]).run()
    kind = next(box for box in app.selectbox if box.key == "train_popularity_kind")
    kind.set_value("segment").run()
    assert not button(app, "train_start").disabled  # the sample knows regions of its users
    monkeypatch.setitem(needs._ANSWERS, "user_features", lambda dataset: ("what nobody knows", "Ask them."))
    app.run()
    assert [note.value for note in app.info] == ["Popularity needs what nobody knows."]
    assert button(app, "train_start").disabled


def test_a_model_that_the_data_is_not_enough_for_is_not_offered_and_the_page_says_why(seeded_home):
    app = open_page("train")
    (said,) = [one.value for one in app.caption if one.value.startswith("Not offered here: ")]
    assert "Rating MF needs ratings, and the weights of this data are only 1." in said
    assert not app.error


def test_an_error_nobody_expected_shows_its_number_and_the_log_has_the_traceback(caplog):
    from streamlit.testing.v1 import AppTest

    from dashboard.server.asgi import app as server
    from dashboard.server.asgi import on_script_error

    def page():
        from dashboard.server.asgi import on_script_error

        try:
            print(1 / 0)
        except ZeroDivisionError as error:
            on_script_error(error)

    shown = AppTest.from_function(page).run().error[0].value
    number = shown.split("(number ")[1].split(")")[0]
    assert f"incident {number}" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert server._on_script_error is on_script_error
