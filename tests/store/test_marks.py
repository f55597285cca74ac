# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks of AI tools as another project keeps them: examples and counterexamples of `no-ai-marks`, read from where it is installed."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files

import pytest

from tests.conftest import SOB, mail
from tests.policy.test_evidence import evidence
from tests.policy.test_statements import findings
from triage.model import Says

TABLE = tomllib.loads(files("no_ai_marks").joinpath("data/tools.toml").read_text("utf-8"))["tool"]
PICTURES = frozenset(
    ["adobe-firefly", "bing-image-creator", "dall-e", "flux", "ideogram", "imagen", "invokeai", "leonardo", "midjourney", "novelai", "runway", "sora", "stable-diffusion"]
)  # fmt: skip
"""Left out: they make pictures and films, and patches are text."""
LINK_ALONE = ("See https://", "[View my work](", "[View coding task](")
"""Left out of the declarations: nothing but the address of a session; what is held of these is below."""
AUTHOR = "Author: "
"""Left out: a line of a vendor's name as author, which stands in no mail."""


def body(line: str) -> str:
    """Return a patch mail's text with a line where it belongs: trailers in the last paragraph, all else in one of its own."""
    trailer = line.lower().startswith(("co-", "assisted-by", "claude-session", "amp-thread", "made-with", "signed-off-by", "reviewed-by"))
    return f"It was broken.\n\n{line}\n{'' if trailer else chr(10)}{SOB}---\n widget.c | 2 +-\n\ndiff --git a/w.c b/w.c\n--- a/w.c\n+++ b/w.c\n@@ -1 +1 @@\n-a\n+b\n-- \n2.45.0\n"


def lines(kind: str) -> Iterator[str]:
    for tool in TABLE:
        if tool["id"] not in PICTURES:
            yield from tool.get(kind, [])


MARKS = [line for line in lines("examples") if not line.startswith((*LINK_ALONE, AUTHOR))]


def test_the_table_is_there() -> None:
    assert len(MARKS) > 60
    assert len(list(lines("counterexamples"))) > 25


def test_marks_declare() -> None:
    missed = [line for line in MARKS if Says.DECLARES not in {item.says for item in evidence(body(line))}]
    assert len(missed) <= 0.05 * len(MARKS), missed


def test_what_only_looks_like_a_mark_declares_nothing() -> None:
    false = [line for line in lines("counterexamples") if Says.DECLARES in {item.says for item in evidence(body(line))}]
    assert len(false) <= 1, false


@pytest.mark.parametrize("line", [line for line in lines("examples") if line.startswith(LINK_ALONE)])
def test_a_bare_link_is_heard_and_convicts_nobody(line: str) -> None:
    assert {item.says for item in evidence(body(line))} <= {Says.DECLARES, Says.UNCLEAR}
    assert evidence(body(line))
    found = findings(mail(body(line), date="Mon, 05 Oct 2026 09:00:00 +0000"), "gentoo")
    assert "error" not in {item.severity.value for item in found if item.code.startswith("AI")}
