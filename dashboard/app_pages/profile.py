"""Can I trust the data: findings by severity, then how it spreads over users, items, time and taste."""

from __future__ import annotations

from dashboard import loaders
from dashboard.components import next_button, page, shown_problems
from dashboard.components.choices import open_tabs
from dashboard.components.doctor import doctor
from dashboard.components.feature_editor import feature_editor
from dashboard.components.profile_cards import friends, numbers, spread, thin, time
from dashboard.components.profile_map import taste
from dashboard.text import t

VIEWS = {
    "findings": lambda dataset, _: doctor(dataset),
    "spread": lambda _, profile: spread(profile),
    "time": lambda _, profile: time(profile),
    "features": lambda dataset, _: feature_editor(dataset),
    "thin": lambda dataset, profile: thin(dataset, profile),
    "friends": lambda dataset, _: friends(dataset),
    "map": lambda dataset, _: taste(dataset),
    "numbers": lambda _, profile: numbers(profile),
}

here = page("profile", needs="data")
with shown_problems():
    profile = loaders.profile(here.dataset)
    data = loaders.dataset(here.dataset)
    absent = {
        name for name, has in {"time": data.has_times, "friends": data.social is not None}.items() if not has
    }
    names = [name for name in VIEWS if name not in absent]
    tabs = open_tabs("profile", [t(f"profile.tab_{name}") for name in names])
    for name, tab in zip(names, tabs, strict=True):
        if tab.open:
            with tab:
                VIEWS[name](here.dataset, profile)
next_button(t("profile.next"), "split")
