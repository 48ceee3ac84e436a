"""Which device trains: what was asked for, what is used, and why they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Wanted = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class Device:
    """`asked` by the person, `used` in fact, `reason` in words (empty when they agree)."""

    asked: Wanted
    used: Literal["cpu", "cuda"]
    reason: str = ""


CPU = Device("cpu", "cpu")


@cache
def torch_cuda() -> tuple[bool, str]:
    """Can torch use CUDA here? With the reason if not."""
    import torch

    if torch.cuda.is_available():
        return True, torch.cuda.get_device_name(0)
    if torch.version.cuda is None:
        return False, "this torch is the CPU build"
    return False, "torch finds no CUDA device or driver"


@cache
def implicit_cuda() -> tuple[bool, str]:
    """Can implicit use CUDA here? It loses CUDA silently, so it is asked by name."""
    import implicit.gpu

    if implicit.gpu.HAS_CUDA:
        return True, "implicit's CUDA extension"
    return False, "implicit found no CUDA: it needs a CUDA 13 driver and the extra rankscope[gpu]"


def choose(asked: Wanted, *, available: bool, why_not: str) -> Device:
    """The device used when `asked` is wanted and CUDA is `available` or not."""
    if asked == "cpu":
        return CPU
    if available:
        return Device(asked, "cuda")
    return Device(asked, "cpu", why_not)
