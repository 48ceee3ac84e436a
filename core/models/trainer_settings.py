"""Settings that all networks share: how long, how fast, on what the trainer runs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.models.base import ModelConfig
from core.models.weighting import MORE

Optimiser = Literal["adam", "adamw", "adagrad"]
Decay = Literal["none", "linear", "cosine"]


class TrainingConfig(ModelConfig):
    """How a network is trained; a model adds what it is made of."""

    epochs: int = Field(default=30, ge=1, le=1000, description="Passes over the data at most")
    patience: int = Field(
        default=10,
        ge=1,
        le=100,
        description="Stop after so many epochs without a better NDCG@10 on held-back train events",
    )
    learning_rate: float = Field(default=0.001, ge=1e-6, le=1, description="Step size at its largest")
    batch_size: int = Field(
        default=128,
        ge=1,
        le=65_536,
        description="Examples per step; fewer on small data, so that an epoch has about 100 steps",
        json_schema_extra=MORE,
    )
    optimiser: Optimiser = Field(
        default="adam",
        description="adam, adamw = adam with weight decay apart from the step size's scaling, adagrad",
        json_schema_extra=MORE,
    )
    weight_decay: float = Field(
        default=0.0, ge=0, le=1, description="Pull of all weights towards 0", json_schema_extra=MORE
    )
    warm_up: float = Field(
        default=0.0,
        ge=0,
        le=100,
        description="Epochs over which the step size grows to its largest",
        json_schema_extra=MORE,
    )
    decay: Decay = Field(
        default="none",
        description="How the step size falls to 0 by the last of all epochs: none, linear, cosine",
        json_schema_extra=MORE,
    )
    clip: float = Field(
        default=5.0,
        gt=0,
        le=1e6,
        description="Longest gradient of a step; longer ones are shortened to it",
        json_schema_extra=MORE,
    )
    mixed_precision: bool = Field(
        default=True,
        description="Multiply in bfloat16 on CUDA devices that have it; never on the CPU",
        json_schema_extra=MORE,
    )
    compiled: bool = Field(
        default=False,
        description="Let torch compile the network on CUDA; costs about a minute, pays for long trainings",
        json_schema_extra=MORE,
    )
