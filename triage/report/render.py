# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports printed: Markdown, HTML and JSON of one `Report`; each escapes for its own reader."""

import json
import re
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from triage.report.build import Report
from triage.reviews import vouched_text
from triage.text import Shown, safe

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&!()])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def markdown_text(value: object) -> str:
    """Return outside text as one line that Markdown shows literally: no emphasis, link, image, HTML, table or list."""
    text = _MARKDOWN.sub(r"\\\1", safe(str(value)))
    text = _LINE_START.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", text)
    # a zero-width space keeps readers that link bare addresses from doing so
    return text.replace("://", ":&#8203;//").replace("www.", "www&#8203;.").replace("@", "&#64;")


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


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("triage.report"), autoescape=lambda name: bool(name and name.endswith(".html.j2")),  # noqa: S701 - Markdown has filters of its own
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    env.filters |= {"md": markdown_text, "code": markdown_code, "shown": shown, "link": web_link, "vouched": vouched_text}
    return env


def render(report: Report, form: str) -> str:
    """Return a report as `md`, `html` or `json` text."""
    if form == "json":
        # plain ASCII, so that a terminal is not steered by it
        return json.dumps(report.as_dict(), ensure_ascii=True, indent=1, sort_keys=True).replace("\x7f", "\\u007f") + "\n"
    return _environment().get_template(f"report.{form}.j2").render(report=report)
