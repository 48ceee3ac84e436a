"""Files become a trusted data set: read, reconcile, set aside by rule, join, keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from data.artifacts import Home, dataset_table, list_dataset_ids, load_dataset, save_dataset
from data.cleaning import Cleaned, Cleaning, clean
from data.coded import Coded, ReadFile
from data.columns import LINE, REASON, TEXT
from data.continuing import same_treatment, with_earlier
from data.dataset import Dataset, IdMap, Interactions
from data.errors import DataError
from data.import_report import FileCount, ImportReport, Join, reconcile
from data.items_table import ItemsMapping
from data.joining import Features, joined_features, unseen_items
from data.mapping import Mapping
from data.merging import with_items
from data.read_cache import drop_plain_reads, find_read
from data.read_tables import Read, read_all_files
from data.reading.shape import FileShape
from data.reading.staging import Report, silent
from data.recipe import Files, GivenFile, ItemsPart, Recipe
from data.settling import name_of, settle
from data.versions import append
from data.wording import number

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
    earlier = None if parent is None else load_dataset(home, parent)
    asked = recipe or Recipe()
    settled = settle(files, asked if earlier is None else same_treatment(asked, earlier))
    read = find_read(settled, home) or read_all_files(files, settled, home, report)
    if settled.recipe.pseudonyms:
        drop_plain_reads(settled, home)
    rows, read = [read.coded], read.without_rows()  # popped by who uses them, so that memory goes early
    kept, change = _kept(rows, read.recipe.cleaning or Cleaning(), earlier, home)
    if not len(kept.events):
        raise _nothing_left(files.events[0].name, read.events, kept.removed, settled.mapping)
    report(0.7, "joining by id")
    events, features = _joined(read, kept.events, earlier)
    summary = _summary(read.recipe.name or name_of(files.events[0].name), read, kept, features)
    summary = replace(summary, items=len(events.items), **change)
    reconcile(summary)
    report(0.8, "storing")
    dataset = Dataset(
        _interactions(events),
        IdMap(events.users),
        IdMap(events.items),
        user_features=features.users,
        item_features=features.items,
        social=features.social,
        event_types=events.event_types,
        name=summary.name,
        facts=_facts(files, read.recipe, summary, events),
    )
    quarantine = pd.concat([read.events.quarantine, *(side.quarantine for side in read.sides.values())])
    return _stored(home, dataset, quarantine, events.extras, summary, report)


def _kept(
    rows: list[Coded], cleaning: Cleaning, earlier: Dataset | None, home: Home
) -> tuple[Cleaned, dict[str, Any]]:
    """The events after the rules, with those of the earlier version; and what changed against it."""
    if earlier is None:
        return clean(rows.pop(), cleaning), {}
    further = dataset_table(home, earlier.id, "event_columns")
    found = append(earlier, rows.pop(), cleaning, extras=further)
    added = {"events": found.added, "users": found.new_users, "items": found.new_items}
    version = int(earlier.facts.get("version", 1)) + 1
    change = {"parent": earlier.id, "version": version, "added": added, "replaced": found.replaced}
    return Cleaned(found.events, found.removed, found.notes), change


def _joined(read: Read, events: Coded, earlier: Dataset | None) -> tuple[Coded, Features]:
    """The events over all ids that are kept, and what is known of these."""
    cleaning = read.recipe.cleaning or Cleaning()
    if read.recipe.keep_unseen_items:
        events = with_items(events, unseen_items(read, cleaning, events), in_order=earlier is None)
    features = joined_features(read, cleaning, events)
    return events, features if earlier is None else with_earlier(features, earlier, events)


def _interactions(events: Coded) -> Interactions:
    return Interactions(
        events.user,
        events.item,
        events.weight,
        events.second,
        base_event=events.event,
        base_session=events.session,
        base_part=events.part,
    )


def _nothing_left(name: str, read: ReadFile, removed: dict[str, int], mapping: Mapping) -> DataError:
    why, quarantine = [], read.quarantine
    if len(quarantine):
        first = quarantine.iloc[0]
        shown = f"line {first[LINE]} ({first[REASON]}: {first[TEXT][:80]!r})"
        why.append(f"{number(read.quarantined)} were unreadable, the first in {shown}")
    aside = {rule: n for rule, n in {**read.set_aside, **removed}.items() if n}
    if aside:
        why.append(f"set aside by rule: {', '.join(f'{rule} {number(n)}' for rule, n in aside.items())}")
    return DataError(
        f"No row of {name} can be used{': ' if why else ''}{'; '.join(why)}.",
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
    notes = [*events.notes, *kept.notes, *features.notes, *_unread_beside(read)]
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


def _unread_beside(read: Read) -> list[str]:
    sides = read.sides.values()
    told = [f"{file.name} holds no row that can be read." for file in read.files if not file.readable]
    return told + [
        f"{number(side.count.quarantined)} lines of {side.name} cannot be read; look at the quarantine."
        for side in sides
        if side.count.quarantined
    ]


def _facts(files: Files, recipe: Recipe, summary: ImportReport, events: Coded) -> dict[str, Any]:
    told = {key: value for key, value in summary.as_json().items() if key not in ("dataset", "existed")}
    names = [file.name for file in files.events]
    said = recipe.model_dump(mode="json")
    return {
        "source": names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more",
        "recipe": said,
        "shape": said["shape"],
        "mapping": said["mapping"],
        "cleaning": said["cleaning"],
        "event_types": list(events.event_types),
        "version": summary.version,
        "parent": summary.parent,
        "import": told,
    }


def _stored(
    home: Home,
    dataset: Dataset,
    quarantine: pd.DataFrame,
    event_columns: pd.DataFrame | None,
    summary: ImportReport,
    report: Report,
) -> ImportReport:
    before = set(list_dataset_ids(home))
    tables = {"quarantine": quarantine} if len(quarantine) else None
    dataset_id = save_dataset(home, dataset, extra_tables=tables, event_columns=event_columns)
    report(1.0, "done")
    return replace(summary, dataset=dataset_id, existed=dataset_id in before)
