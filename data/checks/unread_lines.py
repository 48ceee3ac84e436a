"""D014: lines of the file that could not be read."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import Answer, DoesNotApply, answer, grade
from data.checks.wording import number, plural, share
from data.dataset import Dataset
from data.split import Split


class UnreadLines:
    """Share of the file's lines in quarantine, from the report of the import."""

    code: ClassVar[str] = "D014"
    name: ClassVar[str] = "unread_lines"
    title: ClassVar[str] = "Lines that could not be read"
    why: ClassVar[str] = (
        "Unreadable lines are seldom spread evenly: they may be one shop, one week or one language that is "
        "missing from every figure."
    )
    fix: ClassVar[str] = "Look at the quarantine under Import, correct the reason there, and import again."
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Read the report kept with the data set."""
        report = dataset.facts.get("import") or {}
        rows = report.get("rows") or {}
        lines, bad = int(rows.get("lines", 0)), int(rows.get("quarantined", 0))
        if not lines:
            return DoesNotApply("The data was not imported from a file.")
        part = bad / lines
        reasons = report.get("quarantine_reasons") or {}
        examples = tuple(f"{reason}: {number(n)}" for reason, n in reasons.items())
        values = {"lines": bad, "share": part}
        if not bad:
            return answer(None, f"All {number(lines)} lines of the file were read.", values)
        could = plural(bad, "line", "lines")
        sentence = f"{could} of {number(lines)} could not be read ({share(part)}): {'; '.join(examples)}."
        return answer(grade(part, 0.01, 0.0), sentence, values, examples)
