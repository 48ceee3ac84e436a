"""Splits and policies under a name, kept as results in the warehouse."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from data.errors import ConfigError, NotFound
from data.split import Fingerprint, Split
from data.store import Store

KIND = "split"  # of the stored results
LONGEST_NAME = 80


@dataclass(frozen=True)
class SplitChoice:
    """A protocol with its settings and seed, what happens to seen items, and limits on the candidates."""

    protocol: str
    config: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    policy: str = "hide"
    limits: dict[str, Any] = field(default_factory=dict)

    def spec(self) -> dict[str, Any]:
        """The fields of a training task that say under which conditions it runs."""
        return {
            "protocol": self.protocol,
            "split": self.config,
            "split_seed": self.seed,
            "policy": self.policy,
            "limits": self.limits,
        }

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> SplitChoice:
        """What `spec` gave."""
        return cls(
            spec["protocol"], dict(spec["split"]), spec["split_seed"], spec["policy"], dict(spec["limits"])
        )


@dataclass(frozen=True)
class SavedSplit:
    """A split and policy under a name, with the fingerprint that runs under it bear."""

    id: str
    name: str
    choice: SplitChoice
    digest: str
    words: str
    hidden: bool
    meta: dict[str, Any]


def saved_splits(store: Store, dataset: str, *, hidden: bool = False) -> list[SavedSplit]:
    """The saved splits of a dataset, the newest first; deleted ones only when asked for."""
    found = [_saved(str(row.id), row.meta) for row in store.results(KIND, dataset).itertuples()]
    return [saved for saved in found if hidden or not saved.hidden]


def _saved(id: str, meta: Mapping[str, Any]) -> SavedSplit:  # noqa: A002
    return SavedSplit(
        id=id,
        name=str(meta["name"]),
        choice=SplitChoice.from_spec(meta),
        digest=str(meta["digest"]),
        words=str(meta["words"]),
        hidden=bool(meta.get("hidden", False)),
        meta=dict(meta),
    )


def saved_split(store: Store, dataset: str, said: str) -> SavedSplit:
    """One saved split: by id, deleted or not, else by name in any case.

    Raises:
        NotFound: no such split, with those there are.
    """
    known = saved_splits(store, dataset, hidden=True)
    shown = [saved for saved in known if not saved.hidden]
    found = [saved for saved in known if saved.id == said]
    found += [saved for saved in shown if saved.name.lower() == said.strip().lower()]
    if not found:
        names = ", ".join(f"“{saved.name}”" for saved in shown) or "none yet"
        raise NotFound(f"There is no saved split {said!r} of this data set.", f"There are: {names}.")
    return found[0]


def save_split(
    store: Store,
    dataset: str,
    choice: SplitChoice,
    name: str,
    *,
    fingerprint: Fingerprint,
    split: Split,
) -> SavedSplit:
    """Keep a split and policy under a name.

    Args:
        fingerprint: of the validation part under these conditions.
        split: its parts, for words and counts.

    Raises:
        ConfigError: no name, or one that is taken.
    """
    meta = {
        **choice.spec(),
        "name": _free_name(store, dataset, name),
        "dataset": dataset,
        "digest": fingerprint.digest,
        "words": split.description,
        "counts": {
            "train": len(split.train_rows),
            "validation": len(split.validation_rows),
            "test": len(split.test_rows),
        },
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    id = "s" + secrets.token_hex(5)  # noqa: A001
    store.add_result(KIND, id, dataset, meta)
    return _saved(id, meta)


def rename_split(store: Store, dataset: str, id: str, name: str) -> None:  # noqa: A002
    """Another name for a saved split.

    Raises:
        ConfigError: no name, or one that is taken.
        NotFound: no such split.
    """
    saved = saved_split(store, dataset, id)
    if " ".join(name.split()) != saved.name:
        meta = {**saved.meta, "name": _free_name(store, dataset, name, apart=id)}
        store.add_result(KIND, id, dataset, meta)


def hide_split(store: Store, dataset: str, id: str, hidden: bool = True) -> None:  # noqa: A002
    """Delete a saved split, or bring it back. Raises NotFound."""
    saved = saved_split(store, dataset, id)
    store.add_result(KIND, id, dataset, {**saved.meta, "hidden": hidden})


def _free_name(store: Store, dataset: str, name: str, apart: str = "") -> str:
    wanted = " ".join(name.split())[:LONGEST_NAME]
    if not wanted:
        raise ConfigError("The split has no name.", "Type one, such as “Spring, hidden repeats”.")
    others = [saved.name.lower() for saved in saved_splits(store, dataset) if saved.id != apart]
    if wanted.lower() in others:
        raise ConfigError(f"There is a saved split named “{wanted}” already.", "Choose another name.")
    return wanted
