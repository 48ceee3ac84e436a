"""Sentences about files: the drop zone, uploads on their way, files on the server."""

WORDS: dict[str, str] = {
    "uploads.drop": "Drop a file here, or choose one",
    "uploads.drop_several": "Drop files here, or choose them",
    "uploads.note": "Any size up to {size}.",
    "uploads.one": "Only one file belongs here; the first was taken.",
    "uploads.cancel": "Cancel",
    "uploads.cancelled": "{name} was cancelled; nothing of it was kept.",
    "uploads.done": "{name} has arrived.",
    "uploads.again": "Try again",
    "uploads.refused": "**{name}** was not taken. {reason}",
    "uploads.discard": "Discard",
    "uploads.queued": "{total} · waits for its turn",
    "uploads.sending": "{share} % · {sent} of {total}",
    "uploads.sending_rate": "{share} % · {sent} of {total} · {rate}/s · {left} left",
    "uploads.waiting": "{share} % · {sent} of {total} · the connection is lost; goes on by itself",
    "uploads.here": "{total} · here",
    "uploads.offer": "{share} % of {size} is here. Choose the same file again to continue.",
    "uploads.unreadable": (
        "The file can no longer be read: it was moved or changed, or it is a folder. Choose it again."
    ),
    "uploads.given_up": "The server could not be reached for 15 minutes. What was sent is kept for a day.",
    "uploads.seconds": "{n} s",
    "uploads.minutes": "{n} min",
    "uploads.hours": "{n} h",
    "uploads.chosen": "{name} · {size}",
    "uploads.remove": "Remove",
    "uploads.on_server": "Files on the server",
    "uploads.on_server_words": (
        "Files in the inbox folder (RANKSCOPE_INBOX, else “inbox” in RANKSCOPE_HOME) are read where they "
        "lie. Uploads are kept for a day after they came; they take {held} of {quota} now."
    ),
    "uploads.pick": "File",
    "uploads.pick_several": "Files",
    "uploads.from_inbox": "{name} · {size} · in the inbox, {date}",
    "uploads.from_upload": "{name} · {size} · uploaded {date}",
    "uploads.from_broken": "{name} · {share} of {size} came, {date}",
    "uploads.use": "Use this file",
    "uploads.use_several": "Use these files",
    "uploads.delete": "Delete",
    "uploads.delete_which": "Upload to delete",
    "uploads.in_use": "A running job reads this file.",
    "uploads.none": "There is none at present.",
}
