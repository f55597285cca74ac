# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was judged and said of a patch, kept with the commit that it became: readable git notes, and signed in-toto statements.

Source: https://github.com/in-toto/attestation (Statement v1, Simple Verification Result v0.2), https://github.com/secure-systems-lab/dsse;
docs/attest.md specifies the predicate of opinions.
"""

import base64
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from triage import __version__, git
from triage.archive.commits import Tree, read_range
from triage.config import Config
from triage.model import Severity, rfc3339
from triage.model.codes import SITE
from triage.model.errors import ConfigError
from triage.model.listed import ListedFinding
from triage.model.opinion import Record, Stand, Standing
from triage.model.text import safe
from triage.opinion.person import git_config, own_env
from triage.opinion.record import read_record
from triage.policy.explain import explain
from triage.policy.pack import day_of
from triage.policy.project import Project
from triage.projects import Judges
from triage.query.commits import PATCH_ID, Matched, match_commits
from triage.store import listed, queries
from triage.store.opinions import policies_of
from triage.store.schema import Index, open_index

NOTES, STATEMENTS = "refs/notes/triage", "refs/notes/triage-attestations"
PAYLOAD = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
RESULT = "https://in-toto.io/attestation/svr/v0.2"
OPINION = f"{SITE}attest/human-opinion/v0.1"
NAMESPACE = "triage-attestation"
"""What a signature is good for: a key's signatures on commits or mails are none on statements."""
MAX_LINE = 1 << 20
SPOKEN = ("agree", "disagree", "unsure", "confirm", "dismiss", "waive")


class Attested(Struct, frozen=True):
    """What is written to a commit."""

    matched: Matched
    lines: tuple[str, ...]
    """For people."""
    statements: tuple[dict[str, Any], ...]


class Checked(Struct, frozen=True):
    """What a commit's statements are worth."""

    commit: str
    good: tuple[str, ...]
    """What each says, with who signed it."""
    bad: tuple[str, ...]
    """Why one does not count."""


def attest(config: Config, words: str, repo: Path | None, sign: bool, write: bool = True) -> tuple[list[Attested], int]:
    """Write notes and statements to the commits of a range that were applied from mail; returns them, and how many commits were not.

    Without `write` nothing is written or signed.

    Raises `UsageError` for no such commits, `ConfigError` without an SSH key to sign with, `ArchiveError`.
    """
    tree = Tree(repo)
    key = _own_key() if sign and write else ""
    commits = read_range(words, repo=repo).reads
    with closing(open_index(config.paths.index)) as connection:
        found = [_attested(config, connection, one) for one in match_commits(connection, commits)]
    for one in found if write else ():
        _note(tree, NOTES, one.matched.commit, "".join(f"{line}\n" for line in one.lines))
        envelopes = [_sealed(statement, key) for statement in one.statements]
        _note(tree, STATEMENTS, one.matched.commit, "".join(f"{json.dumps(envelope, sort_keys=True)}\n" for envelope in envelopes))
    return found, len(commits) - len(found)


def _attested(config: Config, connection: Index, matched: Matched) -> Attested:
    items = [item for item in listed.findings(connection, matched.series) if item.message_id == matched.message_id or item.n is None]
    series = queries.series_head(connection, matched.series).first
    wanted = {matched.message_id, series, ""}
    stands = [
        stand for stand in listed.said(connection, matched.series)
        if stand.state is Standing.COUNTS and stand.record.kind in SPOKEN
        and (stand.record.target_message in wanted or any(item.id == stand.finding for item in items))
    ]  # fmt: skip
    packs = {name: queries.pack_digest_of(connection, name) for name in policies_of(connection, matched.series)}
    subject = [{"name": "commit", "digest": {"gitCommit": matched.commit}}]
    if matched.how != PATCH_ID:  # the mail that a trailer names may be of another patch: that is for people to see
        return Attested(matched, tuple(_lines(matched, packs, items, stands)), ())
    result = {
        "_type": STATEMENT, "subject": subject, "predicateType": RESULT,
        "predicate": {
            "verifier": {"id": SITE, "version": {"triage": __version__}}, "timeCreated": rfc3339(matched.time),
            "policies": [
                {"uri": f"{SITE}findings/#{name}", "digest": {"sha256": digest}} for name, digest in sorted(packs.items()) if digest
            ],
            "properties": _properties(items, _asked(config, connection, matched)),
            "inputAttestations": [{"uri": f"mid:{matched.message_id}"}],
        },
    }  # fmt: skip
    statements = [result, *(_opinion(config, subject, stand) for stand in stands)]
    return Attested(matched, tuple(_lines(matched, packs, items, stands)), tuple(statements))


