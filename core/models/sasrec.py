"""SASRec: the next item from the order of the last events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays
from core.models.needs import refuse
from core.models.trainer_settings import TrainingConfig
from core.models.weighting import MORE
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

if TYPE_CHECKING:
    from core.models.sequence_network import SequenceNetwork

BATCH_ROWS = 256  # histories scored at a time


Loss = Literal["auto", "softmax", "sampled_softmax", "gbce", "bce"]


class SASRecConfig(TrainingConfig):
    """Size, length, loss and how long to train."""

    dim: int = Field(default=64, ge=4, le=512, description="Length of the item vectors")
    max_length: int = Field(default=50, ge=1, le=500, description="Latest events that are looked at")
    loss: Loss = Field(
        default="auto",
        description="softmax = against every item, sampled_softmax = against some with odds corrected, "
        "gbce = calibrated yes or no, bce = yes or no with one negative, "
        "auto = softmax for small catalogues, else sampled_softmax",
    )
    blocks: int = Field(default=2, ge=1, le=8, description="Transformer blocks", json_schema_extra=MORE)
    heads: int = Field(default=2, ge=1, le=16, description="Attention heads", json_schema_extra=MORE)
    dropout: float = Field(
        default=0.2, ge=0, le=0.9, description="Share of units left out in training", json_schema_extra=MORE
    )
    history_dropout: float = Field(
        default=0.2,
        ge=0,
        le=0.9,
        description="Share of events left out of a training history, so that any part of it is familiar",
        json_schema_extra=MORE,
    )
    empty_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="Share of events that are also predicted from an empty history",
        json_schema_extra=MORE,
    )
    negatives: int = Field(
        default=512, ge=1, le=100_000, description="Shared negatives of a step", json_schema_extra=MORE
    )
    full_softmax_up_to: int = Field(
        default=2000,
        ge=0,
        le=1_000_000,
        description="auto compares with every item instead of sampled negatives up to this many items",
        json_schema_extra=MORE,
    )
    calibration: float = Field(
        default=0.75,
        ge=0,
        le=1,
        description="gbce: how far the overconfidence of few negatives is undone, 0 = not, 1 = wholly",
        json_schema_extra=MORE,
    )
    content_start: bool = Field(
        default=False,
        description="Let item vectors start from what is known of the items",
        json_schema_extra=MORE,
    )

    @model_validator(mode="after")
    def _heads_divide_the_vector(self) -> Self:
        if self.dim % self.heads:
            raise ValueError(f"dim = {self.dim} is not a multiple of heads = {self.heads}")
        return self

    @property
    def needs(self) -> tuple[str, ...]:
        """What these settings ask for beyond what the model needs."""
        return ("item_features",) if self.content_start else ()

    def loss_for(self, n_items: int) -> Loss:
        """The loss of a catalogue of this size."""
        if self.loss != "auto":
            return self.loss
        return "softmax" if n_items <= self.full_softmax_up_to else "sampled_softmax"


class SASRec:
    """Self-attentive sequential recommendation (Kang & McAuley, 2018), trained with softmax loss.

    Softmax over (sampled) negatives instead of one BCE negative follows Klenitskiy & Vasilev (2023). A
    learned START token stands before every history, events are dropped at random in training, and some
    events are predicted from START alone, so that short, edited and empty histories are all familiar.
    """

    name: ClassVar[str] = "sasrec"
    label: ClassVar[str] = "SASRec"
    Config: ClassVar[type[SASRecConfig]] = SASRecConfig
    needs: ClassVar[tuple[str, ...]] = ("times",)
    devices: ClassVar[tuple[str, ...]] = ("cpu", "cuda")
    stochastic: ClassVar[bool] = True

    def __init__(self, config: SASRecConfig | None = None) -> None:
        self.config = config or SASRecConfig()

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
        """Train; the epoch with the best NDCG@10 on events held back from train is kept.

        `validation` is not looked at, so the figures of that part are as honest as those of other models.
        Raises `NotApplicable` when the events have no times, because then they have no order.
        """
        from core.models.sequence_training import SequenceLesson
        from core.models.trainer import Trainer

        refuse(self, train)
        self.n_items_ = train.n_items
        self.items_ = np.flatnonzero(train.trained_items).astype(np.int32)
        report(0.0, "preparing")
        self._set_network(self._new_network())
        if len(self.items_):
            lesson = SequenceLesson(self, train, seed=seed, device=device)
            trainer = Trainer(lesson, self.config, seed=seed, device=device)
            trainer.train(report=report, checkpoint=checkpoint, resume=resume)
        report(1.0)
        return self

    def _new_network(self) -> SequenceNetwork:
        """An untrained network on the CPU; the caller's random state is left alone."""
        import torch

        from core.models.sequence_network import SequenceNetwork

        c = self.config
        sizes = {"dim": c.dim, "blocks": c.blocks, "heads": c.heads, "max_length": c.max_length}
        with torch.random.fork_rng(devices=[]):
            return SequenceNetwork(len(self.items_), dropout=c.dropout, **sizes)

    def _set_network(self, network: SequenceNetwork) -> None:
        self.network_ = network
        self._place = np.full(self.n_items_, -1, dtype=np.int64)
        self._place[self.items_] = np.arange(len(self.items_))

    def places(self, items: NDArray[np.int32]) -> NDArray[np.int64]:
        """Places of `items` among the trained ones; items that train does not hold are left out."""
        places = self._place[items]
        return np.asarray(places[places >= 0])

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) log probabilities of the next item, up to a constant per row.

        An empty history is answered from START. Items that train does not hold stand below all others.
        """
        import torch

        out = np.empty((len(histories), self.n_items_ if items is None else len(items)), dtype=np.float32)
        trained = np.ones(1, dtype=bool) if items is None else self._place[items] >= 0
        with torch.inference_mode():
            for start in range(0, len(histories), BATCH_ROWS):
                rows = range(start, min(start + BATCH_ROWS, len(histories)))
                states = self.states(histories, rows)
                if items is not None and trained.all():
                    places = torch.from_numpy(self._place[items]).to(states.device)
                    out[rows] = self.network_.logits(states, places).cpu().numpy()
                    continue
                logits = self.network_.logits(states).cpu().numpy()
                full = np.repeat(logits.min(axis=1, initial=0.0)[:, None] - 1, self.n_items_, axis=1)
                full[:, self.items_] = logits
                out[rows] = full if items is None else full[:, items]
        return out

    def states(self, histories: Histories, rows: range) -> Any:
        """(len(rows), dim) state after the last event of each row, or after START."""
        import torch

        from core.models.sequence_batches import pad

        sequences = [self.places(histories.row(row))[-self.config.max_length :] for row in rows]
        tokens, _ = pad(sequences, targets=False)
        last = torch.tensor([len(sequence) for sequence in sequences])
        device = self.network_.bias.device
        states = self.network_(torch.from_numpy(tokens).to(device))
        return states[torch.arange(len(sequences)), last]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Weights under the names of the network, item numbers, size of the catalogue."""
        from core.models.trainer import arrays_of

        return arrays_of(self.network_) | {"items": self.items_, "n_items": np.asarray(self.n_items_)}

    @classmethod
    def restore(cls, config: SASRecConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are, on the CPU."""
        from core.models.trainer import weights_of

        model = cls(config)
        model.items_, model.n_items_ = np.array(arrays["items"]), int(arrays["n_items"])
        network = model._new_network()
        network.load_state_dict(weights_of(arrays))
        model._set_network(network.eval())
        return model
