"""The marketplace holds what was planted in it; sample files are the expected ones or refused."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from data import samples
from data.artifacts import Home
from data.columns import CATEGORIES, TEXT, TITLE
from data.dataset import Dataset
from data.errors import ConfigError, DataError, NotFound
from data.samples import SAMPLES, download_sample, marketplace, sample_paths
from data.split import Holdout, Split
from data.splits import make_splitter, recommend_split, repeat_share


@pytest.fixture(scope="module")
def market() -> Dataset:
    return marketplace()


@pytest.fixture(scope="module")
def split(market: Dataset) -> Split:
    advice = recommend_split(market)
    return make_splitter(advice.protocol, advice.config).split(market, seed=0)


@pytest.fixture(scope="module")
def item_counts(split: Split) -> np.ndarray:
    """(n_items, n_items) users who bought both."""
    bought = split.train.matrix.copy()
    bought.data[:] = 1
    return (bought.T @ bought).toarray().astype(float)


def ease(counts: np.ndarray, regularization: float = 100.0) -> np.ndarray:
    inverse = np.linalg.inv(counts + regularization * np.eye(len(counts)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def cosine(counts: np.ndarray) -> np.ndarray:
    size = np.sqrt(np.diag(counts).clip(1))
    weights = counts / np.outer(size, size)
    np.fill_diagonal(weights, 0.0)
    return weights


def mean_ndcg(scores: np.ndarray, holdout: Holdout, candidates: np.ndarray) -> float:
    seen = holdout.histories.matrix.toarray() > 0
    wanted = (holdout.targets.toarray() > 0) & ~seen
    top = np.argsort(-np.where(seen | ~candidates, -np.inf, scores), axis=1)[:, :10]
    gain = 1 / np.log2(np.arange(2, 12))
    found = np.take_along_axis(wanted, top, 1) @ gain
    n_wanted = wanted.sum(axis=1)
    judged = holdout.known & (n_wanted > 0)
    ideal = np.cumsum(gain)[np.minimum(n_wanted[judged], 10) - 1]
    return float((found[judged] / ideal).mean())


def test_the_marketplace_has_about_the_size_asked_for(market: Dataset) -> None:
    assert (market.n_users, market.n_items) == (2000, 1000)
    assert 57_000 <= len(market.interactions) <= 63_000
    span = np.ptp(market.interactions.time) / 86_400
    assert 350 <= span <= 365


def test_the_marketplace_is_made_in_under_three_seconds() -> None:
    start = time.process_time()
    marketplace(seed=3)
    assert time.process_time() - start < 3


def test_one_seed_gives_one_marketplace() -> None:
    first, again, other = marketplace(seed=1), marketplace(seed=1), marketplace(seed=2)
    np.testing.assert_array_equal(first.interactions.item, again.interactions.item)
    np.testing.assert_array_equal(first.interactions.time, again.interactions.time)
    assert first.item_features is not None
    assert first.item_features.equals(again.item_features)
    assert not np.array_equal(first.interactions.item[:1000], other.interactions.item[:1000])


def test_popularity_follows_a_power_law(market: Dataset) -> None:
    sold = np.sort(np.bincount(market.interactions.item, minlength=market.n_items))[::-1]
    assert sold[:100].sum() > 0.25 * sold.sum()  # a tenth of the items, far more than a tenth of the sales
    slope = np.polyfit(np.log(np.arange(10, 500)), np.log(sold[10:500]), 1)[0]
    assert -1.2 < slope < -0.5


def test_some_goods_are_bought_again_but_most_are_not(market: Dataset) -> None:
    assert 0.03 < repeat_share(market) < 0.15


def test_users_and_items_arrive_over_the_year(market: Dataset, split: Split) -> None:
    assert (~split.test.known).sum() > 50
    assert (~split.train.trained_items).sum() > 20
    first = np.full(market.n_items, np.inf)
    np.minimum.at(first, market.interactions.item, market.interactions.time)
    assert (first > market.interactions.time.min() + 60 * 86_400).sum() > 100


def test_enough_known_users_are_judged_under_the_recommended_split(split: Split) -> None:
    assert split.protocol == "time"
    assert split.test.known.sum() >= 500


def test_tastes_drift(market: Dataset) -> None:
    """The favourite department of some users differs between the halves of their events."""
    assert market.item_features is not None
    department = (
        market.item_features[CATEGORIES].str.split("|").str[0].astype("category").cat.codes.to_numpy()
    )
    events = market.interactions
    starts = np.searchsorted(events.user, np.arange(market.n_users + 1))
    moved = stayed = 0
    for begin, end in zip(starts[:-1], starts[1:], strict=True):
        if end - begin < 30:
            continue
        early, late = np.array_split(department[events.item[begin:end]], 2)
        same = np.bincount(early).argmax() == np.bincount(late).argmax()
        moved, stayed = moved + (not same), stayed + same
    assert 0.1 < moved / (moved + stayed) < 0.6


def test_goods_are_described_for_people(market: Dataset) -> None:
    goods = market.item_features
    assert goods is not None
    assert goods[TITLE].is_unique
    assert goods[CATEGORIES].str.fullmatch(r"[A-Z]\w+\|[A-Z]\w+").all()
    assert (goods["price"] > 0).all()
    assert goods["brand"].nunique() == 24
    assert goods[TEXT].str.len().min() > 20
    assert market.user_features is not None
    assert set(market.user_features) == {"age_band", "region", "device"}


def test_planted_items_are_bought_almost_only_soon_after_their_cause(market: Dataset) -> None:
    causes, events = market.facts["causes"], market.interactions
    assert len(causes) == 20
    soon = total = 0
    for target, cause in zip(
        market.items.index_of(list(causes)), market.items.index_of(list(causes.values())), strict=True
    ):
        bought = {u: t for u, i, t in zip(events.user, events.item, events.time, strict=True) if i == cause}
        mine = events.item == target
        gaps = [t - bought.get(u, np.inf) for u, t in zip(events.user[mine], events.time[mine], strict=True)]
        soon += sum(0 < gap < 30 * 86_400 for gap in gaps)
        total += len(gaps)
    assert soon / total > 0.9


@pytest.mark.parametrize("weights_of", [ease, cosine])
def test_the_strongest_reason_for_a_planted_item_is_its_cause(market, item_counts, weights_of) -> None:
    weights, causes = weights_of(item_counts), market.facts["causes"]
    for target, cause in causes.items():
        (row,), (column,) = market.items.index_of([cause]), market.items.index_of([target])
        assert weights[:, column].argmax() == row, (target, cause)


@pytest.mark.parametrize("weights_of", [ease, cosine])
def test_taste_can_be_learnt_far_beyond_popularity(split: Split, item_counts, weights_of) -> None:
    history = split.test.histories.matrix
    personal = mean_ndcg(history @ weights_of(item_counts), split.test, split.train.trained_items)
    popular = np.tile(np.diag(item_counts), (len(split.test), 1))
    assert personal > 1.8 * mean_ndcg(popular, split.test, split.train.trained_items)


def test_a_small_marketplace_can_be_made_for_tests() -> None:
    small = marketplace(n_users=60, n_items=80, n_events=900, seed=5)
    assert small.n_items == 80
    assert small.facts["causes"]
    with pytest.raises(ConfigError, match="too small"):
        marketplace(n_items=5)


def test_generated_samples_can_be_made_from_the_registry() -> None:
    assert {name for name, sample in SAMPLES.items() if sample.name == name} == set(SAMPLES)
    make = SAMPLES["marketplace"].make
    assert make is not None
    assert make().name == "Sample marketplace"


# --- files


@pytest.fixture
def tiny_sample(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A sample "tiny" of two files, and its archive."""
    content = {"ratings.csv": b"userId,movieId\n1,2\n", "movies.csv": b"movieId,title\n2,B\n"}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, data in content.items():
            opened.writestr(f"tiny/{name}", data)
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    sample = samples.Sample(
        "tiny", "Tiny", "", "files", archive="https://x/tiny.zip", events="ratings.csv", items="movies.csv",
        checksums=sums,
    )  # fmt: skip
    monkeypatch.setitem(SAMPLES, "tiny", sample)
    monkeypatch.delenv("RANKSCOPE_SAMPLES", raising=False)
    return archive.getvalue()