def _asked(config: Config, connection: Index, matched: Matched) -> set[str]:
    """Return which kinds of findings the policies could have come to on the mail's day: only of these is an absence worth a word."""
    judges, day = Judges(config), day_of(queries.find_message(connection, matched.message_id).message.posted)
    found: set[str] = set()
    for name in policies_of(connection, matched.series):
        project = judges.of(name)
        for kind, codes in ASKED.items():
            if isinstance(project, Project) and any(
                rule.in_force(day) for code in codes for _, rule in explain(code, [project.pack]).rules
            ):
                found.add(kind)
    return found


ASKED = {"DCO": ("DCO001", "DCO004"), "AI0": ("AI001", "AI003")}
"""By how their codes begin, the findings that a policy on sign-offs or on AI comes to."""


def _properties(items: Sequence[ListedFinding], wanted: set[str]) -> list[str]:
    """Return what a finding's absence says, where it was looked for: nothing of it is open that is grave."""
    grave = {item.code[:3] for item in items if item.is_open and item.severity in {Severity.ERROR, Severity.WARN}}
    asked = [item.second_opinion for item in items if item.second_opinion]
    found = [word for code, word in (("DCO", "TRIAGE_DCO_OK"), ("AI0", "TRIAGE_AI_DISCLOSED")) if code in wanted - grave]
    return [*found, *(["TRIAGE_SECOND_OPINION_MET"] if asked and all(one.met for one in asked) else [])]


def _opinion(config: Config, subject: list[dict[str, Any]], stand: Stand) -> dict[str, Any]:
    """Return a person's opinion as a statement that carries the record's mail, so that it holds without the log it came from."""
    record = stand.record
    with git.Batch(config.paths.opinions, 1 << 20, missing_ok=True) as batch:
        content = next((found for _, found in batch.read_all([f"{record.commit}:m"])), None) or b""
    return {
        "_type": STATEMENT, "subject": subject, "predicateType": OPINION,
        "predicate": {
            "reviewer": {"name": record.reviewer.name, "email": record.reviewer.email}, "verdict": record.kind, "finding": stand.finding,
            "reason": record.reason, "time": record.time, "signed": record.signed, "log": {"commit": record.commit},
            "record": {
                "mediaType": "message/rfc822", "content": base64.b64encode(content).decode("ascii"),
                "digest": {"sha256": sha256(content).hexdigest()},
            },
        },
    }  # fmt: skip


def _lines(matched: Matched, packs: Mapping[str, str], items: Sequence[ListedFinding], stands: Sequence[Stand]) -> Iterator[str]:
    yield f"Applied-from: {safe(matched.message_id)} ({safe(matched.how)})"
    for name, digest in sorted(packs.items()):
        yield f"Policy: {safe(name)}@{digest[:12]}"
    grave = [item for item in items if item.is_open and item.severity is not Severity.INFO]
    yield f"Findings: {', '.join(f'{item.code} {item.severity.value}' for item in grave) or 'none open'}"
    for stand in stands:
        record = stand.record
        about = f" on {record.finding.text.split(' ')[0]}" if stand.finding else ""
        why = f": {safe(record.reason)}" if record.reason else ""
        said = f"Opinion: {record.kind}{safe(about)} by {safe(str(record.reviewer))}, {safe(record.time)}, {record.signed}"
        yield f"{said}{why} ({safe(record.id)})"


def _note(tree: Tree, ref: str, commit: str, text: str) -> None:
    tree.run("notes", f"--ref={ref}", "add", "-f", "-F", "-", commit, stdin=text.encode("utf-8", "replace"))


# envelopes -------------------------------------------------------------------------------------------------------------


