"""Reads of the data doctor: every check of a dataset and of its recommended split."""

from __future__ import annotations

import streamlit as st

from dashboard.loaders.datasets import advice, dataset, split
from dashboard.loaders.sources import home
from dashboard.workspace.examinations import read_examination
from data.checks import OUTCOMES, Result, run_checks


@st.cache_resource(max_entries=16, show_spinner=False)
def _made(dataset_id: str, slow: bool) -> tuple[list[Result], str]:
    advised = advice(dataset_id)
    config = advised.config if isinstance(advised.config, dict) else advised.config.model_dump()
    parts = split(dataset_id, advised.protocol, dict(config))
    return run_checks(dataset(dataset_id), parts, slow=slow), parts.description


def examination(dataset_id: str, slow: bool) -> tuple[list[Result], str]:
    """Results, the gravest first, and the split they looked at in words.

    Args:
        slow: make slow checks here and now; otherwise those that a job has made are added.
    """
    results, description = _made(dataset_id, slow)
    if not slow:
        results = [*results, *read_examination(home(), dataset_id)]
        results.sort(key=lambda result: (OUTCOMES.index(result.outcome), result.check.code))
    return results, description
