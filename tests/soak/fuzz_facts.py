# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzing of what is told from mails: `python -m tests.soak.fuzz_facts [RUNS [SEED]]`, a million mails by default.

Mails are made of the lines that facts rest on (From in every form, tags, notices, quotes, pasted commits, trailers) in any order, in
threads of a few. Whatever comes out must be whole: every mail in one series or none, the same for any order, replies with theirs,
links only to what was sent, nobody's address with blanks. An input that raises is printed and ends the run.
"""

import random
import sys
from collections.abc import Callable

from triage.mail.message import read_mail
from triage.mail.mime import UnreadableError
from triage.model import Message, RawMail, blob_id
from triage.policy.annotate import with_facts
from triage.policy.judge import judge
from triage.policy.pack import Pack
from triage.projects import load_pack
from triage.series.followups import followups
from triage.series.grouping import group
from triage.series.replies import replies_to, why_none
from triage.series.versions import posting_of, previous, suggestions

PEOPLE = [
    "Ada Example <ada@example.org>", '"Ada @ Home" <ada@example.org>', "ada at example.org (Ada Example)", "Ada Example via <l@x.org>", "l@x.org",
    "Ada via B4 Relay <devnull+ada.example.org@kernel.org>", "~ada <ada@git.sr.ht>", "=?utf-8?q?Zo=C3=A9?= <z@example.org>", "Zo\udce9 <z@x>",
    "@", "<>", '"', "a@b@c", "Ada Example (ada@example.org)", "Bo <bo@x>, Ada <ada@example.org>", "kernel test robot <lkp@x>", "", "ada.example@x.org", "((((",
]  # fmt: skip
TAGS = [
    "PATCH", "RFC", "v2", "v6.1", "v5.1", "1/2", "0/2", "2/2", "1 of 2", "nf.v4", "net,v20/4", "v11-ima", "WIP", "RESEND", "for", "PART", "2", "GIT PULL",
    "git:tree/master", "bug#7", "RFC-PATCH", "[", "]", "6.1", "999/999",
]  # fmt: skip
TITLES = [
    "lib: fix it", "widget fixes for net", "RFC: lib: fix it", "Re: lib: fix it", 'Applied "x" to the y tree', 'Patch "x" has been added to the 6.1-stable tree',
    "lib: fix it (v3)", "lots of interrupts", "Fwd: x", "", "x" * 300,
]  # fmt: skip
DIFF = "diff --git a/lib/a.c b/lib/a.c\nindex 1111111..2222222 100644\n--- a/lib/a.c\n+++ b/lib/a.c\n@@ -1,2 +1,2 @@\n int a;\n-int b;\n+int c;\n"
LINES = [
    "It is off by one.", "", "", "---", " lib/a.c | 2 +-", " 1 file changed", DIFF, "-- \n2.47", "From: Ada Example <ada@example.org>", "From: X via l <l@x.org>",
    "Date: Mon, 1 Dec 2025 10:00:00 +0000", "Subject: [PATCH] lib: fix it", f"From {'0' * 40} Mon Sep 17 00:00:00 2001", f"commit {'0' * 40}",
    "Author: Bo <bo@x>", "    Signed-off-by: Bo <bo@x>", "Signed-off-by: Ada Example <ada@example.org>", "Signed-Off by: Ada <ada@example.org>",
    "Signed-off-by: Ada Example", "<ada@example.org>", "Signed-off-by : A <a@b>", "  Reviewed-by: Bo <bo@x>", "Fixes:", "Fixes: 123456789abc (\"x\")",
    "Fixes: the build", "What it refuses:", "-----Original Message-----", "Sent: Monday, 1 June 2026", "To: x", "Begin forwarded message:", "> quoted",
    "The following changes since commit 1:", "are available in the Git repository at:", "v1: https://lore.kernel.org/r/m0@x/", "Supersedes: <m1@x>",
    "Previous version: https://lore.kernel.org/all/m2@x/", "change-id: 20260101-x", "6.1-stable review patch. If", "------------------", "8< -----", "Zo\udce9",
    "[ Upstream commit 1 ]", "# comment", "____________________________________________", "Co-developed-by: Bo <bo@x>", "Assisted-by: Claude", "\0", "\x1b[31m",
]  # fmt: skip


def make_mail(chance: random.Random, number: int) -> bytes:
    """Return one mail of a thread; its id says its number."""
    tags = " ".join(chance.choice(TAGS) for _ in range(chance.randint(0, 4)))
    subject = f"[{tags}] {chance.choice(TITLES)}" if chance.random() < 0.8 else chance.choice(TITLES)
    head = [
        f"From: {chance.choice(PEOPLE)}",
        f"Subject: {subject}",
        f"Message-ID: <m{chance.choice((number, 0)) if number < 2 else number}@x>",
    ]
    head.append(f"Date: Mon, {chance.randint(1, 28):02} Dec 2025 10:{number:02}:00 +0000")
    for name in ("Reply-To", "Cc", "X-Original-Sender", "X-Original-From"):
        if chance.random() < 0.2:
            head.append(f"{name}: {chance.choice(PEOPLE)}, {chance.choice(PEOPLE)}")
    if chance.random() < 0.6:
        parent = chance.randint(0, 7)
        head.append(
            chance.choice((f"In-Reply-To: <m{parent}@x>", f"In-Reply-To: Message from Ada <ada@example.org> of today <m{parent}@x>"))
        )
    if chance.random() < 0.4:
        head.append("References: " + " ".join(f"<m{chance.randint(0, 9)}@x>" for _ in range(chance.randint(1, 4))))
    if chance.random() < 0.1:
        head.append(f"List-Id: <{chance.choice(('l.x.org', 'ada.example.org'))}>")
    body = "\n".join(chance.choice(LINES) for _ in range(chance.randint(0, 14)))
    return ("\n".join(head) + "\n\n" + body + "\n").encode("utf-8", "surrogateescape")


def read(content: bytes) -> Message | None:
    """Return the facts of a mail, None where it is quarantined."""
    try:
        done = read_mail(RawMail(content, "", blob_id(content), 0))
    except UnreadableError:
        return None
    message = with_facts(done.message, done.body)
    assert not any(char.isspace() for char in message.author.email + message.sender.email)
    assert 1 <= message.subject.version <= 999
    assert all(1 <= item.line <= done.body.text.count("\n") + 1 for item in message.trailers)
    return message


def one(mails: list[bytes], pack: Pack, chance: random.Random) -> int:
    """Read, group and judge a few mails and hold what comes out to what must be; returns how many series there were."""
    messages = [message for content in mails if (message := read(content))]
    members = [m for m in messages if m.is_member]
    grouped = group(members)
    assert sorted(m.blob for s in grouped for m in s.members) == sorted(m.blob for m in members)
    shuffled = members[:]
    chance.shuffle(shuffled)
    assert group(shuffled) == grouped
    replies = replies_to(grouped, messages)
    assert sum(map(len, replies)) <= len(messages) - len(members)
    here = {m.message_id for m in messages}
    assert all(why_none(m, here & set(m.parents)) for m in messages)
    postings = [posting_of(series) for series in grouped]
    for series, answers, posting in zip(grouped, replies, postings, strict=True):
        links = previous(posting, postings) or suggestions(posting, postings)
        assert all(link.to != posting.first or posting.first in {p.first for p in postings if p is not posting} for link in links)
        assert series.received <= len(series.patches)
        assert all(item.patch in {m.message_id for m in series.members} for item in followups(series, answers))
        assert all(item.says and item.id for item in judge(series, answers, pack))
    return len(grouped)


def run(count: int, seed: int, report: Callable[[str], None] = print) -> int:
    """Make and read `count` mails, in threads of up to six; returns how many series they were."""
    chance = random.Random(seed)
    packs = [load_pack(name) for name in ("linux-kernel", "qemu", "plain-dco")]
    done = series = 0
    while done < count:
        mails = [make_mail(chance, number) for number in range(chance.randint(1, 6))]
        try:
            series += one(mails, chance.choice(packs), chance)
        except Exception:
            report(f"seed {seed}, after {done} mails: {mails!r}")
            raise
        done += len(mails)
    return series


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seeded = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(f"{runs} mails of seed {seeded}: {run(runs, seeded)} series, 0 uncaught")
