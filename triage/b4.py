# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""b4's protocols: findings as its check commands print them, replies as it makes them, reviews as it reads them. Alone imports b4."""

from email.errors import MessageError
from email.message import EmailMessage
from typing import Any

from triage.model import Finding, Person, Severity
from triage.model.errors import ConfigError
from triage.model.quiet import escape_libraries, quietly

escape_libraries()
_STATUS = {Severity.ERROR: "fail", Severity.WARN: "warn", Severity.ASK: "warn", Severity.INFO: "pass"}
BROKEN = (ValueError, TypeError, LookupError, AttributeError, MessageError, RecursionError)
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


def make_reply(head: EmailMessage, me: Person) -> EmailMessage:
    """Return b4's reply to a mail of which only the head is given; raises one of `BROKEN` for a head that b4 cannot answer."""
    with quietly():
        import b4

        reply: EmailMessage = b4.LoreMessage(head).make_reply("", mailfrom=(me.name, me.email))
    return reply


def sign_patatt(content: bytes) -> bytes:
    """Return a mail with a developer signature by the key that patatt is configured with; raises `ConfigError` where that fails."""
    import patatt

    try:
        return bytes(patatt.rfc2822_sign(content, dict(patatt.get_main_config())))
    except (patatt.SigningError, patatt.ConfigurationError, patatt.NoKeyError, OSError, RuntimeError, *BROKEN) as error:
        raise ConfigError("patatt could not sign the reply", f"{error}; fix patatt.signingkey or unset it") from error


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
    except (patatt.ConfigurationError, patatt.ValidationError, OSError, RuntimeError, *BROKEN) as error:
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
