"""What is known of items: a mapping of the columns, and the feature table in the order of the id map."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator

from data.columns import CATEGORIES, CATEGORY_SEPARATOR, ITEM, TEXT, TITLE
from data.errors import DataError
from data.reading.shape import FileShape
from data.reading.words import NAMES, named, plain, words
from data.wording import number

LONG = 80  # characters; longer on average is text rather than a title or a category
IMAGE = "image"
OWN_NAMES = {TITLE, CATEGORIES, TEXT, IMAGE}
IMAGES = words(
    "image imageurl imageurls imageurlhighres images img imgurl picture pictureurl photo photourl poster "
    "posterurl posterpath cover coverurl thumbnail thumbnailurl imagepath"
)
PICTURE = re.compile(r"https?://\S+|\S+\.(jpe?g|png|gif|webp|avif|svg)", re.IGNORECASE)


class ItemsMapping(BaseModel):
    """Which columns of an item table hold the id, the title, the categories and longer text."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Column with the item id, as in the events.")
    title: str | None = Field(default=None, description="Column with the name people know.")
    categories: tuple[str, ...] = Field(default=(), description="Columns with genres or categories, joined.")
    text: tuple[str, ...] = Field(default=(), description="Columns with descriptions, joined.")
    image: str | None = Field(default=None, description="Column with the address or path of a picture.")
    others: tuple[str, ...] = Field(default=(), description="Further columns kept as numbers or text.")

    @property
    def used(self) -> tuple[str, ...]:
        """Every column of the file that is named."""
        title = () if self.title is None else (self.title,)
        image = () if self.image is None else (self.image,)
        return (self.id, *title, *self.categories, *self.text, *image, *self.others)

    @field_validator("categories", "text", "others", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        if value is None:
            return ()
        return (value,) if isinstance(value, str) else value


def propose_items(
    preview: pd.DataFrame, shape: FileShape, ids: Collection[str] | None = None
) -> ItemsMapping:
    """Guess the columns of an item table.

    Args:
        preview: some rows as text.
        shape: the shape they were read with.
        ids: item ids of the events; the column that shares most values with them is the id.
    """
    names = [str(name) for name in preview.columns]
    key = id_column(preview, ids, ITEM) if shape.columns else names[0]
    image = next((name for name in names if name != key and _shows_pictures(name, preview[name])), None)
    rest = [
        name
        for name in names
        if name not in (key, image)
        and not is_clutter(preview[name])
        and not _repeats(preview[name], preview[key])
    ]
    title = _title_column(preview, rest)
    left = [name for name in rest if name != title]
    categories = named(CATEGORIES, tuple(left))
    if categories is None:
        categories = next((name for name in left if _is_list_of_words(preview[name])), None)
    left = [name for name in left if name != categories]
    texts = tuple(name for name in left if plain(name) in NAMES[TEXT] or _mean_length(preview[name]) > LONG)
    return ItemsMapping(
        id=key,
        title=title,
        categories=(categories,) if categories else (),
        text=texts,
        image=image,
        others=tuple(name for name in left if name not in texts),
    )


def id_column(preview: pd.DataFrame, ids: Collection[str] | None, role: str) -> str:
    """The column that names most of `ids`, else the one whose name says item (user) or id, else the first."""
    names = [str(name) for name in preview.columns]
    if ids:
        known = set(ids)
        named_ids = [len(known & set(preview[name].dropna())) for name in names]
        best = int(np.argmax(named_ids))
        if named_ids[best] > 0 and preview[names[best]].nunique() > 0.5 * len(preview):
            return names[best]
    return named(role, tuple(names)) or next((name for name in names if plain(name) == "id"), names[0])


def _repeats(values: pd.Series, key: pd.Series) -> bool:
    """Whether a column says the id again."""
    filled = values.notna()
    return bool(filled.any()) and float((values[filled] == key[filled]).mean()) >= 0.95


def _shows_pictures(name: str, values: pd.Series) -> bool:
    """A column named like pictures, of addresses or names of picture files."""
    if plain(name) not in IMAGES:
        return False
    texts = [text for value in _texts(values) if (text := _first_of(value))]
    return bool(texts) and sum(bool(PICTURE.fullmatch(text)) for text in texts) >= 0.8 * len(texts)


def _first_of(value: str) -> str:
    """The value, or the first member of a list in JSON."""
    pieces = _pieces(value.strip())
    return value.strip() if pieces is None else next(iter(pieces), "")


def _is_list_of_words(values: pd.Series) -> bool:
    """Lists in JSON whose members come back: tags, attributes, departments."""
    texts = _texts(values)
    lists = [pieces for text in texts if (pieces := _pieces(text)) is not None]
    members = [piece for pieces in lists for piece in pieces]
    return len(lists) >= 0.8 * len(texts) > 0 and len(members) >= 2 * len(set(members)) > 0


def _texts(values: pd.Series) -> list[str]:
    return [str(value).strip() for value in values if not _absent(value)]


def _mean_length(values: pd.Series) -> float:
    texts = _texts(values)
    return float(np.mean([len(text) for text in texts])) if texts else 0.0


def is_clutter(values: pd.Series) -> bool:
    """Links to pictures and pages, lists of ids and markup say nothing to a reader."""
    texts = [_flat_text(text) for text in _texts(values)]
    if not texts or all(text.startswith(("http://", "https://")) for text in texts):
        return True
    return float(np.mean([len(text) for text in texts])) > LONG and not _is_prose(texts)


def _is_prose(texts: list[str]) -> bool:
    whole = "".join(texts[:200])
    words = sum(letter == " " for letter in whole)
    return words >= 0.05 * len(whole) and sum(letter.islower() for letter in whole) >= 0.4 * len(whole)


def _title_column(preview: pd.DataFrame, names: list[str]) -> str | None:
    """The column whose name says title, else the short text column with most different values."""
    by_name = named(TITLE, tuple(names))
    if by_name is not None and not (plain(by_name) in NAMES[TEXT] and _mean_length(preview[by_name]) > LONG):
        return by_name
    best, most = None, 1
    for name in names:
        texts = _texts(preview[name])
        wordy = [text for text in texts if any(letter.isalpha() for letter in text)]
        if not texts or len(wordy) < 0.9 * len(texts) or not 3 <= _mean_length(preview[name]) <= LONG:
            continue
        if plain(name) not in NAMES[CATEGORIES][:7] and len(set(texts)) > most:
            best, most = name, len(set(texts))
    return best


def item_features(
    table: pd.DataFrame, mapping: ItemsMapping, ids: NDArray[np.object_], *, where: str
) -> tuple[pd.DataFrame, list[str]]:
    """The feature table in id order, and notes in words.

    Args:
        table: text columns, one row per item; the first row of an id counts.
        ids: (n,) item ids.
        where: name of the source, for messages.

    Raises:
        DataError: a mapped column is missing, or no id of the table occurs among `ids`.
    """
    missing = [name for name in mapping.used if name not in table]
    if missing:
        raise DataError(
            f"{where} has no column {missing[0]!r}.",
            f"Choose one of: {', '.join(map(str, table.columns))}.",
        )
    first = table[table[mapping.id].notna()].drop_duplicates(mapping.id).set_index(mapping.id)
    present = pd.Index(ids).isin(first.index)
    if not present.any():
        raise DataError(
            f"No item id of {where} occurs in the events: {_examples(first.index)} against {_examples(ids)}.",
            "Choose another id column for the items, or another item column for the events.",
        )
    rows = first.reindex(pd.Index(ids))
    notes = [f"{where} describes {number(int(present.sum()))} of {number(len(ids))} items."]
    if (doubled := len(table) - len(first)) > 0:
        notes.append(
            f"{number(doubled)} rows of {where} repeat an id or have none; the first row of an id counts."
        )
    if (unseen := len(first) - int(present.sum())) > 0:
        notes.append(f"{number(unseen)} items of {where} have no event and were left out.")
    return _features(rows, mapping), notes


def _examples(values: Sequence[str] | NDArray[np.object_] | pd.Index) -> str:
    return ", ".join(repr(str(value)) for value in list(values[:3]))


def _features(rows: pd.DataFrame, mapping: ItemsMapping) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    if mapping.title is not None:
        columns[TITLE] = _cleaned(rows[mapping.title], _flat_text)
    if mapping.categories:
        columns[CATEGORIES] = _joined(
            [_categories(rows[name]) for name in mapping.categories], CATEGORY_SEPARATOR
        )
    if mapping.text:
        columns[TEXT] = _joined([_cleaned(rows[name], _flat_text) for name in mapping.text], " ")
    if mapping.image is not None:
        columns[IMAGE] = _cleaned(rows[mapping.image], _first_of)
    for name in mapping.others:
        values = number_or_text(rows[name])
        if values.notna().any():
            columns[free_name(name, columns.keys() | OWN_NAMES)] = values
    return pd.DataFrame(columns).reset_index(drop=True)


def free_name(name: str, taken: Collection[str]) -> str:
    """A column name without line breaks that differs from those taken even where capitals do not count."""
    name = " ".join(name.split())
    lower, unique, count = {other.lower() for other in taken}, name, 1
    while unique.lower() in lower:
        count += 1
        unique = f"{name}_{count}"
    return unique


def _cleaned(values: pd.Series, clean: Callable[[str], str]) -> pd.Series:
    texts = [None if _absent(value) else clean(value) or None for value in values]
    return pd.Series(texts, index=values.index, dtype="str")


def _absent(value: object) -> bool:
    return value is None or value != value or str(value).strip() in ("", "[]", "{}")


def _pieces(value: str) -> list[str] | None:
    """The members of a JSON list, nested ones included; None for anything else."""
    if not value.startswith("["):
        return None
    try:
        members = json.loads(value)
    except json.JSONDecodeError:
        return None
    flat: list[str] = []
    for member in members:
        flat.extend(str(part) for part in (member if isinstance(member, list) else [member]))
    return [part.strip() for part in flat if part.strip()]


def _flat_text(value: str) -> str:
    pieces = _pieces(value.strip())
    return value.strip() if pieces is None else " ".join(pieces)


def _categories(values: pd.Series) -> pd.Series:
    """Categories separated by |, each once; lists in JSON, with commas or semicolons are recognised."""
    separator = _separator(_texts(values))

    def split(value: str) -> str:
        pieces = _pieces(value.strip())
        if pieces is None:
            pieces = [part.strip() for part in (value.split(separator) if separator else [value])]
        flat = (piece.replace(CATEGORY_SEPARATOR, "/") for piece in pieces if piece)
        return CATEGORY_SEPARATOR.join(dict.fromkeys(flat))

    return _cleaned(values, split)


def _separator(texts: list[str]) -> str | None:
    """The mark between categories: one that many cells hold and whose pieces come back in other cells."""
    different = set(texts)
    for mark in (CATEGORY_SEPARATOR, ";", ","):
        with_mark = [text for text in different if mark in text]
        pieces = {piece.strip() for text in different for piece in text.split(mark)}
        if mark == CATEGORY_SEPARATOR and with_mark:
            return mark
        if len(with_mark) >= 0.2 * len(different) and len(pieces) <= 0.7 * len(different):
            return mark
    return None


def _joined(parts: list[pd.Series], separator: str) -> pd.Series:
    whole = parts[0]
    for part in parts[1:]:
        both = whole.notna() & part.notna()
        whole = whole.fillna(part).mask(both, whole + separator + part)
    return whole


def number_or_text(values: pd.Series) -> pd.Series:
    """Numbers where at least 95 % of the filled cells are numbers, else text."""
    texts = _cleaned(values, lambda text: text.strip().lstrip("$€£"))
    numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
    filled = int(texts.notna().sum())
    if filled and int(numbers.notna().sum()) >= 0.95 * filled:
        return numbers.where(np.isfinite(numbers))
    return _cleaned(values, _flat_text)
