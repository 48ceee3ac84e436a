"""A file becomes a trusted data set: read, reconcile, set aside by rule, encode, keep."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from data.artifacts import Home, list_dataset_ids, save_dataset
from data.cleaning import Cleaned, Cleaning, clean
from data.columns import LINE, REASON, TEXT
from data.dataset import Dataset, IdMap, Interactions
from data.encoding import encode
from data.errors import DataError
from data.event_rows import READABLE, EventRows, read_events
from data.items_table import ItemsMapping, item_features, propose_items
from data.lifting import follows, lift
from data.mapping import AUTO, Mapping, propose
from data.quarantine import quarantine_table
from data.reading.preview import preview, read_all
from data.reading.records import Workplace, workplace
from data.reading.shape import FileShape
from data.reading.sniffing import sniff
from data.reading.staging import Report, silent
from data.reading.times import guess_time_format

BLANK_LINE = "blank line"
MANY_QUARANTINED = 0.05  # share of the lines from which the report warns


@dataclass(frozen=True)
class ImportReport:
    """What became of every physical line of the file (of every row of a Parquet file).

    `lines == header + accepted + sum(removed) + quarantined`. A record over three lines counts three;
    `events` is the number of stored events.
    """

    name: str
    lines: int
    header: int
    accepted: int
    removed: dict[str, int]  # rule → lines set aside
    quarantined: int
    events: int
    users: int
    items: int
    quarantine_reasons: dict[str, int] = field(default_factory=dict)
    lifted: tuple[str, ...] = ()  # columns that became item metadata
    notes: tuple[str, ...] = ()
    dataset: str = ""
    existed: bool = False  # the same content was stored before

    def as_json(self) -> dict[str, Any]:
        """Plain values; `rows.removed` is the total over the rules."""
        return {
            "dataset": self.dataset,
            "existed": self.existed,
            "name": self.name,
            "rows": {
                "lines": self.lines,
                "header": self.header,
                "accepted": self.accepted,
                "removed": sum(self.removed.values()),
                "quarantined": self.quarantined,
            },
            "removed_by_rule": dict(self.removed),
            "quarantine_reasons": dict(self.quarantine_reasons),
            "events": self.events,
            "users": self.users,
            "items": self.items,
            "lifted": list(self.lifted),
            "notes": list(self.notes),
        }


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
    """Import a file of events, with a file of item metadata if there is one, and store it under `home`.

    Args:
        mapping: which column is what; None takes what `propose` says.
        cleaning: rules over rows; None takes what is proposed, or the defaults where a mapping is given.
        shape: how the file is written; None takes what `sniff` says.
        name: of the data set; None takes the file's.
        items_path, items_mapping, items_shape: item metadata, which column is what, how it is written.
        file_name, items_file_name: how people know the files, where they are kept under other names.
        report: called with (fraction, stage); may raise to stop, which leaves nothing behind.

    Raises:
        NotFound: there is no such file.
        DataError: the file is no table, no row of it can be used, or its lines do not add up.
    """
    path = Path(path)
    shape = sniff(path, _columns_of(mapping)) if shape is None else shape
    mapping, cleaning = _settled(path, shape, mapping, cleaning)
    given = [path] if items_path is None else [path, Path(items_path)]
    with workplace(home.cache, given) as work:
        rows = read_events(work, path, shape, mapping, report)
        report(0.5, "encoding ids")
        kept = clean(encode(work.con, mapping), cleaning)
        report(0.65, "collecting unreadable rows")
        quarantine = quarantine_table(rows.records, rows.bad)
        if not len(kept.events):
            raise _nothing_left(path, quarantine, mapping)
        report(0.7, "item metadata")
        known_as = items_file_name or (Path(items_path).name if items_path is not None else "")
        features, lifted, notes = _features(
            work, rows, kept, items_path, items_mapping, items_shape, known_as
        )
    summary = _summary(name or name_of(path), rows, kept, quarantine, lifted, notes)
    reconcile(path, summary)
    report(0.8, "storing")
    dataset = Dataset(
        _interactions(kept),
        IdMap(kept.events.users),
        IdMap(kept.events.items),
        item_features=features,
        name=summary.name,
        facts=_facts(file_name or path.name, shape, mapping, cleaning, summary),
    )
    return _stored(home, dataset, quarantine, summary, report)


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


def name_of(path: Path) -> str:
    """The file's name without its endings."""
    return path.name.removesuffix(".gz").rsplit(".", 1)[0] or path.name


def reconcile(path: Path, summary: ImportReport) -> None:
    """Stop unless every physical line is accounted for.

    Raises:
        DataError: lines are missing or counted twice.
    """
    told = summary.header + summary.accepted + sum(summary.removed.values()) + summary.quarantined
    if told != summary.lines:
        raise DataError(
            f"{path.name} has {summary.lines} lines, but {told} were accounted for; nothing was stored.",
            "Check separator and quotes in the shape of the file, or save it as Parquet or JSON Lines.",
        )


def _settled(
    path: Path, shape: FileShape, mapping: Mapping | None, cleaning: Cleaning | None
) -> tuple[Mapping, Cleaning]:
    """The mapping with columns that exist and a known time format, and the rules."""
    head = preview(path, shape)
    if head.empty:
        kind = "a header and no readable row" if shape.header else "no readable row"
        raise DataError(
            f"{path.name} has {kind}.",
            "At least one line with a user and an item is needed; check separator, quotes and encoding.",
        )
    if mapping is None:
        proposal = propose(head, shape)
        return _settled(path, shape, proposal.mapping, cleaning or proposal.cleaning)
    for column in _columns_of(mapping):
        shape.position(column)
    if mapping.time is not None and mapping.time_format == AUTO:
        mapping = mapping.model_copy(update={"time_format": _time_format(head, mapping.time)})
    return mapping, cleaning or Cleaning()


