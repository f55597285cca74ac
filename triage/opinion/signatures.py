# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures checked: does the key that signed a commit belong to whom the record says, and did it at that time?

The cryptography is ssh-keygen's and gpg's; who may sign, and when, is decided here, so that it is the same with every version of them.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from types import TracebackType

from msgspec.structs import replace

from triage.model.errors import ConfigError
from triage.model.expression import expression
from triage.model.opinion import Record
from triage.opinion.keys import Key, KeyRing
from triage.opinion.log import Entry
from triage.opinion.openpgp import Part, read_listing, signer

_SIGNATURE = expression(rb"^gpgsig (.*\n(?: .*\n)*)", re.MULTILINE)
Verdict = tuple[str, str]
"""`good`, `unverified`, `unsigned` or `bad`, and why."""
Cache = dict[tuple[str, str], Verdict]
"""Verdicts by commit, and by the reviewer's keys with where their log ended for them: nothing else decides them."""


class Verifier:
    """Checks signatures against a ring of keys; a context manager, since the programs want files."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._stack = ExitStack()
        self._folder = Path()
        self._gnupg: Path | None = None
        self._parts: dict[str, Part] = {}
        self._writing = Lock()
        self._digests: dict[str, str] = {}
        self._allowed: dict[tuple[str, ...], Path] = {}

    def __enter__(self) -> "Verifier":
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="triage-keys-")))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def judge_all(self, found: Sequence[tuple[Entry, Record]], cache: Cache) -> list[Record]:
        """Return the opinions with what their signatures are worth; looks each up in `cache` and adds what is new to it."""
        wanted = {self._key(entry, opinion): (entry, opinion) for entry, opinion in found if opinion.signed != "bad"}
        fresh = [key for key in wanted if key not in cache]
        self._prepare(wanted[key] for key in fresh)
        if fresh:
            from concurrent.futures import ThreadPoolExecutor  # where there is nothing to check it is not loaded

            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                cache |= dict(zip(fresh, pool.map(lambda key: self._judge(*wanted[key]), fresh), strict=True))
        judged: list[Record] = []
        for entry, opinion in found:
            verdict = cache.get(self._key(entry, opinion)) if opinion.signed != "bad" else None
            judged.append(replace(opinion, signed=verdict[0], trouble=verdict[1] or opinion.trouble) if verdict else opinion)
        return judged

    def _key(self, entry: Entry, opinion: Record) -> tuple[str, str]:
        email = opinion.reviewer.email
        if email not in self._digests:
            self._digests[email] = self.ring.digest(email)
        ends = sorted(entry.after & {key.until for key in self.ring.of(email) if key.until}) if entry.after else []
        return opinion.commit, " ".join([self._digests[email], *ends])

    def _prepare(self, wanted: Iterable[tuple[Entry, Record]]) -> None:
        """Write the files that the programs are given, before threads ask for them."""
        for entry, opinion in wanted:
            self._allowed_file(key for key in self.ring.of(opinion.reviewer.email) if key.kind == "ssh" and key.valid(entry.time))
        self.prepare_gpg()

    def prepare_gpg(self) -> None:
        """Import the OpenPGP keys of the ring, once."""
        if self._gnupg is None and self.ring.armored:
            self._gnupg = self._folder / "gnupg"
            self._gnupg.mkdir(mode=0o700)
            for _, content in self.ring.armored:
                self._run("gpg", "--homedir", str(self._gnupg), "--batch", "--quiet", "--import", stdin=content)
            listed = self._run("gpg", "--homedir", str(self._gnupg), "--batch", "--with-colons", "--list-keys", stdin=b"")[1]
            self._parts = read_listing(listed)

    def _judge(self, entry: Entry, opinion: Record) -> Verdict:
        own = [key for key in self.ring.of(opinion.reviewer.email) if key.after is None or key.after <= entry.time]
        known = [key for key in own if self.ring.owner(key) == key.email]
        signature = _SIGNATURE.search(entry.raw.partition(b"\n\n")[0] + b"\n")
        if signature is None:
            had = any(key.after is None or key.after < entry.time for key in own)
            return ("bad", "it is not signed, and its reviewer has a key") if had else ("unsigned", "")
        if not own:
            return "unverified", "no key of its reviewer is known here"
        valid = [key for key in known if key.valid(entry.time) and not (key.until and key.until in entry.after)]
        if self.signed_by(entry.raw, valid, entry.time):
            return "good", ""
        if len(known) < len(own) and self.signed_by(entry.raw, own, entry.time):
            return "bad", "the key that signed it is somebody else's: one key serves one person"
        if any(key not in valid and key.valid(entry.time) and self.signed_by(entry.raw, [key], entry.time) for key in known):
            return "bad", "it comes after the last record that was believed when its key was revoked"
        if len(valid) < len(known) and self.signed_by(entry.raw, [replace(key, after=None, before=None) for key in known], entry.time):
            return "bad", "the key that signed it was not valid any more"
        return "bad", "no key of its reviewer signed it"

    def signed_by(self, raw: bytes, keys: Iterable[Key], moment: int) -> bool:
        """Say whether one of `keys` made the signature of a commit object."""
        chosen = [key for key in keys if key.valid(moment)]
        head, blank, message = raw.partition(b"\n\n")
        match = _SIGNATURE.search(head + b"\n")
        if not match or not chosen:
            return False
        signature = match[1].replace(b"\n ", b"\n")
        payload = (head + b"\n").replace(match[0], b"", 1)[:-1] + blank + message
        if signature.startswith(b"-----BEGIN SSH SIGNATURE-----"):
            return self._ssh(signature, payload, [key for key in chosen if key.kind == "ssh"])
        return self._gpg(signature, payload, [key for key in chosen if key.kind == "gpg"], moment)

    def _ssh(self, signature: bytes, payload: bytes, keys: list[Key]) -> bool:
        if not keys:
            return False
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".sig") as file:
            file.write(signature)
            file.flush()
            allowed = str(self._allowed_file(keys))
            return self._run("ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "reviewer", "-n", "git", "-s", file.name, stdin=payload)[0]

    def _allowed_file(self, keys: Iterable[Key]) -> Path:
        materials = tuple(sorted(key.material for key in keys))
        with self._writing:
            if materials not in self._allowed:
                path = self._folder / f"allowed-{len(self._allowed)}"
                path.write_text("".join(f"reviewer {material}\n" for material in materials), "ascii")
                self._allowed[materials] = path
            return self._allowed[materials]

    def _gpg(self, signature: bytes, payload: bytes, keys: list[Key], moment: int) -> bool:
        if not keys or self._gnupg is None:
            return False
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".asc") as file:
            file.write(signature)
            file.flush()
            options = ("--homedir", str(self._gnupg), "--batch", "--status-fd", "1", "--trust-model", "always", "--no-auto-key-retrieve")
            fine, said = self._run("gpg", *options, "--verify", file.name, "-", stdin=payload)
            return fine and signer(said, self._parts, moment) in {key.material for key in keys}

    def _run(self, *command: str, stdin: bytes) -> tuple[bool, str]:
        try:
            done = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=60, cwd=self._folder)
        except FileNotFoundError as error:
            what = "openssh-client" if command[0] == "ssh-keygen" else "gnupg"
            raise ConfigError(f"{command[0]} is not there: signatures cannot be checked", f"install {what}") from error
        except subprocess.TimeoutExpired:
            return False, ""
        return done.returncode == 0, done.stdout.decode("utf-8", "replace")
