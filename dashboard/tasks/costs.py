"""What a run costs beside its training time: memory, time to answer, size on disk."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Self

import numpy as np
import psutil

from core.device import Device
from core.models.base import Recommender
from core.ranking import recommend
from dashboard.tasks.judging import Conditions, K
from dashboard.workspace.listed import as_seen_by

EVERY_S = 0.02  # between two looks at the memory
MEGABYTE = 1e6
ASKED = 256  # users whose lists are timed
ROUNDS = 3  # the quickest counts: what else runs on the machine only slows down
ENOUGH_S = 1.0  # no further round after this


class PeakMemory:
    """The most memory that the work inside `with` took above what was there before, in megabytes.

    RAM is the process's resident memory, looked at every 20 ms: a shorter peak may be missed, and memory that
    was free inside the process is used without being counted. GPU is what torch allocated.
    """

    def __init__(self, device: Device) -> None:
        self._cuda = device.used == "cuda"
        self._process = psutil.Process()
        self._stop = threading.Event()
        self.ram_mb = 0.0
        self.gpu_mb = 0.0

    def __enter__(self) -> Self:
        self._before = self._most = self._process.memory_info().rss
        if self._cuda and (torch := sys.modules.get("torch")):
            torch.cuda.reset_peak_memory_stats()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._look()
        self.ram_mb = round((self._most - self._before) / MEGABYTE, 1)
        if self._cuda and (torch := sys.modules.get("torch")):
            self.gpu_mb = round(torch.cuda.max_memory_allocated() / MEGABYTE, 1)

    def _watch(self) -> None:
        while not self._stop.wait(EVERY_S):
            self._look()

    def _look(self) -> None:
        self._most = max(self._most, self._process.memory_info().rss)


def answer_ms(model: Recommender, conditions: Conditions) -> float | None:
    """Milliseconds per user for a list of 50, many users at a time; None without a user."""
    holdout = conditions.split.validation
    rows = np.arange(min(ASKED, len(holdout)))
    if len(rows) == 0:
        return None
    histories = as_seen_by(model, holdout.rows(rows))
    quickest, spent = float("inf"), 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        recommend(model, histories, k=K, policy=conditions.policy, candidates=conditions.candidates)
        seconds = time.perf_counter() - began
        quickest, spent = min(quickest, seconds), spent + seconds
        if spent > ENOUGH_S:
            break
    return round(1000 * quickest / len(rows), 4)


def costs(model: Recommender, conditions: Conditions, memory: PeakMemory) -> dict[str, float]:
    """ram_mb, gpu_mb (0 on the CPU), size_mb (the model's arrays), answer_ms (where a user can be asked)."""
    size = sum(array.nbytes for array in model.arrays().values())
    found = {"ram_mb": memory.ram_mb, "gpu_mb": memory.gpu_mb, "size_mb": round(size / MEGABYTE, 3)}
    answer = answer_ms(model, conditions)
    return found if answer is None else {**found, "answer_ms": answer}
