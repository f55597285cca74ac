# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lore server (public-inbox's WWW) as a source: a list mirrored by git, what a search finds since a day, or one thread.

Source: public-inbox's `/INBOX/manifest.js.gz`, `/INBOX/?q=…&x=m` and `/INBOX/MSGID/t.mbox.gz`, as its WWW documentation has them.
"""

import json
import re
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from urllib.parse import quote, urlsplit

from triage import git
from triage.archive.http import Limits, fetch, unpack
from triage.archive.mbox import Mbox
from triage.model.archive import Entry
from triage.model.errors import NetworkError, UsageError

MAX_EPOCHS = 200
MAX_MANIFEST = 16 * 1024 * 1024
FETCH_SECONDS = 3 * 3600
"""Seconds that all epochs of a list may take in one run."""
OVERLAP = 2 * 86400
"""Seconds that a search goes back behind the last one: servers index late."""


def mirror(path: Path, url: str, known: dict[str, str], limits: Limits | None = None) -> dict[str, str]:
    """Fetch every epoch that changed into `path`; returns the fingerprints to hand in next time. Raises `NetworkError`."""
    epochs = manifest(url, limits)
    seen = dict(known)
    deadline = time.monotonic() + FETCH_SECONDS
    scheme, host = urlsplit(url)[:2]
    for number, (key, fingerprint) in sorted(epochs.items()):
        git_dir = path / "git" / f"{number}.git"
        if known.get(str(number)) == fingerprint and (git_dir / "HEAD").is_file():
            continue
        git.make_bare(git_dir)
        address = f"{scheme}://{host}{quote(key)}"
        git.fetch(git_dir, address, max(1.0, deadline - time.monotonic()))
        git.tidy(git_dir)
        refs = git.read(git_dir, "show-ref", ok=(0, 1))
        if not refs:
            raise NetworkError(f"{address} has no mail", "the server announces it and sends nothing; try again later")
        # a server may announce what it does not send yet: only what is here counts as known
        if sha1(refs.encode(), usedforsecurity=False).hexdigest() == fingerprint:
            seen[str(number)] = fingerprint
    return seen


def manifest(url: str, limits: Limits | None = None) -> dict[int, tuple[str, str]]:
    """Return a list's repositories by epoch: path on the server, and fingerprint of their branches. Raises `NetworkError`."""
    at = f"{url.rstrip('/')}/manifest.js.gz"
    packed = fetch(at, limits=limits)
    assert packed is not None
    try:
        rows = json.loads(unpack(packed, at, MAX_MANIFEST))
        prefix = urlsplit(url).path.rstrip("/")
        found: dict[int, tuple[str, str]] = {}
        for key, row in rows.items():
            epoch = re.fullmatch(rf"{re.escape(prefix)}/git/([0-9]{{1,4}})\.git", key)
            if epoch or key == prefix:
                found[int(epoch[1]) if epoch else 0] = (key, str(row.get("fingerprint") or row.get("modified") or ""))
    except (ValueError, AttributeError, RecursionError) as error:
        raise NetworkError(f"{at} is not a manifest", "is this the address of a list on a public-inbox server?") from error
    if not found or len(found) > MAX_EPOCHS:
        raise NetworkError(f"{at} names {len(found)} repositories of this list", "is this the address of a list?")
    return found


def search(url: str, since: int, limits: Limits | None = None) -> Iterator[bytes]:
    """Yield the mails that came to a list since a time, none twice; raises `NetworkError`."""
    at = f"{url.rstrip('/')}/?q=rt:{since}..&x=m"
    packed = fetch(at, post=True, limits=limits, none=b"No results found")
    if packed is not None:
        yield from split(unpack(packed, at), at)


def thread(url: str, limits: Limits | None = None) -> Iterator[bytes]:
    """Yield the mails of a thread; raises `NetworkError`."""
    at = f"{url.rstrip('/')}/t.mbox.gz"
    packed = fetch(at, limits=limits)
    assert packed is not None
    yield from split(unpack(packed, at), at)


def split(content: bytes, at: str) -> Iterator[bytes]:
    """Yield the mails of an mbox; raises `NetworkError` for what is none."""
    if not content.startswith(b"From "):
        raise NetworkError(f"{at} sent something else than mail", "a page for people, perhaps: open it in a browser")
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        path = Path(folder) / "mbox"
        path.write_bytes(content)
        for item in Mbox(path).walk("mbox", "").items:
            if item.entry is Entry.MAIL and item.content is not None:
                yield item.content


def source_of(address: str, since: str) -> str:
    """Return the source that an address names: `thread:`, `search:DAY:` or `mirror:`; raises `UsageError` for what is none."""
    parts = urlsplit(address)
    path = [part for part in parts.path.split("/") if part]
    try:
        sound = bool(parts.hostname) and not (parts.username or parts.password or parts.query or parts.fragment) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not path or not re.fullmatch(r"[!-~]+", address):
        raise UsageError(
            f"{address!r} is not an address of a list", "give https://HOST/LIST/, or https://HOST/LIST/MESSAGE-ID/ for one thread"
        )
    base = f"{parts.scheme}://{parts.netloc}"
    if path[-1] in {"t", "T", "raw", "t.mbox.gz"}:
        path.pop()
    whole = f"{base}/{'/'.join(path)}/"
    if len(path) > 1 and re.search("@|%40", path[-1]):
        if since:
            raise UsageError("--since goes with the address of a list", "a thread is always fetched whole")
        return f"thread:{whole}"
    return f"search:{since}:{whole}" if since else f"mirror:{whole}"
