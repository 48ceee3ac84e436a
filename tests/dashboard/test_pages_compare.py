"""Leaderboard, Side by side, Fusion lab, Why this item, New users: on an empty store and a seeded one."""

from __future__ import annotations

from urllib.parse import parse_qs

import numpy as np
import pytest

from core.fusion import FUSERS
from dashboard import loaders
from dashboard.loaders import compare
from dashboard.tasks import TASKS
from dashboard.tasks.fuse import short_label
from dashboard.text.markdown import literal
from dashboard.views import fusion
from dashboard.views.conditions import history_of
from dashboard.views.side_by_side import lists_for
from tests.dashboard.conftest import do, open_page

TITLES = {
    "leaderboard": "Leaderboard",
    "side_by_side": "Side by side",
    "fusion_lab": "Fusion lab",
    "why_this_item": "Why this item",
    "new_users": "New users",
}


def widget(elements, key):
    return next(one for one in elements if one.key == key)


def keyed_table(app, n=0):
    return app.dataframe[n].value


@pytest.mark.parametrize(("name", "title"), TITLES.items())
def test_every_page_opens_on_an_empty_store(name, title, empty_home):
    app = open_page(name)
    assert not app.exception
    assert [head.value for head in app.title] == [title]
    assert widget(app.button, "empty_import_data")


@pytest.mark.parametrize(("name", "title"), TITLES.items())
def test_every_page_opens_on_a_seeded_store_with_its_finding_first(name, title, seeded_home):
    app = open_page(name)
    assert not app.exception
    assert not app.error
    assert [head.value for head in app.title] == [title]
    assert "**" in app.markdown[0].value


def test_the_leaderboard_lists_every_run_with_an_interval_and_the_baseline_without_a_difference(seeded_home):
    table = keyed_table(open_page("leaderboard"))
    assert len(table) == 4
    assert list(table.columns)[:3] == ["Model", "NDCG@10 (95 %)", "vs Popularity (95 %)"]
    assert table["vs Popularity (95 %)"].tolist().count("–") == 1


def test_opening_the_test_column_is_recorded_and_counted(seeded_home):
    app = open_page("leaderboard")
    assert len(keyed_table(app).columns) == 5
    widget(app.button, "leaderboard_open_test").click().run()
    assert not app.exception
    assert "Test (95 %)" in keyed_table(app).columns
    run = str(loaders.runs(loaders.datasets()["id"].iloc[0])["run"].iloc[0])
    digest = loaders.run_meta(run).fingerprint["digest"]  # the one that the command line counts under
    assert compare.test_openings(digest) == 1
    assert any("opened once" in text.value for text in app.caption)
    app.run()
    assert compare.test_openings(digest) == 1


def test_runs_under_other_conditions_are_kept_apart_and_the_page_says_what_differs(seeded_home):
    dataset = loaders.datasets()["id"].iloc[0]
    spec = {"dataset": dataset, "models": [{"name": "popularity"}], "protocol": "random"}
    do(loaders.home(), loaders.store(), "train", spec)
    app = open_page("leaderboard")
    assert not app.exception
    assert len(keyed_table(app)) == 4
    assert any(
        "other test conditions (fingerprint)" in note.value and "split:" in note.value for note in app.info
    )


def test_another_metric_and_length_change_the_table(seeded_home):
    app = open_page("leaderboard")
    widget(app.selectbox, "leaderboard_metric").set_value("recall").run()
    assert "Recall@10 (95 %)" in keyed_table(app).columns


def test_side_by_side_shows_history_and_lists_and_follows_the_user(seeded_home):
    app = open_page("side_by_side")
    past, lists = app.table[0].value, app.table[1].value
    assert "Title" in past.columns
    assert len(lists) == 10
    first = lists.copy()
    box = widget(app.selectbox, "side_by_side_user_pick")
    box.set_value(box.value + 1 if box.value < 100 else box.value - 1).run()
    assert not app.exception
    assert not app.table[1].value.equals(first)


def test_a_history_put_together_by_hand_stands_in_the_link(seeded_home):
    dataset = loaders.datasets()["id"].iloc[0]
    ids = loaders.dataset(dataset).items.ids
    app = open_page("side_by_side", history=str(ids[3]), side_by_side_who="A history I put together")
    assert not app.exception
    assert widget(app.multiselect, "side_by_side_history").value == [3]
    assert any("took these 1 items" in text.value for text in app.caption)


