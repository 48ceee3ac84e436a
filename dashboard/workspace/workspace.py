"""The workspace of one process: values by id, loaded once and kept in byte-bounded caches."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cold_start.n_shot import NShot
from core.evaluation import Evaluation, judged
from core.fusion.base import Pool
from core.fusion.fused import Fused, FusedConfig
from core.fusion.pool import build_pool
from core.models import MODELS
from core.models.base import Recommender
from core.ranking import Policy, Recommendations, fallback_scores, recommend
from dashboard.workspace import storage
from dashboard.workspace.byte_cache import ByteCache
from dashboard.workspace.listed import ListedConfig, ListedRecommender, as_seen_by
from dashboard.workspace.run_meta import RunMeta
from data.artifacts import Home, load_dataset
from data.dataset import Dataset
from data.errors import ConfigError, NotFound
from data.policy import PolicyLimits, candidate_mask, limit_targets
from data.split import Holdout, Split
from data.splits import make_splitter

MEBIBYTE = 2**20
DEPTH = 200


class Workspace:
    """Values of one home. Every method may be called from several threads; what it returns is not changed."""

    def __init__(self, home: Home, budget: int = 2048 * MEBIBYTE) -> None:
        self.home = home
        self._datasets: ByteCache[Dataset] = ByteCache(budget // 4)
        self._splits: ByteCache[Split] = ByteCache(budget // 4)
        self._models: ByteCache[Recommender] = ByteCache(budget // 4)
        self._lists: ByteCache[Any] = ByteCache(budget // 8)
        self._evaluations: ByteCache[Evaluation] = ByteCache(budget // 8)
        self._small: ByteCache[Any] = ByteCache(16 * MEBIBYTE)

    # ── data sets and splits ──────────────────────────────────────────────────────────────────────────

    def dataset(self, dataset_id: str) -> Dataset:
        """The stored data set. Raises NotFound."""
        return self._datasets.get(dataset_id, lambda: load_dataset(self.home, dataset_id))

    def split(
        self, dataset_id: str, protocol: str, config: Mapping[str, Any] | None = None, seed: int = 0
    ) -> Split:
        """The split of a data set under a protocol; made again from its settings, always the same.

        Raises:
            NotFound: no such data set or protocol.
            ConfigError: a setting is out of range.
            NotApplicable: the protocol needs times that the data has not.
        """
        splitter = make_splitter(protocol, dict(config or {}))
        key = (dataset_id, protocol, splitter.config.model_dump_json(), seed)
        return self._splits.get(key, lambda: splitter.split(self.dataset(dataset_id), seed=seed))

    # ── runs ──────────────────────────────────────────────────────────────────────────────────────────

    def run(self, run_id: str) -> RunMeta:
        """What was written down with the run. Raises NotFound."""
        storage.run_folder(self.home, run_id)
        return self._small.get(("run", run_id), lambda: storage.read_run(self.home, run_id))

    def run_split(self, run_id: str) -> Split:
        """The split that the run was trained and judged on; targets outside its limits are left out."""
        meta = self.run(run_id)
        whole = self.split(meta.dataset, meta.protocol, meta.split_config, meta.split_seed)
        if not meta.limits:
            return whole
        key = ("limited", *self._key(meta), json.dumps(meta.limits))
        return self._lists.get(key, lambda: limit_targets(whole, self._allowed(meta, whole)))

    def _key(self, meta: RunMeta) -> tuple[str | int, ...]:
        return meta.dataset, meta.protocol, json.dumps(meta.split_config), meta.split_seed

    def _allowed(self, meta: RunMeta, split: Split) -> NDArray[np.bool_]:
        return candidate_mask(split.train, PolicyLimits(**meta.limits))

    def policy(self, run_id: str) -> Policy:
        return Policy(self.run(run_id).policy)  # type: ignore[arg-type]

    def candidates(self, run_id: str) -> NDArray[np.bool_]:
        """(n_items,) items that the run may list: those of its training data, within its limits."""
        meta, split = self.run(run_id), self.run_split(run_id)
        if not meta.limits:
            return split.train.trained_items
        key = ("candidates", *self._key(meta), json.dumps(meta.limits))
        return self._small.get(key, lambda: split.train.trained_items & self._allowed(meta, split))

    def fallback(self, run_id: str) -> NDArray[np.float32]:
        """(n_items,) scores used, with a label, where the model has no answer."""
        meta = self.run(run_id)
        key = ("fallback", *self._key(meta))
        return self._small.get(key, lambda: fallback_scores(self.run_split(run_id).train))

    def curve(self, run_id: str) -> list[dict[str, float]]:
        """The training curve; empty for a model that learns in one step."""
        return storage.read_curve(self.home, run_id)

    def model(self, run_id: str) -> Recommender:
        """The trained (or fused, or listed) recommender, ready to score any history."""
        return self._models.get(run_id, lambda: self._load_model(run_id))

    def _load_model(self, run_id: str) -> Recommender:
        meta = self.run(run_id)
        if meta.model == Fused.name:
            return self._load_fused(meta)
        arrays = storage.read_model_arrays(self.home, run_id)
        if meta.model == ListedRecommender.name:
            return ListedRecommender.restore(ListedConfig(**meta.config), arrays)
        if meta.model not in MODELS:
            raise NotFound(
                f"The model {meta.model!r} of run {run_id} is unknown to this version.", "Train it again."
            )
        kind = MODELS[meta.model]
        return kind.restore(kind.Config(**meta.config), arrays)

    def _load_fused(self, meta: RunMeta) -> Fused:
        config = FusedConfig(**meta.config)
        members = {run_id: self.model(run_id) for run_id in config.members}
        policy, candidates = self.policy(meta.run), self.candidates(meta.run)
        return Fused.from_config(config, members, policy=policy, candidates=candidates)

    def fuse(
        self,
        run_ids: Sequence[str],
        method: str,
        weights: Sequence[float] | None = None,
        settings: Mapping[str, Any] | None = None,
        depth: int = DEPTH,
    ) -> Fused:
        """The fused ranking of stored runs; its members are named by their run ids.

        Raises:
            ConfigError: fewer than two runs, runs under different conditions, an unknown method or setting.
        """
        self.check_same_conditions(run_ids)
        config = FusedConfig(
            members=tuple(run_ids),
            method=method,
            weights=None if weights is None else tuple(float(weight) for weight in weights),
            depth=depth,
            settings=dict(settings or {}),
        )
        members = {run_id: self.model(run_id) for run_id in run_ids}
        policy, candidates = self.policy(run_ids[0]), self.candidates(run_ids[0])
        return Fused.from_config(config, members, policy=policy, candidates=candidates)

    def check_same_conditions(self, run_ids: Sequence[str]) -> None:
        """Raises ConfigError unless there are two or more different runs under one set of conditions."""
        if len(set(run_ids)) < 2 or len(set(run_ids)) != len(run_ids):
            raise ConfigError(
                f"Runs to join: {', '.join(run_ids) or 'none'}.", "Choose two or more different runs."
            )
        metas = [self.run(run_id) for run_id in run_ids]
        for meta in metas[1:]:
            if differences := metas[0].same_conditions(meta):
                raise ConfigError(
                    f"{metas[0].label} and {meta.label} were not trained under the same conditions: "
                    f"{'; '.join(differences)}.",
                    "Choose runs of the same data set, split and policy.",
                )

    # ── what runs recommended ─────────────────────────────────────────────────────────────────────────

    def judged(self, run_id: str, part: str) -> Holdout:
        """The users judged in `part`, in the row order of `lists` and `evaluation`."""
        meta = self.run(run_id)
        key = ("judged", *self._key(meta), meta.policy, json.dumps(meta.limits), part)
        return self._lists.get(
            key, lambda: judged(getattr(self.run_split(run_id), part), self.policy(run_id))[0]
        )

    def lists(self, run_id: str, part: str) -> Recommendations:
        """The stored lists of the judged users, k = 50."""
        return self._lists.get((run_id, part), lambda: storage.read_lists(self.home, run_id, part))

    def evaluation(self, run_id: str, part: str) -> Evaluation:
        return self._evaluations.get((run_id, part), lambda: storage.read_evaluation(self.home, run_id, part))

    def member_lists(self, run_id: str, part: str, depth: int = DEPTH) -> Recommendations:
        """What the run adds to a fusion: its top `depth` of each judged user, labelled where it has none."""

        def make() -> Recommendations:
            histories = as_seen_by(self.model(run_id), self.judged(run_id, part))
            return recommend(
                self.model(run_id),
                histories,
                k=min(depth, histories.n_items),
                policy=self.policy(run_id),
                candidates=self.candidates(run_id),
                fallback=self.fallback(run_id),
            )

        return self._lists.get(("members", run_id, part, depth), make)

    def pool(self, run_ids: Sequence[str], part: str, depth: int = DEPTH) -> Pool:
        """The union of the members' lists, which sliders weigh again and again."""
        self.check_same_conditions(run_ids)
        key = ("pool", tuple(run_ids), part, depth)
        return self._lists.get(
            key,
            lambda: build_pool(
                [self.member_lists(run_id, part, depth) for run_id in run_ids], depth, sources=run_ids
            ),
        )

    def result(self, kind: str, result_id: str) -> dict[str, Any]:
        """A stored result (an n-shot curve, …). Raises NotFound."""
        return self._small.get((kind, result_id), lambda: storage.read_result(self.home, kind, result_id))

    def n_shot(self, result_id: str) -> NShot:
        """A stored n-shot curve with its values per user. Raises NotFound."""
        path = storage.result_folder(self.home, "cold_start", result_id) / "nshot.json"
        return self._lists.get(("n_shot", result_id), lambda: NShot.from_json(path.read_text()))
