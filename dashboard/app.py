"""The page list. `streamlit run dashboard/server/asgi.py` from the project root starts the app."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.components.links import page_file
from dashboard.components.page import frame
from dashboard.components.problem import shown_problems
from dashboard.text import t

SECTIONS = {
    "start": ("home",),
    "data": ("import_data", "profile", "lookup", "ask", "split"),
    "train": ("train", "runs"),
    "compare": ("leaderboard", "side_by_side", "fusion_lab"),
    "explain": ("why_this_item",),
    "cold_start": ("new_users",),
}
HERE = Path(__file__).parent


def entry(name: str) -> st.Page:
    url = {"import_data": "import", "home": None}.get(name, name.replace("_", "-"))
    title = t(f"common.page_{name}")
    return st.Page(HERE / page_file(name), title=title, url_path=url, default=name == "home")


st.set_page_config(page_title=t("common.app"), page_icon=str(HERE / "icon.png"), layout="wide")
navigation = st.navigation(
    {t(f"common.section_{section}"): [entry(name) for name in names] for section, names in SECTIONS.items()},
    expanded=True,  # every page in sight
)
with shown_problems():
    frame(HERE / "logo.svg", HERE / "icon.png")
    navigation.run()
