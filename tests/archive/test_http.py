# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server may do to us: nothing unbounded, nowhere else, without our passwords, and one sentence on it."""

import gzip
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from socket import socket

import pytest

from tests.conftest import Run
from tests.servers import answers, misbehaving
from triage.archive.http import Limits, fetch, unpack
from triage.model.errors import ConfigError, NetworkError

QUICK = Limits(connect=2, read=1, total=3, size=1 << 20, waits=(0.05,))


def drip(client: socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        client.sendall(b"X: y\r\n")
        threading.Event().wait(0.2)


def endless(client: socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(b"x" * 65536)


def silent(client: socket) -> None:
    threading.Event().wait(20)


@pytest.mark.parametrize(("answer", "says"), [
    (answers("302 Found\r\nLocation: file:///etc/passwd"), "redirects to another place"),
    (answers("302 Found\r\nLocation: http://127.0.0.2/test/"), "redirects to another place"),
    (answers("302 Found\r\nLocation: https://127.0.0.1/test/"), "redirects to another place"),
    (answers("302 Found\r\nLocation: /test/again"), "redirects more than 3 times"),
    (answers("200 OK\r\nContent-Length: 100", b"short"), "cut short|cannot reach"),
    (answers("503 Busy"), "answered 503"), (answers("429 Slow down"), "answered 429"), (answers("403 No"), "answered 403"),
    (drip, "did not answer in full"), (silent, "cannot reach|did not answer"), (endless, "more than 1 MiB"),
    (lambda client: client.sendall(b"\x00\xff nonsense\r\n\r\n"), "cannot reach"), (lambda client: client.close(), "cannot reach"),
])  # fmt: skip
def test_whatever_a_server_does_is_bounded_and_one_sentence(answer: Callable[[socket], None], says: str) -> None:
    with misbehaving(answer) as url, pytest.raises(NetworkError, match=says):
        fetch(f"{url}manifest.js.gz", limits=QUICK)


@pytest.mark.parametrize(("head", "says"), [
    ("404 Not Found", "nothing is at .*manifest.js.gz: it answered 404: check the address"), ("410 Gone", "it answered 410"),
    ("200 OK\r\nX-Archive-Coverage: Partial; updated=1790000000", "is a partial mirror, and mail would be missed"),
])  # fmt: skip
def test_what_no_later_run_mends_is_no_reason_to_try_again(head: str, says: str, run: Run) -> None:
    with misbehaving(answers(head, b"")) as url:
        run("add", "test", url, "--policy", "qemu")
        done = run("ingest")
    assert re.search(says, done.err)
    assert done.code == 78


def test_a_busy_server_is_asked_again() -> None:
    asked = []

    def busy(client: socket) -> None:
        asked.append(1)
        answers("503 Busy")(client) if len(asked) == 1 else answers("200 OK", b"fine")(client)

    with misbehaving(busy) as url:
        assert fetch(url, limits=QUICK) == b"fine"


def test_no_password_of_the_user_is_sent(isolated: Path) -> None:
    seen: list[bytes] = []
    (isolated / ".netrc").write_text("machine 127.0.0.1 login ada password word\n", "utf-8")
    (isolated / ".netrc").chmod(0o600)

    def note(client: socket) -> None:
        answers("200 OK", b"fine")(client)

    import socketserver

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while (line := self.rfile.readline()).strip():
                seen.append(line)
            note(self.request)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert fetch(f"http://127.0.0.1:{server.server_address[1]}/", limits=QUICK) == b"fine"
    assert seen
    assert not any(line.lower().startswith(b"authorization") for line in seen)


@pytest.mark.parametrize(("packed", "says"), [
    (b"<html>a challenge</html>", "something else than gzip"), (gzip.compress(b"x" * 999)[:-9], "cut short"),
    (gzip.compress(b"\x00" * (2 << 20)), "unpacks to more than 1 MiB"), (b"\x1f\x8b" + b"\xff" * 40, "broken gzip"),
], ids=["a page", "cut", "a bomb", "broken"])  # fmt: skip
def test_what_a_server_packed_is_unpacked_within_bounds(packed: bytes, says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        unpack(packed, "there", 1 << 20)


def test_many_empty_gzip_members_cost_no_more_than_their_bytes() -> None:
    packed = gzip.compress(b"") * 200_000
    started = time.process_time()
    assert unpack(packed, "there") == b""
    assert time.process_time() - started < 5  # quadratic: minutes


def test_git_sends_no_password_and_asks_nobody(isolated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    (isolated / ".netrc").write_text("default login ada password word\n", "utf-8")
    (isolated / ".netrc").chmod(0o600)
    (tmp_path / "ask").write_text(f"#!/bin/sh\ntouch {tmp_path / 'asked'}\necho word\n", "utf-8")
    (tmp_path / "ask").chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(tmp_path / "ask"))
    heads: list[bytes] = []

    def refuse(client: socket, head: bytes = b"") -> None:
        if b"manifest" in head:
            answers("200 OK", gzip.compress(b'{"/test/git/0.git": {"fingerprint": "x"}}'))(client)
        else:
            answers('401 Who?\r\nWWW-Authenticate: Basic realm="x"')(client)

    with misbehaving(refuse, heads) as url:
        run("add", "w", url, "--policy", "linux-kernel")
        assert run("ingest").code == 75
    assert len(heads) >= 2
    assert not any(b"authorization" in head.lower() for head in heads)
    assert not (tmp_path / "asked").exists()


def test_a_partial_mirror_that_finds_nothing_is_no_search_without_hits() -> None:
    partial = answers("404 None\r\nX-Archive-Coverage: partial", b"No results found")
    with misbehaving(partial) as url, pytest.raises(ConfigError, match="partial mirror"):
        fetch(url, post=True, limits=QUICK, none=b"No results found")
