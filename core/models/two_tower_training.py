"""What the two-tower model gives the trainer: histories with the next event, the loss, a judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.device import Device
from core.models.sequence_losses import Sampler
from core.models.trainer import Batch, batch_size
from core.models.trainer_stopping import held_back_figures, stopping_sample
from core.models.two_tower_network import NOTHING, in_batch_loss
from data.dataset import Dataset

if TYPE_CHECKING:
    from core.models.two_tower import TwoTower


class TowerLesson:
    """A `core.models.trainer.Lesson`: every event of train, foretold from the history it came after."""

    def __init__(self, model: TwoTower, train: Dataset, *, seed: int, device: Device) -> None:
        self.model, self.network, self.config, self.seed = model, model.network_, model.config, seed
        self.candidates, self.ordered = train.trained_items, train.has_times
        lessons, self.held_back = stopping_sample(train, seed)
        events = lessons.interactions
        self.places, self.users = model._place[events.item], events.user.astype(np.int64)
        self.batch_size = batch_size(self.config, len(events))
        self.steps = len(events) // self.batch_size + 1
        first = np.flatnonzero(np.append(True, self.users[1:] != self.users[:-1]))
        lengths = np.diff(np.append(first, len(events)))
        self.first, self.length = np.repeat(first, lengths), np.repeat(lengths, lengths)
        self._start(train, seed, torch.device(device.used))

    def _start(self, train: Dataset, seed: int, device: torch.device) -> None:
        n = len(self.model.items_)
        counts = np.bincount(self.places, minlength=n)
        share = np.append(counts / counts.sum(), 1 / n)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network.initialise(torch.from_numpy(np.log(share)).float())
        self.network.ages.requires_grad_(self.ordered)
        self.sampler = Sampler(torch.full((n,), 1 / n, dtype=torch.float64), device)
        self.share = torch.from_numpy(share[:-1]).float().to(device)
        content = self.model.item_content_[self.model.items_]
        self.item_content = torch.from_numpy(content).to(device)
        known = self.model.user_content_of(train.user_features, train.n_users)
        self.user_content = None if known is None else torch.from_numpy(known).to(device)

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """(history, target, user): (n, length) places of events before, latest first, −1 for none."""
        order = rng.permutation(len(self.places))
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield self._history(chosen, rng), self.places[chosen], self.users[chosen]

    def _history(self, chosen: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """Events before the chosen ones; without times, others of the user from a random one on."""
        steps = np.arange(1, self.config.max_length + 1)
        first, length = self.first[chosen, None], self.length[chosen, None]
        place = chosen[:, None] - first
        if self.ordered:
            there = steps <= place
            source = np.where(there, chosen[:, None] - steps, 0)
        else:
            there = steps < length
            skipped = rng.integers(0, np.maximum(length - 1, 1))
            turn = (skipped + steps - 1) % np.maximum(length - 1, 1) + 1
            source = np.where(there, first + (place + turn) % length, 0)
        there &= rng.random(there.shape) >= self.config.history_dropout
        there &= rng.random((len(chosen), 1)) >= self.config.empty_share
        return np.where(there, self.places[source], NOTHING)

    def loss(self, forward: Callable[..., Any], batch: tuple[Tensor, ...]) -> tuple[Tensor, int]:
        """Each distinct item of the batch passes its tower once; some are taken as if they were new."""
        history, target, user = batch
        negatives = self.sampler.draw(self.config.negatives)
        n_items = len(self.share)
        distinct, where = torch.unique(torch.cat([history.flatten(), target, negatives]), return_inverse=True)
        places = distinct.clamp(min=0)
        new = torch.rand(len(places), device=places.device) < self.config.item_dropout
        at_history, at_target, at_negative = where.split([history.numel(), len(target), len(negatives)])
        users, items, bias = forward(
            torch.where(new, n_items, places),
            self.item_content[places],
            at_history.view(history.shape),
            history >= 0,
            self._known(user),
        )
        expected = len(target) * self.share[places] + len(negatives) / n_items
        return in_batch_loss(users, items, bias, at_target, at_negative, expected.log()), len(target)

    def _known(self, user: Tensor) -> Tensor | None:
        """(n, user_content) features of the users, some left out as if nothing were known of them."""
        if self.user_content is None:
            return None
        kept = torch.rand(len(user), 1, device=user.device) >= self.config.user_dropout
        return self.user_content[user] * kept

    def judge(self) -> dict[str, float]:
        """NDCG@10 and loss on the held-back events."""
        if self.held_back is None:
            return {}
        self.model.encode()
        return held_back_figures(self.model.score, self.held_back, self.candidates, self.seed)
