"""The import page step by step: files, columns, rows, order, outcome."""

from __future__ import annotations

import gzip
import json
import os

import psutil
import pytest

from dashboard import loaders, state
from dashboard.components.recipe_actions import recipe_json
from dashboard.jobs.states import Identity, JobState
from dashboard.loaders import import_reading, uploads
from dashboard.text import t
from dashboard.views.cleaning import FIELDS
from data.cleaning import RULES, Cleaning
from data.mapping import Mapping
from data.recipe import Recipe, read_recipe
from tests.dashboard.conftest import do, open_page

HEADER = "user,item,rating,timestamp\n"
ROWS = [
    f"u{user},i{(user * 7 + step) % 11},{1 + step % 5},{1_600_000_000 + 86_400 * step}"
    for user in range(12)
    for step in range(6)
]
CSV = HEADER + "\n".join(ROWS) + "\n"
ITEMS = "item,title\n" + "".join(f"i{item},Thing number {item}\n" for item in range(11))


def keep(name: str, text: str) -> str:
    return uploads.keep(name, text.encode())


def opened(*ids: str):
    """The page with these files, as a link would open it."""
    app = open_page("import_data")
    app.query_params[state.UPLOAD] = list(ids)
    app.run()
    assert not app.exception
    return app


def button(app, label):
    return next(one for one in app.button if one.label.startswith(label))


def box(app, column):
    return next(one for one in app.selectbox if one.label == t("import_data.role_of", column=column))


def toggle(app, rule):
    return next(one for one in app.toggle if one.label == t(f"import_data.rule_{rule}"))


def said(app):
    return "\n".join(one.value for one in app.main.markdown).replace("\u202f", " ")


def finish(job: str, result: dict) -> None:
    """Mark a job as run by this process, and enter what it made."""
    loaders.jobs().begin(job, Identity(os.getpid(), psutil.Process().create_time()))
    loaders.jobs().finish(job, JobState.DONE, result=result)
    loaders.jobs().mark_registered(job)


def run_order(app):
    """Press the button, do the job here, and open the page that follows it."""
    app.button(key="import_go").click().run()
    assert not app.exception
    (job,) = loaders.active_jobs(("import",))
    result = do(loaders.home(), loaders.store(), "import", job.spec)
    finish(job.id, result)
    page = open_page("import_data", job=job.id)
    assert not page.exception
    return page, result


def imported(name: str, text: str) -> dict:
    """A data set made from one file as proposed."""
    return do(loaders.home(), loaders.store(), "import", {"uploads": {"events": [keep(name, text)]}})


def test_one_sentence_says_what_was_understood(empty_home):
    app = opened(keep("shop.csv", CSV))
    text = said(app)
    assert "**shop.csv** is read as text separated by commas, with a header." in text
    assert "who is **user**, what is **item**, how much is **rating** and when is **timestamp**." in text
    assert "**73 lines = 1 header + 72 accepted + 0 set aside + 0 unreadable" in text
    assert button(app, "Import").label.replace("\u202f", " ") == "Import 72 events"


def test_an_imported_file_adds_up_on_the_page(empty_home):
    page, result = run_order(opened(keep("shop.csv", CSV + "u1,i1,many,1600000000\n")))
    assert result["rows"]["quarantined"] == 1
    lines = next(frame.value for frame in page.dataframe if "what" in frame.value)
    numbers = [int(one) for one in lines["lines"]]
    assert sum(numbers[:-1]) == numbers[-1] == 74
    assert "1 line could not be read" in said(page)


def test_unreadable_lines_are_shown_before_the_import(empty_home):
    app = opened(keep("shop.csv", CSV + "u1,i1,many,1600000000\n"))
    table = next(frame.value for frame in app.dataframe if "reason" in frame.value)
    assert table[["line", "column", "value"]].values.tolist() == [[74, "rating", "many"]]


def test_an_import_can_be_changed_and_done_again(empty_home):
    upload = keep("shop.csv", CSV)
    app = opened(upload)
    toggle(app, "k_core").set_value(True).run()
    run_order(app)
    page = open_page("import_data", job=loaders.recent_jobs()[0].id, upload=upload)
    page.button(key="import_change").click().run()
    assert not page.exception
    assert toggle(page, "k_core").value


def test_a_role_is_taken_from_the_column_that_had_it_and_the_sentence_follows(empty_home):
    app = opened(keep("shop.csv", CSV))
    box(app, "rating").set_value("item").run()
    assert not app.exception
    assert (box(app, "rating").value, box(app, "item").value) == ("item", "unused")
    assert "who is **user**, what is **rating** and when is **timestamp**." in said(app)
    assert "60 events of 12 users with 5 items" in said(app)


