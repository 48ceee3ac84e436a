"""Our wrapped ALS against bare implicit with the same settings: what the wrapping costs."""

from __future__ import annotations

import implicit.als
import numpy as np
from threadpoolctl import threadpool_limits

from core.device import CPU
from core.models import MODELS
from data.dataset import Dataset
from data.samples import marketplace
from tests.benchmarks.measure import Row, seconds

ITERATIONS, FACTORS = 15, 64


def bare(train: Dataset, alpha: float, regularization: float) -> None:
    model = implicit.als.AlternatingLeastSquares(
        factors=FACTORS,
        regularization=regularization,
        alpha=1.0,
        iterations=ITERATIONS,
        random_state=0,
        use_gpu=False,
    )
    matrix = train.matrix.copy()
    matrix.data *= np.float32(alpha)
    with threadpool_limits(1, "blas"):
        model.fit(matrix, show_progress=False)


def rows() -> list[Row]:
    train = marketplace(n_users=6_000, n_items=3_000, n_events=600_000, seed=0)
    als = MODELS["als"]
    config = als.Config(
        factors=FACTORS,
        iterations=ITERATIONS,
        alpha=10,
        weights="raw",
        regularization=10,
        regularization_unit="absolute",
    )
    ours = seconds(lambda: als(config).fit(train, seed=0, device=CPU), 3)
    theirs = seconds(lambda: bare(train, config.alpha, config.regularization), 3)
    return [
        Row(f"als: {len(train.interactions):,} events, {FACTORS} factors, {ITERATIONS} iterations", ours,
            "bare implicit, same settings", theirs, "ours also computes the loss of 1,000 users")
    ]  # fmt: skip
