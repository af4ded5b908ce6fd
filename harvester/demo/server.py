"""A server on loopback that misbehaves on demand: its thread, its log, and all that faults do on the wire.

It knows no page of anybody: what is asked and how that is answered is the business of the site that it serves.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import struct
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import cycle
from random import Random
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from harvester.demo.faults import Asked, Fault, Place, choose, cut_point, redesigned

HTML = "text/html;charset=UTF-8"
_MAINTENANCE = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="UTF-8"><title>시스템 점검 중</title></head>
<body><div class="error_wrap"><h1>시스템 점검 중입니다</h1>
<p>보다 나은 서비스를 위하여 시스템 점검 중입니다.</p></div></body></html>
"""
_STATUSES = {"429": 429, "503": 503, "500": 500, "404": 404}
# The address of "offsite" is loopback too, and nothing listens there: whoever follows it fails, and harms nobody.
_REDIRECTS: Mapping[str, str] = {"login": "/login", "offsite": "http://127.0.0.2:9/"}
_TRICKLES = 20
_FLOOD = 64 * 1024  # bytes at a time

Asking = Literal["listing", "release", "viewer", "file", "robots", "board", "post", "other"]
_ASKING: Mapping[Place, Asking] = {
    "list": "listing",
    "view": "release",
    "viewer": "viewer",
    "file": "file",
    "robots": "robots",
    "board": "board",
    "post": "post",
    "other": "other",
}


@dataclass(frozen=True)
class Seen:
    """One request the site got, and what became of it. `status` is 0 where no answer was given at all.

    `news_id` is the release a page, a file or a viewer belongs to (of a post its own number), `page` that of a listing
    or of a viewer.
    """

    method: str
    kind: Asking
    path: str
    form: Mapping[str, str]
    news_id: str | None
    since: date | None
    until: date | None
    page: int | None
    status: int
    fault: str | None
    at: float
    user_agent: str
    board: str | None = None

    @property
    def days(self) -> tuple[date, date] | None:
        """The days a listing request asked for, both included; None where it sent no dates or is no listing."""
        return None if self.since is None or self.until is None else (self.since, self.until)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before it goes out."""

    body: bytes
    status: int = 200
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A request, understood: what the faults choose by, and how it is answered under a fault or under none."""

    asked: Asked
    answer: Callable[[Fault | None], Answer]


