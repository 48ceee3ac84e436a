"""From dropped files to an order: what they are, what columns mean, which rows count, one button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import streamlit as st

from dashboard import loaders, state
from dashboard.components import job_panel, problem_box
from dashboard.components.cleaning_panel import cleaning_of, cleaning_panel, sum_in_words
from dashboard.components.import_files import (
    beside_forms,
    file_table,
    look_into_all,
    more_files,
    of_role,
    others_in_words,
)
from dashboard.components.mapping_form import in_words, mapping_form, rows_preview, shape_form
from dashboard.components.recipe_actions import fitting_recipe, recipe_actions
from dashboard.jobs.states import JobState
from dashboard.loaders.drafts import Draft, draft, keep_draft
from dashboard.loaders.import_reading import (
    events_alone,
    events_bytes,
    read,
    read_key,
    recipe_to_read,
    uploads_by_role,
)
from dashboard.loaders.imports import Look
from dashboard.text import t
from dashboard.text.file_size import file_size
from dashboard.text.markdown import literal
from dashboard.text.numbers import exact_count
from dashboard.views.cleaning import Sums
from dashboard.views.file_roles import EVENTS
from data.cleaning import Cleaning
from data.errors import RankscopeError
from data.mapping import Mapping
from data.protecting import protected_recipe
from data.recipe import Recipe


def import_form(uploads: Sequence[str]) -> None:
    """The whole form for these files; what is entered is kept beside them."""
    found = look_into_all(uploads)
    looks = found.looks
    key = f"import_{crc32(repr(list(uploads)).encode()):08x}_{st.session_state.get(_revision(uploads), 0)}"
    start: Draft = st.session_state.setdefault(f"{key}_start", draft(uploads))
    said = st.container()
    roles = file_table(found, start.roles, key)
    more_files(expanded=not looks)
    events = of_role(looks, roles, EVENTS)
    if not events:
        if looks:
            st.info(t("import_data.no_events"))
        _keep(uploads, start.model_copy(update={"roles": roles}))
        return
    recipe = _columns(uploads, events[0], looks, roles, start.recipe, key, said)
    if recipe is None:
        return
    by_role = uploads_by_role(roles)
    found = _rows(by_role, recipe, key, events[0], start.recipe)
    recipe = recipe.model_copy(update={"cleaning": st.session_state[f"{key}_cleaning"]})
    with st.container(border=True):
        entered = _order(events[0], by_role, recipe, start, found, key)
    _keep(uploads, entered.model_copy(update={"roles": roles}))
    recipe_actions(entered.recipe, lambda other: adopt(uploads, roles, for_file(other, events[0])), key)


def _revision(uploads: Sequence[str]) -> str:
    return f"import_revision_{uploads[0]}"


def for_file(recipe: Recipe, look: Look) -> Recipe:
    """A recipe made with another file: packing and letters are those of this one."""
    if recipe.shape is None:
        return recipe
    own = look.shape.model_dump(include={"compression", "encoding", "member", "members"})
    return recipe.model_copy(update={"shape": recipe.shape.model_copy(update=own)})


def adopt(uploads: Sequence[str], roles: dict[str, str], recipe: Recipe) -> None:
    """Begin the form again with another recipe."""
    keep_draft(uploads, draft(uploads).model_copy(update={"recipe": recipe, "roles": roles}))
    name = _revision(uploads)
    st.session_state[name] = st.session_state.get(name, 0) + 1


def _keep(uploads: Sequence[str], entered: Draft) -> None:
    if entered != draft(uploads):
        keep_draft(uploads, entered)


def _columns(
    uploads: Sequence[str],
    first: Look,
    looks: Sequence[Look],
    roles: dict[str, str],
    start: Recipe,
    key: str,
    said: Any,
) -> Recipe | None:
    """Shape and mapping of the events over a live preview, and of the files beside them."""
    heading = (
        t("import_data.mapping") if len(looks) == 1 else t("import_data.mapping_of", name=literal(first.name))
    )
    st.markdown(f"**{heading}**")
    fitting_recipe(first, start, lambda other: adopt(uploads, roles, for_file(other, first)), key)
    lines, rows = st.container(gap="xsmall"), st.container()
    more = st.expander(t("common.more_settings"))
    with more:
        changes = (
            {} if start.shape is None else start.shape.model_dump(exclude={"reasons", "columns", "members"})
        )
        look = shape_form(first, changes, key)
    proposed = None if look.proposal is None else look.proposal.mapping
    told = (
        start.mapping if start.mapping and set(start.mapping.columns) <= set(look.shape.columns) else proposed
    )
    if told is None:
        said.markdown(in_words(look, None))
        lines.warning(t("import_data.no_pair", n=len(look.shape.columns)))
        rows_preview(look, None, key)
        return None
    with lines:
        mapping = mapping_form(look, told, key, more)
    said.markdown(f"{in_words(look, mapping)} {others_in_words(looks, roles)}".strip())
    with rows:
        rows_preview(look, mapping, key)
    ids = _some_ids(look, mapping or told)
    beside = beside_forms(looks, roles, start, ids, key)
    if mapping is None:
        return None
    return Recipe(name=start.name, shape=look.shape, mapping=mapping, pseudonyms=start.pseudonyms, **beside)


def _some_ids(look: Look, mapping: Mapping) -> dict[str, set[str]]:
    """Ids of users and items in the rows that were looked at."""
    return {
        "user": set(look.sample[mapping.user].dropna().astype(str)),
        "item": set(look.sample[mapping.item].dropna().astype(str)),
    }


def _rows(by_role: dict[str, list[str]], recipe: Recipe, key: str, look: Look, start: Recipe) -> Sums | None:
    """The cleaning panel, once the files are read: small ones at once, large ones when asked."""
    proposed = look.proposal.cleaning if look.proposal else Cleaning()
    cleaning_of(key, start.cleaning or proposed)
    st.markdown(f"**{t('import_data.cleaning')}**")
    try:
        with st.spinner(t("import_data.reading"), show_time=True):
            rows = read(by_role, recipe)
    except RankscopeError as error:
        problem_box(error)
        return None
    if rows is None:
        _read_by_job(by_role, recipe, look, key)
        return None
    return cleaning_panel(rows, read_key(by_role, recipe), key)


def _read_by_job(by_role: dict[str, list[str]], recipe: Recipe, look: Look, key: str) -> None:
    """Large files: a button, then the progress of the job that reads them."""
    wanted = _reading(by_role, recipe)
    recent = loaders.recent_jobs(kinds=("read",))
    job = next((one for one in recent if {name: one.spec.get(name) for name in wanted} == wanted), None)
    if job is not None and job.state != JobState.DONE:  # done, and not found: the cache has let it go
        job_panel("import_read", job_ids=(job.id,))
        return
    st.caption(t("import_data.large_words", size=file_size(events_bytes(by_role))))
    st.button(
        t("import_data.read_now"),
        key=f"{key}_read",
        on_click=_order_reading,
        args=(wanted, look.name),
    )


def _reading(by_role: dict[str, list[str]], recipe: Recipe) -> dict[str, Any]:
    return {"uploads": events_alone(by_role), "recipe": recipe_to_read(recipe).model_dump(mode="json")}


def _order_reading(spec: dict[str, Any], name: str) -> None:
    loaders.submit("read", spec, t("import_data.read_title", name=name))


def _order(
    look: Look,
    by_role: dict[str, list[str]],
    recipe: Recipe,
    start: Draft,
    found: Sums | None,
    key: str,
) -> Draft:
    """Name, pseudonyms, the data set that is continued, and the button."""
    if found is not None:
        st.markdown(sum_in_words(found))
    left, right = st.columns(2)
    parent = _parent(right, start.parent, key)
    usual = recipe.name or look.name.split(".")[0]
    if parent is None:
        name = left.text_input(
            t("import_data.name"), usual, key=f"{key}_name", max_chars=80, persist_state="session"
        )
    else:  # a version bears the name of the one before
        name = str(loaders.dataset_meta(parent)["name"])
    pseudonyms = st.toggle(
        t("import_data.pseudonyms"),
        recipe.pseudonyms,
        key=f"{key}_pseudonyms",
        help=t("import_data.pseudonyms_help"),
        persist_state="session",
    )
    recipe = recipe.model_copy(update={"name": name.strip() or usual, "pseudonyms": pseudonyms})
    nothing = found is not None and found.events == 0
    if nothing:
        st.warning(t("import_data.nothing_left"))
    label = _button(look, found, parent)
    if st.button(label, type="primary", key="import_go", disabled=nothing):
        private = pseudonyms or (parent is not None and _has_pseudonyms(parent))
        ordered = protected_recipe(recipe.model_copy(update={"pseudonyms": private}), loaders.home())
        spec = {"recipe": ordered.model_dump(mode="json"), "uploads": by_role, "parent": parent}
        title = t("import_data.job_title", name=look.name)
        state.write(state.JOB, loaders.submit("import", spec, title))
        st.rerun()
    return Draft(recipe=recipe, parent=parent)


def _button(look: Look, found: Sums | None, parent: str | None) -> str:
    if found is None:
        return t("import_data.go", name=look.name)
    return t("import_data.go_add" if parent else "import_data.go_events", events=exact_count(found.events))


def _has_pseudonyms(dataset: str) -> bool:
    recipe = loaders.dataset_meta(dataset)["facts"].get("recipe") or {}
    return bool(recipe.get("pseudonyms"))


def _parent(place: Any, start: str | None, key: str) -> str | None:
    table = loaders.datasets()
    if table.empty:
        return None
    names = dict(zip(table["id"], table["name"], strict=True))
    options = [None, *names]
    return place.selectbox(
        t("import_data.parent"),
        options,
        index=options.index(start) if start in names else 0,
        format_func=lambda one: (
            t("import_data.parent_none")
            if one is None
            else t("import_data.parent_one", name=names[one], id=one)
        ),
        key=f"{key}_parent",
        help=t("import_data.parent_help"),
        persist_state="session",
    )
