# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail whose bytes are missing in an archive: it is counted, told, and tried again; everything behind it is read."""

import json
from pathlib import Path

import pytest

from tests.conftest import Inbox, Run, mail, patch_body


def loose(inbox: Inbox, blob: str) -> Path:
    return inbox.path / "objects" / blob[:2] / blob[2:]


def five(inbox: Inbox) -> list[bytes]:
    mails = [mail(patch_body(f"It was broken {n} times.\n"), key=f"m{n}", subject=f"[PATCH] t{n}") for n in range(5)]
    inbox.add(*mails)
    return mails


def sums(run: Run, *words: str) -> dict[str, int]:
    total = json.loads(run("ingest", "--json", *words).out)["archives"][0]["total"]
    assert total["entries"] == sum(total[name] for name in ("parsed", "duplicate", "deleted", "quarantined", "unreadable"))
    return dict(total)


def test_a_missing_mail_is_an_entry_of_its_own_and_all_else_is_read(run: Run, inbox: Inbox) -> None:
    mails = five(inbox)
    blob = inbox.git("hash-object", "--stdin", stdin=mails[1])
    kept = loose(inbox, blob).read_bytes()
    loose(inbox, blob).unlink()
    run("add", "w", str(inbox.path.parent.parent), "--policy", "linux-kernel")
    first = run("ingest")
    assert (first.code, first.out.startswith("w: 4 mails")) == (74, True)
    assert f"mail {blob} is missing in" in first.err
    assert (run("ingest").code, sums(run)["unreadable"]) == (74, 1)
    status = run("ingest", "--status")
    assert status.code == 1
    assert "never read" not in status.out
    assert f"mail {blob} is missing" in status.out
    rebuilt = run("db", "rebuild", "--json")
    assert (rebuilt.code, json.loads(rebuilt.out)["archives"][0]["unreadable"]) == (74, 1)
    loose(inbox, blob).parent.mkdir(exist_ok=True)
    loose(inbox, blob).write_bytes(kept)
    again = run("ingest")
    assert (again.code, again.err) == (0, "")
    assert sums(run) == {"entries": 5, "parsed": 5, "duplicate": 0, "deleted": 0, "quarantined": 0, "unreadable": 0, "withdrawn": 0}
    assert len(run("list", "--json").out.splitlines()) == 5


def test_a_mail_that_was_deleted_while_it_was_missing_stays_deleted(run: Run, inbox: Inbox) -> None:
    mails = five(inbox)
    blob = inbox.git("hash-object", "--stdin", stdin=mails[1])
    kept = loose(inbox, blob).read_bytes()
    inbox.commit({"d": mails[1]})
    loose(inbox, blob).unlink()
    run("add", "w", str(inbox.path.parent.parent), "--policy", "linux-kernel")
    assert sums(run)["unreadable"] == 1
    loose(inbox, blob).write_bytes(kept)
    assert sums(run)["deleted"] == 1
    assert "t1" not in run("list").out


def test_a_rebuild_does_not_throw_away_what_is_missing_now(run: Run, inbox: Inbox) -> None:
    mails = five(inbox)
    run("add", "w", str(inbox.path.parent.parent), "--policy", "linux-kernel")
    run("ingest")
    loose(inbox, inbox.git("hash-object", "--stdin", stdin=mails[3])).unlink()
    done = run("db", "rebuild")
    assert (done.code, "1 mail that it holds is missing in the archives now" in done.err) == (74, True)
    assert len(run("list", "--json").out.splitlines()) == 5


def test_mail_that_comes_behind_a_hole_is_read_by_the_next_run(run: Run, inbox: Inbox) -> None:
    mails = five(inbox)
    loose(inbox, inbox.git("hash-object", "--stdin", stdin=mails[2])).unlink()
    run("add", "w", str(inbox.path.parent.parent), "--policy", "linux-kernel")
    run("ingest")
    inbox.add(mail(patch_body("It came late.\n"), key="late", subject="[PATCH] late"))
    assert (run("ingest").code, sums(run)["parsed"], sums(run)["unreadable"]) == (74, 5, 1)
    assert "late" in run("list").out


@pytest.mark.parametrize("damaged", [1, 3])
def test_a_damaged_pack_costs_the_mails_that_are_damaged(damaged: int, run: Run, inbox: Inbox) -> None:
    mails = five(inbox)
    inbox.git("-c", "pack.depth=0", "repack", "-adq")
    blob = inbox.git("hash-object", "--stdin", stdin=mails[damaged])
    pack = next((inbox.path / "objects" / "pack").glob("*.pack"))
    rows = inbox.git("verify-pack", "-v", str(pack.with_suffix(".idx"))).splitlines()
    offset = next(int(row.split()[4]) for row in rows if row.startswith(blob))
    pack.chmod(0o644)
    content = bytearray(pack.read_bytes())
    content[offset + 20 : offset + 60] = bytes(40)
    pack.write_bytes(content)
    run("add", "w", str(inbox.path.parent.parent), "--policy", "linux-kernel")
    done = run("ingest")
    assert done.code == 74
    assert blob in done.err
    assert "Traceback" not in done.err
    assert (sums(run)["parsed"], sums(run)["unreadable"]) == (4, 1)
