"""D022: test events older than what the models learnt from."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import NO_SPLIT, NO_TIMES, Answer, DoesNotApply, answer, grade
from data.checks.wording import date, number, share
from data.dataset import Dataset
from data.split import Split


class SplitLeakage:
    """Share of the test events before the last event of train."""

    code: ClassVar[str] = "D022"
    name: ClassVar[str] = "split_leakage"
    title: ClassVar[str] = "Split leaks the future"
    why: ClassVar[str] = (
        "Models learn from events that happened after those they are judged on: trends, new items and the "
        "popularity of later weeks leak into the test, and every figure is too good."
    )
    fix: ClassVar[str] = (
        "Use a cut in time where it leaves enough users. Otherwise read the figures as a comparison of "
        "models, not as a forecast."
    )
    needs_split: ClassVar[bool] = True
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Compare the times of the targets with the last of train."""
        if split is None:
            return NO_SPLIT
        time = dataset.interactions.time
        if time is None:
            return NO_TIMES
        wanted = split.target_rows("test")
        if not len(wanted) or not len(split.train_rows):
            return DoesNotApply("The split has an empty part.")
        cut = int(time[split.train_rows].max())
        older = time[wanted] < cut
        part = float(older.mean())
        values = {"events": int(older.sum()), "share": part, "train_until": cut}
        if not older.any():
            return answer(None, f"No test event is older than the last event of train ({date(cut)}).", values)
        sentence = (
            f"{share(part)} of the test events ({number(older.sum())}) are older than the last event of "
            f"train ({date(cut)})."
        )
        return answer(grade(part, 0.5, 1e-9), sentence, values)
