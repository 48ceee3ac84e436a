"""An epoch of SASRec by our trainer against a plain torch loop with the same sizes, batch and loss."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its customary name

from core.device import CPU
from core.models import MODELS
from core.progress import silent
from data.dataset import Dataset
from data.samples import marketplace
from tests.benchmarks.measure import Row, seconds

DIM, BLOCKS, HEADS, LENGTH, BATCH, DROPOUT, RATE = 64, 2, 2, 50, 128, 0.2, 0.001


class PlainSASRec(nn.Module):
    """Causal torch encoder layers over item and place vectors, as one would write it."""

    def __init__(self, n_items: int) -> None:
        super().__init__()
        self.items, self.places = nn.Embedding(n_items + 1, DIM, padding_idx=0), nn.Embedding(LENGTH, DIM)
        layer = nn.TransformerEncoderLayer(
            DIM, HEADS, 4 * DIM, DROPOUT, "gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(layer, BLOCKS, nn.LayerNorm(DIM), enable_nested_tensor=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """(n, LENGTH) → (n, LENGTH, n_items + 1) logits."""
        x = self.items(tokens) + self.places.weight
        mask = nn.Transformer.generate_square_subsequent_mask(LENGTH)
        return F.linear(self.blocks(x, mask=mask, is_causal=True), self.items.weight)


def padded(train: Dataset) -> Tensor:
    """(n, LENGTH + 1) windows over the users' events, items from 1, padded with 0 on the right."""
    events = train.interactions
    first = np.flatnonzero(np.append(True, events.user[1:] != events.user[:-1]))
    rows = []
    for walk in np.split(events.item + 1, first[1:]):
        for start in range(0, len(walk), LENGTH + 1):
            part = walk[start : start + LENGTH + 1]
            rows.append(np.pad(part, (0, LENGTH + 1 - len(part))))
    return torch.from_numpy(np.stack(rows).astype(np.int64))


def plain_epoch(network: PlainSASRec, optimiser: torch.optim.Optimizer, rows: Tensor, batch: int) -> None:
    network.train()
    for chosen in torch.randperm(len(rows)).split(batch):
        tokens, targets = rows[chosen, :-1], rows[chosen, 1:]
        loss = F.cross_entropy(network(tokens).flatten(0, 1), targets.flatten(), ignore_index=0)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()


def rows() -> list[Row]:
    """The same events are taught on both sides; those held back are not judged while the clock runs."""
    from core.models.sequence_training import SequenceLesson
    from core.models.trainer import Trainer
    from core.models.trainer_stopping import stopping_sample

    train = marketplace(n_users=2_000, n_items=1_000, n_events=60_000, seed=0)
    sasrec = MODELS["sasrec"]
    model = sasrec(sasrec.Config(loss="softmax", history_dropout=0, empty_share=0, epochs=1000))
    model.n_items_, model.items_ = train.n_items, np.flatnonzero(train.trained_items).astype(np.int32)
    model._set_network(model._new_network())
    lesson = SequenceLesson(model, train, seed=0, device=CPU)
    trainer = Trainer(lesson, model.config, seed=0, device=CPU)
    ours = seconds(lambda: trainer.run_epoch(silent, ""), 3)
    torch.manual_seed(0)
    network = PlainSASRec(train.n_items)
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    lessons, _ = stopping_sample(train, 0)
    walks, batch = padded(lessons), lesson.batch_size
    theirs = seconds(lambda: plain_epoch(network, optimiser, walks, batch), 3)
    what = f"sasrec: an epoch of {len(lessons.interactions):,} events, {DIM} long, {BLOCKS} blocks"
    return [Row(what, ours, "plain torch loop, same sizes and batch", theirs, "softmax over all items")]
