"""Losses of the next item: softmax over all items, whole or in chunks, and over negatives.

All return the sum over the states. `weight` (n_items, dim) and `bias` (n_items,) are those of the items: the
logit of item i after a state x is <x, weight_i> + bias_i.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its customary name

LARGEST = 2**25  # logits held at once: 128 MiB of float32


def softmax_loss(
    states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, largest: int = LARGEST
) -> Tensor:
    """Cross entropy of the targets against the whole catalogue, in chunks of items when it is large."""
    if len(states) * len(weight) <= largest:
        return F.cross_entropy(F.linear(states, weight, bias), targets, reduction="sum")
    chunk = max(largest // max(len(states), 1), 1)
    return _ChunkedSoftmax.apply(states, weight, bias, targets, chunk)  # type: ignore[no-any-return, no-untyped-call]


class _ChunkedSoftmax(torch.autograd.Function):
    """Σ logsumexp(logits) − logit of the target, never holding more than a chunk of items.

    The log of the sum is gathered chunk by chunk; going back, the probabilities of each chunk are made again
    from it: a third more work for a memory that does not grow with the catalogue.
    """

    @staticmethod
    @torch.amp.custom_fwd(device_type="cuda")  # type: ignore[untyped-decorator]
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, chunk: int
    ) -> Tensor:
        log_sum = torch.full((len(states),), -torch.inf, dtype=torch.float32, device=states.device)
        for start in range(0, len(weight), chunk):
            part = slice(start, start + chunk)
            log_sum = torch.logaddexp(log_sum, torch.logsumexp(states @ weight[part].T + bias[part], dim=1))
        ctx.save_for_backward(states, weight, bias, targets, log_sum)
        ctx.chunk = chunk
        return (log_sum - (states * weight[targets]).sum(1) - bias[targets]).sum()

    @staticmethod
    @torch.amp.custom_bwd(device_type="cuda")  # type: ignore[untyped-decorator]
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        states, weight, bias, targets, log_sum = ctx.saved_tensors
        gradient = gradients[0]
        to_states = -weight[targets].to(torch.float32)
        to_weight, to_bias = torch.empty_like(weight), torch.empty_like(bias)
        for start in range(0, len(weight), ctx.chunk):
            part = slice(start, start + ctx.chunk)
            p = torch.exp(states @ weight[part].T + bias[part] - log_sum[:, None])
            to_states += p @ weight[part]
            to_weight[part] = p.T @ states
            to_bias[part] = p.sum(0)
        to_weight.index_add_(0, targets, -states.to(weight.dtype))
        to_bias.index_add_(0, targets, -torch.ones_like(bias[targets]))
        return gradient * to_states, gradient * to_weight, gradient * to_bias, None, None


def sampled_softmax_loss(
    states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, negatives: Tensor, log_expected: Tensor
) -> Tensor:
    """Cross entropy against negatives shared by the batch.

    Args:
        states: (n, dim).
        weight: (n_items, dim).
        bias: (n_items,).
        targets: (n,) places of the next items.
        negatives: (m,) places drawn with replacement.
        log_expected: (n_items,) log of how often each place is expected among the m draws; subtracted so
            that the loss estimates the full one (Bengio & Senécal, 2003). The target itself is not drawn, so
            its logit stays as it is.
    """
    positive, others = _logits(states, weight, bias, targets, negatives)
    others = others - log_expected[negatives]
    wrong = torch.cat([positive[:, None], others], dim=1)
    return (torch.logsumexp(wrong, dim=1) - positive).sum()


def gbce_loss(
    states: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    negatives: Tensor,
    *,
    calibration: float,
) -> Tensor:
    """Generalised binary cross entropy (Petrov & Macdonald, 2023) against m shared negatives, drawn evenly.

    −(β ln σ(s⁺) + Σ ln(1 − σ(s⁻))) / (m + 1) with α = m / (n_items − 1), t = `calibration` and
    β = α (t (1 − 1/α) + 1/α) = 1 − t (1 − α): 0 is plain binary cross entropy, 1 undoes the overconfidence
    that leaving out most items brings.
    """
    positive, others = _logits(states, weight, bias, targets, negatives)
    alpha = min(len(negatives) / max(len(weight) - 1, 1), 1.0)
    beta = 1 - calibration * (1 - alpha)
    right = beta * F.logsigmoid(positive)
    wrong = F.logsigmoid(-others).sum(1)
    return -(right + wrong).sum() / (len(negatives) + 1)


def bce_loss(states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
    """Binary cross entropy with one negative for each state, (n,) (Kang & McAuley, 2018)."""
    positive = (states * F.embedding(targets, weight)).sum(1) + bias[targets]
    other = (states * F.embedding(negatives, weight)).sum(1) + bias[negatives]
    wrong = torch.where(negatives == targets, 0.0, F.logsigmoid(-other))
    return -(F.logsigmoid(positive) + wrong).sum()


def _logits(
    states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, negatives: Tensor
) -> tuple[Tensor, Tensor]:
    """(n,) logits of the targets, (n, m) of the negatives, −inf where one is the target."""
    positive = (states * F.embedding(targets, weight)).sum(1) + bias[targets]
    others = F.linear(states, F.embedding(negatives, weight), bias[negatives])
    return positive.float(), others.float().masked_fill(negatives[None, :] == targets[:, None], -torch.inf)


class Sampler:
    """Draws items on the device of the network, with replacement, by given shares."""

    def __init__(self, share: Tensor, device: torch.device) -> None:
        """`share` (n_items,) sums to 1."""
        self.edges = torch.cumsum(share.double(), 0).to(device)
        self.edges[-1] = 1.0
        self.log_share = torch.log(share).float().to(device)

    def draw(self, n: int) -> Tensor:
        """(n,) places."""
        at = torch.rand(n, dtype=torch.float64, device=self.edges.device)
        return torch.searchsorted(self.edges, at, right=True).clamp_(max=len(self.edges) - 1)
