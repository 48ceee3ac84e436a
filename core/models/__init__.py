"""The recommenders: key = file name = `name`. torch and implicit are imported when a model needs them."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.device import Device, Wanted, choose, implicit_cuda, torch_cuda
from core.models.als import ALS
from core.models.bpr import BPR
from core.models.bspm import BSPM
from core.models.cfcbf import CFCBF
from core.models.content import Content
from core.models.content_to_factors import ContentToFactors
from core.models.ease import EASE
from core.models.estimates import ESTIMATES, of_installed
from core.models.gf_cf import GFCF
from core.models.ials import IALS
from core.models.installed import installed_models
from core.models.item_knn import ItemKNN
from core.models.needs import reasons
from core.models.popularity import Popularity
from core.models.random import Random
from core.models.rating_mf import RatingMF
from core.models.rp3beta import RP3beta
from core.models.sasrec import SASRec
from core.models.svd import SVD
from core.models.transitions import Transitions
from core.models.two_tower import TwoTower
from core.models.user_knn import UserKNN
from data.dataset import Dataset, IdMap, Interactions
from data.errors import NotFound
from data.histories import from_lists

MODELS: dict[str, Any] = {
    "random": Random,
    "popularity": Popularity,
    "item_knn": ItemKNN,
    "user_knn": UserKNN,
    "rp3beta": RP3beta,
    "ease": EASE,
    "transitions": Transitions,
    "gf_cf": GFCF,
    "bspm": BSPM,
    "svd": SVD,
    "als": ALS,
    "ials": IALS,
    "bpr": BPR,
    "content": Content,
    "cfcbf": CFCBF,
    "content_to_factors": ContentToFactors,
    "rating_mf": RatingMF,
    "sasrec": SASRec,
    "two_tower": TwoTower,
}
OWN = frozenset(MODELS)  # what this package brings; installed packages may add others, never replace these
REFUSED: dict[str, str] = {}  # installed models that could not be taken, with the reason
WARMED = (
    "random", "item_knn", "user_knn", "rp3beta", "ease", "transitions", "gf_cf", "als", "ials", "rating_mf",
)  # fmt: skip
_CUDA = {"als": implicit_cuda, "sasrec": torch_cuda, "two_tower": torch_cuda}  # whose CUDA a model needs


def register_installed() -> dict[str, str]:
    """Take the models of installed packages into `MODELS`; the names of those refused, with the reason.

    Done when this package is imported. Again: takes what came since; nothing happens twice.
    """
    taken, refused = installed_models(OWN, MODELS)
    MODELS.update(taken)
    REFUSED.update(refused)
    return dict(refused)


def model_class(name: str) -> Any:
    """The class registered as `name`; `NotFound` names those that are."""
    if name not in MODELS:
        register_installed()
    if name not in MODELS:
        raise NotFound(f"There is no model {name!r}.", f"Choose one of {', '.join(MODELS)}.")
    return MODELS[name]


def available_device(name: str, asked: Wanted) -> Device:
    """The device that a fit of `name` would use here, with the reason when it is not the one asked for."""
    model = model_class(name)
    if "cuda" not in model.devices:
        why = f"{model.label} runs on the CPU only" if asked == "cuda" else ""
        return Device(asked, "cpu", why)
    if asked == "cpu":
        return choose(asked, available=False, why_not="")
    available, why_not = _CUDA.get(name, torch_cuda)()
    return choose(asked, available=available, why_not=why_not)


def estimate_seconds(name: str, config: Any, n_users: int, n_items: int, n_events: int) -> float:
    """Expected seconds of a fit on two CPU cores, from measured constants."""
    model = model_class(name)
    if name not in ESTIMATES:
        return of_installed(model, config, n_users, n_items, n_events)
    return ESTIMATES[name](config, n_users, n_items, n_events)


def missing_needs(name: str, dataset: Dataset, config: Any = None) -> tuple[str, ...]:
    """A sentence for everything that the model (under these settings) needs and the data has not.

    Empty: the model can be offered.
    """
    return reasons(model_class(name), dataset, config)


def warm() -> None:
    """Compile the kernels of the models on a tiny data set (or load them from the disk cache)."""
    items = IdMap(np.array(["a", "b", "c"], dtype=object))
    row = np.array([0, 1, 2], dtype=np.int32)
    stars, times = row.astype(np.float32) + 1, row.astype(np.int64)
    events = Interactions(np.zeros(3, dtype=np.int32), row, stars, times)
    tiny = Dataset(interactions=events, users=IdMap(items.ids[:1]), items=items)
    for name in WARMED:
        MODELS[name]().fit(tiny).score(from_lists([[0]], 3))


register_installed()
