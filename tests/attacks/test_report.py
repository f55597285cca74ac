# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile text in every field of a report: a real browser, two Markdown readers, a spreadsheet's eye and a mail reader see text and nothing else."""

import csv
import io
import mailbox
import re
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cmarkgfm
import pytest
from markdown_it import MarkdownIt

from tests.conftest import Inbox, Run
from tests.hostile import fill
from triage.config import Config
from triage.report.csv_table import cell
from triage.report.make import make_report
from triage.report.reply import save_reply
from triage.report.request import Request

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", " =1", "  @x", "\u200b=1", "\ufeff=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x",
    "\u22121", "=HYPERLINK(\"http://x.example.org\")", "=IMPORTXML(1)", "=DDE(1)", "|calc", "%0A=1", "'=1", "\"=1", "\"\"=1", "''+1", "\x00=1", "\n=1", "\x0b=1", "\u2028=1",
    "\u00a0=1", "\u3000=1", "-2+3", "+44 1", "@", "=", "-", "=\t1", "\ufe62x", "\ufe66x", "\u200e=1",
)  # fmt: skip
MARKDOWN = (
    "**b**", "__b__", "*i*", "_i_", "`c`", "``` x", "~~s~~", "~~~ x", "# h", "###### h", "- l", "+ l", "* l", "1. l", "1) l", "> q", "| a | b |", "|---|", "[a](http://x.example.org)",
    "![a](http://x.example.org/i.png)", "[a]: http://x.example.org", "[a][b]", "<http://x.example.org>", "http://x.example.org/auto", "www.example.org", "x@example.org", "<b>b</b>", "<script>1</script>",
    "<!-- c -->", "&amp;&lt;", "&#60;b&#62;", "\\*x\\*", "---", "===", "    code", "\tcode", "$x^2$", ":tada:", "- [ ] t", "[^1]: f",
)  # fmt: skip
HEADERS = tuple(
    f"{before}{end}{name}: x{number}@evil.example.org{after}"
    for number, (before, end, name, after) in enumerate(
        (before, end, name, after) for before in ("x", "a@example.org") for end in ("\n", "\r\n", "\r", "\n ", "\x00")
        for name, after in (("Bcc", ""), ("To", "\n\nbody"), ("From ", "\nFrom x Thu Jan  1 00:00:00 1970"))
    )
)  # fmt: skip
assert (len(FORMULAS), len(MARKDOWN), len(HEADERS)) == (40, 40, 30)


def scripts(port: int) -> tuple[str, ...]:
    """Sixty texts, each of which asks for its own address where a browser obeys it."""
    shapes = (
        "<script>fetch('{}')</script>", "<img src='{}'>", "<img src=x onerror=\"fetch('{}')\">", "<svg onload=\"fetch('{}')\">", "<iframe src='{}'></iframe>",
        "<object data='{}'></object>", "<embed src='{}'>", "<link rel=stylesheet href='{}'>", "<style>@import '{}';</style>", "<body background='{}'>",
        "\"><img src='{}'>", "'><img src='{}'>", "</title><img src='{}'>", "</code><img src='{}'>", "</blockquote><img src='{}'>", "</style><img src='{}'>",
        "</svg><img src='{}'>", "--><img src='{}'>", "]]><img src='{}'>", "<video src='{}' autoplay></video>", "<audio src='{}' autoplay></audio>",
        "<input type=image src='{}'>", "<meta http-equiv=refresh content='0;url={}'>", "<base href='{}'>", "<form action='{}'><input autofocus onfocus=submit()></form>",
        "<math><mtext><img src='{}'></mtext></math>", "<table background='{}'>", "<div style=\"background:url('{}')\">", "<image href='{}'>", "<source srcset='{}'>",
        "<picture><source srcset='{}'><img></picture>", "<svg><image href='{}'/></svg>", "<svg><use href='{}#x'/></svg>", "<svg><script href='{}'/></svg>",
        "<svg><animate onbegin=\"fetch('{}')\" attributeName=x dur=1s>", "<details open ontoggle=\"fetch('{}')\">", "<marquee onstart=\"fetch('{}')\">",
        "<select autofocus onfocus=\"fetch('{}')\">", "<a href='{}' id=x autofocus>x</a>", "<template><img src='{}'></template>",
        "<noscript><img src='{}'></noscript>", "<xmp><img src='{}'></xmp>", "<textarea></textarea><img src='{}'>", "<plaintext><img src='{}'>",
        "&lt;img src='{}'&gt;", "&#60;img src='{}'&#62;", "%3Cimg src='{}'%3E", "\\u003cimg src='{}'\\u003e", "\uff1cimg src='{}'\uff1e", "<\u200bimg src='{}'>",
        "<img/src='{}'>", "<IMG SRC='{}'>", "<img src=`{}`>", "<img srcset='{} 1x'>", "{{{{ '{}' }}}}<img src='{}'>", "![x]({})", "[x]: {}", "<{}>", "{}", "javascript:fetch('{}')",
    )  # fmt: skip
    assert len(shapes) == 60
    return tuple(
        shape.replace("{{", "{").replace("}}", "}").replace("{}", f"http://127.0.0.1:{port}/p{at}") for at, shape in enumerate(shapes)
    )