class Server(ABC):
    """Serves on loopback, in a thread of its own. Use as a context manager, or with start() and stop().

    `port=0` takes a free port at the first start; later starts take the same one again.
    """

    def __init__(self, faults: Iterable[Fault] = (), port: int = 0) -> None:
        self.port = port
        self._lock = threading.Lock()
        self._log: list[Seen] = []
        self._attempts: Counter[str] = Counter()
        self._faults: tuple[Fault, ...] = tuple(faults)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @abstractmethod
    def read(self, method: str, path: str, form: Mapping[str, str]) -> Reading:
        """What a request asks for. Only the server's thread comes here, and into the answer."""

    # --- for the tests ---

    @property
    def url(self) -> str:
        if self.port == 0:
            raise RuntimeError("the site has no address before it is started")
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[Seen]:
        """Every request so far, oldest first (a copy: it does not grow)."""
        with self._lock:
            return list(self._log)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._faults

    @faults.setter
    def faults(self, faults: Iterable[Fault]) -> None:
        """Replace the faults; the counting of tries starts anew."""
        with self._lock:
            self._faults = tuple(faults)
            self._attempts.clear()

    def clear_log(self) -> None:
        """Forget the requests seen. Tries go on being counted: use `faults` to start them anew."""
        with self._lock:
            self._log.clear()

    def start(self) -> Self:
        """Serve, in a thread of its own; returns when the port answers."""
        if self._thread is not None:
            raise RuntimeError("the site is running already")
        ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="mini-korea.kr", daemon=True)
        self._thread.start()
        try:
            self.port = ready.result(timeout=10)
        except BaseException:
            self._thread.join(timeout=5)
            self._thread = None
            raise
        return self

    def stop(self) -> None:
        """Stop serving, drop what is open, and free the port. Stopping twice is no mistake."""
        thread, loop, stopping = self._thread, self._loop, self._stopping
        if thread is None:
            return
        if loop is not None and stopping is not None:
            with contextlib.suppress(RuntimeError):  # the loop may have closed by itself
                loop.call_soon_threadsafe(stopping.set)
        thread.join(timeout=10)
        self._thread = self._loop = self._stopping = None

    def restart(self) -> Self:
        """Stop, and serve again on the same port."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- the server ---

    def _run(self, ready: Future[int]) -> None:
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: Future[int]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.1)
        try:
            await runner.setup()
            # Loopback only, always: this site is for nobody else.
            site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True, backlog=512)
            await site.start()
        except BaseException as error:
            await runner.cleanup()
            ready.set_exception(error)
            return
        ready.set_result(int(runner.addresses[0][1]))
        await self._stopping.wait()
        await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        form = {key: str(value) for key, value in request.query.items()}
        posted = request.method == "POST"
        if posted:
            form |= {key: str(value) for key, value in (await request.post()).items()}
        reading = self.read(request.method, request.path, form)
        key = reading.asked.key
        with self._lock:
            self._attempts[key] += 1
            fault = choose(self._faults, reading.asked, self._attempts[key])
        answer = _instead_of_answer(fault, key) or reading.answer(fault)
        self._note(request, form, reading.asked, answer, fault)
        return await self._send(request, answer, fault)

    def _note(
        self, request: web.BaseRequest, form: Mapping[str, str], asked: Asked, answer: Answer, fault: Fault | None
    ) -> None:
        # Before anything is sent, so that whoever has an answer finds the request in the log.
        silent = fault is not None and fault.kind in ("reset", "stall")
        seen = Seen(
            method=request.method,
            kind=_ASKING[asked.kind],
            path=request.path,
            form=form,
            news_id=asked.news_id,
            since=asked.since if asked.has_dates else None,
            until=asked.until if asked.has_dates else None,
            page=asked.page if asked.kind in ("list", "viewer", "board") else None,
            status=0 if silent else answer.status,
            fault=fault.kind if fault else None,
            at=time.monotonic(),
            user_agent=request.headers.get("User-Agent", ""),
            board=asked.board,
        )
        with self._lock:
            self._log.append(seen)

    # --- sending it ---

    async def _send(self, request: web.BaseRequest, answer: Answer, fault: Fault | None) -> web.StreamResponse:
        kind = fault.kind if fault else None
        seconds = fault.seconds if fault else 0.0
        if kind == "stall":
            await self._wait(seconds)
        if kind in ("reset", "stall"):
            _drop(request, hard=kind == "reset")
            return web.Response()  # goes nowhere: the connection is gone
        headers = {"Content-Type": answer.content_type, **answer.headers}
        body = answer.body
        if kind == "truncated-encoding":
            body = gzip.compress(body, compresslevel=1)
            body, headers["Content-Encoding"] = body[: len(body) // 2], "gzip"
        if kind == "damaged-encoding":
            body, headers["Content-Encoding"] = gzip.compress(body)[:10] + body[:1000], "gzip"
        if kind in ("endless", "trickle"):
            return await self._send_for_ever(request, replace(answer, body=body, headers=headers), kind, seconds)
        if kind not in ("slow", "truncated", "reset-midway"):
            return web.Response(body=body, status=answer.status, headers=headers)
        return await self._send_in_pieces(request, replace(answer, body=body, headers=headers), kind, seconds)

    async def _send_in_pieces(
        self, request: web.BaseRequest, answer: Answer, kind: str, seconds: float
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_length = len(answer.body)
        await response.prepare(request)
        if kind != "slow":
            await response.write(answer.body[: len(answer.body) // 2])
            # What was written has to leave before the connection is dropped, or there is no "midway".
            await self._wait(0.02)
            _drop(request, hard=kind == "reset-midway")
            return response
        step = max(len(answer.body) // _TRICKLES, 1)
        with contextlib.suppress(ConnectionError):  # the other side may lose patience
            for start in range(0, len(answer.body), step):
                await response.write(answer.body[start : start + step])
                await self._wait(seconds / _TRICKLES)
            await response.write_eof()
        return response

    async def _send_for_ever(
        self, request: web.BaseRequest, answer: Answer, kind: str, seconds: float
    ) -> web.StreamResponse:
        """The answer over and over: as a flood, or a byte at a time."""
        assert self._stopping is not None
        body = answer.body or b" "
        pieces = (body * (_FLOOD // len(body) + 1),) if kind == "endless" else tuple(bytes([byte]) for byte in body)
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.enable_chunked_encoding()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # nobody can hold out
            for piece in cycle(pieces):
                if self._stopping.is_set():
                    break
                await response.write(piece)
                # Even a flood leaves the site time for others.
                await self._wait(seconds / _TRICKLES if kind == "trickle" else 0.001)
        _drop(request, hard=False)
        return response

    async def _wait(self, seconds: float) -> None:
        """Wait, but not longer than the site runs."""
        assert self._stopping is not None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def spoiled_page(page: bytes, fault: Fault | None) -> Answer:
    """A page of HTML, with what faults do to any such page; those that a page cannot suffer are never chosen for it."""
    if fault is not None and fault.kind in ("redesign", "view-redesign"):
        page = redesigned(page)
    elif fault is not None and fault.kind == "truncated-clean":
        page = page[: cut_point(page)]
    return Answer(page)


def _instead_of_answer(fault: Fault | None, key: str) -> Answer | None:
    """The answer of a fault that does not care what was asked."""
    if fault is None:
        return None
    name, _, retry = fault.kind.partition("-")
    if name in _STATUSES:
        headers = {"Retry-After": str(round(fault.seconds))} if retry else {}
        status = _STATUSES[name]
        return Answer(f"<html><body><h1>{status}</h1></body></html>\n".encode(), status=status, headers=headers)
    if fault.kind in _REDIRECTS:
        return Answer(b"", status=302, headers={"Location": _REDIRECTS[fault.kind]})
    if fault.kind == "garbage":
        return Answer(Random(f"{fault.seed}{key}").randbytes(3000))
    return Answer(_MAINTENANCE.encode()) if fault.kind == "maintenance" else None


def _drop(request: web.BaseRequest, *, hard: bool) -> None:
    """End the connection: hard with a reset, as firewalls do, else with a mere close."""
    transport = request.transport
    if transport is None:
        return
    if not hard:
        transport.close()
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        # Lingering for no time turns the close into a reset.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
