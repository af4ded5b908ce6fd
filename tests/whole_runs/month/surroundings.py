"""What stands around the command: the disk it writes to, and somebody who is told of trouble."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LEFT_FREE = 20 * 1024
"""Bytes that a full disk still has: less than one page of the site needs."""


class Disk:
    """A small file system of its own where we may make one; else a limit of what a file may hold stands in for it."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._size = megabytes
        self._ballast = folder / "ballast"
        self._mounted = False
        self.is_full = False
        self.largest_file: int | None = None
        """For runs, where there is no file system to be filled."""

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={self._size}m", "tmpfs", str(self.folder)]
        self._mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)

    def fill(self) -> None:
        """Take all there is but a little; what a run freed since the last time, too."""
        self.is_full = True
        if not self._mounted:
            self.largest_file = LEFT_FREE
            return
        room = os.statvfs(self.folder)
        free = room.f_bavail * room.f_frsize - LEFT_FREE
        if free > 0:
            with self._ballast.open("ab") as ballast:
                os.posix_fallocate(ballast.fileno(), ballast.tell(), free)

    def free(self) -> None:
        self.is_full = False
        self.largest_file = None
        self._ballast.unlink(missing_ok=True)


@dataclass(frozen=True)
class Message:
    """What somebody was told, and in which run."""

    run: int
    kind: str
    title: str
    body: str


@dataclass
class Recorder:
    """A webhook on loopback: whoever is told of trouble. `run` is the number of the run under way."""

    run: int = 0
    messages: list[Message] = field(default_factory=list)

    def __enter__(self) -> Self:
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                message = Message(recorder.run, told.get("type", ""), told.get("title", ""), told.get("message", ""))
                recorder.messages.append(message)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self._server.server_port}/told"
