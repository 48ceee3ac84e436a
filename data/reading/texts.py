"""Codes of the texts that several threads found become one set of codes, by the rules of the careful way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.coded import MISSING
from data.event_rows import NOTHING
from data.reading.blocks import Parsed, Worker
from data.reading.typed_kernels import place_codes, used_as

MOST_KINDS = 255
SHORT = 8  # letters; a longer text is an id whatever it says


@dataclass(frozen=True, eq=False)
class Ids:
    """Different ids in ascending order of their bytes, and whether some row has none."""

    ids: NDArray[np.object_]
    missing: bool


def coded_texts(parsed: Parsed, kind: int) -> Ids:
    """Bring the codes of this column, in place, into the ascending order of the ids."""
    found = [_seen(worker, kind) for worker in parsed.workers]
    texts = pc.unique(pa.chunked_array([texts for _, texts in found], pa.large_string()))
    absent = _absent(texts)
    ids = texts.filter(pc.invert(absent))
    ids = ids.take(pc.array_sort_indices(ids))
    for worker, (codes, own) in zip(parsed.workers, found, strict=True):
        place = np.full(int(worker.texts.used[0]), MISSING, dtype=np.int32)
        place[codes] = pc.index_in(own, value_set=ids).fill_null(MISSING).to_numpy(zero_copy_only=False)
        for block in worker.blocks:
            place_codes(parsed.out.codes[kind][parsed.rows(block)], place)
    return Ids(ids.to_numpy(zero_copy_only=False).astype(object), bool(pc.any(absent).as_py()))


def _seen(worker: Worker, kind: int) -> tuple[NDArray[np.intp], Any]:
    codes = np.flatnonzero(used_as(worker.texts.slots, kind, int(worker.texts.used[0])))
    return codes, worker.arrow().take(pa.array(codes))


def _absent(texts: Any) -> Any:
    """Which texts say that no id is there: the rule of `data.event_rows`, once for each text."""
    digit = pc.and_(pc.greater_equal(texts, "0"), pc.less(texts, ":"))
    doubtful = pc.and_(pc.invert(digit), pc.less_equal(pc.utf8_length(texts), SHORT))
    pattern = re.compile(NOTHING)
    mask = np.zeros(len(texts), dtype=bool)
    for place in np.flatnonzero(doubtful.to_numpy(zero_copy_only=False)):
        mask[place] = pattern.fullmatch(texts[int(place)].as_py().strip(" ")) is not None
    return pa.array(mask)


def first_kinds(parsed: Parsed, kind: int) -> tuple[NDArray[np.uint8], tuple[str, ...]] | None:
    """Codes of the trimmed texts in the order in which they first occur, and these; None if they are many."""
    union: dict[str, int] = {}
    for worker in parsed.workers:
        codes, texts = _seen(worker, kind)
        if len(codes) > 2 * MOST_KINDS:
            return None
        place = np.zeros(int(worker.texts.used[0]), dtype=np.int32)
        for code, text in zip(codes, texts.to_pylist(), strict=True):
            place[code] = union.setdefault(text.strip(" "), len(union))
        for block in worker.blocks:
            place_codes(parsed.out.codes[kind][parsed.rows(block)], place)
    if len(union) > MOST_KINDS:
        return None
    whole = parsed.out.codes[kind]
    _, first = np.unique(whole, return_index=True)
    order = np.argsort(first)  # code by code: every kind occurs
    rank = np.empty(len(order), dtype=np.uint8)
    rank[order] = np.arange(len(order), dtype=np.uint8)
    names = list(union)
    return rank[whole], tuple(names[code] for code in order)
