"""Pickers of datasets, runs, users and items. Users and items are searched on the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import loaders, state
from dashboard.text import t
from dashboard.text.numbers import count, shorten
from dashboard.views.labels import distinct

SHOWN = 50  # matches listed; typing more narrows them down


def dataset_picker() -> str | None:
    """The dataset all pages look at, in the sidebar and in the URL; the newest at first."""
    table = loaders.datasets()
    if table.empty:
        state.write(state.DATASET, None)
        return None
    own = distinct([dataset_label(*row) for row in zip(table["id"].astype(str), table["name"], strict=True)])
    names = dict(zip(table["id"].astype(str), own, strict=True))
    value = state.settle(state.DATASET, list(names), next(iter(names)))
    key = state.widget("sidebar", state.DATASET)
    st.session_state[key] = value
    with st.sidebar:
        st.selectbox(
            t("common.dataset"),
            list(names),
            format_func=names.__getitem__,
            key=key,
            on_change=lambda: _change_dataset(st.session_state[key]),
        )
    return value


def dataset_label(dataset: str, name: str) -> str:
    """The name, and from the second version on its number."""
    version = loaders.version_of(dataset)
    short = shorten(str(name), 28)
    return short if version == 1 else t("common.dataset_version", name=short, version=version)


def _change_dataset(dataset: str) -> None:
    """Another dataset: its runs, users and items are others too."""
    state.write(state.DATASET, dataset)
    for name in state.OF_DATASET:
        state.write(name, None)


def run_picker(
    page: str, dataset: str, *, default: Sequence[str] | None = None, label: str | None = None, least: int = 0
) -> tuple[str, ...]:
    """Runs of the dataset, several; in the URL by id. At first all visible runs, or `default`."""
    table = loaders.runs(dataset)
    names = dict(zip(table["run"].astype(str), table["label"].astype(str), strict=True))
    value = state.settle_all(state.RUNS, list(names), list(names) if default is None else default)
    if len(value) < least:
        value = tuple(names)[:least]
    key = state.widget(page, state.RUNS)
    st.session_state[key] = list(value)
    st.multiselect(
        label or t("common.models"),
        list(names),
        format_func=lambda run: names.get(run, run),
        key=key,
        help=t("common.models_help"),
        on_change=lambda: state.write(state.RUNS, st.session_state[key]),
    )
    return value


def user_search(
    dataset: str, *, page: str, name: str = state.USER, default: int | None = None, opens: bool = False
) -> int | None:
    """Row number of the chosen user, or None. The id stands in the URL; `opens`: a search takes its first."""
    data = loaders.dataset(dataset)
    return _search(
        f"{page}_{name}",
        name,
        t("common.users_search"),
        t("common.users_pick"),
        data.n_users,
        lambda query: loaders.find_users(dataset, query),
        lambda index: str(data.users.ids[index]),
        lambda text: int(data.users.index_of([text])[0]),
        lambda index: str(data.users.ids[index]),
        default,
        opens,
    )


def item_search(
    dataset: str, *, page: str, name: str = state.ITEM, default: int | None = None, opens: bool = False
) -> int | None:
    """Row number of the chosen item, or None. The id stands in the URL, the title on the screen; `opens`: a
    search takes its first match."""
    data = loaders.dataset(dataset)
    return _search(
        f"{page}_{name}",
        name,
        t("common.items_search"),
        t("common.items_pick"),
        data.n_items,
        lambda query: loaders.find_items(dataset, query),
        lambda index: str(data.items.ids[index]),
        lambda text: int(data.items.index_of([text])[0]),
        lambda index: item_label(dataset, index),
        default,
        opens,
    )


def item_label(dataset: str, index: int) -> str:
    """Title first, the id behind it where it differs."""
    data = loaders.dataset(dataset)
    title, item = str(data.titles[index]), str(data.items.ids[index])
    return title if title == item else f"{shorten(title)} ({item})"


def _search(
    key: str,
    name: str,
    search_label: str,
    pick_label: str,
    n_known: int,
    find: Callable[[str], tuple[list[int], int]],
    to_id: Callable[[int], str],
    from_id: Callable[[str], int],
    label: Callable[[int], str],
    default: int | None,
    opens: bool,
) -> int | None:
    """A search box and the matches beside it; what was chosen stays listed, and chosen unless `opens`."""
    left, right = st.columns(2)

    def take_first() -> None:
        typed = str(st.session_state[f"{key}_query"]).strip()
        if opens and typed and (matches := find(typed)[0]):
            state.write(name, to_id(matches[0]))

    query = left.text_input(
        search_label, key=f"{key}_query", persist_state="session", on_change=take_first
    ).strip()
    matches, n_found = find(query)
    if query and not matches:
        left.caption(t("common.nothing_found", query=query, n=count(n_known)))
    elif query and n_found > len(matches):
        left.caption(t("common.found_more", shown=len(matches), n=count(n_found)))
    in_url = state.read(name)
    chosen = from_id(in_url) if in_url is not None else -1
    value = chosen if chosen >= 0 else default if default is not None else (matches[0] if matches else None)
    options = matches if value is None or value in matches else [value, *matches]
    if value is not None:
        state.write(name, to_id(value))
    pick_key = f"{key}_pick"
    st.session_state[pick_key] = value
    right.selectbox(
        pick_label,
        options,
        format_func=label,
        key=pick_key,
        on_change=lambda: state.write(name, to_id(st.session_state[pick_key])),
    )
    return value
