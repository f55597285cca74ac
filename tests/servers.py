# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real public-inbox behind its real HTTP server on loopback, and a server that misbehaves as it is told."""

import os
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One inbox called `test`, written by public-inbox's own programs and served by public-inbox-httpd."""

    def __init__(self, folder: Path, level: str = "basic") -> None:
        folder.mkdir()
        self.inbox = folder / "inbox"
        self.level = level
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/test/"
        self.home = folder
        self.env = os.environ | {"HOME": str(folder), "PI_CONFIG": str(folder / "config"), "ORIGINAL_RECIPIENT": "test@example.org"}
        self.call("public-inbox-init", "-V2", "-L", level, "test", str(self.inbox), self.url, "test@example.org")
        subprocess.run(["git", "config", "-f", self.env["PI_CONFIG"], "publicinboxmda.spamcheck", "none"], check=True)
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, *words: str, stdin: bytes = b"", **more: str) -> None:
        done = subprocess.run(words, input=stdin, capture_output=True, env=self.env | more)
        assert done.returncode == 0, done.stderr.decode()

    def deliver(self, *mails: bytes) -> None:
        for content in mails:
            self.call("public-inbox-mda", "--no-precheck", stdin=content)

    def index(self) -> None:
        self.call("public-inbox-index", "-L", self.level, str(self.inbox))

    def start(self) -> None:
        log = self.home / "httpd.log"
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                ["public-inbox-httpd", "-l", f"http://127.0.0.1:{self.port}", "-W0"], env=self.env, stdout=out, stderr=out
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        pytest.fail(f"public-inbox-httpd never answered: {log.read_text('utf-8')}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()


@contextmanager
def misbehaving(answer: Callable[..., None], heads: list[bytes] | None = None) -> Iterator[str]:
    """Serve every connection by one function on loopback; yields the address of a list there, and keeps what was asked."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.settimeout(10)
                received = b""
                while b"\r\n\r\n" not in received:
                    part = self.request.recv(65536)
                    if not part:
                        return
                    received += part
                if heads is None:
                    answer(self.request)
                else:
                    heads.append(received)
                    answer(self.request, received)

    class Threads(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Threads(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/test/"
        server.shutdown()
        thread.join()


def answers(head: str, body: bytes = b"") -> Callable[[socket.socket], None]:
    """Return an answer for `misbehaving`."""
    return lambda client: client.sendall(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode() + body)
