"""What is proposed about rows: found where it was planted, silent where nothing is, never applied unasked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from data.cleaning import Cleaning, clean
from data.cleaning.proposing import propose_cleaning
from data.cleaning.suggestions import Suggestion, Suggestions
from data.coded import MISSING, Coded
from data.mapping import propose
from data.read_file import read_file
from data.reading.preview import preview
from data.reading.records import workplace
from data.reading.sniffing import sniff
from tests.data.cleaning.random_rows import CHOICES, any_rows

NOW, DAY = 1_700_000_000, 86_400
CODES = [f"{10_000 + n}{'' if n % 3 else 'A'}" for n in range(300)]


def shop(codes: list[str] = CODES, n_users: int = 120, n_each: int = 20) -> Coded:
    """Each user takes 20 of the codes, one line each, once a day; weights 1 to 5."""
    rng = np.random.default_rng(1)
    n = n_users * n_each
    return Coded(
        np.repeat(np.arange(n_users, dtype=np.int32), n_each),
        rng.integers(0, len(codes), n).astype(np.int32),
        rng.integers(1, 6, n).astype(np.float32),
        np.ones(n, dtype=np.int32),
        np.asarray([f"k{n}" for n in range(n_users)], dtype=object),
        np.asarray(codes, dtype=object),
        second=NOW - 100 * DAY + np.tile(np.arange(n_each, dtype=np.int64), n_users) * DAY,
    )


def titles(codes: list[str], named: dict[str, str]) -> pd.DataFrame:
    told = [named.get(code, f"RED TEAPOT WITH {k} SPOTS") for k, code in enumerate(codes)]
    return pd.DataFrame({"item": codes, "Description": told})


def asked(rows: Coded, table: pd.DataFrame | None = None, cleaning: Cleaning | None = None) -> Suggestions:
    return propose_cleaning(rows, table, cleaning or Cleaning(), now=NOW)


def one(found: Suggestions, wanted: str) -> Suggestion:
    (suggestion,) = (s for s in found if s.id == wanted)
    return suggestion


def dropped(codes: list[str], table: pd.DataFrame | None) -> set[str]:
    found = [s for s in asked(shop(codes), table) if s.id == "non_products"]
    return set(found[0].change["drop_items"]) if found else set()


def test_an_ordinary_file_gets_no_proposal() -> None:
    assert len(asked(shop(), titles(CODES, {}))) == 0


def test_codes_called_by_fees_in_several_languages_are_proposed_each_with_its_reason() -> None:
    named = {"POST": "POSTAGE", "VK": "Versandkosten", "C2": "Frais de port", "40001": "Next Day Carriage"}
    codes = [*CODES, *named]
    table = titles(codes, named)
    assert dropped(codes, table) == set(named)
    suggestion = one(asked(shop(codes), table), "non_products")
    reasons = {item.id: item.reason for item in suggestion.evidence}
    assert "no digit, as 302 of 304 codes have" in reasons["POST"]
    assert "'Versandkosten'" in reasons["VK"]
    assert "unlike nearly all others" in reasons["C2"]
    assert suggestion.rows == sum(item.rows for item in suggestion.evidence)


def test_products_with_such_a_word_among_others_and_longer_names_without_digits_stay() -> None:
    named = {
        "10001": "VINTAGE POST OFFICE CABINET",
        "10002": "BLACK BAROQUE CARRIAGE CLOCK",
        "10004": "Test",
        "10005": "The Samples",
    }
    codes = [*CODES, "DCGSSGIRL"]
    assert dropped(codes, titles(codes, named | {"DCGSSGIRL": "GIRLS PARTY BAG"})) == set()


def test_a_shop_of_vouchers_keeps_its_vouchers() -> None:
    assert dropped(CODES, titles(CODES, dict.fromkeys(CODES[:100], "Gift Voucher"))) == set()


def test_without_descriptions_short_codes_without_digits_are_proposed_where_nearly_all_have_some() -> None:
    assert dropped([*CODES, "M", "PADS", "MAGAZINE"], None) == {"M", "PADS"}
    letters = [f"{a}{b}" for a in "abcdefghijklmnop" for b in "abcdefghijklmnop"]
    assert dropped(letters, None) == set()


def test_odd_codes_that_are_mostly_booked_back_are_proposed() -> None:
    codes = [*CODES, "COMMITTEE"]
    rows = shop(codes)
    weight = np.where(rows.item == 300, -rows.weight, rows.weight)
    item = np.where(np.arange(len(rows)) < 10, 300, rows.item).astype(np.int32)
    rows = replace(rows, item=item, weight=np.where(item == 300, -1, weight).astype(np.float32))
    assert "COMMITTEE" in one(asked(rows, titles(codes, {})), "non_products").change["drop_items"]


def test_cancellations_are_matched_dropped_or_only_told() -> None:
    rows = shop()
    weight = rows.weight.copy()
    paired = replace(rows, item=np.repeat(rows.item[::2], 2), weight=np.repeat(rows.weight[::2], 2))
    taken_back = np.where(np.arange(len(rows)) % 20 == 1, -1, 1) * paired.weight
    found = one(asked(replace(paired, weight=taken_back.astype(np.float32))), "cancellations")
    assert (found.change, found.rows) == ({"cancellations": "match"}, 240)
    weight[:30] = -99
    assert one(asked(replace(rows, weight=weight)), "cancellations").change == {"cancellations": "drop"}
    dislikes = np.where(np.arange(len(rows)) % 3 == 0, -9, 5).astype(np.float32)
    assert one(asked(replace(rows, weight=dislikes)), "cancellations").change == {}


def test_a_column_of_decimals_is_proposed_to_be_written_plainly_and_counted() -> None:
    rows = shop()
    users = np.asarray([f"{1000 + n}.0" for n in range(120)], dtype=object)
    found = one(asked(replace(rows, users=users)), "ids")
    assert found.rows == len(rows)
    assert "'1000.0'" in found.sentence
    some = np.asarray(["1000.0", *(f"{1000 + n}" for n in range(1, 120))], dtype=object)
    assert len(asked(replace(rows, users=some))) == 0  # one id of its own harms nobody
    alike = np.asarray(["1001.0", *(f"{1000 + n}" for n in range(1, 120))], dtype=object)
    assert one(asked(replace(rows, users=alike)), "ids").rows == 20


def test_an_id_that_stands_for_nobody_is_proposed_by_its_word_or_its_share() -> None:
    rows = shop()
    user = np.where(np.arange(len(rows)) % 10 == 0, 5, rows.user).astype(np.int32)
    for name, expected in (("Guest", True), ("alice", False)):
        users = rows.users.copy()
        users[5] = name
        ids = [s.id for s in asked(replace(rows, user=user, users=users))]
        assert ("placeholder_users" in ids) is expected
    zero = rows.users.copy()
    zero[5] = "0"  # a first user among others
    assert "placeholder_users" not in [s.id for s in asked(replace(rows, users=zero))]
    most = np.where(np.arange(len(rows)) % 2 == 0, 5, rows.user).astype(np.int32)
    found = one(asked(replace(rows, user=most, users=zero)), "placeholder_users")
    assert found.change == {"drop_users": ("0",)}


def with_heavy(n: int, pace: int) -> Coded:
    """The shop, and one user with n more rows, `pace` of them a day."""
    rows = shop()
    more = Coded(
        np.full(n, 120, dtype=np.int32),
        np.zeros(n, dtype=np.int32),
        np.ones(n, dtype=np.float32),
        np.ones(n, dtype=np.int32),
        rows.users,
        rows.items,
        second=NOW // DAY * DAY - (np.arange(n, dtype=np.int64) // pace + 1) * DAY,
    )
    columns = {
        name: np.concatenate([getattr(rows, name), getattr(more, name)])
        for name in ("user", "item", "weight", "span", "second")
    }
    return replace(rows, users=np.append(rows.users, "bot"), **columns)


def test_users_far_beyond_all_others_are_parted_by_a_limit() -> None:
    found = one(asked(with_heavy(1001, 10)), "bots")  # over 50 times the 20 rows of the others
    assert found.change == {"max_user_events": 20}
    assert found.evidence[0].id == "bot"
    assert len(asked(with_heavy(900, 10))) == 0
    kept = clean(with_heavy(1001, 10), asked(with_heavy(1001, 10)).accept({"bots"}))
    assert kept.removed["extreme user"] == 1001


def test_a_constant_weight_other_than_one_is_told() -> None:
    rows = shop()
    found = one(asked(replace(rows, weight=np.full(len(rows), 5, dtype=np.float32))), "constant_weight")
    assert found.change == {"binarise": True}
    assert len(asked(replace(rows, weight=np.ones(len(rows), dtype=np.float32)))) == 0


def test_weights_of_another_unit_are_proposed_to_be_limited_and_a_single_large_one_is_not() -> None:
    rows = shop()
    weight = rows.weight.copy()
    weight[7] = 90_000
    assert len(asked(replace(rows, weight=weight))) == 0
    weight[:20] = 90_000
    found = one(asked(replace(rows, weight=weight)), "heavy_weights")
    assert (found.rows, found.change) == (20, {"max_weight": 3000.0})  # the middle weight is 3
    assert "90\u202f000" in found.sentence


def test_times_of_1970_and_2038_are_proposed_to_be_left_out_and_a_wrong_unit_is_told() -> None:
    rows = shop()
    assert rows.second is not None
    second = rows.second.copy()
    second[:3], second[3:8] = 0, 2**31 - 1
    found = asked(replace(rows, second=second))
    assert (one(found, "early_times").rows, one(found, "late_times").rows) == (3, 5)
    assert "2038-01-19" in one(found, "late_times").sentence
    left = clean(replace(rows, second=second), found.accept({"early_times", "late_times"}))
    assert left.removed["outside the time window"] == 8
    wrong = one(asked(replace(rows, second=rows.second // 1000)), "early_times")
    assert wrong.change == {}
    assert "unit" in wrong.sentence


def test_what_is_settled_is_not_proposed_again_and_ids_are_added_to_those_named() -> None:
    codes = [*CODES, "M"]
    first = asked(shop(codes), None, Cleaning(drop_items=("10001",)))
    chosen = first.accept({"non_products"})
    assert chosen.drop_items == ("10001", "M")
    assert len(asked(shop(codes), None, chosen)) == 0
    assert first.cleaning.drop_items == ("10001",)


@settings(deadline=None, max_examples=80)
@given(rows=any_rows(), chosen=CHOICES)
def test_proposals_for_any_rows_can_be_accepted(rows: Coded, chosen: Cleaning) -> None:
    found = propose_cleaning(rows, None, chosen)
    assert all(0 <= suggestion.rows <= (rows.user != MISSING).sum() for suggestion in found)
    clean(rows, found.accept({suggestion.id for suggestion in found}))


@pytest.fixture(scope="module")
def retail(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Coded, pd.DataFrame]:
    path = shared_data / "online-retail" / "2010-12-01.csv"
    shape = sniff(path)
    mapping = propose(preview(path, shape), shape).mapping
    with workplace(tmp_path_factory.mktemp("work"), [path]) as work:
        read = read_file(work, path, shape, mapping, lambda *_: None)
    assert read.item_table is not None
    return read.coded, read.item_table


def test_a_day_of_real_retail_names_its_postage_manual_entries_and_decimal_ids(
    retail: tuple[Coded, pd.DataFrame],
) -> None:
    rows, table = retail
    found = asked(rows, table)
    codes = set(one(found, "non_products").change["drop_items"])
    assert {"POST", "M", "D", "DOT", "C2"} & set(rows.items) <= codes
    assert {"POST", "D"} <= codes
    assert len(codes) <= 8
    assert one(found, "ids").change == {"normalise_ids": True}
    assert one(found, "cancellations").rows > 0