def encoding_of(payload: bytes, kind: str = PAYLOAD) -> bytes:
    """Return what is signed of a payload. Source: DSSE's pre-authentication encoding, PAE."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def _sealed(statement: Mapping[str, Any], key: str) -> dict[str, Any]:
    payload = json.dumps(statement, sort_keys=True, ensure_ascii=True).encode()
    signatures = [{"keyid": "", "sig": base64.b64encode(_signature(encoding_of(payload), key)).decode("ascii")}] if key else []
    return {"payloadType": PAYLOAD, "payload": base64.b64encode(payload).decode("ascii"), "signatures": signatures}


def _own_key() -> str:
    """Return the SSH key that git signs with; raises `ConfigError` where there is none."""
    key = git_config("user.signingkey", "--type=path")
    if git_config("gpg.format") != "ssh" or not key or not Path(key).is_file():
        raise ConfigError(
            "attestations are signed with the SSH key file that git signs with, and it has none",
            "git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub; or give --unsigned",
        )
    return key


def _signature(content: bytes, key: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="triage-sign-") as folder:
        path = Path(folder) / "statement"
        path.write_bytes(content)
        done = git.run(["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", key, str(path)], own_env())
        signed = path.with_name("statement.sig")
        if done.returncode or not signed.is_file():
            raise ConfigError(f"{key} could not sign", git.first_line(done.stderr))
        return signed.read_bytes()


def check_attested(words: str, repo: Path | None) -> list[Checked]:
    """Return what the statements on the commits of a range are worth, by the signers that git trusts (gpg.ssh.allowedSignersFile).

    Raises `UsageError` for no such commits, `ConfigError` where git trusts nobody.
    """
    allowed = git_config("gpg.ssh.allowedSignersFile", "--type=path")
    if not allowed or not Path(allowed).is_file():
        raise ConfigError("git trusts no signer here", "name them: git config gpg.ssh.allowedSignersFile FILE")
    tree = Tree(repo)
    found: list[Checked] = []
    for one in read_range(words, repo=repo).reads:
        commit = one.message.message_id.removesuffix("@commit.invalid")
        lines = tree.try_run("notes", f"--ref={STATEMENTS}", "show", commit).splitlines()
        good: list[str] = []
        bad: list[str] = []
        for line in lines:
            try:
                good.append(_checked(line, commit, allowed))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
                told = isinstance(wrong, ValueError) and not isinstance(wrong, UnicodeError | json.JSONDecodeError)
                bad.append(str(wrong) if told else "it is no statement of triage")
        found.append(Checked(commit, tuple(good), tuple(bad)))
    return found


def _checked(line: bytes, commit: str, allowed: str) -> str:
    """Return what an envelope says, and who signed it; raises `ValueError` with why it does not count."""
    if len(line) > MAX_LINE:
        raise ValueError("it is larger than any statement")
    envelope = json.loads(line)
    payload = base64.b64decode(envelope["payload"], validate=True)
    signed = encoding_of(payload, str(envelope["payloadType"]))
    every = (_signer(signed, base64.b64decode(one["sig"]), allowed) for one in envelope["signatures"])
    signer = next((name for name in every if name), "")
    if not signer:
        raise ValueError("nobody whom git trusts signed it" if envelope["signatures"] else "it is not signed")
    statement = json.loads(payload)
    if envelope["payloadType"] != PAYLOAD or statement["_type"] != STATEMENT:
        raise ValueError("it is no in-toto statement")
    if [one["digest"].get("gitCommit") for one in statement["subject"]] != [commit]:
        raise ValueError("it speaks of another commit")
    predicate = statement["predicate"]
    if statement["predicateType"] == RESULT:
        return f"{', '.join(map(str, predicate['properties'])) or 'nothing'}, signed by {signer}"
    if statement["predicateType"] != OPINION:
        raise ValueError("it is of a kind that triage does not know")
    content = base64.b64decode(predicate["record"]["content"], validate=True)
    if sha256(content).hexdigest() != predicate["record"]["digest"]["sha256"]:
        raise ValueError("the record in it is not the one that it names")
    record: Record = read_record(content, "", "")
    if (record.reviewer.email, record.kind) != (predicate["reviewer"]["email"], predicate["verdict"]):
        raise ValueError("it says something else than the record in it")
    return f"{record.kind} by {record.reviewer}, signed by {signer}"


def _signer(content: bytes, signature: bytes, allowed: str) -> str:
    """Return who of the allowed signers signed, "" for nobody."""
    with tempfile.TemporaryDirectory(prefix="triage-verify-") as folder:
        path = Path(folder) / "signature"
        path.write_bytes(signature)
        env = own_env()
        words = ["ssh-keygen", "-Y", "find-principals", "-f", allowed, "-s", str(path)]
        for name in git.run(words, env).stdout.decode("utf-8", "replace").splitlines():
            words = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", name, "-n", NAMESPACE, "-s", str(path)]
            if git.run(words, env, content).returncode == 0:
                return name
    return ""
