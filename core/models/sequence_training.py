"""What SASRec gives the trainer: sequences, losses, a judgement on held-back events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from core.device import Device
from core.models.content_vectors import learn_content
from core.models.sequence_batches import batches
from core.models.sequence_losses import Sampler, bce_loss, gbce_loss, sampled_softmax_loss, softmax_loss
from core.models.sequence_network import FIRST_ITEM
from core.models.trainer import Batch, batch_size
from core.models.trainer_stopping import held_back_figures, stopping_sample
from data.dataset import Dataset

if TYPE_CHECKING:
    from core.models.sasrec import SASRec

NEGATIVE_POWER = 0.5  # negatives of the sampled softmax are drawn by popularity to this power
VECTOR_SPREAD = 0.02  # standard deviation of new item vectors


class SequenceLesson:
    """A `core.models.trainer.Lesson`."""

    def __init__(self, model: SASRec, train: Dataset, *, seed: int, device: Device) -> None:
        self.model, self.network, self.config, self.seed = model, model.network_, model.config, seed
        self.candidates = train.trained_items
        lessons, self.held_back = stopping_sample(train, seed)
        events = lessons.interactions
        self.places = model.places(events.item)
        _, self.lengths = np.unique(events.user, return_counts=True)
        windows = int(np.ceil(self.lengths / (self.config.max_length + 1)).sum())
        self.batch_size = batch_size(self.config, windows)
        self.steps = windows // self.batch_size + 1
        self._start(train, seed, torch.device(device.used))

    def _start(self, train: Dataset, seed: int, device: torch.device) -> None:
        """First weights, and what negatives are drawn by."""
        counts = np.bincount(self.places, minlength=len(self.model.items_)).astype(np.float64)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network.initialise(torch.from_numpy(np.log(counts / max(counts.sum(), 1))).float())
        if self.config.content_start:
            self._start_from_content(train)
        power = NEGATIVE_POWER if self.config.loss in ("auto", "sampled_softmax") else 0.0
        share = torch.from_numpy(counts**power / max((counts**power).sum(), 1))
        self.sampler = Sampler(share, device) if len(counts) else None

    def _start_from_content(self, train: Dataset) -> None:
        """Vectors of items of which something is known start from it, as large as the others."""
        content = learn_content(train.item_features, train.trained_items, self.config.dim)
        if content is None:
            return
        known = content.of(train.item_features, train.n_items)[self.model.items_]
        rows = np.flatnonzero(known.any(axis=1))
        draw = np.random.default_rng(self.seed).standard_normal((self.config.dim, known.shape[1]))
        turned = known[rows] @ np.linalg.qr(draw)[0].T  # over all columns of a vector, lengths kept
        length = VECTOR_SPREAD * np.sqrt(self.config.dim)
        with torch.no_grad():
            places = torch.from_numpy(rows) + FIRST_ITEM
            self.network.items.weight[places] = torch.from_numpy(length * turned).float()

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """(tokens, targets) of windows over the users' events."""
        made = batches(
            self.places,
            self.lengths,
            max_length=self.config.max_length,
            batch_size=self.batch_size,
            history_dropout=self.config.history_dropout,
            rng=rng,
        )
        return (batch for batch in made if len(batch[0]))

    def loss(self, forward: Callable[..., Any], batch: tuple[Tensor, ...]) -> tuple[Tensor, int]:
        """Every event is foretold from those before it, and some from START alone."""
        tokens, wanted = batch
        states = forward(tokens)
        judged = wanted >= 0
        goal, state = wanted[judged], states[judged]
        if self.config.empty_share > 0:
            chosen = goal[torch.rand(len(goal), device=goal.device) < self.config.empty_share]
            alone = states[:1, 0].expand(len(chosen), -1)  # after START nothing of the row is seen
            state, goal = torch.cat([state, alone]), torch.cat([goal, chosen])
        return self._loss(state, goal), len(goal)

    def _loss(self, states: Tensor, targets: Tensor) -> Tensor:
        items = (self.network.item_weight, self.network.bias)
        loss = self.config.loss_for(len(items[1]))
        if loss == "softmax" or self.sampler is None:
            return softmax_loss(states, *items, targets)
        if loss == "bce":
            return bce_loss(states, *items, targets, self.sampler.draw(len(targets)))
        negatives = self.sampler.draw(self.config.negatives)
        if loss == "gbce":
            return gbce_loss(states, *items, targets, negatives, calibration=self.config.calibration)
        expected = self.sampler.log_share + float(np.log(self.config.negatives))
        return sampled_softmax_loss(states, *items, targets, negatives, expected)

    def judge(self) -> dict[str, float]:
        """NDCG@10 and loss on the held-back events."""
        if self.held_back is None:
            return {}
        return held_back_figures(self.model.score, self.held_back, self.candidates, self.seed)