def test_columns_that_contradict_each_other_are_told_and_nothing_can_be_imported(empty_home):
    app = opened(keep("shop.csv", CSV))
    box(app, "user").set_value("unused").run()
    assert "No column is the user" in app.error[0].value
    assert not [one for one in app.button if one.key == "import_go"]
    box(app, "user").set_value("user").run()
    assert not app.error
    assert button(app, "Import 72")


def test_a_rule_says_what_it_would_do_before_and_what_it_does_after_it_is_switched_on(empty_home):
    app = opened(keep("shop.csv", CSV + ROWS[0] + "\n"))
    assert toggle(app, "repeated_pairs").value
    toggle(app, "exact_duplicates").set_value(False).run()
    toggle(app, "repeated_pairs").set_value(False).run()
    assert "would set aside **1** lines" in said(app)
    assert button(app, "Import 73")
    toggle(app, "exact_duplicates").set_value(True).run()
    assert "sets aside **1** lines" in said(app)
    assert button(app, "Import 72")


def test_a_limit_is_typed_and_counted_at_once(empty_home):
    app = opened(keep("shop.csv", CSV))
    toggle(app, "below_minimum").set_value(True).run()
    number = next(one for one in app.number_input if one.key.endswith("_value_min_weight"))
    number.set_value(4.0).run()
    left = sum(int(row.split(",")[2]) >= 4 for row in ROWS)
    assert button(app, f"Import {left} events")
    page, result = run_order(app)
    assert result["rows"]["removed"][RULES["below_minimum"].label] == 72 - left
    assert result["events"] == left
    assert f"Set aside by rule: {RULES['below_minimum'].label}" in set(page.dataframe[0].value["what"])


def test_choices_that_contradict_each_other_are_told_and_not_taken(empty_home):
    app = opened(keep("shop.csv", CSV))
    text = next(one for one in app.text_input if one.key.endswith("_value_since"))
    text.set_value("last summer").run()
    assert "'last summer' is no moment" in app.error[0].value
    assert button(app, "Import 72")


def test_several_files_get_roles_and_one_order(empty_home):
    ids = keep("goods.csv", ITEMS), keep("shop.csv", CSV), keep("friends.csv", "user,friend\nu1,u2\nu2,u3\n")
    app = opened(*ids)
    roles = {name: box(app, name).value for name in ("goods.csv", "shop.csv", "friends.csv")}
    assert roles == {"goods.csv": "items", "shop.csv": "events", "friends.csv": "social"}
    assert "**goods.csv** describes the items and **friends.csv** says who knows or trusts whom." in said(app)
    again = opened(*ids)
    assert {name: box(again, name).value for name in roles} == roles
    page, result = run_order(again)
    assert {join["table"]: join["matched"] for join in result["joins"]} == {"items": 11, "social": 3}
    assert any("without_row" in frame.value for frame in page.dataframe)


def test_a_file_that_is_no_table_does_not_keep_the_others_from_being_imported(empty_home):
    app = opened(keep("shop.csv", CSV), keep("picture.csv", "\x00\x01\x02\x03" * 50))
    assert len(app.error) == 1
    assert button(app, "Import 72")
    button(app, t("uploads.remove"))
    next(
        one
        for one in app.button
        if one.label == t("uploads.remove") and one.key.endswith(app.query_params[state.UPLOAD][1])
    ).click().run()
    assert not app.error


def test_an_upload_that_is_gone_is_told_calmly(empty_home):
    app = opened("0" * 32)
    assert "no longer here" in app.error[0].value
    assert not app.exception


def test_what_was_entered_is_there_again_in_another_session(empty_home):
    upload = keep("shop.csv", CSV)
    app = opened(upload)
    box(app, "rating").set_value("unused").run()
    toggle(app, "k_core").set_value(True).run()
    next(one for one in app.text_input if one.label == t("import_data.name")).set_value("My shop").run()
    again = opened(upload)
    assert box(again, "rating").value == "unused"
    assert toggle(again, "k_core").value
    assert next(one for one in again.text_input if one.label == t("import_data.name")).value == "My shop"


