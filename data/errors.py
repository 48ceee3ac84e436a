"""Errors an analyst can act on. Each says what is wrong (with the value seen), and what to do next."""

from __future__ import annotations


class RankscopeError(Exception):
    """A problem that is safe to show: `problem` says what is wrong, `hint` what to do."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem if not hint else f"{problem} {hint}")
        self.problem = problem
        self.hint = hint


class DataError(RankscopeError):
    """A file or stored table is not usable."""


class ConfigError(RankscopeError):
    """A setting is out of range or contradicts another."""


class NotFound(RankscopeError):
    """The stored dataset, run or case does not exist."""


class NotApplicable(RankscopeError):
    """A valid request that this model or data cannot answer; shown as a calm note."""


class StoreBusy(RankscopeError):
    """The store is in use by another process."""


class Cancelled(Exception):
    """Raised by a `Report` when the person asked the work to stop."""
