"""The files of an import: what each of them is, and what the columns of those beside the events mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.components.import_source import file_slot
from dashboard.components.problem import problem_box
from dashboard.loaders.drafts import draft, keep_draft
from dashboard.loaders.imports import Look, look_into, proposed_roles
from dashboard.text import t
from dashboard.text.file_size import file_size
from dashboard.text.markdown import literal
from dashboard.text.numbers import join
from dashboard.views.file_roles import EVENTS, ITEMS, ROLES, SOCIAL, UNUSED, USERS, FileRole
from data.errors import RankscopeError
from data.items_table import ItemsMapping, propose_items
from data.recipe import ItemsPart, Recipe, SocialMapping, SocialPart, UsersMapping, UsersPart
from data.social import propose_social
from data.users_table import propose_users

WIDTHS = (4, 3, 4, 1)
ONE_EACH = (EVENTS, ITEMS, USERS, SOCIAL)


@dataclass(frozen=True, eq=False)
class Looked:
    """Looks into files that are tables, and the problems of those that are not, by upload."""

    looks: list[Look]
    problems: dict[str, RankscopeError]


def look_into_all(uploads: Sequence[str]) -> Looked:
    """A look into each file; one that is no table does not keep the others from being read."""
    looks, problems = [], {}
    for upload in uploads:
        try:
            looks.append(look_into(upload))
        except RankscopeError as error:
            problems[upload] = error
    return Looked(looks, problems)


def file_table(found: Looked, start: Mapping[str, str], key: str) -> dict[str, str]:
    """upload → role: a line for each file with a choice and the reason, where there are several."""
    looks = found.looks
    proposed = proposed_roles(looks)
    roles = {look.upload: start.get(look.upload, proposed[look.upload].role) for look in looks}
    alone = len(looks) == 1
    if alone:
        roles = {looks[0].upload: EVENTS}
    keys = {upload: f"{key}_file_{upload}" for upload in roles}
    for look in looks:
        left, middle, right, last = st.columns(WIDTHS, vertical_alignment="center", gap="small")
        left.markdown(f"**{literal(look.name)}** :small[:gray[{_size(look)}]]")
        if not alone:
            roles[look.upload] = _role(middle, look, roles[look.upload], keys)
            right.markdown(f":small[:gray[{_why(roles[look.upload], proposed[look.upload])}]]")
        _remove_button(last, look.upload, key)
    for upload, problem in found.problems.items():
        left, last = st.columns((sum(WIDTHS[:3]), WIDTHS[3]), vertical_alignment="center", gap="small")
        with left:
            problem_box(problem)
        _remove_button(last, upload, key)
    return roles


def _role(place: Any, look: Look, role: str, keys: Mapping[str, str]) -> str:
    st.session_state.setdefault(keys[look.upload], role)  # not as a default: the callback sets it, too
    return str(
        place.selectbox(
            t("import_data.role_of", column=look.name),
            ROLES,
            format_func=lambda one: t(f"import_data.file_{one}"),
            key=keys[look.upload],
            label_visibility="collapsed",
            on_change=_free_others,
            args=(keys[look.upload], tuple(keys.values())),
            persist_state="session",
        )
    )


def _remove_button(place: Any, upload: str, key: str) -> None:
    place.button(
        t("uploads.remove"), key=f"{key}_remove_{upload}", type="tertiary", on_click=_remove, args=(upload,)
    )


def _remove(upload: str) -> None:
    """Take a file away; what was entered for the others stays."""
    before = state.read_all(state.UPLOAD)
    rest = [one for one in before if one != upload]
    if rest:
        keep_draft(rest, draft(before))
    state.write(state.UPLOAD, rest)


def more_files(*, expanded: bool) -> None:
    """A folded place for further files; `take_added` moves them to the others."""
    with st.expander(t("import_data.add_files"), expanded=expanded):
        file_slot("import_more", "", t("import_data.add_words"), state.ADDED, multiple=True)


def take_added() -> None:
    """Files that have arrived join those that were there."""
    added = state.read_all(state.ADDED)
    if added:
        state.write(state.UPLOAD, list(dict.fromkeys((*state.read_all(state.UPLOAD), *added))))
        state.write(state.ADDED, None)


def _size(look: Look) -> str:
    return t("import_data.file_size", size=file_size(look.size), n=len(look.shape.columns))


def _why(role: str, told: FileRole) -> str:
    if role != told.role:
        return t("import_data.your_choice", role=t(f"import_data.file_{told.role}"))
    values = {name: literal(value) for name, value in told.values.items()}
    return t(f"import_data.file_why_{told.reason}", **values)


def _free_others(changed: str, keys: Sequence[str]) -> None:
    """A role that one file can have at most is taken from the file that had it."""
    role = st.session_state[changed]
    for key in keys:
        if key != changed and role in ONE_EACH and st.session_state.get(key) == role:
            st.session_state[key] = UNUSED


def others_in_words(looks: Sequence[Look], roles: Mapping[str, str]) -> str:
    """`movies.csv describes the items; tags.csv is left out.`"""
    said = [
        t(f"import_data.is_{roles[look.upload]}", name=literal(look.name))
        for look in looks
        if roles[look.upload] != EVENTS
    ]
    return f"{join(said)}." if said else ""


def of_role(looks: Sequence[Look], roles: Mapping[str, str], role: str) -> list[Look]:
    """The files with a role, in the order they came."""
    return [look for look in looks if roles[look.upload] == role]


def beside_forms(
    looks: Sequence[Look], roles: Mapping[str, str], start: Recipe, ids: Mapping[str, set[str]], key: str
) -> dict[str, Any]:
    """What the columns of the item, user and social files mean: fields of a recipe.

    Args:
        ids: "item" and "user": some ids of the events, by which id columns are found.
    """
    parts: dict[str, Any] = {}
    for role, form in ((ITEMS, _items), (USERS, _users), (SOCIAL, _social)):
        for look in of_role(looks, roles, role)[:1]:
            with st.expander(t(f"import_data.beside_{role}", name=literal(look.name))):
                parts[role] = form(look, start, ids, f"{key}_{role}_{look.upload}")
                st.dataframe(look.preview, hide_index=True, height=180, key=f"{key}_{role}_rows", lazy=False)
    return parts


def _items(look: Look, start: Recipe, ids: Mapping[str, set[str]], key: str) -> ItemsPart:
    columns = look.shape.columns
    told = start.items.mapping
    if told is None or not set(told.used) <= set(columns):
        told = propose_items(look.sample, look.shape, ids["item"])
    left, right = st.columns(2)
    key_column = _one(left, "items_id", columns, told.id, key)
    title = _one(right, "items_title", (None, *columns), told.title, key)
    values: dict[str, Any] = {"id": key_column, "title": title}
    left, middle, right = st.columns(3)
    for place, name in ((left, "categories"), (middle, "text"), (right, "others")):
        values[name] = _several(place, f"items_{name}", columns, getattr(told, name), key)
    return ItemsPart(mapping=ItemsMapping(**values))


def _users(look: Look, start: Recipe, ids: Mapping[str, set[str]], key: str) -> UsersPart:
    columns = look.shape.columns
    told = start.users.mapping
    if told is None or not {told.id, *told.columns} <= set(columns):
        told = propose_users(look.sample, look.shape, ids["user"])
    left, right = st.columns(2)
    key_column = _one(left, "users_id", columns, told.id, key)
    kept = _several(right, "users_columns", columns, told.columns, key)
    return UsersPart(mapping=UsersMapping(id=key_column, columns=tuple(c for c in kept if c != key_column)))


def _social(look: Look, start: Recipe, ids: Mapping[str, set[str]], key: str) -> SocialPart:
    columns = look.shape.columns
    told = start.social.mapping
    if told is None or not {told.source, told.target} <= set(columns):
        told = propose_social(look.sample, look.shape, ids["user"])
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    source = _one(left, "social_source", columns, told.source, key)
    target = _one(middle, "social_target", columns, told.target, key)
    mutual = right.toggle(
        t("import_data.social_mutual"),
        told.mutual,
        key=f"{key}_mutual",
        help=SocialMapping.model_fields["mutual"].description,
        persist_state="session",
    )
    return SocialPart(mapping=SocialMapping(source=source, target=target, mutual=mutual))


def _one(place: Any, name: str, options: Sequence[str | None], chosen: str | None, key: str) -> Any:
    return place.selectbox(
        t(f"import_data.{name}"),
        options,
        index=list(options).index(chosen),
        format_func=lambda column: t("import_data.none") if column is None else column,
        key=f"{key}_{name}",
        persist_state="session",
    )


def _several(
    place: Any, name: str, options: Sequence[str], chosen: Sequence[str], key: str
) -> tuple[str, ...]:
    return tuple(
        place.multiselect(
            t(f"import_data.{name}"), options, default=chosen, key=f"{key}_{name}", persist_state="session"
        )
    )
