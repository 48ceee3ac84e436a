"""Popularity: the same list for everybody, or for everybody alike, in five readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from core.arrays import ItemIndices, PerUser, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.needs import refuse
from core.models.weighting import MORE, weighted
from core.progress import Report, silent
from data.dataset import Dataset
from data.errors import ConfigError, NotApplicable
from data.histories import Histories
from data.split import Holdout

DAY = 86_400
MOST_SEGMENTS = 50
EVERYBODY = -1  # the segment of a row whose value is unknown

Kind = Literal["all_time", "recent", "decayed", "activity_weighted", "segment"]


class PopularityConfig(ModelConfig):
    """Which popularity."""

    kind: Kind = Field(
        default="all_time",
        description="all_time: events per item; recent: events in the latest window; decayed: an event "
        "counts half after each half-life; activity_weighted: each user counts as much as they have items "
        "(R'R1, the best list that is the same for all); segment: events of users with the same value of a "
        "column",
    )
    window_share: float = Field(
        default=0.1, ge=0.001, le=1, description="recent: the latest share of events", json_schema_extra=MORE
    )
    window_days: int | None = Field(
        default=None,
        ge=1,
        le=3650,
        description="recent: the latest days instead of a share of events",
        json_schema_extra=MORE,
    )
    half_life_days: float = Field(
        default=90.0,
        gt=0,
        le=36_500,
        description="decayed: days after which an event counts half",
        json_schema_extra=MORE,
    )
    segment_by: str = Field(
        default="",
        max_length=200,
        description="segment: column of the users, such as a region; empty: the first with 2 to 50 values",
        json_schema_extra=MORE,
    )
    segment_prior: float = Field(
        default=50.0,
        ge=0,
        le=1e9,
        description="segment: so many events of everybody are added to each segment, so that small ones are "
        "not ruled by chance",
        json_schema_extra=MORE,
    )

    @property
    def needs(self) -> tuple[str, ...]:
        """What the kind needs of the data."""
        if self.kind in ("recent", "decayed"):
            return ("times",)
        return ("user_features",) if self.kind == "segment" else ()


class Popularity:
    """Events per item: all-time, recent, decayed, per segment of users, or R'R1 (users weighted by activity).

    R'R1 is the first step of the power iteration for the first singular vector of R: what a factor
    model becomes when it is regularised down to rank one. A segment's score is n_g(t) + m p(t) with n_g its
    events, p the share of all events and m the prior (Jelinek & Mercer, 1980); a row whose value is unknown,
    or was not met in train, gets the all-time list.
    """

    name: ClassVar[str] = "popularity"
    label: ClassVar[str] = "Popularity"
    Config: ClassVar[type[PopularityConfig]] = PopularityConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: PopularityConfig | None = None) -> None:
        self.config = config or PopularityConfig()

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,  # noqa: ARG002
        seed: int = 0,  # noqa: ARG002
        device: Device = CPU,  # noqa: ARG002
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,  # noqa: ARG002
        resume: Arrays | None = None,  # noqa: ARG002
    ) -> Self:
        """Count. Raises `NotApplicable` where the kind needs what the data has not."""
        report(0.0, "counting")
        if self.config.kind in ("recent", "decayed") and not train.has_times:
            raise NotApplicable(
                f"{self.config.kind.capitalize()} popularity needs event times, and this data has none.",
                "Choose all_time or activity_weighted, or import a time column.",
            )
        refuse(self, train)
        self.column_, self.values_ = "", np.zeros(0, dtype=np.str_)
        self.segments_ = np.zeros((0, train.n_items), dtype=np.float32)
        self.scores_ = self._count(train)
        if self.config.kind == "segment":
            self._count_segments(train)
        report(1.0)
        return self

    def _count(self, train: Dataset) -> NDArray[np.float32]:
        """(n_items,) the list for everybody."""
        if self.config.kind == "recent":
            return self._recent(train)
        if self.config.kind == "decayed":
            return self._decayed(train)
        if self.config.kind == "activity_weighted":
            binary = weighted(train.matrix, "binary")
            activity = np.asarray(binary.sum(axis=1)).ravel()
            return np.asarray(binary.T @ activity, dtype=np.float32)
        return _events_per_item(train.interactions.item, train.n_items)

    def _recent(self, train: Dataset) -> NDArray[np.float32]:
        """Events in the window; items without one follow in all-time order (a part below one event)."""
        times, items = _times(train), train.interactions.item
        if self.config.window_days is not None:
            start = times.max(initial=0) - self.config.window_days * DAY
        else:
            latest = int(np.ceil(len(times) * self.config.window_share))
            start = np.sort(times)[-latest] if latest else 0
        ever = _events_per_item(items, train.n_items)
        return _events_per_item(items[times >= start], train.n_items) + ever / np.float32(1 + ever.sum())

    def _decayed(self, train: Dataset) -> NDArray[np.float32]:
        """Σ 0.5^(age / half-life), age in days before the latest event of train."""
        times = _times(train)
        age = (times.max(initial=0) - times) / DAY
        counted = np.bincount(
            train.interactions.item, 0.5 ** (age / self.config.half_life_days), minlength=train.n_items
        )
        return counted.astype(np.float32)

    def _count_segments(self, train: Dataset) -> None:
        assert train.user_features is not None  # `refuse` has seen to it
        column = self.config.segment_by or _first_column(train.user_features)
        if column not in train.user_features:
            names = ", ".join(map(str, train.user_features.columns))
            raise ConfigError(f"Users have no column {column!r}.", f"Choose one of: {names}.")
        texts = _texts(train.user_features[column])
        values = np.unique(texts[train.trained_users & (texts != "")])
        if len(values) > MOST_SEGMENTS:
            raise NotApplicable(
                f"The column {column!r} of users has {len(values):,} values; segments are made of "
                f"{MOST_SEGMENTS} at most.",
                "Choose another column, or put this one into buckets on the profile page.",
            )
        segment = _segment_of(texts, values)[train.interactions.user]
        kept = segment >= 0
        cells = segment[kept].astype(np.int64) * train.n_items + train.interactions.item[kept]
        counted = np.bincount(cells, minlength=len(values) * train.n_items).reshape(-1, train.n_items)
        share = self.scores_ / np.float32(max(1.0, float(self.scores_.sum())))
        self.column_, self.values_ = column, values
        self.segments_ = (counted + self.config.segment_prior * share).astype(np.float32)

    def segment_of(self, histories: Histories) -> NDArray[np.int64]:
        """(n,) place of each row's segment among `values_`, −1 where its value is unknown."""
        features = histories.user_features
        if features is None or self.column_ not in features:
            return np.full(len(histories), EVERYBODY, dtype=np.int64)
        return _segment_of(_texts(features[self.column_]), self.values_)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)): the row of everybody, or that of the user's segment."""
        rows = np.concatenate([self.segments_, self.scores_[None, :]])  # −1 takes the last
        return rows[self.segment_of(histories)][:, slice(None) if items is None else items]

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(score, zeros): no event of the history has any part in it."""
        score = self.score(histories.rows([row]), np.array([item], dtype=np.int32))[0, 0]
        return float(score), np.zeros(int(histories.lengths[row]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The row of scores, and those of the segments with their values."""
        if not len(self.values_):
            return {"scores": self.scores_}
        return {
            "scores": self.scores_,
            "segments": self.segments_,
            "values": self.values_,
            "column": np.asarray([self.column_], dtype=np.str_),
        }

    @classmethod
    def restore(cls, config: PopularityConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.scores_ = np.asarray(arrays["scores"])
        nothing = np.zeros((0, len(model.scores_)), dtype=np.float32)
        model.segments_ = np.asarray(arrays.get("segments", nothing))
        model.values_ = np.asarray(arrays.get("values", np.zeros(0, dtype=np.str_)))
        model.column_ = str(arrays["column"][0]) if "column" in arrays else ""
        return model


def _events_per_item(items: NDArray[np.int32], n_items: int) -> NDArray[np.float32]:
    return np.bincount(items, minlength=n_items).astype(np.float32)


def _times(train: Dataset) -> NDArray[np.int64]:
    times = train.interactions.time
    assert times is not None  # `fit` has seen to it
    return times


def _texts(values: pd.Series) -> NDArray[np.str_]:
    """(n,) values as text, "" where missing."""
    return values.astype("str").where(values.notna(), "").to_numpy(dtype=np.str_)


def _segment_of(texts: NDArray[np.str_], values: NDArray[np.str_]) -> NDArray[np.int64]:
    """(n,) place of each text among the sorted values, −1 where it is none of them."""
    if not len(values):
        return np.full(len(texts), EVERYBODY, dtype=np.int64)
    place = np.minimum(np.searchsorted(values, texts), len(values) - 1)
    return np.where(values[place] == texts, place, EVERYBODY).astype(np.int64)


def _first_column(features: pd.DataFrame) -> str:
    """The first column with 2 to 50 values; without one, the first."""
    for name in features:
        if 2 <= features[name].nunique() <= MOST_SEGMENTS:
            return str(name)
    return str(features.columns[0])
