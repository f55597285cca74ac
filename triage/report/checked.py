# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings in the forms that other programs read: checkpatch's lines, GitHub's workflow commands, SARIF."""

from collections.abc import Sequence
from typing import Any

from triage import __version__
from triage.model import Message, Severity
from triage.model.codes import CODES, page_of
from triage.model.listed import ListedFinding
from triage.model.text import safe

_TERSE = {Severity.ERROR: "ERROR", Severity.WARN: "WARNING", Severity.ASK: "CHECK", Severity.INFO: "CHECK"}
_GITHUB = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.ASK: "notice", Severity.INFO: "notice"}
_SARIF = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.ASK: "note", Severity.INFO: "none"}
_COMMIT = "@commit.invalid"
"""How the name ends that a commit's finding stands under."""
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def terse_line(item: ListedFinding, name: str = "") -> str:
    """Return a finding as `checkpatch --terse` prints its own, for b4, quickfix lists and whatever else reads these.

    `name` is the file that was read, where it holds one mail; the line is one of its text.
    """
    told = f"{item.says} [{item.quote}]" if item.quote else item.says
    return f"{name or _where(item)}:{item.line or 1}: {_TERSE[item.severity]}: {item.code} {item.name}: {told}"


def github_line(item: ListedFinding, mail: Message | None) -> str:
    """Return a finding as a workflow command that GitHub shows beside the checks of a pull request.

    Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    title = f"{item.code} {item.name}".replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    quote = f"\n> {safe(item.quote)}" if item.quote else ""
    message = f"{_where(item)}{f' ({safe(mail.raw_subject)})' if mail else ''}: {safe(item.says)}{quote}\n{page_of(item.code)}"
    return f"::{_GITHUB[item.severity]} title={title}::" + message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def sarif(rows: Sequence[tuple[ListedFinding, Message | None]]) -> dict[str, Any]:
    """Return findings as a SARIF 2.1.0 log; each stands on the commit or mail, and on the first file that it changes.

    Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
    """
    codes = sorted({item.code for item, _ in rows})
    rules = [
        {"id": code, "name": CODES[code].name, "shortDescription": {"text": CODES[code].about}, "helpUri": page_of(code)}
        for code in codes if code in CODES
    ]  # fmt: skip
    results = [
        {
            "ruleId": item.code, "level": _SARIF[item.severity], "kind": "fail" if item.severity is not Severity.INFO else "informational",
            "message": {"text": safe(_told(item))},
            "partialFingerprints": {"triageFinding/v1": item.id},
            "locations": [_location(item, mail)],
        }
        for item, mail in rows
    ]  # fmt: skip
    driver = {"name": "triage", "version": __version__, "informationUri": page_of(""), "rules": rules}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}],
    }


KINDS = {"DCO": "triage-dco", "AI0": "triage-ai", "FMT": "triage-format"}
"""Contexts of patchwork's checks, by how the codes of a kind begin."""
OTHER = "triage-policy"
_WORST = {"fail": 0, "warning": 1, "success": 2}
_STATE = {Severity.ERROR: "fail", Severity.WARN: "warning", Severity.ASK: "warning", Severity.INFO: "success"}


def patchwork_rows(patches: Sequence[str], found: Sequence[ListedFinding]) -> list[dict[str, str]]:
    """Return a check for each patch and kind of finding as patchwork's API takes it; what is fine says so, to replace what was not.

    Source: https://patchwork.readthedocs.io/en/latest/api/rest/
    """
    rows: list[dict[str, str]] = []
    held = [item for item in found if item.is_open]
    whole = [item for item in held if item.message_id not in set(patches)]  # of the cover or the series: it holds for each patch
    for name in patches:
        for context in (*KINDS.values(), OTHER):
            every = (*whole, *(item for item in held if item.message_id == name))
            mine = [item for item in every if KINDS.get(item.code[:3], OTHER) == context]
            state = min((_STATE[item.severity] for item in mine), key=lambda one: _WORST[one], default="success")
            says = "; ".join(f"{item.code} {item.name}" for item in mine) or "no open finding"
            rows.append(
                {"msgid": f"<{name}>", "context": context, "state": state, "description": safe(says)[:250],
                 "target_url": page_of(mine[0].code if mine else "")}
            )  # fmt: skip
    return rows


def _location(item: ListedFinding, mail: Message | None) -> dict[str, Any]:
    place: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": safe(_where(item)), "kind": "message"}]}
    if mail and mail.files:
        place["physicalLocation"] = {"artifactLocation": {"uri": _uri(mail.files[0].path)}, "region": {"startLine": 1}}
    return place


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.encode("utf-8", "surrogateescape"))


def _where(item: ListedFinding) -> str:
    """Return the commit that a finding is on by its short name, or the mail by its Message-ID."""
    if item.message_id.endswith(_COMMIT):
        name = item.message_id.removesuffix(_COMMIT)
        return f"commit {name[:12]}" if name.strip("0") else "commit message"
    return item.message_id


def _told(item: ListedFinding) -> str:
    return f"{_where(item)}: {item.says}" + (f" [{item.quote}]" if item.quote else "")
