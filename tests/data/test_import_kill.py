"""An import that is killed at any moment leaves nothing half-visible, and a second try gives the same."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from core.progress import silent
from dashboard.tasks import TASKS, read_spec
from data.artifacts import Home, list_dataset_ids, load_dataset, remove_leftovers
from data.ingest import import_file
from data.store import Store

ROOT = Path(__file__).parents[2]
POINTS = 10
IMPORT = """
import sys
from pathlib import Path
from data.home import Home
from data.ingest import import_file
def report(fraction, stage="", *, curve=None):
    print(fraction, flush=True)
print(import_file(Path(sys.argv[1]), Home(Path(sys.argv[2])), report=report).dataset, flush=True)
"""


def write_events(path: Path, n: int = 40_000) -> Path:
    """Quoted and packed, so that every stage of the reader has something to do; some lines are unreadable."""
    rng = np.random.default_rng(3)
    user, item = rng.integers(0, 900, n), rng.integers(0, 400, n)
    lines = [
        f'"u{a}",i{b},{b % 5},{1_500_000_000 + k},Title {b}'
        for k, (a, b) in enumerate(zip(user, item, strict=True))
    ]
    lines[::5000] = ["broken"] * len(lines[::5000])
    path.write_text("user,item,rating,timestamp,title\n" + "\n".join(lines) + "\n")
    return path


def killed_at(path: Path, home: Path, fraction: float, delay: float) -> bool:
    """Import in a process of its own, and kill that `delay` seconds after it has told `fraction`.

    Returns:
        Whether it ended by the kill.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(path), str(home)],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("d") or float(line) >= fraction:
            break
    try:
        process.wait(timeout=delay)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def state(home: Home) -> dict[str, int]:
    """Every file of the home with its size."""
    return {
        str(path.relative_to(home.root)): path.stat().st_size
        for path in sorted(home.root.rglob("*"))
        if path.is_file()
    }


def test_killing_an_import_at_ten_random_points_leaves_everything_as_it_was(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.csv")
    small = tmp_path / "small.csv"
    small.write_text("user,item\na,x\nb,y\n")
    home = Home(tmp_path / "home")
    with Store(home) as store:
        result = TASKS["import"].run(read_spec("import", {"file": str(small)}), home, silent)
        TASKS["import"].register(result, home, store)
    before = state(home)
    expected, killed = import_file(events, Home(tmp_path / "other")).dataset, 0
    rng = np.random.default_rng(20261122)
    for fraction, delay in zip(rng.random(POINTS), rng.random(POINTS), strict=True):
        killed += killed_at(events, home.root, 0.8 * fraction, 0.1 * delay)
        for dataset in list_dataset_ids(home):  # whole, or not there
            assert len(load_dataset(home, dataset).interactions) > 0
        if (home.datasets / expected).exists():  # it was quicker than the kill
            shutil.rmtree(home.datasets / expected)
        remove_leftovers(home, older_than_s=-1)
        assert state(home) == before
        assert list(home.cache.iterdir()) == []
    assert killed > POINTS / 2
    report = import_file(events, home)
    assert report.dataset == expected
    with Store(home) as store:  # the warehouse opens and knows what it knew
        assert store.datasets()["id"].tolist() == [result["dataset"]]
