"""How SASRec is trained: epochs, early stopping, checkpoints that go on where they ended.

The epoch is chosen on events held back from train, never on the validation part: the best of many epochs on
the judged users would flatter the model beside those that do not choose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch import Tensor

from core.device import Device
from core.models.base import Arrays
from core.models.sequence_batches import batches
from core.models.sequence_network import full_softmax_loss, sampled_softmax_loss
from core.progress import Report, part_of
from core.ranking import Policy, recommend
from data.dataset import Dataset
from data.histories import from_interactions
from data.split import Holdout

if TYPE_CHECKING:
    from core.models.sasrec import SASRec

STOPPING_USERS = 1000  # whose last event is held back at most: enough to choose an epoch
STOPPING_SHARE = 0.05  # of train's events that may be held back
FEWEST_STOPPING = 20  # users; with fewer the choice would be noise and all epochs are run
K = 10
NEGATIVE_POWER = 0.5  # negatives are drawn by popularity to this power
CLIP = 5.0
STEPS = 100  # of an epoch, as long as batches keep MIN_BATCH sequences
MIN_BATCH = 16


class Trainer:
    """Network, optimiser and the best weights so far."""

    def __init__(self, model: SASRec, train: Dataset, *, seed: int, device: Device) -> None:
        self.model, self.network, self.config, self.seed = model, model.network_, model.config, seed
        self.device = torch.device(device.used)
        events = train.interactions
        self.places = model.places(events.item)
        users, self.lengths = np.unique(events.user, return_counts=True)
        windows = int(np.ceil(self.lengths / (self.config.max_length + 1)).sum())
        self.batch_size = min(self.config.batch_size, max(MIN_BATCH, windows // STEPS))
        self.steps = windows // self.batch_size + 1
        counts = np.bincount(self.places, minlength=len(model.items_))
        torch.manual_seed(seed)
        self.network.initialise(torch.from_numpy(np.log(counts / counts.sum())).float())
        self.network.to(self.device)
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=self.config.learning_rate)
        self.share = torch.from_numpy(counts**NEGATIVE_POWER / (counts**NEGATIVE_POWER).sum())
        self.log_expected = torch.log(self.share * self.config.negatives).float().to(self.device)
        self.epoch, self.best, self.best_epoch = 0, -np.inf, 0
        self.best_weights = self.weights()

    def weights(self) -> dict[str, Tensor]:
        """A copy of the network's weights."""
        return {key: value.detach().clone() for key, value in self.network.state_dict().items()}

    def run_epoch(self, report: Report, stage: str) -> float:
        """One pass over the data; the mean loss. Its random draws depend on seed and epoch alone."""
        rng = np.random.default_rng([self.seed, self.epoch])
        torch.manual_seed(int(rng.integers(2**62)))
        self.network.train()
        c = self.config
        made = batches(
            self.places,
            self.lengths,
            max_length=c.max_length,
            batch_size=self.batch_size,
            history_dropout=c.history_dropout,
            rng=rng,
        )
        losses = []
        for step, (tokens, targets) in enumerate(made):
            if len(tokens):
                losses.append(self.step(tokens, targets))
            report(min(step / self.steps, 1.0), stage)
        self.network.eval()
        self.epoch += 1
        return float(np.mean(losses)) if losses else 0.0

    def step(self, tokens: NDArray[np.int64], targets: NDArray[np.int64]) -> float:
        """One step of Adam; the loss before it."""
        wanted = torch.from_numpy(targets).to(self.device)
        states = self.network(torch.from_numpy(tokens).to(self.device))
        judged = wanted >= 0
        goal = wanted[judged]
        state = states[judged]
        if self.config.empty_share > 0:
            chosen = torch.rand(len(goal), device=self.device) < self.config.empty_share
            alone = states[:1, 0].expand(len(goal), -1)  # after START nothing of the row is seen
            state, goal = torch.cat([state, alone[chosen]]), torch.cat([goal, goal[chosen]])
        loss = self.loss(state, goal)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        self.optimiser.step()
        return float(loss.detach())

    def loss(self, states: Tensor, targets: Tensor) -> Tensor:
        """Full softmax for small catalogues, else over negatives shared by the batch."""
        if len(self.share) <= self.config.full_softmax_up_to:
            return full_softmax_loss(self.network, states, targets)
        drawn = torch.multinomial(self.share, self.config.negatives, replacement=True).to(self.device)
        return sampled_softmax_loss(self.network, states, targets, drawn, self.log_expected)

    def judge(self, value: float | None) -> None:
        """Remember the best weights (the last without a value); of equal ones those trained longer."""
        if value is None or value > self.best:
            self.best, self.best_epoch = self.best if value is None else value, self.epoch
        if value is None or value >= self.best:
            self.best_weights = self.weights()

    def state(self) -> dict[str, NDArray[Any]]:
        """All that is needed to go on after this epoch."""
        weights = {f"network.{key}": value.cpu().numpy() for key, value in self.weights().items()}
        best = {f"best.{key}": value.cpu().numpy() for key, value in self.best_weights.items()}
        moments = {
            f"adam.{number}.{key}": value.cpu().numpy().copy()
            for number, state in self.optimiser.state_dict()["state"].items()
            for key, value in state.items()
        }
        progress = np.asarray([self.epoch, self.best_epoch, self.best], dtype=np.float64)
        return weights | best | moments | {"progress": progress}

    def go_on(self, arrays: Arrays) -> None:
        """Take up the `state` of an earlier run with the same data, settings and seed."""
        from core.models.sasrec import weights_of

        self.network.load_state_dict(weights_of(arrays))
        self.best_weights = weights_of(arrays, "best.")
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in weights_of(arrays, "adam.").items():
            number, name = key.split(".")
            moments.setdefault(int(number), {})[name] = value
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": moments, "param_groups": groups})
        epoch, best_epoch, best = np.asarray(arrays["progress"]).tolist()
        self.epoch, self.best_epoch, self.best = int(epoch), int(best_epoch), best


