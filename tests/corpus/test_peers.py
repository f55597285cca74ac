# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peers' test mails, read in place: what git, patchwork and notmuch assert of them."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import SHARED
from triage.archive.mbox import split_mbox
from triage.mail.message import read_mail
from triage.mail.mime import UnreadableError
from triage.model import RawMail, blob_id

pytestmark = pytest.mark.corpus
PEERS = SHARED / "peers"


def test_every_peers_mail_ends_as_a_message_or_with_a_reason() -> None:
    read = refused = 0
    for path in sorted(PEERS.rglob("*")):
        if not path.is_file() or path.suffix in {".json", ".bundle"}:
            continue
        content = path.read_bytes()
        for mail in split_mbox(content) if content.startswith(b"From ") else [content]:
            try:
                read_mail(RawMail(mail, "", blob_id(mail), 0))
                read += 1
            except UnreadableError as error:
                assert error.reason
                refused += 1
    assert read > 600
    assert refused < 10


def test_git_and_we_split_the_same_mails(tmp_path: Path) -> None:
    sample = PEERS / "git" / "t5100" / "sample.mbox"
    subprocess.run(["git", "mailsplit", f"-o{tmp_path}", "--mboxrd", sample], check=True, capture_output=True)
    assert len(list(tmp_path.iterdir())) == len(split_mbox(sample.read_bytes()))
