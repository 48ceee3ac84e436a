"""Codes that are no products, told by how they are written, what they are called and how they are booked.

Nothing here knows a shop: a code speaks against itself when it is written unlike nearly all others, when its
description consists of words of fees, or when it is mostly booked with a negative weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.cleaning.fee_words import FEES, is_phrase_of_fees, known_share, may_name_fees, said
from data.cleaning.suggestions import Evidence, Suggestion
from data.coded import MISSING, Coded
from data.columns import ITEM, TITLE
from data.reading.words import NAMES, plain
from data.wording import number, percent

FEW = 20  # codes, below which no way of writing is the usual one
USUAL = 0.9  # share of codes with a digit, from which one without is odd
NEARLY_ALL = 0.98  # and from which a short code without one is suspect by itself
RARE = 0.01  # share of codes of the same form, below which the form is odd
SHORT = 5  # letters of an abbreviation
HALF = 0.5  # share of words of fees that is enough for an odd code
BOOKED_BACK = 0.5  # share of negative rows that speaks against an odd code
ENOUGH_ROWS = 5
ASSORTMENT = 0.05  # share of codes called like fees, from which the shop sells just that


@dataclass(frozen=True, eq=False)
class _Codes:
    ids: list[str]
    names: list[str]  # descriptions, empty where none is known
    rows: NDArray[np.int64]  # with a user
    negative: NDArray[np.float64]  # share of all rows
    digit: NDArray[np.bool_]  # whether the code has a digit
    rare: NDArray[np.bool_]  # whether few codes are written like it
    fees: NDArray[np.bool_]  # whether a word of its description is one of fees

    @property
    def digits(self) -> float:
        """Share of codes with a digit."""
        return float(self.digit.mean()) if len(self.digit) else 0.0


def propose_non_products(coded: Coded, item_table: pd.DataFrame | None) -> Suggestion | None:
    """Codes to set aside, each with its reason; None where nothing looks like one.

    Args:
        item_table: column "item" and what follows from the item, as text.
    """
    codes = _codes(coded, item_table)
    found = _by_form(codes)
    by_name = {k: why for k, why in _by_name(codes).items() if k not in found}
    if len(found) + len(by_name) <= max(ASSORTMENT * len(codes.ids), 3):
        found |= by_name
        found |= _called_alike(codes, found)
    if not found:
        return None
    order = sorted(found, key=lambda k: (-codes.rows[k], codes.ids[k]))
    evidence = tuple(Evidence(codes.ids[k], found[k], int(codes.rows[k])) for k in order)
    rows = int(codes.rows[order].sum())
    shown = ", ".join(item.id for item in evidence[:5]) + (", …" if len(evidence) > 5 else "")
    codes_are = "1 code looks" if len(evidence) == 1 else f"{number(len(evidence))} codes look"
    return Suggestion(
        "non_products",
        f"{codes_are} like no product: {shown} ({number(rows)} rows with a user).",
        rows,
        {"drop_items": tuple(item.id for item in evidence)},
        evidence,
    )


def _codes(coded: Coded, table: pd.DataFrame | None) -> _Codes:
    ids = [str(item) for item in coded.items]
    named = coded.user != MISSING
    n_items = len(ids)
    total = np.maximum(np.bincount(coded.item, minlength=n_items), 1)
    negative = np.bincount(coded.item[coded.weight < 0], minlength=n_items) / total
    rows = np.bincount(coded.item[named], minlength=n_items)
    texts, names = pa.array(ids, type=pa.large_string()), _names(ids, table)
    digit = pc.match_substring_regex(texts, r"\d").to_numpy(zero_copy_only=False)
    fees = may_name_fees(pa.array(names, type=pa.large_string())).to_numpy(zero_copy_only=False)
    return _Codes(ids, names, rows, negative, digit, _rarely_written(texts), fees)


def _rarely_written(texts: pa.Array) -> NDArray[np.bool_]:
    """Codes of which few have the form: runs of digits as 9, of letters as A, others as they are
    (85123A: 9A)."""
    forms = pc.replace_substring_regex(pc.replace_substring_regex(texts, r"\d+", "9"), r"\pL+", "A")
    kinds = forms.dictionary_encode().indices.to_numpy()
    return np.asarray(np.bincount(kinds)[kinds] < RARE * len(kinds), dtype=bool)


def _names(ids: list[str], table: pd.DataFrame | None) -> list[str]:
    column = None if table is None else _name_column(table)
    if table is None or column is None:
        return [""] * len(ids)
    known = table.dropna(subset=[column])
    of = dict(zip(known[ITEM].astype(str), known[column].astype(str), strict=True))
    return [of.get(text, "") for text in ids]


def _name_column(table: pd.DataFrame) -> str | None:
    """The column with the title; without one the text column with the most different values."""
    columns = [str(name) for name in table.columns if name != ITEM]
    named = [name for name in columns if plain(name) in NAMES[TITLE]]
    if named:
        return min(named, key=lambda name: NAMES[TITLE].index(plain(name)))
    texts = table.select_dtypes(exclude="number").drop(columns=ITEM, errors="ignore").nunique()
    return str(texts.idxmax()) if len(texts) else None


def _by_form(codes: _Codes) -> dict[int, str]:
    """Codes written unlike nearly all others, with something else that speaks against them."""
    if len(codes.ids) < FEW:
        return {}
    found = {}
    for k in np.flatnonzero(~codes.digit | codes.rare).tolist():
        odd = _odd(codes, k)
        if odd is None:
            continue
        words = said(codes.names[k])
        if known_share(words) >= HALF:
            found[k] = f"{odd}; it is called {codes.names[k]!r}"
        elif codes.negative[k] >= BOOKED_BACK and codes.rows[k] >= ENOUGH_ROWS:
            found[k] = f"{odd}; {percent(codes.negative[k])} of its rows are negative"
        elif _abbreviation(codes, codes.ids[k]):
            found[k] = odd + (f"; it is called {codes.names[k]!r}" if words else "")
    return found


def _odd(codes: _Codes, k: int) -> str | None:
    if codes.digits < USUAL:
        return None
    if codes.digit[k]:
        return "the code is written unlike nearly all others" if codes.rare[k] else None
    with_digit = f"{number(codes.digit.sum())} of {number(len(codes.ids))} codes have"
    return f"the code has no digit, as {with_digit}"


def _abbreviation(codes: _Codes, text: str) -> bool:
    return len(text) <= SHORT and text.isalpha() and codes.digits >= NEARLY_ALL


def _by_name(codes: _Codes) -> dict[int, str]:
    """Codes of any form of which every word is one of fees: the description has two or more, or the code
    itself is the word."""
    found = {}
    for k in np.flatnonzero(codes.fees | ~codes.digit).tolist():
        words = said(codes.names[k])
        if is_phrase_of_fees(words):
            found[k] = f"it is called {codes.names[k]!r}"
        elif not codes.digit[k] and known_share(said(codes.ids[k])) == 1:
            found[k] = "the code is the word for a fee"
    return found


def _called_alike(codes: _Codes, found: dict[int, str]) -> dict[int, str]:
    """Codes called like one of those found, but for numbers: a voucher over another amount."""
    alike = {said(codes.names[k]): k for k in found if set(said(codes.names[k])) & FEES}
    more = {}
    for k in np.flatnonzero(codes.fees).tolist():
        twin = alike.get(said(codes.names[k])) if codes.names[k] and k not in found else None
        if twin is not None and len(said(codes.names[k])) >= 2:
            more[k] = f"it is called {codes.names[k]!r}, as {codes.ids[twin]} is"
    return more
