"""What is known of users: a mapping of the columns, and the feature table in the order of the id map."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.columns import USER
from data.errors import DataError
from data.items_table import free_name, id_column, is_clutter, number_or_text
from data.reading.shape import FileShape
from data.recipe import UsersMapping


def propose_users(
    preview: pd.DataFrame, shape: FileShape, ids: Collection[str] | None = None
) -> UsersMapping:
    """Guess the columns of a user table.

    Args:
        preview: some rows as text.
        shape: the shape they were read with.
        ids: user ids of the events; the column that shares most values with them is the id.
    """
    names = [str(name) for name in preview.columns]
    key = id_column(preview, ids, USER) if shape.columns else names[0]
    kept = tuple(name for name in names if name != key and not is_clutter(preview[name]))
    return UsersMapping(id=key, columns=kept)


def user_features(
    table: pd.DataFrame, mapping: UsersMapping, ids: NDArray[np.object_], *, where: str
) -> pd.DataFrame:
    """The feature table in id order: numbers where a column holds numbers, else text.

    Args:
        table: text columns, one row per user; the first row of an id counts.
        ids: (n,) user ids.
        where: name of the source, for messages.

    Raises:
        DataError: a mapped column is missing.
    """
    missing = next((name for name in mapping.used if name not in table), None)
    if missing is not None:
        raise DataError(
            f"{where} has no column {missing!r}.", f"Choose one of: {', '.join(map(str, table.columns))}."
        )
    first = table[table[mapping.id].notna()].drop_duplicates(mapping.id).set_index(mapping.id)
    rows = first.reindex(pd.Index(ids))
    columns: dict[str, pd.Series] = {}
    for name in mapping.columns:
        values = number_or_text(rows[name])
        if values.notna().any():
            columns[free_name(name, columns)] = values
    return pd.DataFrame(columns, index=rows.index).reset_index(drop=True)
