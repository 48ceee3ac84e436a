"""What the closed-form models reach on MovieLens latest-small, so that a silent change of a formula shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.evaluation import judged, list_metrics
from core.metrics import PER_USER
from core.models import MODELS
from core.ranking import Policy, fallback_scores, recommend
from data.dataset import Dataset, IdMap, Interactions
from data.split import Split
from data.splits import make_splitter

pytestmark = pytest.mark.slow

# NDCG@10 on the validation part of a random 80/10/10 split, seed 0, default settings; docs/models.md
NDCG = {
    "popularity": 0.1113, "item_knn": 0.1783, "user_knn": 0.1899, "rp3beta": 0.1920, "gf_cf": 0.1910,
    "svd": 0.1852, "ials": 0.2082,
}  # fmt: skip


@pytest.fixture(scope="module")
def split(shared_data: Path) -> Split:
    ratings = pd.read_csv(shared_data / "ml-latest-small" / "ratings.csv")
    user, users = pd.factorize(ratings["userId"], sort=True)
    item, items = pd.factorize(ratings["movieId"], sort=True)
    order = np.lexsort((np.arange(len(user)), ratings["timestamp"], user))
    events = Interactions(
        user[order].astype(np.int32),
        item[order].astype(np.int32),
        np.ones(len(user), dtype=np.float32),
        ratings["timestamp"].to_numpy()[order],
    )
    ids = (IdMap(each.astype(str).to_numpy(dtype=object)) for each in (users, items))
    shares = {"validation_share": 0.1, "test_share": 0.1}
    return make_splitter("random", shares).split(Dataset(events, *ids), seed=0)


@pytest.mark.parametrize(("name", "expected"), NDCG.items())
def test_the_figure_in_the_documentation_is_what_the_model_reaches(
    split: Split, name: str, expected: float
) -> None:
    train = split.train
    holdout, _ = judged(split.validation, Policy())
    model = MODELS[name]().fit(train, seed=0)
    lists = recommend(
        model, holdout.histories, k=10, candidates=train.trained_items, fallback=fallback_scores(train)
    )
    ndcg = list_metrics(lists.items, holdout.targets, (10,))[:, PER_USER.index("ndcg"), 0].mean()
    assert ndcg == pytest.approx(expected, abs=0.003)
