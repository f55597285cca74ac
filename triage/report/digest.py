# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits for a second opinion, as a plain-text mail to a list: a draft that a person addresses and sends."""

import textwrap
from email.message import EmailMessage
from email.policy import SMTP

from triage.model.text import safe
from triage.report.build import Report
from triage.report.csv_table import rests_on
from triage.report.render import web_link

WIDTH = 72


def digest(report: Report) -> str:
    """Return the mail; sender, recipient, Message-ID and date are left to whoever sends it."""
    lists = ", ".join(safe(item["name"]) for item in report.lists)
    pending = report.figures["pending"]
    mail = EmailMessage(policy=SMTP.clone(linesep="\n", max_line_length=0, cte_type="8bit", utf8=True))
    span = f" {report.span['period']}" if report.span["period"] else ""
    mail["Subject"] = " ".join(f"Awaiting a second opinion{span}: {len(pending)} on {lists or 'no list'}".split())
    mail.set_content("\n".join(_body(report, lists)) + "\n", charset="utf-8", cte="8bit")
    return mail.as_string()


def _body(report: Report, lists: str) -> list[str]:
    figures, pending = report.figures, report.figures["pending"]
    linked = {row["series"]: next((url for url in row["urls"] if web_link(url)), "") for row in report.series}
    out = [f"As of {report.as_of[:10]}, {_things(len(pending))} for a second opinion on {lists or 'no list'}.", ""]
    for number, item in enumerate(pending, 1):
        out += _wrapped(f"{number}. {safe(item['subject'])}", "   ")
        due = f", due {safe(item['due'])}" if item["due"] else ""
        out += _wrapped(f"   {safe(item['what'])}, for {item['days']} days{due}", "   ")
        if item["why"]:
            out += _wrapped(f"   {safe(item['why'])}", "   ")
        out += [f"   {linked.get(item['series']) or safe(item['series'])}", ""]
    intake, second = figures["intake"], figures["second_opinions"]
    out += _wrapped(
        f"Looked at: {intake['series']} series, {intake['declaring_ai']} of them declaring AI use, {intake['flagged']} with an open error, "
        f"warning or question. Rules ask for {second['demanded']} second opinions: {second['met']} given, "
        f"{second['open']} open.", "",
    )  # fmt: skip
    return [*out, "", "-- ", f"made by: {report.provenance['command']}", *(safe(line) for line in rests_on(report))]


def _things(count: int) -> str:
    return "nothing waits" if not count else "one thing waits" if count == 1 else f"{count} things wait"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
