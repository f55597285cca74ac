# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchwork's own mails: each read as what it is, its pull requests, diffs and series as patchwork's tests assert, in any order."""

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from triage.archive.mbox import split_mbox
from triage.mail.message import Read, read_mail
from triage.mail.mime import UnreadableError
from triage.model import Kind, Message, RawMail, blob_id
from triage.series.grouping import group

pytestmark = pytest.mark.corpus
FOLDER = SHARED / "peers" / "patchwork"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expectations.json").read_text("utf-8")) if FOLDER.is_dir() else {}


def names(folder: str) -> list[str]:
    return sorted(path.name for path in (FOLDER / folder).iterdir()) if FOLDER.is_dir() else []


def read(path: Path) -> Read:
    content = path.read_bytes()
    return read_mail(RawMail(content, "", blob_id(content), 0))


# One untagged diff attached as plain text in a charset called "none", of a project without tags: a report with its diff for us.
OTHER_KINDS = {"0010-invalid-charset.mbox": Kind.REPORT}


@pytest.mark.parametrize("name", names("mail"))
def test_each_mail_is_what_patchwork_says(name: str) -> None:
    found = read(FOLDER / "mail" / name)
    (theirs,) = EXPECTED[f"patchwork/mail/{name}"]["content"]
    pull = theirs["pull_url"] or ""
    assert found.message.pull == pull
    assert bool(found.body.diff) == bool(theirs["diff_len"]) or pull
    if theirs["diff_len"]:
        assert found.body.diff.startswith(theirs["diff_starts"][:30])
        expected = Kind.PULL if pull else OTHER_KINDS.get(name, Kind.PATCH)
        assert found.message.kind is expected


def test_what_patchworks_own_tests_look_for() -> None:
    def diff(name: str) -> str:
        return read(FOLDER / "mail" / name).body.diff

    assert diff("0007-cvs-format-diff.mbox").startswith("Index: ")
    for name in ("0008-git-rename.mbox", "0009-git-rename-with-diff.mbox"):
        assert (diff(name).count("\nrename from "), diff(name).count("\nrename to ")) == (2, 2)
    assert "\n@@ " in diff("0009-git-rename-with-diff.mbox")
    assert diff("0011-no-newline-at-end-of-file.mbox").count("\\ No newline at end of file") == 2
    assert "diff --git" not in read(FOLDER / "mail" / "0011-no-newline-at-end-of-file.mbox").body.commit_message
    assert "<div" not in read(FOLDER / "mail" / "0019-multipart-patch.mbox").body.text
    assert "<div" not in read(FOLDER / "mail" / "0020-multipart-comment.mbox").body.text
    for name in names("mail"):
        if name.startswith(("0025", "0026", "0027")):
            assert "\nGIT binary patch\n" in diff(name)
    mixed = read(FOLDER / "mail" / "0026-git-add-mixed-binary-text-files.mbox").message
    assert [(f.path, f.status, f.added) for f in mixed.files] == [("pixel.bmp", "added", 0), ("quit.sh", "added", 3)]


@pytest.mark.parametrize("name", names("fuzz"))
def test_what_fuzzing_broke_ends_as_one_record(name: str) -> None:
    try:
        assert read(FOLDER / "fuzz" / name).message.message_id
    except UnreadableError as error:
        assert error.reason


def members(name: str) -> list[Message]:
    mails = split_mbox((FOLDER / "series" / name).read_bytes())
    read_ones = [read_mail(RawMail(mail, "", blob_id(mail), 0)).message for mail in mails]
    return [message for message in read_ones if message.is_member]


SERIES = [name for name in names("series") if name.endswith(".mbox")]


@pytest.mark.parametrize("name", SERIES)
def test_series_split_as_patchwork_asserts(name: str) -> None:
    ours = sorted((s.version, s.total, s.received, s.cover is not None) for s in group(members(name)))
    rows = EXPECTED[f"patchwork/series/{name}"]["series"]
    assert ours == sorted((row["version"], row["total"], row["received_total"], bool(row["cover"])) for row in rows)


@pytest.mark.parametrize("name", SERIES)
def test_series_do_not_depend_on_the_order_of_arrival(name: str) -> None:
    mails = members(name)
    first = group(mails)
    if len(mails) <= 5:
        orders = [list(order) for order in itertools.permutations(mails)]
    else:
        orders = [random.Random(seed).sample(mails, len(mails)) for seed in range(200)]
    assert all(group(order) == first for order in orders)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_neither_do_several_at_once(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(SERIES), min_size=2, max_size=4, unique=True))
    mails = list({m.blob: m for name in chosen for m in members(name)}.values())
    assert group(data.draw(st.permutations(mails))) == group(mails)
