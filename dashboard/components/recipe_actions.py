"""The recipe of an import: saved as JSON, loaded again, or taken from an earlier data set."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import loaders
from dashboard.components.problem import problem_box
from dashboard.loaders.imports import Look, recipes
from dashboard.text import t
from data.errors import RankscopeError
from data.recipe import Recipe, read_recipe

PROBLEM = "import_recipe_problem"
Adopt = Callable[[Recipe], None]


def recipe_actions(recipe: Recipe, adopt: Adopt, key: str) -> None:
    """Save and load; `adopt` begins the form again with another recipe."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            t("import_data.recipe_save"),
            recipe_json(recipe),
            file_name=f"{recipe.name or 'import'}.recipe.json",
            mime="application/json",
            key=f"{key}_recipe_save",
            on_click="ignore",
            type="tertiary",
        )
        with st.popover(t("import_data.recipe_load"), type="tertiary", key=f"{key}_recipe"):
            _load(adopt, key)
    problem = st.session_state.pop(PROBLEM, None)
    if problem is not None:
        problem_box(problem)


def recipe_json(recipe: Recipe) -> str:
    """As the command line takes it."""
    return recipe.model_dump_json(indent=1, exclude_none=True) + "\n"


def _load(adopt: Adopt, key: str) -> None:
    st.caption(t("import_data.recipe_words"))
    name = f"{key}_recipe_file"
    st.file_uploader(
        t("import_data.recipe_file"),
        type="json",
        key=name,
        max_upload_size=1,
        on_change=_take_file,
        args=(name, adopt),
    )
    known = recipes()
    if known:
        chosen = st.selectbox(
            t("import_data.recipe_of"),
            list(known),
            format_func=lambda one: known[one].name or one,
            key=f"{key}_recipe_of",
        )
        st.button(t("import_data.recipe_use"), key=f"{key}_recipe_use", on_click=adopt, args=(known[chosen],))


def _take_file(name: str, adopt: Adopt) -> None:
    file = st.session_state.get(name)
    if file is None:
        return
    try:
        adopt(read_recipe(file.getvalue()))
    except RankscopeError as error:
        st.session_state[PROBLEM] = error


def fitting_recipe(look: Look, start: Recipe, adopt: Adopt, key: str) -> None:
    """Offer the recipe of the newest data set whose file had the same columns, unless it is in use."""
    names = dict(zip(loaders.datasets()["id"], loaders.datasets()["name"], strict=True))
    for dataset, recipe in recipes().items():
        shape = recipe.shape
        if shape is None or shape.columns != look.shape.columns or shape.format != look.shape.format:
            continue
        if start.mapping == recipe.mapping and start.cleaning == recipe.cleaning:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(t("import_data.recipe_fits", name=names.get(dataset, dataset)))
            st.button(
                t("import_data.recipe_take"),
                key=f"{key}_recipe_fits",
                type="tertiary",
                on_click=adopt,
                args=(recipe.model_copy(update={"name": None}),),
            )
        return
