"""`app`, `worker` and `warm`."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path
from typing import Any

from dashboard.cli.output import emit, say

ASGI = Path(__file__).resolve().parents[1] / "server" / "asgi.py"
FIXED_OPTIONS = {  # where .streamlit/config.toml is not found (an installed package), these still hold
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
}


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the three sub-parsers."""
    warm = commands.add_parser("warm", parents=[common], help="compile all kernels once")
    warm.set_defaults(run=run_warm)
    app = commands.add_parser("app", parents=[common], help="start the app in the browser")
    app.add_argument("--host", default="127.0.0.1")
    app.add_argument("--port", type=int, default=8501)
    app.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    app.set_defaults(run=run_app)
    worker = commands.add_parser(
        "worker", parents=[common], help="do one job, or all that wait, without the app"
    )
    worker.add_argument("job", nargs="?", metavar="JOB", help="job id (default: every queued job)")
    worker.set_defaults(run=run_worker)


def run_warm(asked: argparse.Namespace) -> None:
    """Compile, or load from the cache."""
    from dashboard.server.warming import warm_all

    began = time.perf_counter()
    modules = warm_all(lambda done, of, name: say(f"{done + 1}/{of}  {name}"))
    seconds = round(time.perf_counter() - began, 2)
    emit(asked, {"modules": modules, "seconds": seconds}, f"{modules} modules warm in {seconds} s")


def run_worker(asked: argparse.Namespace) -> int:
    """One job in this process, or the whole queue with a worker process for each."""
    from dashboard.jobs.queue import JobStore
    from dashboard.jobs.supervisor import Supervisor
    from dashboard.jobs.worker import work
    from data.home import Home
    from data.store import Store

    home = Home.current()
    jobs = JobStore(home)
    if asked.job:
        work(asked.job, home)
        done = [jobs.get(asked.job)]
    else:
        waiting = [job.id for job in jobs.active()]
        with Store(home) as store:
            Supervisor(home, store, jobs).drain()
        done = [jobs.get(job_id) for job_id in waiting]
    rows = [{"job": job.id, "kind": job.kind, "state": str(job.state), "error": job.error} for job in done]
    text = "\n".join(f"{job.id}  {job.state}  {job.title}  {job.error}".rstrip() for job in done)
    emit(asked, {"jobs": rows}, text or "No job waits.")
    return 0 if all(job.state == "done" for job in done) else 1


def run_app(asked: argparse.Namespace) -> int:
    """Start the server in the project's folder and wait for its end."""
    from data.home import Home
    from data.store import Store

    home = Home.current()
    check_port(asked.host, asked.port)
    Store(home).close()  # StoreBusy here, with its sentence, and not in the server's log
    address = f"http://{'127.0.0.1' if asked.host in ('0.0.0.0', '::') else asked.host}:{asked.port}"
    server = subprocess.Popen(command(asked.host, asked.port), cwd=project_root(home), env=environment(home))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: server.terminate())
    emit(asked, {"address": address, "home": str(home.root), "pid": server.pid}, f"Rankscope: {address}")
    sys.stdout.flush()
    if not asked.no_browser:
        threading.Thread(target=_open_when_ready, args=(address, server), daemon=True).start()
    return _wait(server)


def check_port(host: str, port: int) -> None:
    """Raises ConfigError when nothing can listen there."""
    from data.errors import ConfigError

    if not 1 <= port <= 65535:
        raise ConfigError(f"--port {port} is no port.", "Use a number from 1024 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                f"Port {port} on {host} cannot be used: {error.strerror}.",
                f"Another app may be running there; try --port {port + 1}.",
            ) from error


def command(host: str, port: int) -> list[str]:
    """The command line of the server."""
    options = {**FIXED_OPTIONS, "server.address": host, "server.port": str(port)}
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ASGI),
        *(f"--{key}={value}" for key, value in options.items()),
    ]


def project_root(home: Any) -> Path:
    """The folder with .streamlit/config.toml (theme and fonts), else the home folder."""
    for folder in ASGI.parents:
        if (folder / ".streamlit" / "config.toml").is_file():
            return folder
    return Path(home.root)


def environment(home: Any) -> dict[str, str]:
    """The server's environment: this home, its kernel cache, a cookie secret that survives restarts."""
    from dashboard.jobs.launcher import SOURCE
    from dashboard.server.keys import secret

    paths = [str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "RANKSCOPE_HOME": str(home.root),
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", str(home.cache / "numba")),
        "STREAMLIT_SERVER_COOKIE_SECRET": secret(home, "cookie"),
        "PYTHONPATH": os.pathsep.join(paths),
    }


def _wait(server: subprocess.Popen[bytes]) -> int:
    """The server's exit code; Ctrl-C reaches the server as well, which then ends in order."""
    while True:
        try:
            return max(0, server.wait())
        except KeyboardInterrupt:
            say("Stopping …")


def _open_when_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/ready", timeout=2):
                webbrowser.open(address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
