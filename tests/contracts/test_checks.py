"""What every check of the data doctor promises, over the registry: it finds its defect and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data.checks
from data.checks import CHECKS, OUTCOMES, Finding, NothingFound, Result, run_checks
from data.checks.item_counts import dispersion
from data.checks.out_of_range_times import OutOfRangeTimes
from data.checks.personal_data import iban, luhn
from data.dataset import Dataset, IdMap, Interactions
from data.errors import RankscopeError
from data.split import Split
from data.splits import SPLITTERS, make_splitter
from tests.conftest import make_dataset

EVERY = pytest.mark.parametrize("name", CHECKS)
SHARED = {"__init__", "base", "times", "weights", "item_counts", "saving", "wording"}
N_USERS, N_ITEMS, N_EACH = 400, 150, 24
START, DAY = 1_600_000_000, 86_400
Planted = tuple[Dataset, Split | None]


def dataset_of(user: list[int], item: list[int], time: list[int], weight: list[float]) -> Dataset:
    """Sorted events with ids that nobody could mix up, titles, and the report of a clean import."""
    users, items, stamps = np.asarray(user), np.asarray(item), np.asarray(time, dtype=np.int64)
    order = np.lexsort((stamps, users))
    return Dataset(
        Interactions(
            users[order].astype(np.int32),
            items[order].astype(np.int32),
            np.asarray(weight, dtype=np.float32)[order],
            stamps[order],
        ),
        IdMap(np.asarray([f"u{n}" for n in range(users.max() + 1)], dtype=object)),
        IdMap(np.asarray([f"i{n}" for n in range(items.max() + 1)], dtype=object)),
        item_features=pd.DataFrame({"title": [f"Item {n}" for n in range(items.max() + 1)]}),
        facts={"mapping": {"weight": "amount"}, "import": {"rows": {"lines": len(user), "quarantined": 0}}},
    )


def clean_events() -> tuple[list[int], list[int], list[int], list[float]]:
    """Everybody comes over the whole period and takes other items, drawn without regard to time."""
    rng = np.random.default_rng(3)
    likely = np.linspace(1, 3, N_ITEMS) / np.linspace(1, 3, N_ITEMS).sum()
    item = np.concatenate([rng.choice(N_ITEMS, N_EACH, replace=False, p=likely) for _ in range(N_USERS)])
    user = np.repeat(np.arange(N_USERS), N_EACH)
    slots = np.tile(np.arange(N_EACH), N_USERS)
    time = START + slots * 7 * DAY + rng.integers(0, 6 * DAY, len(user))
    weight = 1 + rng.gamma(2.0, 2.0, len(user))
    return user.tolist(), item.tolist(), time.tolist(), weight.tolist()


def clean() -> Dataset:
    return dataset_of(*clean_events())


def cut(dataset: Dataset) -> Split:
    return make_splitter("time").split(dataset, seed=0)


def with_events(*events: tuple[int, int, int, float]) -> Dataset:
    """The clean data and some more events."""
    columns = [
        [*column, *more] for column, more in zip(clean_events(), zip(*events, strict=True), strict=True)
    ]
    return dataset_of(*columns)  # type: ignore[arg-type]


def with_weights(change: Callable[[np.ndarray], np.ndarray]) -> Dataset:
    dataset = clean()
    weight = change(dataset.interactions.weight.copy()).astype(np.float32)
    return dataset.with_interactions(replace(dataset.interactions, base_weight=weight))


def one_event_more(dataset: Dataset) -> Dataset:
    """300 users who came once."""
    user, item, time, weight = clean_events()
    more = list(range(N_USERS, N_USERS + 300))
    stamps = [START + 1000 * n for n in more]
    return dataset_of(user + more, item + [n % N_ITEMS for n in more], time + stamps, weight + [2.5] * 300)


def first_only(dataset: Dataset, n: int) -> Dataset:
    """The first n events of each user."""
    return dataset.with_interactions(
        dataset.interactions.take(np.flatnonzero(np.arange(N_USERS * N_EACH) % N_EACH < n))
    )


def late_users() -> Planted:
    """A hundred users who appear after the cut."""
    user, item, time, weight = clean_events()
    who = np.repeat(np.arange(N_USERS, N_USERS + 100), 10)
    when = START + 160 * DAY + np.arange(1000) * 500
    more = (np.arange(1000) * 7 % N_ITEMS).tolist()
    dataset = dataset_of(user + who.tolist(), item + more, time + when.tolist(), weight + [2.5] * 1000)
    return dataset, cut(dataset)


def late_items() -> Planted:
    """Items that replace others in the last weeks."""
    user, item, time, weight = clean_events()
    moved = [
        n + N_ITEMS if t > START + 150 * DAY and n % 3 == 0 else n for n, t in zip(item, time, strict=True)
    ]
    dataset = dataset_of(user, moved, time, weight)
    return dataset, cut(dataset)


def planted_random() -> Planted:
    dataset = clean()
    return dataset, make_splitter("random").split(dataset, seed=0)


def copied_users() -> Dataset:
    """Twenty users once more under another id, with one item exchanged."""
    user, item, time, weight = clean_events()
    rows = [row for row, who in enumerate(user) if who < 20 and row % N_EACH]
    return dataset_of(
        user + [user[row] + N_USERS for row in rows],
        item + [item[row] for row in rows],
        time + [time[row] + 50 for row in rows],
        weight + [weight[row] for row in rows],
    )


def renamed(change: Callable[[str], str], n: int) -> Dataset:
    """The clean data whose last n users bear a variant of the ids of the first n."""
    dataset = clean()
    ids = [f"user {number}" for number in range(N_USERS)]
    ids[-n:] = [change(ids[number]) for number in range(n)]
    return replace(dataset, users=IdMap(np.asarray(ids, dtype=object)))


def quarantined() -> Dataset:
    facts = {
        "import": {"rows": {"lines": 10_000, "quarantined": 400}, "quarantine_reasons": {"bad time": 400}}
    }
    return replace(clean(), facts=facts)


def untitled() -> Dataset:
    dataset = clean()
    return replace(
        dataset, item_features=pd.DataFrame({"title": ["", None, "nan"] + ["A title"] * (N_ITEMS - 3)})
    )


def without_times() -> Dataset:
    dataset = clean()
    return dataset.with_interactions(replace(dataset.interactions, base_time=None))


def by_the_day() -> Dataset:
    dataset = clean()
    times = (np.arange(len(dataset.interactions)) % N_EACH // 2 * DAY + START).astype(np.int64)
    return dataset.with_interactions(replace(dataset.interactions, base_time=times))


PLANTED: dict[str, Callable[[], Planted]] = {
    "duplicate_events": lambda: (with_events((0, 3, START, 2.5), (0, 3, START, 2.5)), None),
    "bulk_events": lambda: (with_events(*((7, n, START + 99, 2.5) for n in range(120))), None),
    "timestamp_ties": lambda: (by_the_day(), None),
    "out_of_range_times": lambda: (with_events((0, 1, 0, 2.5), (1, 2, 4_070_908_800, 2.5)), None),
    "id_lookalikes": lambda: (renamed(str.upper, 5), None),
    "one_event_users": lambda: (one_event_more(clean()), None),
    "short_histories": lambda: (first_only(clean(), 2), None),
    "few_users": lambda: (make_dataset([0, 0, 1, 1], [0, 1, 1, 2]), None),
    "dominating_users": lambda: (
        with_events(*((5, n % N_ITEMS, START + 600 * n, 2.5) for n in range(2000))),
        None,
    ),
    "dominating_items": lambda: (
        with_events(*((n % N_USERS, 9, START + 600 * n, 2.5) for n in range(3000))),
        None,
    ),
    "constant_weights": lambda: (with_weights(lambda w: np.full_like(w, 5.0)), None),
    "weight_mismatch": lambda: (with_weights(lambda w: np.where(w < 2, -w, w)), None),
    "repeat_consumption": lambda: (
        with_events(*((n % N_USERS, 9, START + 600 * n, 2.5) for n in range(3000))),
        None,
    ),
    "unread_lines": lambda: (quarantined(), None),
    "missing_times": lambda: (without_times(), None),
    "items_without_metadata": lambda: (untitled(), None),
    "cold_users": late_users,
    "cold_items": late_items,
    "split_leakage": planted_random,
    "popularity_shift": late_items,
    "exchangeable_split": late_items,
    "near_copies": lambda: (copied_users(), None),
    "personal_data": lambda: (renamed(lambda text: f"{text.replace(' ', '.')}@shop.example", 5), None),
    "unmatched_ids": lambda: (joined(120), None),
    "non_product_items": lambda: (shop(("POST", "Postage"), ("M", "Manual")), None),
    "suspect_users": lambda: (guests(), None),
    "event_types": lambda: (of_kinds(10), None),
    "session_sanity": lambda: (in_sessions(users=2), None),
}


def with_facts(**told: object) -> Dataset:
    """The clean data with other facts of its import."""
    dataset = clean()
    return replace(dataset, facts=dataset.facts | {"import": dataset.facts["import"] | told})


def joined(without_row: int, table: str = "users") -> Dataset:
    join = {"table": table, "source": "side.csv", "matched": 400 - without_row, "without_row": without_row}
    shown = {"without_row": ["7.0"], "without_event": ["7"]} if without_row else {}
    return with_facts(joins=[join | {"without_event": without_row, "examples": shown}])


def in_sessions(length: int = 600, users: int = 1) -> Dataset:
    """Users who come for three items at a time; a session lasts `length` seconds and is shared by `users`."""
    user = np.repeat(np.arange(200), 6)
    visit = np.tile(np.repeat(np.arange(2), 3), 200)
    time = START + visit * 90 * DAY + np.tile(np.arange(3), 400) * length // 2
    dataset = make_dataset(user.tolist(), (np.arange(1200) * 7 % 90).tolist(), times=time.tolist())
    session = (dataset.interactions.user // users * 2 + visit).astype(np.int32)
    return dataset.with_interactions(replace(dataset.interactions, base_session=session))


def of_kinds(viewed: int, bought: int = 40) -> Dataset:
    """40 users who each bought one item, after a view by the first `viewed` of them."""
    user, item = [*range(viewed), *range(bought)], [*range(viewed), *range(bought)]
    dataset = make_dataset(user, item, times=[*[START] * viewed, *[START + 60] * bought])
    kind = (dataset.interactions.time > START).astype(np.uint8)  # type: ignore[operator]
    dataset = replace(dataset, event_types=("view", "purchase"))
    return dataset.with_interactions(replace(dataset.interactions, base_event=kind))


def shop(*more: tuple[str, str]) -> Dataset:
    """The clean data with stock codes, the last of which are other ones with titles of their own."""
    dataset = clean()
    codes = [f"{10_000 + n}" for n in range(N_ITEMS - len(more))] + [code for code, _ in more]
    titles = [f"Red teapot {n}" for n in range(N_ITEMS - len(more))] + [title for _, title in more]
    named = IdMap(np.asarray(codes, dtype=object))
    return replace(dataset, items=named, item_features=pd.DataFrame({"title": titles}))


def personal(*texts: str) -> Dataset:
    """The clean data with these texts among the titles."""
    titles = [*texts, *[f"Item {n}" for n in range(N_ITEMS - len(texts))]]
    return replace(clean(), item_features=pd.DataFrame({"title": titles}))


def guests() -> Dataset:
    dataset = with_events(*((5, n % N_ITEMS, START + 600 * n, 2.5) for n in range(300)))
    ids = dataset.users.ids.copy()
    ids[5] = "Guest"
    return replace(dataset, users=IdMap(ids))


# Clean data where the check has something to look at, for those to which the clean data gives nothing.
SOUND: dict[str, Callable[[], Dataset]] = {
    "unmatched_ids": lambda: joined(0),
    "event_types": lambda: of_kinds(40),
    "session_sanity": in_sessions,
}


def ask(name: str, dataset: Dataset, split: Split | None = None) -> Result:
    (result,) = run_checks(dataset, split, names=[name])
    return result


def test_every_file_of_the_folder_is_a_registered_check() -> None:
    files = {path.stem for path in Path(data.checks.__file__).parent.glob("*.py")}
    assert files - SHARED == set(CHECKS) == set(PLANTED)


def test_codes_differ_and_have_one_form() -> None:
    codes = [check.code for check in CHECKS.values()]
    assert len(set(codes)) == len(codes)
    assert all(code[0] == "D" and code[1:].isdigit() and len(code) == 4 for code in codes)


@EVERY
def test_a_check_says_what_it_is_why_it_matters_and_what_to_do(name: str) -> None:
    check = CHECKS[name]
    assert check.name == name
    assert check.__module__ == f"data.checks.{name}"
    assert check.title
    assert check.why.endswith(".")
    assert check.fix.endswith(".")
    assert isinstance(check.slow, bool)


@EVERY
def test_clean_data_has_nothing_and_the_answer_says_what_was_measured(name: str) -> None:
    dataset = SOUND.get(name, clean)()
    result = ask(name, dataset, cut(dataset) if CHECKS[name].needs_split else None)
    assert result.outcome == "nothing", result.sentence
    assert any(letter.isdigit() for letter in result.sentence) or "No " in result.sentence


@EVERY
def test_the_planted_defect_is_found_in_plain_words_with_its_numbers(name: str) -> None:
    result = ask(name, *PLANTED[name]())
    assert isinstance(result.answer, Finding), result.sentence
    assert result.outcome in ("look", "know")
    assert result.sentence.endswith(".")
    assert "nan" not in result.sentence
    json.dumps(result.values)
    assert all(isinstance(value, int | float) and np.isfinite(value) for value in result.values.values())


@EVERY
def test_what_cannot_be_measured_is_said_to_not_apply(name: str) -> None:
    empty = make_dataset([0], [0], times=[START])
    empty = replace(
        empty.with_interactions(empty.interactions.take(np.zeros(0, dtype=np.int64))), item_features=None
    )
    result = ask(name, empty)
    assert result.outcome in ("not_applicable", "nothing")
    assert result.sentence
    if CHECKS[name].needs_split:
        assert ask(name, clean()).outcome == "not_applicable"


@EVERY
def test_nothing_given_is_changed(name: str) -> None:
    dataset, split = PLANTED[name]()
    events = dataset.interactions
    before = [column.copy() for column in (events.user, events.item, events.weight)]
    ask(name, dataset, split)
    after = (events.user, events.item, events.weight)
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@settings(deadline=None, max_examples=60)
@given(
    events=st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 5), st.integers(-5, 40), st.floats(-2, 9, width=32)),
        min_size=1,
        max_size=60,
    ),
    timed=st.booleans(),
)
def test_any_data_gets_an_answer_from_every_check(
    events: list[tuple[int, int, int, float]], timed: bool
) -> None:
    users, items, times, weights = (list(column) for column in zip(*events, strict=True))
    dataset = make_dataset(users, items, times=times if timed else None)
    dataset = dataset.with_interactions(
        replace(dataset.interactions, base_weight=np.asarray(weights, dtype=np.float32))
    )
    splits: list[Split | None] = [None]
    for name in SPLITTERS:
        try:
            splits.append(make_splitter(name).split(dataset, seed=0))
        except RankscopeError:  # too small, or without times
            continue
    for split in splits:
        results = run_checks(dataset, split)
        assert len(results) == len(CHECKS)
        assert [result.outcome for result in results] == sorted(
            (result.outcome for result in results), key=OUTCOMES.index
        )


def test_duplicates_are_counted_as_copies_of_the_first() -> None:
    # the same event three times: two copies; the same pair at another second is none
    dataset = make_dataset([0, 0, 0, 0, 1], [2, 2, 2, 2, 2], times=[5, 5, 5, 6, 5])
    values = ask("duplicate_events", dataset).values
    assert (values["copies"], values["users"], values["share"]) == (2, 1, 2 / 5)


def test_a_bulk_load_names_its_largest_block() -> None:
    result = ask("bulk_events", PLANTED["bulk_events"]()[0])
    assert result.values["largest"] == 120
    assert result.values["share"] == 120 / (N_USERS * N_EACH + 120)


def test_times_by_the_day_make_bulk_events_unknowable_and_ties_explained() -> None:
    assert "by the day" in ask("bulk_events", by_the_day()).sentence
    ties = ask("timestamp_ties", by_the_day())
    assert ties.values["share"] == 1.0  # every day holds two events of each user
    assert "by the day" in ties.sentence


def test_each_kind_of_time_out_of_range_is_counted() -> None:
    user, item, time, weight = clean_events()
    far = [START - 40 * 365 * DAY, 0, START + 365 * DAY * 20, START + 3 * 365 * DAY]
    dataset = dataset_of(user + [0] * 4, item + [1] * 4, time + far, weight + [2.5] * 4)
    answer = OutOfRangeTimes(now=START + 10 * 365 * DAY).run(dataset)
    assert isinstance(answer, Finding)
    assert (answer.values["before_1990"], answer.values["in_future"], answer.values["far_away"]) == (2, 1, 1)


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: f" {text} ", lambda text: text.replace(" ", "  ")]
)
def test_ids_that_differ_in_case_or_blanks_are_look_alikes(change: Callable[[str], str]) -> None:
    result = ask("id_lookalikes", renamed(change, 3))
    assert (result.values["users_alike"], result.values["users_behind"]) == (6, 3)
    assert "user 0" in result.examples[0]


def test_leading_zeros_and_decimals_are_look_alikes_and_whole_columns_of_decimals_are_said() -> None:
    dataset = clean()
    ids = np.asarray([str(1000 + n) for n in range(N_USERS)], dtype=object)
    ids[1], ids[2] = "01000", "1000.0"
    assert ask("id_lookalikes", replace(dataset, users=IdMap(ids))).values["users_alike"] == 3
    decimals = replace(dataset, users=IdMap(np.asarray([f"{n}.0" for n in range(N_USERS)], dtype=object)))
    result = ask("id_lookalikes", decimals)
    assert result.outcome == "know"
    assert result.values == {"users_decimal": N_USERS}
    assert "'0.0'" in result.sentence


@pytest.mark.parametrize(
    ("weights", "words", "outcome"),
    [
        ([1.0, 2.0, 3.0, 4.0, 5.0, 5.0], "look like ratings from 1 to 5", "know"),
        ([0.5, 3.0, 3.5, 4.0, 4.5, 4.0], "look like ratings from 0.5 to 4.5", None),
        ([1.0, 1.0, 1.0, 1.0, 2.0, 3.0], "positive", "nothing"),
        ([1.0, 2.0, 1.0, 2.0, 1.0, 352_698.0], "times the middle one", "look"),
        ([1.0, -3.0, 1.0, 2.0, 1.0, 2.0], "events have a negative weight, the lowest -3", "look"),
    ],
)
def test_weights_are_told_apart(weights: list[float], words: str, outcome: str | None) -> None:
    result = ask("weight_mismatch", with_weights(lambda w: np.resize(np.asarray(weights), len(w))))
    if outcome is None:  # a gap of more than one step between levels is no scale
        assert words not in result.sentence
    else:
        assert words in result.sentence
        assert result.outcome == outcome


def test_leakage_is_the_share_of_test_events_before_the_last_of_train() -> None:
    dataset = clean()
    split = make_splitter("random").split(dataset, seed=0)
    time = dataset.interactions.time
    assert time is not None
    older = time[split.test_rows] < time[split.train_rows].max()
    assert ask("split_leakage", dataset, split).values["share"] == older.mean() > 0
    assert ask("split_leakage", dataset, cut(dataset)).values["share"] == 0


def test_a_random_hold_out_has_one_and_a_shifted_test_part_is_worst_beside_random_tuning() -> None:
    dataset = clean()
    fair = ask("exchangeable_split", dataset, make_splitter("random").split(dataset, seed=1))
    assert fair.outcome == "nothing"
    assert abs(fair.values["test"] - 1) < 4 * np.sqrt(2 / fair.values["degrees"])
    shifted, split = late_items()
    both = ask("exchangeable_split", shifted, split)
    assert both.outcome == "know"  # validation is shifted as well
    early = np.random.default_rng(0).choice(split.train_rows, len(split.validation_rows), replace=False)
    tuned_at_random = replace(split, validation_rows=early)
    assert ask("exchangeable_split", shifted, tuned_at_random).outcome == "look"


def test_chi_squared_is_that_of_the_formula() -> None:
    # n = (4, 4, 2), t = (3, 1, 1), p = 5/10: ((3-2)² + (1-2)²) / (4 · ¼) + (1-1)² / (2 · ¼) = 2; df 2
    value, freedom = dispersion(np.array([1, 3, 1, 0]), np.array([3, 1, 1, 0]))
    assert (value, freedom) == (1.0, 2)


def test_popularity_shift_is_measured_beyond_chance() -> None:
    dataset = clean()
    fair = ask("popularity_shift", dataset, make_splitter("random").split(dataset, seed=0)).values
    assert abs(fair["moved"] - fair["by_chance"]) < 0.02
    shifted = ask("popularity_shift", *late_items()).values
    assert shifted["excess"] > 0.2


def test_large_weights_are_written_in_full() -> None:
    result = ask("weight_mismatch", with_weights(lambda w: np.where(np.arange(len(w)) == 7, 1_352_698, w)))
    assert "1\u202f352\u202f698 against" in result.sentence


def test_near_copies_name_the_pairs() -> None:
    result = ask("near_copies", copied_users())
    assert result.values["users"] == 40
    assert "'u0', 'u400'" in result.examples


def test_checks_can_be_left_out_when_slow() -> None:
    kept = {result.check.name for result in run_checks(clean(), slow=False)}
    assert kept == {name for name, check in CHECKS.items() if not check.slow}


def test_nothing_found_keeps_its_numbers() -> None:
    answer = ask("few_users", clean()).answer
    assert isinstance(answer, NothingFound)
    assert answer.values == {"users": N_USERS}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to Anna.Schmidt+x@mail.shop.example today", "emails"),
        ("call +49 170 555 1234", "phones"),
        ("call 0049 170/5551234", "phones"),
        ("(212) 555-0143", "phones"),
        ("4111 1111 1111 1111", "cards"),
        ("5500-0000-0000-0004", "cards"),
        ("pay to DE89 3704 0044 0532 0130 00", "accounts"),
        ("GB82WEST12345698765432", "accounts"),
    ],
)
def test_each_kind_of_personal_data_is_found_and_never_shown_whole(text: str, kind: str) -> None:
    result = ask("personal_data", personal(text))
    assert result.values == {kind: 1}
    assert not any(text in example or "Schmidt" in example for example in result.examples)
    assert "…" in result.examples[0]


@pytest.mark.parametrize(
    "texts",
    [
        ("2011-12-09 08:26:00", "1600000000", "00000012345", "B000123456", "10.0.0.1"),
        ("ISBN 978-3-16-148410-0", "4111 1111 1111 1112", "DE00 3704 0044 0532 0130 00"),
        ("GINGER @ HOME", "1-2-3 GO!", "12 3/4 inch 100-200", "85123A", "£ 1.234.567,89"),
        tuple(str(4_006_381_333_900 + 7 * n) for n in range(60)),  # bar codes: one of ten passes by chance
    ],
)
def test_numbers_of_other_kinds_are_not_personal(texts: tuple[str, ...]) -> None:
    assert ask("personal_data", personal(*texts)).outcome == "nothing"


def test_addresses_as_user_ids_are_graver_than_one_in_a_title() -> None:
    assert ask("personal_data", renamed(lambda text: f"{text[5:]}x@y.example", 1)).outcome == "look"
    assert ask("personal_data", personal("x@y.example")).outcome == "know"


def test_checksums_are_those_of_the_standards() -> None:
    # 79927398713: 7+9·2→9+9+2·2=4+7+3·2=6+9+8·2→7+7+1·2=2+3 = 70 is Luhn's example, here with leading zeros
    assert luhn("0079927398713")
    assert not luhn("0079927398714")
    assert iban("GB82 WEST 1234 5698 7654 32")
    assert not iban("GB82 WEST 1234 5698 7654 33")


def test_unmatched_ids_count_both_sides_and_nobody_must_have_a_friend() -> None:
    result = ask("unmatched_ids", joined(120))
    assert result.outcome == "look"
    assert (
        "120 of 400 users (30 %) are not in the user file; 120 of its ids have no event." in result.sentence
    )
    assert result.examples == ("only in the events: '7.0'", "only in the user file: '7'")
    assert ask("unmatched_ids", joined(4)).outcome == "know"
    assert ask("unmatched_ids", joined(120, "social")).outcome == "nothing"
    assert ask("unmatched_ids", joined(400, "social")).outcome == "look"
    assert ask("unmatched_ids", clean()).outcome == "not_applicable"


def test_fees_among_the_items_are_named_with_their_reason() -> None:
    result = ask("non_product_items", PLANTED["non_product_items"]()[0])
    assert result.values["items"] == 2
    assert any("POST: the code has no digit" in example for example in result.examples)


def test_a_guest_is_told_with_the_part_of_all_events() -> None:
    result = ask("suspect_users", guests())
    assert result.values["events"] == 300 + N_EACH
    assert "'Guest'" in result.sentence


def test_purchases_without_a_view_are_counted() -> None:
    result = ask("event_types", of_kinds(10))
    assert result.values["without_weak"] == 30 / 40
    only = of_kinds(0)
    assert "of the kind 'purchase'" in ask("event_types", only).sentence
    assert ask("event_types", clean()).outcome == "not_applicable"


def test_sessions_of_several_users_of_weeks_and_of_one_event_are_told_apart() -> None:
    assert ask("session_sanity", in_sessions(users=2)).outcome == "look"
    long = ask("session_sanity", in_sessions(length=3 * DAY))
    assert (long.outcome, long.values["long"]) == ("know", 1.0)
    dataset = clean()
    each = np.arange(len(dataset.interactions), dtype=np.int32)
    single = dataset.with_interactions(replace(dataset.interactions, base_session=each))
    assert ask("session_sanity", single).values["single"] == 1.0
    assert ask("session_sanity", dataset).outcome == "not_applicable"
