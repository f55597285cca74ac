# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to hear what was said: `python -m tests.bench.statements`.

Texts made to be slow, of an eighth, a third and the whole of a mebibyte, against a plain mail of that size read by the same parser in the
same run: the ratio, and the exponent fitted to the three sizes.
"""

import math
import time

from tests.conftest import SOB, mail, patch_body
from triage.mail.message import read_mail
from triage.model import RawMail, blob_id
from triage.policy.evidence import find_evidence

SHAPES = {
    "one line": lambda size: ("Claude wrote this and " * (size // 22 + 1))[:size],
    "one line of blanks": lambda size: "Claude wrote" + " " * size + "this",
    "boxes": lambda size: "- [ ] AI tools were used\n- [x] No AI was used\n" * (size // 45),
    "quotes": lambda size: "> Did you use an LLM for this?\n\nNo.\n\n" * (size // 38),
    "quotation marks": lambda size: 'Claude said "a b c ' * (size // 19),
    "comments": lambda size: "<!-- AI " * (size // 8),
    "links": lambda size: "[Claude](https://e/( " * (size // 21),
    "names": lambda size: "Claude, ChatGPT, Gemini and Codex (an AI tool) " * (size // 48),
    "one paragraph": lambda size: "Written with Claude.\n" * (size // 21),
    "rows": lambda size: "| AI used | yes |\n" * (size // 18),
    "fields": lambda size: "AI used: yes\nTools: Claude\n" * (size // 27),
    "headings": lambda size: "# AI " + "#" * size,
    "trailers": lambda size: "Assisted-by: Claude:claude-opus-4-6\n" * (size // 36),
}


def seconds(text: str) -> tuple[float, float]:
    """Return what it takes to hear a text, and to read the mail that it is in."""
    content = mail(patch_body(f"{text}\n\n{SOB}"))
    started = time.process_time()
    read = read_mail(RawMail(content, "", blob_id(content), 0))
    between = time.process_time()
    find_evidence(read.message, read.body)
    return time.process_time() - between, between - started


def main() -> None:
    """Print a line a shape."""
    whole = 1 << 20
    plain = max(min(seconds("It was broken and is fixed.\n" * (whole // 29))[1] for _ in range(3)), 0.001)
    print(f"a plain mail of a mebibyte: read in {plain * 1000:.0f} ms\n{'shape':20} {'ms':>8} {'x plain':>8} {'exponent':>9}")
    for name, make in SHAPES.items():
        sizes = [whole // 8, whole // 3, whole]
        times = [max(min(sum(seconds(make(size))) for _ in range(2)), 1e-4) for size in sizes]
        exponent = math.log(times[2] / times[0]) / math.log(8)
        print(f"{name:20} {times[2] * 1000:8.0f} {times[2] / plain:8.1f} {exponent:9.2f}")


if __name__ == "__main__":
    main()
