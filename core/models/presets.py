"""Ready settings per model: quick (for a first look), balanced (the defaults), paper (what was published).

Sources of "paper", each for its own data, so a start for tuning rather than an answer:
item_knn: Ferrari Dacrema et al. (2021), MovieLens 20M: cosine, 312 neighbours, shrinkage 10, TF-IDF.
user_knn: Anelli et al. (2023), Gowalla: cosine, 146 neighbours (plain votes: sharpness 1).
rp3beta: Anelli et al. (2023), Gowalla: 777 neighbours, alpha 0.566, beta 0.001.
ease: Steck (2019), MovieLens 20M: ridge 500.
gf_cf: Shen et al. (2021), Gowalla: 256 singular vectors, weight of the ideal filter 0.3.
bspm: Choi et al. (2023), Gowalla: 448 directions, weight of the ideal filter 0.2, sharpening 2.5.
svd: Cremonesi et al. (2010), MovieLens: PureSVD with 50 to 150 factors (150).
als: Hu, Koren & Volinsky (2008): confidence 1 + 40 r, 200 factors.
ials: Rendle et al. (2021), MovieLens 1M: 192 factors, λ 0.007, α₀ 0.3, 12 epochs.
bpr: Rendle et al. (2009): one comparison per event; 64 of the 8 to 128 dimensions that they plot.
sasrec: Kang & McAuley (2018), MovieLens 1M: 50 dimensions, 200 events, 2 blocks, 1 head, dropout 0.2,
learning rate 0.001, batches of 128, 201 epochs.
Those of als, bpr, gf_cf, svd and sasrec are recalled, not checked against the papers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.models import MODELS
from data.errors import ConfigError, NotFound

QUICK, BALANCED, PAPER = NAMES = ("quick", "balanced", "paper")

_SETTINGS: dict[str, dict[str, dict[str, Any]]] = {
    "item_knn": {
        QUICK: {"n_neighbors": 50},
        PAPER: {"n_neighbors": 312, "shrinkage": 10, "feature_weighting": "tfidf"},
    },
    "user_knn": {
        QUICK: {"n_neighbors": 100},
        PAPER: {"n_neighbors": 146, "feature_weighting": "none", "sharpness": 1, "vote_discount": 0},
    },
    "rp3beta": {
        QUICK: {"n_neighbors": 50},
        PAPER: {"n_neighbors": 777, "alpha": 0.566, "beta": 0.001},
    },
    "ease": {PAPER: {"regularization": 500}},
    "transitions": {QUICK: {"reach": 3, "last": 5}},
    "gf_cf": {QUICK: {"factors": 32}, PAPER: {"factors": 256, "alpha": 0.3}},
    "bspm": {QUICK: {"factors": 32}, PAPER: {"factors": 448, "beta": 0.2, "sharpening": 2.5}},
    "svd": {QUICK: {"factors": 16}, PAPER: {"factors": 150}},
    "als": {
        QUICK: {"factors": 32, "iterations": 8},
        PAPER: {"factors": 200, "alpha": 40, "weights": "raw", "iterations": 10},
    },
    "ials": {
        QUICK: {"factors": 32, "iterations": 6},
        PAPER: {
            "factors": 192,
            "regularization": 0.007,
            "unobserved_weight": 0.3,
            "iterations": 12,
            "regularization_exponent": 1.0,
        },
    },
    "bpr": {QUICK: {"factors": 32, "epochs": 10}, PAPER: {"factors": 64, "negatives": 1}},
    "sasrec": {
        QUICK: {"dim": 32, "max_length": 20, "epochs": 10, "patience": 3},
        PAPER: {
            "dim": 50,
            "max_length": 200,
            "blocks": 2,
            "heads": 1,
            "dropout": 0.2,
            "learning_rate": 0.001,
            "batch_size": 128,
            "epochs": 201,
        },
    },
}


def presets(name: str) -> dict[str, dict[str, Any]]:
    """Settings that differ from the defaults, by preset: "balanced" always, the others where they exist.

    A model of one's own may bring `presets: ClassVar[dict[str, dict]]`.

    Raises:
        NotFound: no such model.
    """
    if name not in MODELS:
        raise NotFound(f"There is no model {name!r}.", f"Choose one of {', '.join(MODELS)}.")
    own: Mapping[str, dict[str, Any]] = getattr(MODELS[name], "presets", _SETTINGS.get(name, {}))
    found = {BALANCED: {}, **own}
    return {preset: dict(found[preset]) for preset in NAMES if preset in found}


def preset(name: str, wanted: str) -> dict[str, Any]:
    """The settings of one preset.

    Raises:
        NotFound: no such model.
        ConfigError: the model has no such preset.
    """
    found = presets(name)
    if wanted not in found:
        raise ConfigError(f"{MODELS[name].label} has no preset {wanted!r}.", f"It has: {', '.join(found)}.")
    return found[wanted]
