"""Reads about datasets: the list, one dataset, its profile, its possible splits, and search in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.loaders.sources import home, store, workspace
from data.artifacts import dataset_meta as read_dataset_meta
from data.dataset import Dataset
from data.profile import Profile
from data.profile import profile as compute_profile
from data.split import Split
from data.splits import SPLITTERS, SplitAdvice, propose_policy, recommend_split

FOUND = 50  # matches that a search returns


def datasets() -> pd.DataFrame:
    """id, name, created, events, users, items, source; the newest first."""
    table = store().datasets()
    return table.sort_values("created", ascending=False, kind="stable").reset_index(drop=True)


def dataset(dataset_id: str) -> Dataset:
    """The stored dataset, its arrays memory-mapped."""
    return workspace().dataset(dataset_id)


def dataset_meta(dataset_id: str) -> dict[str, Any]:
    """Name, sizes and facts (the import report) as stored."""
    return _meta(str(home().root), dataset_id)


def version_of(dataset_id: str) -> int:
    """1 for a first import; later versions count on."""
    return int(dataset_meta(dataset_id).get("version") or 1)


@st.cache_data(max_entries=64, show_spinner=False)
def _meta(root: str, dataset_id: str) -> dict[str, Any]:
    del root  # part of the cache key only
    return read_dataset_meta(home(), dataset_id)


def split(dataset_id: str, protocol: str, config: dict[str, Any] | None = None, seed: int = 0) -> Split:
    """The split of a dataset under a protocol."""
    return workspace().split(dataset_id, protocol, config or {}, seed)


def protocol_label(protocol: str) -> str:
    """The name of a protocol for people."""
    return SPLITTERS[protocol].label if protocol in SPLITTERS else protocol


@st.cache_resource(max_entries=8, show_spinner=False)
def profile(dataset_id: str) -> Profile:
    """Numbers and curves of a dataset, with the cold share under the recommended split."""
    data = dataset(dataset_id)
    advised = advice(dataset_id)
    parts = split(dataset_id, advised.protocol, _plain(advised.config))
    return compute_profile(data, parts)


@st.cache_resource(max_entries=8, show_spinner=False)
def advice(dataset_id: str) -> SplitAdvice:
    """The recommended protocol with its reason and the counts of all protocols."""
    return recommend_split(dataset(dataset_id))


@st.cache_data(max_entries=16, show_spinner=False)
def policy_advice(dataset_id: str) -> tuple[str, str]:
    """("hide" or "allow", the reason)."""
    return propose_policy(dataset(dataset_id))


def find_items(dataset_id: str, query: str) -> tuple[list[int], int]:
    """(item numbers whose title or id holds `query`, how many there are); most popular first."""
    texts, order = _item_index(dataset_id)
    return _find(texts, order, query)


def find_users(dataset_id: str, query: str) -> tuple[list[int], int]:
    """(user numbers whose id holds `query`, how many there are); exact match first, then most active."""
    texts, order = _user_index(dataset_id)
    return _find(texts, order, query)


def _find(texts: pd.Series, order: NDArray[np.int64], query: str) -> tuple[list[int], int]:
    wanted = query.strip().lower()
    if not wanted:
        return [int(index) for index in order[:FOUND]], len(order)
    hits = order[texts.iloc[order].str.contains(wanted, regex=False).to_numpy(dtype=bool)]
    exact = texts.iloc[hits].str.split("\n").map(lambda names: wanted in names).to_numpy(dtype=bool)
    ranked = np.concatenate([hits[exact], hits[~exact]])
    return [int(index) for index in ranked[:FOUND]], len(ranked)


@st.cache_resource(max_entries=4, show_spinner=False)
def _item_index(dataset_id: str) -> tuple[pd.Series, NDArray[np.int64]]:
    data = dataset(dataset_id)
    texts = pd.Series(
        [f"{title}\n{item}".lower() for title, item in zip(data.titles, data.items.ids, strict=True)]
    )
    events = np.bincount(data.interactions.item, minlength=data.n_items)
    return texts, np.argsort(-events, kind="stable")


@st.cache_resource(max_entries=4, show_spinner=False)
def _user_index(dataset_id: str) -> tuple[pd.Series, NDArray[np.int64]]:
    data = dataset(dataset_id)
    events = np.bincount(data.interactions.user, minlength=data.n_users)
    return pd.Series([str(user).lower() for user in data.users.ids]), np.argsort(-events, kind="stable")


def _plain(config: Any) -> dict[str, Any]:
    return dict(config) if isinstance(config, dict) else dict(config.model_dump())
