"""Make or fetch a sample data set."""

from __future__ import annotations

from core.progress import Report, part_of
from dashboard.tasks import tour
from dashboard.tasks.base import FollowUp, Lane, Result, Task, TaskSpec
from dashboard.tasks.registering import register_dataset
from data.artifacts import Home, save_dataset
from data.errors import NotFound
from data.ingest import import_file
from data.samples import SAMPLES, download_sample


class Spec(TaskSpec):
    """Which sample; `tour` trains the quick models on it afterwards."""

    sample: str = "marketplace"
    tour: bool = False


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Store the sample.

    Raises:
        NotFound: no such sample.
        DataError: its files can neither be found nor fetched.
    """
    if spec.sample not in SAMPLES:
        raise NotFound(f"There is no sample {spec.sample!r}.", f"There are: {', '.join(SAMPLES)}.")
    return {"dataset": stored(spec.sample, home, report), "sample": spec.sample, "tour": spec.tour}


def stored(name: str, home: Home, report: Report) -> str:
    """The id of the sample's data set, made or imported when it is not there."""
    sample = SAMPLES[name]
    if sample.make is not None:
        report(0.1, "making the sample")
        return save_dataset(home, sample.make())
    report(0.1, "fetching the sample")
    paths = download_sample(name, home)
    done = import_file(
        paths.events, home, name=sample.label, items_path=paths.items, report=part_of(report, 0.3, 1.0)
    )
    return str(done.dataset)


def follow_ups(result: Result) -> list[FollowUp]:
    return tour.after_sample(result) if result.get("tour") else []


def lane(spec: Spec) -> Lane:
    del spec
    return "light"


TASK = Task("sample", "Sample data", Spec, run, register_dataset, follow_ups, lane)
