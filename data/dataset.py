"""Immutable values: who (IdMap), what happened (Interactions), and both with features (Dataset)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from data import columns

Index = NDArray[np.int64]
UNKNOWN = -1  # an id that the map does not hold; a user the model never met


@dataclass(frozen=True, eq=False)
class IdMap:
    """Row number ↔ external id. Ids are kept as text, exactly as they stood in the file."""

    ids: NDArray[np.object_]  # (n,) str, all different

    @cached_property
    def _position(self) -> pd.Index[Any]:
        return pd.Index(self.ids, dtype=object)

    def index_of(self, values: Sequence[Any] | NDArray[Any]) -> NDArray[np.int32]:
        """Row numbers of `values` (compared as text), `UNKNOWN` (-1) where absent."""
        texts = pd.Index([str(value) for value in values], dtype=object)
        return np.asarray(self._position.get_indexer(texts), dtype=np.int32)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Interactions:
    """Parallel arrays of events, sorted by (user, time, file position).

    `rows` selects events of the base arrays: a part of a split holds row numbers, never copies;
    the selected columns are materialised only when asked for.
    """

    base_user: NDArray[np.int32]
    base_item: NDArray[np.int32]
    base_weight: NDArray[np.float32]
    base_time: NDArray[np.int64] | None = None  # epoch seconds, UTC
    base_event: NDArray[np.uint8] | None = None
    base_labels: NDArray[np.float32] | None = None
    base_session: NDArray[np.int32] | None = None  # code of the visit; equal within one, no meaning across
    base_part: NDArray[np.uint8] | None = None  # where a given split puts it: 0 train, 1 validation, 2 test
    rows: Index | None = None

    def _column(self, base: NDArray[Any] | None) -> Any:
        return base if base is None or self.rows is None else base[self.rows]

    @cached_property
    def user(self) -> NDArray[np.int32]:
        return self._column(self.base_user)  # type: ignore[no-any-return]

    @cached_property
    def item(self) -> NDArray[np.int32]:
        return self._column(self.base_item)  # type: ignore[no-any-return]

    @cached_property
    def weight(self) -> NDArray[np.float32]:
        return self._column(self.base_weight)  # type: ignore[no-any-return]

    @cached_property
    def time(self) -> NDArray[np.int64] | None:
        return self._column(self.base_time)  # type: ignore[no-any-return]

    @cached_property
    def event(self) -> NDArray[np.uint8] | None:
        return self._column(self.base_event)  # type: ignore[no-any-return]

    @cached_property
    def labels(self) -> NDArray[np.float32] | None:
        return self._column(self.base_labels)  # type: ignore[no-any-return]

    @cached_property
    def session(self) -> NDArray[np.int32] | None:
        return self._column(self.base_session)  # type: ignore[no-any-return]

    @cached_property
    def part(self) -> NDArray[np.uint8] | None:
        return self._column(self.base_part)  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return len(self.base_user) if self.rows is None else len(self.rows)

    def take(self, rows: Index) -> Interactions:
        """The events at `rows` of this selection; order is kept, nothing is copied."""
        chosen = np.asarray(rows, dtype=np.int64)
        return replace(self, rows=chosen if self.rows is None else self.rows[chosen])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Interactions with id maps and what is known of users and items.

    Feature tables have one row per user or item in id-map order, or are None. Item features use the
    columns of `data.columns` (title, categories separated by `|`, text) plus any others of the file.
    """

    interactions: Interactions
    users: IdMap
    items: IdMap
    user_features: pd.DataFrame | None = None
    item_features: pd.DataFrame | None = None
    social: NDArray[np.int32] | None = None  # (n_edges, 2) user → user
    event_types: tuple[str, ...] = ()  # what the codes of `interactions.event` mean
    name: str = ""
    id: str = ""  # content hash of the stored data set; empty for one made in memory
    facts: dict[str, Any] = field(default_factory=dict)  # provenance kept with the stored data set

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.items)

    @property
    def has_times(self) -> bool:
        return self.interactions.base_time is not None

    @cached_property
    def matrix(self) -> csr_matrix:
        """(n_users, n_items) float32, canonical (sorted, repeats summed)."""
        from data.event_kernels import csr_arrays  # numba is slow to import, and most who look need no matrix

        events, shape = self.interactions, (self.n_users, self.n_items)
        matrix = csr_matrix(csr_arrays(events.user, events.item, events.weight, shape), shape=shape)
        matrix.has_canonical_format = True
        return matrix

    @cached_property
    def trained_items(self) -> NDArray[np.bool_]:
        """(n_items,) items with at least one interaction: the candidates of a model fitted here."""
        present = np.zeros(self.n_items, dtype=bool)
        present[self.interactions.item] = True
        return present

    @cached_property
    def trained_users(self) -> NDArray[np.bool_]:
        """(n_users,) users with at least one interaction."""
        present = np.zeros(self.n_users, dtype=bool)
        present[self.interactions.user] = True
        return present

    @cached_property
    def titles(self) -> NDArray[np.object_]:
        """(n_items,) title of each item, or its id where no title is known."""
        if self.item_features is None or columns.TITLE not in self.item_features:
            return self.items.ids
        known = self.item_features[columns.TITLE].fillna("").to_numpy(dtype=object)
        return np.where(known.astype(bool), known, self.items.ids)

    def with_interactions(self, interactions: Interactions) -> Dataset:
        """The same world with other events (a part of a split)."""
        return replace(self, interactions=interactions)
