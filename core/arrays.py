"""Names and shapes of the arrays that flow through core."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ItemIndices = NDArray[np.int32]  # (n,) item numbers
Scores = NDArray[np.float32]  # (n, n_items or len(items)), higher is better, −inf = not a candidate
Counts = NDArray[np.int64]  # (n,)
PerUser = NDArray[np.float64]  # (n,)
Hits = NDArray[np.bool_]  # (n, k) is the item at this rank relevant?
NO_ITEM = -1  # padding when fewer than k items can be recommended
