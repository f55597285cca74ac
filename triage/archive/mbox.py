# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Local mbox files, plain or gzipped, read as mboxrd: a `From ` line with a time, before a header line, starts a mail.

Source: mbox(5) and https://www.mailarchive.org/mboxrd; `>From ` loses one `>`. A file that grew is read from where the
last run stopped; one that was rewritten is read again from its start.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from email.utils import mktime_tz, parsedate_tz
from hashlib import sha256
from pathlib import Path

from triage.archive import Walk
from triage.archive.local import arrived
from triage.model import MAX_MAIL, blob_id
from triage.model.archive import Entry, Item
from triage.model.errors import ArchiveError
from triage.model.expression import expression

_FROM = expression(rb"\nFrom [^\n]{0,200}?[0-9]{2}:[0-9]{2}(?::[0-9]{2})?[^\n]{0,100}\n(?=[!-9;-~]+:|>From )")
_FORMAT_PATCH = expression(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001")
_QUOTED_FROM = expression(rb"^>(>*From )", re.MULTILINE)
_UNQUOTED_FROM = expression(rb"(?m)^(>*From )")
_BLOCK = 1 << 20
_HEAD = 4096
_SPAN = 1024
"""More bytes than a separator with the line behind it that tells it is one."""
OUT_OF_ORDER = 50
"""Older mails in a row that end the newest ones."""
MAX_RATIO = 200
RATIO_FREE = 64 * 1024 * 1024


class Mbox:
    """One mbox file; its only unit is the file itself, locators are `offset+length` in the unpacked bytes."""

    kind = "mbox"

    def __init__(self, path: Path) -> None:
        self.path = path

    def units(self) -> list[str]:
        """Return the file's name."""
        return [self.path.name]

    def stamp(self, unit: str) -> str:
        """Return size and time of the file; raises `ArchiveError`."""
        try:
            stat = self.path.stat()
        except OSError as error:
            raise ArchiveError(f"cannot read {self.path}", error.strerror or "unknown reason") from error
        return f"{stat.st_size}.{stat.st_mtime_ns}"

    def walk(self, unit: str, cursor: str) -> Walk:
        """Return the mails behind `cursor`: digest of the file's start, then `offset+length` and blob of the last mail read,
        both of which must still stand there.
        """
        stamp = self.stamp(unit)
        offset, rewritten = 0, False
        if cursor:
            start_digest, locator, blob = cursor.split(":")
            start, _, length = locator.partition("+")
            last = _mail(self._slice(int(start), int(length)), int(start))
            offset = int(start) + int(length)
            following = self._slice(offset, 5)
            rewritten = last.blob != blob or following not in (b"", b"From ") or self._start() != start_digest
        return Walk(self._items(0 if rewritten else offset), stamp, rewritten)

    def ahead(self, unit: str, cursor: str) -> int | None:
        """Return None: a file says how long it is, not how many mails it holds."""
        return None

    def size(self, unit: str) -> int:
        """Return how many mails the file holds."""
        number, rest = 0, b"\n"
        for block in self._blocks(0):
            rest += block
            end = 0
            for match in _FROM.finditer(rest):
                number, end = number + 1, match.end()
            rest = rest[max(end, len(rest) - _SPAN) :]
        return number

    def newest(self, unit: str, since: int, most: int) -> tuple[str, int] | None:
        """Return the cursor before the newest mails, looked for from the end of the file; None for a packed one."""
        if self._gzipped():
            return None
        number, older, end, last = 0, 0, self.path.stat().st_size, ("", 0)
        for start in self._backwards():
            is_old = self._when(start) < since
            if number >= most or (is_old and not older):
                before = _mail(self._slice(start, end - start), start)
                last = (f"{self._start()}:{before.locator}:{before.blob}", number)
            older = older + 1 if is_old else 0
            if number >= most or older > OUT_OF_ORDER:
                return last
            number, end = number + 1, start
        return last if older else ("", number)

    def _backwards(self) -> Iterator[int]:
        """Yield where each mail of a plain file starts, the last first."""
        with self.path.open("rb") as file:
            end = self.path.stat().st_size
            while end > 0:
                begin = max(0, end - _BLOCK)
                file.seek(begin)
                part = file.read(end - begin + _SPAN)
                found = [begin + match.start() + 1 for match in _FROM.finditer(part) if match.start() < end - begin]
                yield from reversed(found)
                end = begin
        yield 0

    def _when(self, start: int) -> int:
        """Return when the mail at `start` was kept or, where nothing tells that, sent; where nothing tells either it counts as new."""
        head = self._slice(start, _HEAD)
        return _separator_time(head.partition(b"\n")[0]) or arrived(head.partition(b"\n")[2], 1 << 40)

    def cursor_after(self, unit: str, item: Item) -> str:
        """Return a cursor that knows how the file starts, where `item` lies and what it was."""
        return f"{self._start()}:{item.locator}:{item.blob}"

    def _start(self) -> str:
        """Return a digest of the first mail's first lines, which no growth changes."""
        head = self._slice(0, _HEAD)
        return sha256(head[: max(0, head.find(b"\n\n"))]).hexdigest()[:32]

    def _slice(self, start: int, length: int) -> bytes:
        out = b""
        position = 0
        for block in self._blocks(start):
            if not self._gzipped():
                position = start  # _blocks has sought there already
                out += block[: length - len(out)]
            else:
                out += block[max(0, start - position) : max(0, start + length - position)]
                position += len(block)
            if len(out) >= length:
                break
        return out

    def _gzipped(self) -> bool:
        try:
            with self.path.open("rb") as file:
                return file.read(2) == b"\x1f\x8b"
        except OSError as error:
            raise ArchiveError(f"cannot read {self.path}", error.strerror or "unknown reason") from error

    def _blocks(self, start: int) -> Iterator[bytes]:
        """Yield unpacked bytes; from `start` for a plain file, from 0 for a packed one. Bounds what gzip may blow up (M12)."""
        packed = self._gzipped()
        with self.path.open("rb") as file:
            if not packed:
                file.seek(start)
                while block := file.read(_BLOCK):
                    yield block
                return
            unpack = zlib.decompressobj(wbits=31)
            read = written = 0
            while block := file.read(_BLOCK):
                read += len(block)
                while block:
                    try:
                        data = unpack.decompress(block, _BLOCK)
                    except zlib.error as error:
                        raise ArchiveError(f"{self.path} is not a sound gzip file", f"{error}; fetch it again") from error
                    written += len(data)
                    if written > RATIO_FREE and written > read * MAX_RATIO:
                        raise ArchiveError(f"{self.path} unpacks to more than 200 times its size", "unpack it by hand if it is wanted")
                    yield data
                    block = unpack.unconsumed_tail
                    if unpack.eof and unpack.unused_data:
                        block, unpack = unpack.unused_data, zlib.decompressobj(wbits=31)
            if not unpack.eof:
                raise ArchiveError(f"{self.path} is cut short", "the mails before the cut were kept; fetch the file again")

    def _items(self, offset: int) -> Iterator[Item]:
        """Yield the mails from `offset` on; the last one only once its file is read to a sound end."""
        skip = offset if self._gzipped() else 0
        buffer = b""
        base = offset
        searched = 0
        for block in self._blocks(offset):
            if skip:
                taken = min(skip, len(block))
                block, skip = block[taken:], skip - taken  # noqa: PLW2901
            buffer += block
            while match := _FROM.search(buffer, max(1, searched)):
                yield _mail(buffer[: match.start() + 1], base)
                base += match.start() + 1
                buffer = buffer[match.start() + 1 :]
                searched = 0
            searched = max(0, buffer.rfind(b"\n", 0, max(0, len(buffer) - 1)) - 1)
            if len(buffer) > 4 * MAX_MAIL:
                raise ArchiveError(f"{self.path} is not an mbox", "no `From ` line in 100 MiB")
        if base == 0 and buffer.strip() and not buffer.startswith(b"From "):
            raise ArchiveError(f"{self.path} is not an mbox", "its first line does not start with `From `")
        if buffer.strip():
            yield _mail(buffer, base)

    def read(self, unit: str, items: list[Item]) -> Iterator[tuple[Item, bytes | None]]:
        """Yield the bytes that the walk brought along."""
        for item in items:
            content = item.content
            yield item, content if content is not None and len(content) <= MAX_MAIL else None

    def has_any(self, unit: str, blobs: list[str]) -> bool:
        """Say no: a file misses no bytes of what it holds."""
        return False

    def fetch(self, unit: str, locator: str, blob: str) -> bytes:
        """Return one mail's bytes by its byte range."""
        start, _, length = locator.partition("+")
        item = _mail(self._slice(int(start), int(length)), int(start))
        if item.blob != blob or item.content is None:
            raise ArchiveError(f"{self.path} was rewritten since it was read", "run `triage ingest`")
        return item.content

    def fetch_all(self, unit: str, places: list[tuple[str, str]]) -> Iterator[bytes | None]:
        """Yield the bytes of mails by locator and blob, None for one that is not there any more."""
        for locator, blob in places:
            try:
                yield self.fetch(unit, locator, blob)
            except ArchiveError:
                yield None


def split_mbox(content: bytes) -> list[bytes]:
    """Return the mails of an mbox that is in memory, unquoted."""
    starts = [0, *(match.start() + 1 for match in _FROM.finditer(content))]
    chunks = [content[begin:end] for begin, end in zip(starts, [*starts[1:], len(content)], strict=True)]
    return [item.content for item in (_mail(chunk, 0) for chunk in chunks) if item.content]


def mboxrd(mails: Sequence[bytes]) -> bytes:
    """Return mails as an mboxrd, in which a line that begins with any number of `>` and `From ` gets one more `>`."""
    return b"".join(
        b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + _UNQUOTED_FROM.sub(rb">\1", content).rstrip(b"\n") + b"\n\n" for content in mails
    )


def _mail(chunk: bytes, offset: int) -> Item:
    separator, _, content = chunk.partition(b"\n") if chunk.startswith(b"From ") else (b"", b"", chunk)
    if content.endswith(b"\n\n"):
        content = content[:-1]  # the blank line belongs to the mbox
    content = _QUOTED_FROM.sub(rb"\1", content)
    return Item(Entry.MAIL, f"{offset}+{len(chunk)}", blob_id(content), _separator_time(separator), content)


def _separator_time(separator: bytes) -> int:
    """Return the time of a `From sender Thu Jan  1 00:00:00 1970` line, 0 where it has none; what git format-patch puts there is none."""
    if _FORMAT_PATCH.match(separator):
        return 0
    words = separator.decode("ascii", "replace").split(" ", 2)
    parts = parsedate_tz(words[2]) if len(words) == 3 else None
    try:
        seconds = int(mktime_tz(parts)) if parts else 0
    except (ValueError, OverflowError):
        return 0
    return seconds if seconds > 86400 else 0
