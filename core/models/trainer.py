"""The one trainer of all networks: epochs, early stopping, checkpoints, small memories.

Every random draw of an epoch depends on seed and epoch alone, and a checkpoint is taken between epochs. So a
resumed training ends with the weights of one that was never stopped, to the last digit on the CPU.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from math import cos, isfinite, pi
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.device import Device
from core.models.base import Arrays
from core.models.trainer_settings import Decay, TrainingConfig
from core.progress import Report, part_of
from data.errors import DataError

JUDGED_BY = "ndcg@10"  # the held-back figure that chooses the epoch
STEPS = 100  # of an epoch on small data, as long as batches keep MIN_BATCH examples
MIN_BATCH = 16
SMALLEST_STEP = 0.01  # of the learning rate, at the first step of a warm-up

Batch = tuple[NDArray[Any], ...]  # arrays of equal length: one entry per example


class Lesson(Protocol):
    """What a model gives the trainer: a network, examples, a loss, and a judgement on held-back events."""

    steps: int  # batches of an epoch, about

    @property
    def network(self) -> nn.Module: ...

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """The examples of one epoch in random order; an array of numbers is sent to the device as it is."""
        ...

    def loss(self, forward: Callable[..., Any], batch: tuple[Tensor, ...]) -> tuple[Tensor, int]:
        """(sum of losses, number of summands); `forward` is the network, compiled if so asked."""
        ...

    def judge(self) -> dict[str, float]:
        """Figures on held-back events, `JUDGED_BY` among them; empty when none could be held back."""
        ...


def batch_size(config: TrainingConfig, examples: int) -> int:
    """The wanted batch size, or less so that an epoch of `examples` has about `STEPS` steps."""
    return min(config.batch_size, max(MIN_BATCH, examples // STEPS))


def step_size(epochs_done: float, epochs: int, warm_up: float, decay: Decay) -> float:
    """Share of the learning rate at this point: linear growth, then none, linear or cosine decay to 0."""
    if epochs_done < warm_up:
        return max(epochs_done / warm_up, SMALLEST_STEP)
    left = 1 - min((epochs_done - warm_up) / max(epochs - warm_up, 1e-9), 1.0)
    return {"none": 1.0, "linear": left, "cosine": (1 - cos(pi * left)) / 2}[decay]


class Trainer:
    """Network, optimiser and the best weights so far.

    When a step does not fit into the memory of the GPU, its batch is taken in halves whose gradients are
    added up: the step stays one over the whole batch, and `notes` says so.
    """

    def __init__(self, lesson: Lesson, config: TrainingConfig, *, seed: int, device: Device) -> None:
        self.lesson, self.config, self.seed = lesson, config, seed
        self.device = torch.device(device.used)
        self.network = lesson.network.to(self.device)
        self.optimiser = _optimiser(self.network, config)
        on_cuda = device.used == "cuda"
        self.half = on_cuda and config.mixed_precision and torch.cuda.is_bf16_supported()
        self.forward: Callable[..., Any] = self.network
        if on_cuda and config.compiled:
            self.forward = torch.compile(self.network, dynamic=True)
        self.parts = 1
        self.notes: list[str] = []
        self.epoch, self.best, self.best_epoch = 0, -np.inf, 0
        self.best_weights = self.weights()

    def weights(self) -> dict[str, Tensor]:
        """A copy of the network's weights."""
        return {key: value.detach().clone() for key, value in self.network.state_dict().items()}

    def train(
        self,
        *,
        report: Report,
        checkpoint: Callable[[Arrays], None] | None = None,
        resume: Arrays | None = None,
    ) -> None:
        """All epochs, or as many as `patience` lets; the network then has its best weights, on the CPU.

        Raises `DataError` when the loss is no number any more, or when not even one example fits into memory.
        """
        if resume is not None:
            self.go_on(resume)
        epochs = self.config.epochs
        with torch.random.fork_rng(devices=[0] if self.device.type == "cuda" else []):
            while self.epoch < epochs and self.epoch - self.best_epoch < self.config.patience:
                stage = f"epoch {self.epoch + 1} of {epochs}"
                part = part_of(report, self.epoch / epochs, (self.epoch + 1) / epochs)
                loss = self.run_epoch(part, stage)
                figures = self.lesson.judge()
                self.remember(figures.get(JUDGED_BY))
                curve = {"epoch": float(self.epoch), "loss": loss} | figures
                report(self.epoch / epochs, self._said(stage), curve=curve)
                if checkpoint is not None:
                    checkpoint(self.state())
        self.network.load_state_dict(self.best_weights)
        self.network.to("cpu").eval()

    def _said(self, stage: str) -> str:
        return f"{stage} ({self.notes[-1]})" if self.notes else stage

    def run_epoch(self, report: Report, stage: str) -> float:
        """One pass over the examples; the mean loss."""
        rng = np.random.default_rng([self.seed, self.epoch])
        torch.manual_seed(int(rng.integers(2**62)))
        self.network.train()
        losses = torch.zeros((), dtype=torch.float64, device=self.device)
        summands = 0
        for step, batch in enumerate(self.lesson.batches(rng)):
            report(min(step / max(self.lesson.steps, 1), 1.0), self._said(stage))
            self._set_step_size(self.epoch + min(step / max(self.lesson.steps, 1), 1.0))
            total, n = self.step(batch)
            losses += total
            summands += n
        self.network.eval()
        self.epoch += 1
        mean = float(losses) / max(summands, 1)
        if not isfinite(mean):
            raise DataError(
                f"The loss of epoch {self.epoch} is {mean}: the training has run away.",
                f"Lower the learning rate (now {self.config.learning_rate:g}) or give it a warm-up.",
            )
        return mean

    def _set_step_size(self, epochs_done: float) -> None:
        c = self.config
        rate = c.learning_rate * step_size(epochs_done, c.epochs, c.warm_up, c.decay)
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def step(self, batch: Batch) -> tuple[Tensor, int]:
        """One step of the optimiser; (sum of losses before it, number of summands)."""
        while True:
            try:
                total, n = self._gradients(batch)
                break
            except torch.OutOfMemoryError:
                self._halve(len(batch[0]))
        if n:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
            self.optimiser.step()
        return total, n

    def _gradients(self, batch: Batch) -> tuple[Tensor, int]:
        """Gradients of the mean loss, added up over the parts of the batch."""
        self.optimiser.zero_grad(set_to_none=True)
        sums = torch.zeros((), dtype=torch.float64, device=self.device)
        summands, size = 0, -(-len(batch[0]) // self.parts)
        for start in range(0, len(batch[0]), max(size, 1)):
            tensors = tuple(self._sent(array[start : start + size]) for array in batch)
            with torch.autocast("cuda", dtype=torch.bfloat16) if self.half else nullcontext():
                total, n = self.lesson.loss(self.forward, tensors)
            if n:
                (total / n if self.parts == 1 else total).backward()  # type: ignore[no-untyped-call]
                sums += total.detach()
                summands += n
        if self.parts > 1:
            for parameter in self.network.parameters():
                if parameter.grad is not None:
                    parameter.grad /= max(summands, 1)
        return sums, summands

    def _sent(self, array: NDArray[Any]) -> Tensor:
        tensor = torch.from_numpy(array)
        if self.device.type == "cuda":
            return tensor.pin_memory().to(self.device, non_blocking=True)
        return tensor

    def _halve(self, examples: int) -> None:
        """Take batches in twice as many parts from now on."""
        size = -(-examples // self.parts)
        if size <= 1:
            raise DataError(
                "The memory of the GPU does not hold one example of a batch.",
                "Choose smaller vectors or shorter histories, or train on the CPU.",
            )
        self.optimiser.zero_grad(set_to_none=True)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        self.parts *= 2
        full = f"{examples:,} examples at once did not fit into the memory of the GPU"
        self.notes.append(f"{full}: taken in {self.parts} parts")

    def remember(self, value: float | None) -> None:
        """Keep the best weights (the last without a value); of equal ones those trained longer."""
        if value is None or value > self.best:
            self.best, self.best_epoch = self.best if value is None else value, self.epoch
        if value is None or value >= self.best:
            self.best_weights = self.weights()

    def state(self) -> dict[str, NDArray[Any]]:
        """All that is needed to go on after this epoch; random draws need only the seed and the epoch."""
        weights = {f"network.{key}": _array(value) for key, value in self.weights().items()}
        best = {f"best.{key}": _array(value) for key, value in self.best_weights.items()}
        moments = {
            f"optimiser.{number}.{key}": _array(value)
            for number, state in self.optimiser.state_dict()["state"].items()
            for key, value in state.items()
        }
        counters = np.asarray([self.epoch, self.best_epoch, self.best, self.parts], dtype=np.float64)
        same = {"seed": np.asarray(self.seed), "settings": np.asarray(_digest(self.config))}
        return weights | best | moments | same | {"progress": counters}

    def go_on(self, arrays: Arrays) -> None:
        """Take up the `state` of an earlier run with the same data, settings and seed."""
        seed, settings = int(arrays["seed"]), str(arrays["settings"])
        if (seed, settings) != (self.seed, _digest(self.config)):
            raise DataError(
                f"The checkpoint is one of seed {seed} or other settings than these with seed {self.seed}.",
                "Go on with the settings and the seed it was made with, or start anew.",
            )
        self.network.load_state_dict(weights_of(arrays))
        self.best_weights = {key: value.to(self.device) for key, value in weights_of(arrays, "best.").items()}
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in weights_of(arrays, "optimiser.").items():
            number, name = key.split(".")
            moments.setdefault(int(number), {})[name] = value
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": moments, "param_groups": groups})
        epoch, best_epoch, best, parts = np.asarray(arrays["progress"]).tolist()
        self.epoch, self.best_epoch, self.best, self.parts = int(epoch), int(best_epoch), best, int(parts)


def weights_of(arrays: Arrays, prefix: str = "network.") -> dict[str, Tensor]:
    """Arrays under `prefix` as a torch state; copied, because stored arrays are read-only."""
    return {
        key.removeprefix(prefix): torch.from_numpy(np.array(value))
        for key, value in arrays.items()
        if key.startswith(prefix)
    }


def arrays_of(network: nn.Module, prefix: str = "network.") -> dict[str, NDArray[Any]]:
    """Weights of a network as arrays under `prefix`."""
    return {f"{prefix}{key}": _array(value) for key, value in network.state_dict().items()}


def _array(value: Tensor) -> NDArray[Any]:
    return np.array(value.detach().cpu().numpy())


def _digest(config: TrainingConfig) -> str:
    return hashlib.sha256(config.model_dump_json().encode()).hexdigest()[:16]


def _optimiser(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """Fused steps: one pass over the weights instead of one for each term."""
    kinds: dict[str, Any] = {
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "adagrad": torch.optim.Adagrad,
    }
    settings = {"lr": config.learning_rate, "weight_decay": config.weight_decay}
    return kinds[config.optimiser](network.parameters(), fused=True, **settings)  # type: ignore[no-any-return]
