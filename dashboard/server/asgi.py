"""The server: `streamlit run dashboard/server/asgi.py` with the project root as working folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from dashboard.server.headers import SecurityHeaders
from dashboard.server.life import lifespan, ready
from dashboard.server.upload import routes


def on_script_error(error: Exception) -> Any:
    """A bug in a page: the traceback goes to the log, a short notice with its number to the page."""
    from dashboard.components.problem import unexpected  # its caches want the runtime, which starts later

    return unexpected(error)


app = st.App(
    Path(__file__).resolve().parents[1] / "app.py",
    routes=[
        *routes(),
        Route("/api/ready", ready, methods=["GET"]),
    ],
    middleware=[Middleware(SecurityHeaders)],
    lifespan=lifespan,
    on_script_error=on_script_error,
)
