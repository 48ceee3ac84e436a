"""The inbox: files already on the server, chosen from a list and read in place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dashboard.server import inbox, upload
from data.artifacts import Home
from data.errors import NotFound

CSV = "user,item\n1,2\n"


@pytest.fixture
def box(rankscope_home: Path) -> Path:
    return inbox.folder(Home.current())


def put(path: Path, text: str = CSV) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names() -> list[str]:
    return sorted(waiting.name for waiting in inbox.files(Home.current()))


def test_a_file_in_the_inbox_is_used_where_it_lies(box: Path) -> None:
    file = put(box / "events.csv")
    (waiting,) = inbox.files(Home.current())
    assert (waiting.name, waiting.size) == ("events.csv", len(CSV))
    assert waiting.modified == pytest.approx(file.stat().st_mtime)
    assert upload.uploaded(Home.current(), waiting.id) == (file, "events.csv")
    assert list(Home.current().uploads.iterdir()) == []


def test_folders_in_the_inbox_keep_their_names_apart(box: Path) -> None:
    put(box / "2026" / "day-1.csv")
    put(box / "2026" / "day-2.csv")
    put(box / "a" / "b" / "c" / "deep.csv")
    put(box / "a" / "b" / "c" / "d" / "too-deep.csv")
    assert names() == ["2026/day-1.csv", "2026/day-2.csv", "a/b/c/deep.csv"]
    assert len({waiting.id for waiting in inbox.files(Home.current())}) == 3


def test_only_readable_kinds_that_are_plain_files_are_listed(box: Path) -> None:
    put(box / "good.csv")
    put(box / "run.exe")
    put(box / ".hidden.csv")
    put(box / ".secret" / "x.csv")
    (box / "folder.csv").mkdir()
    os.mkfifo(box / "pipe.csv")
    (box / "broken.csv").symlink_to(box / "nowhere.csv")
    (box / "circle.csv").symlink_to(box / "circle.csv")
    assert names() == ["good.csv"]


def test_links_that_lead_out_of_the_inbox_are_refused(box: Path, tmp_path: Path) -> None:
    outside = put(tmp_path / "private.csv")
    (box / "file.csv").symlink_to(outside)
    (box / "folder").symlink_to(tmp_path)
    (box / "up.csv").symlink_to(Path("..") / "keys.csv")
    put(box.parent / "keys.csv")
    assert names() == []


def test_a_link_to_a_file_inside_the_inbox_is_fine(box: Path) -> None:
    file = put(box / "2026.csv")
    (box / "latest.csv").symlink_to(file)
    assert names() == ["2026.csv", "latest.csv"]


def test_a_file_that_turns_into_a_link_to_elsewhere_is_no_longer_found(box: Path, tmp_path: Path) -> None:
    file = put(box / "events.csv")
    (waiting,) = inbox.files(Home.current())
    outside = put(tmp_path / "private.csv")
    file.unlink()
    file.symlink_to(outside)
    with pytest.raises(NotFound, match="no longer in the inbox"):
        upload.uploaded(Home.current(), waiting.id)


def test_a_file_that_changed_since_it_was_chosen_must_be_chosen_again(box: Path) -> None:
    file = put(box / "events.csv")
    (waiting,) = inbox.files(Home.current())
    file.write_text(CSV + "3,4\n")
    with pytest.raises(NotFound, match="Choose it again"):
        upload.uploaded(Home.current(), waiting.id)


@pytest.mark.parametrize("file_id", ["inbox-", "inbox-../x.csv", "inbox-" + "0" * 24, "inbox-/etc/passwd"])
def test_an_id_that_names_no_listed_file_finds_nothing(box: Path, file_id: str) -> None:
    put(box / "events.csv")
    with pytest.raises(NotFound):
        upload.uploaded(Home.current(), file_id)


def test_another_folder_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANKSCOPE_INBOX", str(tmp_path / "drop"))
    assert names() == []
    put(tmp_path / "drop" / "events.csv")
    assert names() == ["events.csv"]
