# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""public-inbox repositories, v2 (epochs `git/N.git`, or one bare epoch) and v1, by git plumbing alone.

Source: public-inbox-v2-format(5) and public-inbox-v1-format(5). A commit adds a mail as `m`, or removes one by adding
`d`; v1 keeps each mail at a path of 2/38 hex digits.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

from msgspec.structs import replace

from triage import git
from triage.archive import Walk
from triage.model import MAX_MAIL, BlobId
from triage.model.archive import Entry, Item
from triage.model.errors import ArchiveError
from triage.model.expression import expression

_V1_FOLDER = expression(r"[0-9a-f]{2}")
_FOLDER, _NONE, _EMPTY_TREE = "040000", "0" * 40, "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_V1_PATH = expression(r"[0-9a-f]{2}/[0-9a-f]{38}")
_REGULAR = {"100644", "100755"}
MAX_ENTRIES = 100_000
"""Files that one commit changes: public-inbox-purge of a v1 inbox may take away many."""
AT_ONCE = 20_000
"""Commits that one git is asked about: it keeps all that it has seen."""
LINE = 41
"""Bytes of a commit's name and its line end."""
OUT_OF_ORDER = 50
"""Older commits in a row that end the newest ones: a server may take in an old mail among new ones."""
_EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


@contextmanager
def _lines_of(git_dir: Path, process: git.Running) -> Iterator[Iterable[bytes]]:
    """Hand out what git prints, and end it where not all of that is wanted; raises `ArchiveError` where it failed."""
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout as lines, process.stderr as errors:
        stopped = True
        try:
            yield lines
            stopped = False
        finally:
            if stopped:  # whoever read them left in the middle
                process.kill()
            lines.close()
            said = errors.read()
            code = process.wait()
    if code:
        raise ArchiveError(f"{git_dir} is damaged", f"{git.first_line(said)}; run `git fsck` there, then fetch again")


