"""What an import, or a look before one, prints for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.cli.output import table

MOST_FILES = 12


def imported(done: Mapping[str, Any]) -> str:
    """What became of every line, which ids found no partner, what else is to be known."""
    rows = done["rows"]
    removed = sum(rows["removed"].values())
    lines = [
        f"{done['dataset']} “{done['name']}”{' (was there already)' if done['existed'] else ''}: "
        f"{done['events']:,} events, {done['users']:,} users, {done['items']:,} items",
        f"{rows['lines']:,} lines = {rows['header']:,} header + {rows['accepted']:,} accepted + "
        f"{removed:,} set aside by rule + {rows['quarantined']:,} quarantined",
    ]
    lines += [
        _counted("set aside by rule", rows["removed"]),
        _counted("unreadable", done["quarantine_reasons"]),
    ]
    if done["parent"]:
        added = ", ".join(f"{n:,} {what}" for what, n in done["added"].items())
        lines.append(f"version {done['version']} of {done['parent']}: {added} more")
    lines += [_file(file) for file in done["files"][:MOST_FILES]] if len(done["files"]) > 1 else []
    if len(done["files"]) > MOST_FILES:
        lines.append(f"  … and {len(done['files']) - MOST_FILES} more files")
    lines += [_join(join) for join in done["joins"]]
    return "\n".join(line for line in (*lines, *done["notes"]) if line)


def _counted(title: str, counts: Mapping[str, int]) -> str:
    told = ", ".join(f"{what} {n:,}" for what, n in counts.items())
    return f"{title}: {told}" if told else ""


def _file(file: Mapping[str, Any]) -> str:
    return (
        f"  {file['role']} {file['name']}: {file['lines']:,} lines = {file['header']:,} header + "
        f"{file['readable']:,} readable + {file['set_aside']:,} no rows + {file['quarantined']:,} quarantined"
    )


def _join(join: Mapping[str, Any]) -> str:
    examples = join["examples"]
    shown = [
        f"{what} ({', '.join(examples[key])}{', …' if join[key] > len(examples[key]) else ''})"
        for key, what in (("without_row", "no row for"), ("without_event", "no event of"))
        if examples.get(key)
    ]
    return (
        f"  {join['table']} {join['source']}: {join['matched']:,} ids of the events have a row, "
        f"{join['without_row']:,} have none; {join['without_event']:,} ids of the file have no event"
        + (f"; {'; '.join(shown)}" if shown else "")
    )


def looked(document: Mapping[str, Any]) -> str:
    """How the file is written, what each column seems to be and why, what each rule would touch."""
    columns = [
        [name, role["role"], f"{100 * role['confidence']:.0f} %", role["reason"]]
        for name, role in document["roles"].items()
    ]
    rows = document["rows"]
    rules = [
        [rule["label"], "on" if rule["on"] else "off", f"{rule['lines']:,}", rule["note"]]
        for rule in document["touched"]
    ]
    return "\n\n".join(
        [
            f"{document['file']}: {'; '.join(document['shape']['reasons'])}",
            table(["column", "role", "sure", "why"], columns),
            f"{rows['lines']:,} lines = {rows['header']:,} header + {rows['readable']:,} readable + "
            f"{rows['set_aside']:,} no rows + {rows['quarantined']:,} quarantined; "
            f"{document['users']:,} users, {document['items']:,} items",
            table(["rule", "", "lines", "note"], rules),
            *document["notes"],
        ]
    )


def described(names: Sequence[str], records: Sequence[Mapping[str, Any]]) -> str:
    """Records as a table of the named columns."""
    return table(names, [[record[name] for name in names] for record in records])
