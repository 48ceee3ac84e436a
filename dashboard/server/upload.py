"""Routes under /api/upload: a file of any size goes to disk in pieces, under a random name.

    POST   /api/upload?name=…&size=…        begin: 201 {"upload", "offset": 0}
    PUT    /api/upload/<id>?offset=…        a piece: 200 {"offset"}, or 201 {"upload", …} when it was the last
    HEAD   /api/upload/<id>                 how much is here: headers upload-offset and upload-length
    DELETE /api/upload/<id>                 cancel: what came is deleted
    PUT    /api/upload?name=…               a whole file in one request, as a command-line client sends it

A piece that does not continue what is here is answered 409 with the right offset; a second writer at the same
time 423. After a broken connection the bytes that came are kept for a day, so the sender goes on from there.
Every refusal is `{"error": sentence}`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

from anyio import fail_after, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.server import owner, upload_files
from dashboard.server.upload_files import Finished, clear_old, keep_copy, uploaded
from dashboard.server.upload_rules import (
    TOKEN_HEADER,
    Limits,
    Refused,
    check_room,
    check_sender,
    check_size,
    clean_name,
    token,
)
from data.artifacts import Home
from data.errors import DataError, NotFound

__all__ = ["TOKEN_HEADER", "Limits", "Refused", "clear_old", "keep_copy", "routes", "token", "uploaded"]

PIECE = 2**20  # bytes written at a time
STALL_S = 30.0  # a sender silent for this long is given up; what it sent is kept
_writing: set[str] = set()  # ids with an open writer; all routes run in one event loop

Endpoint = Callable[[Request], Awaitable[Response]]


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Check the sender, and turn refusals into answers."""

    @wraps(endpoint)
    async def route(request: Request) -> Response:
        try:
            check_sender(request)
            return await endpoint(request)
        except Refused as refusal:
            return JSONResponse({"error": refusal.sentence, **refusal.facts}, status_code=refusal.status)
        except NotFound as error:
            return JSONResponse({"error": str(error)}, status_code=404)
        except DataError as error:
            return JSONResponse({"error": str(error)}, status_code=415)

    return route


@_guarded
async def receive(request: Request) -> Response:
    """PUT of a whole file; nothing is left of a broken one, as its sender has no id to go on with."""
    home = Home.current()
    name = clean_name(request.query_params.get("name", ""))
    size = _number(request.headers.get("content-length", "0"))
    await to_thread.run_sync(_admit, home, size)
    upload = upload_files.begin(home, name, size)
    try:
        if await _write(request, upload.part, Limits.current().file) == 0:
            raise Refused(400, "The file is empty.")
    except Refused:
        upload_files.remove(home, upload.id)
        raise
    return _done(await to_thread.run_sync(upload_files.finish, home, upload))


@_guarded
async def begin(request: Request) -> Response:
    """POST: announce a file; the answer holds the id under which its pieces are sent."""
    home = Home.current()
    name = clean_name(request.query_params.get("name", ""))
    size = _number(request.query_params.get("size", ""))
    if size == 0:
        raise Refused(400, "The file is empty.")
    await to_thread.run_sync(_admit, home, size)
    upload = await to_thread.run_sync(upload_files.begin, home, name, size)
    return JSONResponse({"upload": upload.id, "offset": 0}, status_code=201)


@_guarded
async def piece(request: Request) -> Response:
    """PUT: append the body at `offset`."""
    home, upload_id = Home.current(), str(request.path_params["upload_id"])
    with _only_writer(upload_id):
        upload = await to_thread.run_sync(upload_files.unfinished, home, upload_id)
        if upload is None:
            return _done(_ended(home, upload_id))  # the answer to the last piece may have been lost
        offset = _number(request.query_params.get("offset", ""))
        if offset != upload.received:
            raise Refused(409, "The piece does not continue what is here.", offset=upload.received)
        await to_thread.run_sync(check_room, home, _number(request.headers.get("content-length", "0")))
        await _write(request, upload.part, upload.size - upload.received)
        now = await to_thread.run_sync(upload_files.unfinished, home, upload_id)
        if now is None:
            raise NotFound("This upload was cancelled.", "Send the file again.")
        if now.received < now.size:
            return JSONResponse({"offset": now.received})
        return _done(await to_thread.run_sync(upload_files.finish, home, now))


