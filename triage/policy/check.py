# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy on loose mails and commits, or on patches as git and code-hosting sites export them: no database. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from triage.mail.message import Read, read_mail
from triage.mail.mime import UnreadableError
from triage.mail.patch import is_scissors_line
from triage.model import MAX_MAIL, Evidence, Finding, Kind, Message, MessageId, PatchId, RawMail, Series, Status, blob_id
from triage.model.errors import UsageError
from triage.model.expression import expression
from triage.model.listed import ListedFinding, SecondOpinion
from triage.policy.annotate import with_facts
from triage.policy.project import Projects
from triage.policy.rules.case import Before, declared
from triage.series.grouping import group
from triage.series.neighbours import Neighbourhood
from triage.series.replies import replies_to
from triage.series.versions import posting_of, previous

_TAGS = expression(r"(?:\s|\[[^\]]*\])*")
_DIFF = expression(rb"^(?:diff --git |--- [^\n]*\n\+\+\+ [^\n]*\n@@ )", re.MULTILINE)
_SCISSORS = b"(scissors)\n"
"""Stands for a line at which `git am` cuts only where it is told to."""
_ADDRESS = expression(r"[^@\s<>]+@[^@\s<>]+")
MailInfo = Callable[[bytes], tuple[dict[str, str], bytes, bytes] | None]
PatchIds = Callable[[list[tuple[int, bytes]]], dict[int, str]]


class Checked(Struct, frozen=True):
    """A series that was read, the replies to it, and what the policy says."""

    series: Series
    replies: tuple[Message, ...]
    findings: tuple[Finding, ...]


def check_mails(
    content: Sequence[bytes], projects: Projects, patch_ids: PatchIds, cover: str = "", mailinfo: MailInfo | None = None, now: int = 0
) -> list[Checked]:
    """Return what a project says of the series in some mails; `patch_ids` are `git patch-id`'s of many diffs.

    With `mailinfo`, git's, a patch is judged as git reads it, and so is a mail that is read as no patch where `git am` would take it for
    a formatted one: what counts is what is applied.

    Patches without Message-IDs (`git format-patch --stdout`, the `.patch` of a pull request) are one series, in their order;
    `cover` is the description that came with them. A mail without a date is judged by the rules in force `now`, in seconds.
    Raises `UsageError` where there is no mail that can be read.
    """
    mails = _read(content, now)
    here = {read.message.message_id for read, _ in mails}
    reads = [read if _is_answer(read, here) else _as_applied(read, raw, mailinfo) for read, raw in mails]
    if cover or all("no-message-id" in read.message.notes for read, _ in mails):
        found: list[tuple[Series, tuple[Message, ...]]] = [(_exported(reads, patch_ids, cover), ())]
    else:
        found = list(_series(_message(read, patch_ids) for read in reads))
    lines = _Lines(found)
    return [
        Checked(one, replies, tuple(projects.judge(one, replies, lines.earlier(number), lines.before(number))))
        for number, (one, replies) in enumerate(found)
    ]


def _is_answer(read: Read, here: set[MessageId]) -> bool:
    """Say whether a mail is not a patch of its own and answers another of those at hand."""
    message = read.message
    answers = any(parent in here and parent != message.message_id for parent in message.parents)
    return message.kind is not Kind.PATCH and message.subject.is_reply and answers


def _as_applied(read: Read, raw: RawMail, mailinfo: MailInfo | None) -> Read:
    """Return a mail as `git am` takes it: a patch, if there is a diff that it would apply."""
    tags = _TAGS.match(read.message.raw_subject)[0] if read.message.kind is Kind.PATCH else ""  # type: ignore[index]
    if read.message.kind is Kind.REPLY_PATCH:  # what it answers is elsewhere: it stands for itself
        read = Read(replace(read.message, kind=Kind.PATCH), read.body)
    if not mailinfo or not (found := mailinfo(raw.content)):
        return read
    fields, message, patch = found
    if not (_is_formatted(patch) if read.message.kind is Kind.BOT else _DIFF.search(patch)):  # a notice that a commit was made is none
        return read
    subject = f"{' '.join(tags.split()) or '[PATCH]'} {fields.get('subject', '')}"
    above = " ".join(f"<{parent}>" for parent in read.message.parents) if tags else ""
    message = b"".join(_SCISSORS if is_scissors_line(line.decode("utf-8", "replace")) else line for line in message.splitlines(True))
    author, email = fields.get("author", ""), fields.get("email", "")
    if not _ADDRESS.fullmatch(email):  # git takes "Ann @ Home" <ann@example.org> for an address of one sign
        author, email = read.message.author.name, read.message.author.email
    plain = f"From: {author} <{email}>\nSubject: {subject}\n" + (f"References: {above}\n" if above else "")
    plain += f"Date: {fields.get('date', '')}\nMessage-ID: <{read.message.message_id}>\nContent-Type: text/plain; charset=utf-8\n"
    content = plain.encode("utf-8", "replace") + b"Content-Transfer-Encoding: 8bit\n\n" + message + patch
    try:
        applied = read_mail(replace(raw, content=content, blob=blob_id(content)))
    except UnreadableError:  # larger in UTF-8 than a mail may be
        return read
    known = read.message
    told = replace(applied.message, supersedes=known.supersedes, obsoleted_by=known.obsoleted_by, archived=known.archived)
    return Read(told, applied.body)


