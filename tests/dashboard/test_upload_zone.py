"""Slots for files: what has arrived is taken once, files on the server are offered, what is gone is said."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components import upload_zone
from dashboard.loaders import uploads
from dashboard.server import inbox, owner, upload_files
from dashboard.text.en import WORDS
from dashboard.text.file_size import file_size
from data.artifacts import Home

CSV = b"user,item\n1,2\n"


# ── what the browser tells


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    state: dict[str, Any] = {}
    monkeypatch.setattr(upload_zone.st, "session_state", state)
    return state


def test_a_file_that_is_told_twice_is_taken_once(session: dict[str, Any]) -> None:
    taken: list[list[str]] = []
    for told in (["a"], ["a"], ["a", "b"]):
        session["zone"] = {"arrived": {"ids": told}}
        upload_zone._arrived("zone", taken.append)
    assert taken == [["a"], ["b"]]


def test_a_file_that_is_told_again_after_the_zone_has_gone_is_no_error(session: dict[str, Any]) -> None:
    taken: list[list[str]] = []
    upload_zone._arrived("zone", taken.append)
    session["zone"] = {"arrived": None}
    upload_zone._arrived("zone", taken.append)
    session["zone"] = {"arrived": {"ids": [7, None]}}
    upload_zone._arrived("zone", taken.append)
    assert taken == []


def test_what_was_refused_beside_what_arrived_is_told_once_and_as_it_is_written(
    session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    toasts: list[str] = []
    monkeypatch.setattr(upload_zone.st, "toast", lambda words, **_: toasts.append(words))
    session["zone"] = {"arrived": {"ids": ["a"], "failed": [["x*y.exe", "Not read."]]}}
    for _ in range(2):
        upload_zone._arrived("zone", lambda _: None)
    assert toasts == ["**x\\*y.exe** was not taken. Not read."]


def test_every_sentence_of_the_script_has_the_places_that_it_fills() -> None:
    script = upload_zone.JS
    for name, places in upload_zone.SAID.items():
        found = {place for _, place, _, _ in string.Formatter().parse(WORDS[f"uploads.{name}"]) if place}
        assert found == set(places)
        assert f"words.{name}" in script


# ── slots on a page


def page() -> None:
    import streamlit as st

    from dashboard.components.import_source import file_slot

    one = file_slot("one", "Events", "One table", "upload")
    several = file_slot("several", "Logs", "Daily files", "logs", multiple=True)
    st.text(f"{one} {several}")


@pytest.fixture
def app(rankscope_home: Path) -> AppTest:
    owner.close()
    return AppTest.from_function(page, default_timeout=30)


def said(app: AppTest) -> str:
    return str(app.text[0].value)


def opened(app: AppTest, key: str) -> AppTest:
    app.session_state[f"{key}_server"] = True
    return app.run()


def test_chosen_files_are_shown_and_can_be_taken_away(app: AppTest) -> None:
    first, second = uploads.keep("a_b.csv", CSV), uploads.keep("b.csv", CSV)
    app.query_params["logs"] = [first, second]
    app.run()
    assert not app.exception
    assert said(app) == f"[] {[first, second]}"
    assert any("a\\_b.csv · 0.0" in mark.value for mark in app.markdown)
    app.button(key=f"several_remove_{first}").click().run()
    assert said(app) == f"[] {[second]}"


def test_a_file_that_is_gone_is_said_and_left_out(app: AppTest) -> None:
    gone = uploads.keep("gone.csv", CSV)
    uploads.delete(gone)
    app.query_params["upload"] = gone
    app.run()
    assert said(app) == "[] []"
    assert "no longer here" in app.error[0].value


def test_files_of_the_inbox_and_earlier_uploads_are_offered(app: AppTest) -> None:
    (inbox.folder(Home.current()) / "events.csv").write_bytes(CSV)
    earlier = uploads.keep("earlier.csv", CSV)
    app.run()
    opened(app, "one")
    box = app.selectbox(key="one_pick")
    assert [option.split(" · ")[0] for option in box.options] == ["events.csv", "earlier.csv"]
    app.button(key="one_use").click().run()
    (waiting,) = inbox.files(Home.current())
    assert said(app) == f"['{waiting.id}'] []"
    opened(app, "several")
    app.multiselect(key="several_pick").set_value([waiting.id, earlier]).run()
    app.button(key="several_use").click().run()
    assert said(app) == f"['{waiting.id}'] {[waiting.id, earlier]}"


def test_uploads_can_be_deleted_but_not_while_a_job_reads_them(app: AppTest) -> None:
    free, read = uploads.keep("free.csv", CSV), uploads.keep("read.csv", CSV)
    broken = upload_files.begin(Home.current(), "broken.csv", 1000).id
    owner.jobs().submit("import", {"upload": read}, "Import read.csv")
    app.run()
    opened(app, "one")
    box = app.selectbox(key="one_delete_which")
    assert {option.split(" · ")[0] for option in box.options} == {"free.csv", "read.csv", "broken.csv"}
    assert app.button(key="one_delete").disabled
    box.set_value(read).run()
    assert app.button(key="one_delete").disabled
    for upload_id in (free, broken):
        app.selectbox(key="one_delete_which").set_value(upload_id).run()
        app.button(key="one_delete").click().run()
        opened(app, "one")
    assert [file.id for file in uploads.on_server()] == [read]


@pytest.mark.parametrize(
    ("n_bytes", "written"),
    [
        (0, "0.0\u202fkB"),
        (512, "0.5\u202fkB"),
        (12 * 2**20, "12\u202fMB"),
        (2**32, "4.0\u202fGB"),
        (300 * 2**20, "300\u202fMB"),
    ],
)
def test_sizes_of_files_are_written_one_way(n_bytes: int, written: str) -> None:
    assert file_size(n_bytes) == written