class Server:
    """A loopback server that notes what it is asked for."""

    def __init__(self) -> None:
        asked = self.asked = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.http.shutdown()
    one.http.server_close()


def browse(page: Path, folder: Path) -> str:
    """Open a file in a real browser and return what it made of it."""
    words = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={folder}", "--virtual-time-budget=3000",
        "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout


def attacked(payloads: tuple[str, ...], inbox: Inbox, run: Run, config: Config) -> None:
    """Take in mails that hold the payloads in every field, and say them in opinions and requests too."""
    fill(inbox, payloads)
    assert run("add", "w", str(inbox.path), "--policy", "linux-kernel", "--url", "https://lore.example.org/w").code == 0
    assert run("ingest").code == 0
    for number, payload in enumerate(payloads[:12]):
        reason = payload.replace("\x00", "") or "x"
        run("opinion", "give", f"h{number}v2@example.org", ("agree", "disagree", "waive")[number % 3], "-m", reason)
        run("opinion", "ask", f"h{number}v2@example.org", "eva@example.org", "-m", reason)


def test_a_browser_obeys_nothing_in_a_page(inbox: Inbox, run: Run, config: Config, server: Server, tmp_path: Path) -> None:
    payloads = scripts(server.port)
    control = tmp_path / "control.html"
    control.write_text(f"<!DOCTYPE html><p>{payloads[1]}{payloads[0]}", "utf-8")
    browse(control, tmp_path / "profile")
    assert {"/p0", "/p1"} <= set(server.asked)  # the browser does obey where it is let
    server.asked.clear()
    attacked(payloads, inbox, run, config)
    page = tmp_path / "report.html"
    page.write_text(make_report(config, Request(form="html", period="2026")), "utf-8")
    shown = browse(page, tmp_path / "profile")
    assert server.asked == []
    assert set(re.findall(r"<([a-z0-9]+)", shown)) <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "table", "tbody", "tr", "th", "td", "article", "code", "a", "div", "b", "br",
        "blockquote", "span", "ul", "li", "nav", "ol", "svg", "path", "rect", "text", "thead", "details", "summary",
    }  # fmt: skip
    assert not re.search(r"<[^<>]*\son[a-z]+\s*=", shown)
    assert run("site", str(tmp_path / "site"), "--with-addresses").code == 0
    flagged = [path for path in sorted((tmp_path / "site" / "series").iterdir()) if "finding error" in path.read_text("utf-8")]
    for path in (tmp_path / "site" / "index.html", tmp_path / "site" / "all.html", *flagged[:6]):
        shown = browse(path, tmp_path / "profile")
        assert server.asked == [], path
        assert not re.search(r"<[^<>]*\son[a-z]+\s*=", shown)
    for path in (tmp_path / "site").rglob("*.html"):
        assert set(re.findall(r"<([a-z0-9]+)", path.read_text("utf-8"))) <= {
            "html", "head", "meta", "title", "link", "body", "a", "header", "nav", "main", "h1", "h2", "h3", "ul", "li", "span", "p", "section", "b",
            "blockquote", "pre", "footer", "code", "dl", "dt", "dd",
        }, path  # fmt: skip
    markdown = make_report(config, Request(form="md", period="2026"))
    for name, html in (("cmark", cmarkgfm.github_flavored_markdown_to_html(markdown, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)),
                       ("mdit", MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))):  # fmt: skip
        (tmp_path / f"{name}.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{html}", "utf-8")
        browse(tmp_path / f"{name}.html", tmp_path / "profile")
        assert server.asked == [], name