def _columns_of(mapping: Mapping | None) -> list[str]:
    if mapping is None:
        return []
    return [name for name in (mapping.user, mapping.item, mapping.weight, mapping.time) if name is not None]


def _time_format(head: pd.DataFrame, column: str) -> str:
    values = head[column].tolist()
    found = guess_time_format(values, least=0.5)
    if found is None:
        shown = next((value for value in values if value), None)
        raise DataError(
            f"The times in column {column!r} are not recognised; the first is {shown!r}.",
            "Give a format such as epoch_s, epoch_ms, iso or %d/%m/%Y %H:%M, or import without times.",
        )
    return found[0]


def _nothing_left(path: Path, quarantine: pd.DataFrame, mapping: Mapping) -> DataError:
    if len(quarantine):
        first = quarantine.iloc[0]
        shown = f"line {first[LINE]} ({first[REASON]}: {first[TEXT][:80]!r})"
        why = f"{len(quarantine)} were unreadable, the first in {shown}"
    else:
        why = "all were set aside by rule (no user, or below the minimum weight)"
    return DataError(
        f"No row of {path.name} can be used: {why}.",
        f"Check the separator and the mapping: {_columns_in_words(mapping)}.",
    )


def _columns_in_words(mapping: Mapping) -> str:
    """`user is 'u', item is 'i', no weight, time is 't' (epoch_s)`."""
    weight = "no weight" if mapping.weight is None else f"weight is {mapping.weight!r}"
    time = "no time" if mapping.time is None else f"time is {mapping.time!r} ({mapping.time_format})"
    return f"user is {mapping.user!r}, item is {mapping.item!r}, {weight}, {time}"


def _features(
    work: Workplace,
    rows: EventRows,
    kept: Cleaned,
    items_path: Path | str | None,
    items_mapping: ItemsMapping | None,
    items_shape: FileShape | None,
    items_name: str,
) -> tuple[pd.DataFrame | None, tuple[str, ...], list[str]]:
    """Item metadata from the events' own columns and from the item file; the file goes first."""
    lifted, names, notes = _lifted(work, rows, kept)
    if items_path is None:
        return lifted, names, notes
    table, more = _from_file(work, Path(items_path), kept, items_mapping, items_shape, items_name)
    if lifted is not None:
        taken = {str(column).lower() for column in table}
        free = [column for column in lifted if str(column).lower() not in taken]
        table = pd.concat([table, lifted[free]], axis=1)
    return table, names, notes + more


def _lifted(
    work: Workplace, rows: EventRows, kept: Cleaned
) -> tuple[pd.DataFrame | None, tuple[str, ...], list[str]]:
    columns = {n: f for n, f in rows.candidates.items() if follows(work.con, READABLE, "item_id", f)}
    if not columns:
        return None, (), []
    table, conflicts = lift(work.con, READABLE, "item_id", columns)
    table = table.astype(object).where(table.notna(), None)
    shape = FileShape(columns=tuple(table.columns))
    mapping = propose_items(table.head(200), shape).model_copy(update={"id": "item"})
    features, _ = item_features(table, mapping, kept.events.items, where="the events")
    notes = [
        f"{name!r} depends on the item and became item metadata"
        + (f"; {n} items have several values, the most frequent counts." if n else ".")
        for name, n in conflicts.items()
    ]
    return features, tuple(columns), notes


def _from_file(
    work: Workplace,
    path: Path,
    kept: Cleaned,
    mapping: ItemsMapping | None,
    shape: FileShape | None,
    name: str,
) -> tuple[pd.DataFrame, list[str]]:
    shape = shape or sniff(path, mapping.columns if mapping else ())
    inner = Workplace(work.con, work.folder / "items")
    inner.folder.mkdir()
    table, unread = read_all(path, shape, inner)
    ids = kept.events.items
    chosen = mapping or propose_items(table.head(2000), shape, set(ids.tolist()))
    features, notes = item_features(table, chosen, ids, where=name)
    if unread:
        notes.append(f"{len(unread)} lines of {name} cannot be read, the first is line {unread[0]}.")
    return features, notes


def _summary(
    name: str,
    rows: EventRows,
    kept: Cleaned,
    quarantine: pd.DataFrame,
    lifted: tuple[str, ...],
    notes: list[str],
) -> ImportReport:
    spans = int(rows.records.unread["span"].sum() + rows.bad["span"].sum())
    removed = {BLANK_LINE: rows.records.blank, **rows.records.set_aside, **kept.removed}
    reasons = quarantine[REASON].value_counts()
    if spans > MANY_QUARANTINED * rows.records.lines:
        notes = [f"{spans} of {rows.records.lines} lines could not be read; look at the quarantine.", *notes]
    return ImportReport(
        name=name,
        lines=rows.records.lines,
        header=rows.records.header,
        accepted=kept.events.lines,
        removed={rule: n for rule, n in removed.items() if n},
        quarantined=spans,
        events=len(kept.events),
        users=len(kept.events.users),
        items=len(kept.events.items),
        quarantine_reasons={str(reason): int(n) for reason, n in sorted(reasons.items())},
        lifted=lifted,
        notes=(*rows.notes, *kept.notes, *notes),
    )


def _facts(
    source: str, shape: FileShape, mapping: Mapping, cleaning: Cleaning, summary: ImportReport
) -> dict[str, Any]:
    told = {key: value for key, value in summary.as_json().items() if key not in ("dataset", "existed")}
    return {
        "source": source,
        "shape": shape.model_dump(mode="json"),
        "mapping": mapping.model_dump(mode="json"),
        "cleaning": cleaning.model_dump(mode="json"),
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
