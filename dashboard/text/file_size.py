"""How the size of a file is written."""

from __future__ import annotations

from dashboard.text.numbers import THIN_SPACE

UNITS = (("GB", 2**30), ("MB", 2**20), ("kB", 2**10))


def file_size(n_bytes: int) -> str:
    """Bytes in kB, MB or GB of 1024: 0.5 kB, 12 MB, 4.0 GB."""
    unit, one = next((entry for entry in UNITS if n_bytes >= entry[1]), UNITS[-1])
    value = n_bytes / one
    return f"{value:.{1 if value < 10 else 0}f}{THIN_SPACE}{unit}"
