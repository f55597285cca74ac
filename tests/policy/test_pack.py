# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy: every finding code on the sample mails, rules by date, packs read strictly."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import SOB, check_content, mail, patch_body
from triage.config import Config
from triage.model import Finding
from triage.model.codes import BY_KIND, BY_PACK, CODES
from triage.model.errors import ConfigError
from triage.policy.pack import Pack
from triage.policy.people import NOBODY
from triage.policy.project import Project
from triage.policy.vocabulary import KINDS
from triage.projects import builtin_packs, load_pack
from triage.store.schema import open_index

EXPECTED = {
    "hw-admitted-r": ["AI001"], "hw-address": ["DCO005"], "hw-cover-0": ["AI001"], "hw-doubted-r": ["AI002"], "hw-exception": ["AI001", "AI010"],
    "hw-found": ["AI015"], "hw-trailer": ["AI001"], "hw-unsigned": ["DCO001"], "after": ["DCO003"], "below": ["DCO002"], "borrowed": ["DCO004"],
    "forgotten": ["DCO001"], "forgotten-r": ["DCO009"], "forwarded": ["DCO006"], "grammar": ["AI006"], "hostile": ["FMT002"], "llm-0": ["AI003", "AI004"],
    "machine": ["AI003", "AI008"], "misspelt": ["DCO010"], "moved": ["DCO005"], "old-grammar": ["AI006"], "order": ["DCO008", "DCO012"], "pair": ["DCO007"],
    "rfc-2": ["DCO011"], "tail": ["AI005"], "unsigned": ["DCO001"],
}  # fmt: skip


