"""The network is causal, learns order, stops early, goes on from a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import csr_matrix

from core.models.als import ALS
from core.models.popularity import Popularity
from core.models.sasrec import SASRec, SASRecConfig
from core.models.sequence_batches import batches, pad, windows
from core.models.sequence_losses import (
    Sampler,
    bce_loss,
    gbce_loss,
    sampled_softmax_loss,
    softmax_loss,
)
from core.models.sequence_network import FIRST_ITEM, START, SequenceNetwork
from core.ranking import rank_scores
from data.errors import NotApplicable
from data.histories import from_interactions, from_lists
from data.split import Holdout
from tests.conftest import make_dataset
from tests.core.models.planted import planted_chain

SMALL = {"dim": 16, "max_length": 12, "batch_size": 32, "learning_rate": 0.01, "dropout": 0.0}


@pytest.fixture(autouse=True)
def one_torch_thread() -> Iterator[None]:
    """Tiny networks on busy cores: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def network(n_items: int = 9) -> SequenceNetwork:
    torch.manual_seed(0)
    made = SequenceNetwork(n_items, dim=16, blocks=2, heads=2, max_length=8, dropout=0.5)
    made.initialise(torch.zeros(n_items))
    return made.eval()


def test_a_change_of_the_future_leaves_past_outputs_unchanged() -> None:
    tokens = torch.tensor([[START, 3, 4, 5, 6], [START, 3, 4, 9, 2]])
    with torch.inference_mode():
        states = network()(tokens)
    torch.testing.assert_close(states[0, :3], states[1, :3])
    assert not torch.allclose(states[0, 3], states[1, 3])


def test_padding_does_not_change_a_short_history() -> None:
    short, _ = pad([np.array([1, 2])], targets=False)
    padded, _ = pad([np.array([1, 2]), np.array([1, 2, 3, 4, 5])], targets=False)
    with torch.inference_mode():
        alone, together = network()(torch.from_numpy(short)), network()(torch.from_numpy(padded))
    torch.testing.assert_close(alone[0, 2], together[0, 2])


def test_the_target_of_each_position_is_the_next_event_and_start_predicts_the_first() -> None:
    tokens, targets = pad([np.array([4, 5, 6]), np.array([7])], targets=True)
    assert tokens.tolist() == [[START, 4 + FIRST_ITEM, 5 + FIRST_ITEM], [START, 0, 0]]
    assert targets.tolist() == [[4, 5, 6], [7, -1, -1]]


def test_windows_cover_every_event_once() -> None:
    cut = windows(np.array([3, 25, 0, 10]), 10, np.random.default_rng(0))
    assert sorted(event for a, b in cut for event in range(a, b)) == list(range(38))
    assert (cut[:, 1] - cut[:, 0]).max() <= 10


def test_history_dropout_leaves_events_out_and_keeps_their_order() -> None:
    places = np.arange(2000)
    made = list(
        batches(
            places,
            np.full(100, 20),
            max_length=20,
            batch_size=16,
            history_dropout=0.3,
            rng=np.random.default_rng(0),
        )
    )
    kept = [row[row >= 0] for _, targets in made for row in targets]
    assert sum(len(row) for row in kept) == pytest.approx(1400, abs=5 * (2000 * 0.3 * 0.7) ** 0.5)
    assert all((np.diff(row) > 0).all() for row in kept)


def problem(n_states: int = 4, n_items: int = 9) -> tuple[torch.Tensor, ...]:
    """(states, weight, bias, targets) that want gradients."""
    torch.manual_seed(1)
    states, weight, bias = torch.randn(n_states, 16), torch.randn(n_items, 16), torch.randn(n_items)
    targets = torch.randint(n_items, (n_states,))
    return states.requires_grad_(), weight.requires_grad_(), bias.requires_grad_(), targets


def test_the_sampled_loss_estimates_the_full_one_whatever_the_negatives_are_drawn_by() -> None:
    states, weight, bias, targets = problem()
    share = torch.arange(1.0, 10.0) / 45
    sampler = Sampler(share.double(), torch.device("cpu"))
    drawn = sampler.draw(40_000)
    np.testing.assert_allclose(np.bincount(drawn.numpy(), minlength=9) / 40_000, share, atol=0.01)
    expected = sampler.log_share + np.log(40_000)
    with torch.no_grad():
        sampled = sampled_softmax_loss(states, weight, bias, targets, drawn, expected)
        full = softmax_loss(states, weight, bias, targets)
    assert float(sampled) == pytest.approx(float(full), rel=0.02)