def test_moving_a_slider_changes_the_fused_list(seeded_home):
    app = open_page("fusion_lab")
    before = app.table[0].value.copy()
    slider = next(one for one in app.slider if one.key.startswith("fusion_lab_w_"))
    slider.set_value(0.0).run()
    assert not app.exception
    assert app.table[0].value["Title"].tolist() != before["Title"].tolist()


def test_all_weights_zero_says_what_to_do(seeded_home):
    app = open_page("fusion_lab")
    for slider in [one for one in app.slider if one.key.startswith("fusion_lab_w_")]:
        slider.set_value(0.0)
    app.run()
    assert not app.exception
    assert any("All weights are zero" in note.value for note in app.info)


@pytest.mark.parametrize(
    ("method", "settings", "weights"),
    [("rrf", {"k0": 20.0}, (0.9, 0.3)), ("weighted_sum", {"normalisation": "z_score"}, (0.2, 0.7))],
)
def test_the_slider_shows_the_metric_that_the_saved_run_has(method, settings, weights, seeded_home):
    dataset = loaders.datasets()["id"].iloc[0]
    table = loaders.runs(dataset)
    members = tuple(table.loc[table["model"].isin(["item_knn", "ease"]), "run"])
    pool, values = compare.pool(members), compare.pool_values(members, method, settings)
    found = compare.conditions(members[0])
    moved = fusion.fused_values(pool, values, weights, found.judged.targets, "ndcg", 10)
    spec = {"runs": members, "method": method, "weights": weights, "settings": settings}
    saved = do(loaders.home(), loaders.store(), "fuse", spec)["runs"][0]["run"]
    np.testing.assert_allclose(moved, compare.single_values(saved, "ndcg", 10), atol=1e-6)
    fused = fusion.fused_row(pool, values, 0, weights, 10)
    np.testing.assert_array_equal(fused.items[0], loaders.lists(saved, "validation").items[0, :10])


def test_every_fusion_method_can_be_chosen(seeded_home):
    for method in FUSERS:
        app = open_page("fusion_lab", fusion_lab_method=method)
        assert not app.exception


def test_saving_a_fusion_queues_the_job_that_makes_the_run(seeded_home):
    app = open_page("fusion_lab")
    widget(app.button, "fusion_lab_save").click().run()
    job = loaders.recent_jobs(1)[0]
    assert job.kind == "fuse"
    assert len(job.spec["runs"]) == 2


def test_the_reason_is_verified_by_scoring_without_the_event(seeded_home):
    app = open_page("why_this_item")
    text = app.markdown[0].value
    assert "Because of" in text
    assert "Without" in text
    box = next(one for one in app.selectbox if one.key.startswith("why_this_item_without"))
    box.set_value(0).run()
    assert not app.exception


def test_a_fused_ranking_is_explained_by_its_members_and_then_by_events(seeded_home):
    dataset = loaders.datasets()["id"].iloc[0]
    table = loaders.runs(dataset)
    run = str(table.loc[table["model"] == loaders.FUSED, "run"].iloc[0])
    app = open_page("why_this_item", run=run)
    assert not app.exception
    assert "Because of" in app.markdown[0].value
    assert any("own reasons" in head.value for head in app.subheader)


def test_popularity_has_no_reasons_of_a_person_and_says_so_calmly(seeded_home):
    dataset = loaders.datasets()["id"].iloc[0]
    table = loaders.runs(dataset)
    run = str(table.loc[table["model"] == "popularity", "run"].iloc[0])
    app = open_page("why_this_item", run=run)
    assert not app.exception
    assert not app.error


def test_the_curve_says_where_personalisation_pays(seeded_home):
    text = open_page("new_users").markdown[0].value
    assert "surely ahead" in text


def test_the_sandbox_lists_change_with_the_items_in_the_link(seeded_home):
    dataset = loaders.datasets()["id"].iloc[0]
    ids = loaders.dataset(dataset).items.ids
    lists = []
    for item in (3, 40):
        app = open_page("new_users", new_users_tab="Sandbox", picked=str(ids[item]))
        assert not app.exception
        lists.append(next(one.value for one in app.table if "Rank" in one.value.columns))
    assert not lists[0].equals(lists[1])


