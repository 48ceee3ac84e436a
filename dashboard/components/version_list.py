"""The versions of a data set: what each added to the one before."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders
from dashboard.components.number_table import written
from dashboard.text import t
from dashboard.text.numbers import date_time, exact_count
from dashboard.views.imports import version_table


def version_list(dataset: str) -> None:
    """A table of the versions, the newest first; nothing where there is only one."""
    metas = [loaders.dataset_meta(str(one)) for one in loaders.datasets()["id"]]
    table = version_table(metas, dataset)
    if len(table) < 2:
        return
    st.markdown(f"**{t('import_data.versions')}**")
    counts = ("events", "users", "items", "new_events", "new_users", "new_items")
    names = {name: t(f"import_data.column_{name}") for name in ("version", "dataset", "created", *counts)}
    st.dataframe(
        written(table.assign(created=table["created"].map(date_time)), dict.fromkeys(counts, exact_count)),
        hide_index=True,
        key="import_versions",
        column_config=names,
    )
    st.caption(t("import_data.versions_words"))
