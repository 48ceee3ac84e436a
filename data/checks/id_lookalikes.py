"""D005: different ids that probably name the same user or item."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.checks.base import KNOW, LOOK, Answer, DoesNotApply, Finding, NothingFound, answer
from data.checks.wording import number, plural, quoted
from data.dataset import Dataset, IdMap
from data.split import Split

MANY = 0.01  # share of the ids from which it is grave
ALL = 0.9  # share of ids that end in .0 from which the whole column was written so


class IdLookalikes:
    """Ids equal but for case, blanks, leading zeros or a trailing `.0`."""

    code: ClassVar[str] = "D005"
    name: ClassVar[str] = "id_lookalikes"
    title: ClassVar[str] = "Look-alike ids"
    why: ClassVar[str] = (
        "One user under two ids has two short histories; one item under two ids competes with itself. Ids "
        "written as decimals match nothing in another file."
    )
    fix: ClassVar[str] = (
        "Import again with ids normalised (blanks and a trailing .0 go). Case and leading zeros: make the "
        "ids alike where the file is written, as text."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Group ids of users and of items by their simplest form."""
        found = [
            *_look(dataset.users, "user", "users"),
            *_look(dataset.items, "item", "items"),
        ]
        if not dataset.n_users + dataset.n_items:
            return DoesNotApply("There are no ids.")
        values = {key: value for finding in found for key, value in finding.values.items()}
        if not found:
            total = f"{number(dataset.n_users)} user ids and {number(dataset.n_items)} item ids"
            return NothingFound(f"All {total} stay different when case, blanks and zeros are ignored.")
        grave = any(finding.severity == LOOK for finding in found)
        sentence = " ".join(finding.sentence for finding in found)
        examples = tuple(example for finding in found for example in finding.examples)
        return answer(LOOK if grave else KNOW, sentence, values, examples)


def _look(ids: IdMap, one: str, many: str) -> list[Finding]:
    texts = pa.array(ids.ids, type=pa.large_string())
    found = []
    decimal = pc.ends_with(texts, ".0")
    n_decimal = int(pc.sum(decimal).as_py() or 0)
    if len(ids) and n_decimal >= ALL * len(ids):
        total = number(len(ids))
        sentence = f"{number(n_decimal)} of {total} {one} ids end in .0, as in {str(ids.ids[0])!r}."
        found.append(Finding(KNOW, sentence, {f"{many}_decimal": n_decimal}))
    plain = pd.Series(_simplest(texts).to_numpy(zero_copy_only=False))
    alike = plain.duplicated(keep=False).to_numpy()
    if alike.any():
        found.append(_alike(ids, plain, alike, one, many))
    return found


def _simplest(texts: Any) -> Any:
    """Lower case, blanks removed at the ends and joined inside, no leading zeros, no trailing .0."""
    simple = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    simple = pc.replace_substring_regex(simple, r"\s+", " ")
    simple = pc.replace_substring_regex(simple, r"^(\d+)\.0+$", r"\1")
    return pc.replace_substring_regex(simple, r"^0+(\d)", r"\1")


def _alike(ids: IdMap, plain: pd.Series, alike: Any, one: str, many: str) -> Finding:
    """How many ids fall together, with up to three groups as examples."""
    n_ids = int(alike.sum())
    groups = plain[alike]
    n_real = int(groups.nunique())
    shown = tuple(quoted(ids.ids[(plain == key).to_numpy()].tolist()) for key in groups.unique()[:3])
    things = plural(n_real, one, many)
    sentence = f"{number(n_ids)} {one} ids seem to name {things} only, as {shown[0]}."
    return Finding(
        LOOK if n_ids >= MANY * len(ids) else KNOW,
        sentence,
        {f"{many}_alike": n_ids, f"{many}_behind": n_real},
        shown,
    )
