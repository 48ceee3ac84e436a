"""D018: ids of one file that another does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from data.checks.base import Answer, DoesNotApply, answer, grade
from data.checks.wording import number, quoted, share
from data.dataset import Dataset
from data.split import Split

IDS = {"items": "items", "users": "users", "social": "users"}
FILES = {"items": "the item file", "users": "the user file", "social": "the list of pairs"}


class UnmatchedIds:
    """Ids of the events without a row in a table, and rows of the table that no event names."""

    code: ClassVar[str] = "D018"
    name: ClassVar[str] = "unmatched_ids"
    title: ClassVar[str] = "Ids unknown between files"
    why: ClassVar[str] = (
        "What does not meet by its id is not used: titles are missing, new items cannot be told apart, and "
        "friends of nobody count for nothing. Often the same ids are only written in two ways."
    )
    fix: ClassVar[str] = (
        "Compare the examples of both sides: blanks, leading zeros, 17850.0 beside 17850. Normalise ids at "
        "the import, or export both files at the same time."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Read what the import kept of each join."""
        joins = (dataset.facts.get("import") or {}).get("joins") or []
        if not joins:
            return DoesNotApply("The events were imported without a second file.")
        values: dict[str, float] = {}
        parts, examples, worst = list[str](), list[str](), 0.0
        for join in joins:
            parts.append(_sentence(join))
            ids = int(join["matched"]) + int(join["without_row"])
            if join["table"] != "social":  # nobody must have a friend
                worst = max(worst, int(join["without_row"]) / max(ids, 1))
            elif not join["matched"]:
                worst = 1.0
            for side in ("matched", "without_row", "without_event"):
                values[f"{join['table']}_{side}"] = int(join[side])
            examples += _examples(join)
        return answer(grade(worst, 0.2, 1e-12), " ".join(parts), values, tuple(examples))


def _sentence(join: Mapping[str, Any]) -> str:
    matched, without = int(join["matched"]), int(join["without_row"])
    what, file = IDS[join["table"]], FILES[join["table"]]
    total = matched + without
    unknown = f"{number(without)} of {number(total)} {what} ({share(without / max(total, 1))})"
    extra = int(join["without_event"])
    told = f"{unknown} are not in {file}" if without else f"All {number(total)} {what} are in {file}"
    return f"{told}; {number(extra)} of its ids have no event." if extra else f"{told}."


def _examples(join: Mapping[str, Any]) -> list[str]:
    kept = join.get("examples") or {}
    sides = (("without_row", "only in the events"), ("without_event", f"only in {FILES[join['table']]}"))
    return [f"{where}: {quoted(list(kept[side]))}" for side, where in sides if kept.get(side)]
