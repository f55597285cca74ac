# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy: every finding code on the sample mails, rules by date, packs read strictly."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import SOB, mail, patch_body
from triage.check import check_mails
from triage.config import Config
from triage.errors import ConfigError
from triage.policy.codes import BY_KIND, CODES
from triage.policy.pack import builtin_packs, load_pack
from triage.store.schema import open_index

EXPECTED = {
    "hw-admitted-r": ["AI001"], "hw-address": ["DCO005"], "hw-cover-0": ["AI001"], "hw-doubted-r": ["AI002"], "hw-exception": ["AI001", "AI010"],
    "hw-found": ["AI015"], "hw-trailer": ["AI001"], "hw-unsigned": ["DCO001"], "after": ["DCO003"], "below": ["DCO002"], "borrowed": ["DCO004"],
    "forgotten": ["DCO001"], "forgotten-r": ["DCO009"], "forwarded": ["DCO006"], "grammar": ["AI006"], "llm-0": ["AI003"],
    "machine": ["AI003", "AI008"], "misspelt": ["DCO010"], "moved": ["DCO005"], "old-grammar": ["AI006"], "order": ["DCO008"], "pair": ["DCO007"],
    "rfc-2": ["DCO011"], "tail": ["AI005"], "unsigned": ["DCO001"],
}  # fmt: skip