def test_ordering_a_curve_keeps_the_test_part_closed(seeded_home):
    app = open_page("new_users")
    widget(app.button, "new_users_measure").click().run()
    job = loaders.recent_jobs(1)[0]
    assert (job.kind, job.spec["part"]) == ("cold_start", "validation")


def run_of(model):
    table = loaders.runs(loaders.datasets()["id"].iloc[0])
    return str(table.loc[table["model"] == model, "run"].iloc[0])


def test_a_curve_is_drawn_on_validation_and_only_a_test_curve_counts_as_opening_the_test_part(seeded_home):
    run, digest = run_of("ease"), loaders.run_meta(run_of("ease")).fingerprint["digest"]
    spec = {"runs": [run], "ns": [0, 1], "max_users": 100}
    do(loaders.home(), loaders.store(), "cold_start", spec)
    assert {meta["part"] for meta in compare.curves(loaders.datasets()["id"].iloc[0]).values()} == {
        "validation"
    }
    assert compare.test_openings(digest) == 0
    opened = do(loaders.home(), loaders.store(), "cold_start", spec | {"part": "test"})
    assert compare.test_openings(digest) == 1
    TASKS["cold_start"].register(opened, loaders.home(), loaders.store())  # entered again, no second look
    assert compare.test_openings(digest) == 1


def test_a_saved_fusion_has_a_short_label_and_the_leaderboard_says_what_it_joins(seeded_home):
    assert loaders.run_meta(run_of(loaders.FUSED)).label == "RRF of 2"
    app = open_page("leaderboard")
    assert "RRF of 2" in keyed_table(app)["Model"].tolist()
    assert any("RRF of 2 joins Item-kNN and EASE." in text.value for text in app.caption)


def test_every_fusion_method_has_a_short_name():
    for method in FUSERS:
        assert short_label(method, 3).endswith(" of 3")


def test_imported_lists_are_shown_to_users_that_training_does_not_know(seeded_home, tmp_path):
    dataset = loaders.datasets()["id"].iloc[0]
    data = loaders.dataset(dataset)
    rows = [
        f"{user},{item},{9 - place}"
        for user in data.users.ids
        for place, item in enumerate(data.items.ids[:9])
    ]
    source = tmp_path / "theirs.csv"
    source.write_text("user,item,score\n" + "\n".join(rows))
    spec = {"dataset": dataset, "file": str(source), "protocol": "user_cold"}
    run = do(loaders.home(), loaders.store(), "lists", spec)["runs"][0]["run"]
    found = compare.conditions(run)
    user = int(found.judged.users[0])
    assert found.judged.histories.users[0] < 0  # a cold user
    (shown,) = lists_for({"theirs": loaders.model(run)}, history_of(found, user), found, user=user)
    assert shown.stand_in == ""
    assert set(shown.items) <= set(range(9))


@pytest.mark.parametrize(
    ("name", "tab", "figure", "other"),
    [
        ("leaderboard", "Trade-offs", "Accuracy against", "the dotted line is"),
        ("fusion_lab", "Agreement", "How alike", "Each fused score"),
    ],
)
def test_a_link_reopens_the_tab_and_only_the_open_one_is_drawn(name, tab, figure, other, seeded_home):
    app = open_page(name, **{f"{name}_tab": tab})
    assert not app.exception
    assert any(figure in text.value for text in app.markdown)
    assert not any(other in text.value for text in app.markdown)
    assert any(other in text.value for text in open_page(name).markdown)


def test_the_title_to_follow_stands_in_the_link(seeded_home):
    app = open_page("side_by_side")
    data = loaders.dataset(loaders.datasets()["id"].iloc[0])
    cell = app.table[1].value.iloc[1, 1]  # second of the first list: a link to the item's card
    item = parse_qs(cell.rsplit("?", 1)[1].removesuffix(")"))["item"][0]
    title = str(data.titles[data.items.index_of([item])[0]])
    assert f"[{literal(title)}](lookup?" in cell
    linked = open_page("side_by_side", strong=item)
    assert widget(linked.selectbox, "side_by_side_strong").value == item
    assert any(f"in colour “{title}”" in text.value for text in linked.markdown)
