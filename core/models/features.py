"""What is known of items or users as sparse profiles: words, pieces of words, values and numbers as columns.

Words of titles and texts, and their pieces of three letters, are hashed into a fixed number of columns by a
seeded hash that is the same in every process; categories and values have a column of their own. So the row of
an item that arrives later falls into the same columns, and `FeatureSpace` keeps all it takes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from data.columns import CATEGORIES, CATEGORY_SEPARATOR, TEXT, TITLE

HASHED = 2**13  # columns of words, and as many again of their pieces
SEED = b"rankscope"  # of the hash: never changed, stored models rely on it
PIECE = 3  # letters
BINS = 10  # of a column of numbers, by equal shares of rows
FEWEST = 2  # rows that share a value; one alone connects nothing
WORDY = 4.0  # words a cell on average: more is text rather than a value
PIECES_COUNT = 0.5  # pieces of words beside whole words
FIRST = 1000  # rows that are looked at before a whole column is
LEFT_OUT = ("image",)  # addresses of pictures say nothing
WORD = re.compile(r"\w+")
FIELDS = ("names", "kinds", "edges", "values", "idf")  # what a space is stored as
TEXTS, LISTS, NUMBERS, VALUES = range(4)  # how a column is read


def anything_known(table: pd.DataFrame | None) -> bool:
    """Whether a table says anything of anyone, pictures apart."""
    if table is None:
        return False
    columns = (table[name] for name in table if name not in LEFT_OUT)
    return any(_filled(column.head(FIRST)).any() or _filled(column).any() for column in columns)


@dataclass(frozen=True, eq=False)
class FeatureSpace:
    """The columns of profiles, and how much each counts."""

    names: NDArray[np.str_]  # (c,) columns of the table that are read
    kinds: NDArray[np.uint8]  # (c,) how: TEXTS, LISTS, NUMBERS or VALUES
    edges: NDArray[np.float64]  # (c, BINS − 1) inner edges of numbers, else NaN
    values: NDArray[np.str_]  # (v,) "column=value", sorted
    idf: NDArray[np.float32]  # (2 · HASHED + v,) 0 for what no taught row has

    @property
    def width(self) -> int:
        """Number of columns of a profile."""
        return 2 * HASHED + len(self.values)

    def profiles(
        self, table: pd.DataFrame | None, n: int, *, text_weight: float = 1.0, pieces: float = PIECES_COUNT
    ) -> csr_matrix:
        """(n, width) float32 TF-IDF profiles, rows of length 1, or 0 where nothing is known.

        Words, pieces and values each have length 1 before they are joined, words and pieces times
        `text_weight`: otherwise a long text would drown the categories. A count f enters as 1 + ln f.

        Args:
            table: n rows; columns that the space does not know are passed over, absent ones are empty.
            n: number of rows, also where there is no table.
            text_weight: of words beside values.
            pieces: weight of pieces beside whole words; 0 leaves them out.
        """
        if table is None:
            table = pd.DataFrame(index=range(n))
        counted = self._counts(table)
        counted.data = (1 + np.log(counted.data)) * self.idf[counted.indices]
        blocks = np.searchsorted([HASHED, 2 * HASHED], counted.indices, side="right")
        scale = np.array([text_weight, text_weight * pieces, 1.0])
        row_of = np.repeat(np.arange(n), np.diff(counted.indptr))
        length = np.sqrt(np.bincount(3 * row_of + blocks, counted.data**2, minlength=3 * n))
        counted.data *= scale[blocks] / np.where(length > 0, length, 1)[3 * row_of + blocks]
        whole = np.sqrt(np.bincount(row_of, counted.data**2, minlength=n))
        counted.data /= np.where(whole > 0, whole, 1)[row_of]
        counted.eliminate_zeros()
        return counted.astype(np.float32)

    def _counts(self, table: pd.DataFrame) -> csr_matrix:
        """(n, width) how often each column occurs."""
        places = {value: 2 * HASHED + place for place, value in enumerate(self.values.tolist())}
        tokens = _Tokens()
        cells: list[list[NDArray[np.int64]]] = [[] for _ in range(len(table))]
        for name, kind, edges in zip(self.names.tolist(), self.kinds, self.edges, strict=True):
            if name not in table:
                continue
            known = np.flatnonzero(_filled(table[name]))
            column = table[name].to_numpy()
            if kind == TEXTS:
                for row in known:
                    cells[row].append(tokens.of(str(column[row])))
            else:
                for row, said in zip(known, _said(name, kind, column[known], edges), strict=True):
                    cells[row].append(np.array([places[one] for one in said if one in places], np.int64))
        lengths = [sum(len(part) for part in parts) for parts in cells]
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        indices = np.concatenate([part for parts in cells for part in parts] or [np.empty(0, np.int64)])
        counted = csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(table), self.width))
        counted.sum_duplicates()
        return counted

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything, as arrays named `features_…`."""
        return {f"features_{name}": getattr(self, name) for name in FIELDS}

    @classmethod
    def restore(cls, arrays: Mapping[str, NDArray[Any]]) -> FeatureSpace:
        """The reverse of `arrays`."""
        return cls(*(np.asarray(arrays[f"features_{name}"]) for name in FIELDS))


