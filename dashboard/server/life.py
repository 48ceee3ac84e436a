"""The life of the server: open and mend the store, look after jobs, warm up, be ready, end."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.jobs.incident import attempt
from dashboard.jobs.supervisor import Supervisor
from dashboard.server import owner, upload
from dashboard.server.warming import KERNELS, LATER, warm_all
from dashboard.tasks.reconcile import take_in
from dashboard.tasks.tour import first_job
from data.artifacts import Home, remove_leftovers

HEAVY = (
    "pandas",
    "pyarrow",
    "scipy.sparse",
    "plotly.graph_objects",
    "numba",
    "torch",
    "implicit.als",
)
LEFTOVER_S = 24 * 3600  # a half-written folder this old has no writer any more
log = logging.getLogger("rankscope.server")


class Life:
    """What one server start holds; `ready` is set when pages are quick."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.supervisor: Supervisor | None = None
        self.warming: threading.Thread | None = None

    def begin(self) -> None:
        """Open the store, take in what is on disk, queue the sample on a first start, start the threads.

        Raises:
            StoreBusy: another process has the store.
        """
        home, store, jobs = Home.current(), owner.store(), owner.jobs()
        take_in(home, store)
        attempt(lambda: upload.clear_old(home, needed=upload.orders()))
        attempt(lambda: remove_leftovers(home, older_than_s=LEFTOVER_S))
        upload.token()  # made before the first page asks for it
        if wants_sample(len(store.datasets()), len(jobs.list())):
            jobs.submit(*first_job())
        self.supervisor = Supervisor(home, store, jobs)
        self.supervisor.tick()
        self.supervisor.start()
        self.warming = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
        self.warming.start()

    def end(self) -> None:
        """Stop the threads and close the store; workers go on."""
        if self.supervisor is not None:
            self.supervisor.stop()
        owner.close()

    def _warm_up(self) -> None:
        """Load what is slow to load, then take it out of the garbage collector's way.

        Ready comes before the explainer that only one page needs; it follows on this thread.
        """
        attempt(preload)
        _settle()
        self.ready.set()
        log.info("ready")
        attempt(lambda: warm_all(modules=LATER))
        _settle()


def _settle() -> None:
    """Streamlit collects garbage after every rerun; its cost grows with the objects alive."""
    gc.collect()
    gc.freeze()


def wants_sample(n_datasets: int, n_jobs: int) -> bool:
    """Is this a first start (nothing stored, nothing tried) that should show the built-in sample?"""
    return n_datasets == 0 and n_jobs == 0 and os.environ.get("RANKSCOPE_NO_SAMPLE", "") in ("", "0")


def preload() -> None:
    """Import the heavy libraries and load the compiled kernels that pages use."""
    for name in HEAVY:
        importlib.import_module(name)
    warm_all(modules=KERNELS)


LIFE = Life()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start-up and shut-down hooks of the ASGI app."""
    del app
    await to_thread.run_sync(LIFE.begin)
    try:
        yield
    finally:
        await to_thread.run_sync(LIFE.end)


async def ready(request: Request) -> Response:
    """GET /api/ready: `{"ready": bool}` with 200 or 503."""
    del request
    is_ready = LIFE.ready.is_set()
    return JSONResponse({"ready": is_ready}, status_code=200 if is_ready else 503)
