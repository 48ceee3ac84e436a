"""Sentences of the page `ask`."""

WORDS: dict[str, str] = {
    "ask.title": "Ask in SQL",
    "ask.empty_what": (
        "This page answers questions in SQL about the events, users and items of one dataset version."
    ),
    "ask.start": (
        "Ask the events, users and items of **{name}** anything in SQL. Questions only read; each has 10 "
        "seconds and shows up to 10\u202f000 rows."
    ),
    "ask.editor": "Question in SQL",
    "ask.run": "Run",
    "ask.keys": "or Ctrl+Enter",
    "ask.running": "Looking for the answer",
    "ask.examples": "Examples",
    "ask.example_popular": "Popular items",
    "ask.example_per_user": "Events per user",
    "ask.example_over_time": "Events per week",
    "ask.example_weights": "Weights",
    "ask.example_repeats": "Repeats",
    "ask.example_by_items": "By {column} of items",
    "ask.example_by_users": "By {column} of users",
    "ask.example_summary": "Summary of all columns",
    "ask.saved": "Saved",
    "ask.save": "Save this question",
    "ask.save_name": "Name",
    "ask.save_go": "Save",
    "ask.forget": "Remove “{name}”",
    "ask.table": "**{name}** · {rows} rows",
    "ask.column": "{name} :small[:gray[{type}]]",
    "ask.column_example": " :small[:gray[· {value}]]",
    "ask.rows": "**{rows} rows** in {seconds} s.",
    "ask.rows_one": "**One row** in {seconds} s.",
    "ask.rows_cut": "**More than {rows} rows** in {seconds} s; the first {rows} are shown.",
    "ask.refused": "This question has **no answer**; why stands below.",
    "ask.tab_table": "Table",
    "ask.tab_chart": "Chart",
    "ask.no_chart": "A chart needs at least two rows and a column of numbers beside the first one.",
    "ask.x": "Along",
    "ask.y": "Up",
    "ask.kind": "Drawn as",
    "ask.kind_bars": "Bars",
    "ask.kind_line": "Line",
    "ask.kind_points": "Points",
    "ask.first_drawn": "The first {shown} of {rows} rows are drawn.",
    "ask.chart": "{y} by {x}",
    "ask.next": "choose how to test",
}
