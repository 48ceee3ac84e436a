"""The network of the two-tower model: items and users as vectors of one space."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its customary name

from core.models.sequence_losses import sampled_softmax_loss

NOTHING = -1  # in place of an event that is not there
SPREAD = 0.05  # standard deviation of new vectors


class Tower(nn.Module):
    """x + a small network of x, made as long as 1."""

    def __init__(self, dim: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.norm, self.widen, self.narrow = (
            nn.LayerNorm(dim),
            nn.Linear(dim, 2 * dim),
            nn.Linear(2 * dim, dim),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, dim) → (n, dim), rows of length 1."""
        inner = F.dropout(F.gelu(self.widen(self.norm(x))), self.dropout, self.training)
        return F.normalize(x + self.narrow(inner), dim=-1)


class TwoTowerNetwork(nn.Module):
    """Vectors of items: id plus content; of users: pooled items of their history plus what is known of them.

    Row `n_items` of ids and biases stands for every item without one of its own.
    """

    def __init__(
        self,
        n_items: int,
        *,
        dim: int,
        length: int,
        item_content: int,
        user_content: int,
        attention: bool,
        dropout: float,
        temperature: float,
    ) -> None:
        super().__init__()
        self.ids, self.bias = nn.Embedding(n_items + 1, dim), nn.Parameter(torch.zeros(n_items + 1))
        self.item_content = nn.Linear(item_content, dim, bias=False) if item_content else None
        self.user_content = nn.Linear(user_content, dim, bias=False) if user_content else None
        self.start = nn.Parameter(torch.zeros(dim))
        self.ages = nn.Parameter(torch.zeros(length))
        self.attention = nn.Linear(dim, 1) if attention else None
        self.item_tower, self.user_tower = Tower(dim, dropout), Tower(dim, dropout)
        self.log_scale = nn.Parameter(torch.tensor(-log(temperature)))

    def initialise(self, log_share: Tensor) -> None:
        """Small vectors; biases start at the log share of events, so training starts at popularity.

        `log_share` has n_items + 1 entries, the last for items without a bias of their own.
        """
        nn.init.normal_(self.ids.weight, std=SPREAD)
        nn.init.normal_(self.start, std=SPREAD)
        for content in (self.item_content, self.user_content):
            if content is not None:
                nn.init.normal_(content.weight, std=SPREAD)
        for tower in (self.item_tower, self.user_tower):
            for layer in (tower.widen, tower.narrow):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
        if self.attention is not None:
            nn.init.zeros_(self.attention.weight)
        with torch.no_grad():
            self.ids.weight[-1] = 0
            self.bias.copy_(log_share)

    def forward(
        self, places: Tensor, item_content: Tensor, at: Tensor, present: Tensor, user_content: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Users (n, dim), items (k, dim) and their biases (k,) of a batch with k distinct items.

        Args:
            places: (k,) of the items.
            item_content: (k, item_content).
            at: (n, length) which of the k each event of a history is.
            present: (n, length) false where there is no event.
            user_content: (n, user_content) or None.
        """
        raw = self.raw_items(places, item_content)
        return self.users(F.embedding(at, raw), present, user_content), self.items(raw), self.bias[places]

    def raw_items(self, places: Tensor, content: Tensor) -> Tensor:
        """(m, dim) id and content, as they enter a history: place n_items where there is no id."""
        raw = self.ids(places)
        return raw if self.item_content is None else raw + self.item_content(content)  # type: ignore[no-any-return]

    def items(self, raw: Tensor) -> Tensor:
        """(m, dim) vectors of items, of length 1 times the scale that all scores share."""
        return self.item_tower(raw) * self.log_scale.exp()  # type: ignore[no-any-return]

    def users(self, events: Tensor, present: Tensor, content: Tensor | None) -> Tensor:
        """(n, dim) vectors of length 1.

        Args:
            events: (n, length, dim) raw items, the latest first.
            present: (n, length) false where there is none. START is pooled with them, so none is fine.
            content: (n, user_content) or None.
        """
        start = self.start.expand(len(events), 1, -1)
        pooled = torch.cat([start, events], dim=1)
        weights = F.pad(self.ages[: events.shape[1]].expand(len(events), -1), (1, 0))
        if self.attention is not None:
            weights = weights + self.attention(pooled)[..., 0]
        weights = weights.masked_fill(~F.pad(present, (1, 0), value=True), -torch.inf)
        x = (torch.softmax(weights, dim=1)[..., None] * pooled).sum(1)
        if self.user_content is not None and content is not None:
            x = x + self.user_content(content)
        return self.user_tower(x)  # type: ignore[no-any-return]


def in_batch_loss(
    users: Tensor, items: Tensor, bias: Tensor, targets: Tensor, negatives: Tensor, log_expected: Tensor
) -> Tensor:
    """Σ cross entropy of each user's target against the targets of the batch and evenly drawn negatives.

    Popular items are negatives as often as they are targets; so the log of how often each is expected among
    all negatives, n·share + m / n_items, is taken off its logit (Yi et al., 2019, with the evenly drawn ones
    of Yang et al., 2020). The target's own logit stays: it is there anyhow, not drawn.

    Args:
        users: (n, dim).
        items: (k, dim) distinct items.
        bias: (k,).
        targets: (n,) rows of `items`.
        negatives: (m,) rows of `items`.
        log_expected: (k,) log of how often each is expected among the n + m.
    """
    return sampled_softmax_loss(users, items, bias, targets, torch.cat([targets, negatives]), log_expected)
