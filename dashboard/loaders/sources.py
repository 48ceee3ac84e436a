"""Where pages read from: the one store, workspace and job queue of this process, opened on first use."""

from __future__ import annotations

from dashboard.server.owner import jobs, store, workspace
from data.artifacts import Home

__all__ = ["home", "jobs", "store", "workspace"]


def home() -> Home:
    """The folder of this process (RANKSCOPE_HOME)."""
    return Home.current()
