# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail that arrives in any order and in any number of runs is told as by a rebuild: `python -m tests.soak.fuzz_runs [INBOXES [SEED]]`.

Two people send covers, parts and versions of a few titles within days, in threads that are partly missing. Series, their mails, their
findings and every link that content ties are the same either way. Links of likeness alone are left out: they are suggested among what
is here when a series is read, and nothing is handed on across one.
"""

import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.conftest import Inbox
from tests.soak.fuzz_facts import DIFF
from triage.admin.lists import add_list
from triage.config import load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.ingest.rebuild import rebuild

TITLES = ["lib: fix it", "widget fixes for net", "lib: add it", "lib: paint it", "lib: fix them all"]
PEOPLE = {"ada": "Ada Example <ada@example.org>", "bo": "Bo Sample <bo@example.org>"}
VERSIONS = ["", "", "v2 ", "v3 ", "v6.1 "]
PLACES = ["0/2", "1/2", "2/2", "1/3", "2/3", "0/3", "3/3", ""]
MAILS = 24

Told = dict[str, list[tuple[object, ...]]]
_ASKED = {
    "series": "select message_id, version, minor, received, total, complete, fingerprint, notes, branch, numbered, again from series",
    "mails": "select m.message_id, m.blob, s.message_id from message m left join series s on s.id = m.series",
    "findings": "select f.id, f.message, f.code, f.status, f.cured, s.message_id from finding f join series s on s.id = f.series",
    "links": "select s.message_id, l.target, l.kind from link l join series s on s.id = l.series where not l.alike and l.kind != 'similar'",
}


def make_mail(chance: random.Random, ids: list[str]) -> bytes:
    """Return one more mail that may answer those of `ids`, and put its own there."""
    who, version, place = chance.choice(["ada", "ada", "bo"]), chance.choice(VERSIONS), chance.choice(PLACES)
    day, hour = chance.choice([1, 1, 2, 3, 9]), chance.choice([3, 9, 9, 20])
    reply = chance.choice(["", "", "Re: "])
    number = len(ids)
    mine = f"<{chance.choice([f'202512{day:02}{hour:02}0000.{100 + len(version)}-{number}-{who}', f'm{number}'])}@x>"
    subject = f"{reply}[PATCH {version}{place}] {chance.choice(TITLES)}".replace(" ]", "]")
    head = [f"From: {PEOPLE[who]}", f"Subject: {subject}", f"Message-ID: {mine}"]
    head.append(f"Date: Mon, {day:02} Dec 2025 {hour:02}:{chance.randint(0, 59):02}:00 +0000")
    if ids and chance.random() < 0.6:
        head.append(f"In-Reply-To: {chance.choice(ids)}")
    if ids and chance.random() < 0.3:
        head.append("References: " + " ".join(chance.sample(ids, min(3, len(ids)))))
    ids.append(mine)
    body = chance.choice(["Hello.\n", "Written with Claude.\n"])
    if not place.startswith("0") and not reply:
        signed = chance.choice([f"Signed-off-by: {PEOPLE[who]}\n", ""])
        patch = DIFF.replace("int c", f"int c{chance.randint(0, 3)}").replace("a.c", chance.choice(["a.c", "b.c"]))
        body = f"{body}\n{signed}---\n{patch}"
    return ("\n".join(head) + "\n\n" + body).encode()


def told(index: Path) -> Told:
    """Return what an index says, in an order of its own."""
    with closing(sqlite3.connect(index)) as connection:
        return {name: sorted(connection.execute(query), key=repr) for name, query in _ASKED.items()}


def one(folder: Path, chance: random.Random) -> int:
    """Take an inbox in by several runs and by one; returns how many series it holds."""
    ids: list[str] = []
    mails = [make_mail(chance, ids) for _ in range(MAILS)]
    chance.shuffle(mails)
    box, config = Inbox(folder / "inbox" / "git" / "0.git"), load_config(str(folder / "home"))
    while mails:
        several = chance.randint(1, 8)
        box.add(*mails[:several])
        mails = mails[several:]
        if not load_lists(config.paths):
            add_list(config, "l", (str(folder / "inbox"),), "linux-kernel", "")
        ingest(config, load_lists(config.paths))
    by_runs = told(config.paths.index)
    rebuild(config)
    at_once = told(config.paths.index)
    for name, rows in at_once.items():
        assert by_runs[name] == rows, f"{name}: {[row for row in rows if row not in by_runs[name]]} of {mails!r}"
    return len(at_once["series"])


def run(count: int, seed: int) -> int:
    """Try `count` inboxes, each of its own seed from `seed` on; returns how many series they held."""
    series = 0
    for number in range(seed, seed + count):
        with tempfile.TemporaryDirectory() as folder:
            try:
                series += one(Path(folder), random.Random(number))
            except Exception as error:
                error.add_note(f"seed {number}")
                raise
    return series


if __name__ == "__main__":
    inboxes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seeded = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(f"{inboxes} inboxes of {MAILS} mails from seed {seeded}: {run(inboxes, seeded)} series, each the same by runs and at once")
