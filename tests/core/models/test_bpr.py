"""The score and one epoch by hand, the loss falls, a planted taste is learnt."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.models.bpr import BPR, BPRConfig
from core.ranking import recommend
from data.dataset import Dataset
from data.histories import from_lists
from tests.conftest import make_dataset


def quick(**settings: object) -> BPR:
    return BPR(BPRConfig(**({"factors": 4, "epochs": 6} | settings)))


def camps(n_users: int = 60) -> Dataset:
    """Even users take five of items 0-9, odd users five of items 10-19."""
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(n_users), 5)
    items = np.concatenate([rng.permutation(10)[:5] + 10 * (user % 2) for user in range(n_users)])
    return make_dataset(users.tolist(), items.tolist(), n_items=20)


def test_the_score_is_bias_plus_the_scaled_sum_without_the_item_itself() -> None:
    arrays = {
        "into": np.array([[1, 0], [0, 2], [3, 3]], dtype=np.float32),
        "out_of": np.array([[1, 1], [2, 0], [0, 1]], dtype=np.float32),
        "bias": np.array([0.1, 0.2, 0.3], dtype=np.float32),
    }
    score = BPR.restore(BPRConfig(length_exponent=0.5), arrays).score(from_lists([[0, 1], []], 3))
    # history {0, 1}, 1/√2: item 0 has p_1·q_0 = 2; item 1 has p_0·q_1 = 2; item 2 has (1, 2)·(0, 1) = 2
    assert score[0] == pytest.approx([0.1 + 2 / 2**0.5, 0.2 + 2 / 2**0.5, 0.3 + 2 / 2**0.5])
    assert score[1] == pytest.approx([0.1, 0.2, 0.3])


def test_one_epoch_of_one_user_step_by_step() -> None:
    # items 0 and 1 are taken, so the other is always 2; a user of one item teaches nothing
    data = make_dataset([0, 0, 1], [0, 1, 2], n_items=3)
    start = BPR(BPRConfig(factors=2))._start(data, seed=0)
    start["into"] = np.array([[1, 0], [0.5, 1], [0, 0]], dtype=np.float32)
    start["out_of"] = np.array([[0.2, 0], [0, 0.4], [0.1, 0.1]], dtype=np.float32)
    start["epoch"] = np.asarray(0)
    config = BPRConfig(factors=2, epochs=1, negatives=1, learning_rate=0.1, regularization=0.0)
    model = BPR(config).fit(data, seed=0, resume=start)

    p, q, b = start["into"].astype(float), start["out_of"].astype(float), np.zeros(3)
    q_squares, b_squares = np.full((3, 2), 0.1), np.full(3, 0.1)
    pushed = np.zeros((2, 2))
    for target, evidence in ((0, 1), (1, 0)):  # two items: scale is 1 and x is the other item's vector
        x = p[evidence]
        g = 1 / (1 + np.exp(b[target] - b[2] + x @ (q[target] - q[2])))
        pushed[target] = g * (q[target] - q[2])
        for item, sign in ((target, 1), (2, -1)):
            q_squares[item] += (g * x) ** 2
            q[item] += sign * 0.1 * g * x / np.sqrt(q_squares[item])
            b_squares[item] += g**2
            b[item] += sign * 0.1 * g / np.sqrt(b_squares[item])
    for item, other in ((0, 1), (1, 0)):  # item 0 is evidence for 1 and the other way round
        p[item] += 0.1 * pushed[other] / np.sqrt(0.1 + pushed[other] ** 2)
    np.testing.assert_allclose(model.out_of_, q, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.bias_, b, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.into_, p, rtol=1e-4, atol=1e-6)


def test_the_loss_falls_below_that_of_guessing() -> None:
    values: list[float] = []

    def report(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        if curve:
            values.append(curve["loss"])

    quick(epochs=20).fit(camps(), report=report)
    assert len(values) == 20
    assert values[0] < np.log(2)  # −ln σ(0)
    assert values[-1] < 0.8 * values[0]


def test_two_camps_are_told_apart() -> None:
    model = BPR(BPRConfig(factors=8)).fit(camps(200), seed=1)
    lists = recommend(model, from_lists([[0, 1, 2], [10, 11, 12]], 20), k=5).items
    assert (lists[0] < 10).all()
    assert (lists[1] >= 10).all()


def test_a_resumed_fit_equals_an_uninterrupted_one() -> None:
    kept: dict[str, NDArray[np.float32]] = {}
    whole = quick().fit(camps(), seed=3, checkpoint=lambda arrays: kept.update(arrays))
    assert int(kept["epoch"]) == 5
    before = {key: value.copy() for key, value in kept.items()}
    again = quick().fit(camps(), seed=3, resume=kept)
    np.testing.assert_array_equal(again.out_of_, whole.out_of_)
    for key, value in before.items():
        np.testing.assert_array_equal(kept[key], value)


def test_items_without_an_event_keep_no_evidence() -> None:
    data = make_dataset([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 0, 2], n_items=5)
    model = quick().fit(data)
    assert (model.score(from_lists([[0, 1]], 5))[0, 3:] == 0).all()
    np.testing.assert_array_equal(model.score(from_lists([[3]], 5))[0], model.bias_)
