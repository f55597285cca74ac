# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits of a work tree's repository read as patches, merges by what they hold of their own, for hooks and CI."""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from triage import git
from triage.files import typed_path
from triage.mail.message import Read, read_commit
from triage.model import Person
from triage.model.errors import UsageError
from triage.model.expression import expression

MAX_COMMITS = 100_000
MAX_TEXT = 1 << 30
"""Bytes of all diffs of a range."""
_WHO = expression(r"^(author|committer) (.*?) ?<([^<>\n]*)> (-?\d{1,12}) [+-]\d{4}$", re.MULTILINE)
_PARENT = expression(rb"^parent ([0-9a-f]+)$", re.MULTILINE)
_SETTINGS = (
    "core.fsmonitor=false",
    "core.quotePath=true",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "merge.renormalize=false",
    "advice.graftFileDeprecated=false",
)
_COMMAND = ["git", *(word for setting in _SETTINGS for word in ("-c", setting))]
_SAFELY = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull, "LC_ALL": "C"}
_PATCH = ("-p", "-M", "--no-ext-diff", "--no-textconv")
_PLAIN_MERGE = "git merge-file --quiet --marker-size=%L %A %O %B"
_FORGES = {"noreply@github.com", "noreply@gitlab.com"}
"""Who commits for whoever pressed a button."""


class Range(Struct):
    """The commits of a range, oldest first, and how many merges had nothing of their own."""

    reads: list[Read] = field(default_factory=list)
    merges: int = 0


def is_range(words: str, repo: Path | None = None) -> bool:
    """Say whether an argument names commits, `BASE..HEAD`: where git knows these, whatever a file is called that lies there."""
    if ".." not in words.strip("./") or words.startswith("-"):
        return False
    if not os.path.exists(words):
        return True
    ends = [end or "HEAD" for end in words.replace("...", "..").split("..")]
    tree = Tree(repo)
    return len(ends) == 2 and all(tree.try_run("rev-parse", "--quiet", "--verify", "--end-of-options", f"{end}^{{commit}}") for end in ends)


class CheckSettings(Struct, frozen=True):
    """What git's configuration says of how a repository's commits are checked."""

    policies: tuple[str, ...] = ()
    aliases: Path | None = None
    roster: Path | None = None


def read_settings(repo: Path | None = None) -> CheckSettings:
    """Return git's `triage.policy`, `triage.aliases` and `triage.roster`; nothing outside a repository and without any.

    Raises `UsageError` for a file in the work tree: whoever changes the tree would say how the change is judged.
    """
    git_tree = Tree(repo)
    listed = git_tree.try_run("config", "--null", "--get-regexp", r"^triage\.(policy|aliases|roster)$")
    rows = [entry.decode("utf-8", "replace").partition("\n") for entry in listed.split(b"\0") if entry]
    files: dict[str, Path] = {}
    for key in ("triage.aliases", "triage.roster"):
        if value := next((value for name, _, value in reversed(rows) if name == key), ""):
            path = typed_path(value)
            top = git_tree.try_run("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").strip()
            if not path.is_absolute() or (top and path.resolve().is_relative_to(Path(top).resolve())):
                raise UsageError(f"git's {key} names {value}, which is or may be in the tree under review", "name a file outside of it")
            files[key] = path
    policies = tuple(word for name, _, value in rows if name == "triage.policy" for word in value.split())
    return CheckSettings(policies, files.get("triage.aliases"), files.get("triage.roster"))


def read_range(words: str, fresh: bool = False, repo: Path | None = None) -> Range:
    """Read the commits of `BASE..HEAD` of a repository, else of the working folder's; with `fresh` those of a commit that no ref has yet.

    A merge is a patch where it holds what none of its parents has, and an empty commit is one too. Raises `UsageError` where git knows
    no such commits.
    """
    if words.startswith("-"):
        raise UsageError(f"{words!r} names no commits", "write BASE..HEAD")
    tree = Tree(repo)
    span = [words, "--not", "--glob=refs/*"] if fresh else [words]  # --all would be HEAD too
    listed = tree.run("rev-list", "--reverse", "--topo-order", f"--max-count={MAX_COMMITS + 1}", "--parents", *span, "--")
    rows = [line.split(" ") for line in listed.decode().splitlines()]
    if len(rows) > MAX_COMMITS:
        raise UsageError(f"{words} has more than {MAX_COMMITS} commits", "check fewer at once")
    return _read_all(tree, rows)


def read_named(names: Sequence[str], repo: Path | None = None) -> Range:
    """Read commits by their full names, in the order given, as `read_range` does; raises `UsageError` where git lacks one."""
    tree = Tree(repo)
    if not names:
        return Range()
    stdin = "".join(f"{name}\n" for name in names).encode()
    listed = tree.run("rev-list", "--no-walk=unsorted", "--parents", "--stdin", stdin=stdin)
    return _read_all(tree, [line.split(" ") for line in listed.decode().splitlines()])