class PublicInbox:
    """A v2 inbox (`kind` "v2", units are epochs) or a single repository (`kind` "git", one unit)."""

    def __init__(self, path: Path, kind: str) -> None:
        self.path = path
        self.kind = kind

    def units(self) -> list[str]:
        """Return the epochs in order of their numbers, or the one repository."""
        if self.kind == "git":
            return [self.path.name]
        epochs = [p.name for p in (self.path / "git").glob("*.git") if p.name.removesuffix(".git").isdigit()]
        if not epochs:
            raise ArchiveError(f"no epochs in {self.path / 'git'}", "expected folders 0.git, 1.git, …")
        return sorted(epochs, key=lambda name: int(name.removesuffix(".git")))

    def _git_dir(self, unit: str) -> Path:
        return self.path if self.kind == "git" else self.path / "git" / unit

    def stamp(self, unit: str) -> str:
        """Return the newest commit of a unit, "" where it has none; raises `ArchiveError`."""
        git_dir = self._git_dir(unit)
        if not (git_dir / "HEAD").is_file():
            raise ArchiveError(f"{git_dir} is not a git repository", "fetch or restore it, or `triage remove` the list")
        if (git_dir / "packed-refs").exists() and not (git_dir / "packed-refs").is_file():
            raise ArchiveError(f"{git_dir / 'packed-refs'} is not a file", "restore the repository, or `triage remove` the list")
        if (git_dir / "shallow").exists():
            raise ArchiveError(f"{git_dir} is a shallow clone and lacks older mail", "run `git fetch --unshallow` in it")
        refs = dict(
            line.split(" ")[::-1]
            for line in git.read(git_dir, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads").splitlines()
        )
        for name in ("refs/heads/master", "refs/heads/main"):
            if name in refs:
                return refs[name]
        return next(iter(refs.values()), "")

    def walk(self, unit: str, cursor: str) -> Walk:
        """Return the commits after `cursor`; all of them where the cursor is not an ancestor of the tip any more (threat A3)."""
        tip = self.stamp(unit)
        git_dir = self._git_dir(unit)
        if not tip:
            return Walk(iter(()), "", rewritten=bool(cursor))
        known = bool(cursor) and git.succeeds(git_dir, "merge-base", "--is-ancestor", cursor, tip)
        return Walk(self._commits(git_dir, tip, cursor if known else ""), tip, rewritten=bool(cursor) and not known)

    def ahead(self, unit: str, cursor: str) -> int | None:
        """Return how many commits are after `cursor`."""
        tip = self.stamp(unit)
        since = [f"^{cursor}"] if cursor else []
        return int(git.read(self._git_dir(unit), "rev-list", "--count", tip, *since).strip() or 0) if tip else 0

    def size(self, unit: str) -> int:
        """Return how many commits a unit has."""
        return self.ahead(unit, "") or 0

    def newest(self, unit: str, since: int, most: int) -> tuple[str, int] | None:
        """Return the commit before the newest ones: what came in by the commits' own time, a few that are out of order allowed."""
        if not (tip := self.stamp(unit)):
            return "", 0
        process = git.start(git.command(self._git_dir(unit), "rev-list", "--timestamp", tip), git.isolated_env(), errors=False)
        assert process.stdout is not None
        number, older, last = 0, 0, ("", 0)
        try:
            for line in process.stdout:
                when, _, commit = line.decode("ascii", "replace").strip().partition(" ")
                is_old = int(when) < since
                if number >= most or (is_old and not older):
                    last = (commit, number)
                older = older + 1 if is_old else 0
                if number >= most or older > OUT_OF_ORDER:
                    return last
                number += 1
        finally:
            process.kill()
            process.stdout.close()
            process.wait()
        return last if older else ("", number)

    def cursor_after(self, unit: str, item: Item) -> str:
        """Return the commit of `item`."""
        return item.locator

    def _commits(self, git_dir: Path, tip: str, after: str) -> Iterator[Item]:
        """Yield one item a changed file of each commit, oldest first; a commit that changes nothing yields one too.

        No folder is read but those of two hex digits, and none in them: a small forged tree can name billions of files.
        """
        words = git.command(git_dir, "rev-list", "--reverse", tip, *([f"^{after}"] if after else []))
        try:
            with TemporaryFile() as commits, _Folders(git_dir) as folders:
                with _lines_of(git_dir, git.start(words, git.isolated_env())) as names:
                    commits.writelines(names)
                commits.seek(0)
                words = git.bounded(git.command(git_dir, "diff-tree", "--stdin", "--root", "--always", "--format=%H %ct"))
                while part := commits.readlines(LINE * AT_ONCE):
                    with TemporaryFile() as given:
                        given.writelines(part)
                        given.seek(0)
                        with _lines_of(git_dir, git.start(words, git.isolated_env(), given)) as lines:
                            yield from _parse_log(lines, folders)
        except OSError as error:
            raise ArchiveError(f"the commits of {git_dir} cannot be listed: {error}", "set TMPDIR to a folder with room") from error

    def read(self, unit: str, items: list[Item]) -> Iterator[tuple[Item, bytes | None]]:
        """Yield the mails of `items` by blob id, in commit order, which keeps git's delta cache warm."""
        with git.Batch(self._git_dir(unit), MAX_MAIL) as batch:
            for item, (_, content, there) in zip(items, batch.read_each(item.blob for item in items), strict=True):
                yield (item if there else replace(item, entry=Entry.LOST)), content

    def has_any(self, unit: str, blobs: list[str]) -> bool:
        """Say whether any of some mails whose bytes were missing can be read now: from where the clone was repaired or fetched again."""
        with git.Batch(self._git_dir(unit), MAX_MAIL) as batch, suppress(ArchiveError):
            return any(there for _, _, there in batch.read_each(blobs))
        return False  # more is damaged than git can be asked about; what is behind it is read all the same

    def fetch(self, unit: str, locator: str, blob: str) -> bytes:
        """Return one mail's bytes by its blob id."""
        with git.Batch(self._git_dir(unit), MAX_MAIL) as batch:
            for _, content in batch.read_all([blob]):
                if content is not None:
                    return content
        raise ArchiveError(f"mail {blob} is not in {self._git_dir(unit)} any more", "run `triage ingest`")

    def fetch_all(self, unit: str, places: list[tuple[str, str]]) -> Iterator[bytes | None]:
        """Yield the bytes of mails by locator and blob, None for one that is not there any more; one process for all."""
        with git.Batch(self._git_dir(unit), MAX_MAIL, missing_ok=True) as batch:
            for _, content in batch.read_all(blob for _, blob in places):
                yield content


class _Folders:
    """What changed between two versions of one folder, asked of one git for all commits; started when first asked."""

    def __init__(self, git_dir: Path) -> None:
        self._git_dir = git_dir
        self._process: git.Running | None = None

    def __enter__(self) -> "_Folders":
        return self

    def __exit__(self, *exc: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def changed(self, old: str, new: str) -> Iterator[str]:
        """Yield a raw line a changed file of two trees, `_NONE` for no tree."""
        if self._process is None:
            words = git.bounded(git.command(self._git_dir, "diff-tree", "--stdin"))
            self._process = git.start(words, git.isolated_env(), git.PIPE, errors=False)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        trees = " ".join(_EMPTY_TREE if tree == _NONE else tree for tree in (old, new))
        try:
            process.stdin.write(f"{trees}\nend\n".encode())  # what is no object comes back as it is, and ends the answer
            process.stdin.flush()
        except BrokenPipeError as error:
            raise ArchiveError(f"{self._git_dir} is damaged", "run `git fsck` there, then fetch again") from error
        lines = iter(process.stdout.readline, b"")
        for line in lines:
            if line == b"end\n":
                return
            if line.startswith(b":"):
                yield line.decode("utf-8", "replace").rstrip("\n")
        raise ArchiveError(f"{self._git_dir} has a folder that git cannot read", "run `git fsck` there, then fetch again")


def _parse_log(lines: Iterable[bytes], folders: _Folders) -> Iterator[Item]:
    """Read `diff-tree --always --format='%H %ct'`: a line a commit, then a raw line a changed file or folder."""
    commit, when, pending, entries = "", 0, False, 0
    for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\n")
        if not line:
            continue
        if line[0] != ":":
            if pending:
                yield Item(Entry.SAME, commit, BlobId(""), when)
            commit, _, seconds = line.partition(" ")
            when, pending, entries = int(seconds) if seconds.isdigit() and len(seconds) < 12 else 0, True, 0
            continue
        for one in _opened(line, folders):
            entries += 1
            if entries > MAX_ENTRIES:
                raise ArchiveError(
                    f"commit {commit} has more than {MAX_ENTRIES} entries", "no mail archive has such; fetch the archive again"
                )
            item = _item(one, commit, when)
            if item:
                pending = False
                yield item
    if pending:
        yield Item(Entry.SAME, commit, BlobId(""), when)


def _opened(line: str, folders: _Folders) -> Iterator[str]:
    """Yield the raw lines of the files in a folder of v1, else the line itself."""
    meta, _, path = line.partition("\t")
    before, after, old, new, _ = meta.lstrip(":").split(" ")[:5]
    if _FOLDER not in {before, after} or not _V1_FOLDER.fullmatch(path):
        yield line
        return
    if before != _FOLDER and before != "000000":
        yield f":{before} 000000 {old} {_NONE} D\t{path}"
    for one in folders.changed(old if before == _FOLDER else _NONE, new if after == _FOLDER else _NONE):
        meta, _, name = one.partition("\t")
        yield f"{meta}\t{path}/{name}"
    if after not in {_FOLDER, "000000"}:
        yield f":000000 {after} {_NONE} {new} A\t{path}"


def _item(line: str, commit: str, when: int) -> Item | None:
    """Read `:100644 100644 OLD NEW M<TAB>path`."""
    meta, _, path = line.partition("\t")
    _, mode, old, new, status = meta.lstrip(":").split(" ")[:5]
    is_mail = path == "m" or _V1_PATH.fullmatch(path)
    if status.startswith("D"):
        # v2 says what it removes by `d`; only v1 says it by taking the file away
        return None if path in {"m", "d"} else Item(Entry.DELETE, commit, BlobId(old), when)
    if mode not in _REGULAR or not (is_mail or path == "d"):
        return Item(Entry.ODD, commit, BlobId(new), when, reason=f"entry: mode {mode} or name is not a mail's")
    if path == "d":
        return Item(Entry.DELETE, commit, BlobId(new), when)
    if new == _EMPTY_BLOB:
        return Item(Entry.DELETE, commit, BlobId(""), when, reason="purged")
    return Item(Entry.MAIL, commit, BlobId(new), when)
