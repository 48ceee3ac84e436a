"""What the data doctor found, ready to show: the gravest first, counts, one table of all checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from data.checks import CHECKS, Result

QUICK_EVENTS = 2_000_000  # up to here slow checks are made at once


@dataclass(frozen=True)
class Examination:
    """Results by what they ask of the reader; each list is ordered by severity, then code."""

    found: list[Result]
    n_grave: int
    n_nothing: int
    n_apart: int
    left_out: list[str]  # titles of the checks that were not made

    @property
    def n_made(self) -> int:
        return len(self.found) + self.n_nothing + self.n_apart


def examined(results: Sequence[Result]) -> Examination:
    """Sort results of `data.checks.run_checks` by outcome."""
    outcomes = [result.outcome for result in results]
    made = {result.check.name for result in results}
    return Examination(
        found=[result for result in results if result.outcome in ("look", "know")],
        n_grave=outcomes.count("look"),
        n_nothing=outcomes.count("nothing"),
        n_apart=outcomes.count("not_applicable"),
        left_out=[check.title for name, check in CHECKS.items() if name not in made],
    )


def check_table(results: Sequence[Result], outcomes: Mapping[str, str]) -> pd.DataFrame:
    """code, title, outcome (in words), sentence of every check, by code."""
    rows = [
        {
            "code": result.check.code,
            "title": result.check.title,
            "outcome": outcomes[result.outcome],
            "sentence": result.sentence,
        }
        for result in sorted(results, key=lambda result: result.check.code)
    ]
    return pd.DataFrame(rows, columns=["code", "title", "outcome", "sentence"])
