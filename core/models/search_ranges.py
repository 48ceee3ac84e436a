"""Where tuning looks by default: narrower than what the settings allow. A model's own `tuning` goes first.

Around the optima of published grids: Rendle et al. (2021) for iALS (λ .001-.1, α₀ .007-1), Steck (2019) for
EASE (ridge 15-1000 over seven data sets), Anelli et al. (2023) and Ferrari Dacrema et al. (2021) for the
neighbourhood models (neighbours 5-1000, shrinkage 0-1000), Choi et al. (2023) for BSPM (256-448 directions).
None holds a setting still, mostly since more of it costs time and never hurts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.tuning import Choices, Dimension, Range

NEIGHBOURS = Range(5, 2000, log=True, integer=True)
WIDTH = Range(16, 256, log=True, integer=True)
DIRECTIONS = Range(8, 1024, log=True, integer=True)

RANGES: dict[str, Mapping[str, Dimension | None]] = {
    "item_knn": {"n_neighbors": NEIGHBOURS, "shrinkage": Range(1, 1000, log=True)},
    "user_knn": {"n_neighbors": NEIGHBOURS, "sharpness": Range(0.5, 5)},
    "rp3beta": {"n_neighbors": NEIGHBOURS, "alpha": Range(0.1, 2), "beta": Range(0, 1.2)},
    "ease": {"regularization": Range(1, 10_000, log=True)},
    "transitions": {
        "reach": Range(1, 20, integer=True),
        "decay": Range(0.3, 1),
        "last": Range(1, 100, log=True, integer=True),
        "history_decay": Range(0.3, 1),
    },
    "gf_cf": {"factors": DIRECTIONS, "alpha": Range(0, 2)},
    "bspm": {"factors": DIRECTIONS, "beta": Range(0, 1)},
    "svd": {"factors": DIRECTIONS},
    "als": {
        "factors": WIDTH,
        "regularization": Range(0.05, 20, log=True),
        "alpha": Range(0.1, 100, log=True),
        "iterations": Range(5, 30, integer=True),
    },
    "ials": {
        "factors": WIDTH,
        "unobserved_weight": Range(0.003, 3, log=True),
        "regularization": Range(0.0003, 0.3, log=True),
        "iterations": Range(5, 20, integer=True),
    },
    "bpr": {
        "factors": WIDTH,
        "epochs": Range(10, 100, log=True, integer=True),
        "learning_rate": Range(0.01, 0.5, log=True),
        "regularization": Range(0.0001, 0.3, log=True),
        "negatives": Range(1, 20, integer=True),
    },
    "sasrec": {
        "dim": Choices((32, 64, 128)),
        "max_length": Range(10, 200, log=True, integer=True),
        "epochs": None,
        "patience": None,
        "learning_rate": Range(0.0002, 0.01, log=True),
    },
}


def ranges_of(name: str, kind: Any) -> Mapping[str, Dimension | None]:
    """What narrows the search of a model: its own `tuning`, else what stands here."""
    own: Mapping[str, Dimension | None] | None = getattr(kind, "tuning", None)
    return RANGES.get(name, {}) if own is None else own