@pytest.mark.parametrize("largest", [4, 12, 28])  # chunks of 1, 3 and 7 of the 9 items
def test_the_chunked_softmax_has_the_value_and_gradients_of_the_whole_one(largest: int) -> None:
    found = []
    for most in (largest, 10**6):
        states, weight, bias, targets = problem()
        loss = softmax_loss(states, weight, bias, targets, most) / 3
        loss.backward()
        found.append((loss.detach(), states.grad, weight.grad, bias.grad))
    for chunked, whole in zip(*found, strict=True):
        torch.testing.assert_close(chunked, whole, rtol=1e-5, atol=1e-6)


def test_gbce_is_the_formula_of_the_paper() -> None:
    weight, bias = torch.tensor([[1.0], [-0.5], [2.0], [0.3], [0.7]]), torch.zeros(5)
    loss = gbce_loss(
        torch.ones(1, 1), weight, bias, torch.tensor([0]), torch.tensor([1, 2]), calibration=0.75
    )
    alpha, t = 2 / 4, 0.75
    beta = alpha * (t * (1 - 1 / alpha) + 1 / alpha)
    sigma = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    right = beta * np.log(sigma(1.0))
    wrong = np.log(1 - sigma(-0.5)) + np.log(1 - sigma(2.0))
    assert float(loss) == pytest.approx(-(right + wrong) / 3, rel=1e-5)
    assert beta == pytest.approx(1 - t * (1 - alpha))


def test_bce_takes_one_negative_for_each_event_and_none_that_is_the_event() -> None:
    weight, bias = torch.tensor([[1.0], [-0.5]]), torch.zeros(2)
    loss = bce_loss(torch.ones(2, 1), weight, bias, torch.tensor([0, 0]), torch.tensor([1, 0]))
    right, wrong = np.log1p(np.exp(-1.0)), np.log1p(np.exp(-0.5))
    assert float(loss) == pytest.approx(2 * right + wrong, rel=1e-5)


def test_training_starts_at_popularity() -> None:
    made = network(3)
    made.initialise(torch.log(torch.tensor([0.5, 0.3, 0.2])))
    made.items.weight.data.zero_()
    share = torch.softmax(made.logits(torch.zeros(1, 16)), dim=1)
    torch.testing.assert_close(share[0], torch.tensor([0.5, 0.3, 0.2]))


def chain_hits(model: Any, n_items: int) -> float:
    """Share of rows i, i+1, i+2 whose first listed item is i + 3."""
    rows = [[(i + j) % n_items for j in range(3)] for i in range(n_items)]
    scores = model.score(from_lists(rows, n_items))
    first, _ = rank_scores(scores, np.arange(n_items, dtype=np.uint64), 1)
    return float(np.mean(first[:, 0] == (np.arange(n_items) + 3) % n_items))


@pytest.mark.parametrize(
    ("loss", "share"), [("softmax", 0.95), ("sampled_softmax", 0.95), ("gbce", 0.95), ("bce", 0.5)]
)
def test_a_planted_chain_is_learnt_with_every_loss_slowest_with_one_negative(loss: str, share: float) -> None:
    data = planted_chain()
    config = SASRecConfig(**SMALL, epochs=18, patience=18, negatives=16, loss=loss)
    model = SASRec(config).fit(data, seed=0)
    assert chain_hits(model, 20) >= share


def test_a_chain_whose_order_alone_tells_is_beyond_popularity_and_als() -> None:
    data = planted_chain()
    order = SASRec(SASRecConfig(**SMALL, epochs=12, patience=12)).fit(data, seed=0)
    popular = chain_hits(Popularity().fit(data), 20)
    taste = chain_hits(ALS().fit(data, seed=0), 20)
    assert popular < 0.3
    assert abs(taste - popular) < 0.3
    assert chain_hits(order, 20) > max(popular, taste) + 0.5


def test_twenty_users_are_learnt_by_heart() -> None:
    rng = np.random.default_rng(0)
    items = np.stack([rng.permutation(40)[:8] for _ in range(20)])
    users = np.repeat(np.arange(20), 8).tolist()
    data = make_dataset(users, items.ravel().tolist(), times=list(range(160)), n_items=40)
    settings = {
        "epochs": 120,
        "patience": 100,
        "dim": 32,
        "history_dropout": 0,
        "empty_share": 0,
        "decay": "cosine",
    }
    model = SASRec(SASRecConfig(**(SMALL | settings))).fit(data)
    for shown in (2, 5, 7):  # what comes next after so many events; nothing tells the users apart before
        scores = torch.from_numpy(model.score(from_lists(items[:, :shown].tolist(), 40)))
        loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(items[:, shown]))
        assert float(loss) < 0.05


