"""Reads of Split & policy: conditions, pictures, counts, folds, what a policy does; and saved splits."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from dashboard.loaders.datasets import advice, dataset
from dashboard.loaders.sources import home, store, workspace
from dashboard.tasks.folds import KIND as FOLDS
from dashboard.tasks.judging import Conditions, resolve
from dashboard.views import split as views
from dashboard.workspace import saved_splits as saved
from dashboard.workspace.saved_splits import SavedSplit as SavedSplit
from dashboard.workspace.saved_splits import SplitChoice as SplitChoice
from data.checks import CHECKS
from data.checks.base import Answer
from data.errors import DataError, NotApplicable
from data.policy import LimitColumns, limit_columns
from data.split import Split
from data.splits import SPLITTERS, count_all, each_fold, fold_table, make_splitter


def split_of(dataset_id: str, choice: SplitChoice) -> Split:
    """The parts, before any limit of the policy."""
    return workspace().split(dataset_id, choice.protocol, choice.config, choice.seed)


def refusal(dataset_id: str, choice: SplitChoice) -> str:
    """Why the protocol cannot be used on this data, with what to do; empty where it can."""
    try:
        split_of(dataset_id, choice)
    except (DataError, NotApplicable) as error:
        return str(error)
    return ""


def conditions(dataset_id: str, choice: SplitChoice) -> Conditions:
    """The conditions that a run trained now would have.

    Raises:
        ConfigError: a setting is out of range, or the limits leave no item.
        DataError, NotApplicable: the protocol cannot be used on this data.
    """
    return _conditions(str(home().root), dataset_id, _text(choice))


@st.cache_resource(max_entries=8, show_spinner=False)
def _conditions(root: str, dataset_id: str, choice: str) -> Conditions:
    del root  # part of the cache key only
    asked = _choice(choice)
    return resolve(
        workspace(), dataset_id, asked.protocol, asked.config, asked.seed, asked.policy, asked.limits
    )


def _text(choice: SplitChoice) -> str:
    return json.dumps(choice.spec(), sort_keys=True)


def _choice(text: str) -> SplitChoice:
    return SplitChoice.from_spec(json.loads(text))


def _parts_only(choice: SplitChoice) -> str:
    """The text of a choice whatever its policy: pictures of the split do not depend on it."""
    return _text(SplitChoice(choice.protocol, choice.config, choice.seed))


def picture(dataset_id: str, choice: SplitChoice) -> pd.DataFrame:
    """`views.split.timeline`."""
    return _picture(str(home().root), dataset_id, _parts_only(choice))


@st.cache_data(max_entries=16, show_spinner=False)
def _picture(root: str, dataset_id: str, choice: str) -> pd.DataFrame:
    del root
    return views.timeline(dataset(dataset_id), split_of(dataset_id, _choice(choice)))


def step(dataset_id: str) -> str:
    """The calendar step of the picture: "week"."""
    times = dataset(dataset_id).interactions.time
    return "week" if times is None or not len(times) else views.step_of(times)


def positions(dataset_id: str, choice: SplitChoice) -> pd.DataFrame:
    """`views.split.positions`."""
    return _positions(str(home().root), dataset_id, _parts_only(choice))


@st.cache_data(max_entries=16, show_spinner=False)
def _positions(root: str, dataset_id: str, choice: str) -> pd.DataFrame:
    del root
    return views.positions(dataset(dataset_id), split_of(dataset_id, _choice(choice)))


def part_table(dataset_id: str, choice: SplitChoice) -> pd.DataFrame:
    """`views.split.part_table`."""
    return views.part_table(split_of(dataset_id, choice))


def held_out_items(dataset_id: str, choice: SplitChoice) -> pd.DataFrame:
    """`views.split.held_out_items`."""
    return views.held_out_items(dataset(dataset_id), split_of(dataset_id, choice))


def check(dataset_id: str, choice: SplitChoice, name: str) -> Answer:
    """What a check of the doctor says about this split."""
    return _check(str(home().root), dataset_id, _parts_only(choice), name)


@st.cache_resource(max_entries=16, show_spinner=False)
def _check(root: str, dataset_id: str, choice: str, name: str) -> Answer:
    del root
    answer: Answer = CHECKS[name]().run(dataset(dataset_id), split_of(dataset_id, _choice(choice)))
    return answer


def protocol_counts(dataset_id: str, seed: int = 0) -> pd.DataFrame:
    """The counts of every protocol under its defaults (the recommended one under the proposed settings)."""
    return _protocol_counts(str(home().root), dataset_id, seed)


@st.cache_data(max_entries=8, show_spinner=False)
def _protocol_counts(root: str, dataset_id: str, seed: int) -> pd.DataFrame:
    del root
    advised = advice(dataset_id)
    configs = {advised.protocol: advised.config}
    return count_all(
        dataset(dataset_id), [make_splitter(name, configs.get(name)) for name in SPLITTERS], seed
    )


def folds(dataset_id: str, n: int) -> pd.DataFrame:
    """`data.splits.fold_table` of `n` rolling cuts in time.

    Raises:
        NotApplicable: no times.
        DataError: a fold would be empty.
    """
    return _folds(str(home().root), dataset_id, n)


@st.cache_data(max_entries=8, show_spinner=False)
def _folds(root: str, dataset_id: str, n: int) -> pd.DataFrame:
    del root
    return fold_table(each_fold(dataset(dataset_id), n))


def policy_effect(dataset_id: str, choice: SplitChoice) -> pd.DataFrame:
    """`views.split.policy_effect`.

    Raises:
        ConfigError: the limits leave no item.
    """
    return _policy_effect(str(home().root), dataset_id, _text(choice))


@st.cache_data(max_entries=32, show_spinner=False)
def _policy_effect(root: str, dataset_id: str, choice: str) -> pd.DataFrame:
    del root
    asked = _choice(choice)
    made = conditions(dataset_id, asked)
    return views.policy_effect(split_of(dataset_id, asked), asked.policy, made.allowed)


def candidates_left(dataset_id: str, choice: SplitChoice) -> tuple[int, int]:
    """(items that lists may show, items of train)."""
    return views.candidates_left(split_of(dataset_id, choice), conditions(dataset_id, choice).allowed)


@st.cache_data(max_entries=16, show_spinner=False)
def limit_choices(dataset_id: str) -> LimitColumns:
    """What the items of a dataset offer to limit candidates by."""
    return limit_columns(dataset(dataset_id))


def fold_scores(dataset_id: str, n: int, choice: SplitChoice) -> pd.DataFrame | None:
    """The newest figures of quick models on `n` folds under this policy: fold, model, mean, low, high, users.

    None where they were not measured yet.
    """
    for row in store().results(FOLDS, dataset_id).itertuples():
        if (row.meta["n"], row.meta["policy"], row.meta["limits"]) == (n, choice.policy, choice.limits):
            return pd.DataFrame(row.meta["points"])
    return None


# ── saved splits ──────────────────────────────────────────────────────────────────────────────────────


def saved_splits(dataset_id: str, *, hidden: bool = False) -> list[SavedSplit]:
    """The saved splits of a dataset, the newest first; deleted ones only when asked for."""
    return saved.saved_splits(store(), dataset_id, hidden=hidden)


def saved_split(dataset_id: str, id: str) -> SavedSplit:  # noqa: A002
    """One saved split by id, deleted or not. Raises NotFound."""
    return saved.saved_split(store(), dataset_id, id)


def save_split(dataset_id: str, choice: SplitChoice, name: str) -> SavedSplit:
    """Keep a split and policy under a name.

    Raises:
        ConfigError: no name, or one that is taken.
    """
    made = conditions(dataset_id, choice)
    fingerprint = made.fingerprint("validation")
    return saved.save_split(store(), dataset_id, choice, name, fingerprint=fingerprint, split=made.split)


def rename_split(dataset_id: str, id: str, name: str) -> None:  # noqa: A002
    """Another name for a saved split. Raises ConfigError as `save_split`, NotFound."""
    saved.rename_split(store(), dataset_id, id, name)


def hide_split(dataset_id: str, id: str, hidden: bool = True) -> None:  # noqa: A002
    """Delete a saved split, or bring it back."""
    saved.hide_split(store(), dataset_id, id, hidden)
