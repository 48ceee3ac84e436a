"""BSPM against its dense formula, written out."""

from __future__ import annotations

import numpy as np
import pytest

from core.models.bspm import BSPM, BSPMConfig
from data.dataset import Dataset
from data.histories import from_interactions, from_lists
from tests.conftest import make_dataset


def blocks() -> Dataset:
    rng = np.random.default_rng(2)
    users = np.repeat(np.arange(20), 4).tolist()
    items = np.concatenate([rng.permutation(6)[:4] + 6 * (user % 2) for user in range(20)]).tolist()
    return make_dataset(users, items, n_items=13)


def dense(data: Dataset, config: BSPMConfig, factors: int) -> np.ndarray:
    """x (P + β D^-½ V V' D^½)(I − hP + h²P²/2 − h³P³/6 + h⁴P⁴/24) for every user."""
    x = data.matrix.toarray()
    by_user, by_item = x.sum(1), x.sum(0)
    inverse = np.divide(1, np.sqrt(by_item), where=by_item > 0, out=np.zeros(13))
    r = x / np.sqrt(by_user)[:, None] * inverse
    p = r.T @ r
    _, _, vt = np.linalg.svd(r)
    v, h = vt[:factors].T, config.sharpening
    blurred = x @ p + config.beta * (x * inverse) @ v @ v.T * np.sqrt(by_item)
    eye = np.eye(13)
    sharp = eye - h * p + h**2 * p @ p / 2 - h**3 * p @ p @ p / 6 + h**4 * p @ p @ p @ p / 24
    return blurred @ sharp


@pytest.mark.parametrize("sharpening", [0.0, 1.0, 2.5])
def test_scores_are_those_of_the_dense_formula(sharpening: float) -> None:
    data, config = blocks(), BSPMConfig(factors=2, beta=0.2, sharpening=sharpening)
    rows = from_interactions(data.interactions, np.arange(20, dtype=np.int32), data)
    scores = BSPM(config).fit(data).score(rows)
    np.testing.assert_allclose(scores, dense(data, config, 2), atol=2e-5)


def test_without_sharpening_and_low_pass_it_is_the_linear_filter() -> None:
    """Two users, items 0 and 1: d_u = (2, 1), d_i = (2, 1); P_00 = 1/4 + 1/2, P_01 = 1/(2·√2)."""
    data = make_dataset([0, 0, 1], [0, 1, 0], n_items=2)
    scores = BSPM(BSPMConfig(beta=0, sharpening=0)).fit(data).score(from_lists([[0]], 2))
    np.testing.assert_allclose(scores[0], [1 / 4 + 1 / 2, 1 / (2 * np.sqrt(2))], rtol=1e-5)


def test_sharpening_takes_from_what_everybody_near_has() -> None:
    """Along an eigenvector of P with value e, scores are multiplied by 1 − he + …; smooth ones shrink."""
    data = blocks()
    rows = from_lists([[0, 1]], 13)
    plain = BSPM(BSPMConfig(factors=2, sharpening=0)).fit(data).score(rows)[0]
    sharp = BSPM(BSPMConfig(factors=2, sharpening=2.5)).fit(data).score(rows)[0]
    assert abs(sharp).sum() < abs(plain).sum()
    assert np.argmax(sharp) in (0, 1)
