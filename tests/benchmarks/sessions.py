"""Reruns of a page by many sessions at once, by raw WebSocket clients: the server is what is measured."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from statistics import median

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

RUNS = 8
THINK_S = 1.0  # a person's pause between two clicks


@dataclass
class Session:
    """One browser tab: it sends a rerun, and reads until the script has finished."""

    socket: websockets.ClientConnection
    page: str

    async def rerun(self) -> float:
        message = BackMsg()
        message.rerun_script.page_name = self.page
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await self.socket.recv())
            if answer.WhichOneof("type") == "script_finished":
                return time.perf_counter() - start


async def _one(url: str, page: str, delay_s: float) -> list[float]:
    address = url.replace("http", "ws") + "/_stcore/stream"
    async with websockets.connect(
        address,
        subprotocols=[websockets.Subprotocol("streamlit")],
        origin=websockets.Origin(url),
        max_size=None,
    ) as socket:
        session = Session(socket, page)
        await asyncio.sleep(delay_s)  # arrivals spread over the think time
        await session.rerun()
        taken = []
        for _ in range(RUNS):
            await asyncio.sleep(THINK_S)
            taken.append(await session.rerun())
        return taken


async def _many(url: str, page: str, n_sessions: int) -> list[float]:
    runs = await asyncio.gather(*(_one(url, page, i * THINK_S / n_sessions) for i in range(n_sessions)))
    return [value for run in runs for value in run]


def rerun_seconds(url: str, page: str, n_sessions: int) -> float:
    """Median seconds from the rerun request to its last message, over all sessions."""
    return median(asyncio.run(_many(url, page, n_sessions)))
