"""What a person adds to runs: a note and tags; and the way of a run back into the form."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.models import MODELS
from dashboard import loaders
from dashboard.components.links import go_to
from dashboard.components.split_choice import write_choice
from dashboard.components.training_forms import fill_form
from dashboard.loaders.run_notes import LONGEST_NOTE, MOST_TAGS, RunNote, write_note
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.workspace.saved_splits import SplitChoice


def tag_filter(runs: pd.DataFrame, notes: dict[str, RunNote]) -> pd.DataFrame:
    """The runs that bear every chosen tag; nothing is asked where none has a tag."""
    tags = sorted({tag for run in runs["run"] for tag in notes.get(run, RunNote()).tags})
    if not tags:
        return runs
    wanted = st.pills(
        t("runs.tags_show"), tags, selection_mode="multi", key="runs_tags", label_visibility="collapsed"
    )
    bears = [set(wanted or ()) <= set(notes.get(run, RunNote()).tags) for run in runs["run"]]
    return runs[bears]


def note_form(dataset: str, run: str, notes: dict[str, RunNote]) -> None:
    """Note and tags of one run; kept when they change."""
    note = notes.get(run, RunNote())
    tags = sorted({tag for one in notes.values() for tag in one.tags})
    place, beside = st.columns([3, 2])
    keys = f"runs_note_{run}", f"runs_tags_{run}"
    place.text_area(
        t("runs.note"),
        note.text,
        max_chars=LONGEST_NOTE,
        height=68,
        key=keys[0],
        on_change=_keep,
        args=(dataset, run, *keys),
        placeholder=t("runs.note_hint"),
    )
    beside.multiselect(
        t("runs.tags"),
        tags,
        default=list(note.tags),
        accept_new_options=True,
        max_selections=MOST_TAGS,
        key=keys[1],
        on_change=_keep,
        args=(dataset, run, *keys),
        placeholder=t("runs.tags_hint"),
    )


def _keep(dataset: str, run: str, note: str, tags: str) -> None:
    write_note(dataset, run, st.session_state[note] or "", st.session_state[tags] or ())


def shown_notes(runs: pd.DataFrame, notes: dict[str, RunNote]) -> None:
    """The notes of these runs, below the table."""
    lines = [
        t("runs.note_line", label=literal(str(row.label)), words=literal(_words(notes[row.run])))
        for row in runs.itertuples()
        if row.run in notes
    ]
    if lines:
        st.caption("  \n".join(lines))


def _words(note: RunNote) -> str:
    tags = " ".join(f"#{tag}" for tag in note.tags)
    return " · ".join(part for part in (" ".join(note.text.split()), tags) if part)


def clone_button(chosen: list[str]) -> None:
    """Models, settings, seed, split and policy of the chosen runs into the training form."""
    metas = [loaders.run_meta(run) for run in chosen]
    trained = [meta for meta in metas if meta.model in MODELS]
    if not trained or len(trained) < len(metas) or len({meta.model for meta in trained}) < len(trained):
        return
    if st.button(t("runs.clone"), key="runs_clone", help=t("runs.clone_help")):
        take(trained)
        go_to("train")


def take(metas: list[Any]) -> None:
    """Fill the form with runs of different models, and choose the conditions of the first."""
    first = metas[0]
    write_choice(
        SplitChoice(
            first.protocol, dict(first.split_config), first.split_seed, first.policy, dict(first.limits)
        )
    )
    fill_form({meta.model: meta.config for meta in metas}, seed=first.seed)
