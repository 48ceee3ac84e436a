"""What an order on the import page leaves behind where users are pseudonyms."""

from __future__ import annotations

import sqlite3

from dashboard import loaders
from dashboard.components.recipe_actions import recipe_json
from data.cleaning import Cleaning
from data.mapping import Mapping
from data.recipe import Recipe
from tests.dashboard.test_import_page import CSV, keep, opened, run_order


def test_a_user_who_is_left_out_is_not_named_in_the_order_of_an_import_with_pseudonyms(empty_home):
    recipe = Recipe(
        mapping=Mapping(user="user", item="item", weight="rating", time="timestamp"),
        cleaning=Cleaning(drop_users=("u11",)),
        pseudonyms=True,
    )
    app = opened(keep("shop.csv", CSV))
    app.file_uploader[0].upload("a.recipe.json", recipe_json(recipe).encode()).run()
    _, result = run_order(app)
    assert result["users"] == 11
    with sqlite3.connect(loaders.home().jobs_db) as con:
        kept = "\n".join(con.iterdump())
    assert "u11" not in kept
