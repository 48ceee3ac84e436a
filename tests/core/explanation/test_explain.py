"""Which method answers, what is refused calmly, what-if, reasons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.explanation import explain, explain_fused, methods_for, reasons, without_event
from core.explanation.base import Explanation
from core.fusion import FUSERS
from core.fusion.fused import Fused
from core.models.item_knn import ItemKNN
from core.ranking import Policy
from data.errors import ConfigError, NotApplicable, NotFound
from data.histories import from_lists
from tests.conftest import make_dataset


def made(parts, *, errors=None, items=None, game="history", players=None, score=None) -> Explanation:
    parts = np.asarray(parts, dtype=float)
    return Explanation(
        game=game, method="permutation", exact=errors is None, item=9,
        players=players or tuple(range(len(parts))),
        items=np.asarray(items if items is not None else range(len(parts)), dtype=np.int32),
        base=0.0, score=float(parts.sum()) if score is None else score, contributions=parts,
        standard_errors=None if errors is None else np.asarray(errors, dtype=float),
    )  # fmt: skip


def test_the_first_method_that_applies_answers(fold_in_model, sum_model, order_model, some_histories):
    model = fold_in_model(4.0)
    assert explain(sum_model, some_histories, 0, 20).method == "additive"
    assert explain(model, some_histories, 0, 20).method == "shapley_operator"
    assert explain(model, some_histories, 4, 20).method == "permutation"
    assert explain(order_model, some_histories, 0, 20).method == "shap_permutation"
    assert methods_for(model, some_histories, 0) == ("shapley_operator", "permutation", "shap_permutation")
    assert methods_for(model, some_histories, 3) == ()


def test_additive_parts_are_read_off(sum_model, some_histories):
    explanation = explain(sum_model, some_histories, 2, 20)
    np.testing.assert_allclose(explanation.contributions, sum_model.table[[4, 9, 4, 2], 20])
    assert abs(explanation.residual) < 1e-6
    for method in ("permutation", "shap_permutation"):
        sampled = explain(sum_model, some_histories, 2, 20, method=method)
        np.testing.assert_allclose(sampled.contributions, explanation.contributions, atol=1e-5)


def test_an_empty_history_is_refused_calmly(fold_in_model, sum_model, order_model, some_histories):
    for model in (fold_in_model(4.0), sum_model, order_model):
        with pytest.raises(NotApplicable, match="no past events"):
            explain(model, some_histories, 3, 20)


def test_an_item_without_score_is_refused_calmly(sum_model, fold_in_model, some_histories):
    class NotAll(type(sum_model)):
        def score(self, histories, items=None):
            scores = super().score(histories)
            scores[:, 20] = -np.inf
            return scores if items is None else scores[:, items]

    with pytest.raises(NotApplicable, match="cannot score this item"):
        explain(NotAll(), some_histories, 0, 20)
    model = fold_in_model(4.0)
    model.Y[20] = 0
    for row in (0, 4):
        with pytest.raises(NotApplicable, match="knows nothing of this item"):
            explain(model, some_histories, row, 20)


def test_wrong_numbers_and_methods_are_named(sum_model, some_histories):
    with pytest.raises(NotFound, match="no item number 40"):
        explain(sum_model, some_histories, 0, 40)
    with pytest.raises(NotFound, match="no history number 9"):
        explain(sum_model, some_histories, 9, 4)
    with pytest.raises(ConfigError, match="no explanation method 'lime'"):
        explain(sum_model, some_histories, 0, 4, method="lime")
    with pytest.raises(NotApplicable, match="do not fit"):
        explain(sum_model, some_histories, 0, 4, method="shapley_operator")


def test_a_stored_user_vector_does_not_hide_the_events(fold_in_model, some_histories):
    """A model that answers known users from a vector: the events are explained, the listed score is told."""

    class Stored(fold_in_model):
        def score(self, histories, items=None):
            scores = super().score(histories) + np.where(histories.users >= 0, 5, 0)[:, None]
            return (scores if items is None else scores[:, items]).astype(np.float32)

    model, known = Stored(4.0), replace(some_histories, users=np.arange(5, dtype=np.int32))
    for method in ("shapley_operator", "permutation", "shap_permutation"):
        explanation = explain(model, known, 0, 20, method=method)
        assert explanation.facts["listed_score"] == pytest.approx(explanation.score + 5, abs=1e-4)
        assert abs(explanation.residual) < 1e-6
        unknown = explain(model, some_histories, 0, 20, method=method)
        assert "listed_score" not in unknown.facts


def test_without_an_event_is_scored_again(sum_model, some_histories):
    scores = sum_model.score(from_lists([[4, 9, 4, 2], [4, 9, 2]], 40))
    change = without_event(sum_model, some_histories, 2, 0, 20, policy=Policy("allow"))
    assert change.score_before == pytest.approx(float(scores[0, 20]))
    assert change.score_after == pytest.approx(float(scores[1, 20]))
    assert change.rank_before == 1 + (scores[0] > scores[0, 20]).sum()
    assert change.rank_after == 1 + (scores[1] > scores[1, 20]).sum()


def test_a_removed_item_stays_hidden(sum_model):
    """Item 5 would come first as soon as it is no longer in the history; it must not push the others down."""
    sum_model.table[:] = 0
    sum_model.table[3, [5, 20, 30]] = [9, 4, 2]
    change = without_event(sum_model, from_lists([[3, 5]], 40), 0, 1, 20)
    assert (change.rank_before, change.rank_after) == (1, 1)
    assert "stays hidden" in change.note


def test_a_removed_item_does_not_enter_the_lists_of_a_fusions_members(sum_model):
    """Event 5 says nothing. Were item 5 listed by the members, it would push item 20 from rank 1 to 2."""
    sum_model.table[:] = 0
    sum_model.table[3, [5, 20, 30]] = [9, 4, 2]
    fused = Fused({"a": sum_model, "b": sum_model}, FUSERS["rrf"]())
    history = from_lists([[3, 5]], 40)
    change = without_event(fused, history, 0, 1, 20)
    assert (change.rank_before, change.rank_after) == (1, 1)
    assert change.score_after == change.score_before
    assert fused.candidates is None


def test_several_events_can_be_removed_and_only_existing_ones(sum_model, some_histories):
    change = without_event(sum_model, some_histories, 2, (0, 2), 20)
    alone = sum_model.score(from_lists([[9, 2]], 40))[0, 20]
    assert change.score_after == pytest.approx(float(alone))
    with pytest.raises(NotFound, match="It has 4 events"):
        without_event(sum_model, some_histories, 2, 4, 20)


def test_reasons_are_positive_parts_in_order():
    """Positive parts 6 + 3 + 1 = 10: shares 60 % and 30 %; item 13 speaks against."""
    reason = reasons(made([1.0, 6.0, -2.0, 3.0], items=[11, 12, 13, 14]))
    assert reason.items == (12, 14)
    assert reason.shares == pytest.approx((0.6, 0.3))
    assert reason.amounts == (6.0, 3.0)
    assert (reason.against, reason.against_amount) == (13, -2.0)
    assert reason.residual == pytest.approx(0.0)


def test_parts_within_two_standard_errors_are_not_called_reasons():
    reason = reasons(made([1.0, 0.9], errors=[0.6, 0.2]))
    assert reason.items == (1,)
    assert reasons(made([1.0, 0.9], errors=[0.6, 0.5])).silent


def test_no_reason_when_nothing_speaks_for_the_item():
    assert reasons(made([-1.0, 0.0])).silent
    assert reasons(made([0.0, 0.0])).silent


def test_events_of_one_item_count_together():
    reason = reasons(made([2.0, 3.0, 2.0], items=[7, 8, 7]))
    assert reason.items == (7, 8)
    assert reason.shares == pytest.approx((4 / 7, 3 / 7))


def test_the_group_of_old_events_is_no_item_but_is_counted():
    reason = reasons(made([6.0, 4.0], items=[-1, 8], players=("21 oldest events", 21)))
    assert reason.items == (8,)
    assert reason.group_share == pytest.approx(0.6)


def test_many_small_parts_explain_nothing_by_themselves():
    assert reasons(made(np.full(40, 0.1))).silent


def test_in_a_long_history_twice_an_even_share_is_a_reason():
    """100 parts: one of 4 among 99 of 1 holds 4/103 = 3.9 %, above 2/100."""
    reason = reasons(made([4.0] + [1.0] * 99))
    assert reason.items == (0,)
    assert reason.shares == pytest.approx((4 / 103,))


def test_members_are_named():
    reason = reasons(made([3.0, 1.0], game="models", players=("als", "ease"), items=()))
    assert reason.names == ("als", "ease")
    assert reason.items == ()


def test_a_fused_score_is_explained_in_two_levels(fold_in_model, sum_model, some_histories):
    class Half:
        """One member that answers and one that must refuse."""

        name = "fused"
        candidates = None
        members = {"sum": sum_model, "fold_in": fold_in_model(4.0)}

        def member_parts(self, histories, row, item):
            parts = [float(m.score(histories)[row, item]) for m in self.members.values()]
            return made(parts, game="models", players=tuple(self.members), items=())

    fused = Half()
    fused.members["fold_in"].Y[20] = 0
    both = explain_fused(fused, some_histories, 0, 20)
    assert both.outer.players == ("sum", "fold_in")
    assert both.inner["sum"].method == "additive"
    assert isinstance(both.inner["fold_in"], NotApplicable)
    assert explain(fused, some_histories, 0, 20).game == "models"


def test_a_history_without_an_answer_is_not_explained_by_its_events():
    data = make_dataset([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 1, 2], n_items=4)
    model = ItemKNN().fit(data)  # item 3 is in the catalogue, and nobody has it
    with pytest.raises(NotApplicable, match="no answer of its own"):
        explain(model, from_lists([[3]], 4), 0, 1)
    assert explain(model, from_lists([[3, 0]], 4), 0, 1).contributions[0] == 0
