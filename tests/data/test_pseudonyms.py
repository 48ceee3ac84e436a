"""Pseudonyms: keyed, stable, joined by versions, and no trace of the ids in what is stored."""

from __future__ import annotations

import hmac
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from data.artifacts import Home, load_dataset, save_dataset
from data.cleaning import Cleaning, clean
from data.dataset import Dataset, IdMap, Interactions
from data.errors import ConfigError
from data.ingest import import_files
from data.pseudonyms import key_path, pseudonymise, pseudonymised, pseudonymised_cleaning
from data.recipe import Files, GivenFile, Recipe
from data.versions import append
from tests.data.cleaning.random_rows import MISSING, coded


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def ids(*texts: str) -> np.ndarray:
    return np.asarray(texts, dtype=object)


def test_equal_ids_give_equal_pseudonyms_that_no_other_key_gives(home: Home, tmp_path: Path) -> None:
    first, second, again = pseudonymise(ids("anna@shop.example", "b", "anna@shop.example"), home)
    assert first == again != second
    assert first.startswith("u_")
    assert len(first) == 18
    assert pseudonymise(ids("b"), home).tolist() == [second]
    assert pseudonymise(ids("b"), Home(tmp_path / "elsewhere")).tolist() != [second]


def test_a_pseudonym_is_the_keyed_digest(home: Home) -> None:
    (made,) = pseudonymise(ids("17850"), home)
    digest = hmac.new(key_path(home).read_bytes(), b"17850", "sha256").digest()
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    number = int.from_bytes(digest[:10], "big")  # 80 bits are 16 letters of 5 bits
    assert made == "u_" + "".join(alphabet[number >> (75 - 5 * k) & 31] for k in range(16))


def test_the_key_is_readable_by_its_owner_alone_and_lies_outside_the_data(home: Home) -> None:
    pseudonymise(ids("a"), home)
    assert key_path(home).stat().st_mode & 0o777 == 0o600
    assert key_path(home) == home.root / "keys" / "pseudonyms.key"
    assert [path.name for path in key_path(home).parent.iterdir()] == ["pseudonyms.key"]