def test_a_file_that_is_added_joins_the_others(empty_home):
    first, second = keep("shop.csv", CSV), keep("goods.csv", ITEMS)
    app = opened(first)
    app.query_params[state.ADDED] = second
    app.run()
    assert not app.exception
    assert app.query_params[state.UPLOAD] == [first, second]
    assert state.ADDED not in app.query_params
    assert box(app, "goods.csv").value == "items"


def test_what_was_entered_stays_when_the_first_file_is_taken_away(empty_home):
    first, second = keep("goods.csv", ITEMS), keep("shop.csv", CSV)
    app = opened(first, second)
    box(app, "rating").set_value("unused").run()
    next(one for one in app.button if one.key.endswith(f"_remove_{first}")).click().run()
    assert not app.exception
    assert first not in app.query_params[state.UPLOAD]
    assert box(app, "rating").value == "unused"


def test_a_recipe_is_saved_whole_and_taken_up_again(empty_home):
    recipe = Recipe(
        name="a",
        mapping=Mapping(user="user", item="rating", time="timestamp", item_columns=(), user_columns=()),
        cleaning=Cleaning(min_user_events=3, drop_duplicates=False),
    )
    assert read_recipe(recipe_json(recipe)) == recipe
    app = opened(keep("shop.csv", CSV))
    app.file_uploader[0].upload("a.recipe.json", recipe_json(recipe).encode()).run()
    assert not app.exception
    assert box(app, "rating").value == "item"
    assert (toggle(app, "k_core").value, toggle(app, "exact_duplicates").value) == (True, False)


def test_a_recipe_that_is_none_is_told_and_nothing_is_lost(empty_home):
    app = opened(keep("shop.csv", CSV))
    box(app, "rating").set_value("unused").run()
    app.file_uploader[0].upload("a.recipe.json", b"{nonsense").run()
    assert "This is no recipe" in app.error[0].value
    assert box(app, "rating").value == "unused"


def test_the_recipe_of_a_data_set_with_the_same_columns_is_offered(empty_home):
    app = opened(keep("shop.csv", CSV))
    toggle(app, "k_core").set_value(True).run()
    run_order(app)
    later = opened(keep("later.csv", HEADER + "\n".join(ROWS[:30]) + "\n"))
    assert "The columns are those of **shop**." in said(later)
    assert not toggle(later, "k_core").value
    button(later, t("import_data.recipe_take")).click().run()
    assert not later.exception
    assert toggle(later, "k_core").value


def test_the_recipe_of_a_packed_file_fits_a_plain_one(empty_home):
    packed = uploads.keep("shop.csv.gz", gzip.compress(CSV.encode()))
    do(loaders.home(), loaders.store(), "import", {"uploads": {"events": [packed]}})
    later = opened(keep("later.csv", HEADER + "\n".join(ROWS[:30]) + "\n"))
    button(later, t("import_data.recipe_take")).click().run()
    assert not later.exception
    assert not later.error
    assert button(later, "Import 30 events")


def test_a_later_file_makes_the_next_version(empty_home):
    first = imported("shop.csv", CSV)
    app = opened(keep("later.csv", HEADER + "u99,i3,4,1700000000\nu1,i77,5,1700000001\n"))
    next(one for one in app.selectbox if one.label == t("import_data.parent")).set_value(
        first["dataset"]
    ).run()
    assert button(app, "Add 2 events")
    page, result = run_order(app)
    assert (result["parent"], result["version"]) == (first["dataset"], 2)
    assert result["added"] == {"events": 2, "users": 1, "items": 1}
    assert "This is version 2; new in it: 2 events, 1 user and 1 item." in said(page)
    versions = next(frame.value for frame in page.dataframe if "version" in frame.value)
    assert list(versions["version"]) == [2, 1]
    assert list(versions["new_users"]) == [1, 12]


def test_proposals_about_rows_are_applied_or_left(empty_home):
    floats = HEADER + "".join(row.replace(",", ".0,", 1)[1:] + "\n" for row in ROWS)
    app = opened(keep("shop.csv", floats))
    assert "All user ids are written like" in said(app)
    next(one for one in app.button if "_apply_ids" in one.key).click().run()
    assert toggle(app, "normalised_ids").value
    assert not [one for one in app.button if "_apply_ids" in one.key]
    toggle(app, "normalised_ids").set_value(False).run()
    next(one for one in app.button if "_leave_ids" in one.key).click().run()
    assert not [one for one in app.button if "_apply_ids" in one.key]
    assert not toggle(app, "normalised_ids").value


