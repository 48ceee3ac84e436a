"""The network is causal, learns order, stops early, goes on from a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from core.models.popularity import Popularity
from core.models.sasrec import SASRec, SASRecConfig
from core.models.sequence_batches import batches, pad, windows
from core.models.sequence_network import (
    FIRST_ITEM,
    START,
    SequenceNetwork,
    full_softmax_loss,
    sampled_softmax_loss,
)
from core.models.sequence_training import stopping_ndcg, stopping_sample
from core.ranking import rank_scores
from data.histories import from_interactions, from_lists
from data.split import Holdout
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


def test_the_sampled_loss_estimates_the_full_one() -> None:
    made = network(9)
    torch.manual_seed(1)
    states, targets = torch.randn(4, 16) * 20, torch.tensor([0, 3, 5, 8])
    share = torch.ones(9) / 9
    drawn = torch.multinomial(share, 20_000, replacement=True)
    with torch.no_grad():
        sampled = sampled_softmax_loss(made, states, targets, drawn, torch.log(share * 20_000))
        full = full_softmax_loss(made, states, targets)
    assert float(sampled) == pytest.approx(float(full), rel=0.02)


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


@pytest.mark.parametrize("full_up_to", [2000, 0])
def test_a_planted_chain_is_learnt_and_popularity_clearly_beaten(full_up_to: int) -> None:
    data = planted_chain()
    config = SASRecConfig(**SMALL, epochs=12, patience=12, negatives=64, full_softmax_up_to=full_up_to)
    model = SASRec(config).fit(data, seed=0)
    assert chain_hits(model, 20) > 0.9
    assert chain_hits(Popularity().fit(data), 20) < 0.3


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

    def report(fraction: float, stage: str = "", **more: Any) -> None:
        if more.get("curve"):
            curve.append(more["curve"])

    data = planted_chain()
    model = SASRec(SASRecConfig(**SMALL, epochs=60, patience=2)).fit(data, report=report)
    assert set(curve[0]) == {"epoch", "loss", "ndcg@10"}
    assert len(curve) < 60
    best = max(point["ndcg@10"] for point in curve)
    assert best > 0.9
    _, stopping = stopping_sample(data, 0)
    assert stopping is not None
    assert stopping_ndcg(model, stopping, data, 0) == pytest.approx(best)


def test_what_chooses_the_epoch_is_not_taught() -> None:
    data = planted_chain()  # 300 users of 12 events
    lessons, stopping = stopping_sample(data, 3)
    assert stopping is not None
    assert len(stopping) == 180  # 5 % of 3600
    assert len(lessons.interactions) == 3600 - 180
    taught = set(zip(lessons.interactions.user.tolist(), lessons.interactions.time.tolist(), strict=True))
    assert not taught & {(int(user), 11) for user in stopping.users}
    last = [data.interactions.item[12 * user + 11] for user in stopping.users]
    assert stopping.targets.indices.tolist() == last
    assert (lessons.trained_items == data.trained_items).all()
    assert [stopping.histories.row(row)[-1] for row in range(180)] == [(item - 1) % 20 for item in last]


def test_an_item_of_one_event_is_always_taught_and_few_users_run_all_epochs() -> None:
    data = planted_chain(n_users=40, n_items=400, length=3)
    lessons, _ = stopping_sample(data, 0)
    assert (lessons.trained_items == data.trained_items).all()
    few = planted_chain(n_users=19)
    assert stopping_sample(few, 0) == (few, None)


def test_a_resumed_training_ends_like_one_that_was_never_stopped() -> None:
    data = planted_chain(n_users=40)
    config = SASRecConfig(**(SMALL | {"dropout": 0.2}), epochs=3)
    saved: list[dict[str, Any]] = []
    whole = SASRec(config).fit(data, seed=4, checkpoint=saved.append)
    resumed = SASRec(config).fit(data, seed=4, resume=saved[0])
    rows = from_lists([[1, 2, 3], []], data.n_items)
    np.testing.assert_allclose(resumed.score(rows), whole.score(rows), atol=1e-5)


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
