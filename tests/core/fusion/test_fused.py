"""A fusion is a recommender: what the slider shows is what the saved run lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.fusion import FUSERS, Fuser
from core.fusion.fused import Fused, FusedConfig, make_fuser
from core.fusion.pool import FusedRecommendations, build_pool, fuse_top_k
from core.models import MODELS
from core.models.base import Recommender
from core.ranking import FALLBACK, Policy, Recommendations, fallback_scores, recommend
from data.dataset import Dataset
from data.errors import ConfigError, NotApplicable
from data.histories import Histories, from_interactions, from_lists

N_ITEMS = 40


class Linear:
    """Scores = counts of the history × a matrix of whole numbers (many ties); no answer when too short."""

    name = "linear"

    def __init__(self, seed: int, n_items: int = N_ITEMS, silent_below: int = 1) -> None:
        self.matrix = np.random.default_rng(seed).integers(0, 3, (n_items, n_items)).astype(np.float32)
        self.silent_below = silent_below
        self.calls = 0

    def score(self, histories: Histories, items: Any = None) -> np.ndarray:
        self.calls += 1
        scores = np.asarray(histories.matrix @ self.matrix, dtype=np.float32)
        scores[histories.lengths < self.silent_below] = 0
        return scores if items is None else scores[:, items]


def some_histories(n: int = 150, n_items: int = N_ITEMS) -> Histories:
    """The first rows are empty, the others hold one to six events."""
    rng = np.random.default_rng(9)
    return from_lists(
        [[]] * 5 + [list(rng.choice(n_items, 1 + r % 6, replace=False)) for r in range(n - 5)], n_items
    )


def rules(weights: tuple[float, ...] | None = None) -> list[Fuser]:
    return [
        make_fuser(FusedConfig(members=("a",), method="rrf", weights=weights, settings={"k0": 10})),
        *(
            make_fuser(
                FusedConfig(
                    members=("a",), method="weighted_sum", weights=weights, settings={"normalisation": rule}
                )
            )
            for rule in ("min_max", "z_score", "rank")
        ),
    ]


def slider(
    models: list[Any], fuser: Fuser, histories: Histories, depth: int, weights: Any, k: int, **conditions: Any
) -> FusedRecommendations:
    """What the page does: members' saved lists, pooled and fused."""
    lists: list[Recommendations] = [recommend(model, histories, k=depth, **conditions) for model in models]
    pool = build_pool(lists, depth)
    return fuse_top_k(pool, fuser.values(pool), weights, k)


POPULARITY = np.random.default_rng(1).permutation(N_ITEMS).astype(np.float32)


@pytest.mark.parametrize("rule", range(4))
@pytest.mark.parametrize("seen", ["hide", "allow", "exclusive"])
@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.5, 0.2, 0.3), (1.0, 0.0, 2.0), (0.0, 1.0, 0.0)])
@pytest.mark.parametrize("depth", [12, 200])
def test_slider_equals_saved_run_exactly(
    rule: int, seen: str, weights: tuple[float, ...], depth: int
) -> None:
    histories, policy = some_histories(), Policy(seen)  # type: ignore[arg-type]
    candidates = np.arange(N_ITEMS) % 7 != 0
    models = [Linear(0), Linear(1, silent_below=3), Linear(2)]
    fuser = rules(weights)[rule]
    fused = Fused(
        dict(zip("abc", models, strict=True)),
        fuser,
        depth=depth,
        policy=policy,
        candidates=candidates,  # type: ignore[arg-type]
    )
    conditions = {"policy": policy, "candidates": candidates, "fallback": POPULARITY}
    saved = recommend(fused, histories, k=10, **conditions)
    shown = slider(models, fuser, histories, depth, weights, 10, **conditions)
    np.testing.assert_array_equal(shown.items, saved.items)
    np.testing.assert_array_equal(shown.answered_by, saved.answered_by)
    own = saved.answered_by == 0
    np.testing.assert_allclose(
        shown.scores[own], saved.scores[own], rtol=2e-7, atol=1e-37
    )  # one step of a tie
    assert own.sum() > 20


@pytest.mark.parametrize("rule", range(4))
def test_trained_models_fuse_to_the_same_lists_for_known_and_unknown_users(rule: int, toy: Dataset) -> None:
    models: dict[str, Any] = {
        name: MODELS[name](MODELS[name].Config()).fit(toy) for name in ("popularity", "item_knn", "ease")
    }
    known = from_interactions(toy.interactions, np.arange(30, dtype=np.int32), toy)
    fuser = rules((1.0, 2.0, 3.0))[rule]
    for histories in (known.last(3), known.first(1).anonymous(), known.first(0).anonymous()):
        saved = recommend(Fused(models, fuser), histories, k=4, fallback=fallback_scores(toy))
        shown = slider(
            list(models.values()), fuser, histories, 200, (1, 2, 3), 4, fallback=fallback_scores(toy)
        )
        np.testing.assert_array_equal(shown.items, saved.items)
        np.testing.assert_array_equal(shown.answered_by, saved.answered_by)


def test_who_answered_is_told_for_every_user() -> None:
    fused = Fused({"a": Linear(0), "b": Linear(1, silent_below=3)}, FUSERS["rrf"]())  # type: ignore[dict-item]
    lists = recommend(fused, some_histories(), k=5, fallback=POPULARITY)
    assert [lists.answerers[by] for by in lists.answered_by[:6]] == [FALLBACK] * 5 + ["fused"]


