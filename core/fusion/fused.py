"""A fused ranking is a recommender like any other: it scores any history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from core.arrays import ItemIndices, Scores
from core.device import Device
from core.explanation.base import Explanation
from core.fusion import FUSERS
from core.fusion.base import Fuser, Pool
from core.fusion.kernels import row_weights
from core.fusion.pool import build_pool, normalised_weights, scatter
from core.models.base import Arrays, Recommender
from core.progress import Report, silent
from core.ranking import Policy, recommend
from data.dataset import Dataset
from data.errors import ConfigError, NotApplicable
from data.histories import Histories
from data.split import Holdout


class FusedConfig(BaseModel):
    """What a saved fusion is made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    members: tuple[str, ...] = Field(description="Run ids of the members, in the order of the weights.")
    method: str = Field(default="rrf", description="Key of the fusion rule.")
    weights: tuple[float, ...] | None = Field(default=None, description="One per member; none: all equal.")
    depth: int = Field(default=200, ge=1, le=10_000, description="How far down each member's list is read.")
    settings: dict[str, Any] = Field(default_factory=dict, description="Further settings of the rule.")


def make_fuser(config: FusedConfig) -> Fuser:
    """The fusion rule of a saved fusion.

    Raises:
        ConfigError: an unknown rule, or a setting out of range.
    """
    if config.method not in FUSERS:
        raise ConfigError(
            f"There is no fusion rule {config.method!r}.", f"Choose one of {', '.join(FUSERS)}."
        )
    rule: Any = FUSERS[config.method]
    try:
        made: Fuser = rule(rule.Config(weights=config.weights, **config.settings))
    except ValueError as error:
        raise ConfigError(f"The settings {config.settings} do not fit {config.method}: {error}") from error
    return made


class Fused:
    """Members' top lists joined by a fuser; items outside the union of the lists are −inf.

    Members that have no answer for a history (all candidate scores equal) add nothing to it; when no
    weighted member has one, all scores are 0, which `recommend` answers with its labelled fallback.
    `recommend(fused)` under the same policy and candidates gives the lists of `fuse_top_k` on the members'
    lists. Members of weight 0 are not scored.
    """

    name: ClassVar[str] = "fused"
    label: ClassVar[str] = "Fused ranking"
    Config: ClassVar[type[FusedConfig]] = FusedConfig

    def __init__(
        self,
        members: Mapping[str, Recommender],
        fuser: Fuser,
        *,
        depth: int = 200,
        policy: Policy = Policy(),  # noqa: B008 - frozen
        candidates: NDArray[np.bool_] | None = None,
    ) -> None:
        self.members = dict(members)
        self.fuser = fuser
        self.policy = policy
        self.candidates = candidates
        self.weights = normalised_weights(fuser.config.weights, len(self.members))
        self.config = FusedConfig(
            members=tuple(self.members),
            method=fuser.name,
            weights=fuser.config.weights,
            depth=depth,
            settings=fuser.config.model_dump(mode="json", exclude={"weights"}),
        )

    @classmethod
    def from_config(
        cls,
        config: FusedConfig,
        members: Mapping[str, Recommender],
        *,
        policy: Policy = Policy(),  # noqa: B008 - frozen
        candidates: NDArray[np.bool_] | None = None,
    ) -> Fused:
        """A saved fusion with its restored members, taken in the order of the config."""
        absent = [member for member in config.members if member not in members]
        if absent:
            raise ConfigError(
                f"The fusion needs {', '.join(absent)}, which is not there.",
                "Restore that run, or fuse anew.",
            )
        chosen = {member: members[member] for member in config.members}
        return cls(chosen, make_fuser(config), depth=config.depth, policy=policy, candidates=candidates)

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,
        seed: int = 0,
        device: Device | None = None,
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,
        resume: Arrays | None = None,
    ) -> Self:
        """Nothing to learn: the members are fitted already and the weights are chosen by a person."""
        del train, validation, seed, device, report, checkpoint, resume
        return self

    def pool(self, histories: Histories) -> Pool:
        """The members' lists of each history, joined; members of weight 0 have none."""
        idle = self.weights == 0
        nothing = np.zeros(histories.n_items, dtype=np.float32)  # marks rows without an answer
        active = [
            recommend(
                member, histories, k=min(self.config.depth, histories.n_items), policy=self.policy,
                candidates=self.candidates, fallback=nothing,
            )
            for member, skipped in zip(self.members.values(), idle, strict=True)
            if not skipped
        ]  # fmt: skip
        names = [name for name, skipped in zip(self.members, idle, strict=True) if not skipped]
        return build_pool(active, self.config.depth, sources=names)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) fused scores, −inf outside the union of the members' lists."""
        pool = self.pool(histories)
        scores = scatter(pool, self.fuser.values(pool), self.weights[self.weights > 0], histories.n_items)
        return scores if items is None else scores[:, items]

    def member_parts(self, histories: Histories, row: int, item: int) -> Explanation:
        """The part of each member in the score of `item`: exact, with base 0.

        Raises:
            NotApplicable: no member lists the item for this history, or none has an answer.
        """
        pool = self.pool(histories.rows([row]))
        values = self.fuser.values(pool)
        counted = np.empty(len(pool.sources))
        if not row_weights(self.weights[self.weights > 0], pool.answered[0], counted):
            raise NotApplicable(
                "No member has an answer for this history, so the popular items stand in.",
                "Add events to the history, or a member that can answer it.",
            )
        place = np.flatnonzero(pool.items[0] == item)
        ranks = pool.ranks[0, :, place[0]] if len(place) else np.zeros(len(counted), dtype=np.int32)
        if not (ranks[counted > 0] > 0).any():
            raise NotApplicable(
                f"No member lists item {item} among its first {self.config.depth} for this history.",
                "Choose an item of the fused list, or read the members' lists further down.",
            )
        score = scatter(pool, values, self.weights[self.weights > 0], histories.n_items)[0, item]
        return self._explanation(pool, counted * values[0, :, place[0]], ranks, item, float(score))

    def _explanation(
        self, pool: Pool, parts: NDArray[np.float64], ranks: NDArray[np.int32], item: int, score: float
    ) -> Explanation:
        listed = dict(zip(pool.sources, zip(parts, ranks, pool.answered[0], strict=True), strict=True))
        nothing = (0.0, 0, False)
        by_member = [listed.get(name, nothing) for name in self.members]
        return Explanation(
            game="models",
            method="members",
            exact=True,
            item=item,
            players=tuple(self.members),
            items=np.empty(0, dtype=np.int32),
            base=0.0,
            score=score,
            contributions=np.asarray([part for part, _, _ in by_member], dtype=np.float64),
            evaluations=1,
            value_function=self.fuser.definition,
            background=self.fuser.floor,
            facts={
                "ranks": [int(rank) if own else 0 for _, rank, own in by_member],  # 0 = not listed
                "weights": [float(weight) for weight in self.weights],
                "answered": [bool(own) for _, _, own in by_member],
            },
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Nothing of its own: a saved fusion is its config and its members' runs."""
        return {}

    @classmethod
    def restore(cls, config: Any, arrays: Arrays) -> Self:
        """Not possible from arrays alone.

        Raises:
            ConfigError: always; `from_config` puts a fusion together from its members.
        """
        del arrays
        raise ConfigError(
            f"A fusion of {', '.join(config.members)} cannot be restored without its members.",
            "Restore the members, then call Fused.from_config.",
        )
