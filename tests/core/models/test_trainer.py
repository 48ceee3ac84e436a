"""The trainer of networks: same seed same weights, resume, small memories, early stopping, step sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.device import CPU
from core.models.trainer import Batch, Trainer, batch_size, step_size
from core.models.trainer_settings import TrainingConfig
from core.models.trainer_stopping import held_back_figures, stopping_sample
from core.progress import Cancelled, silent
from data.errors import DataError
from tests.conftest import make_dataset
from tests.core.models.planted import planted_chain


@pytest.fixture(autouse=True)
def one_torch_thread() -> Iterator[None]:
    """Tiny networks on busy cores: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Line:
    """Least squares for y = 2x: 24 examples, batches of 8, with noise drawn by torch and dropout."""

    steps = 3

    def __init__(self, judgements: list[float] | None = None, holds: int = 10**6) -> None:
        torch.manual_seed(0)
        self.network: nn.Module = nn.Sequential(nn.Dropout(0.1), nn.Linear(1, 1))
        self.judgements = judgements
        self.holds = holds  # examples that memory holds at once
        self.taken: list[int] = []

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        x = np.linspace(-1, 1, 24, dtype=np.float32)[rng.permutation(24), None]
        return ((x[start : start + 8], 2 * x[start : start + 8]) for start in (0, 8, 16))

    def loss(self, forward: Callable[..., Any], batch: tuple[Tensor, ...]) -> tuple[Tensor, int]:
        x, y = batch
        if len(x) > self.holds:
            raise torch.OutOfMemoryError("CUDA out of memory")
        self.taken.append(len(x))
        noise = 0.01 * torch.randn(len(x), 1)
        return ((forward(x) + noise - y) ** 2).sum(), len(x)

    def judge(self) -> dict[str, float]:
        return {} if self.judgements is None else {"ndcg@10": self.judgements.pop(0)}


def trained(line: Line, *, seed: int = 0, **settings: Any) -> Trainer:
    config = TrainingConfig(**({"learning_rate": 0.05, "epochs": 6} | settings))
    made = Trainer(line, config, seed=seed, device=CPU)
    made.train(report=silent)
    return made


def values(network: nn.Module) -> list[float]:
    return [float(value) for parameter in network.parameters() for value in parameter.detach().ravel()]


def test_the_same_seed_gives_the_same_weights_and_another_one_others() -> None:
    first, again, other = (trained(Line(), seed=seed).network for seed in (3, 3, 4))
    assert values(first) == values(again)
    assert values(first) != values(other)


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "adagrad"])
@pytest.mark.parametrize("stop_after", [1, 4])
def test_a_resumed_training_equals_one_never_stopped_to_the_last_digit(
    optimiser: str, stop_after: int
) -> None:
    settings = {"optimiser": optimiser, "warm_up": 2, "decay": "cosine", "weight_decay": 0.01}
    config = TrainingConfig(epochs=6, learning_rate=0.05, **settings)
    saved: list[dict[str, Any]] = []
    whole = Trainer(Line(), config, seed=2, device=CPU)
    whole.train(report=silent, checkpoint=saved.append)
    for array in saved[stop_after - 1].values():
        array.flags.writeable = False
    resumed = Trainer(Line(), config, seed=2, device=CPU)
    resumed.train(report=silent, resume=saved[stop_after - 1])
    assert values(resumed.network) == values(whole.network)
    assert {key: value.tolist() for key, value in resumed.state().items()} == {
        key: value.tolist() for key, value in whole.state().items()
    }


def test_a_checkpoint_of_another_seed_or_settings_is_refused() -> None:
    state = trained(Line()).state()
    for seed, epochs in ((1, 6), (0, 7)):
        other = Trainer(Line(), TrainingConfig(learning_rate=0.05, epochs=epochs), seed=seed, device=CPU)
        with pytest.raises(DataError, match="checkpoint"):
            other.train(report=silent, resume=state)


def test_what_does_not_fit_into_memory_is_taken_in_halves_with_a_note() -> None:
    line = Line(holds=3)
    made = trained(line, epochs=1)
    assert line.taken == [2] * 12
    assert made.parts == 4
    assert made.notes[-1] == ("8 examples at once did not fit into the memory of the GPU: taken in 4 parts")


def test_halves_add_up_to_the_gradient_of_the_whole_batch() -> None:
    grads = []
    for parts in (1, 3):
        line = Line()
        line.loss = lambda forward, batch: (((forward(batch[0]) - batch[1]) ** 2).sum(), len(batch[0]))  # type: ignore[method-assign]
        line.network.eval()
        trainer = Trainer(line, TrainingConfig(), seed=0, device=CPU)
        trainer.parts = parts
        batch = next(line.batches(np.random.default_rng(0)))
        total, n = trainer._gradients(batch)
        grads.append([float(total), n, *(float(p.grad) for p in line.network.parameters())])
    assert grads[0] == pytest.approx(grads[1], rel=1e-5)


def test_one_example_that_does_not_fit_is_an_error_in_words() -> None:
    with pytest.raises(DataError, match="not hold one example"):
        trained(Line(holds=0))


