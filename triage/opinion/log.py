# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs of opinions: a bare git repository, one append-only ref a reviewer, one commit a record, signed where a key is set."""

import os
import re
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from triage import git
from triage.errors import ArchiveError, ConfigError, TriageError
from triage.model import MessageId, Opinion, Person
from triage.opinion.record import MAX_RECORD, Draft, new_id, read_record, write_record

_ZERO = "0" * 40


class OpinionLog:
    """The repository `opinions.git`; made on the first record."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, draft: Draft, sign: bool = True) -> MessageId:
        """Write one record behind the reviewer's last one and return its id.

        The ref moves only if nobody moved it meanwhile. Raises `UsageError` for a draft that says too little, `ConfigError`
        where signing fails, `ArchiveError` where the disk refuses; nothing is written then.
        """
        draft.check()
        self._make()
        ref = f"refs/opinions/{slug(draft.reviewer.email)}/log"
        previous = self._git("rev-parse", "--verify", "--quiet", ref, ok=(0, 1)).strip()
        from datetime import UTC, datetime

        message_id = new_id(draft.time or datetime.now(UTC), os.urandom(10))
        record = write_record(draft, message_id, previous)
        blob = self._git("hash-object", "-w", "--stdin", stdin=record).strip()
        tree = self._git("mktree", stdin=f"100644 blob {blob}\tm\n".encode()).strip()
        commit = self._commit(draft, tree, previous, sign)
        self._git("update-ref", ref, commit, previous or _ZERO)
        return message_id

    def _commit(self, draft: Draft, tree: str, previous: str, sign: bool) -> str:
        key = ["-S"] if sign and signing_key() else []
        parent = ["-p", previous] if previous else []
        person = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", draft.reviewer.name or draft.reviewer.email), ("EMAIL", draft.reviewer.email))
        }
        subject = f"{draft.kind} {draft.target.finding.partition(' ')[2].partition(' ')[0]}".strip()
        try:
            return self._git("commit-tree", tree, *parent, *key, "-m", subject, env=person).strip()
        except ArchiveError as error:
            if key:
                raise ConfigError("git could not sign the opinion", f"{error.hint}; mend user.signingkey or use --unsigned") from error
            raise

    def tips(self) -> dict[str, str]:
        """Return each reviewer's ref and its newest commit; empty where there is no repository yet."""
        if not (self.path / "HEAD").is_file():
            return {}
        lines = git.read(self.path, "for-each-ref", "--format=%(refname) %(objectname)", "refs/opinions").splitlines()
        return {ref: tip for ref, tip in (line.split(" ") for line in lines) if ref.endswith("/log")}

    def read_all(self) -> Iterator[Opinion]:
        """Yield every record of every log, each log oldest first; one that breaks its chain's rules comes as `bad`."""
        for ref, tip in sorted(self.tips().items()):
            commits = git.read(self.path, "rev-list", "--reverse", "--parents", "--first-parent", tip).splitlines()
            names = [line.split(" ")[0] for line in commits]
            with git.Batch(self.path, MAX_RECORD * 2, missing_ok=True) as batch:
                objects = batch.read_all(name for commit in names for name in (commit, f"{commit}:m"))
                for line in commits:
                    _, raw_commit = next(objects)
                    _, content = next(objects)
                    opinion = _read(ref, line.split(" "), raw_commit or b"", content or b"")
                    if opinion:
                        yield opinion

    def _make(self) -> None:
        if (self.path / "HEAD").is_file():
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"cannot write to {self.path.parent}", f"{error.strerror}; set TRIAGE_HOME") from error
        done = subprocess.run(
            ["git", "init", "--quiet", "--bare", "--template=", str(self.path)],
            env=os.environ | {"LC_ALL": "C", "GIT_CONFIG_COUNT": "0"}, capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ArchiveError(f"cannot make {self.path}", git.first_line(done.stderr))
        self.path.chmod(0o700)

    def _git(self, *args: str, stdin: bytes = b"", env: dict[str, str] | None = None, ok: tuple[int, ...] = (0,)) -> str:
        """Run git in our own repository, with the user's configuration: identity and signing key are theirs."""
        done = subprocess.run(git.command(self.path, *args), input=stdin, capture_output=True, check=False, env=_own_env() | (env or {}))
        if done.returncode not in ok:
            reason = git.first_line(done.stderr)
            if args[0] == "update-ref":
                raise TriageError("another opinion was written at the same moment", "give yours again")
            raise ArchiveError(f"git {args[0]} failed in {self.path}", reason)
        return done.stdout.decode("utf-8", "replace")


def _own_env() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key.startswith("GIT_CONFIG")}
    return kept | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def _read(ref: str, commits: list[str], raw_commit: bytes, content: bytes) -> Opinion | None:
    signed = "unverified" if b"\ngpgsig " in raw_commit.partition(b"\n\n")[0] else "unsigned"
    opinion = read_record(content, commits[0], signed)
    if opinion is None:
        return None
    owner = ref == f"refs/opinions/{slug(opinion.reviewer.email)}/log"
    chained = opinion.fields.get("Previous") == (commits[1] if len(commits) > 1 else "0")
    if owner and chained:
        return opinion
    from dataclasses import replace

    return replace(opinion, signed="bad")


def slug(email: str) -> str:
    """Return the name of a reviewer's ref: readable, and different for every address."""
    lower = email.casefold()
    readable = re.sub(r"[^a-z0-9]+", "-", lower).strip("-")[:60] or "nobody"
    return f"{readable}-{sha256(lower.encode()).hexdigest()[:8]}"


def git_config(key: str) -> str:
    """Return one value of the user's git configuration, "" where it is not set."""
    done = subprocess.run(["git", "config", "--get", key], capture_output=True, check=False, env=_own_env(), cwd=os.sep)
    return done.stdout.decode("utf-8", "replace").strip()


def signing_key() -> str:
    """Return git's user.signingkey, "" where none is set."""
    return git_config("user.signingkey")


def reviewer() -> Person:
    """Return who gives opinions here, from git's user.name and user.email; raises `ConfigError` where git does not know."""
    person = Person(git_config("user.name"), git_config("user.email"))
    if not re.fullmatch(r"[^\s<>@]+@[^\s<>@]+", person.email):
        raise ConfigError("git does not know who you are", 'run `git config --global user.email "you@example.org"`')
    return person
