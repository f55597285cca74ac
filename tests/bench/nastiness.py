# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every reader on generated nastiness: `python -m tests.bench.nastiness`.

Each kind is made at 64 KiB, 256 KiB and 1 MiB, read and judged by the kernel's pack. Printed is the CPU time, the exponent between the two larger
sizes above the smallest mail, and what a MiB of it costs beside a MiB of an ordinary patch in the same run. Exit 1 where an exponent is
above 1.2 or a kind costs more than 20 times the ordinary mail.
"""

import math
import signal
import sys
import time
from collections.abc import Callable, Iterator

from triage.mail.message import read_mail
from triage.mail.mime import UnreadableError
from triage.model import RawMail
from triage.policy.annotate import with_facts
from triage.policy.judge import judge
from triage.projects import load_pack
from triage.series.grouping import group

SIZES = (64 * 1024, 256 * 1024, 1024 * 1024)
PLAIN = "plain"
HEAD = (
    "From: Ann Author <ann@example.org>\nSubject: [PATCH] widget: fix\nDate: Mon, 02 Mar 2026 09:00:00 +0000\nMessage-ID: <a@example.org>\n"
)
DIFF = "diff --git a/w.c b/w.c\nindex 1111111..2222222 100644\n--- a/w.c\n+++ b/w.c\n"


def _patch(
    message: str = "Fix.\n\nSigned-off-by: Ann Author <ann@example.org>\n", diff: str = "@@ -1 +1 @@\n-a\n+b\n", tail: str = ""
) -> bytes:
    return f"{HEAD}\n{message}---\n{tail}\n{DIFF}{diff}".encode()


def _filled(unit: str, size: int) -> str:
    return unit * (size // len(unit))


def _numbered(unit: Callable[[int], str], size: int) -> str:
    parts, left, number = [], size, 0
    while left > 0:
        part = unit(number)
        parts.append(part)
        left -= len(part)
        number += 1
    return "".join(parts)


def _mixed(part: str, head: str = 'Content-Type: multipart/mixed; boundary="b"\n') -> bytes:
    return f"{HEAD}{head}\n--b\n{part}\n--b--\n".encode()


Kind = Callable[[int], bytes]
KINDS: dict[str, Kind] = {
    PLAIN: lambda n: _patch(_filled("The buffer of the bus is freed before the last frame left it, so wait\nfor the frame and count it; what came before it stays where it is.\n\n", n) + "Signed-off-by: Ann Author <ann@example.org>\n"),
    "a long diff": lambda n: _patch(diff=_filled("@@ -1,3 +1,3 @@ int f(void)\n int a;\n-\treturn 0;\n+\treturn 1;\n", n)),
    "prose reply": lambda n: f"{HEAD}In-Reply-To: <b@example.org>\n\n{_filled('> The buffer is freed.' + chr(10) + 'It is, and it was before the frame left the bus.' + chr(10), n)}".encode(),
    "codevelopers": lambda n: _patch("Fix.\n\n" + _numbered(
        lambda i: f"Co-developed-by: P{i} Q <p{i}@example.org>\nSigned-off-by: P{i} Q <p{i}@example.org>\n", n)),
    "codevelopers unsigned": lambda n: _patch("Fix.\n\n" + _numbered(lambda i: f"Co-developed-by: P{i} Q <p{i}@example.org>\n", n)),
    "codevelopers of one name": lambda n: _patch("Fix.\n\n" + _numbered(
        lambda i: f"Co-developed-by: P Q <p@h{i}.example>\nSigned-off-by: R S <p@g{i}.example>\n", n)),
    "sign-offs": lambda n: _patch("Fix.\n\n" + _filled("Signed-off-by: A <a@b.c>\n", n)),
    "sign-offs of many": lambda n: _patch("Fix.\n\n" + _numbered(lambda i: f"Signed-off-by: P{i} Q <p{i}@example.org>\n", n)),
    "trailers of every key": lambda n: _patch("Fix.\n\n" + _numbered(lambda i: f"Key-{i}: value {i}\n", n)),
    "assisted": lambda n: _patch("Fix.\n\n" + _numbered(lambda i: f"Assisted-by: Claude:claude-{i} [tool]\n", n)),
    "hidden files": lambda n: _patch(diff=_filled("@@ -1 +1 @@\n\n--- \n+++ \n", n)),
    "hunks without lines": lambda n: _patch(diff=_filled("@@ -1 +1 @@\n", n)),
    "hunks of thousands": lambda n: _patch(diff=_filled("@@ -1,99999 +1,99999 @@\n", n)),
    "files": lambda n: _patch(diff=_numbered(lambda i: f"diff --git a/{i} b/{i}\nnew file mode 100644\n--- /dev/null\n+++ b/{i}\n@@ -0,0 +1 @@\n+x\n", n)),
    "plain diffs": lambda n: _patch(diff=_filled("--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n", n)).replace(b"diff --git a/w.c b/w.c\n", b""),
    "part type": lambda n: _mixed("Content-Type: text/plain" + ";" * n + "\n\nx"),
    "parts of many parameters": lambda n: _mixed(_filled("Content-Type: text/plain" + ";" * 480 + "\n\nx\n--b\n", n)),
    "part name": lambda n: _mixed('Content-Disposition: attachment; filename="' + _filled(';"', n) + "\n\nx"),
    "part name continued": lambda n: _mixed("Content-Type: text/plain" + _numbered(lambda i: f";\n charset*{i}*=a", n) + "\n\nx"),
    "part headers": lambda n: _mixed(_numbered(lambda i: f"X-{i}: y\n", n) + "\n\nx"),
    "parts": lambda n: _mixed(_filled("Content-Type: text/plain\n\nx\n--b\n", n)),
    "own type": lambda n: f"{HEAD}Content-Type: text/plain{';' * min(n, 250_000)}\n\n{'x' * max(0, n - 250_000)}".encode(),
    "own type continued": lambda n: f"{HEAD}Content-Type: text/plain{_numbered(lambda i: f';{chr(10)} charset*{i}*=a', min(n, 250_000))}\n\nx".encode(),
    "boundaries": lambda n: _mixed(_filled('Content-Type: x; boundary=', n)),
    "obsoleted": lambda n: _patch(tail="Obsoleted-by:" + " " * 60 + _filled(" " * 40 + "x" * 600 + "\n", n)),
    "obsoleted blanks": lambda n: _patch(tail=_filled("Obsoleted-by:" + " " * 600 + "x" * 600 + "\n", n)),
    "supersedes blanks": lambda n: _patch(tail=_filled("Supersedes:" + " " * 600 + "x" * 600 + "\n", n)),
    "change ids": lambda n: _patch(tail=_filled("change-id:" + " " * 400 + "\n", n)),
    "blank lines": lambda n: _patch("Fix.\n" + "\n" * n + "Signed-off-by: Ann Author <ann@example.org>\n"),
    "blanks": lambda n: _patch("Fix.\n\n" + " " * n + "\nSigned-off-by: Ann Author <ann@example.org>\n"),
    "one line": lambda n: _patch("x" * n + "\n"),
    "one line of words": lambda n: _patch(_filled("generated by Claude ", n) + "\n"),
    "quotes": lambda n: f"{HEAD}In-Reply-To: <b@example.org>\n\n{_filled('> > > x' + chr(10), n)}".encode(),
    "quote marks": lambda n: f"{HEAD}In-Reply-To: <b@example.org>\n\n{'>' * n}\n".encode(),
    "attributions": lambda n: f"{HEAD}In-Reply-To: <b@example.org>\n\n{_filled('On Mon, X <x@y> wrote:' + chr(10), n)}".encode(),
    "reply tags": lambda n: f"{HEAD}In-Reply-To: <b@example.org>\n\n{_numbered(lambda i: f'Reviewed-by: P{i} <p{i}@x.y>{chr(10)}', n)}".encode(),
    "statements": lambda n: _patch(_filled("I used Claude to write this patch, but not the tests. ", n) + "\n"),
    "statements by line": lambda n: _patch(_filled("I used Claude for the tests\n", n) + "\n"),
    "names by line": lambda n: _patch(_filled("Claude a\n", n) + "\n"),
    "names of a person": lambda n: _patch(_filled("Claude Monet told him that Claude Debussy heard her. ", n) + "\n"),
    "names in parts": lambda n: _mixed(_filled("Content-Type: text/plain\n\n" + "Claude a\n" * 29 + "\n--b\n", n)),
    "boxes": lambda n: _patch(tail=_filled("- [x] I wrote this with AI\n", n)),
    "questions": lambda n: f"{HEAD}In-Reply-To: <b@example.org>\n\n{_filled('> Did you use AI?' + chr(10) + 'No.' + chr(10), n)}".encode(),
    "scissors": lambda n: _patch(_filled("-- >8 --\n", n)),
    "in-body heads": lambda n: _patch(_filled("From: A <a@b.c>\n", n) + "\n"),
    "brackets": lambda n: HEAD.replace("[PATCH]", "[" * min(n, 60_000)).encode() + b"\n" + b"x" * max(0, n - 60_000),
    "tags of a subject": lambda n: HEAD.replace("[PATCH]", _filled("[a] ", min(n, 60_000))).encode() + b"\nx\n",
    "parentheses": lambda n: HEAD.replace("Ann", "(" * min(n, 250_000)).encode() + b"\nx\n",
    "addresses": lambda n: f"{HEAD}To: {_numbered(lambda i: f'p{i}@x.y, ', min(n, 250_000))}z@x.y\n\nx\n".encode(),
    "quoted names": lambda n: f"{HEAD}Cc: {chr(34) * min(n, 250_000)}\n\nx\n".encode(),
    "references": lambda n: f"{HEAD}References: {_numbered(lambda i: f'<{i}@x> ', min(n, 250_000))}\n\nx\n".encode(),
    "encoded words": lambda n: HEAD.replace("widget: fix", _filled("=?utf-8?q?a?= ", min(n, 250_000))).encode() + b"\nx\n",
    "html": lambda n: f"{HEAD}Content-Type: text/html\n\n{_filled('<a <!-- ', n)}".encode(),
    "flowed": lambda n: f"{HEAD}Content-Type: text/plain; format=flowed\n\n{_filled('> x ' + chr(10), n)}".encode(),
    "base64": lambda n: f"{HEAD}Content-Transfer-Encoding: base64\n\n{_filled('eHh4' * 18 + chr(10), n)}".encode(),
    "links": lambda n: _patch(_filled("Link: https://lore.kernel.org/r/x@y\n", n)),
    "fixes": lambda n: _patch(_numbered(lambda i: f'Fixes: {i:012x} ("x")\n', n)),
    "zero width": lambda n: _patch(_filled("\u200b\u202e", n // 3) + "\n"),
    "odd letters": lambda n: _patch(_filled("Ѕigned-off-by: Ann <a@b.c>\n", n // 2)),
    "pull": lambda n: HEAD.replace("[PATCH] widget: fix", "[GIT PULL] x").encode() + _filled("\nThe following changes since commit x:\n", n).encode(),
    "shortlog": lambda n: HEAD.replace("[PATCH]", "[PATCH 0/9]").encode() + b"\n" + _numbered(lambda i: f"  widget {i}: fix\n", n).encode(),
}  # fmt: skip


PACK = load_pack("linux-kernel")
LIMIT = 60


class _TooLongError(Exception):
    pass


def _stop(number: int, frame: object) -> None:
    raise _TooLongError


def work(content: bytes) -> float:
    """Read a mail and judge it by every pack; returns the CPU seconds. A mail that a limit stops is read as far as the limit."""
    started = time.process_time()
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(LIMIT)
    try:
        read = read_mail(RawMail(content, "x", "0" * 40, 1_772_442_000))
        message = with_facts(read.message, read.body)
        series = group([message] if message.is_member else [])
        for one in series:
            judge(one, () if message in one.members else (message,), PACK)
    except (UnreadableError, _TooLongError):
        pass
    finally:
        signal.alarm(0)
    return time.process_time() - started


def _best(content: bytes) -> float:
    first = work(content)
    return min(first, work(content)) if first < 2 else first


def measure(kinds: dict[str, Kind]) -> Iterator[tuple[str, list[float]]]:
    """Yield each kind with its CPU seconds at each size, the better of two."""
    for name, make in kinds.items():
        yield name, [_best(content) for content in map(make, SIZES)]


def main(names: list[str]) -> int:
    """Print the table and return how many kinds fail."""
    chosen = {name: kind for name, kind in KINDS.items() if not names or name in names or name == PLAIN}
    floor = min(work(_patch()) for _ in range(5))
    plain = 0.0
    failed = 0
    for name, took in measure(chosen):
        plain = took[-1] if name == PLAIN else plain
        above = [max(one - floor, 1e-4) for one in took]
        exponent = math.log(above[2] / above[1]) / math.log(4) if above[2] > 0.02 else 0.0
        ratio = took[2] / plain
        wrong = exponent > 1.2 or ratio > 20
        failed += wrong
        print(
            f"{'!!' if wrong else 'ok'} {name:26} {' '.join(f'{one:8.3f}' for one in took)}  exponent {exponent:4.2f}  {ratio:6.1f} x plain",
            flush=True,
        )
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
