# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzing from bytes to Message to Series, guided by coverage: `python -m tests.soak [-runs=N]`.

Needs atheris (`pip install --group soak`). Seeds are the sample mails of this repository and, where ../shared lies beside it, the peers' own test
mails. An input that raises is kept as crash-*; make a fixture of it. A run of a million takes about half an hour a core.
"""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT, SHARED
from triage.archive.mbox import split_mbox
from triage.mail.message import read_mail
from triage.mail.mime import UnreadableError
from triage.model import Message, RawMail, blob_id
from triage.policy.evidence import find_evidence
from triage.series.compare import compare
from triage.series.followups import followups
from triage.series.grouping import explained, group
from triage.series.replies import replies_to
from triage.series.versions import posting_of, previous, suggestions

MILLION = 1_000_000


def one(data: bytes) -> None:
    """Take some bytes all the way: every mail read or refused, every member in exactly one series, versions and follow-ups told."""
    messages: list[Message] = []
    for content in split_mbox(data) if data.startswith(b"From ") else [data]:
        try:
            read = read_mail(RawMail(content, "", blob_id(content), 1_700_000_000))
        except UnreadableError as error:
            assert error.reason
            continue
        find_evidence(read.message, read.body)
        messages.append(read.message)
    members = [message for message in messages if message.is_member]
    found = group(members)
    assert sorted(m.blob for series in found for m in series.members) == sorted(m.blob for m in members)
    answers = replies_to(found, messages)
    postings = [posting_of(series) for series in found]
    for number, series in enumerate(found):
        assert len(list(explained(series))) == len(series.members)
        followups(series, answers[number])
        previous(postings[number], postings)
        suggestions(postings[number], postings)
        compare(found[number - 1].patches, series.patches)


def seeds() -> Iterator[bytes]:
    """Yield mails to start from."""
    for path in sorted((ROOT / "fixtures" / "demo").glob("*.fast-import")):
        yield from (b"From" + part for part in path.read_bytes().split(b"\nFrom")[1:])
    if SHARED.is_dir():
        for path in sorted((SHARED / "peers").rglob("*")):
            if path.is_file() and path.suffix not in {".json", ".bundle"} and path.stat().st_size < 60_000:
                yield path.read_bytes()


WORDS = (
    b"=?utf-8?q?", b"?=", b"\r\n", b"\n\n", b"\0", b"\xff", b"[PATCH v2 1/3] ", b"Re: ", b"Signed-off-by: ", b"---\n", b"diff --git a/x b/x\n",
    b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"-- >8 --\n", b"From ", b"Message-ID: <a@b>\n", b"References: <a@b>\n",
    b"format=flowed", b"charset=utf-7", b"\x1b[2J", b"GIT binary patch\n", b"Date: Thu, 1 Jan 100 00:00:00 +99999\n",
)  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with some cut, doubled, flipped or put in: what the sample run does in place of atheris."""
    content = bytearray(data[:20_000])
    for _ in range(chance.randint(1, 6)):
        at, size = chance.randrange(len(content) + 1), chance.choice((1, 2, 8, 64, 512))
        match chance.randrange(5):
            case 0:
                del content[at : at + size]
            case 1:
                content[at:at] = content[at : at + size] * chance.randint(1, 4)
            case 2:
                content[at:at] = chance.choice(WORDS)
            case 3:
                content[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                other = chance.randrange(len(content) + 1)
                content[at:at] = content[other : other + size]
    return bytes(content)


def fuzz(words: list[str]) -> None:
    """Run atheris over the seeds; `words` are options of libFuzzer."""
    import atheris

    folder = Path(tempfile.mkdtemp(prefix="fuzz-mail-"))
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    atheris.Setup(["fuzz_mail", str(folder), f"-runs={MILLION}", "-max_len=20000", "-timeout=10", "-rss_limit_mb=1000", *words], one)
    atheris.Fuzz()
