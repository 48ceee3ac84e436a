"""Where Rankscope keeps its state. Light to import, so that every command starts at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

READS = "reads"  # the folder of what was read and kept, under `Home.cache`
SCRATCH = "reading-"  # how the folders of imports in progress begin, under `Home.cache`


@dataclass(frozen=True)
class Home:
    """Where Rankscope keeps its state; folders are made when first asked for."""

    root: Path

    @classmethod
    def current(cls) -> Home:
        """RANKSCOPE_HOME, or the platform's folder for user data."""
        named = os.environ.get("RANKSCOPE_HOME")
        return cls(Path(named).expanduser().resolve() if named else user_data_path("rankscope", False))

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of the catalogue; owned by one process at a time."""
        return self._folder(".") / "warehouse.duckdb"

    @property
    def jobs_db(self) -> Path:
        """The SQLite file of job rows; shared by processes."""
        return self._folder(".") / "jobs.sqlite"

    @property
    def datasets(self) -> Path:
        return self._folder("datasets")

    @property
    def runs(self) -> Path:
        return self._folder("runs")

    @property
    def jobs(self) -> Path:
        return self._folder("jobs")

    @property
    def uploads(self) -> Path:
        return self._folder("uploads")

    @property
    def samples(self) -> Path:
        return self._folder("samples")

    @property
    def cache(self) -> Path:
        return self._folder("cache")
