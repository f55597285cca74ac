# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounded HTTP: what a server may send, how long it may take and where it may send us are all limited (threat A7).

liblore's client has no cap on sizes and follows redirects anywhere; its pure functions are used elsewhere. The one place that
imports requests.
"""

import threading
import time
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from triage.model.errors import ConfigError, NetworkError, TriageError

if TYPE_CHECKING:
    import requests

CONNECT = 5.0
READ = 30.0
TOTAL = 120.0
MAX_BYTES = 256 * 1024 * 1024
MAX_REDIRECTS = 3
AGAIN = {429, 500, 502, 503, 504}
WAITS = (1.0, 3.0)
"""Seconds before the second and third try; cron is the fourth."""
_BLOCK = 64 * 1024


class Limits(Struct, frozen=True):
    """Seconds and bytes that an answer may take."""

    connect: float = CONNECT
    read: float = READ
    total: float = TOTAL
    size: int = MAX_BYTES
    waits: tuple[float, ...] = WAITS


class _AgainError(NetworkError):
    """A server that may have an answer a little later."""


def fetch(url: str, post: bool = False, limits: Limits | None = None, none: bytes = b"") -> bytes | None:
    """Return the body at `url` as sent, None for a 404 that says `none`.

    Raises `ConfigError` for an address where nothing is and for a partial mirror (liblore's `X-Archive-Coverage`), which would
    be taken for the whole; `NetworkError` for all else that goes wrong.
    """
    bounds = limits or Limits()
    answer: list[bytes | None] = []
    trouble: list[TriageError] = []
    stop = threading.Event()

    def work() -> None:
        try:
            answer.append(_persistent(url, post, bounds, none, stop))
        except TriageError as error:
            trouble.append(error)

    # a server may drip its headers for ever, which no timeout of a socket ends: the thread is left to itself then
    thread = threading.Thread(target=work, daemon=True, name="triage-web")
    thread.start()
    thread.join(bounds.total)
    stop.set()
    if trouble:
        raise trouble[0]
    if not answer:
        raise NetworkError(f"{url} did not answer in full within {bounds.total:.0f} s", "the next run tries again")
    return answer[0]


def _persistent(url: str, post: bool, bounds: Limits, none: bytes, stop: threading.Event) -> bytes | None:
    for wait in bounds.waits:
        try:
            return _once(url, post, bounds, none, stop)
        except _AgainError:
            if stop.wait(wait):
                break
    return _once(url, post, bounds, none, stop)


def _once(url: str, post: bool, bounds: Limits, none: bytes, stop: threading.Event) -> bytes | None:
    import requests
    from urllib3.exceptions import HTTPError

    from triage.model.quiet import escape_libraries
    from triage.model.version import VERSION

    escape_libraries()
    session = requests.Session()
    session.auth = _nobody
    session.headers["User-Agent"] = f"patch-triage/{VERSION}"
    session.headers["Accept-Encoding"] = "identity"
    at = url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            timeout, method = (bounds.connect, bounds.read), "POST" if post else "GET"
            with session.request(method, at, data=b"" if post else None, stream=True, timeout=timeout, allow_redirects=False) as response:
                if response.is_redirect:
                    at = _redirected(at, response.headers.get("Location", ""))
                    continue
                if response.headers.get("X-Archive-Coverage", "").partition(";")[0].strip().lower() == "partial":
                    raise ConfigError(f"{at} is a partial mirror, and mail would be missed", "give the address of the whole archive")
                if response.status_code == 404 and none and none in _body(response, at, bounds, stop):
                    return None
                if response.status_code in {404, 410}:
                    raise ConfigError(f"nothing is at {at}: it answered {response.status_code}", "check the address")
                if response.status_code != 200:
                    kind = _AgainError if response.status_code in AGAIN else NetworkError
                    hint = "it has no search: leave --since out" if response.status_code == 501 else "check the address, or try again later"
                    raise kind(f"{at} answered {response.status_code}", hint)
                return _body(response, at, bounds, stop)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise NetworkError(f"cannot reach {at}", _reason(error)) from error
    raise NetworkError(f"{url} redirects more than {MAX_REDIRECTS} times", "give the address it ends at")


def _body(response: "requests.Response", at: str, bounds: Limits, stop: threading.Event) -> bytes:
    parts: list[bytes] = []
    size = 0
    deadline = time.monotonic() + bounds.total
    for part in response.raw.stream(_BLOCK, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > bounds.size:
            raise NetworkError(f"{at} sends more than {bounds.size >> 20} MiB", "ask for less, or mirror the list")
        if stop.is_set() or time.monotonic() > deadline:
            raise NetworkError(f"{at} did not answer in full within {bounds.total:.0f} s", "the next run tries again")
    wanted = response.headers.get("Content-Length", "")
    if wanted.isdigit() and int(wanted) != size:
        raise NetworkError(f"{at} was cut short: {size} of {wanted} bytes", "the next run tries again")
    return b"".join(parts)


def _nobody(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
    """Keep requests from taking a password out of ~/.netrc."""
    return request


def _redirected(at: str, location: str) -> str:
    """Return where a redirect leads; raises `NetworkError` where that is another host, port or scheme."""
    to = urljoin(at, location)
    old, new = urlsplit(at), urlsplit(to)
    if (old.scheme, old.netloc) != (new.scheme, new.netloc):
        raise NetworkError(f"{at} redirects to another place, {new.scheme}://{new.netloc}", "give that address if you trust it")
    return to


def _reason(error: Exception) -> str:
    inner = error.__cause__ or error.__context__ or error
    return str(getattr(inner, "reason", None) or error)[:200]


def unpack(packed: bytes, at: str, size: int = MAX_BYTES) -> bytes:
    """Return what gzip holds; raises `NetworkError` where it is none, is cut short or holds more than `size` bytes."""
    if packed[:2] != b"\x1f\x8b":
        raise NetworkError(f"{at} sent something else than gzip", "a page for people, perhaps: open it in a browser")
    out: list[bytes] = []
    left = size
    unpacker = zlib.decompressobj(wbits=31)
    for start in range(0, len(packed), _BLOCK):
        block = packed[start : start + _BLOCK]
        while block:
            if unpacker.eof:  # a gzip file may have several members
                unpacker = zlib.decompressobj(wbits=31)
            try:
                part = unpacker.decompress(block, left + 1)
            except zlib.error as error:
                raise NetworkError(f"{at} sent a broken gzip file", str(error)) from error
            out.append(part)
            left -= len(part)
            if left < 0:
                raise NetworkError(f"{at} unpacks to more than {size >> 20} MiB", "ask for less, or mirror the list")
            block = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not unpacker.eof:
        raise NetworkError(f"{at} sent a gzip file that is cut short", "the next run tries again")
    return b"".join(out)
