# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real archives, read in place: nothing lost, nothing raised, and what git says of every patch."""

import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.corpus.conftest import NAMES
from tests.ingest.test_pipeline import dump
from triage import git
from triage.admin.lists import add_list
from triage.archive.publicinbox import PublicInbox
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.ingest.rebuild import rebuild
from triage.mail.message import read_mail
from triage.model import Kind, RawMail, State
from triage.model.archive import Entry
from triage.policy.evidence import find_evidence
from triage.store.schema import open_index

pytestmark = pytest.mark.corpus
COMMITS = {"linux-fpga": 7584, "linux-modules": 10570, "util-linux": 3509}

# Mails of linux-modules since 2025 where git mailinfo and we differ, each with the reason; at most two in a thousand may.
DIFFERENT = {
    "CAEABq7d=a-AZYfeTerM6osxnar236Gr5L9GKHpTxypj6dgiEbg@mail.gmail.com": "mailinfo takes the boundary line of a nested multipart as text",
}


def mails(path: Path) -> Iterator[RawMail]:
    archive = PublicInbox(path, "git")
    items = [item for item in archive.walk(path.name, "").items if item.entry is Entry.MAIL]
    for item, content in archive.read(path.name, items):
        assert content is not None
        yield RawMail(content, item.locator, item.blob, item.archived)


def test_entries_are_the_commits_and_the_sum_holds(mirrors: dict[str, Path], tmp_path: Path) -> None:
    config = load_config(str(tmp_path / "corpus"))
    for name in NAMES:
        add_list(config, name, (str(mirrors[name]),), "linux-kernel", "")
    runs = ingest(config, load_lists(config.paths))
    for run in runs:
        commits = int(git.read(mirrors[run.name], "rev-list", "--count", "--all"))
        total = run.total
        assert total["entries"] == commits == COMMITS[run.name]
        assert total["entries"] == total["parsed"] + total["duplicate"] + total["deleted"] + total["quarantined"]
        assert total["quarantined"] == 0
    again = ingest(config, load_lists(config.paths))
    assert [(run.counts.entries, run.series_new, run.findings_new) for run in again] == [(0, 0, 0)] * 3
    with closing(open_index(config.paths.index)) as connection:
        loose = connection.execute(
            "select count(*) from message where kind in ('patch', 'cover', 'pull', 'reply-patch') and series is null and gone = ''"
        ).fetchone()[0]
        assert loose == 0
        assert connection.execute("select count(*) from series where topic = ''").fetchone()[0] == 0
    before = dump(config.paths.index)
    rebuild(config)
    assert dump(config.paths.index) == before


@pytest.mark.parametrize("name", NAMES)
def test_both_paths_give_equal_messages_on_every_mail(name: str, mirrors: dict[str, Path]) -> None:
    count = 0
    for raw in mails(mirrors[name]):
        fast, slow = read_mail(raw), read_mail(raw, fast=False)
        assert fast.message == slow.message, raw.blob
        assert fast.body == slow.body, raw.blob
        count += 1
    assert count >= COMMITS[name] - 2


def test_message_author_and_signoffs_are_those_of_git_mailinfo(mirrors: dict[str, Path], tmp_path: Path) -> None:
    since = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())

    def differs(raw: RawMail) -> str | None:
        read = read_mail(raw)
        if read.message.kind is not Kind.PATCH or (read.message.date or 0) < since:
            return None
        base = tmp_path / raw.blob
        info = subprocess.run(
            ["git", "mailinfo", f"{base}.m", f"{base}.p"], input=raw.content, capture_output=True, check=True, env=os.environ
        ).stdout
        message = Path(f"{base}.m").read_text("utf-8", "replace")
        head = dict(line.split(": ", 1) for line in info.decode("utf-8", "replace").splitlines() if ": " in line)
        author = read.message.author
        kept = [line.rstrip() for line in message.split("\n") if line.startswith("Signed-off-by:")]
        ours = [t.raw for t in read.message.trailers if t.raw.startswith("Signed-off-by:") and t.region == "message"]
        same = (
            message == read.body.commit_message
            and (head["Author"], head["Email"]) == (author.name or author.email, author.email)
            and kept == ours
        )
        return "" if same else str(read.message.message_id)

    with ThreadPoolExecutor(4) as pool:
        results = [result for result in pool.map(differs, mails(mirrors["linux-modules"])) if result is not None]
    assert len(results) > 1400
    assert {result for result in results if result} == set(DIFFERENT)
    assert len(DIFFERENT) <= len(results) * 2 // 1000


def test_every_assisted_by_is_evidence_and_no_lookalike_is(mirrors: dict[str, Path]) -> None:
    lookalike = r"allmodconfig|precursor|\bcursor\b|clang-llvm|gemini-lake|cortina"
    tells = (b"assisted", b"allmodconfig", b"cursor", b"clang-llvm", b"gemini-lake", b"cortina", b"base64")
    declared = found = 0
    for name in NAMES:
        for raw in mails(mirrors[name]):
            text = raw.content.replace(b"=\n", b"").lower()
            if not any(word in text for word in tells):
                continue
            read = read_mail(raw)
            evidence = find_evidence(read.message, read.body)
            lines = [n for n, line in enumerate(read.body.text.split("\n"), 1) if re.match(r"assisted-by\s*:", line, re.IGNORECASE)]
            declared += len(lines)
            found += len([item for item in evidence if item.line in lines])
            for item in evidence:
                assert not re.search(lookalike, item.quote, re.IGNORECASE), item
    assert declared == found == 24


def test_assisted_by_is_judged_by_the_grammar_of_its_date(three: Config) -> None:
    with closing(open_index(three.paths.index)) as connection:
        rows = connection.execute("select rule, quote from finding where code = 'AI006'").fetchall()
    assert rows == [("assist-v1", "Assisted-by: google gemini")]


def test_every_real_subject_is_shown_as_safe_gives_it(mirrors: dict[str, Path]) -> None:
    """In the list, in a mail's head, and in a page: whole, literal, and with nothing that a terminal would obey."""
    from triage.model.text import safe
    from triage.store.lines import SeriesLine
    from triage.store.queries import Stored
    from tui.inbox_lines import inbox_row
    from tui.mail_text import text_lines
    from tui.voices import Voices

    seen: set[bytes] = set()
    for name in NAMES:
        for number, raw in enumerate(mails(mirrors[name])):
            head = raw.content.partition(b"\n\n")[0]
            field = re.search(rb"^Subject:.*(?:\n[ \t].*)*", head, re.MULTILINE | re.IGNORECASE)
            written = field[0] if field else raw.content
            if written in seen:
                continue
            seen.add(written)
            message = read_mail(raw).message
            shown = safe(message.raw_subject)
            assert shown.isprintable(), raw.blob
            line = SeriesLine(
                number, message.message_id, message.raw_subject, message.raw_subject, 1, message.author.name, message.author.email,
                message.sender.name, message.sender.email, 0, 0, 1, 1,
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", "", 0, "patch", "[]", 0, 0, 0, 0, "", State.NEW,
            )  # fmt: skip
            assert inbox_row(line, 4000, 0, cursor=False).text.rstrip().endswith(shown.rstrip()), raw.blob
            head = text_lines(Stored(number, message, None, ""), "", [], Voices(""), 80)
            assert head[0].text == f"Subject: {shown}", raw.blob
            assert all(row.text.isprintable() for row in head), raw.blob
