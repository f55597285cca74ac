# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""git's own test mails (t5100, t4256): author, subject, message and patch byte for byte as git expects them."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import SHARED
from triage.mail.mailinfo import MailInfo, mailinfo
from triage.mail.mime import open_envelope
from triage.mail.patch import cut

pytestmark = pytest.mark.corpus
T5100 = SHARED / "peers" / "git" / "t5100"
NUMBERS = [f"{n:04}" for n in range(1, 19)]
VARIANTS = ("0012--message-id", "0014--scissors", "0015--no-inbody-headers", "0016--no-inbody-headers", "0018--no-inbody-headers")
PAIRS = ("comment", "embed-from", "info-from", "quoted-from", "quoted-string")


def read(content: bytes, scissors: bool = False, in_body_headers: bool = True) -> MailInfo:
    envelope = open_envelope(content)
    return mailinfo(envelope, cut(envelope.text, scissors, in_body_headers))


def info(found: MailInfo) -> str:
    lines = [f"Author: {found.author.name}", f"Email: {found.author.email}"] if found.author else []
    lines += [f"Subject: {found.subject}", *([f"Date: {found.date}"] if found.date else []), ""]
    return "".join(f"{line}\n" for line in lines)


def split(name: str, folder: Path) -> list[bytes]:
    subprocess.run(["git", "mailsplit", f"-o{folder}", T5100 / name], check=True, capture_output=True)
    return [path.read_bytes() for path in sorted(folder.iterdir()) if path.name.isdigit()]


@pytest.mark.parametrize("name", [*NUMBERS, *VARIANTS])
def test_sample_mails(name: str, tmp_path: Path) -> None:
    number, _, option = name.partition("--")
    content = split("sample.mbox", tmp_path)[int(number) - 1]
    found = read(content, option == "scissors", option != "no-inbody-headers")
    assert info(found) == (T5100 / f"info{name}").read_text("utf-8")
    # git's --message-id adds a line to the message that no archive needs
    message = (T5100 / f"msg{number if option == 'message-id' else name}").read_text("utf-8")
    assert found.message == message
    # git ends the last part of a multipart mail with two line ends of its own
    ends = b"\n\n" if b"Content-Type: multipart/" in content else b""
    assert found.patch + ends == (T5100 / f"patch{name}").read_bytes()


@pytest.mark.parametrize("number", range(1, 12))
def test_encoded_names(number: int, tmp_path: Path) -> None:
    found = read(split("rfc2047-samples.mbox", tmp_path)[number - 1])
    assert info(found) == (T5100 / f"rfc2047-info-{number:04}").read_text("utf-8")


@pytest.mark.parametrize("name", PAIRS)
def test_names_and_quoting(name: str) -> None:
    found = read((T5100 / f"{name}.in").read_bytes())
    expected = (T5100 / f"{name}.expect").read_text("utf-8")
    assert expected in (info(found), found.message)


def test_nul_bytes_survive() -> None:
    plain = (T5100 / "nul-plain").read_bytes()
    assert read(plain).patch == git_patch(plain)
    assert read((T5100 / "nul-b64.in").read_bytes()).patch == (T5100 / "nul-b64.expect").read_bytes()


def test_line_ends_inside_base64(tmp_path: Path) -> None:
    for content in split("quoted-cr.mbox", tmp_path):
        found = read(content)
        for ours, name in ((found.message.encode(), "quoted-cr-msg"), (found.patch, "quoted-cr-patch")):
            # %% stands for CR; the one at each line's end is what --quoted-cr=strip takes away
            assert ours == (T5100 / name).read_bytes().replace(b"%%\n", b"\n").replace(b"%%", b"\r")


def test_flowed_text() -> None:
    content = (SHARED / "peers" / "git" / "t4256" / "1" / "patch").read_bytes()
    assert read(content).patch == git_patch(content)


def git_patch(content: bytes) -> bytes:
    subprocess.run(["git", "mailinfo", "message", "patch"], input=content, check=True, capture_output=True)
    return Path("patch").read_bytes()
