# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports: escaped for their readers, the same bytes for the same state, what they rest on named."""

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.conftest import Inbox, Run, mail, patch_body
from triage.config import Config
from triage.model.text import safe
from triage.report.make import make_report
from triage.report.render import markdown_code, markdown_text, web_link
from triage.report.request import Request

PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "</title><b>", "javascript:alert(1)", "[x](http://example.com)",
    "![i](http://example.com/i.png)", "**b** _i_ `c`", "| a | b |", "# h", "- item", "1. one", "> q", "<http://example.com>", "http://example.com",
    "&lt;b&gt;", "{{ 7*7 }}", "{% raw %}", "\\", "~~s~~", "a\nb", "\x1b[2J", "=cmd|' /C calc'!A0", "```", "    code", "ada@example.org", "+ x", "====", "<!-- c -->",
]  # fmt: skip


def report_of(config: Config, form: str, **words: Any) -> str:
    return make_report(config, Request(form=form, **words))


class Elements(HTMLParser):
    """Collects what a browser would see as elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


KNOWN_TAGS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "table", "tr", "th", "td", "article", "code", "a", "div", "b", "br",
    "blockquote", "span", "ul", "li", "nav", "ol", "svg", "path", "rect", "text", "thead", "details", "summary",
}  # fmt: skip


@pytest.fixture
def hostile(inbox: Inbox, run: Run, config: Config) -> Config:
    """A list in which every payload stands in every field."""
    for number, payload in enumerate(PAYLOADS):
        flat = payload.replace("\n", " ").replace("\x1b", "")
        name = flat.replace('"', "").replace("<", "").replace(">", "").replace("@", "")[:50] or "x"
        body = patch_body(
            f"{payload}\nAssisted-by: {flat} Claude\nSigned-off-by : {name} <x@example.org>\n",
            diff=patch_body().split("\n\n", 2)[-1].replace("0;", f"{number};"),
        )
        inbox.add(
            mail(
                body,
                key=f"k{number}",
                subject=f"[PATCH] {payload.replace(chr(10), ' ')}",
                sender=f"{name} <x{number}@example.org>",
                date="Mon, 04 May 2026 09:00:00 +0000",
            )
        )
    run("add", "w", str(inbox.path), "--policy", "linux-kernel", "--url", "https://lore.example.org/w")
    assert run("ingest").code == 0
    run("opinion", "give", "k0@example.org", "disagree", "-m", PAYLOADS[0] + " " + PAYLOADS[6])
    return config


def test_html_shows_every_payload_and_runs_none(hostile: Config) -> None:
    page = Elements()
    page.feed(report_of(hostile, "html"))
    assert page.tags == KNOWN_TAGS
    links = {value for name, value in page.attributes if name in {"href", "src"}}
    outside = {link for link in links if not link.startswith("#")}
    assert outside
    assert all(link.startswith("https://lore.example.org/w/") for link in outside)
    assert {link[1:] for link in links - outside} <= {value for name, value in page.attributes if name == "id"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    text = "".join(page.text)
    for payload in PAYLOADS:
        assert safe(" ".join(payload.split())) in text.replace("\n", " ") or payload.isspace()


def test_markdown_shows_every_payload_and_makes_nothing_of_it(hostile: Config) -> None:
    reader = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "strikethrough", "linkify"])
    assert reader.linkify is not None
    reader.linkify.set({"fuzzy_link": False})  # a bare domain is not a link for GitHub either
    html = reader.render(report_of(hostile, "md"))
    page = Elements()
    page.feed(html)
    assert page.tags <= {"h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "a", "ul", "li", "strong"}
    links = {value for name, value in page.attributes if name in {"href", "src"}}
    assert all(link.startswith("https://lore.example.org/w/") for link in links), links
    assert page.text.count("[PATCH] # h") == 1


@given(st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_comes_through_markdown_as_itself(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(f"x {markdown_text(text)}")
    page = Elements()
    page.feed(html)
    assert page.tags == {"p"}
    shown = " ".join("".join(page.text).replace("\u200b", "").split())
    assert shown == " ".join(f"x {safe(text)}".split())


@given(st.text(alphabet="`ab |\\<", max_size=30))
@settings(max_examples=300, deadline=None)
def test_a_code_span_holds_any_run_of_backticks(text: str) -> None:
    page = Elements()
    page.feed(MarkdownIt("commonmark").render(f"x {markdown_code(text)}"))
    assert page.tags <= {"p", "code"}


def test_two_runs_give_the_same_bytes_whatever_the_surroundings(demo: Config) -> None:
    results = set()
    for surroundings in ({"TZ": "UTC", "LANG": "C", "PYTHONHASHSEED": "1"}, {"TZ": "Asia/Tokyo", "LANG": "C.UTF-8", "PYTHONHASHSEED": "2"}):
        for form in ("md", "html", "json"):
            done = subprocess.run(
                [sys.executable, "-m", "triage", "report", "--format", form], capture_output=True, check=True, env=os.environ | surroundings
            )
            results.add((form, done.stdout))
    assert len(results) == 3


def test_a_report_names_what_it_rests_on_and_no_path(demo: Config, run: Run) -> None:
    run("opinion", "give", "unsigned@example.org", "agree", "--finding", "DCO001", "-m", "Asked.")
    report = json.loads(report_of(demo, "json"))
    rests = report["provenance"]
    assert {row["list"] for row in rests["archives"]} == {"emulator", "widgets"}
    assert all(len(row["tip"]) == 40 for row in rests["archives"])
    assert all(len(row["digest"]) == 64 for row in rests["packs"])
    assert len(rests["opinions"]) == 1
    for form in ("md", "html", "json"):
        text = report_of(demo, form)
        assert str(demo.paths.data) not in text
        assert "Asked" in text


def test_totals_are_those_of_the_findings(demo: Config, run: Run) -> None:
    report = json.loads(report_of(demo, "json"))
    rows = [json.loads(line) for line in run("findings", "--json").out.splitlines()]
    assert sum(report["totals"]["by_code"].values()) == len(rows)
    assert report["totals"]["series"] == len(run("list").out.splitlines())
    assert [row["reason"] for row in report["quarantined"]] == ["mime-depth: nested more than 20 deep"]


@pytest.mark.parametrize(
    ("url", "link"), [("https://x.org/a", "https://x.org/a"), ("javascript:x", ""), ('https://x.org/"onclick=', ""), ("file:///etc", "")]
)
def test_only_web_addresses_become_links(url: str, link: str) -> None:
    assert web_link(url) == link


def test_a_report_of_before_findings_named_their_judges_still_holds(demo: Config, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    assert run("report", "--format", "json", "-o", str(path)).code == 0
    report = json.loads(path.read_text())
    for series in report["series"]:
        for item in series["finding_list"]:
            del item["judged_by"]
    path.write_text(json.dumps(report, ensure_ascii=True, indent=1, sort_keys=True) + "\n")
    assert run("report-verify", str(path)).code == 0
    report["series"][0]["subject"] = "another"
    path.write_text(json.dumps(report, ensure_ascii=True, indent=1, sort_keys=True) + "\n")
    assert run("report-verify", str(path)).code == 1
