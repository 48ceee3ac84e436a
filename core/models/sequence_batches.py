"""Training sequences of SASRec: windows over the users' events, thinned, sorted into batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.models.sequence_network import FIRST_ITEM, PAD, START

Tokens = NDArray[np.int64]


def windows(lengths: NDArray[np.int64], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(n, 2) start and stop of consecutive windows of at most `size` events that cover every sequence.

    Long sequences are cut at another place each time.
    """
    parts = []
    start = 0
    for length in lengths.tolist():
        if length > size:
            cuts = np.arange(int(rng.integers(1, size + 1)), length, size)
            edges = np.concatenate([[0], cuts, [length]]) + start
            parts.append(np.column_stack([edges[:-1], edges[1:]]))
        elif length > 0:
            parts.append(np.array([[start, start + length]]))
        start += length
    return np.concatenate(parts) if parts else np.empty((0, 2), dtype=np.int64)


def batches(
    places: NDArray[np.int64],
    lengths: NDArray[np.int64],
    *,
    max_length: int,
    batch_size: int,
    history_dropout: float,
    rng: np.random.Generator,
) -> Iterator[tuple[Tokens, Tokens]]:
    """Shuffled batches (tokens, targets), each (b, length); target −1 = padding, not judged.

    Args:
        places: all users' events, user after user, oldest first.
        lengths: events of each user.
        max_length: events that a state may see.
        batch_size: windows per batch.
        history_dropout: share of events left out of a window, drawn anew each time, so that any subset of a
            history is something the network has met.
        rng: decides cuts, dropout and order.
    """
    cut = windows(lengths, max_length + 1, rng)
    kept = rng.random(len(places)) >= history_dropout
    order = rng.permutation(len(cut))
    order = order[np.argsort((cut[order, 1] - cut[order, 0]) // 8, kind="stable")]
    groups = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    for number in rng.permutation(len(groups)):
        chosen = [places[a:b][kept[a:b]] for a, b in cut[groups[number]]]
        yield pad([window for window in chosen if len(window)], targets=True)


def pad(sequences: list[NDArray[np.int64]], *, targets: bool) -> tuple[Tokens, Tokens]:
    """(tokens, targets): START before each sequence; with `targets` the last event is only a target."""
    longest = max((len(sequence) for sequence in sequences), default=0) + (0 if targets else 1)
    tokens = np.full((len(sequences), longest), PAD, dtype=np.int64)
    wanted = np.full((len(sequences), longest), -1, dtype=np.int64)
    tokens[:, :1] = START
    for row, sequence in enumerate(sequences):
        seen = sequence[:-1] if targets else sequence
        tokens[row, 1 : 1 + len(seen)] = seen + FIRST_ITEM
        wanted[row, : len(sequence)] = sequence
    return tokens, wanted
