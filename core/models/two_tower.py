"""Two towers: users by history and features, items by id and features, near each other when they match."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays
from core.models.content_vectors import ContentVectors, learn_content
from core.models.trainer_settings import TrainingConfig
from core.models.weighting import MORE
from core.progress import Report, silent
from core.tuning import Choices, Dimension, Range
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

if TYPE_CHECKING:
    from core.models.two_tower_network import TwoTowerNetwork

ROWS = 1024  # histories encoded at a time


class TwoTowerConfig(TrainingConfig):
    """Size of the towers, what is left out in training, and how long to train."""

    dim: int = Field(default=64, ge=2, le=1024, description="Length of the user and item vectors")
    max_length: int = Field(default=50, ge=1, le=500, description="Latest events that are looked at")
    pooling: Literal["attention", "mean"] = Field(
        default="attention",
        description="A history is the mean of its items, those that tell more or are newer counting more "
        "(attention) or only newer ones (mean)",
    )
    batch_size: int = Field(
        default=512,
        ge=1,
        le=65_536,
        description="Events per step, each the negative of all others; fewer on small data",
        json_schema_extra=MORE,
    )
    negatives: int = Field(
        default=1024,
        ge=1,
        le=100_000,
        description="Evenly drawn negatives of a step beside those",
        json_schema_extra=MORE,
    )
    temperature: float = Field(
        default=0.1,
        ge=0.001,
        le=10,
        description="What likeness (−1 to 1) is divided by at first; learnt",
        json_schema_extra=MORE,
    )
    history_dropout: float = Field(
        default=0.2,
        ge=0,
        le=0.9,
        description="Share of events left out of a training history, so that any part of it is familiar",
        json_schema_extra=MORE,
    )
    empty_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Share of events foretold from no history",
        json_schema_extra=MORE,
    )
    item_dropout: float = Field(
        default=0.1,
        ge=0,
        le=0.9,
        description="Share of items that a step knows by their features only, as if they were new",
        json_schema_extra=MORE,
    )
    user_dropout: float = Field(
        default=0.3,
        ge=0,
        le=0.9,
        description="Share of events foretold without the features of their user, who may come without any",
        json_schema_extra=MORE,
    )
    dropout: float = Field(
        default=0.1, ge=0, le=0.9, description="Share of units left out in training", json_schema_extra=MORE
    )
    content_dims: int = Field(
        default=64,
        ge=1,
        le=1024,
        description="Length of the vectors that features are made into first",
        json_schema_extra=MORE,
    )


class TwoTower:
    """Two-tower retrieval with in-batch softmax, corrected for sampling (Yi et al., 2019).

    score(u, i) = <x(history, features of u), y(id, features of i)> / temperature + b_i, a log probability
    up to a constant per user. x pools the items of the history (a learned START among them, newer ones with
    weights of their own), so there is no vector per user and everybody is answered from their history.
    History and item dropout are in the manner of DropoutNet (Volkovs et al., 2017): short histories are
    familiar, and features alone are enough for items that come later.
    """

    name: ClassVar[str] = "two_tower"
    label: ClassVar[str] = "Two-tower"
    Config: ClassVar[type[TwoTowerConfig]] = TwoTowerConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu", "cuda")
    stochastic: ClassVar[bool] = True
    tuning: ClassVar[Mapping[str, Dimension | None]] = {
        "dim": Choices((32, 64, 128)),
        "max_length": Range(5, 200, log=True, integer=True),
        "epochs": None,
        "patience": None,
        "learning_rate": Range(0.0003, 0.02, log=True),
    }
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"dim": 32, "max_length": 20, "epochs": 8, "patience": 3}
    }

    def __init__(self, config: TwoTowerConfig | None = None) -> None:
        self.config = config or TwoTowerConfig()

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,  # noqa: ARG002
        seed: int = 0,
        device: Device = CPU,
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,
        resume: Arrays | None = None,
    ) -> Self:
        """Train; the epoch with the best NDCG@10 on events held back from train is kept."""
        from core.models.trainer import Trainer
        from core.models.two_tower_training import TowerLesson

        report(0.0, "reading features")
        dims = self.config.content_dims
        self.item_known_ = learn_content(train.item_features, train.trained_items, dims)
        self.user_known_ = learn_content(train.user_features, train.trained_users, dims)
        known = None if self.item_known_ is None else self.item_known_.of(train.item_features, train.n_items)
        self.item_content_ = np.zeros((train.n_items, 0), np.float32) if known is None else known
        self.items_ = np.flatnonzero(train.trained_items).astype(np.int32)
        self._set_network(self._new_network())
        if len(self.items_):
            lesson = TowerLesson(self, train, seed=seed, device=device)
            trainer = Trainer(lesson, self.config, seed=seed, device=device)
            trainer.train(report=report, checkpoint=checkpoint, resume=resume)
        self.encode()
        report(1.0)
        return self

    def _new_network(self) -> TwoTowerNetwork:
        """An untrained network on the CPU; the caller's random state is left alone."""
        import torch

        from core.models.two_tower_network import TwoTowerNetwork

        c = self.config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return TwoTowerNetwork(
                len(self.items_),
                dim=c.dim,
                length=c.max_length,
                item_content=self.item_content_.shape[1],
                user_content=0 if self.user_known_ is None else self.user_known_.basis.shape[1],
                attention=c.pooling == "attention",
                dropout=c.dropout,
                temperature=c.temperature,
            )

    def _set_network(self, network: TwoTowerNetwork) -> None:
        """`_place` of an item in the network; those without events share the last place."""
        self.network_ = network.eval()
        self._place = np.full(len(self.item_content_), len(self.items_), dtype=np.int64)
        self._place[self.items_] = np.arange(len(self.items_))

    def user_content_of(self, table: pd.DataFrame | None, n: int) -> NDArray[np.float32] | None:
        """(n, content_dims) what is known of users, or None where train knew nothing of any."""
        return None if self.user_known_ is None else self.user_known_.of(table, n)

    def encode(self) -> None:
        """Vectors of all items, kept for scoring."""
        import torch

        device = self.network_.bias.device
        with torch.inference_mode():
            places = torch.from_numpy(self._place).to(device)
            raw = self.network_.raw_items(places, torch.from_numpy(self.item_content_).to(device))
            self._raw = raw
            self._vectors = self.network_.items(raw).cpu().numpy()
            self._bias = self.network_.bias[places].cpu().numpy()

    def with_items(self, features: pd.DataFrame) -> Self:
        """The same model over a widened catalogue: rows of `features` are the next items."""
        wide = type(self)(self.config)
        wide.item_known_, wide.user_known_, wide.items_ = self.item_known_, self.user_known_, self.items_
        new = np.zeros((len(features), self.item_content_.shape[1]), dtype=np.float32)
        if self.item_known_ is not None:
            new = self.item_known_.of(features, len(features))
        wide.item_content_ = np.concatenate([self.item_content_, new])
        wide._set_network(self.network_)
        wide.encode()
        return wide

    def user_vectors(self, histories: Histories) -> NDArray[np.float32]:
        """(n, dim) vectors of length 1; START alone and features where the history is empty."""
        import torch

        out = np.empty((len(histories), self.config.dim), dtype=np.float32)
        known = self.user_content_of(histories.user_features, len(histories))
        device = self.network_.bias.device
        told = (self._place < len(self.items_)) | self.item_content_.any(axis=1)
        with torch.inference_mode():
            for start in range(0, len(histories), ROWS):
                rows = slice(start, min(start + ROWS, len(histories)))
                items = self._latest(histories, rows)
                present = (items >= 0) & told[items]
                events = self._raw[torch.from_numpy(items).clamp(min=0).to(device)]
                content = None if known is None else torch.from_numpy(known[rows]).to(device)
                users = self.network_.users(events, torch.from_numpy(present).to(device), content)
                out[rows] = users.cpu().numpy()
        return out

    def _latest(self, histories: Histories, rows: slice) -> NDArray[np.int64]:
        """(n, max_length) items of the rows, latest first, −1 where there is none."""
        steps = np.arange(1, self.config.max_length + 1)
        end, length = histories.indptr[rows.start + 1 : rows.stop + 1], histories.lengths[rows]
        there = steps <= length[:, None]
        source = np.where(there, end[:, None] - steps, 0)
        return np.where(there, histories.items[source] if len(histories.items) else -1, -1).astype(np.int64)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) log probabilities of the next item, up to a constant per row."""
        vectors = self._vectors if items is None else self._vectors[items]
        bias = self._bias if items is None else self._bias[items]
        return np.asarray(self.user_vectors(histories) @ vectors.T + bias, dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Weights, item numbers, what is known of items, and what reads features of new items and users."""
        from core.models.trainer import arrays_of

        made = arrays_of(self.network_) | {"items": self.items_, "item_content": self.item_content_}
        for prefix, known in (("known_item.", self.item_known_), ("known_user.", self.user_known_)):
            made |= {} if known is None else known.arrays(prefix)
        return made

    @classmethod
    def restore(cls, config: TwoTowerConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are, on the CPU."""
        from core.models.trainer import weights_of

        model = cls(config)
        model.item_known_ = ContentVectors.restore(arrays, "known_item.")
        model.user_known_ = ContentVectors.restore(arrays, "known_user.")
        model.items_, model.item_content_ = np.array(arrays["items"]), np.array(arrays["item_content"])
        network = model._new_network()
        network.load_state_dict(weights_of(arrays))
        model._set_network(network)
        model.encode()
        return model
