"""Why this item: which past events, or which members of a fused ranking, carried a score."""

from __future__ import annotations

from typing import Any

from core.explanation import shap_permutation, subsets
from core.explanation.additive import Additive
from core.explanation.base import Explainer, Explanation, HasMembers
from core.explanation.fused import FusedExplanation, or_reason
from core.explanation.history_game import check_answer, check_place, listed_score
from core.explanation.members import Members
from core.explanation.permutation import Permutation
from core.explanation.sentences import Reason, reasons
from core.explanation.shap_permutation import ShapPermutation
from core.explanation.shapley_operator import HistoryOperator, ShapleyOperator, history_operator
from core.explanation.what_if import Change, without_event
from core.models.base import FoldsIn
from data.errors import ConfigError, NotApplicable
from data.histories import Histories

__all__ = [
    "EXPLAINERS",
    "Change",
    "Explanation",
    "FusedExplanation",
    "HistoryOperator",
    "Reason",
    "explain",
    "explain_fused",
    "history_operator",
    "methods_for",
    "reasons",
    "warm",
    "without_event",
]

EXPLAINERS: dict[str, Explainer] = {
    explainer.name: explainer
    for explainer in (Members(), Additive(), ShapleyOperator(), Permutation(), ShapPermutation())
}


def methods_for(model: Any, histories: Histories, row: int) -> tuple[str, ...]:
    """Keys of the explainers that apply to this row, the default first.

    Exact methods come first; of the sampled ones a fold-in model takes our compiled permutations, any
    other model shap's.
    """
    sampled = ("permutation", "shap_permutation")
    if not isinstance(model, FoldsIn):
        sampled = sampled[::-1]
    order = ("members", "additive", "shapley_operator", *sampled)
    return tuple(name for name in order if EXPLAINERS[name].applies_to(model, histories, row))


def explain(
    model: Any, histories: Histories, row: int, item: int, *, seed: int = 0, method: str | None = None
) -> Explanation:
    """The parts of one score by the first method that applies, or by `method`.

    Raises:
        ConfigError: no such method.
        NotFound: no such row or item.
        NotApplicable: empty history, an item the model cannot score, a history it has no answer to, or a
            method that does not fit.
    """
    if method is not None and method not in EXPLAINERS:
        raise ConfigError(f"There is no explanation method {method!r}.", f"Choose {', '.join(EXPLAINERS)}.")
    if isinstance(model, HasMembers):
        check_place(histories, row, item)
    else:
        listed_score(model, histories, row, item)
        check_answer(model, histories, row)
    applicable = methods_for(model, histories, row)
    if method is not None and method not in applicable:
        raise NotApplicable(
            f"{EXPLAINERS[method].label} do not fit this model and history.",
            f"Choose {', '.join(applicable) or 'a user with a history'}.",
        )
    return EXPLAINERS[method or applicable[0]].explain(model, histories, row, item, seed=seed)


def explain_fused(
    fused: HasMembers, histories: Histories, row: int, item: int, *, seed: int = 0
) -> FusedExplanation:
    """Members' parts of a fused score, then each member's events, or the reason why there are none."""
    return FusedExplanation(
        outer=fused.member_parts(histories, row, item),
        inner={
            name: or_reason(lambda member=member: explain(member, histories, row, item, seed=seed))  # type: ignore[misc]
            for name, member in fused.members.items()
        },
    )


def warm() -> None:
    """Compile the kernels and import shap, so that no click waits for them."""
    subsets.warm()
    shap_permutation.warm()