def _is_formatted(patch: bytes) -> bool:
    """Say whether a diff stands below three dashes and a diffstat, as `git format-patch` writes it, whatever git takes for its begin."""
    dashes = stat = False
    for line in patch.splitlines():
        if line.startswith(b"diff --git ") or (stat and line.startswith((b"diff ", b"--- "))):
            return stat
        dashes = dashes or line.rstrip() == b"---"
        stat = stat or (dashes and line.startswith(b" ") and b" | " in line)
    return False


def check_commits(reads: Sequence[Read], projects: Projects, patch_ids: PatchIds, cover: str = "") -> list[Checked]:
    """Return what a project says of commits, which are one series; nothing for none."""
    if not reads:
        return []
    one = _exported(list(reads), patch_ids, cover)
    return [Checked(one, (), tuple(projects.judge(one, (), ())))]


class _Lines:
    """Which of some series follows which, and what the older ones declare."""

    def __init__(self, found: Sequence[tuple[Series, tuple[Message, ...]]]) -> None:
        self.found = found
        postings = [posting_of(series) for series, _ in found]
        near = Neighbourhood(postings)
        number = {id(posting): at for at, posting in enumerate(postings)}
        self._older: list[int | None] = []
        for posting in postings:
            others = near.of(posting) if len(postings) > 1 else ()
            links = previous(posting, others)
            older = next((other for other in others if links and other.first == links[0].to), None)
            self._older.append(None if older is None else number[id(older)])
        self._told: dict[int, tuple[Evidence, ...]] = {}

    def before(self, at: int) -> Before | None:
        """Return the version before one."""
        older = self._older[at]
        if older is None:
            return None
        series = self.found[older][0]
        return Before(series.first.posted, frozenset(message.message_id for message in series.members))

    def earlier(self, at: int) -> tuple[Evidence, ...]:
        """Return what the nearest older version among these that declares anything declares."""
        way: dict[int, None] = {}
        told: tuple[Evidence, ...] = ()
        older = self._older[at]
        while older is not None and older not in way and not told:
            way[older] = None
            if older in self._told:
                told = self._told[older]
                break
            told = tuple(declared(*self.found[older]))
            older = self._older[older]
        for one in way:
            self._told[one] = told
        return told


def _series(messages: Iterator[Message]) -> Iterator[tuple[Series, tuple[Message, ...]]]:
    mails = list(messages)
    grouped = group(message for message in mails if message.is_member)
    yield from zip(grouped, replies_to(grouped, mails), strict=True)


def _exported(reads: list[Read], patch_ids: PatchIds, cover: str) -> Series:
    """Make one series of exported patches and the description that came with them."""
    members = [_message(read, patch_ids) for read in reads]
    letter = next((m for m in members if not m.patch_id and m.subject.n == 0), None)
    patches = tuple(m for m in members if m is not letter)
    if not patches:
        raise UsageError("there is no patch in it", "expected what git format-patch --stdout writes")
    if cover:
        first = patches[0]
        head = f"From: {first.sender.email or 'nobody'}\nSubject: [PATCH 0/{len(patches)}] (description)\n"
        head += f"Message-ID: <cover@{first.blob[:12]}.invalid>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
        raw = f"{head}\n{cover}\n".encode("utf-8", "replace")
        try:
            letter = _message(read_mail(RawMail(raw, "", blob_id(raw), first.posted)), patch_ids)
        except UnreadableError as error:
            raise UsageError("the description cannot be read", error.reason) from error
    return Series(letter, patches, len(patches))


def _read(mails: Sequence[bytes], now: int) -> list[tuple[Read, RawMail]]:
    read: list[tuple[Read, RawMail]] = []
    reason = "it is empty"
    for mail in mails:
        try:
            raw = RawMail(mail[: MAX_MAIL + 1], "", blob_id(mail), 0)
            one = read_mail(raw)
            undated = one.message.date is None
            read.append((Read(replace(one.message, archived=now), one.body) if undated else one, raw))
        except UnreadableError as error:
            reason = error.reason
    if not any(one.message.raw_subject or one.message.sender.email for one, _ in read):
        raise UsageError("there is no mail to check", reason if not read else "expected headers, a blank line and a text")
    return read


def _message(read: Read, patch_ids: PatchIds) -> Message:
    ids = patch_ids([(0, read.body.patch)]) if read.body.diff else {}
    patch_id = PatchId(ids[0]) if 0 in ids else None
    return replace(with_facts(read.message, read.body), patch_id=patch_id)


def listed(series: MessageId, finding: Finding) -> ListedFinding:
    """Return a finding of mail that no index knows as the others are listed."""
    demand = finding.demand
    return ListedFinding(
        series=series, id=finding.id, code=finding.code, name=finding.name, severity=finding.severity, rule=finding.rule, pack=finding.pack,
        n=finding.n, region=finding.region, line=finding.line, quote=finding.quote, says=finding.says, misses=finding.misses,
        source=finding.source, status=Status.CURED if finding.cured else Status.OPEN, question=finding.question, target=finding.target,
        exception=finding.exception, message_id=finding.message_id, judged_by=finding.judged_by,
        second_opinion=SecondOpinion(demand.needs, demand.role, 0, 0, False) if demand else None,
    )  # fmt: skip
