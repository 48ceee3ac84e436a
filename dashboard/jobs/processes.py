"""Worker processes seen from outside: who they are, whether they live, and how they are stopped."""

from __future__ import annotations

import os
import signal

import psutil

from dashboard.jobs.states import Identity

TOLERANCE_S = 0.5  # start times are kept by the kernel in hundredths of a second


def identity(pid: int | None = None) -> Identity:
    """The identity of process `pid` (this one when None). Raises psutil.NoSuchProcess."""
    process = psutil.Process(pid)
    return Identity(process.pid, process.create_time())


def alive(who: Identity | None) -> bool:
    """Does exactly this process still run? A zombie is dead, and so is a number taken by another."""
    if who is None:
        return False
    try:
        process = psutil.Process(who.pid)
        same = abs(process.create_time() - who.started) < TOLERANCE_S
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop(who: Identity | None, *, force: bool = False) -> bool:
    """Send SIGTERM (SIGKILL with `force`) to the worker's own process group; false when it is gone.

    A worker leads its own session, so its group has its number. Where it does not, only the process is
    signalled: a group that is not the worker's own is never touched.
    """
    if who is None or not alive(who):
        return False
    number = signal.SIGKILL if force else signal.SIGTERM
    try:
        if os.getpgid(who.pid) == who.pid:
            os.killpg(who.pid, number)
        else:
            os.kill(who.pid, number)
    except ProcessLookupError:
        return False
    return True
