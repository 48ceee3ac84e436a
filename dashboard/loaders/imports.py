"""A look into an uploaded file: its shape, first rows, and what its columns seem to mean."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.loaders.sources import home
from dashboard.loaders.uploads import located
from dashboard.server.sent_name import by_sent_name
from data.artifacts import dataset_table
from data.mapping import Proposal, propose
from data.reading import FileShape, preview, sniff

ROWS = 200


@dataclass(frozen=True, eq=False)
class Look:
    """What was found in a file."""

    name: str
    shape: FileShape
    preview: pd.DataFrame
    proposal: Proposal


@st.cache_resource(max_entries=8, show_spinner=False)
def look_into(upload_id: str) -> Look:
    """Shape, preview and proposed mapping.

    Raises:
        NotFound: the upload is gone.
        DataError: the file is no table with a user and an item.
    """
    path, name = located(upload_id)
    with by_sent_name((path, name)):
        shape = sniff(path)
        rows = preview(path, shape, ROWS)
        return Look(name, shape, rows, propose(rows, shape))


def quarantine(dataset_id: str) -> pd.DataFrame:
    """line, text, reason of the lines that could not be read; empty when there are none."""
    table = dataset_table(home(), dataset_id, "quarantine")
    return pd.DataFrame(columns=["line", "text", "reason"]) if table is None else table
