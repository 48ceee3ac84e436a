"""Users who are probably no persons: ids that stand for nobody, and bots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.cleaning.rules.extreme_users import ENOUGH, FAR
from data.cleaning.suggestions import Evidence, Suggestion
from data.coded import MISSING, Coded
from data.reading.words import words
from data.wording import number, percent

NOBODY = frozenset(
    words(
        "guest guests anonymous anon unknown none null nil nan na n/a undefined unregistered visitor nobody "
        "default user customer gast gaste anonym unbekannt invite anonyme inconnu invitado anonimo "
        "desconocido ospite sconosciuto anoniem onbekend cash walkin walk-in"
    )
)
NUMBERS = frozenset({"0", "-1", "1", "99", "999", "9999", "99999", "999999", "9999999", "99999999"})
PART, FAIR = 0.01, 20  # of all rows; times the part of each user if all were alike
NAMED_FAIR = 5  # times the fair part, where the id is a word for nobody
HASTE = 1000  # events on an average day with events: more than music all day long
DAY = 86_400


def propose_placeholders(coded: Coded) -> Suggestion | None:
    """Ids like guest or 0 that hold far more rows than a user does."""
    counts = _counts(coded)
    total, present = int(counts.sum()), int((counts > 0).sum())
    if present < 2:
        return None
    fair = total / present
    evidence = []
    for k, text in enumerate(coded.users):
        known = str(text).strip().casefold().removesuffix(".0")
        least = NAMED_FAIR * fair if known in NOBODY else max(PART * total, FAIR * fair)
        if (known in NOBODY or known in NUMBERS) and counts[k] >= least:
            share = percent(counts[k] / total)
            evidence.append(Evidence(str(text), f"{share} of all rows with a user", int(counts[k])))
    if not evidence:
        return None
    shown = ", ".join(repr(item.id) for item in evidence)
    rows = sum(item.rows for item in evidence)
    return Suggestion(
        "placeholder_users",
        f"{shown} seems to stand for all whose name is not known: {percent(rows / total)} of the rows.",
        rows,
        {"drop_users": tuple(item.id for item in evidence)},
        tuple(evidence),
    )


def propose_bots(coded: Coded, known: tuple[str, ...] = ()) -> Suggestion | None:
    """Users far outside of what the others do.

    Args:
        known: ids that are set aside already.
    """
    counts = _counts(coded)
    if known:
        counts = np.where(np.isin(coded.users.astype(str), known), 0, counts)
    present = counts[counts > 0]
    if len(present) < ENOUGH:
        return None
    total, far = int(present.sum()), FAR * float(np.quantile(present, 0.99))
    large = np.flatnonzero(counts >= max(PART, FAIR / len(present)) * total)
    evidence = []
    for k in np.flatnonzero(counts > far):
        reason = f"{number(counts[k])} rows, over {FAR} times as many as 99 % of the users"
        evidence.append(Evidence(str(coded.users[k]), reason, int(counts[k])))
    for k in large[counts[large] <= far]:
        pace = _pace(coded, int(k))
        if pace >= HASTE:
            reason = f"{number(counts[k])} rows, {number(pace)} on an average day with any"
            evidence.append(Evidence(str(coded.users[k]), reason, int(counts[k])))
    if not evidence:
        return None
    rows = sum(item.rows for item in evidence)
    who = "1 user makes" if len(evidence) == 1 else f"{number(len(evidence))} users make"
    return Suggestion(
        "bots",
        f"{who} {percent(rows / total)} of the rows, far more than a person would: "
        f"{', '.join(repr(item.id) for item in evidence[:5])}.",
        rows,
        _cut(counts, evidence, coded.users),
        tuple(evidence),
    )


def _cut(
    counts: NDArray[np.int64], evidence: list[Evidence], users: NDArray[np.object_]
) -> dict[str, object]:
    """A limit of rows where it parts these users from all others, or else their ids."""
    named = {item.id for item in evidence}
    others = max((int(n) for n, user in zip(counts, users, strict=True) if str(user) not in named), default=0)
    if 0 < others < min(item.rows for item in evidence):
        return {"max_user_events": others}
    return {"drop_users": tuple(item.id for item in evidence)}


def _counts(coded: Coded) -> NDArray[np.int64]:
    return np.bincount(coded.user[coded.user != MISSING], minlength=len(coded.users)).astype(np.int64)


def _pace(coded: Coded, user: int) -> float:
    """Rows on an average day with rows; 0 without times."""
    if coded.second is None:
        return 0.0
    days = coded.second[coded.user == user] // DAY
    return len(days) / len(np.unique(days))