def charted(curve: list[dict[str, float]]) -> Any:
    """A report that keeps the points of the curve."""

    def report(fraction: float, stage: str = "", **more: Any) -> None:
        if more.get("curve"):
            curve.append(more["curve"])

    return report


def test_an_empty_history_is_answered_by_the_share_of_events() -> None:
    users = list(range(200))
    items = [0 if user % 10 < 6 else 1 + user % 3 for user in users]
    data = planted_chain(n_users=10)
    skewed = data.with_interactions(type(data.interactions)(
        np.array(users, np.int32), np.array(items, np.int32), np.ones(200, np.float32), np.arange(200)
    ))  # fmt: skip
    model = SASRec(SASRecConfig(**SMALL, epochs=2)).fit(skewed)
    assert int(np.argmax(model.score(from_lists([[]], data.n_items))[0])) == 0


def wrong_validation(data: Any) -> Holdout:
    """Every user "goes on" two steps back: whoever chooses an epoch by it takes one that knows nothing."""
    users = np.arange(50, dtype=np.int32)
    rows = from_interactions(data.interactions, users, data)
    last = np.array([rows.row(row)[-1] for row in range(50)])
    targets = csr_matrix(
        (np.ones(50, np.float32), (users, (last - 2) % data.n_items)), shape=(50, data.n_items)
    )
    return Holdout(rows, targets, users, np.ones(50, dtype=bool))


def test_the_judged_validation_part_chooses_nothing() -> None:
    data = planted_chain()
    config = SASRecConfig(**SMALL, epochs=12, patience=3)
    without = SASRec(config).fit(data, seed=1)
    beside = SASRec(config).fit(data, validation=wrong_validation(data), seed=1)
    rows = from_lists([[1, 2, 3], [7], []], data.n_items)
    np.testing.assert_array_equal(beside.score(rows), without.score(rows))


def test_events_held_back_from_train_are_charted_and_stop_training_early() -> None:
    curve: list[dict[str, float]] = []
    SASRec(SASRecConfig(**SMALL, epochs=60, patience=2)).fit(planted_chain(), report=charted(curve))
    assert set(curve[0]) == {"epoch", "loss", "ndcg@10", "held-back loss"}
    assert len(curve) < 60
    assert max(point["ndcg@10"] for point in curve) > 0.9
    assert min(point["held-back loss"] for point in curve) < curve[0]["held-back loss"] - 0.3


def test_a_resumed_training_ends_like_one_that_was_never_stopped() -> None:
    data = planted_chain(n_users=40)
    config = SASRecConfig(**(SMALL | {"dropout": 0.2}), epochs=3)
    saved: list[dict[str, Any]] = []
    whole = SASRec(config).fit(data, seed=4, checkpoint=saved.append)
    resumed = SASRec(config).fit(data, seed=4, resume=saved[0])
    for key, array in whole.arrays().items():
        np.testing.assert_array_equal(resumed.arrays()[key], array, err_msg=key)


def test_fitting_leaves_the_global_random_state_of_torch_alone() -> None:
    torch.manual_seed(9)
    expected = torch.rand(1)
    torch.manual_seed(9)
    SASRec(SASRecConfig(**SMALL, epochs=1)).fit(planted_chain(n_users=10))
    assert torch.rand(1) == expected


def test_heads_that_do_not_divide_the_vector_are_refused() -> None:
    with pytest.raises(ValueError, match="dim = 10 is not a multiple of heads = 4"):
        SASRecConfig(dim=10, heads=4)


def test_items_that_train_does_not_hold_stand_below_all_others() -> None:
    data = planted_chain(n_users=10, n_items=20, length=2)
    model = SASRec(SASRecConfig(**SMALL, epochs=1)).fit(data)
    untrained = ~data.trained_items
    assert untrained.any()
    scores = model.score(from_lists([[3], []], 20))
    assert (scores[:, untrained].max(axis=1) < scores[:, ~untrained].min(axis=1)).all()


def test_item_vectors_may_start_from_what_is_known_of_the_items() -> None:
    data = planted_chain(n_users=30)
    genres = pd.DataFrame({"categories": ["Comedy" if item < 10 else "Drama" for item in range(20)]})
    config = SASRecConfig(**(SMALL | {"learning_rate": 1e-6}), epochs=1, content_start=True)
    assert config.needs == ("item_features",)
    model = SASRec(config).fit(replace(data, item_features=genres))
    vectors = model.network_.item_weight.detach().numpy()
    near = np.corrcoef(vectors)
    assert near[0, 1:10].mean() > near[0, 10:].mean() + 0.2
    with pytest.raises(NotApplicable, match="known of items"):
        SASRec(config).fit(replace(data, item_features=None))
