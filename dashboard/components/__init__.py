"""Parts of pages: frame, chart card, pickers, forms, empty states, problems, jobs."""

from dashboard.components.chart_card import chart_card
from dashboard.components.config_form import config_form
from dashboard.components.empty import empty_state
from dashboard.components.job_panel import job_panel
from dashboard.components.page import Page, next_button, nothing_yet, page
from dashboard.components.pickers import dataset_picker, item_label, item_search, run_picker, user_search
from dashboard.components.problem import problem_box, shown_problems

__all__ = [
    "Page",
    "chart_card",
    "config_form",
    "dataset_picker",
    "empty_state",
    "item_label",
    "item_search",
    "job_panel",
    "next_button",
    "nothing_yet",
    "page",
    "problem_box",
    "run_picker",
    "shown_problems",
    "user_search",
]
