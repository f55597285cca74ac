# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mail is: a patch that is offered, a cover, a reply, a pull request, a report, a robot's notice, or something else."""

import re

from triage.mail import identity, patch, quotes
from triage.mail.mime import Envelope
from triage.mail.senders import shows_commit
from triage.model import Kind, Person, Subject

_ROBOT_ADDRESS = re.compile(
    r"^(?:lkp|patchwork-bot\+[\w.-]+|pr-tracker-bot|syzbot(?:\+\w+)?|tip-bot2?|kernelci|bot(?:\+[\w.-]+)?|sashiko-bot|oe-kbuild-all|ci-reply|"
    r"cki-project|cki(?:-bot|-ci)?|buildbot|no-?reply(?!@(?:anthropic|openai)\.com$)|notifications|mailer-daemon|bugzilla(?:-daemon|-noreply)?|"
    r"mailman(?:-owner|-bounces)?|majordomo|listserv|postmaster)@",
    re.IGNORECASE,
)
_ROBOT_NAME = re.compile(
    r"(?:^|\s)(?:kernel test robot|tip-bot2? for|bot\+bpf-ci|patchwork-bot|syzbot|bugzilla-daemon|sashiko[- ]bot)(?:\s|$)"
    r"|^CKI(?:$| Project)",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"FAILED: patch\b|Patch \".*\" has been added to|applied [\"'“].+[\"'”] to |"
    r"(?:applied|queued|merged|picked)\b.{1,300} (?:in)?to the .{1,60} tree$|"
    r"[+-] \S{1,200}\.patch (?:added to|removed from) |.{1,300} (?:added to|removed from) -?mm\b.{0,40} (?:tree|branch)$|"
    r".{0,20}\b(?:bugzilla|mailman|patchwork|wiki|gitlab)\b.{0,20}\baccount\b|your .{0,40}\baccount\b",
    re.IGNORECASE,
)
"""Titles of notices that a script sends in a person's name: stable's, the tree keepers', a bug tracker's."""
_COMMIT_MAIL = re.compile(r"(?:git|svn|cvs|hg):\S+", re.IGNORECASE)
_PULL = re.compile(r"^(?:The following changes since commit |are available in the [Gg]it repository at)", re.MULTILINE)
_DIFFSTAT = re.compile(r"^ \S[^\n|]{0,300}\| +(?:[0-9]+\b|Bin\b)|^ [0-9]+ files? changed", re.MULTILINE)
_SIGNED = re.compile(r"^[ \t]*signed-off-by[ \t]*:[ \t]*(.+)$", re.IGNORECASE | re.MULTILINE)
PULL_PLACES = ("are available in the git repository at", "are available in the Git repository at")


def classify(envelope: Envelope, subject: Subject, sender: Person, threaded: bool) -> tuple[Kind, patch.Cut]:
    """Return what a mail is and where its text is cut; the order of the questions is that of how sure each answer is."""
    text = envelope.text
    robot = _ROBOT_ADDRESS.match(sender.email) or _ROBOT_NAME.search(sender.name)
    if robot and not (subject.is_patch and not subject.is_reply and patch.cut(text).diff):
        return Kind.BOT, _discussion(text)
    if subject.is_reply:
        return _reply(text, sender)
    if _is_notice(subject):
        return Kind.BOT, _discussion(text)
    if subject.is_pull or (not subject.is_patch and "are available in the" in text and _PULL.search(text)):
        return Kind.PULL, _with_diff(text)
    cut = patch.cut(text, scissors=True)
    if subject.is_patch or (subject.rfc and cut.diff):
        if subject.n == 0 or (not cut.diff and not threaded):
            return Kind.COVER, _discussion(text)
        return (Kind.PATCH, cut) if cut.diff else (Kind.REPLY, _discussion(text))
    if cut.diff and _is_offered(envelope, cut, sender, threaded):
        return (Kind.REPLY_PATCH if threaded else Kind.PATCH), cut
    if threaded:
        return Kind.REPLY, _discussion(text)
    return (Kind.REPORT if cut.diff or _is_report(subject) else Kind.OTHER), _with_diff(text)


def _is_notice(subject: Subject) -> bool:
    """Say whether a subject is that of a script's notice; a person's `Re:` to one is asked about before."""
    return not subject.is_patch and bool(_NOTICE.match(subject.title) or any(_COMMIT_MAIL.fullmatch(word) for word in subject.prefixes))


def _is_offered(envelope: Envelope, cut: patch.Cut, sender: Person, threaded: bool) -> bool:
    """Say whether a diff in a mail that no tag calls a patch is offered for applying.

    It is signed off, has the diffstat that `git format-patch` writes, or is attached; a sketch in a question is none of these. What
    was forwarded, or pasted from `git show`, was offered elsewhere.
    """
    if quotes.copied_at(cut.message) is not None or shows_commit(f"{cut.message}\n{cut.tail}"):
        return False
    if is_signed(cut.message, sender if threaded else None) or (not threaded and "patch-attached" in envelope.notes):
        return True
    dashes = cut.broke_at is not None and cut.broke_at.text.strip() == "---"
    return dashes and bool(_DIFFSTAT.search(cut.tail))


def _reply(text: str, sender: Person) -> tuple[Kind, patch.Cut]:
    """A reply is a patch only with a diff of its own and a sign-off of its own; scissors alone do not make it one."""
    if "\ndiff -" in text or "\n--- a/" in text:
        cut = patch.cut(text, scissors=True)
        if cut.diff and is_signed(cut.message, sender) and quotes.copied_at(cut.message) is None:
            return Kind.REPLY_PATCH, cut
    return Kind.REPLY, _discussion(text)


def _discussion(text: str) -> patch.Cut:
    """A mail that `git am` would not be given: all of it is message."""
    return patch.Cut(message=text)


def _with_diff(text: str) -> patch.Cut:
    """A mail that is all message, whose diff is worth finding all the same: a pull request's, a report's."""
    cut = patch.cut(text)
    return patch.Cut(message=text, diff=cut.diff, diff_line=cut.diff_line)


def is_signed(message: str, by: Person | None = None) -> bool:
    """Say whether a message is signed off, by a given person where one is given: some mailers quote without marking it."""
    if "igned-off-by" not in message.lower():
        return False
    signers = [identity.parse_person(match[1][:1000]) for match in _SIGNED.finditer(message) if not match[0][:1].isspace()]
    if by is None:
        return bool(signers)
    return any(identity.same_email(by.email, s.email) or identity.same_name(by.name, s.name) for s in signers)


def _is_report(subject: Subject) -> bool:
    words = subject.title.lower()
    return words.startswith(("bug", "[bug", "regression")) or any("bug" in word.lower() for word in subject.prefixes)