def train_network(
    model: SASRec,
    train: Dataset,
    *,
    seed: int,
    device: Device,
    report: Report,
    checkpoint: Callable[[Arrays], None] | None,
    resume: Arrays | None,
) -> None:
    """Train `model.network_` in place and leave it on the CPU with the weights of the best epoch."""
    if not len(model.items_):
        model.network_.eval()
        return
    lessons, stopping = stopping_sample(train, seed)
    with torch.random.fork_rng(devices=[0] if device.used == "cuda" else []):
        trainer = Trainer(model, lessons, seed=seed, device=device)
        if resume is not None:
            trainer.go_on(resume)
        epochs = model.config.epochs
        while trainer.epoch < epochs and trainer.epoch - trainer.best_epoch < model.config.patience:
            number = trainer.epoch + 1
            part = part_of(report, (number - 1) / epochs, number / epochs)
            loss = trainer.run_epoch(part, f"epoch {number} of {epochs}")
            value = None if stopping is None else stopping_ndcg(model, stopping, train, seed)
            trainer.judge(value)
            curve = {"epoch": float(number), "loss": loss} | ({} if value is None else {"ndcg@10": value})
            report(number / epochs, f"epoch {number} of {epochs}", curve=curve)
            if checkpoint is not None:
                checkpoint(trainer.state())
        model.network_.load_state_dict(trainer.best_weights)
        model.network_.to("cpu").eval()


def stopping_sample(train: Dataset, seed: int) -> tuple[Dataset, Holdout | None]:
    """Train without the last event of some users, and those events as what must be found.

    Users are drawn from those with three events or more; an event whose item nobody else has stays in train.
    None and all of train when there are fewer than `FEWEST_STOPPING` such users.
    """
    events = train.interactions
    last = np.flatnonzero(np.append(events.user[1:] != events.user[:-1], len(events) > 0))
    last = last[events.user[np.maximum(last - 2, 0)] == events.user[last]]
    last = last[last >= 2]
    n = min(STOPPING_USERS, len(last), int(STOPPING_SHARE * len(events)))
    held = np.sort(np.random.default_rng([seed, STOPPING_USERS]).permutation(last)[:n])
    kept = np.ones(len(events), dtype=bool)
    kept[held] = False
    left = np.bincount(events.item[kept], minlength=train.n_items)
    alone = held[left[events.item[held]] == 0]
    kept[alone] = True
    held = np.setdiff1d(held, alone)
    if len(held) < FEWEST_STOPPING:
        return train, None
    lessons = train.with_interactions(events.take(np.flatnonzero(kept)))
    users = events.user[held]
    ones = np.ones(len(held), dtype=np.float32)
    targets = csr_matrix((ones, (np.arange(len(held)), events.item[held])), shape=(len(held), train.n_items))
    histories = from_interactions(lessons.interactions, users, train)
    return lessons, Holdout(histories, targets, users, np.ones(len(held), dtype=bool))


def stopping_ndcg(model: SASRec, holdout: Holdout, train: Dataset, seed: int) -> float:
    """NDCG@10 with binary gains over `holdout`; history items are hidden unless targets repeat them."""
    targets = holdout.targets.tocsr() > 0
    repeated = targets.multiply(holdout.histories.matrix > 0).nnz / targets.nnz
    policy = Policy("allow" if repeated > 0.1 else "hide")
    lists = recommend(model, holdout.histories, k=K, policy=policy, candidates=train.trained_items, seed=seed)
    rows = np.arange(len(holdout))[:, None]
    hits = csr_matrix(targets[rows, np.maximum(lists.items, 0)]).toarray() & (lists.items >= 0)
    discount = 1 / np.log2(np.arange(2, K + 2))
    ideal = np.cumsum(discount)[np.minimum(np.diff(targets.indptr), K) - 1]
    return float(((hits * discount).sum(axis=1) / ideal).mean())
