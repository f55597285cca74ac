# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits of a clone and the mails that they were applied from, either way: by patch-id, by the mail that a trailer names, by title."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from triage import git
from triage.archive.commits import Tree, read_named
from triage.mail.headers import message_ids
from triage.mail.message import Read
from triage.mail.patch import unquoted
from triage.model import Message, rfc3339
from triage.model.errors import UsageError
from triage.model.expression import expression
from triage.model.series import title_key
from triage.store import queries
from triage.store.schema import Index
from triage.store.statement import chunks

if TYPE_CHECKING:
    from triage.model.shapes.series import CommitShape

PATCH_ID = "patch-id"
CHANGED = "title and author"
SURE = 3
"""How sure a patch-id is; a trailer is 2, title and author are 1."""
AT_ONCE = 500
"""Commits whose changes are read at once."""
DAY = 86400
_URL_ID = expression(r"https?://[^\s]+?/([^/\s@]+@[^/\s]+)/?")


class Matched(Struct, frozen=True):
    """A commit, and the mail that it was applied from."""

    commit: str
    message_id: str
    how: str
    """`patch-id`, or the trailer that names the mail."""
    series: int
    time: int
    """When it was committed, seconds since 1970."""


def match_commits(connection: Index, commits: Sequence[Read]) -> Iterator[Matched]:
    """Yield the commits that were applied from a mail of the index: by patch-id, else by the mail that a trailer names."""
    ids = _patch_ids(commits)
    for number, one in enumerate(commits):
        title = one.message.subject.title
        row, how = queries.by_patch_id(connection, ids.get(number, ""), title), PATCH_ID
        for key, name in _named(one) if row is None else ():
            if row := queries.member_called(connection, name, title):
                how = f"{key} trailer"
                break
        if row is not None:
            yield Matched(_name(one), row[0], how, row[1], one.message.posted)


def _patch_ids(commits: Sequence[Read]) -> dict[int, str]:
    return git.patch_ids([(number, one.body.patch) for number, one in enumerate(commits) if one.body.diff])


def _name(commit: Read) -> str:
    return commit.message.message_id.removesuffix("@commit.invalid")


def _named(commit: Read) -> Iterator[tuple[str, str]]:
    """Yield the mails that a commit's trailers name, each with the trailer's key."""
    for trailer in commit.message.trailers:
        key = trailer.key.lower()
        if key in {"link", "message-id"} and (match := _URL_ID.search(trailer.value)):
            yield trailer.key, match[1]
        elif key == "message-id":
            yield from ((trailer.key, name) for name in message_ids(trailer.value))


def mail_of_commit(connection: Index, words: str, repo: Path) -> str | None:
    """Return the Message-ID of the mail that a commit of a clone was applied from, None where `words` name no commit of it.

    Raises `UsageError` for a commit that came from no mail of the index, and for a folder that is no repository.
    """
    tree = Tree(repo)
    tree.run("rev-parse", "--git-dir")
    name = tree.try_run("rev-parse", "--quiet", "--verify", "--end-of-options", f"{words}^{{commit}}").decode().strip()
    if not name:
        return None
    for found in match_commits(connection, read_named([name], repo).reads):
        return found.message_id
    raise UsageError(f"commit {name[:12]} was applied from no mail that is here", "add the archive of its list, and run `triage ingest`")


class Merged(Struct, frozen=True):
    """A patch of a series, and the commit that it became."""

    message_id: str
    commit: str | None
    """None where the clone's HEAD has none."""
    how: str
    """`patch-id`, the trailer that names the mail, or `title and author` for one that was changed on the way."""
    time: int | None
    """When it was committed, seconds since 1970."""

    def to_dict(self) -> "CommitShape":
        """Return it in the shape of `triage show --series --repo --json`."""
        return {"message_id": self.message_id, "commit": self.commit, "how": self.how, "time": rfc3339(self.time)}


def merged(connection: Index, series: int, repo: Path) -> list[Merged]:
    """Return what became of a series' patches in the history of a clone's HEAD, since the day before they were posted.

    Commits that touch a file of theirs are looked at. Raises `UsageError` for a folder that is no repository.
    """
    mails = [*queries.series_mails(connection, series), *queries.carried_mails(connection, series)]
    patches = [stored.message for stored in mails if stored.message.is_member and stored.message.files]
    best: dict[str, tuple[int, str, Read]] = {}
    claims = _Claims(patches)
    for names in chunks(_since(repo, patches) if patches else [], AT_ONCE):
        if all(best.get(patch.message_id, (0,))[0] == SURE for patch in patches):
            break
        commits = read_named(names, repo).reads
        ids = _patch_ids(commits)
        for number, one in enumerate(commits):
            for weight, how, patch in claims.on(one, ids.get(number, "")):
                if weight > best.get(patch.message_id, (0,))[0]:
                    best[patch.message_id] = (weight, how, one)
    found: list[Merged] = []
    for patch in patches:
        if patch.message_id in best:
            _, how, commit = best[patch.message_id]
            found.append(Merged(patch.message_id, _name(commit), how, commit.message.posted))
        else:
            found.append(Merged(patch.message_id, None, "", None))
    return found


def _since(repo: Path, patches: Iterable[Message]) -> list[str]:
    """Return the commits of HEAD that touch the patches' files, from the day before the first was posted, newest first."""
    posted = min(patch.posted for patch in patches)
    paths = sorted({path for patch in patches for file in patch.files if _is_inside(path := unquoted(file.path))})
    if not paths:
        return []
    words = ("--literal-pathspecs", "rev-list", "--no-merges", "--full-history", f"--max-age={max(0, posted - DAY)}", "--stdin")
    stdin = "".join(f"{word}\n" for word in ("HEAD", "--", *paths)).encode("utf-8", "surrogateescape")
    top = Tree(repo).try_run("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").strip()
    return Tree(Path(top) if top else repo).run(*words, stdin=stdin).decode().split()


def _is_inside(path: str) -> bool:
    """Say whether a path that a mail gives can be one of a repository: git ends at any other."""
    return not path.startswith("/") and not {"..", ""} & set(path.split("/")) and not {"\0", "\n"} & set(path)


class _Claims:
    """The patches of a series, by what a commit may be told by."""

    def __init__(self, patches: Iterable[Message]) -> None:
        self._by_id: dict[str, list[Message]] = {}
        self._by_title: dict[str, list[Message]] = {}
        for patch in patches:
            self._by_title.setdefault(title_key(patch.subject.title), []).append(patch)
            if patch.patch_id:
                self._by_id.setdefault(patch.patch_id, []).append(patch)

    def on(self, commit: Read, patch_id: str) -> Iterator[tuple[int, str, Message]]:
        """Yield the patches that a commit may be: how sure that is, by what it is told, and the patch."""
        for patch in self._by_id.get(patch_id, ()):
            yield SURE, PATCH_ID, patch
        for patch in self._by_title.get(title_key(commit.message.subject.title), ()):
            for key, name in _named(commit):
                if name == patch.message_id:
                    yield 2, f"{key} trailer", patch
            if patch.author.email.casefold() == commit.message.author.email.casefold():
                yield 1, CHANGED, patch
