"""D020: users of the test part without a history in train."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import KNOW, NO_SPLIT, Answer, DoesNotApply, answer, grade
from data.checks.wording import number, share
from data.dataset import Dataset
from data.split import Split


class ColdUsers:
    """Share of the judged users whom the models never met."""

    code: ClassVar[str] = "D020"
    name: ClassVar[str] = "cold_users"
    title: ClassVar[str] = "New users in the test part"
    why: ClassVar[str] = (
        "Nobody knows them, so most models show them the popular items. An average over all users hides "
        "what personal lists do for those who are known."
    )
    fix: ClassVar[str] = (
        "Read known and new users apart. With too few known ones choose the recommended split or an "
        "earlier cut."
    )
    needs_split: ClassVar[bool] = True
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Count rows of the test part that are not known."""
        if split is None:
            return NO_SPLIT
        total = len(split.test)
        if not total:
            return DoesNotApply("Nobody is judged in the test part.")
        cold = int((~split.test.known).sum())
        part = cold / total
        tuning = len(split.validation)
        values = {
            "users": cold,
            "of": total,
            "share": part,
            "validation_share": float((~split.validation.known).mean()) if tuning else 0.0,
        }
        if not cold:
            return answer(None, f"All {number(total)} users judged in the test part are known.", values)
        sentence = f"{number(cold)} of {number(total)} users judged in the test part are new ({share(part)})."
        if split.protocol == "given":
            sentence += " Their ids stand in the test file but teach nothing in the train file."
        asked_for = split.protocol in ("user_cold", "user_item_cold")  # then they are meant to be new
        return answer(KNOW if asked_for else grade(part, 0.5, 0.05), sentence, values)
