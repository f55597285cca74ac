# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web site and the feeds: the same bytes twice, no address unless asked for, withdrawn mail gone, sound for every reader."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT, SOB, Inbox, Outcome, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
ATOM = "{http://www.w3.org/2005/Atom}"


class Reader(HTMLParser):
    """Collects text, links and what a page fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        told = dict(attrs)
        if tag == "a":
            self.links.append(told.get("href") or "")
        elif tag == "link" and told.get("rel") == "stylesheet":
            self.fetched.append(told.get("href") or "")
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text("utf-8"))
    return reader


@pytest.fixture
def site(demo: Config, run: Run, tmp_path: Path) -> Path:
    assert (
        run("opinion", "give", "unsigned@example.org", "agree", "--finding", "DCO001", "-m", "Asked <for> it, see x@example.org.").code == 0
    )
    assert build(run, tmp_path / "site").code == 0
    return tmp_path / "site"


def build(run: Run, folder: Path, *words: str) -> Outcome:
    done = run("site", str(folder), *words)
    assert done.out == ""
    return done


def pages(site: Path) -> Iterator[tuple[Path, Reader]]:
    yield from ((path, read(path)) for path in sorted(site.rglob("*.html")))


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    for path, reader in pages(site):
        assert {"html", "title", "h1", "main", "nav"} <= reader.tags
        assert not reader.tags & {"script", "iframe", "img", "form", "style", "object"}
        for link in (*reader.links, *reader.fetched):
            if not link.startswith("https://") and not link.startswith("#"):
                assert (path.parent / link).resolve().is_relative_to(site.resolve())
                assert (path.parent / link).is_file(), (path, link)
        assert reader.fetched == [f"{'../' if path.parent != site else ''}style.css"]


def test_a_series_says_what_was_found_what_is_said_and_what_to_do(site: Path) -> None:
    row = next(row for row in json.loads((site / "series.json").read_text("utf-8"))["series"] if row["subject"].endswith("hw/spoon: stir"))
    text = " ".join(" ".join(read(site / row["page"]).text).split())
    for part in ("DCO001", "missing-signoff", "It cannot see:", "What you can do:", "The line the project wants:", "Signed-off-by: "):
        assert part in text
    said = [" ".join(" ".join(reader.text).split()) for _, reader in pages(site)]
    assert any("agree by Ada Example" in text and ", unsigned: Asked <for> it, see <address left out>" in text for text in said)


def test_a_declaration_is_not_put_on_who_did_not_make_it(config: Config, inbox: Inbox, run: Run, tmp_path: Path) -> None:
    """Who passes on a patch may declare below the ---: the list says that it is declared, not that the patch's author does."""
    body = patch_body(f"Text.\n\n{SOB}", tail="LLM generated explanations, may be completely bogus:\n\n")
    inbox.add(mail(f"From: Cy Example <cy@example.org>\n\n{body}", key="x", subject="[PATCH] lid", sender="Bo Sample <bo@example.net>"))
    add_list(config, "widgets", (str(inbox.path),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    assert build(run, tmp_path / "site").code == 0
    text = " ".join(" ".join(read(tmp_path / "site" / "all.html").text).split())
    assert "AI use declared (no tool named)" in text
    assert "declares" not in text


def test_a_request_waits_on_the_site_too(demo: Config, run: Run, tmp_path: Path) -> None:
    assert run("opinion", "ask", "order@example.org", "jane@example.org", "-m", "Is it safe?").code == 0
    assert build(run, tmp_path / "site").code == 0
    text = " ".join(" ".join(read(tmp_path / "site" / "waiting.html").text).split())
    row = next(row for row in json.loads((tmp_path / "site" / "series.json").read_text("utf-8"))["series"] if row["waiting"])
    assert row["subject"] in text
    told = " ".join(" ".join(read(tmp_path / "site" / row["page"]).text).split())
    assert "asked for a second opinion by Ada Example" in told


def test_no_address_is_shown_unless_asked_for(site: Path, run: Run, tmp_path: Path) -> None:
    for path in site.rglob("*"):
        if path.is_file() and path.suffix != ".html" and path.name != ".triage-site.json":
            text = re.sub(r'"(?:url|message_id|series)": "[^"]*"|href="[^"]*"', "", path.read_text("utf-8"))
            assert not ADDRESS.findall(text), path
    for path, reader in pages(site):
        assert not ADDRESS.findall(" ".join(reader.text)), path
        assert not any(link.startswith("mailto:") for link in reader.links)
    build(run, tmp_path / "open", "--with-addresses")
    assert any("ada@example.org" in " ".join(reader.text) for _, reader in pages(tmp_path / "open"))


def test_the_same_bytes_twice_and_only_what_differs_is_written(site: Path, run: Run, tmp_path: Path) -> None:
    build(run, tmp_path / "again")
    names = {path.relative_to(site) for path in site.rglob("*") if path.is_file()}
    assert names == {path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()}
    assert all((site / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)
    before = {name: (site / name).stat().st_mtime_ns for name in names}
    assert ": 0 files written" in build(run, site).err
    assert {name: (site / name).stat().st_mtime_ns for name in names} == before
    assert run("opinion", "give", "llm-0@example.org", "unsure", "-m", "Hm.").code == 0
    done = build(run, site).err
    written = int(re.findall(r"([0-9]+) files? written", done)[0])
    assert 0 < written < 8, done


def test_withdrawn_mail_is_gone_and_foreign_files_stay(config: Config, inbox: Inbox, run: Run, tmp_path: Path) -> None:
    inbox.add(
        mail(patch_body("Text.\n\n"), key="kept", subject="[PATCH] kept"),
        mail(patch_body("Text.\n\n"), key="gone", subject="[PATCH] secret"),
    )
    add_list(config, "widgets", (str(inbox.path),), "plain-dco", "")
    ingest(config, load_lists(config.paths))
    folder = tmp_path / "site"
    build(run, folder)
    (folder / "own.txt").write_text("mine\n")
    assert len(list((folder / "series").iterdir())) == 2
    inbox.git("update-ref", "-d", "refs/heads/master")
    inbox.add(mail(patch_body("Text.\n\n"), key="kept", subject="[PATCH] kept"))
    ingest(config, load_lists(config.paths))
    assert "1 removed" in build(run, folder).err
    assert not any("secret" in path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())
    assert (folder / "own.txt").read_text() == "mine\n"


def test_a_folder_that_holds_something_else_is_left_alone(demo: Config, run: Run, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "index.html").write_text("mine\n")
    done = run("site", str(tmp_path / "photos"))
    assert done.code == 2
    assert "holds something else" in done.err
    assert (tmp_path / "photos" / "index.html").read_text() == "mine\n"


def test_a_browser_finds_nothing_wrong_for_those_who_cannot_see(site: Path, tmp_path: Path) -> None:
    spec = find_spec("axe_core_python")
    assert spec is not None
    assert spec.submodule_search_locations
    axe = Path(spec.submodule_search_locations[0]) / "axe.min.js"
    flagged = next(path for path, reader in pages(site) if path.parent.name == "series" and "What you can do:" in " ".join(reader.text))
    for page in (site / "index.html", site / "all.html", flagged, site / "codes" / "DCO001.html", site / "packs" / "qemu.html"):
        for scheme in ("light", "dark"):
            text = page.read_text("utf-8").replace(
                f'href="{"../" if page.parent != site else ""}style.css"', f'href="{site / "style.css"}"'
            )
            text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
            script = "axe.run().then(r => { document.title = JSON.stringify(r.violations.map(v => [v.id, v.impact, v.nodes.length])) })"
            copy = tmp_path / "page.html"
            copy.write_text(text.replace("</body>", f'<script src="{axe}"></script><script>{script}</script></body>'), "utf-8")
            words = [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={tmp_path / 'browser'}",
                f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}", "--virtual-time-budget=8000", "--dump-dom", copy.as_uri(),
            ]  # fmt: skip
            dom = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout
            title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
            assert title
            assert json.loads(title[1]) == [], (page, scheme)


def test_feeds_name_each_finding_alike_and_are_what_they_say(demo: Config, run: Run) -> None:
    lines = [json.loads(line) for line in run("feed", "--format", "jsonl").out.splitlines()]
    atom = ElementTree.fromstring(run("feed").out)
    feed = json.loads(run("feed", "--format", "jsonfeed").out)
    ids = [f"tag:patch-triage.readthedocs.io,2026:{line['id']}" for line in lines]
    assert len(ids) > 10
    assert ids == [entry.findtext(f"{ATOM}id") for entry in atom.iter(f"{ATOM}entry")] == [item["id"] for item in feed["items"]]
    assert all(line["status"] in {"open", "confirmed", "disputed"} for line in lines)
    assert [line["posted"] for line in lines] == sorted((line["posted"] for line in lines), reverse=True)
    for entry in atom.iter(f"{ATOM}entry"):
        assert {child.tag.removeprefix(ATOM) for child in entry} == {"title", "id", "updated", "author", "link", "category", "content"}
    assert run("feed").out == run("feed").out
    only = [json.loads(line) for line in run("feed", "code:DCO001", "--format", "jsonl").out.splitlines()]
    assert {line["code"] for line in only} == {"DCO001"}
    assert "\x1b" not in run("feed").out + run("feed", "--format", "jsonl").out


def test_patchwork_gets_a_check_a_patch_and_kind(demo: Config, run: Run) -> None:
    rows = [json.loads(line) for line in run("findings", "--format", "patchwork").out.splitlines()]
    states = {(row["msgid"], row["context"]): row["state"] for row in rows}
    assert states["<unsigned@example.org>", "triage-dco"] == "fail"
    assert states["<unsigned@example.org>", "triage-ai"] == "success"
    assert {row["state"] for row in rows} == {"fail", "warning", "success"}
    assert len(states) == len(rows)
    assert all(set(row) == {"msgid", "context", "state", "description", "target_url"} and len(row["description"]) <= 250 for row in rows)


class Patchwork(BaseHTTPRequestHandler):
    """What of patchwork's API the uploader asks for."""

    checks: ClassVar[list[dict[str, str]]] = []

    def answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        if "/checks/" in self.path:
            self.answer(self.checks)
        else:
            self.answer([{"checks": f"{base}/api/1.2/patches/7/checks/"}] if "unsigned%40example.org" in self.path else [])

    def do_POST(self) -> None:
        assert self.headers["Authorization"] == "Token secret"
        self.checks.append(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))
        self.answer({})

    def log_message(self, *words: object) -> None:
        pass


def test_the_uploader_posts_what_patchwork_does_not_have(demo: Config, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Patchwork)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rows = run("findings", "--format", "patchwork").out
    words = [sys.executable, str(ROOT / "contrib" / "patchwork" / "upload.py"), f"http://127.0.0.1:{server.server_port}", "widgets"]
    for _ in range(2):
        done = subprocess.run(words, input=rows, capture_output=True, text=True, env=os.environ | {"PATCHWORK_TOKEN": "secret"}, check=True)
        assert "not in patchwork" in done.stderr
    server.shutdown()
    server.server_close()
    states = [(one["context"], one["state"]) for one in Patchwork.checks]
    assert states == [("triage-dco", "fail"), ("triage-ai", "success"), ("triage-format", "success"), ("triage-policy", "success")]


def test_odd_addresses_are_left_out_too_and_a_cut_build_goes_on(
    config: Config, inbox: Inbox, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = patch_body('See bob@localhost, "q r"@x.example and o\'brien@[127.0.0.1].\n\nReviewed-by: ‹jörg.müller@exämple.org>\n\n')
    inbox.add(mail(body, key="x", sender="alice@localhost", subject="[PATCH] for müller@exämple.org"))
    add_list(config, "w", (str(inbox.path),), "netdev", "")
    ingest(config, load_lists(config.paths))
    folder = tmp_path / "site"
    from triage.report import site as building

    real, left = building._write, [3]

    def cut(path: Path, content: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        real(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(building, "_write", cut)
        run("site", str(folder))
    assert build(run, folder).code == 0
    text = "".join(
        path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in {".html", ".json", ".atom"} and path.name[0] != "."
    )
    for part in ("alice@", "bob@", "brien@", "müller@", "@x.example", "jörg.müller"):
        assert part not in text, part
    assert (folder / "packs" / "linux-kernel.html").is_file()
    told = json.loads((folder / ".triage-site.json").read_text())
    (tmp_path / "victim").write_text("mine")
    told["files"]["../victim"] = ["a", "b"]
    (folder / ".triage-site.json").write_text(json.dumps(told))
    build(run, folder)
    assert (tmp_path / "victim").read_text() == "mine"
    feed = json.loads((folder / "feed.json").read_text())
    assert all("\u240a" not in item["content_text"] for item in feed["items"])


def test_what_is_open_on_the_cover_is_open_on_each_patch_for_patchwork(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.since, june = 1780390800, "Tue, 02 Jun 2026 09:00:00 +0000"
    inbox.add(mail("The series was generated with Claude Code.\n\n--\n2.45.0\n", key="c", subject="[PATCH 0/1] x", date=june),
              mail(patch_body(), key="p", subject="[PATCH 1/1] x", date=june, In_Reply_To="<c@example.org>"))  # fmt: skip
    add_list(config, "w", (str(inbox.path),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    found = {json.loads(line)["code"] for line in run("findings", "--json").out.splitlines()}
    assert "AI003" in found
    states = {row["context"]: row["state"] for row in map(json.loads, run("findings", "--format", "patchwork").out.splitlines())}
    assert states["triage-ai"] == "warning"
