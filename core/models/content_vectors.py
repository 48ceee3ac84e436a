"""What is known of items or users as short dense vectors, for networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.models.base import Arrays
from core.models.features import FeatureSpace, learn_features
from core.models.spectral import top_right_vectors


@dataclass(frozen=True, eq=False)
class ContentVectors:
    """TF-IDF profiles on their leading singular vectors (Deerwester et al., 1990)."""

    space: FeatureSpace
    basis: NDArray[np.float32]  # (width of the space, dims)

    def of(self, table: pd.DataFrame | None, n: int) -> NDArray[np.float32]:
        """(n, dims) rows of length 1, or 0 where nothing is known; `table` has n rows or is None."""
        vectors = np.asarray(self.space.profiles(table, n) @ self.basis, dtype=np.float32)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0))

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """Everything, as arrays named `<prefix>…`."""
        return {f"{prefix}{key}": value for key, value in self.space.arrays().items()} | {
            f"{prefix}basis": self.basis
        }

    @classmethod
    def restore(cls, arrays: Arrays, prefix: str) -> ContentVectors | None:
        """The reverse of `arrays`; None where there are none of this prefix."""
        own = {key.removeprefix(prefix): value for key, value in arrays.items() if key.startswith(prefix)}
        return cls(FeatureSpace.restore(own), np.asarray(own["basis"])) if own else None


def learn_content(table: pd.DataFrame | None, taught: NDArray[np.bool_], dims: int) -> ContentVectors | None:
    """Columns and directions from the `taught` (n,) rows; None where nothing is known of any of them."""
    space = learn_features(table, taught)
    profiles = space.profiles(table, len(taught))[np.flatnonzero(taught)]
    if not profiles.nnz:
        return None
    basis, _ = top_right_vectors(profiles, dims)
    return ContentVectors(space, basis)
