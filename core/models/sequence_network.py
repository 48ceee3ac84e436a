"""The network of SASRec: a causal transformer over item numbers."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its customary name

PAD, START = 0, 1  # tokens before the items: item place p is token p + FIRST_ITEM
FIRST_ITEM = 2


class Block(nn.Module):
    """Causal self-attention and a feed-forward layer, each normalised first and added to its input."""

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.norm_attention, self.norm_forward = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.widen, self.narrow = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(n, length, dim) → the same shape; position p sees positions 0..p only."""
        n, length, dim = x.shape
        split = self.qkv(self.norm_attention(x)).view(n, length, 3, self.heads, dim // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4)
        drop = self.dropout if self.training else 0.0
        attended = F.scaled_dot_product_attention(q, k, v, dropout_p=drop, is_causal=True)
        x = x + F.dropout(self.out(attended.transpose(1, 2).reshape(n, length, dim)), drop)
        return x + F.dropout(self.narrow(F.gelu(self.widen(self.norm_forward(x)))), drop)


class SequenceNetwork(nn.Module):
    """START, then the events oldest first; the output at an event scores the next item.

    Sequences are padded on the right and positions are counted from START, so a short history looks the
    same alone as at the head of a long one, and causal attention alone keeps padding out of sight.
    """

    def __init__(
        self, n_items: int, *, dim: int, blocks: int, heads: int, max_length: int, dropout: float
    ) -> None:
        super().__init__()
        self.dropout = dropout
        self.items = nn.Embedding(n_items + FIRST_ITEM, dim, padding_idx=PAD)
        self.positions = nn.Embedding(max_length + 1, dim)
        self.blocks = nn.ModuleList([Block(dim, heads, dropout) for _ in range(blocks)])
        self.norm = nn.LayerNorm(dim)
        self.bias = nn.Parameter(torch.zeros(n_items))

    def initialise(self, log_share: Tensor) -> None:
        """Small vectors; the bias starts at the log share of events, so training starts at popularity."""
        for module in self.modules():
            if isinstance(module, nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            elif isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        with torch.no_grad():
            self.items.weight[PAD] = 0
            self.bias.copy_(log_share)

    def forward(self, tokens: Tensor) -> Tensor:
        """(n, length) tokens → (n, length, dim) states."""
        x = self.items(tokens) + self.positions.weight[: tokens.shape[1]]
        x = F.dropout(x, self.dropout, self.training)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)  # type: ignore[no-any-return]

    @property
    def item_weight(self) -> Tensor:
        """(n_items, dim) vectors of the items."""
        return self.items.weight[FIRST_ITEM:]

    def logits(self, states: Tensor, places: Tensor | None = None) -> Tensor:
        """(n, dim) states → (n, n_items or len(places)) unnormalised log probabilities."""
        if places is None:
            return F.linear(states, self.item_weight, self.bias)
        return F.linear(states, F.embedding(places + FIRST_ITEM, self.items.weight), self.bias[places])
