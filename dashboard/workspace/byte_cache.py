"""A cache bounded by bytes: the least recently used values go first; safe to call from threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import pandas as pd

V = TypeVar("V")
DEPTH = 6  # how deep values are searched for arrays


def bytes_of(value: Any, depth: int = DEPTH) -> int:
    """Bytes of the arrays and tables inside `value` (its attributes, items and elements)."""
    if isinstance(value, pd.DataFrame):
        return int(value.memory_usage(deep=True).sum())
    own = getattr(value, "nbytes", None)
    if isinstance(own, int):
        return own
    if depth == 0:
        return 64
    if isinstance(value, dict):
        return 64 + sum(bytes_of(part, depth - 1) for part in value.values())
    if isinstance(value, (list, tuple)):
        return 64 + sum(bytes_of(part, depth - 1) for part in value)
    inside = getattr(value, "__dict__", None)
    if inside is None or isinstance(value, type):
        return 64
    return 64 + sum(bytes_of(part, depth - 1) for part in inside.values())


class ByteCache(Generic[V]):
    """Values by key, at most `budget` bytes; a value larger than that is handed out but not kept.

    Threads that ask for the same missing key wait for one of them to load it.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._loading: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, load: Callable[[], V]) -> V:
        """The value of `key`, loaded when it is not held."""
        with self._lock:
            if key in self._values:
                return self._touch(key)
            turn = self._loading.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._values:
                    return self._touch(key)
            value = load()
            with self._lock:
                self._keep(key, value, bytes_of(value))
                self._loading.pop(key, None)
            return value

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._values)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._bytes = 0

    def _touch(self, key: Hashable) -> V:
        self._values.move_to_end(key)
        return self._values[key][0]

    def _keep(self, key: Hashable, value: V, size: int) -> None:
        if size > self.budget:
            return
        if (held := self._values.pop(key, None)) is not None:  # two threads loaded it, one after an eviction
            self._bytes -= held[1]
        self._values[key] = (value, size)
        self._bytes += size
        while self._bytes > self.budget:
            _, (_, freed) = self._values.popitem(last=False)
            self._bytes -= freed