def _read_all(tree: "Tree", rows: list[list[str]]) -> Range:
    """Read commits, each given with its parents."""
    found = Range()
    if not rows:
        return found
    names = "".join(f"{row[0]}\n" for row in rows).encode()
    objects = _objects(tree.run("cat-file", "--batch", stdin=names))
    diffs = _diffs(tree.run("diff-tree", "--stdin", *_PATCH, "--cc", "--root", "--always", stdin=names), rows)
    for row, raw, diff in zip(rows, objects, diffs, strict=True):
        if _PARENT.findall(raw.partition(b"\n\n")[0]) != [parent.encode() for parent in row[1:]]:
            raise UsageError(f"history is cut at {row[0][:12]} here", "run `git fetch --unshallow`, and remove grafts")
        if len(row) > 2 and not diff.strip() and tree.is_merge_alone(row[0], row[1:]):
            found.merges += 1
            continue
        found.reads.append(_read(row[0], raw, diff))
    return found


def read_commit_to_be(message: Path, repo: Path | None = None) -> Read | None:
    """Read the commit that git is about to make of a message's file and what is staged, as a commit-msg hook has it.

    Returns None for a merge that holds nothing of its own.
    Raises `UsageError` for a file that cannot be read, or outside a repository.
    """
    tree = Tree(repo)
    if tree.makes_plain_merge():
        return None
    try:
        raw = message.read_bytes()[: 1 << 20]
    except OSError as error:
        raise UsageError(f"cannot read {message}", error.strerror or "check the name") from error
    char = tree.try_run("config", "--get", "core.commentChar").decode("utf-8", "replace").strip()
    comment = char if len(char) == 1 else "#"
    text = raw.partition(f"{comment} ------------------------ >8 ------------------------\n".encode())[0]
    text = tree.run("-c", f"core.commentChar={comment}", "stripspace", "--strip-comments", stdin=text)
    people = [tree.run("var", f"GIT_{role}_IDENT").decode("utf-8", "replace").strip() for role in ("AUTHOR", "COMMITTER")]
    head = f"author {people[0]}\ncommitter {people[1]}\n\n".encode()
    return _read("0" * 40, head + text, _text(tree.run("diff-index", "--cached", *_PATCH, tree.head())))