def test_the_sample_mails_give_exactly_these_findings(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        found: dict[str, list[str]] = {}
        for message, code in connection.execute("select message, code from finding order by code"):
            found.setdefault(message.removesuffix("@example.org"), []).append(code)
    assert found == EXPECTED


def test_every_code_belongs_to_a_rule_kind_or_comes_with_any_pack() -> None:
    assert {code for codes in BY_KIND.values() for code in codes} | set(BY_PACK) == set(CODES)
    assert set(BY_KIND) == set(KINDS)


def judged(content: bytes, pack: Pack) -> list[Finding]:
    return [finding for one in check_content(content, Project(pack, NOBODY)) for finding in one.findings]


def codes(content: bytes, pack: str = "linux-kernel", but: str = "AI004") -> list[str]:
    """Return the codes on a mail, without the note on what a disclosure leaves out."""
    return [finding.code for finding in judged(content, load_pack(pack)) if finding.code != but]


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
    (finding,) = judged(mail(body), load_pack("linux-kernel"))
    assert finding.line is not None
    assert body.split("\n")[finding.line - 1] == finding.quote == "Co-developed-by: Bo Sample <bo@example.org>"
    assert finding.misses
    assert finding.source.startswith("Documentation/process/submitting-patches.rst")
    assert finding.question.endswith("?")


def test_a_finding_has_the_same_id_in_every_archive() -> None:
    one = judged(mail(patch_body("Text.\n\n"), key="a"), load_pack("linux-kernel"))
    other = judged(mail(patch_body("Text.\n\n"), key="b", List_Id="<x>"), load_pack("linux-kernel"))
    assert one[0].id == other[0].id


def test_a_signoff_between_cut_and_diff_and_one_behind_a_snippet_are_dropped() -> None:
    assert codes(mail(patch_body("Text.\n\n", tail=SOB))) == ["DCO002"]
    snippet = f"Text\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\n{SOB}"
    assert codes(mail(patch_body(snippet))) == ["DCO002"]


def test_a_signoff_quoted_in_the_message_is_none() -> None:
    assert codes(mail(patch_body(f"He wrote\n> {SOB}\n"))) == ["DCO001"]


@pytest.mark.parametrize("name", builtin_packs())
def test_shipped_packs_load_and_name_their_sources(name: str) -> None:
    pack = load_pack(name)
    assert pack.id == name
    assert pack.status in {"verified", "draft"}
    for rule in pack.rules:
        assert rule.source
        assert rule.text


TRAILER = "[[rule]]\nid = 'x'\nkind = 'trailer'\nkey = 'A-by'\nop = 'require'\n"
STANCE = "[[rule]]\nid = 'd'\nkind = 'ai-stance'\nstance = 'decline'\nevidence = ['trailer']\n"
GRAMMAR = TRAILER.replace("require", "grammar")
WRONG = {
    "no [policy]": ("", "no \\[policy\\]"),
    "a key of [policy]": ("stanze = 1\n", "stance"),
    "a stance": ("stance = 'bann'\n", "'ban'"),
    "a status that is a stance": ("status = 'disclose'\n", "verified"),
    "no kind": ("[[rule]]\nid = 'x'\n", "lacks id or kind"),
    "a kind": ("[[rule]]\nid = 'x'\nkind = 'trailers'\n", "'trailer'"),
    "a parameter": (f"{TRAILER}keys = 'a'\n", "'key'"),
    "a type": (f"{TRAILER}any_of = 'a'\n", "a list of texts"),
    "a missing parameter": ("[[rule]]\nid = 'x'\nkind = 'trailer'\nkey = 'A-by'\n", "lacks op"),
    "no trailer": ("[[rule]]\nid = 'x'\nkind = 'trailer'\nop = 'require'\n", "names no trailer"),
    "a severity": (f"{TRAILER}severity = 'warning'\n", "'warn'"),
    "a predicate": (f"{TRAILER}when = 'not rcf'\n", "'rfc'"),
    "a role": (f"{TRAILER}when = 'ai.role:generated'\n", "'generate'"),
    "a number": (f"{TRAILER}when = 'lines>many'\n", "number"),
    "a predicate without its value": (f"{TRAILER}when = 'path:'\n", "needs a value"),
    "the order of dates": (f"{TRAILER}valid_from = 2026-02-01\nvalid_until = 2026-01-01\n", "ends before it starts"),
    "a date in quotes": (f"{TRAILER}valid_from = '2026'\n", "without quotes"),
    "an open bracket": (f"{GRAMMAR}value = '('\n", "no regular"),
    "a back-reference": (f"{GRAMMAR}value = '(a)\\1'\n", "back-references"),
    "a look-ahead": (f"{GRAMMAR}value = '(?=a)b'\n", "look-around"),
    "an evidence class": ("[[rule]]\nid = 'x'\nkind = 'ai-stance'\nstance = 'decline'\nevidence = ['trailers']\n", "'trailer'"),
    "not TOML": ("not toml", "TOML"),
    "a circle of one": ("extends = 'p'\n", "extends itself"),
    "two rules at once": (TRAILER + TRAILER, "two rules called 'x' in force"),
    "overlapping dates": (f"{TRAILER}valid_until = 2026-02-01\n{TRAILER}valid_from = 2026-02-01\n", "in force on 2026-02-01"),
    "a key of an exception": ("[[exception]]\nscop = {}\n", "'scope'"),
    "an exception from an unknown rule": (f"{STANCE}[[exception]]\nid = 'e'\ngrants = ['x']\ngranted_by = 'policy'\n", "frees from rule 'x'"),
    "a scope": (f"{STANCE}[[exception]]\nid = 'e'\ngrants = ['d']\ngranted_by = 'policy'\nscope = {{ path = ['a'] }}\n", "'paths'"),
    "an expiry": (
        f"{STANCE}[[exception]]\nid = 'e'\ngrants = ['d']\ngranted_by = 'core'\ndecided = 2026-02-01\nexpires = 2026-01-01\n", "expires before"),
    "a value without a grammar": (f"{TRAILER}value = 'x'\n", "value has no effect here"),
    "a scope for sign-offs": (TRAILER.replace("A-by", "Signed-off-by") + "scope = 'series'\n", "scope has no effect"),
    "fields of a trailer": (
        "[[rule]]\nid = 'x'\nkind = 'disclosure'\nwhere = ['trailer']\nkey = 'A-by'\nfields = ['tool']\n", "fields has no effect"),
    "an opinion of nobody": ("[[rule]]\nid = 'x'\nkind = 'second-opinion'\nneeds = 0\n", "needs has no effect"),
    "an or": (f"{TRAILER}when = 'path:a/** or path:b/**'\n", "more than one predicate"),
    "an id that is not the file's name": ("id = 'q'\n", "not the file's name"),
    "a reply to no finding": ("[replies]\nDCO099 = 'x'\n", "'DCO09"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_a_pack_is_named_with_the_nearest_right_word(what: str, tmp_path: Path) -> None:
    text, words = WRONG[what]
    (tmp_path / "p.toml").write_text(text if what in {"no [policy]", "not TOML"} else f"[policy]\n{text}")
    with pytest.raises(ConfigError, match=words) as caught:
        load_pack("p", tmp_path)
    assert "p.toml" in str(caught.value)


def test_a_rule_may_hand_over_to_another_of_its_name(tmp_path: Path) -> None:
    older, newer = f"{GRAMMAR}value = 'old'\nvalid_until = 2026-02-01\n", f"{GRAMMAR}value = 'new'\nvalid_from = 2026-02-02\n"
    (tmp_path / "p.toml").write_text(f"[policy]\n{older}{newer}")
    assert [rule.parameters["value"] for rule in load_pack("p", tmp_path).rules] == ["old", "new"]


def test_packs_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.toml").write_text(f"[policy]\nextends = '{other}'\n")
    with pytest.raises(ConfigError, match=r"extends itself by way of .*b.toml.*c.toml.*a.toml"):
        load_pack("a", tmp_path)


def test_rules_and_exceptions_may_stand_inside_policy(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(
        "[policy]\nid = 'p'\nrules = [{ id = 'd', kind = 'ai-stance', stance = 'decline', evidence = ['trailer'] }]\n"
        "[[policy.exceptions]]\nid = 'e'\ngrants = ['d']\ngranted_by = 'policy'\n"
    )
    pack = load_pack("p", tmp_path)
    assert ([rule.id for rule in pack.rules], [item.id for item in pack.exceptions]) == (["d"], ["e"])


def test_an_unknown_pack_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="linux-kernel"):
        load_pack("linux-kernl")
