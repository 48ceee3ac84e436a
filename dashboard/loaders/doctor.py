"""Reads of the data doctor: every check of a dataset and of its recommended split."""

from __future__ import annotations

import streamlit as st

from dashboard.loaders.datasets import advice, dataset, split
from data.checks import Result, run_checks


@st.cache_resource(max_entries=16, show_spinner=False)
def examination(dataset_id: str, slow: bool) -> tuple[list[Result], str]:
    """Results, the gravest first, and the split they looked at in words."""
    advised = advice(dataset_id)
    config = advised.config if isinstance(advised.config, dict) else advised.config.model_dump()
    parts = split(dataset_id, advised.protocol, dict(config))
    return run_checks(dataset(dataset_id), parts, slow=slow), parts.description
