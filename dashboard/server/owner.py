"""The one warehouse, job queue and workspace of this process, opened when first asked for.

Pages, the supervisor and the routes share them; a test that runs pages without a server gets the same.
"""

from __future__ import annotations

import atexit
import threading
from dataclasses import dataclass, field

from dashboard.jobs.queue import JobStore
from dashboard.workspace import Workspace
from data.artifacts import Home
from data.store import Store


@dataclass
class _Owned:
    home: Home
    store: Store | None = None
    jobs: JobStore | None = None
    workspace: Workspace | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)


_lock = threading.Lock()
_owned: _Owned | None = None


def _current() -> _Owned:
    """What is owned under the present RANKSCOPE_HOME; what another home had is closed."""
    global _owned
    home = Home.current()
    with _lock:
        if _owned is None or _owned.home != home:
            _close(_owned)
            _owned = _Owned(home)
        return _owned


def store() -> Store:
    """The warehouse of this process.

    Raises:
        StoreBusy: another process has it.
    """
    owned = _current()
    with owned.lock:
        if owned.store is None:
            owned.store = Store(owned.home)
        return owned.store


def jobs() -> JobStore:
    """The job queue (shared with the workers)."""
    owned = _current()
    with owned.lock:
        if owned.jobs is None:
            owned.jobs = JobStore(owned.home)
        return owned.jobs


def workspace() -> Workspace:
    """Stored values with their caches."""
    owned = _current()
    with owned.lock:
        if owned.workspace is None:
            owned.workspace = Workspace(owned.home)
        return owned.workspace


def close() -> None:
    """Close the warehouse; the next call opens it again."""
    global _owned
    with _lock:
        _close(_owned)
        _owned = None


def _close(owned: _Owned | None) -> None:
    if owned is not None and owned.store is not None:
        owned.store.close()


atexit.register(close)
