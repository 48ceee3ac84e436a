"""Data sets and runs as people name them: by id, by the beginning of an id, or by name."""

from __future__ import annotations

from collections.abc import Mapping

from data.errors import ConfigError, NotFound
from data.home import Home


def names(text: str, option: str, example: str) -> list[str]:
    """The parts of a comma-separated list.

    Raises:
        ConfigError: there is none.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ConfigError(f"{option} names nothing.", f"Write, for example, {option} {example}.")
    return parts


def dataset_id(home: Home, said: str) -> str:
    """The id of a stored data set.

    Raises:
        NotFound: no data set is called so.
        ConfigError: several are.
    """
    from data.artifacts import dataset_meta, list_dataset_ids

    found = list_dataset_ids(home)
    if said in found:
        return said
    chosen = _chosen("data set", said, {key: str(dataset_meta(home, key)["name"]) for key in found})
    return chosen or str(dataset_meta(home, said)["id"])  # which raises, with the ids there are


def run_id(home: Home, said: str) -> str:
    """The id of a stored run.

    Raises:
        NotFound: no run is called so.
        ConfigError: several are.
    """
    from dashboard.workspace.storage import read_run, run_ids

    found = run_ids(home)
    if said in found:
        return said
    labels = {key: read_run(home, key).label for key in found}
    chosen = _chosen("run", said, labels)
    if chosen is None:
        some = ", ".join(f"{key} ({label})" for key, label in list(labels.items())[:5]) or "(none yet)"
        raise NotFound(f"There is no run {said!r}.", f"There are: {some}.")
    return chosen


def _chosen(kind: str, said: str, called: Mapping[str, str]) -> str | None:
    """The one id that begins with `said`, else the one whose name is `said` in any case; None for none."""
    begins = [key for key in called if len(said) >= 2 and key.startswith(said)]
    matches = begins or [key for key, name in called.items() if name.lower() == said.lower()]
    if len(matches) > 1:
        listed = ", ".join(f"{key} ({called[key]})" for key in matches[:8])
        raise ConfigError(f"{said!r} means more than one {kind}: {listed}.", "Give more of the id.")
    return matches[0] if matches else None
