"""Sentences of the data doctor on the page `profile`; what a check says stands with the check."""

WORDS: dict[str, str] = {
    "doctor.sentence_none": (
        "**Nothing speaks against this data.** {events} events of {users} users with {items} items, "
        "{checks} checks made."
    ),
    "doctor.sentence_some": (
        "**{things} to look at first.** {events} events of {users} users with {items} items, {checks} checks "
        "made."
    ),
    "doctor.outcome_look": "Look at first",
    "doctor.outcome_know": "Good to know",
    "doctor.outcome_nothing": "Not found",
    "doctor.outcome_not_applicable": "Does not apply",
    "doctor.finding": ":{color}-badge[{outcome}] **{title}.** {sentence}",
    "doctor.why": "**Why it matters.** {why}",
    "doctor.fix": "**What to do.** {fix}",
    "doctor.examples": "For example {examples}",
    "doctor.code": "Check {code}",
    "doctor.rest": "All {checks} checks: {nothing} found nothing, {apart} do not apply",
    "doctor.column_code": "Check",
    "doctor.column_title": "Looked for",
    "doctor.column_outcome": "Result",
    "doctor.column_sentence": "What was measured",
    "doctor.split": "Checks of the split look at the recommended one: {description}.",
    "doctor.slow_note": "Not yet looked for, as it takes longer on data of this size: {titles}.",
    "doctor.slow_button": "Look for these, too",
    "doctor.job": "Examine {name}",
}