def words(html: str) -> list[str]:
    """Return what a reader sees of a page, word by word."""
    text = re.sub(r"<[^<>]*>", " ", html)
    for name, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#8203;", ""), ("&#64;", "@"), ("&amp;", "&")):
        text = text.replace(name, char)
    return text.replace("\u200b", "").split()


def test_two_markdown_readers_show_the_same_words_and_no_more_than_we_wrote(inbox: Inbox, run: Run, config: Config) -> None:
    attacked(MARKDOWN, inbox, run, config)
    text = make_report(config, Request(form="md", period="2026"))
    github = cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
    other = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    assert words(github) == words(other)
    ours = {"h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "a", "ul", "li", "strong"}
    for html in (github, other):
        assert set(re.findall(r"<([a-z0-9]+)", html)) <= ours
        assert {link for link in re.findall(r'href="([^"]*)"', html) if not link.startswith("https://lore.example.org/w/")} == set()
        assert html.count("<h1>") == 1
        assert html.count("<h2") == text.count("\n## ")


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_cell_is_a_formula(payload: str) -> None:
    seen = cell(payload)
    assert not re.match(r"[\s\u200b-\u200f\ufeff\u2060]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe66|%]", seen), seen
    assert not set(seen) & set("\t\r\n\x00")


def test_a_spreadsheet_computes_nothing_in_a_report(inbox: Inbox, run: Run, config: Config) -> None:
    attacked(FORMULAS, inbox, run, config)
    text = make_report(config, Request(form="csv", limit="not id:x"))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) > 80
    assert len({len(row) for row in rows}) == 1
    assert not [item for row in rows for item in row if re.match(r"\s*[=+\-@\t\r|%\uff1d\uff0b\uff0d\uff20\u2212]", item)]
    assert text.count('"') % 2 == 0
    assert all(line.startswith('"') for line in text.split("\r\n") if line)


def test_no_payload_becomes_a_header_or_another_mail(inbox: Inbox, run: Run, config: Config, tmp_path: Path) -> None:
    attacked(HEADERS, inbox, run, config)
    (tmp_path / "d.mbox").write_text(make_report(config, Request(form="mbox", limit="not id:x")), "utf-8")
    with closing(mailbox.mbox(tmp_path / "d.mbox", create=False)) as box:
        drafts = list(box)
    assert drafts
    assert len(drafts) == (tmp_path / "d.mbox").read_text("utf-8").count("From mboxrd@z Thu Jan  1 00:00:00 1970\n")
    with closing(sqlite3.connect(config.paths.index)) as index:
        known = {email for row in index.execute("select author_email, sender_email from message") for email in row}  # as git am reads them
    texts = [draft.as_string() for draft in drafts] + [make_report(config, Request(form="digest", limit="not id:x"))]
    for text in texts:
        mail = message_from_string(text, policy=policy.default)
        assert set(mail.keys()) <= {
            "From",
            "To",
            "Cc",
            "Subject",
            "In-Reply-To",
            "References",
            "Content-Type",
            "Content-Transfer-Encoding",
            "MIME-Version",
        }
        assert {address.addr_spec for name in ("To", "Cc") if mail[name] for address in mail[name].addresses} <= known
        assert not mail.defects


def test_nothing_private_reaches_a_report(inbox: Inbox, run: Run, config: Config, monkeypatch: pytest.MonkeyPatch, isolated: Path) -> None:
    """Canaries in notes, drafts, environment, git configuration and .netrc: none comes out, nor any path or the machine's name."""
    attacked(("x",), inbox, run, config)
    (isolated / ".netrc").write_text("machine lore.example.org login canary-netrc password canary-netrc\n")
    with (isolated / "gitconfig").open("a") as file:
        file.write("[sendemail]\n\tsmtpPass = canary-git\n")
    monkeypatch.setenv("CANARY", "canary-environment")
    written = save_reply(config, "h0v2@example.org", "canary-draft")
    assert "canary-draft" in written.read_text("utf-8")
    with closing(sqlite3.connect(config.paths.personal)) as notes:
        notes.execute("insert into draft values ('opinion h0v2', 'canary-note', 1)")
        notes.commit()
    import platform

    for form in ("md", "html", "json", "csv", "mbox", "digest"):
        text = make_report(config, Request(form=form, limit="not id:x"))
        for canary in ("canary", str(isolated), str(config.paths.data), str(inbox.path), platform.node() or "no-name-at-all"):
            assert canary not in text, (form, canary)
