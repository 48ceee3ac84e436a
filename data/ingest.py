"""Files become a trusted data set: read, reconcile, set aside by rule, join, keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from data.artifacts import Home, list_dataset_ids, save_dataset
from data.cleaning import Cleaned, Cleaning, clean
from data.columns import LINE, REASON, TEXT
from data.dataset import Dataset, IdMap, Interactions
from data.errors import DataError
from data.import_report import FileCount, ImportReport, Join, reconcile
from data.items_table import ItemsMapping
from data.joining import Features, joined_features
from data.mapping import Mapping
from data.read_tables import Read, read_all_files
from data.reading.shape import FileShape
from data.reading.staging import Report, silent
from data.recipe import Files, GivenFile, ItemsPart, Recipe
from data.settling import name_of, settle

__all__ = ["FileCount", "ImportReport", "Join", "import_file", "import_files", "name_of", "reconcile"]

MANY_QUARANTINED = 0.05  # share of the lines from which the report warns


def import_file(
    path: Path | str,
    home: Home,
    *,
    mapping: Mapping | None = None,
    cleaning: Cleaning | None = None,
    shape: FileShape | None = None,
    name: str | None = None,
    items_path: Path | str | None = None,
    items_mapping: ItemsMapping | None = None,
    items_shape: FileShape | None = None,
    file_name: str | None = None,
    items_file_name: str | None = None,
    report: Report = silent,
) -> ImportReport:
    """Import one file of events, with a file of item metadata if there is one, by `import_files`.

    Args:
        file_name, items_file_name: how people know the files, where they are kept under other names.
    """
    path = Path(path)
    items = None if items_path is None else Path(items_path)
    files = Files(
        (GivenFile(path, file_name or path.name),),
        items=None if items is None else GivenFile(items, items_file_name or items.name),
    )
    recipe = Recipe(
        name=name,
        shape=shape,
        mapping=mapping,
        cleaning=cleaning,
        items=ItemsPart(shape=items_shape, mapping=items_mapping),
    )
    return import_files(files, home, recipe=recipe, report=report)


def import_files(
    files: Files,
    home: Home,
    *,
    recipe: Recipe | None = None,
    parent: str | None = None,
    report: Report = silent,
) -> ImportReport:
    """Import files of events, with what is known of items and users, and store them under `home`.

    Args:
        recipe: how they are written and what is meant; what it leaves open is recognised or proposed.
        parent: a stored data set that the events are added to, as a new version of it.
        report: called with (fraction, stage); may raise to stop, which leaves nothing behind.

    Raises:
        NotFound: there is no such file or parent.
        DataError: a file is no table, no row can be used, or the lines do not add up.
    """
    settled = settle(files, recipe or Recipe())
    read = read_all_files(files, settled, home, report)
    kept = clean(read.coded, settled.cleaning)
    if not len(kept.events):
        raise _nothing_left(files.events[0].name, read.events.quarantine, settled.mapping)
    report(0.7, "joining by id")
    features = joined_features(read, kept.events)
    summary = _summary(read.recipe.name or name_of(files.events[0].name), read, kept, features)
    reconcile(summary)
    report(0.8, "storing")
    dataset = Dataset(
        _interactions(kept),
        IdMap(kept.events.users),
        IdMap(kept.events.items),
        user_features=features.users,
        item_features=features.items,
        social=features.social,
        name=summary.name,
        facts=_facts(files, features.recipe, summary),
    )
    return _stored(home, dataset, read.events.quarantine, summary, report)


def _interactions(kept: Cleaned) -> Interactions:
    rows = kept.events
    return Interactions(
        rows.user,
        rows.item,
        rows.weight,
        rows.second,
        base_event=rows.event,
        base_session=rows.session,
        base_part=rows.part,
    )


def _nothing_left(name: str, quarantine: pd.DataFrame, mapping: Mapping) -> DataError:
    if len(quarantine):
        first = quarantine.iloc[0]
        shown = f"line {first[LINE]} ({first[REASON]}: {first[TEXT][:80]!r})"
        why = f"{len(quarantine)} were unreadable, the first in {shown}"
    else:
        why = "all were set aside by rule (no user, or below the minimum weight)"
    return DataError(
        f"No row of {name} can be used: {why}.",
        f"Check the separator and the mapping: {_columns_in_words(mapping)}.",
    )


def _columns_in_words(mapping: Mapping) -> str:
    """`user is 'u', item is 'i', no weight, time is 't' (epoch_s)`."""
    weight = "no weight" if mapping.weight is None else f"weight is {mapping.weight!r}"
    time = "no time" if mapping.time is None else f"time is {mapping.time!r} ({mapping.time_format})"
    return f"user is {mapping.user!r}, item is {mapping.item!r}, {weight}, {time}"


def _summary(name: str, read: Read, kept: Cleaned, features: Features) -> ImportReport:
    events = read.events
    removed = {**events.set_aside, **kept.removed}
    reasons = events.quarantine[REASON].value_counts()
    notes = [*events.notes, *kept.notes, *features.notes]
    if events.quarantined > MANY_QUARANTINED * events.lines:
        lost = f"{events.quarantined} of {events.lines} lines could not be read; look at the quarantine."
        notes = [lost, *notes]
    return ImportReport(
        name=name,
        lines=events.lines,
        header=events.header,
        accepted=kept.events.lines,
        removed={rule: n for rule, n in removed.items() if n},
        quarantined=events.quarantined,
        events=len(kept.events),
        users=len(kept.events.users),
        items=len(kept.events.items),
        quarantine_reasons={str(reason): int(n) for reason, n in sorted(reasons.items())},
        lifted=features.lifted,
        lifted_users=features.lifted_users,
        notes=tuple(notes),
        files=read.files,
        joins=features.joins,
    )


def _facts(files: Files, recipe: Recipe, summary: ImportReport) -> dict[str, Any]:
    told = {key: value for key, value in summary.as_json().items() if key not in ("dataset", "existed")}
    names = [file.name for file in files.events]
    return {
        "source": names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more",
        "recipe": recipe.model_dump(mode="json"),
        "shape": recipe.model_dump(mode="json")["shape"],
        "mapping": recipe.model_dump(mode="json")["mapping"],
        "cleaning": recipe.model_dump(mode="json")["cleaning"],
        "import": told,
    }


def _stored(
    home: Home, dataset: Dataset, quarantine: pd.DataFrame, summary: ImportReport, report: Report
) -> ImportReport:
    before = set(list_dataset_ids(home))
    tables = {"quarantine": quarantine} if len(quarantine) else None
    dataset_id = save_dataset(home, dataset, extra_tables=tables)
    report(1.0, "done")
    return replace(summary, dataset=dataset_id, existed=dataset_id in before)