def test_a_large_file_is_read_by_a_job_before_its_rows_are_counted(empty_home, monkeypatch):
    monkeypatch.setattr(import_reading, "INLINE_BYTES", 100)
    upload = keep("shop.csv", CSV)
    app = opened(upload)
    assert button(app, "Import shop.csv")
    button(app, t("import_data.read_now")).click().run()
    (job,) = loaders.active_jobs(("read",))
    result = do(loaders.home(), loaders.store(), "read", job.spec)
    finish(job.id, result)
    app.run()
    assert not app.exception
    assert button(app, "Import 72 events")


def test_a_changed_delimiter_changes_the_columns_and_back(empty_home):
    app = opened(keep("shop.csv", CSV))
    separator = next(one for one in app.selectbox if one.label == t("import_data.shape_delimiter"))
    separator.set_value(";").run()
    assert not app.exception
    assert "the file is read as 1 column(s)" in app.warning[0].value
    separator = next(one for one in app.selectbox if one.label == t("import_data.shape_delimiter"))
    separator.set_value(",").run()
    assert button(app, "Import 72")


def test_random_rows_come_from_beyond_the_first(empty_home):
    long = HEADER + "".join(f"u{n},i{n % 50},3,{1_600_000_000 + n}\n" for n in range(5000))
    app = opened(keep("shop.csv", long))
    first = next(frame.value for frame in app.dataframe if "user" in frame.value)
    assert list(first["user"][:3]) == ["u0", "u1", "u2"]
    app.segmented_control[0].set_value("random").run()
    rows = next(frame.value for frame in app.dataframe if "user" in frame.value)
    assert max(int(user[1:]) for user in rows["user"]) > 4000
    button(app, t("import_data.preview_again")).click().run()
    others = next(frame.value for frame in app.dataframe if "user" in frame.value)
    assert list(others["user"]) != list(rows["user"])


def test_a_failed_import_leads_back_to_its_columns(empty_home):
    upload = keep("shop.csv", CSV)
    job = loaders.submit("import", {"upload": upload}, "Import shop.csv")
    loaders.jobs().begin(job, Identity(os.getpid(), psutil.Process().create_time()))
    loaders.jobs().finish(job, JobState.FAILED, error="The disk is full.", hint="Make room.")
    app = open_page("import_data", job=job, upload=upload)
    app.button(key="import_change").click().run()
    assert not app.exception
    assert button(app, "Import 72 events")


def test_a_column_of_addresses_is_marked_while_it_is_taken(empty_home):
    mails = HEADER + "".join(f"a{row.split(',')[0]}@example.org,{row.split(',', 1)[1]}\n" for row in ROWS)
    app = opened(keep("shop.csv", mails))
    assert "holds e-mail addresses" in said(app)
    box(app, "item").set_value("user").run()
    assert "holds e-mail addresses" not in said(app)


def test_the_text_of_unreadable_lines_is_not_offered_where_users_have_pseudonyms(empty_home):
    app = opened(keep("shop.csv", CSV + "u1,i1,many,1600000000\n"))
    next(one for one in app.toggle if one.label == t("import_data.pseudonyms")).set_value(True).run()
    page, _ = run_order(app)
    assert t("import_data.quarantine_no_text") in [one.value for one in page.main.caption]
    assert not [one for one in page.button if one.key == "import_correct_go"]


def test_pseudonyms_reach_the_order(empty_home):
    app = opened(keep("shop.csv", CSV))
    next(one for one in app.toggle if one.label == t("import_data.pseudonyms")).set_value(True).run()
    _, result = run_order(app)
    assert "u1" not in set(loaders.dataset(result["dataset"]).users.ids)
    assert result["users"] == 12


@pytest.mark.parametrize("rule", list(RULES))
def test_every_rule_has_its_words_and_its_choices(rule):
    assert t(f"import_data.rule_{rule}")
    assert all(name in Cleaning.model_fields for name in FIELDS[rule])
    if FIELDS[rule]:
        assert t(f"import_data.rule_help_{rule}")


def test_every_choice_belongs_to_a_rule():
    assert sorted(name for names in FIELDS.values() for name in names) == sorted(Cleaning.model_fields)


def test_the_order_is_what_the_command_line_takes(empty_home):
    app = opened(keep("shop.csv", CSV))
    app.button(key="import_go").click().run()
    (job,) = loaders.active_jobs(("import",))
    recipe = read_recipe(json.dumps(job.spec["recipe"]))
    assert recipe.mapping is not None
    assert recipe.mapping.roles() == {"user": "user", "item": "item", "weight": "rating", "time": "timestamp"}
