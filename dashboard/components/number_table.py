"""Tables whose numbers are written as everywhere else and still sort as numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
from pandas.io.formats.style import Styler

from dashboard.text.numbers import MISSING


def written(table: pd.DataFrame, words: Mapping[str, Callable[[float], str]]) -> Styler:
    """The table for `st.dataframe`: each column of `words` shows its words, and is sorted by its numbers."""
    return table.style.format(dict(words), na_rep=MISSING)