def test_the_sample_mails_give_exactly_these_findings(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        found: dict[str, list[str]] = {}
        for message, code in connection.execute("select message, code from finding order by code"):
            found.setdefault(message.removesuffix("@example.org"), []).append(code)
    assert found == EXPECTED


def test_every_code_occurs_in_the_sample_and_belongs_to_a_rule_kind() -> None:
    assert {code for codes in EXPECTED.values() for code in codes} == set(CODES)
    assert {code for codes in BY_KIND.values() for code in codes} == set(CODES)


def codes(content: bytes, pack: str = "linux-kernel") -> list[str]:
    return [finding.code for _, finding in check_mails(content, load_pack(pack))]


def assisted(value: str, date: str) -> bytes:
    return mail(patch_body(f"Text.\n\nAssisted-by: {value}\n{SOB}"), date=date)


MARCH, MAY, SEPTEMBER = (f"{day} 09:00:00 +0000" for day in ("Mon, 02 Mar 2026", "Mon, 04 May 2026", "Mon, 07 Sep 2026"))


@pytest.mark.parametrize(
    ("value", "date", "expected"),
    [
        ("Claude:claude-opus-4-6", MARCH, []), ("Claude:claude-opus-4-6", MAY, []), ("Claude:claude-opus-4-6", SEPTEMBER, ["AI006"]),
        ("LLM", SEPTEMBER, []), ("LLM coccinelle sparse", SEPTEMBER, []), ("LLM", MAY, ["AI006"]), ("google gemini", MAY, ["AI006"]),
        ("google gemini", "Mon, 05 Jan 2026 09:00:00 +0000", []),
    ],
)  # fmt: skip
def test_a_trailer_is_judged_by_the_grammar_in_force_on_its_date(value: str, date: str, expected: list[str]) -> None:
    assert codes(assisted(value, date)) == expected


def test_disclosure_is_asked_for_only_since_it_is_required() -> None:
    body = patch_body(f"This was generated with Claude.\n\n{SOB}")
    assert codes(mail(body, date=MARCH)) == []
    assert codes(mail(body, date=MAY)) == ["AI003"]


def test_qemu_declines_what_the_kernel_accepts() -> None:
    content = assisted("Claude:claude-opus-4-6", MAY)
    assert codes(content) == []
    assert codes(content, "qemu") == ["AI001"]
    assert codes(content, "none") == []


def test_another_projects_patches_are_left_alone() -> None:
    unsigned = patch_body("Text.\n\n")
    assert codes(mail(unsigned, subject="[PATCH] x")) == ["DCO001"]
    assert codes(mail(unsigned, subject="[PATCH kmod 1/2] x")) == []
    assert codes(mail(unsigned, subject="[LTP PATCH] x")) == []


def test_a_finding_shows_its_line_and_says_what_it_misses() -> None:
    body = patch_body(f"Text.\n\nCo-developed-by: Bo Sample <bo@example.org>\n{SOB}")
    ((_, finding),) = check_mails(mail(body), load_pack("linux-kernel"))
    assert finding.line is not None
    assert body.split("\n")[finding.line - 1] == finding.quote == "Co-developed-by: Bo Sample <bo@example.org>"
    assert finding.misses
    assert finding.source.startswith("Documentation/process/submitting-patches.rst")
    assert finding.question.endswith("?")


def test_a_finding_has_the_same_id_in_every_archive() -> None:
    one = check_mails(mail(patch_body("Text.\n\n"), key="a"), load_pack("linux-kernel"))
    other = check_mails(mail(patch_body("Text.\n\n"), key="b", List_Id="<x>"), load_pack("linux-kernel"))
    assert one[0][1].id == other[0][1].id


def test_a_signoff_between_cut_and_diff_and_one_behind_a_snippet_are_dropped() -> None:
    assert codes(mail(patch_body("Text.\n\n", tail=SOB))) == ["DCO002"]
    snippet = f"Text\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\n{SOB}"
    assert codes(mail(patch_body(snippet))) == ["DCO002"]


def test_a_signoff_quoted_in_the_message_is_none() -> None:
    assert codes(mail(patch_body(f"He wrote\n> {SOB}\n"))) == ["DCO001"]


def test_exceptions_are_data(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[policy]\nid = "mine"\nextends = "qemu"\n[[exception]]\nid = "tests"\ngrants = ["decline"]\n'
        'scope = { paths = ["tests/*"], max_added = 20 }\nrequires = ["AI-used-for"]\nexpires = 2026-12-31\n'
    )
    pack = load_pack("mine", tmp_path)
    message = f"Text.\n\nAI-used-for: tests\n{SOB}"

    def judged(path: str, date: str = MAY, message: str = message) -> list[str]:
        content = mail(patch_body(message).replace("widget.c", path), date=date)
        return [finding.code for _, finding in check_mails(content, pack)]

    assert judged("tests/lid.c") == []
    assert judged("hw/lid.c") == ["AI001", "AI010"]
    assert judged("tests/lid.c", date="Mon, 04 Jan 2027 09:00:00 +0000") == ["AI001", "AI010"]
    assert judged("tests/lid.c", message=f"Generated with Claude.\n\n{SOB}") == ["AI001"]


@pytest.mark.parametrize("name", builtin_packs())
def test_shipped_packs_load_and_name_their_sources(name: str) -> None:
    pack = load_pack(name)
    assert pack.id == name
    assert pack.status in {"verified", "draft"}
    for rule in pack.rules:
        assert rule.source
        assert rule.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[policy]\nstanze = 1\n", "stance"), ('[policy]\nstance = "bann"\n', "'ban'"), ("[[rule]]\nid = 'x'\n", "lacks id or kind"),
        ("[[rule]]\nid = 'x'\nkind = 'trailers'\n", "'trailer'"), ("[[rule]]\nid = 'x'\nkind = 'trailer'\nkeys = 'a'\n", "'key'"),
        ("[[rule]]\nid = 'x'\nkind = 'trailer'\nseverity = 'warning'\n", "'warn'"),
        ("[[rule]]\nid = 'x'\nkind = 'trailer'\nwhen = 'not rcf'\n", "'rfc'"),
        ("[[rule]]\nid = 'x'\nkind = 'trailer'\nvalid_from = 2026-02-01\nvalid_until = 2026-01-01\n", "ends before it starts"),
        ("[[rule]]\nid = 'x'\nkind = 'trailer'\nvalid_from = '2026'\n", "no date"), ("[[rule]]\nid = 'x'\nkind = 'trailer'\nvalue = '('\n", "regular"),
        ("[[rule]]\nid = 'x'\nkind = 'ai-stance'\nevidence = ['trailers']\n", "'trailer'"), ("not toml", "TOML"), ("[policy]\nextends = 'p'\n", "extends itself"),
        ("[[rule]]\nid='x'\nkind='order'\n[[rule]]\nid='x'\nkind='order'\n", "two rules"), ("[[exception]]\nscop = {}\n", "'scope'"),
    ],
)  # fmt: skip
def test_a_wrong_word_in_a_pack_is_named_with_the_nearest_right_one(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(ConfigError, match=words.replace("(", "\\(")) as caught:
        load_pack("p", tmp_path)
    assert "p.toml" in str(caught.value)


def test_an_unknown_pack_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="linux-kernel"):
        load_pack("linux-kernl")