class Tree:
    """A repository with a work tree, or the one that the user or a hook of git stands in: its environment tells where new objects lie."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        own = {} if folder is None else dict.fromkeys(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"))
        self.env = {key: value for key, value in os.environ.items() if key not in own} | _SAFELY

    def run(self, *words: str, stdin: bytes = b"") -> bytes:
        """Return what a git command prints; raises `UsageError` where it fails."""
        done = git.run([*_COMMAND, *words], self.env, stdin, self.folder)
        if done.returncode:
            said = git.first_line(done.stderr)
            if "not a git repository" in said:
                raise UsageError(f"{self.folder or 'this folder'} is no git repository", "name a clone with --repo")
            raise UsageError("git knows no such commits here", said)
        if len(done.stdout) > MAX_TEXT:
            raise UsageError("these commits change more than 1 GiB of text", "check fewer at once")
        return done.stdout

    def try_run(self, *words: str) -> bytes:
        """Return what a git command prints, nothing where it fails."""
        try:
            done = git.run([*_COMMAND, *words], self.env, b"", self.folder)
        except OSError:  # no git, as where mails alone are checked
            return b""
        return b"" if done.returncode else done.stdout

    def head(self) -> str:
        """Return what a new commit is compared with: HEAD, or the empty tree where there is none yet."""
        found = self.try_run("rev-parse", "--quiet", "--verify", "HEAD").decode().strip()
        return found or self.run("hash-object", "-t", "tree", "--stdin").decode().strip()

    def makes_plain_merge(self) -> bool:
        """Say whether a merge is under way whose index is what git makes of the parents by itself."""
        path = self.try_run("rev-parse", "--git-path", "MERGE_HEAD").decode("utf-8", "surrogateescape").strip()
        try:
            others = (Path(self.folder or ".") / path).read_text("ascii").split()
        except (OSError, UnicodeDecodeError):
            return False
        with tempfile.TemporaryDirectory(prefix="triage-merge-") as folder:
            made = self._merged_all([self.head(), *others], self._beside(folder))
        return bool(made) and made == self.run("write-tree").strip()

    def is_merge_alone(self, name: str, parents: list[str]) -> bool:
        """Say whether a merge is what git makes of its parents by itself: else it takes back or chooses what its author wanted.

        A git before 2.38 cannot tell: there, a merge of two is its own where it is the tree of one that lacks the other, and
        one of more always is.
        """
        tree = self.run("rev-parse", f"{name}^{{tree}}").strip()
        with tempfile.TemporaryDirectory(prefix="triage-merge-") as folder:
            made = self._merged_all(parents, self._beside(folder))
        if made is not None:
            return made == tree
        chosen = [parent for parent in parents if self.run("rev-parse", f"{parent}^{{tree}}").strip() == tree]
        return len(parents) == 2 and (not chosen or any(all(self._is_ancestor(other, one) for other in parents) for one in chosen))

    def _merged_all(self, parents: list[str], env: dict[str, str]) -> bytes | None:
        """Return the tree that git makes of parents one after the other, b"" where they conflict, None for a git that cannot say."""
        at, *rest = parents
        tree: bytes | None = b""
        for number, parent in enumerate(rest, 1):
            if not (tree := self._merged([at, parent], env)):
                return tree
            if number < len(rest):
                words = [*_COMMAND, "commit-tree", tree.decode(), "-p", at, "-p", parent, "-m", "merge"]
                at = git.run(words, env, b"", self.folder).stdout.decode().strip()
        return tree

    def _beside(self, folder: str) -> dict[str, str]:
        """Return an environment in which git reads the objects here and writes new ones to `folder`."""
        objects = (
            os.environ.get("GIT_OBJECT_DIRECTORY")
            or self.run("rev-parse", "--path-format=absolute", "--git-path", "objects").decode().strip()
        )  # fmt: skip
        others = ":".join(filter(None, (os.path.abspath(objects), os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", ""))))
        who = {f"GIT_{role}_{part}": "triage@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        return self.env | who | self._plain_drivers() | {"GIT_OBJECT_DIRECTORY": folder, "GIT_ALTERNATE_OBJECT_DIRECTORIES": others}

    def _plain_drivers(self) -> dict[str, str]:
        """Return an environment in which no merge driver of the repository's configuration runs: files merge as any text does."""
        listed = self.try_run("config", "--null", "--name-only", "--get-regexp", r"^merge\..*\.driver$")
        names = dict.fromkeys(name.decode("utf-8", "surrogateescape") for name in listed.split(b"\0") if name)
        given = self.env.get("GIT_CONFIG_COUNT", "")
        begin = int(given) if given.isdecimal() else 0
        env = {"GIT_CONFIG_COUNT": str(begin + len(names))}
        for number, name in enumerate(names, begin):
            env |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": _PLAIN_MERGE}
        return env

    def _merged(self, parents: list[str], env: dict[str, str]) -> bytes | None:
        """Return the tree that git makes of two parents, b"" where they conflict, None for a git before 2.38."""
        words = ["merge-tree", "--write-tree", "--allow-unrelated-histories", *parents]
        done = git.run([*_COMMAND, *words], env, b"", self.folder)
        if done.returncode > 1:
            return None
        return b"" if done.returncode else done.stdout.split(b"\n", 1)[0]

    def _is_ancestor(self, old: str, new: str) -> bool:
        return git.run([*_COMMAND, "merge-base", "--is-ancestor", old, new], self.env, b"", self.folder).returncode == 0


def _read(name: str, raw: bytes, diff: str) -> Read:
    head, _, text = raw.partition(b"\n\n")
    text = text.partition(b"\0")[0]  # git shows and takes over no more of a message
    told: dict[str, re.Match[str]] = {}
    for match in _WHO.finditer(_text(head)):
        told.setdefault(match[1], match)  # of two the first, as git has it
    people = {role: Person(match[2], match[3]) for role, match in told.items()}
    author = people.get("author", Person("", ""))
    committer = people.get("committer", author)
    when = int(told["committer"][4]) if "committer" in told else 0
    return read_commit(name, author, author if committer.email in _FORGES else committer, when, _text(text), diff)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _objects(stream: bytes) -> Iterator[bytes]:
    """Yield the contents of what `git cat-file --batch` wrote."""
    at = 0
    while at < len(stream):
        end = stream.index(b"\n", at)
        size = int(stream[at:end].split(b" ")[2])
        yield stream[end + 1 : end + 1 + size]
        at = end + size + 2


def _diffs(stream: bytes, rows: list[list[str]]) -> Iterator[str]:
    """Yield the diff of each commit: `git diff-tree --stdin` writes the commit's name on a line before it."""
    at = 0
    for number, row in enumerate(rows):
        begin = stream.index(b"\n", at) + 1
        following = rows[number + 1][0] if number + 1 < len(rows) else ""
        end = stream.find(f"\n{following}\n".encode(), begin - 1) + 1 if following else len(stream)
        assert stream[at:begin].decode().strip() == row[0]
        yield _text(stream[begin:end])
        at = end
