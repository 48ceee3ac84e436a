"""Cards of items and users: opened from a link, found by a search, hopping from one to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from dashboard import loaders
from dashboard.text.markdown import card_link, written
from data.artifacts import Home, dataset_meta, save_dataset
from data.samples import marketplace
from data.store import Store
from tests.dashboard.conftest import open_page


def told(app) -> str:
    return "\n".join([part.value for part in app.markdown] + [part.value for part in app.subheader])


def first_dataset() -> str:
    return str(loaders.datasets()["id"].iloc[0])


def test_the_page_opens_on_an_empty_store(empty_home):
    app = open_page("lookup")
    assert not app.exception
    assert app.title[0].value == "Items & users"


def test_a_link_opens_the_card_of_an_item(seeded_home):
    data = loaders.dataset(first_dataset())
    app = open_page("lookup", of="item", item=str(data.items.ids[5]))
    assert not app.exception
    assert app.subheader[0].value == str(data.titles[5])
    assert "by events" in told(app)


def test_a_link_opens_the_card_of_a_user_with_the_whole_history(seeded_home):
    data = loaders.dataset(first_dataset())
    app = open_page("lookup", of="user", user=str(data.users.ids[3]))
    assert not app.exception
    history = next(frame for frame in app.dataframe if str(frame.key).startswith("lookup_history")).value
    assert len(history) == int((data.interactions.user == 3).sum())


def test_what_is_no_item_opens_with_the_most_popular(seeded_home):
    app = open_page("lookup", of="nonsense", item="no such id")
    assert not app.exception
    assert len(app.subheader) == 1


def test_a_title_in_a_table_leads_to_its_card_and_stays_literal():
    cell = card_link("d123", "item", "a&b c", "A *bold* [title]")
    assert cell == r"[A \*bold\* \[title\]](lookup?dataset=d123&of=item&item=a%26b+c)"
    table = written(pd.DataFrame({"x": pd.Series([cell, "*raw*"], dtype=object)}))
    assert table["x"].tolist() == [cell, r"\*raw\*"]


def test_a_place_that_is_shared_is_said_to_be(seeded_home):
    data = loaders.dataset(first_dataset())
    counts = np.bincount(data.interactions.user, minlength=data.n_users)
    levels, times = np.unique(counts, return_counts=True)
    shared, alone = (int(np.flatnonzero(counts == levels[pick][0])[0]) for pick in (times > 1, times == 1))
    others = int((counts == counts[shared]).sum()) - 1
    said = told(open_page("lookup", of="user", user=str(data.users.ids[shared])))
    assert f"by activity, shared with {others} other" in said
    assert "shared with" not in told(open_page("lookup", of="user", user=str(data.users.ids[alone])))


def test_without_times_no_history_claims_an_order_in_time(empty_home):
    base = marketplace(n_users=60, n_items=100, n_events=900, seed=1)
    data = base.with_interactions(replace(base.interactions, base_time=None))
    home = Home.current()
    with Store(home) as store:
        store.add_dataset(dataset_meta(home, save_dataset(home, data)))
    said = told(open_page("lookup", of="user"))
    assert "History as in the file, last line first" in said
    assert "latest first" not in said


def test_a_search_opens_the_card_of_its_first_match_and_nothing_found_keeps_the_card(seeded_home):
    data = loaders.dataset(first_dataset())
    app = open_page("lookup", of="item", item=str(data.items.ids[5]))
    app.text_input(key="lookup_item_query").set_value("no such title").run()
    assert app.subheader[0].value == str(data.titles[5])
    app.text_input(key="lookup_item_query").set_value(str(data.items.ids[7])).run()
    assert not app.exception
    first, _ = loaders.find_items(first_dataset(), str(data.items.ids[7]))
    assert app.subheader[0].value == str(data.titles[first[0]])
    assert app.query_params["item"] == str(data.items.ids[first[0]])