def test_training_stops_after_patience_and_keeps_the_best_epoch() -> None:
    best = trained(Line([0.1, 0.5, 0.2, 0.3]), epochs=20, patience=2)
    assert (best.epoch, best.best_epoch, best.best) == (4, 2, 0.5)
    assert values(best.network) == values(trained(Line(), epochs=2).network)


def test_without_a_judgement_all_epochs_are_run_and_the_last_is_kept() -> None:
    made = trained(Line(), epochs=5, patience=1)
    assert (made.epoch, made.best_epoch) == (5, 5)


def test_a_report_that_raises_stops_within_an_epoch() -> None:
    line, calls = Line(), []

    def report(fraction: float, stage: str = "", **more: Any) -> None:
        calls.append(stage)
        if len(calls) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        Trainer(line, TrainingConfig(), seed=0, device=CPU).train(report=report)
    assert line.taken == [8]


def test_a_training_that_runs_away_is_told_in_words() -> None:
    line = Line()
    line.loss = lambda forward, batch: (forward(batch[0]).sum() * torch.inf, 1)  # type: ignore[method-assign]
    with pytest.raises(DataError, match="run away"):
        trained(line)


def test_a_long_gradient_is_shortened() -> None:
    line = Line()
    line.loss = lambda forward, batch: (1e6 * forward(batch[0]).sum(), 1)  # type: ignore[method-assign]
    trainer = Trainer(line, TrainingConfig(clip=0.5), seed=0, device=CPU)
    trainer.step(next(line.batches(np.random.default_rng(0))))
    length = sum(float((p.grad**2).sum()) for p in line.network.parameters()) ** 0.5
    assert length == pytest.approx(0.5, rel=1e-4)


def test_the_step_size_grows_then_falls() -> None:
    assert step_size(0.5, 10, 2, "none") == 0.25
    assert step_size(0, 10, 2, "none") == 0.01
    assert step_size(6, 10, 2, "none") == 1
    assert step_size(6, 10, 2, "linear") == 0.5
    assert step_size(4, 10, 2, "cosine") == pytest.approx((1 + np.cos(np.pi / 4)) / 2)
    assert step_size(10, 10, 2, "cosine") == pytest.approx(0)
    assert step_size(10, 10, 10, "linear") == 1


def test_batches_are_smaller_on_small_data() -> None:
    config = TrainingConfig(batch_size=128)
    assert [batch_size(config, n) for n in (0, 5000, 10**6)] == [16, 50, 128]


def test_training_leaves_the_global_random_state_of_torch_alone() -> None:
    made = Trainer(Line(), TrainingConfig(epochs=1), seed=0, device=CPU)
    torch.manual_seed(9)
    expected = torch.rand(1)
    torch.manual_seed(9)
    made.train(report=silent)
    assert torch.rand(1) == expected


def test_the_last_events_of_some_users_choose_the_epoch_and_are_not_taught() -> None:
    data = planted_chain()  # 300 users of 12 events
    lessons, held = stopping_sample(data, 3)
    assert held is not None
    assert len(held) == 90  # 5 % of 3600 events, two of each user
    assert held.targets.nnz == 180
    assert len(lessons.interactions) == 3600 - 180
    taught = set(zip(lessons.interactions.user.tolist(), lessons.interactions.time.tolist(), strict=True))
    assert not taught & {(int(user), time) for user in held.users for time in (10, 11)}
    for row, user in enumerate(held.users):
        walk = data.interactions.item[12 * user : 12 * user + 12]
        assert sorted(held.targets[row].indices) == sorted(walk[-2:])
        assert held.histories.row(row).tolist() == walk[:-2].tolist()
    assert (lessons.trained_items == data.trained_items).all()


def test_an_item_of_one_event_is_always_taught_and_few_users_run_all_epochs() -> None:
    data = planted_chain(n_users=40, n_items=400, length=3)
    lessons, _ = stopping_sample(data, 0)
    assert (lessons.trained_items == data.trained_items).all()
    few = planted_chain(n_users=19)
    assert stopping_sample(few, 0) == (few, None)


def test_held_back_figures_are_those_written_out() -> None:
    users = [user for user in range(100) for _ in range(5)]
    data = make_dataset(users, [(user + step) % 9 for user in range(100) for step in range(5)],
                        times=list(range(500)), n_items=10)  # fmt: skip
    _, held = stopping_sample(data, 0)
    assert held is not None
    flat = held_back_figures(lambda rows: np.zeros((len(rows), 10), np.float32), held, data.trained_items, 0)
    assert flat["held-back loss"] == pytest.approx(np.log(9))  # item 9 has no event: nine candidates
    ideal = held_back_figures(
        lambda rows: 20 * held.targets[np.searchsorted(held.users, rows.users)].toarray(),
        held, data.trained_items, 0,
    )  # fmt: skip
    assert ideal["ndcg@10"] == 1
    wanted = 1 / (1 + 8 * np.exp(-20))
    assert ideal["held-back loss"] == pytest.approx(-np.log(wanted), abs=1e-6)
