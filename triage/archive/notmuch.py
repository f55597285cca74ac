# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""notmuch's database as a source of mail, read only, and by choice as a place for flags: tags under `triage::`.

Source: notmuch-search-terms(7), `lastmod:`, and the notmuch2 bindings. The one place that imports them.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from triage.archive.local import MAX_COPIED
from triage.model.errors import ArchiveError, BusyError, ConfigError, UsageError

TAG = "triage::"


@contextmanager
def _opened(write: bool = False) -> Iterator[tuple[Any, Any]]:
    """Yield the bindings and the user's database; what goes wrong in either becomes a sentence."""
    try:
        import notmuch2
    except ImportError as error:
        hint = "`pip install 'patch-triage[notmuch]'` installs them; on Debian `apt install libnotmuch-dev gcc` goes before"
        raise ConfigError("notmuch's Python bindings are not there", hint) from error
    mode = notmuch2.Database.MODE.READ_WRITE if write else notmuch2.Database.MODE.READ_ONLY
    try:
        with notmuch2.Database(mode=mode) as database:
            yield notmuch2, database
    except (notmuch2.NoConfigError, notmuch2.NoDatabaseError, notmuch2.PathError, notmuch2.FileError) as error:
        raise ConfigError("notmuch has no database yet", "run `notmuch setup` and `notmuch new`") from error
    except notmuch2.XapianError as error:
        raise BusyError("notmuch's database changed while it was read, or another program writes it", "the next run goes on") from error
    except notmuch2.NotmuchError as error:
        raise ArchiveError("notmuch's database cannot be read", str(error)) from error


class Notmuch:
    """The mails that a notmuch query finds; `cursor` is `UUID:REVISION`, "" before the first reading."""

    def __init__(self, query: str) -> None:
        if not query.strip():
            raise UsageError("notmuch: needs a query", "e.g. notmuch:to:netdev@example.org")
        self.query = query
        self.left: list[str] = []
        self._next = ""

    def mails(self, cursor: str) -> Iterator[bytes]:
        """Yield every file of every mail that changed since `cursor`: copies of one Message-ID may differ.

        Raises `TriageError`, at the end also for mail none of whose files is where notmuch saw it: the cursor then stays.
        """
        lost: list[str] = []
        with _opened() as (bindings, database):
            query, self._next = self._since(cursor, database)
            oldest = bindings.Database.SORT.OLDEST_FIRST
            for message in database.messages(query, omit_excluded=bindings.Database.EXCLUDE.FALSE, sort=oldest):
                found = [self._file(Path(name)) for name in message.filenames()]
                if not any(content is not None for content in found):
                    lost.append(str(message.messageid))
                yield from (content for content in found if content)
        if lost:
            hint = "mount that, or run `notmuch new`; the other mails were taken"
            raise ArchiveError(f"{len(lost)} mails are not where notmuch saw them, first {lost[0]}", hint)

    def _file(self, path: Path) -> bytes | None:
        """Return a file's bytes, none for one that is no mail, None for one that is not there (any more); raises `ArchiveError`."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as file:
                about = os.fstat(descriptor)
                if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_COPIED:
                    self.left.append(str(path))
                    return b""
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ArchiveError(f"cannot read {path}", f"{error.strerror}; the next run tries again") from error

    def _since(self, cursor: str, database: Any) -> tuple[str, str]:
        """Return what finds the mails that changed behind `cursor`, and the cursor behind these."""
        revision = database.revision()
        now = revision.uuid.decode("ascii", "replace") if isinstance(revision.uuid, bytes) else str(revision.uuid)
        uuid, _, rev = cursor.partition(":")
        whole = "*" if self.query.strip() == "*" else f"({self.query})"  # a star in brackets finds nothing
        behind = f"{now}:{revision.rev}"
        if uuid != now or not rev:
            return whole, behind
        later = f"lastmod:{int(rev) + 1}.."
        return later if whole == "*" else f"{whole} and {later}", behind

    def cursor(self) -> str:
        """Return where the next reading goes on, once all of `mails` was taken."""
        return self._next

    def count(self, cursor: str) -> int:
        """Return how many mails there are to read; raises `TriageError`."""
        with _opened() as (bindings, database):
            query, _ = self._since(cursor, database)
            return int(database.count_messages(query, omit_excluded=bindings.Database.EXCLUDE.FALSE))


def set_tags(wanted: Mapping[str, frozenset[str]]) -> int:
    """Have notmuch's mails carry exactly these tags under `triage::`, by Message-ID; returns how many mails changed.

    Mails that notmuch does not have are passed over, other tags are left alone. Raises `TriageError`.
    """
    changed = 0
    with _opened(write=True) as (bindings, database), database.atomic():
        carriers = [tag for tag in map(str, database.tags) if tag.startswith(TAG)]
        query = " or ".join(f'tag:"{tag}"' for tag in carriers)
        tagged = [message.messageid for message in database.messages(query, omit_excluded=bindings.Database.EXCLUDE.FALSE)] if query else []
        for name in dict.fromkeys([*wanted, *tagged]):
            try:
                message = database.find(name)
            except LookupError:
                continue
            had = {str(tag) for tag in message.tags if str(tag).startswith(TAG)}
            should = wanted.get(name, frozenset())
            for tag in had - should:
                message.tags.discard(tag)
            for tag in should - had:
                message.tags.add(tag)
            changed += had != should
    return changed
