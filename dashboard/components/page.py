"""The frame of every page: context bar, title, one style rule, the way on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pandas as pd
import streamlit as st

from dashboard import loaders, state
from dashboard.components.empty import empty_state
from dashboard.components.job_panel import job_panel
from dashboard.components.links import go_to
from dashboard.components.pickers import dataset_picker
from dashboard.text import has, t
from dashboard.text.markdown import literal
from dashboard.text.numbers import shorten
from dashboard.views.split import limits_in_words

# The one style override: Streamlit leaves 6 rem empty above the title and 10 rem below the page. A narrow
# page keeps room for the bar that lies over it.
STYLE = """<style>
.stMainBlockContainer {padding-top: 2.5rem; padding-bottom: 4rem; max-width: 76rem;}
@media (max-width: 768px) {.stMainBlockContainer {padding-top: 4.25rem;}}
</style>"""
SHOWN_MODELS = 3


@dataclass(frozen=True, eq=False)
class Page:
    """What a page is about: the chosen dataset and its runs (visible ones, in their places)."""

    name: str
    dataset: str | None
    runs: pd.DataFrame

    @property
    def has_runs(self) -> bool:
        return len(self.runs) > 0


def frame(logo: Path, icon: Path) -> None:
    """What every page shares; called once by `app.py` before the page runs."""
    st.html(STYLE)
    st.logo(str(logo), size="large", icon_image=str(icon))
    dataset_picker()


def page(name: str, *, needs: str = "", runs: tuple[str, ...] = (), facts: str = "") -> Page:
    """Context bar and title of the page `name` (`<name>.title` in the words).

    Args:
        needs: "data" or "runs": an empty state is shown and the script stops when they are missing; its
            words are `<name>.empty_what` (what this page will show).
        runs: run ids the page has chosen, named in the context bar; empty names all.
        facts: more for the context bar, in words.
    """
    dataset = state.read(state.DATASET)
    table = loaders.runs(dataset) if dataset else pd.DataFrame()
    st.caption(_context(dataset, table, runs, facts))
    st.title(t(f"{name}.title"))
    what = t(f"{name}.empty_what") if has(f"{name}.empty_what") else ""
    if needs and dataset is None:
        nothing_yet(name, what, t("common.empty_no_data"), t("common.go_import"), "import_data")
    if needs == "runs" and table.empty:
        nothing_yet(name, what, t("common.empty_no_runs"), t("common.go_train"), "train")
    return Page(name, dataset, table)


def nothing_yet(name: str, what: str, why: str, label: str, target: str) -> NoReturn:
    """The empty state of the page `name`, above it the jobs that will fill it; the script ends here."""
    dataset = state.read(state.DATASET)
    if any(job.spec.get("dataset", dataset) == dataset for job in loaders.active_jobs()):
        job_panel(f"{name}_waits")
        why = f"{why} {t('common.empty_busy')}"
    empty_state(what, why, label, target)
    st.stop()


def next_button(label: str, target: str, *, primary: bool = False) -> None:
    """The way on: one button "Next: …" at the end of the page; primary where the page has done its work."""
    st.space("small")
    kind = "primary" if primary else "secondary"
    if st.button(t("common.next", label=label), key=f"next_{target}", type=kind):
        go_to(target)


def _context(dataset: str | None, table: pd.DataFrame, runs: tuple[str, ...], facts: str) -> str:
    if dataset is None:
        return t("common.no_dataset")
    name = str(loaders.dataset_meta(dataset)["name"])
    version = loaders.version_of(dataset)
    name = name if version == 1 else t("common.dataset_version", name=name, version=version)
    parts = [t("common.context_dataset", name=name, id=dataset)]
    chosen = table[table["run"].isin(runs)] if runs and not table.empty else table
    parts += [facts] if facts else _conditions(chosen)
    if not chosen.empty:
        parts.append(t("common.context_models", names=_names([str(label) for label in chosen["label"]])))
    return " · ".join(parts)


def _conditions(table: pd.DataFrame) -> list[str]:
    """Split and policy of the newest run: those the numbers on the page were measured under."""
    if table.empty:
        return []
    meta = loaders.run_meta(str(table.sort_values("created")["run"].iloc[-1]))
    limits = [literal(limits_in_words(meta.limits))] if meta.limits else []
    return [loaders.protocol_label(meta.protocol), t(f"common.seen_{meta.policy}"), *limits]


def _names(labels: list[str]) -> str:
    shown = ", ".join(shorten(label, 24) for label in labels[:SHOWN_MODELS])
    rest = len(labels) - SHOWN_MODELS
    return shown if rest <= 0 else t("common.context_more", names=shown, n=rest)
