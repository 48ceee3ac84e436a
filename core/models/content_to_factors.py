"""Content to factors: iALS whose item vectors are also foretold from what is known of the items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.features import FeatureSpace, learn_features
from core.models.ials import IALS, IALSConfig  # the vectors that content is regressed on are those of iALS
from core.models.ials_kernels import exact_rows
from core.models.needs import refuse
from core.models.spectral import top_right_vectors
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, history_matrix
from core.parallel import single_threaded_blas
from core.progress import Report, part_of, silent
from core.tuning import Dimension, Range
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

FACTORS_SHARE = 0.7  # of a fit's progress


class ContentToFactorsConfig(ModelConfig):
    """The settings of iALS, and how content becomes a vector."""

    factors: int = Field(default=64, ge=1, le=4096, description="Length of the user and item vectors")
    unobserved_weight: float = Field(
        default=0.3,
        gt=0,
        le=10,
        description="Weight of any user-item pair at score 0 (an event has 1): larger = closer to popularity",
    )
    regularization: float = Field(
        default=0.01,
        gt=0,
        le=1000,
        description="Ridge per event of a user or item, and per unobserved weight × number of the others",
    )
    iterations: int = Field(default=12, ge=1, le=500, description="Passes over users and items")
    ridge: float = Field(
        default=10.0, gt=0, le=1e6, description="Ridge of the regression from content to item vectors"
    )
    own_events: float = Field(
        default=5.0,
        ge=0,
        le=1e6,
        description="Events at which an item's own vector and the one foretold from content count the same",
    )
    dims: int = Field(
        default=128,
        ge=1,
        le=2048,
        description="Length of the content vectors that the regression starts from",
        json_schema_extra=MORE,
    )
    text_weight: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="How much words of title and text count beside categories, values and numbers",
        json_schema_extra=MORE,
    )
    weights: Weights = Field(default="binary", description=WEIGHTS_HELP, json_schema_extra=MORE)


class ContentToFactors:
    """Attributes mapped to the factors of a trained model (Gantner, Drumond, Freudenthaler et al., 2010).

    Y are item vectors of iALS (Rendle et al., 2021), e_i content vectors (TF-IDF on its singular vectors)
    with a constant beside them; W = argmin Σ_i a_i |Y_i − W'e_i|² + ridge |W|² over trained items with
    a_i = n_i / (n_i + `own_events`) for n_i events: what few events said teaches little. The vector of an
    item is a_i Y_i + (1 − a_i) W'e_i; one without events, or new, has the foretold one alone. Items of which
    nothing is known keep their own.

    Histories are folded in as by iALS: x = (A0 + …)⁻¹ with A0 over the trained items, so that widening the
    catalogue changes no other score.
    """

    name: ClassVar[str] = "content_to_factors"
    label: ClassVar[str] = "Content to factors"
    Config: ClassVar[type[ContentToFactorsConfig]] = ContentToFactorsConfig
    needs: ClassVar[tuple[str, ...]] = ("item_features",)
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    tuning: ClassVar[Mapping[str, Dimension | None]] = {
        "factors": Range(16, 256, log=True, integer=True),
        "unobserved_weight": Range(0.003, 3, log=True),
        "regularization": Range(0.0003, 0.3, log=True),
        "iterations": Range(5, 20, integer=True),
        "ridge": Range(0.1, 1000, log=True),
        "own_events": Range(0, 50),
    }
    presets: ClassVar[Mapping[str, dict[str, Any]]] = {"quick": {"factors": 32, "iterations": 6}}
    stochastic: ClassVar[bool] = True

    def __init__(self, config: ContentToFactorsConfig | None = None) -> None:
        self.config = config or ContentToFactorsConfig()

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,  # noqa: ARG002
        seed: int = 0,
        device: Device = CPU,  # noqa: ARG002
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,
        resume: Arrays | None = None,
    ) -> Self:
        """Factorise, then regress the vectors on content."""
        refuse(self, train)
        names = ("factors", "unobserved_weight", "regularization", "iterations", "weights")
        settings = IALSConfig(**{name: getattr(self.config, name) for name in names})
        part = part_of(report, 0.0, FACTORS_SHARE)
        ials = IALS(settings).fit(train, seed=seed, report=part, checkpoint=checkpoint, resume=resume)
        self.space_ = learn_features(train.item_features, train.trained_items)
        profiles = self._profiles(train.item_features, train.n_items)
        taught = profiles[np.flatnonzero(train.trained_items)]
        later = part_of(report, FACTORS_SHARE, 1.0)
        self.basis_, _ = top_right_vectors(taught, self.config.dims, report=later)
        n = np.bincount(train.interactions.item, minlength=train.n_items)
        own = np.divide(n, n + self.config.own_events, out=np.zeros(len(n)), where=n > 0)
        self.mapping_ = _ridge(self._content(profiles), ials.item_factors_, own, self.config.ridge)
        known = np.diff(profiles.indptr) > 0
        own = np.where(known, own, 1.0)[:, None]
        factors = own * ials.item_factors_ + (1 - own) * self._foretold(profiles)
        trained = factors[train.trained_items]
        self._keep(factors, trained.T @ trained, ials.ridge_)
        report(1.0)
        return self

    def _profiles(self, features: pd.DataFrame | None, n: int) -> csr_matrix:
        return self.space_.profiles(features, n, text_weight=self.config.text_weight)

    def _content(self, profiles: csr_matrix) -> NDArray[np.float64]:
        """(n, dims + 1) content vectors, then 1 for items of which anything is known."""
        known = (np.diff(profiles.indptr) > 0).astype(np.float64)
        return np.column_stack([profiles @ self.basis_.astype(np.float64), known])

    def _foretold(self, profiles: csr_matrix) -> NDArray[np.float64]:
        return self._content(profiles) @ self.mapping_

    def _keep(self, factors: NDArray[Any], gram: NDArray[Any], ridge: float) -> None:
        self.item_factors_ = np.ascontiguousarray(factors, dtype=np.float32)
        self.gram_, self.ridge_ = np.asarray(gram, dtype=np.float64), ridge
        self._wide = self.item_factors_.astype(np.float64)
        values, self._turn = np.linalg.eigh(self.gram_)
        self._base = np.maximum(values, 0)
        self._turned = np.ascontiguousarray(self._wide @ self._turn)

    def with_items(self, features: pd.DataFrame) -> Self:
        """The same model over a widened catalogue: rows of `features` are the next items."""
        wide = type(self)(self.config)
        wide.space_, wide.basis_, wide.mapping_ = self.space_, self.basis_, self.mapping_
        new = wide._foretold(wide._profiles(features, len(features)))
        wide._keep(np.concatenate([self._wide, new]), self.gram_, self.ridge_)
        return wide

    def _extra(self, histories: Histories) -> csr_matrix:
        """(n, n_items) confidence − 1 of each item of the histories."""
        weights = history_matrix(histories, self.config.weights)
        return csr_matrix(weights * np.float32(1 / self.config.unobserved_weight), dtype=np.float32)

    def user_factors(self, histories: Histories) -> NDArray[np.float64]:
        """(n, factors) exact solution of each row; zeros for an empty history."""
        e = self._extra(histories)
        out = np.zeros((len(histories), len(self._base)))
        ridge = np.full(len(histories), self.ridge_)
        with single_threaded_blas():  # small systems: more threads make them slower
            exact_rows(e.indptr, e.indices, e.data, self._turned, self._base, ridge, out)
        return np.asarray(out @ self._turn.T)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)): x'y, about 1 for what would be taken; zeros for an empty history."""
        factors = self.item_factors_ if items is None else self.item_factors_[items]
        return self.user_factors(histories).astype(np.float32) @ factors.T

    def fold_in_system(
        self, histories: Histories, row: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
        """(Y (n_items, f), A0 (f, f), distinct items of the row, their confidences 1 + w / α₀)."""
        e = self._extra(histories.rows([row]))
        a0 = self.gram_ + self.ridge_ * np.eye(len(self.gram_))
        return self._wide, a0, e.indices.astype(np.int32), 1 + e.data.astype(np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Item vectors, what folds histories in, and what makes vectors of new items."""
        return {
            "item_factors": self.item_factors_,
            "gram": self.gram_,
            "ridge": np.asarray(self.ridge_),
            "basis": self.basis_,
            "mapping": self.mapping_,
            **self.space_.arrays(),
        }

    @classmethod
    def restore(cls, config: ContentToFactorsConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.space_ = FeatureSpace.restore(arrays)
        model.basis_, model.mapping_ = np.asarray(arrays["basis"]), np.asarray(arrays["mapping"])
        model._keep(np.array(arrays["item_factors"]), np.array(arrays["gram"]), float(arrays["ridge"]))
        return model


def _ridge(
    content: NDArray[np.float64], factors: NDArray[Any], weights: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    """(dims + 1, f) W = (E'AE + ridge I)⁻¹ E'A Y with A = diag(weights)."""
    weighed = content.T * weights
    system = weighed @ content + ridge * np.eye(content.shape[1])
    return np.asarray(np.linalg.solve(system, weighed @ factors.astype(np.float64)))
