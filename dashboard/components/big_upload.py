"""Upload of any size: the browser sends the file to our own streaming route and shows how far it is."""

from __future__ import annotations

import streamlit as st

from dashboard.loaders import uploads
from dashboard.text import t

HTML = """
<div class="row">
  <label class="button"><span class="label"></span><input type="file"></label>
  <progress max="100" value="0" hidden></progress>
  <span class="note" role="status"></span>
</div>
"""
CSS = """
.row {display: flex; gap: 0.75rem; align-items: center; flex-wrap: wrap; font-family: var(--st-font);
      color: var(--st-text-color); font-size: 0.9rem;}
.button {border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); cursor: pointer;
         padding: 0.4rem 0.8rem; background: var(--st-background-color);}
.button:hover, .button:focus-within {border-color: var(--st-primary-color); color: var(--st-primary-color);}
input {position: absolute; opacity: 0; width: 1px; height: 1px;}
progress {accent-color: var(--st-primary-color); width: 14rem;}
"""
JS = """
export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const find = (what) => parentElement.querySelector(what);
  const input = find("input"), bar = find("progress"), note = find(".note");
  find(".label").textContent = data.label;
  const failed = (reason) => {
    bar.hidden = true;
    note.textContent = data.failed.replace("{reason}", reason);
  };
  input.onchange = () => {
    const file = input.files[0];
    if (!file) return;
    const request = new XMLHttpRequest();
    request.open("PUT", "/api/upload?name=" + encodeURIComponent(file.name));
    request.setRequestHeader("x-rankscope-token", data.token);
    request.upload.onprogress = (event) => {
      const share = Math.floor((100 * event.loaded) / Math.max(event.total, 1));
      bar.hidden = false;
      bar.value = share;
      note.textContent = file.name + " · " + data.sending.replace("{share}", share);
    };
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch (error) { answer = {}; }
      if (answer.upload) { note.textContent = file.name; setTriggerValue("uploaded", answer.upload); }
      else { failed(answer.error || request.statusText); }
    };
    request.onerror = () => failed("network");
    request.send(file);
    input.value = "";
  };
}
"""


def big_upload(key: str) -> str | None:
    """A button that sends a file of any size; the id of the upload once it has arrived, else None."""
    component = st.components.v2.component("rankscope_big_upload", html=HTML, css=CSS, js=JS)
    words = {
        "label": t("import_data.large_choose"),
        "sending": t("import_data.large_sending", share="{share}"),
        "failed": t("import_data.large_failed", reason="{reason}"),
        "token": uploads.token(),
    }
    result = component(data=words, key=key, on_uploaded_change=lambda: None)
    return result.uploaded
