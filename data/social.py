"""Who trusts or befriends whom: pairs of users as an edge list over the users of the events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.errors import DataError
from data.reading.shape import FileShape
from data.reading.words import parts, words
from data.recipe import SocialMapping
from data.wording import number

SOURCES = frozenset(words("source from trustor truster follower user src"))
TARGETS = frozenset(words("target to trustee followee friend followed dst"))
FRIENDS = frozenset(words("friend friends friendship buddy"))


@dataclass(frozen=True, eq=False)
class Edges:
    """Pairs of users of the events, each once, ordered by source and target; and what was left out."""

    pairs: NDArray[np.int32]  # (n, 2) source, target
    rows: int  # of the file
    incomplete: int  # rows without one of the ids
    selfs: int  # rows of a user with itself
    repeated: int
    strangers: int  # different pairs with a user who has no event
    mutual: bool  # every pair of the file stands there in both directions


def propose_social(
    preview: pd.DataFrame, shape: FileShape, ids: Collection[str] | None = None
) -> SocialMapping:
    """Guess the two columns of a list of pairs: those that share most values with the user ids.

    Raises:
        DataError: fewer than two columns.
    """
    del shape
    names = [str(name) for name in preview.columns]
    if len(names) < 2:
        raise DataError(
            f"The list of pairs has {len(names)} column(s): {', '.join(names)}.",
            "Each row needs two users; check the separator.",
        )
    best = sorted(names, key=lambda name: -_share_of_ids(preview[str(name)], set(ids or ())))[:2]
    first, second = sorted(best, key=names.index)
    if set(parts(first)) & TARGETS and set(parts(second)) & SOURCES and not set(parts(first)) & SOURCES:
        first, second = second, first
    says_friend = any(set(parts(name)) & FRIENDS for name in (first, second))
    return SocialMapping(source=first, target=second, mutual=says_friend)


def _share_of_ids(values: pd.Series, ids: set[str]) -> float:
    """Share of the different values that are ids; a column of one value (a constant weight) names nobody."""
    different = values.dropna().unique()
    return float(np.mean([value in ids for value in different])) if len(different) > 1 else -1.0


def edges(table: pd.DataFrame, mapping: SocialMapping, ids: NDArray[np.object_], *, where: str) -> Edges:
    """The pairs over the row numbers of `ids`.

    Args:
        table: text columns, one row per pair.
        ids: (n,) user ids of the events; pairs with others are left out and counted.
        where: name of the source, for messages.

    Raises:
        DataError: a mapped column is missing.
    """
    for name in mapping.used:
        if name not in table:
            raise DataError(
                f"{where} has no column {name!r}.", f"Choose one of: {', '.join(map(str, table.columns))}."
            )
    given = table[[mapping.source, mapping.target]].set_axis(["source", "target"], axis=1)
    whole = given.dropna()
    others = whole[whole["source"] != whole["target"]]
    pairs = others.drop_duplicates()
    back = pairs.set_axis(["target", "source"], axis=1)[["source", "target"]]
    mutual = len(pairs) > 0 and len(pairs.merge(back)) == len(pairs)
    if mapping.mutual and not mutual:
        pairs = pd.concat([pairs, back], ignore_index=True).drop_duplicates()
    place = pd.Index(ids, dtype=object)
    coded = np.stack([place.get_indexer(pd.Index(pairs[end], dtype=object)) for end in pairs], axis=1)
    met = coded[(coded >= 0).all(axis=1)].astype(np.int32)
    return Edges(
        met[np.lexsort((met[:, 1], met[:, 0]))],
        rows=len(given),
        incomplete=len(given) - len(whole),
        selfs=len(whole) - len(others),
        repeated=len(others) - len(others.drop_duplicates()),
        strangers=len(pairs) - len(met),
        mutual=mutual,
    )


def in_words(found: Edges, mapping: SocialMapping, where: str) -> list[str]:
    """What became of the rows, for the report."""
    kind = "in both directions" if found.mutual or mapping.mutual else "in one direction"
    said = [f"{where} has {number(found.rows)} pairs of users, {kind}; {number(len(found.pairs))} are kept."]
    if found.strangers:
        said.append(f"{number(found.strangers)} pairs name a user without events and were left out.")
    for n, what in (
        (found.repeated, "repeat an earlier pair"),
        (found.selfs, "name one user twice"),
        (found.incomplete, "lack a user"),
    ):
        if n:
            said.append(f"{number(n)} pairs of {where} {what} and were left out.")
    return said
