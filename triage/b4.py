# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""b4's protocols: findings as its check commands print them, replies as it makes them, reviews as it reads them. Alone imports b4."""

import re
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import EmailPolicy, compat32
from email.utils import getaddresses
from typing import Any

from triage.mail import headers
from triage.mail.identity import parse_people
from triage.model import Finding, Person, Severity
from triage.model.errors import ConfigError, TriageError
from triage.model.quiet import escape_libraries, quietly
from triage.model.text import safe

escape_libraries()
_STATUS = {Severity.ERROR: "fail", Severity.WARN: "warn", Severity.ASK: "warn", Severity.INFO: "pass"}
_WIRE = EmailPolicy(utf8=True, cte_type="8bit", max_line_length=0)
MAX_HEAD = 256 * 1024
MAX_PEOPLE, MAX_SUBJECT = 500, 2000
_SENDABLE = re.compile(r"(?!-)[^\s<>,;\"()]+@[^\s<>,;\"()]+")
"""An address that a mailer is given as an argument: none that it takes for an option."""
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, MessageError, RecursionError)
"""What b4 and the email library raise on mail that is broken on purpose."""


def b4_checks(findings: list[Finding]) -> list[dict[str, Any]]:
    """Return findings as the array that a `b4.review-perpatch-check-cmd` prints; one passing row where there are none."""
    if not findings:
        return [{"tool": "triage", "status": "pass", "summary": "no findings", "url": "", "details": ""}]
    return [
        {"tool": "triage", "status": _STATUS[f.severity], "summary": f"{f.code} {f.name}: {f.says}", "url": "",
         "details": "\n".join(line for line in (f.quote, f.source, f.misses) if line)}
        for f in findings
    ]  # fmt: skip


def reply_to(content: bytes, body: str, me: Person, message_id: str) -> EmailMessage:
    """Return a reply to a mail as b4 addresses it: its sender (or Reply-To) in To, everybody else in Cc, References kept.

    b4 is given the head alone: its expressions are quadratic in some bodies. Raises `TriageError` for a head that cannot be answered.
    """
    with quietly():
        import b4

        try:
            reply = b4.LoreMessage(_plain_head(content)).make_reply("", mailfrom=(me.name, me.email))
            return _cleaned(reply, body, me, message_id)
        except _BROKEN as error:
            raise TriageError(
                "this mail's head cannot be answered: it is not as a mail's has to be", "answer it in your mail reader"
            ) from error


def _plain_head(content: bytes) -> EmailMessage:
    """Return what b4 needs of a mail to answer it, read by our own readers: some heads are more than b4's end with."""
    head = content[:MAX_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    raw: dict[str, str] = {}
    for name, value in BytesHeaderParser(policy=compat32).parsebytes(head + b"\n\n").raw_items():
        raw.setdefault(name.lower(), str(value))
    made = EmailMessage(policy=_WIRE)
    for name in ("From", "Reply-To", "To", "Cc", "X-Original-From"):
        people = [(p.name, p.email) for p in parse_people(headers.header_text(raw.get(name.lower(), "")))[:MAX_PEOPLE]]
        if listed := _addresses(people):
            made[name] = listed
    if "From" not in made:
        raise TriageError("this mail cannot be answered: its From names no plain address", "answer it in your mail reader")
    made["Subject"] = safe(headers.header_text(raw.get("subject", ""))[:MAX_SUBJECT]).replace("[" * 20, "[")
    ids = headers.message_ids(raw.get("message-id", "")) or headers.bare_id(raw.get("message-id", ""))
    if ids:
        made["Message-ID"] = f"<{safe(ids[0])}>"
    if references := " ".join(f"<{safe(one)}>" for one in headers.message_ids(raw.get("references", ""))[-MAX_PEOPLE:]):
        made["References"] = references
    return made


def _cleaned(reply: EmailMessage, body: str, me: Person, message_id: str) -> EmailMessage:
    """Return b4's reply as plain text in UTF-8, without ourselves among the recipients, and with nothing that steers a terminal."""
    made = EmailMessage(policy=_WIRE)
    made["From"] = _addresses([(me.name, me.email)])
    own = me.email.casefold()
    recipients = {
        name: [one for one in getaddresses([str(reply.get(name, ""))]) if one[1] and one[1].casefold() != own] for name in ("To", "Cc")
    }
    if not recipients["To"]:
        recipients = {"To": recipients["Cc"], "Cc": []}
    for name, people in recipients.items():
        if people:
            made[name] = _addresses(people)
    for name in ("Subject", "In-Reply-To", "References", "Date"):
        if reply.get(name):
            made[name] = safe(" ".join(str(reply[name]).split()))
    made["Message-ID"] = f"<{message_id}>"
    made.set_content(body, charset="utf-8", cte="8bit")
    return made


def _addresses(people: list[tuple[str, str]]) -> str:
    from email.utils import formataddr

    kept = [(_plain_name(name), safe(address)) for name, address in people if _SENDABLE.fullmatch(address)]
    return ", ".join(formataddr(one, charset="utf-8") if one[0].isascii() else f'"{one[0]}" <{one[1]}>' for one in kept)


def _plain_name(name: str) -> str:
    """Return a name as any program reads it: git send-email takes the first `<` for an address, quoted or not."""
    return re.sub(r'[<>"\\]', "", safe(" ".join(name.split())))


def sign_patatt(content: bytes) -> bytes:
    """Return a mail with a developer signature by the key that patatt is configured with; raises `ConfigError` where that fails."""
    import patatt

    try:
        return bytes(patatt.rfc2822_sign(content, dict(patatt.get_main_config())))
    except (patatt.SigningError, patatt.ConfigurationError, patatt.NoKeyError, OSError, RuntimeError, *_BROKEN) as error:
        raise ConfigError("patatt could not sign the reply", f"{error}; mend patatt.signingkey or unset it") from error


def check_patatt(content: bytes) -> str:
    """Return what a mail's developer signature is worth by patatt's own keyring: valid, bad, or no key to tell."""
    with quietly():
        import patatt

    words = {
        patatt.RES_VALID: "valid",
        patatt.RES_NOSIG: "no signature",
        patatt.RES_NOKEY: "no key here",
        patatt.RES_BADSIG: "bad signature",
    }
    try:
        sources = patatt.get_main_config().get("keyringsrc") or []
        results = patatt.validate_message(content, sources if isinstance(sources, list) else [sources])
    except (patatt.ConfigurationError, patatt.ValidationError, OSError, RuntimeError, *_BROKEN) as error:
        return f"cannot be checked ({type(error).__name__})"
    return words.get(results[0][0], "cannot be checked") if results else "no signature"


def review_files(reviewer: Person, notes: dict[int, list[str]], quoted: dict[int, list[tuple[str, str]]]) -> dict[str, str]:
    """Return the files by which b4 reads somebody's review from `.git/b4-review/<tip>/`.

    `notes` are by patch number, 0 for the series; `quoted` the comments on lines: the diff down to a line, and what is said there.
    """
    files = {"identity.txt": f"{reviewer.name or reviewer.email} <{reviewer.email}>\n"}
    for number in sorted({*notes, *quoted}):
        text = "\n\n".join(notes.get(number, []))
        for diff, comment in quoted.get(number, []):
            text += "\n\n" + "".join(f"> {line}\n" for line in diff.splitlines()) + f"\n{comment}\n"
        files[f"{number:04}.txt" if number else "series.txt"] = text.strip() + "\n"
    return files
