"""Any other question about the data: SQL over one dataset version, read-only and bounded."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders
from dashboard.components import next_button, page, shown_problems
from dashboard.components.ask_answer import refused, sentence, shown
from dashboard.components.ask_editor import asked, editor, schema_panel
from dashboard.loaders import ask
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.views.ask import examples
from data.asking import Answer, QuestionError

here = page("ask", needs="data")
with shown_problems():
    tables = ask.schema(here.dataset)
    finding = st.empty()  # the answer's sentence takes the place of what came before: nothing jumps
    if not asked():
        finding.markdown(t("ask.start", name=literal(loaders.dataset_meta(here.dataset)["name"])))
    writing, known = st.columns([5, 3], gap="large")
    with known:
        schema_panel(tables)
    with writing:
        editor(here.dataset, examples(tables))
    sql = asked()
    if sql:
        with finding, st.spinner(t("ask.running")):
            answer = ask.answer(here.dataset, sql)
        if isinstance(answer, QuestionError):
            finding.markdown(t("ask.refused"))
            refused(answer)
        elif isinstance(answer, Answer):
            finding.markdown(sentence(answer))
            shown(answer, here.dataset)
next_button(t("ask.next"), "split")
