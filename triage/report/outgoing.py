# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails written to be sent by hand: a file each in a folder, or one mbox; and the commands that send them as they are. Nothing is sent."""

import os
import re
import shlex
import shutil
import tempfile
import textwrap
from collections.abc import Sequence
from email.message import EmailMessage
from email.quoprimime import body_encode
from pathlib import Path

from triage.archive.mbox import mboxrd
from triage.files import write_file
from triage.model.errors import ArchiveError, UsageError
from triage.model.expression import expression

_SEND = "git send-email --confirm=always --suppress-cc=self --suppress-cc=body"
"""Its own habit of writing to whoever a body names is off: a draft quotes lines that name people."""
WIDTH = 65
"""Below the 66 that RFC 3676, section 4.2, advises: what the reply form shows unbroken on 80 columns."""
_WHOLE = expression(r"[>|\s*-]|[A-Za-z][A-Za-z-]*-[A-Za-z-]+: ")
"""Lines that are not our prose: quoted, indented, items of a list, trailers."""


def set_text(mail: EmailMessage, text: str) -> None:
    """Make a text the plain body of a mail, as every mailer and pager shows it: 7bit where it is ASCII, else quoted-printable."""
    if text.isascii() and all(len(line) < 998 for line in text.split("\n")):
        mail.set_content(text, charset="utf-8", cte="7bit")
        return
    mail["Content-Type"] = 'text/plain; charset="utf-8"'
    mail["Content-Transfer-Encoding"] = "quoted-printable"
    mail["MIME-Version"] = "1.0"
    octets = text.encode("utf-8", "replace").decode("latin-1")
    mail.set_payload(body_encode(octets, 76))  # set_content would fold by the policy, which folds nothing


def wrapped(text: str) -> str:
    """Wrap our own prose at `WIDTH` columns; quoted, indented and blank lines, trailers, and links and addresses stay whole."""
    out: list[str] = []
    for paragraph in re.split(r"\n{2,}", text):
        lines = paragraph.split("\n")
        if any(_WHOLE.match(line) for line in lines):
            out.append(paragraph)
        else:
            words = " ".join(line.strip() for line in lines)
            out.append(textwrap.fill(words, WIDTH, break_long_words=False, break_on_hyphens=False))
    return "\n\n".join(out)


def is_folder(output: Path | str) -> bool:
    """Say whether a place where mails are to be written is a folder: one that is there, or a name that ends in a slash."""
    return str(output).endswith("/") or Path(output).is_dir()


def check_output(output: str) -> None:
    """Raise `UsageError` or `ArchiveError` where mails could not be written, before anything is done that rests on it."""
    from triage.files import check_writable

    path = Path(output)
    if not is_folder(output):
        check_writable(path)
    elif path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{output} is not an empty folder", "name one that is new: all mails in it would be sent")
    elif not path.exists():
        check_writable(path.absolute())


def write_mails(output: str, mails: Sequence[bytes]) -> list[str]:
    """Write mails whole or not at all and return the commands that send them: a file each where `output` is a folder, else an mbox.

    A name that ends in `.eml` takes one mail. Raises `UsageError` where more are given, or the folder holds something already.
    """
    path = Path(output)
    if is_folder(output):
        _write_folder(path, mails)
        return [f"{_SEND} {shlex.quote(str(path))}/*.eml"]
    if path.suffix == ".eml":
        if len(mails) != 1:
            raise UsageError("an .eml file holds one mail", f"write to a folder, -o {path.with_suffix('')}/, or to FILE.mbox")
        write_file(path, mails[0].decode("utf-8", "replace"))
        return [f"{_SEND} {shlex.quote(str(path))}"]
    write_file(path, mboxrd(mails).decode("utf-8", "replace"))
    return split_and_send(str(path))


def split_and_send(path: str) -> list[str]:
    """Return the two commands that split an mbox and send its mails: git send-email takes a whole mbox for one mail."""
    folder = shlex.quote(f"{path}.d")
    return [f"mkdir {folder} && git mailsplit --mboxrd -o{folder} {shlex.quote(path)}", f"{_SEND} {folder}/*"]


def _write_folder(path: Path, mails: Sequence[bytes]) -> None:
    fresh = ""
    try:
        fresh = tempfile.mkdtemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        for number, content in enumerate(mails, 1):
            file = Path(fresh) / f"{number:04}-{_named(content)}.eml"
            with file.open("wb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
        if path.is_dir():
            path.rmdir()
        os.rename(fresh, path)
        path.chmod(0o755 & ~_umask())
    except OSError as error:
        raise ArchiveError(f"cannot write {path}", f"{error.strerror}; nothing was written") from error
    finally:
        if fresh:
            shutil.rmtree(fresh, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _named(content: bytes) -> str:
    found = re.search(rb"(?im)^subject:[ \t]*([^\n]*)", content.partition(b"\n\n")[0])
    return re.sub(r"[^A-Za-z0-9]+", "-", found[1].decode("utf-8", "replace") if found else "").strip("-")[:50] or "reply"
