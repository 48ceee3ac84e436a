"""The recommenders: key = file name = `name`. Heavy libraries are imported when a model needs them."""

from __future__ import annotations

from typing import Any

from core.models.als import ALS
from core.models.ease import EASE
from core.models.item_knn import ItemKNN
from core.models.popularity import Popularity
from core.models.random import Random
from core.models.sasrec import SASRec

MODELS: dict[str, Any] = {
    "random": Random,
    "popularity": Popularity,
    "item_knn": ItemKNN,
    "ease": EASE,
    "als": ALS,
    "sasrec": SASRec,
}