def learn_features(table: pd.DataFrame | None, taught: NDArray[np.bool_]) -> FeatureSpace:
    """Columns, values and weights from the `taught` rows only: what comes later must not teach.

    A column counts ln((1 + n) / (1 + df)) + 1 (smoothed inverse document frequency; Spärck Jones, 1972) with
    df of the n taught rows having it, and 0 where none has.

    Args:
        table: one row per item or user, or None.
        taught: (n,) rows to learn from.
    """
    known = pd.DataFrame() if table is None else table[taught]
    kinds = {str(name): _kind(str(name), known[name]) for name in known if name not in LEFT_OUT}
    edges = np.full((len(kinds), BINS - 1), np.nan)
    for place, (name, kind) in enumerate(kinds.items()):
        if kind == NUMBERS:
            shares = np.arange(1, BINS) / BINS
            edges[place] = np.quantile(known[name].dropna().to_numpy(dtype=np.float64), shares)
    names = np.asarray(list(kinds), dtype=np.str_)
    how = np.fromiter(kinds.values(), dtype=np.uint8, count=len(kinds))
    bare = FeatureSpace(names, how, edges, _values(known, kinds, edges), np.zeros(0, dtype=np.float32))
    df = np.bincount(bare._counts(known).indices, minlength=bare.width)
    idf = np.where(df > 0, np.log((1 + len(known)) / (1 + df)) + 1, 0).astype(np.float32)
    return FeatureSpace(names, how, edges, bare.values, idf)


def _values(known: pd.DataFrame, kinds: Mapping[str, int], edges: NDArray[np.float64]) -> NDArray[np.str_]:
    """ "column=value" of everything that at least `FEWEST` rows share, sorted."""
    found: list[str] = []
    for (name, kind), inner in zip(kinds.items(), edges, strict=True):
        if kind != TEXTS:
            column = known[name].to_numpy()[_filled(known[name])]
            said = [one for cell in _said(name, kind, column, inner) for one in set(cell)]
            texts, counts = np.unique(np.asarray(said, dtype=np.str_), return_counts=True)
            found += texts[counts >= FEWEST].tolist()
    return np.asarray(sorted(found), dtype=np.str_)


def _filled(values: pd.Series) -> NDArray[np.bool_]:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.notna().to_numpy(dtype=bool)
    return (values.notna() & (values.astype("str").str.strip() != "")).to_numpy(dtype=bool)


def _kind(name: str, values: pd.Series) -> int:
    """How a column is read: by its name where that is spelt for it, else by what it holds."""
    if name in (TITLE, TEXT):
        return TEXTS
    if name == CATEGORIES:
        return LISTS
    if pd.api.types.is_numeric_dtype(values.dtype):
        return NUMBERS if values.nunique() > BINS else VALUES
    filled = values[_filled(values)].astype("str")
    words = filled.str.count(WORD.pattern).mean() if len(filled) else 0.0
    return TEXTS if words >= WORDY else VALUES


def _said(name: str, kind: int, cells: Iterable[Any], edges: NDArray[np.float64]) -> Iterator[list[str]]:
    """The "column=value" of each cell."""
    say: Callable[[Any], list[str]]
    if kind == NUMBERS:
        say = lambda cell: [f"{name}={int(np.searchsorted(edges, float(cell), side='right'))}"]  # noqa: E731
    elif kind == LISTS:
        say = lambda cell: [  # noqa: E731
            f"{name}={part.strip()}" for part in str(cell).split(CATEGORY_SEPARATOR) if part.strip()
        ]
    else:
        say = lambda cell: [f"{name}={cell}"]  # noqa: E731
    return (say(cell) for cell in cells)


class _Tokens:
    """Columns of the words and pieces of a text; each word is taken apart once."""

    def __init__(self) -> None:
        self._known: dict[str, NDArray[np.int64]] = {}

    def of(self, text: str) -> NDArray[np.int64]:
        """Columns of all words and their pieces, repeats kept."""
        words = WORD.findall(text.casefold())
        parts = [self._word(word) for word in words]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def _word(self, word: str) -> NDArray[np.int64]:
        if word not in self._known:
            padded = f" {word} "
            pieces = [padded[start : start + PIECE] for start in range(len(padded) - PIECE + 1)]
            columns = [_column(word), *(HASHED + _column(piece) for piece in pieces)]
            self._known[word] = np.array(columns, dtype=np.int64)
        return self._known[word]


def _column(token: str) -> int:
    digest = hashlib.blake2b(token.encode(), digest_size=8, key=SEED).digest()
    return int.from_bytes(digest, "little") % HASHED
