# SPDX-License-Identifier: BSD-3-Clause
"""A proxy that puts a server far away: every byte takes half of the round-trip time, each way.

The proxy does not parse what it forwards. It records the times of requests and responses. A test can therefore count
the round trips, where the client waits for a response before its next request. They are the cost of a far server.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from .server import Server


class LatencyProxy(Server):
    """A running proxy for one server. Made by `latency_proxy`; `close` stops it."""

    def __init__(self, port: int, seconds: float = 0.05, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = 0
        self._target = port
        self._half = seconds / 2
        self._exchanges: list[list[float]] = []
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    def url(self, path: str = "") -> str:
        """Return the http URL of a path of the server behind the proxy."""
        return f"http://{self.host}:{self.port}/{quote(path, safe='/%?=&')}"

    def reset(self) -> None:
        """Clear the recorded exchanges."""
        self._exchanges.clear()

    @property
    def requests(self) -> int:
        """Number of requests."""
        return len(self._exchanges)

    @property
    def round_trips(self) -> int:
        """Number of requests that waited for an earlier response. Concurrent requests count once."""
        count, last = 0, float("-inf")
        for begin, end in sorted(self._exchanges, key=lambda exchange: exchange[1]):
            if begin >= last:
                count, last = count + 1, end
        return count

    def close(self) -> None:
        """Stop the proxy and drop its connections."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    # --- inside ---

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._stop = asyncio.Event()
        self._loop.run_until_complete(self._serve(started))
        self._loop.close()

    async def _serve(self, started: threading.Event) -> None:
        server = await asyncio.start_server(self._connected, self.host, 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stop.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there, back = await asyncio.open_connection(self.host, self._target)
            exchange: list[list[float]] = []
            try:
                await asyncio.gather(
                    self._forward(reader, back, exchange, asking=True),
                    self._forward(there, writer, exchange, asking=False),
                )
            finally:
                back.close()
        except (OSError, asyncio.CancelledError):
            pass  # one of the two has left
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _forward(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        exchange: list[list[float]],
        *,
        asking: bool,
    ) -> None:
        """Forward each piece half a round trip after its arrival, without delaying the next one."""
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                if not data:
                    target.write_eof()
                    return
                target.write(data)
                await target.drain()

        delivery = asyncio.ensure_future(deliver())
        try:
            while True:
                data = await source.read(1 << 18)
                now = self._loop.time()
                if asking and data:
                    if (
                        not exchange or exchange[-1][1] > 0
                    ):  # the one before was answered: a new question
                        exchange.append([now, 0.0])
                        self._exchanges.append(exchange[-1])
                elif data and exchange:
                    exchange[-1][1] = now + self._half
                queue.put_nowait((now + self._half, data))
                if not data:
                    break
            await delivery
        finally:
            delivery.cancel()


@contextmanager
def latency_proxy(port: int, seconds: float = 0.05) -> Iterator[LatencyProxy]:
    """The server at `port`, `seconds` away."""
    with LatencyProxy(port, seconds) as proxy:
        yield proxy