def test_nothing_is_downloaded_until_somebody_asks(tiny_sample: bytes) -> None:
    home, asked = Home.current(), []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return tiny_sample

    assert sample_paths("tiny", home) is None
    paths = download_sample("tiny", home, fetch=fetch)
    assert paths.events.read_text().startswith("userId")
    assert sample_paths("tiny", home) == paths == download_sample("tiny", home, fetch=fetch)
    assert asked == ["https://x/tiny.zip"]


def test_the_folder_of_samples_comes_before_the_network(
    tiny_sample: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipfile.ZipFile(io.BytesIO(tiny_sample)).extractall(tmp_path)
    monkeypatch.setenv("RANKSCOPE_SAMPLES", str(tmp_path))
    paths = download_sample("tiny", Home.current(), fetch=lambda address: pytest.fail("downloaded"))
    assert paths.events == tmp_path / "tiny" / "ratings.csv"
    paths.events.write_bytes(b"changed")
    with pytest.raises(DataError, match="not the expected file"):
        sample_paths("tiny", Home.current())


def test_a_wrong_archive_is_refused_and_not_kept(tiny_sample: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home.current()
    with pytest.raises(DataError, match="does not hold ratings.csv"):
        download_sample("tiny", home, fetch=lambda address: b"not a zip")
    monkeypatch.setitem(SAMPLES["tiny"].checksums, "movies.csv", "0" * 64)
    with pytest.raises(DataError, match="movies.csv of Tiny .* is not the expected file"):
        download_sample("tiny", home, fetch=lambda address: tiny_sample)
    assert list(home.samples.iterdir()) == []


def test_an_unreachable_address_says_how_to_go_on(tiny_sample: bytes) -> None:
    with pytest.raises(DataError, match="cannot be reached.*RANKSCOPE_SAMPLES"):
        samples._fetch("file:///nothing/there.zip")


def test_unknown_samples_are_not_found() -> None:
    with pytest.raises(NotFound, match="no files of a sample 'marketplace'"):
        sample_paths("marketplace", Home.current())


def test_the_film_ratings_beside_the_project_are_the_expected_ones(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (shared_data / "ml-latest-small").is_dir():
        pytest.skip("no ml-latest-small there")
    monkeypatch.setenv("RANKSCOPE_SAMPLES", str(shared_data))
    paths = sample_paths("ml-latest-small", Home.current())
    assert paths is not None
    assert paths.items == shared_data / "ml-latest-small" / "movies.csv"
