# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports to read: Markdown and HTML of one `Report`; each escapes for its own reader."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import Struct

from triage.model import version_label
from triage.model.expression import expression
from triage.model.text import Shown, safe
from triage.query.review_trailers import Review, vouched_text
from triage.report import charts
from triage.report.build import Report

_MARKDOWN = expression(r"([\\`*_\[\]<>#|~&!()])")
_LINE_START = expression(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def markdown_text(value: object) -> str:
    """Return outside text as one line that Markdown shows literally: no emphasis, link, image, HTML, table or list."""
    text = _MARKDOWN.sub(r"\\\1", safe(str(value)))
    text = _LINE_START.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", text)
    # a zero-width space keeps GitHub's reader and others from linking bare addresses, and from calling whom an @ names
    return text.replace("://", ":&#8203;//").replace("www.", "www&#8203;.").replace("@", "&#64;&#8203;")


def markdown_code(value: object) -> str:
    """Return outside text as a code span, its fence longer than any run of backticks in it."""
    text = safe(str(value)).replace("|", "\u00a6")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if text.strip() else "–"


def shown(value: object) -> Shown:
    """Return outside text made safe for a screen; HTML escaping is the template engine's."""
    return safe(str(value))


def web_link(value: object) -> str:
    """Return an http(s) address, "" for anything else."""
    text = str(value)
    return text if re.fullmatch(r"https?://[^\s\"'<>`\\]+", text) else ""


def of(part: int, whole: int) -> str:
    """Return a share as `3 of 4 (75 %)`."""
    return f"{part} of {whole} ({percent(part, whole)} %)" if whole else "0"


def percent(part: int, whole: int) -> int:
    """Return a share in percent, rounded to the nearest, and never to all or nothing where it is neither."""
    nearest = (200 * part + whole) // (2 * whole)
    return min(max(nearest, 1), 99) if 0 < part < whole else nearest


def tool_name(value: object) -> str:
    """Return `vendor/tool/model` without the parts that are not known at its end."""
    return str(value).rstrip("/")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("triage.report"), autoescape=lambda name: bool(name and name.endswith(".html.j2")),  # noqa: S701 - Markdown has filters of its own
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    env.filters |= {
        "md": markdown_text,
        "code": markdown_code,
        "shown": shown,
        "link": web_link,
        "vouched": lambda row: vouched_text(Review.from_dict(row)),
        "of": of,
        "tool": tool_name,
        "version": _label,
    }
    return env


def _label(row: Mapping[str, int]) -> str:
    return version_label(row["version"], bool(row["rfc"]))


def page(report: Report, form: str) -> str:
    """Return a report as a page to read: `md` or `html`."""
    whole = report.totals["series"] > 1 or bool(report.span["period"])
    names = {row["series"]: "s-" + sha256(row["series"].encode("utf-8", "surrogatepass")).hexdigest()[:12] for row in report.series}
    return _environment().get_template(f"report.{form}.j2").render(
        report=report, whole=whole, sections=_sections(report, whole), headline=_headline(report), summary=_summary(report),
        charts=_charts(report),
        anchors=_anchors(report), places=names, open_codes=_open_codes(report),
    )  # fmt: skip


def _sections(report: Report, whole: bool) -> list[tuple[str, str]]:
    figures = report.figures
    second = figures["second_opinions"]
    of_many = [
        (name, title)
        for name, title, is_there in (
            ("waiting", "Waiting for somebody's word", True), ("open", "Still open", True), ("intake", "What came in", True),
            ("findings", "Findings by code", True), ("declared", "Declared AI use", figures["declarations"]["by_class"]),
            ("exceptions", "Exceptions", figures["exceptions"]),
            ("opinions", "Second opinions", second["demanded"] or second["series_with_opinion"]),
            ("disagreements", "Disagreements", figures["disagreements"]), ("decisions", "Decisions", figures["decisions"]),
        )
        if is_there
    ]  # fmt: skip
    misses = [("misses", "What the findings cannot see")] if report.codes else []
    unseen = [("unseen", "What could not be seen or judged"), ("series", "Series")]
    return [("summary", "Summary"), *(of_many if whole else []), *unseen, *misses, ("rests", "What this rests on")]


def _summary(report: Report) -> list[tuple[str, int | str]]:
    intake, totals = report.figures["intake"], report.totals
    return [
        ("series", totals["series"]), ("listed below", totals["reported"]), ("replaced by a later version", intake["superseded"]),
        ("patches", intake["patches"]), ("patches signed off", of(intake["signed"], intake["patches"])),
        ("patches signed off by their author's address", of(intake["signed_by_author"], intake["patches"])),
        ("patches of newest versions without any review by a person", of(intake["unreviewed"], intake["current_patches"])),
        ("authors", intake["authors"]), ("series declaring AI use", totals["declaring_ai"]),
        ("series with an open error, warning or question", intake["flagged"]), ("series not completely visible", totals["incomplete"]),
        ("opinions", totals["opinions"]), ("decisions", totals["decisions"]), ("requests for an opinion", totals["requests"]),
        ("mails that could not be read", len(report.quarantined)),
    ]  # fmt: skip


class Headline(Struct, frozen=True):
    """One of the four numbers that a report begins with, and how it moved within the span."""

    name: str
    value: str
    trend: str


def _headline(report: Report) -> list[Headline]:
    intake, totals, times = report.figures["intake"], report.totals, report.figures["intervals"]["rows"]

    def trend(word: str) -> str:
        half = (len(times) + 1) // 2
        if len(times) < 4:
            return ""
        older, newer = (sum(item[word] for item in part) for part in (times[:half], times[half:]))
        return f"{older} before {times[half]['start']}, {newer} since" if older or newer else ""

    signed = f"{percent(intake['signed'], intake['patches'])} %" if intake["patches"] else "–"
    return [
        Headline("series", str(totals["series"]), trend("series")),
        Headline("of the patches signed off", signed, f"{intake['signed']} of {intake['patches']}" if intake["patches"] else ""),
        Headline("series declaring AI use", str(totals["declaring_ai"]), trend("declaring_ai")),
        Headline("series with an open error, warning or question", str(intake["flagged"]), trend("flagged")),
    ]


def _charts(report: Report) -> dict[str, charts.Chart | charts.Shares]:
    figures = report.figures
    unit, times = figures["intervals"]["unit"], figures["intervals"]["rows"]
    starts = [item["start"] for item in times]
    layers = {word: [item[word] for item in times] for word in ("series", "flagged", "declaring_ai")}
    return {
        "intake": charts.columns(f"Series a {unit}", starts, [("all", "series", layers["series"]), ("warn", "flagged", layers["flagged"])]),
        "declared": charts.columns(f"Series declaring AI use, a {unit}", starts, [("ask", "declaring AI use", layers["declaring_ai"])]),
        "codes": charts.shares(
            "Series by finding", [(f"{item['code']} {item['name']}"[:40], item["severity"], item["series"]) for item in figures["codes"]]
        ),
        "waits": charts.shares(
            "Time to the first opinion", [(item["wait"], "ask", item["series"]) for item in figures["second_opinions"]["waits"]]
        ),
    }


def _open_codes(report: Report) -> dict[str, str]:
    """Return the codes that are open on each newest version."""
    return {item["series"]: " ".join(one["code"] for one in item["codes"]) for item in report.figures["open"]}


def _anchors(report: Report) -> dict[tuple[int, int], str]:
    """Name each finding by its id, which is the same in every report; the same patch sent twice has it twice."""
    seen: Counter[str] = Counter()
    found: dict[tuple[int, int], str] = {}
    for number, row in enumerate(report.series):
        for place, item in enumerate(row["finding_list"]):
            seen[item["id"]] += 1
            found[number, place] = f"f-{item['id']}" + (f"-{seen[item['id']]}" if seen[item["id"]] > 1 else "")
    return found