def test_the_key_may_lie_in_a_file_of_ones_own(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "secret" / "key"
    monkeypatch.setenv("RANKSCOPE_PSEUDONYM_KEY_FILE", str(own))
    made = pseudonymise(ids("a"), home)
    assert own.is_file()
    assert not (home.root / "keys").exists()
    assert pseudonymise(ids("a"), Home(tmp_path / "other")).tolist() == made.tolist()


def test_a_key_that_cannot_be_used_is_named_but_never_shown(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = tmp_path / "short.key"
    short.write_text("hunter2")
    monkeypatch.setenv("RANKSCOPE_PSEUDONYM_KEY_FILE", str(short))
    with pytest.raises(ConfigError, match="has 7 bytes") as caught:
        pseudonymise(ids("a"), home)
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("RANKSCOPE_PSEUDONYM_KEY_FILE", str(tmp_path))
    with pytest.raises(ConfigError, match="cannot be read"):
        pseudonymise(ids("a"), home)
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("RANKSCOPE_PSEUDONYM_KEY_FILE", str(tmp_path / "file" / "key"))
    with pytest.raises(ConfigError, match="cannot be"):
        pseudonymise(ids("a"), home)


def test_two_at_once_make_one_key(home: Home) -> None:
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.append(str(pseudonymise(ids("a"), home)[0]))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert len(made) == 8


def test_codes_follow_the_pseudonyms_and_rows_keep_their_user(home: Home) -> None:
    users = ids(*(f"person {n}" for n in range(40)))
    rows = coded([(n, n % 3, 1, n) for n in range(40)] + [(MISSING, 0, 1, 0)], users=users)
    hidden = pseudonymised(rows, home, Cleaning())
    assert hidden.users.tolist() == sorted(hidden.users.tolist())
    assert hidden.user[-1] == MISSING
    assert hidden.users[hidden.user[:40]].tolist() == pseudonymise(users, home).tolist()
    assert hidden.users[hidden.user[:40]].tolist() != hidden.users.tolist()  # their order is another


def test_ids_are_normalised_before_they_are_hidden_and_dropped_users_are_found(home: Home) -> None:
    rows = coded([(0, 0, 1, 0), (1, 0, 1, 1), (2, 0, 1, 2)], users=ids("17850.0", "17850", "guest"))
    chosen = Cleaning(normalise_ids=True, drop_users=("guest",), drop_duplicates=False)
    hidden = pseudonymised(rows, home, chosen)
    kept = clean(hidden, pseudonymised_cleaning(chosen, home))
    assert kept.events.users.tolist() == pseudonymise(ids("17850"), home).tolist()
    assert kept.removed["not a user"] == 1
    plain = pseudonymised(rows, home, Cleaning())
    assert len(plain.users) == 3  # only with consent


def dataset(rows: object) -> Dataset:
    events = rows.events  # type: ignore[attr-defined]
    return Dataset(
        Interactions(events.user, events.item, events.weight, events.second),
        IdMap(events.users),
        IdMap(events.items),
    )


def test_no_raw_id_is_in_what_is_stored_and_a_later_version_joins(home: Home) -> None:
    chosen = Cleaning(drop_duplicates=False)
    users = ids("anna.schmidt@shop.example", "0049-170-5551234")
    rows = coded([(0, 0, 1, 0), (1, 1, 1, 1)], users=users)
    parent = dataset(clean(pseudonymised(rows, home, chosen), chosen))
    save_dataset(home, parent)
    later = pseudonymised(replace(rows, second=np.asarray([5, 6])), home, chosen)
    assert append(parent, later, chosen).new_users == 0
    files = [path for folder in (home.datasets, home.cache) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    key = key_path(home).read_bytes()
    for path in files:
        content = path.read_bytes()
        assert not any(user.encode() in content for user in users), path
        assert key not in content


def stored_files(home: Home) -> list[Path]:
    folders = (home.datasets, home.cache, home.runs, home.jobs)
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_an_import_with_pseudonyms_leaves_no_raw_id_behind(home: Home, tmp_path: Path) -> None:
    people = [f"person{n:03d}@shop.example" for n in range(60)]
    events = tmp_path / "events.csv"
    lines = [f"{people[n % 60]},i{n % 7},{1_600_000_000 + 60 * n},2" for n in range(600)]
    bad = f"{people[0]},i1,no time,2"  # unreadable, and it names somebody
    events.write_text("\n".join(["user,item,timestamp,quantity", *lines, bad, ""]))
    users = tmp_path / "users.csv"
    users.write_text("\n".join(["user,age", *(f"{name},{20 + n}" for n, name in enumerate(people)), ""]))
    friends = tmp_path / "friends.csv"
    friends.write_text("\n".join(["user,friend", *(f"{a},{b}" for a, b in pairwise(people)), ""]))
    files = Files(
        (GivenFile(events, "events.csv"),),
        users=GivenFile(users, "users.csv"),
        social=GivenFile(friends, "friends.csv"),
    )
    report = import_files(files, home, recipe=Recipe(pseudonyms=True))
    assert (report.users, report.quarantined) == (60, 1)
    found = load_dataset(home, report.dataset)
    assert found.users.ids.tolist() == sorted(pseudonymise(np.asarray(people, dtype=object), home).tolist())
    assert found.user_features is not None
    assert found.social is not None
    assert len(found.social) == 2 * 59  # friends, so both ways
    for path in stored_files(home):
        assert b"@shop.example" not in path.read_bytes(), path.relative_to(home.root)

    later = tmp_path / "later.csv"
    more = [*lines[:5], f"{people[3]},i6,1700000000,2", "new@shop.example,i0,1700000001,1"]
    later.write_text("\n".join(["user,item,timestamp,quantity", *more, ""]))
    second = import_files(Files((GivenFile(later, "later.csv"),)), home, parent=report.dataset)
    assert second.added == {"events": 2, "users": 1, "items": 0}
    for path in stored_files(home):
        assert b"@shop.example" not in path.read_bytes(), path.relative_to(home.root)
