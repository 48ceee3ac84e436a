"""D013: people take the same item again."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import KNOW, NO_EVENTS, Answer, answer
from data.checks.wording import share
from data.dataset import Dataset
from data.policy import MANY_REPEATS, repeat_share
from data.split import Split

SOME = 0.05


class RepeatConsumption:
    """Share of events after each user's first whose item the user had before."""

    code: ClassVar[str] = "D013"
    name: ClassVar[str] = "repeat_consumption"
    title: ClassVar[str] = "Repeat consumption"
    why: ClassVar[str] = (
        "Lists that hide seen items cannot show what these people take again, and models of taste are "
        "judged on memory when they may."
    )
    fix: ClassVar[str] = "Decide under Split & policy whether lists may show seen items."
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Count pairs that occur again."""
        if not len(dataset.interactions):
            return NO_EVENTS
        part = repeat_share(dataset)
        if not part:
            return answer(None, "No user takes the same item twice.", {"share": part})
        more = " Hiding seen items would hide much of what people want." if part >= MANY_REPEATS else ""
        sentence = f"{share(part)} of later events repeat an item the user had before.{more}"
        return answer(KNOW if part >= SOME else None, sentence, {"share": part})
