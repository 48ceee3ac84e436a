"""D017: e-mail addresses, telephone, card and bank account numbers in ids and columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.checks.base import KNOW, LOOK, Answer, DoesNotApply, answer
from data.checks.wording import number, plural, share
from data.dataset import Dataset
from data.split import Split

MANY = 0.01  # share of the values of a column from which it is grave
REAL = 0.5  # share of number-like values that must pass their checksum: one of ten passes by chance
EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
# With a country code behind + (or 00 and a separator), or grouped as in America, or 0 and an area code.
PHONE = (
    r"(?:\+[1-9][0-9 ()./-]{6,18}[0-9]|\b00[1-9][0-9]?[ ()./-][0-9 ()./-]{5,17}[0-9]"
    r"|\(?\b[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4}\b|\b0[1-9][0-9]{1,3}[ /-][0-9]{5,9}\b)"
)
CARD = r"\b[3-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}\b"
IBAN = r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"


def luhn(text: str) -> bool:
    """Whether the digits pass the check of card numbers (Luhn 1960, ISO/IEC 7812)."""
    digits = [int(digit) for digit in reversed(re.sub(r"\D", "", text))]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return 13 <= len(digits) <= 19 and (sum(digits[::2]) + doubled) % 10 == 0


def iban(text: str) -> bool:
    """Whether the text passes the check of bank account numbers (ISO 13616: modulo 97)."""
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _phone(text: str) -> bool:
    return 8 <= len(re.sub(r"\D", "", text)) <= 15


Kind = tuple[str, str, str, Callable[[str], bool] | None]
KINDS: tuple[Kind, ...] = (
    ("emails", "e-mail addresses", EMAIL, None),
    ("phones", "telephone numbers", PHONE, _phone),
    ("cards", "card numbers", CARD, luhn),
    ("accounts", "bank account numbers", IBAN, iban),
)


class PersonalData:
    """Values that name or reach a person, looked for by their form and, for numbers, their checksum."""

    code: ClassVar[str] = "D017"
    name: ClassVar[str] = "personal_data"
    title: ClassVar[str] = "Personal data in ids or texts"
    why: ClassVar[str] = (
        "Ids and titles are shown in lists, reports and exports, so what stands in them is passed on. No "
        "model needs an address, and a column of them tells users apart without telling their taste."
    )
    fix: ClassVar[str] = (
        "Import again with pseudonyms for user ids, and leave columns with such texts out of the mapping."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = True

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Look through user ids, item ids, and the texts of the user and item tables."""
        looked, grave = 0, False
        values: dict[str, float] = {}
        parts, examples = list[str](), list[str]()
        for where, of_users, texts in _columns(dataset):
            filled = len(texts) - texts.null_count
            looked += filled
            for key, what, pattern, check in KINDS:
                hits = _hits(texts, pattern, check)
                if hits:
                    values[key] = values.get(key, 0) + len(hits)
                    grave = grave or of_users or len(hits) >= MANY * filled
                    parts.append(f"{number(len(hits))} of {number(filled)} {where} hold {what}")
                    examples += [f"{where}: {masked(hit)}" for hit in hits[:2]]
        if not looked:
            return DoesNotApply("There are no ids and no texts.")
        if not parts:
            values = {"values": looked}
            return answer(
                None, f"None of {plural(looked, 'id or text', 'ids and texts')} looks personal.", values
            )
        total = sum(values.values())
        sentence = f"{'; '.join(parts)} ({share(total / looked)} of all ids and texts)."
        return answer(LOOK if grave else KNOW, sentence, values, tuple(examples))


def masked(text: str) -> str:
    """The first sign, and of an address the ending, or of a number its last two digits: a…@….org, +…42."""
    if "@" in text:
        return f"{text[0]}…@….{text.rsplit('.', 1)[-1]}"
    return f"{text[0]}…{text[-2:]}"


def _columns(dataset: Dataset) -> Iterator[tuple[str, bool, pa.Array]]:
    """Name in a sentence, whether it belongs to users, and the texts."""
    yield "user ids", True, _texts(dataset.users.ids)
    yield "item ids", False, _texts(dataset.items.ids)
    for side, table in (("user", dataset.user_features), ("item", dataset.item_features)):
        if table is None:
            continue
        for name in table.columns:
            if not pd.api.types.is_numeric_dtype(table[name].dtype):
                values = table[name].astype(object).where(table[name].notna(), None).to_numpy()
                yield f"values of {name!r} of the {side} table", side == "user", _texts(values)


def _texts(values: NDArray[np.object_]) -> pa.Array:
    return pa.array([None if value is None else str(value) for value in values], type=pa.large_string())


def _hits(texts: pa.Array, pattern: str, check: Callable[[str], bool] | None) -> list[str]:
    """What was found, one per value; for numbers with a checksum nothing, where hardly any passes."""
    candidates = texts.filter(pc.match_substring_regex(texts, pattern)).to_pylist()
    found = [hit for text in candidates if (hit := _first(pattern, text)) is not None]
    if check is None:
        return found
    passed = [text for text in found if check(text)]
    return passed if len(passed) >= REAL * len(found) else []


def _first(pattern: str, text: str) -> str | None:
    """The first match that does not go on a longer number."""
    for match in re.finditer(pattern, text):
        before = text[: match.start()].rstrip(" -./")
        if not before[-1:].isdigit() or match.start() == 0:
            return match.group(0)
    return None