@_guarded
async def state(request: Request) -> Response:
    """HEAD: how much of an upload is here."""
    home, upload_id = Home.current(), str(request.path_params["upload_id"])
    upload = upload_files.unfinished(home, upload_id)
    if upload is None:
        done = _ended(home, upload_id)
        return Response(headers=_extent(done.size, done.size))
    return Response(headers=_extent(upload.received, upload.size))


@_guarded
async def cancel(request: Request) -> Response:
    """DELETE: forget an upload that has not ended; one that has ended stays (404)."""
    home, upload_id = Home.current(), str(request.path_params["upload_id"])
    if upload_files.unfinished(home, upload_id) is None:
        raise NotFound("That upload is no longer here.", "Choose the file again.")
    await to_thread.run_sync(upload_files.remove, home, upload_id)
    return Response(status_code=204)


def routes() -> list[Route]:
    """All routes of uploads, for the app and for tests."""
    one = "/api/upload/{upload_id}"
    return [
        Route("/api/upload", receive, methods=["PUT"]),
        Route("/api/upload", begin, methods=["POST"]),
        Route(one, piece, methods=["PUT"]),
        Route(one, state, methods=["HEAD"]),
        Route(one, cancel, methods=["DELETE"]),
    ]


@contextmanager
def _only_writer(upload_id: str) -> Iterator[None]:
    if upload_id in _writing:
        raise Refused(423, "Another connection is sending this file.")
    _writing.add(upload_id)
    try:
        yield
    finally:
        _writing.discard(upload_id)


def orders() -> str:
    """What the jobs that wait or run were told, as text: it names the uploads they read."""
    return json.dumps([job.spec for job in owner.jobs().active()], default=str)


def _admit(home: Home, size: int) -> None:
    check_size(size)
    clear_old(home, needed=orders())
    check_room(home, size)


def _ended(home: Home, upload_id: str) -> Finished:
    done = upload_files.finished(home, upload_id)
    if done is None:
        raise NotFound("That upload is no longer here.", "Choose the file again.")
    return done


def _done(upload: Finished) -> Response:
    facts = {"upload": upload.id, "bytes": upload.size, "name": upload.name, "offset": upload.size}
    return JSONResponse(facts, status_code=201)


def _extent(offset: int, length: int) -> dict[str, str]:
    return {"upload-offset": str(offset), "upload-length": str(length), "cache-control": "no-store"}


def _number(text: str) -> int:
    """A count of bytes, or `Refused`."""
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise Refused(400, f"{text[:40]!r} is no number of bytes.")
    return int(text)


async def _write(request: Request, part: Path, most: int) -> int:
    """Append the body to `part`, at most `most` bytes; what came before a break is kept.

    Returns:
        Bytes written.
    """
    size, waiting = 0, bytearray()
    with part.open("ab") as file:
        try:
            async for chunk in _chunks(request):
                size += len(chunk)
                if size > most:
                    raise Refused(413, f"The file is larger than the {most:,} bytes that were expected.")
                waiting += chunk
                if len(waiting) >= PIECE:
                    await to_thread.run_sync(file.write, bytes(waiting))
                    waiting.clear()
        except ClientDisconnect:
            raise Refused(400, "The connection broke off.") from None
        except TimeoutError:
            raise Refused(408, f"Nothing came for {STALL_S:.0f} seconds.") from None
        finally:
            file.write(waiting)
    return size


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes.

    Raises:
        TimeoutError: the sender fell silent; a connection that died without a word would else hold the file.
    """
    body = request.stream()
    while True:
        with fail_after(STALL_S):
            chunk = await anext(body, None)
        if chunk is None:
            return
        yield chunk
