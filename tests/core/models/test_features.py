"""Profiles of what is known: which columns, how much each counts, the same columns for what comes later."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.features import (
    HASHED,
    LISTS,
    NUMBERS,
    TEXTS,
    VALUES,
    FeatureSpace,
    anything_known,
    learn_features,
)

ALL = np.ones(4, dtype=bool)


def four() -> pd.DataFrame:
    """Four items; the last one has nothing but its brand."""
    return pd.DataFrame(
        {
            "categories": ["Drama|War", "Drama", "Comedy|Drama", None],
            "brand": ["Acme", "Acme", "Other", "Acme"],
        }
    )


def test_values_that_two_rows_share_have_a_column_and_count_by_their_rarity() -> None:
    space = learn_features(four(), ALL)
    assert space.values.tolist() == ["brand=Acme", "categories=Drama"]  # War, Comedy, Other: one row each
    # ln((1 + 4) / (1 + 3)) + 1 for both: Acme and Drama each stand in three of four rows
    np.testing.assert_allclose(space.idf[2 * HASHED :], np.log(5 / 4) + 1, rtol=1e-6)
    assert not space.idf[: 2 * HASHED].any()  # there is no text
    dense = space.profiles(four(), 4).toarray()[:, 2 * HASHED :]
    half = 2**-0.5
    np.testing.assert_allclose(dense, [[half, half], [half, half], [0, 1], [1, 0]], rtol=1e-6)


def test_words_and_their_pieces_of_three_letters_are_counted() -> None:
    table = pd.DataFrame({"title": ["Cat cat", "CAT"]})
    space = learn_features(table, np.ones(2, dtype=bool))
    counted = space._counts(table).toarray()
    # "cat" → the word, and " ca", "cat", "at " of it, each as often as the word stands there
    assert sorted(counted[0][counted[0] > 0].tolist()) == [2, 2, 2, 2]
    assert (counted[0][:HASHED] > 0).sum() == 1
    np.testing.assert_array_equal(counted[0], 2 * counted[1])
    np.testing.assert_allclose(*space.profiles(table, 2).toarray(), rtol=1e-6)  # length 1: equal profiles


def test_a_count_f_enters_as_one_plus_ln_f() -> None:
    table = pd.DataFrame({"text": ["aa aa aa bb", "aa", "bb"]})
    space = learn_features(table, np.ones(3, dtype=bool))
    row = space.profiles(table, 3).toarray()[0, :HASHED]
    low, high = np.sort(row[row > 0])
    assert high / low == pytest.approx(1 + np.log(3))  # both words stand in two rows: the same rarity


def test_text_weight_moves_words_against_values() -> None:
    table = pd.DataFrame({"title": ["one", "two", "one"], "brand": ["a", "a", "b"]})
    space = learn_features(table, np.ones(3, dtype=bool))
    only_values = space.profiles(table, 3, text_weight=0).toarray()
    assert not only_values[:, : 2 * HASHED].any()
    mostly_text = space.profiles(table, 3, text_weight=10).toarray()
    assert mostly_text[0, 2 * HASHED] < 0.1 < only_values[0, 2 * HASHED]


def test_numbers_fall_into_bins_of_equal_shares_and_few_numbers_are_values() -> None:
    table = pd.DataFrame({"price": np.arange(40.0), "stars": np.arange(40) % 5})
    space = learn_features(table, np.ones(40, dtype=bool))
    assert dict(zip(space.names.tolist(), space.kinds.tolist(), strict=True)) == {
        "price": NUMBERS,
        "stars": VALUES,
    }
    assert [value for value in space.values if value.startswith("price")] == [f"price={n}" for n in range(10)]
    beyond = space.profiles(pd.DataFrame({"price": [-5.0, 1e9, np.nan]}), 3)
    assert space.values[beyond.indices - 2 * HASHED].tolist() == ["price=0", "price=9"]


def test_columns_are_read_by_their_names_and_by_what_they_hold() -> None:
    table = pd.DataFrame(
        {
            "title": ["x"] * 4,
            "categories": ["a|b"] * 4,
            "plot": ["a story of many words"] * 4,
            "brand": ["Two Words"] * 4,
            "image": ["http://a/b.png"] * 4,
        }
    )
    space = learn_features(table, ALL)
    assert space.names.tolist() == ["title", "categories", "plot", "brand"]
    assert space.kinds.tolist() == [TEXTS, LISTS, TEXTS, VALUES]


def test_only_taught_rows_teach() -> None:
    table = pd.DataFrame({"title": ["red", "red", "blue"], "brand": ["a", "a", "b"]})
    taught = np.array([True, True, False])
    space = learn_features(table, taught)
    other = learn_features(table.assign(title=["red", "red", "secret"], brand=["a", "a", "z"]), taught)
    np.testing.assert_array_equal(space.idf, other.idf)
    np.testing.assert_array_equal(space.values, other.values)
    assert space.profiles(table, 3)[2].nnz < space.profiles(table, 3)[0].nnz  # what "blue" shares, if any


def test_new_rows_and_missing_columns_fall_into_the_same_columns() -> None:
    space = learn_features(four(), ALL)
    again = FeatureSpace.restore({key: np.array(value) for key, value in space.arrays().items()})
    new = pd.DataFrame({"brand": ["Acme", "Never met", None], "colour": ["red", "red", "red"]})
    got = again.profiles(new, 3).toarray()
    np.testing.assert_allclose(got[0], space.profiles(four(), 4).toarray()[3])
    assert not got[1:].any()
    assert again.profiles(None, 2).shape == (2, space.width)
    assert again.profiles(None, 2).nnz == 0


def test_the_hash_is_the_same_in_every_process() -> None:
    code = (
        "from core.models.features import _column\nprint(_column('toy'), _column('story'), _column('日本'))\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {"7850 2724 5274\n"}


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (None, False),
        (pd.DataFrame({"image": ["a.png"]}), False),
        (pd.DataFrame({"title": [None, " "]}), False),
        (pd.DataFrame({"price": [np.nan, 0.0]}), True),
        (pd.DataFrame({"title": ["", "x"]}), True),
        (pd.DataFrame(index=range(3)), False),
    ],
)
def test_anything_known_looks_for_one_filled_cell(table: pd.DataFrame | None, known: bool) -> None:
    assert anything_known(table) is known


@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.sampled_from(["a|b", "b", "", None]), st.floats(-5, 5)),
        min_size=1,
        max_size=6,
    )
)
def test_rows_have_length_one_or_nothing_and_do_not_depend_on_each_other(rows: list) -> None:
    table = pd.DataFrame(rows, columns=["title", "categories", "price"])
    space = learn_features(table, np.ones(len(table), dtype=bool))
    profiles = space.profiles(table, len(table))
    assert np.isfinite(profiles.data).all()
    lengths = np.sqrt(np.asarray(profiles.multiply(profiles).sum(axis=1)).ravel())
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
    alone = space.profiles(table.iloc[[0]], 1)
    np.testing.assert_allclose(alone.toarray()[0], profiles[0].toarray()[0], atol=1e-6)
