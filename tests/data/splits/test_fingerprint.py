"""What makes two sets of test conditions the same: protocol, settings, seed and cuts, not the words."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from core.evaluation import fingerprint
from core.ranking import Policy
from data.artifacts import Home
from data.dataset import Dataset
from data.split import Fingerprint, Split
from data.splits import make_splitter
from data.store import Store


def conditions(dataset: Dataset, split: Split) -> Fingerprint:
    return fingerprint(dataset, split, Policy("hide"), "validation")


def test_other_words_about_the_same_split_leave_it_comparable(toy: Dataset) -> None:
    split = make_splitter("random").split(toy, seed=1)
    told_anew = replace(split, description="every fifth event, drawn by lot")
    one, other = conditions(toy, split), conditions(toy, told_anew)
    assert one.split != other.split
    assert one.digest == other.digest
    assert one.differences(other) == ()


def test_another_seed_or_setting_is_named_in_words(toy: Dataset) -> None:
    base = conditions(toy, make_splitter("random").split(toy, seed=1))
    for other in (
        make_splitter("random").split(toy, seed=2),
        make_splitter("random", {"test_share": 0.4}).split(toy, seed=1),
        make_splitter("random", {"validation": "time"}).split(toy, seed=1),
    ):
        there = conditions(toy, other)
        assert there.digest != base.digest
        split_words = next(words for words in base.differences(there) if words.startswith("split: random"))
        assert " ≠ random" in split_words


def test_a_seed_that_decides_nothing_changes_nothing(toy: Dataset) -> None:
    one, other = (conditions(toy, make_splitter("time").split(toy, seed=seed)) for seed in (1, 2))
    assert one == other


def test_a_default_written_out_is_the_same_split(toy: Dataset) -> None:
    written = make_splitter("time", {"validation": "same", "train_core": 0, "test_from": 0.9})
    assert (
        conditions(toy, written.split(toy, seed=0)).digest
        == conditions(toy, make_splitter("time").split(toy, seed=0)).digest
    )


def test_records_without_keys_compare_by_their_words() -> None:
    old = Fingerprint("d1", "none", "last 1", "10 items", "validation")
    assert old.digest == "58d64fbd1e"  # as runs stored before there were keys bear it
    assert old.differences(Fingerprint("d1", "none", "last 1", "10 items", "validation")) == ()
    assert old.differences(Fingerprint("d1", "none", "time", "10 items", "validation")) == (
        "split: last 1 ≠ time",
    )
    renewed = replace(old, keys="a b c d e")
    assert old.differences(renewed) == ("record: one was made by an earlier version",)


def test_settings_behind_equal_words_are_said_to_differ() -> None:
    one = Fingerprint("d1", "none", "last 1", "10 items", "validation", "a b c d e")
    assert one.differences(replace(one, keys="a b x d e")) == ("split: other settings of last 1",)


def test_the_store_counts_openings_under_the_digest_of_the_keys(rankscope_home: Path, toy: Dataset) -> None:
    found = conditions(toy, make_splitter("random").split(toy, seed=1))
    with Store(Home(rankscope_home)) as store:
        assert store.record_test_opened(asdict(found)) == 1
        assert store.test_opened(found.digest) == 1