def test_two_members_that_disagree_evenly_still_answer() -> None:
    class Fixed:
        name = "fixed"

        def __init__(self, order: list[float]) -> None:
            self.order = order

        def score(self, histories: Histories, items: Any = None) -> np.ndarray:
            return np.tile(np.asarray(self.order, dtype=np.float32), (len(histories), 1))

    infinite = float("-inf")
    members: dict[str, Any] = {"a": Fixed([2, 1, infinite]), "b": Fixed([1, 2, infinite])}
    histories = from_lists([[]] * 20, 3)
    policy = Policy("allow")
    saved = recommend(
        Fused(members, FUSERS["rrf"](), policy=policy),
        histories,
        k=3,
        policy=policy,
        fallback=np.asarray([0, 0, 9.0]),
    )
    shown = slider(list(members.values()), FUSERS["rrf"](), histories, 3, [1, 1], 3, policy=policy)
    assert (saved.answered_by == 0).all()
    np.testing.assert_array_equal(shown.items, saved.items)
    assert len({tuple(row) for row in saved.items.tolist()}) == 2  # ties fall differently for different users


def test_scores_are_minus_infinity_outside_the_union() -> None:
    histories = some_histories().rows([40])
    fused = Fused({"a": Linear(0), "b": Linear(1)}, FUSERS["rrf"](), depth=3)  # type: ignore[dict-item]
    scores = fused.score(histories)
    union = fused.pool(histories).items[0]
    assert sorted(np.flatnonzero(np.isfinite(scores[0]))) == [item for item in union if item >= 0]
    np.testing.assert_array_equal(
        fused.score(histories, np.asarray([3, 1], dtype=np.int32)), scores[:, [3, 1]]
    )


def test_scoring_some_rows_equals_scoring_all() -> None:
    fused = Fused({"a": Linear(0), "b": Linear(1)}, FUSERS["weighted_sum"](), depth=9)  # type: ignore[dict-item]
    histories = some_histories()
    rows = np.asarray([77, 3, 50])
    np.testing.assert_array_equal(fused.score(histories.rows(rows)), fused.score(histories)[rows])


def test_a_member_of_weight_zero_is_not_even_scored() -> None:
    idle = Linear(1)
    fuser = make_fuser(FusedConfig(members=("a", "b"), weights=(1.0, 0.0)))
    Fused({"a": Linear(0), "b": idle}, fuser).score(some_histories())  # type: ignore[dict-item]
    assert idle.calls == 0


@pytest.mark.parametrize("rule", range(4))
def test_parts_of_a_score_add_up_and_name_every_member(rule: int) -> None:
    models = {"a": Linear(0), "b": Linear(1, silent_below=9), "c": Linear(2), "idle": Linear(3)}
    fused = Fused(models, rules((1.0, 1.0, 2.0, 0.0))[rule], depth=15)  # type: ignore[arg-type]
    histories = some_histories()
    item = int(recommend(fused, histories, k=3).items[60, 1])
    found = fused.member_parts(histories, 60, item)
    assert found.players == ("a", "b", "c", "idle")
    assert found.base == 0
    assert found.score == fused.score(histories.rows([60]))[0, item]
    assert abs(found.residual) < 1e-6
    assert found.contributions[1] == 0  # b has no answer for so short a history
    assert found.contributions[3] == 0
    assert found.facts["answered"] == [True, False, True, False]


def test_an_item_that_nobody_lists_is_a_calm_note() -> None:
    fused = Fused({"a": Linear(0)}, FUSERS["rrf"](), depth=2)  # type: ignore[dict-item]
    histories = some_histories()
    absent = int(np.flatnonzero(np.isinf(fused.score(histories.rows([30]))[0]))[0])
    with pytest.raises(NotApplicable, match="No member lists item"):
        fused.member_parts(histories, 30, absent)
    with pytest.raises(NotApplicable, match="No member has an answer"):
        fused.member_parts(histories, 0, absent)


def test_a_saved_fusion_is_put_together_from_its_config() -> None:
    models: dict[str, Any] = {"r1": Linear(0), "r2": Linear(1)}
    fuser = make_fuser(
        FusedConfig(members=("r1", "r2"), method="rrf", weights=(2.0, 1.0), settings={"k0": 5})
    )
    fused = Fused(models, fuser, depth=20)
    config = FusedConfig.model_validate_json(fused.config.model_dump_json())
    again = Fused.from_config(config, {"r2": models["r2"], "r1": models["r1"], "r3": Linear(3)})  # type: ignore[dict-item]
    assert again.config == fused.config
    np.testing.assert_array_equal(again.score(some_histories()), fused.score(some_histories()))
    assert isinstance(fused, Recommender)
    assert fused.fit(None) is fused  # type: ignore[arg-type]
    assert fused.arrays() == {}


def test_what_a_fusion_lacks_is_said_in_words() -> None:
    config = FusedConfig(members=("r1", "r9"))
    with pytest.raises(ConfigError, match="needs r9"):
        Fused.from_config(config, {"r1": Linear(0)})  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match="no fusion rule 'vote'"):
        make_fuser(FusedConfig(members=("r1",), method="vote"))
    with pytest.raises(ConfigError, match="k0"):
        make_fuser(FusedConfig(members=("r1",), settings={"k0": -1}))
    with pytest.raises(ConfigError, match="without its members"):
        Fused.restore(config, {})
    with pytest.raises(ConfigError, match="All weights are zero"):
        Fused({"a": Linear(0)}, make_fuser(FusedConfig(members=("a",), weights=(0.0,))))  # type: ignore[dict-item]
