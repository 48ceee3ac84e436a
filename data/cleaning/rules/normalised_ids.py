"""Ids like 17850.0 become 17850, blanks around them go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.cleaning.base import NOTHING, Effect, Mask
from data.cleaning.config import Cleaning
from data.coded import MISSING, Coded
from data.wording import number

DECIMAL = r"^([+-]?\d+)\.0+$"  # a whole number that was written as a float


class NormalisedIds:
    """Only with consent: two ids that become one were two before."""

    name: ClassVar[str] = "normalised_ids"
    label: ClassVar[str] = "ids normalised"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To all ids, as all are text."""
        return None

    def is_on(self, cleaning: Cleaning) -> bool:
        """By `normalise_ids`."""
        return cleaning.normalise_ids

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """On."""
        return {"normalise_ids": True}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Rewrite and merge ids; codes stay in ascending order of the ids."""
        user, users, other_users = _merged(rows.user, rows.users)
        item, items, other_items = _merged(rows.item, rows.items)
        if user is rows.user and item is rows.item:
            return NOTHING
        changed = other_users[rows.user] | other_items[rows.item]
        n_merged = len(rows.users) - len(users) + len(rows.items) - len(items)
        note = f"{number(other_users.sum() + other_items.sum())} ids are written anew, "
        note += _example(rows.users if other_users.any() else rows.items)
        note += f"; {number(n_merged)} of them became one with another." if n_merged else "."
        return Effect(
            rows=replace(rows, user=user, users=users, item=item, items=items), changed=changed, note=note
        )


def _example(ids: NDArray[np.object_]) -> str:
    plain = normalised(ids)
    place = int(np.argmax(plain != ids))
    return f"{str(ids[place])!r} as {str(plain[place])!r}"


def normalised(ids: NDArray[np.object_]) -> NDArray[np.object_]:
    """(n,) ids without blanks around and without `.0` behind whole numbers; an id of blanks alone stays."""
    texts = pa.array(ids, type=pa.large_string())
    plain = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), DECIMAL, r"\1")
    plain = pc.if_else(pc.equal(plain, ""), texts, plain)
    return np.asarray(plain.to_numpy(zero_copy_only=False), dtype=object)


def _merged(
    codes: NDArray[np.int32], ids: NDArray[np.object_]
) -> tuple[NDArray[np.int32], NDArray[np.object_], Mask]:
    """Codes, ids, and (n_ids + 1,) which of the old ids changed; the last place answers for MISSING."""
    plain = normalised(ids)
    differ = np.append(plain != ids, False).astype(bool)
    if not differ.any():
        return codes, ids, differ
    texts = pa.array(plain, type=pa.large_string()).dictionary_encode()
    order = pc.array_sort_indices(texts.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    place = np.append(rank[texts.indices.to_numpy()], np.int32(MISSING)).astype(np.int32)
    merged = texts.dictionary.take(pa.array(order)).to_numpy(zero_copy_only=False)
    return place[codes], np.asarray(merged, dtype=object), differ
