"""The data doctor: coded checks of a data set and of a split of it, each answering in plain words.

One file per check; key = file name = `name`. `base`, `times`, `weights`, `item_counts` and `wording` hold
what several of them share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.checks.base import LOOK, Answer, Check, DoesNotApply, Finding, NothingFound
from data.checks.bulk_events import BulkEvents
from data.checks.cold_items import ColdItems
from data.checks.cold_users import ColdUsers
from data.checks.constant_weights import ConstantWeights
from data.checks.dominating_items import DominatingItems
from data.checks.dominating_users import DominatingUsers
from data.checks.duplicate_events import DuplicateEvents
from data.checks.event_types import EventTypes
from data.checks.exchangeable_split import ExchangeableSplit
from data.checks.few_users import FewUsers
from data.checks.id_lookalikes import IdLookalikes
from data.checks.items_without_metadata import ItemsWithoutMetadata
from data.checks.missing_times import MissingTimes
from data.checks.near_copies import NearCopies
from data.checks.non_product_items import NonProductItems
from data.checks.one_event_users import OneEventUsers
from data.checks.out_of_range_times import OutOfRangeTimes
from data.checks.personal_data import PersonalData
from data.checks.popularity_shift import PopularityShift
from data.checks.repeat_consumption import RepeatConsumption
from data.checks.session_sanity import SessionSanity
from data.checks.short_histories import ShortHistories
from data.checks.split_leakage import SplitLeakage
from data.checks.suspect_users import SuspectUsers
from data.checks.timestamp_ties import TimestampTies
from data.checks.unmatched_ids import UnmatchedIds
from data.checks.unread_lines import UnreadLines
from data.checks.weight_mismatch import WeightMismatch
from data.dataset import Dataset
from data.split import Split

CHECKS: dict[str, type[Check]] = {
    check.name: check
    for check in (
        DuplicateEvents,
        BulkEvents,
        TimestampTies,
        OutOfRangeTimes,
        IdLookalikes,
        OneEventUsers,
        ShortHistories,
        FewUsers,
        DominatingUsers,
        DominatingItems,
        ConstantWeights,
        WeightMismatch,
        RepeatConsumption,
        UnreadLines,
        MissingTimes,
        ItemsWithoutMetadata,
        PersonalData,
        UnmatchedIds,
        NonProductItems,
        ColdUsers,
        ColdItems,
        SplitLeakage,
        PopularityShift,
        ExchangeableSplit,
        NearCopies,
        SuspectUsers,
        EventTypes,
        SessionSanity,
    )
}


@dataclass(frozen=True)
class Result:
    """A check and what it answered."""

    check: type[Check]
    answer: Answer

    @property
    def outcome(self) -> str:
        """`look` or `know` (found), `nothing` (looked for, not there) or `not_applicable`."""
        if isinstance(self.answer, Finding):
            return self.answer.severity
        return "nothing" if isinstance(self.answer, NothingFound) else "not_applicable"

    @property
    def sentence(self) -> str:
        """What was found, what was measured, or why it does not apply."""
        return self.answer.reason if isinstance(self.answer, DoesNotApply) else self.answer.sentence

    @property
    def values(self) -> dict[str, float]:
        """The numbers of the sentence by name."""
        return {} if isinstance(self.answer, DoesNotApply) else self.answer.values

    @property
    def examples(self) -> tuple[str, ...]:
        """A few ids or titles that a person can look up."""
        return self.answer.examples if isinstance(self.answer, Finding) else ()


OUTCOMES = ("look", "know", "nothing", "not_applicable")


def run_checks(
    dataset: Dataset, split: Split | None = None, *, names: Sequence[str] | None = None, slow: bool = True
) -> list[Result]:
    """Run the checks, gravest answers first, then by code.

    Args:
        split: without one, checks of a split say that they do not apply.
        names: keys of CHECKS; None runs all.
        slow: whether checks are run that take over a second for a million events.
    """
    chosen = [CHECKS[name] for name in (CHECKS if names is None else names)]
    results = [Result(check, check().run(dataset, split)) for check in chosen if slow or not check.slow]
    return sorted(results, key=lambda result: (OUTCOMES.index(result.outcome), result.check.code))


__all__ = [
    "CHECKS",
    "LOOK",
    "OUTCOMES",
    "Answer",
    "Check",
    "DoesNotApply",
    "Finding",
    "NothingFound",
    "Result",
    "run_checks",
]
