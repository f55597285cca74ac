# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as CSV (RFC 4180, UTF-8): a row a finding, one too for a series without any; no cell is a formula to a spreadsheet."""

import csv
import io
from typing import Any

from triage.model.expression import expression
from triage.model.text import safe
from triage.report.build import Report

COLUMNS = (
    "list", "series", "subject", "version", "author_name", "author_email", "posted", "received", "total", "superseded", "ai_tools",
    "patches_signed", "areas", "code", "name", "severity", "status", "patch", "region", "line", "quote", "says", "exception", "rule",
    "pack", "source", "needs", "agree", "disagree", "met", "opinions", "url", "made_by", "rests_on",
)  # fmt: skip
_FORMULA = expression(r"^[\s\u200b-\u200f\u2060\ufeff\"']*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b\t\r|%]")


def cell(value: object) -> str:
    """Return outside text as a cell that no spreadsheet takes for a formula: one that could be gets an apostrophe in front (OWASP)."""
    text = safe(str(value)) if value is not None else ""
    return f"'{text}" if _FORMULA.match(text) else text


def table(report: Report) -> str:
    """Return a report as CSV; `made_by` and `rests_on` stand in the first row and hold for all."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    rests = {"made_by": report.provenance["command"], "rests_on": "; ".join(rests_on(report))}
    for row in [item for series in report.series for item in _rows(series)] or [{}]:
        writer.writerow([cell((row | rests).get(name, "")) for name in COLUMNS])
        rests = {}
    return out.getvalue()


def rests_on(report: Report) -> list[str]:
    """Return what a report rests on, a phrase each."""
    rests = report.provenance
    return [
        f"triage {rests['triage']}",
        *(f"archive {a['list']} {a['unit']} {a['entries']} entries up to {a['tip']}" for a in rests["archives"]),
        *(f"policy {p['pack']} for {p['list']} sha256 {p['digest']}" for p in rests["packs"]),
        *(f"opinions {o['log']} {o['tip']}" for o in rests["opinions"]),
        *([rests["pseudonyms"]] if "pseudonyms" in rests else []),
    ]


def _rows(row: dict[str, Any]) -> list[dict[str, Any]]:
    signed = row["signoffs"]
    about = {
        "list": " ".join(row["lists"]), "series": row["series"], "subject": row["subject"], "version": row["version"],
        "author_name": row["author"]["name"], "author_email": row["author"]["email"], "posted": row["posted"],
        "received": row["received"], "total": row["total"], "superseded": _yes(row["superseded"]), "ai_tools": " ".join(row["tools"]),
        "patches_signed": f"{signed['signed']} of {signed['patches']}", "areas": "; ".join(row["areas"]),
        "url": next(iter(row["urls"]), ""),
    }  # fmt: skip
    whole = _said([o for o in row["opinion_list"] if not o["finding"]])
    if not row["finding_list"]:
        return [about | {"opinions": whole}]
    words = ("code", "name", "severity", "status", "region", "line", "quote", "says", "exception", "rule", "pack", "source")
    found = []
    for item in row["finding_list"]:
        second = item["second_opinion"] or {}
        found.append(
            about | {name: item[name] for name in words}
            | {"patch": item["n"], "url": item["url"] or about["url"], "opinions": _said(item["opinions"]) or whole}
            | {name: second.get(name, "") for name in ("needs", "agree", "disagree")} | {"met": _yes(second["met"]) if second else ""}
        )  # fmt: skip
    return found


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _place(o: dict[str, Any]) -> str:
    """Return which line or patch an opinion is about, "" for the finding or the series itself."""
    if o["line"]:
        return f", on line {o['line']} of {o['message_id'] or o['given_on']}"
    return f", on {o['message_id']}" if o["message_id"] and not o["finding"] else ""


def _said(opinions: list[dict[str, Any]]) -> str:
    return "; ".join(
        f"{o['kind']} by {o['reviewer']['email']} on {o['time'][:10]}, {o['signed']}, {o['state']}{_place(o)}"
        + (o["reason"] and f": {o['reason']}")
        for o in opinions
    )
