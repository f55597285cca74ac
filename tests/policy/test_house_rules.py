# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""House rules that people write without Python: who must agree, a cover letter, names of their own; and slips that are told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SOB, Run, mail, patch_body
from triage.config import Config

ANN, BEN = "Ann Example <ann@example.org>", "Ben Sample <ben@example.net>"
ACKS = f"""
[[rule]]
id = "two-acks"
kind = "trailer"
op = "require"
key = "Acked-by"
people = ["{ANN}", "{BEN}", "Cay Third <cay@example.com>"]
needs = 2
severity = "warn"
code = "ACK001"
name = "acks-missing"
text = "Two of the three release managers acknowledge a patch."
source = "house rules"
"""
COVER = """
[[rule]]
id = "cover"
kind = "cover-letter"
above = 3
severity = "warn"
text = "A series of more than three patches has a cover letter."
source = "house rules"
"""

Write = Callable[[str], str]


@pytest.fixture
def house(config: Config) -> Write:
    """Write a pack of some rules; returns its name."""

    def write(rules: str) -> str:
        config.paths.policies.mkdir(parents=True, exist_ok=True)
        (config.paths.policies / "house.toml").write_text(f'[policy]\nid = "house"\ntitle = "House"\nstatus = "verified"\n{rules}')
        return "house"

    return write


def thread(tmp_path: Path, *mails: bytes) -> str:
    path = tmp_path / "x.mbox"
    path.write_bytes(b"".join(b"From x@example.org Mon Mar  2 09:00:00 2026\n" + one + b"\n" for one in mails))
    return str(path)


def reply(line: str, key: str, sender: str) -> bytes:
    return mail(f"{line}\n", key=key, subject="Re: [PATCH] widget: fix", sender=sender, In_Reply_To="<a@example.org>")


def found(run: Run, *words: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("check", "--format", "json", "--policy", "house", *words).out.splitlines()]


@pytest.mark.parametrize(
    ("trailers", "says"),
    [
        ("", "No Acked-by of the 2 that are needed; Ann Example, Ben Sample, Cay Third may give it."),
        (f"Acked-by: {ANN}\n", "1 Acked-by of the 2 that are needed; Ann Example, Ben Sample, Cay Third may give it."),
        (f"Acked-by: {ANN}\nAcked-by: {ANN}\n", "1 Acked-by of the 2 that are needed; Ann Example, Ben Sample, Cay Third may give it."),
        (f"Acked-by: {ANN}\nAcked-by: Dora Other <dora@example.org>\n",
         "1 Acked-by of the 2 that are needed; Ann Example, Ben Sample, Cay Third may give it."),
        (f"acked-by: {ANN}\nAcked-by: {BEN}\n", None),
    ],
)  # fmt: skip
def test_a_tag_of_some_people_is_asked_for_under_a_name_of_its_own(
    house: Write, tmp_path: Path, run: Run, trailers: str, says: str | None
) -> None:
    house(ACKS)
    items = found(run, thread(tmp_path, mail(patch_body(f"Text.\n\n{trailers}{SOB}"))))
    assert [(item["code"], item["name"], item["says"]) for item in items] == ([("ACK001", "acks-missing", says)] if says else [])


def test_tags_given_in_replies_count_and_those_passed_on_by_others_do_not(house: Write, tmp_path: Path, run: Run) -> None:
    house(ACKS)
    patch = mail(patch_body(f"Text.\n\nAcked-by: {ANN}\n{SOB}"))
    (item,) = found(run, thread(tmp_path, patch, reply(f"Acked-by: {BEN}", "r", BEN)))
    assert item["status"] == "cured"
    (item,) = found(run, thread(tmp_path, patch, reply(f"Acked-by: {BEN}", "r", "Eve Sixth <eve@example.org>")))
    assert item["status"] == "open"


def test_ones_own_patch_cannot_be_acknowledged_by_oneself(house: Write, tmp_path: Path, run: Run) -> None:
    house(ACKS.replace("needs = 2\n", ""))
    own = mail(patch_body(f"Text.\n\nAcked-by: {ANN}\nSigned-off-by: {ANN}\n"), sender=ANN)
    (item,) = found(run, thread(tmp_path, own))
    assert item["says"] == "No Acked-by of theirs; Ben Sample, Cay Third may give it."


def test_a_tag_of_a_role_is_looked_up_by_the_files_of_the_patch(house: Write, tmp_path: Path, run: Run) -> None:
    house(ACKS.replace("needs = 2\n", "").replace(f'people = ["{ANN}", "{BEN}", "Cay Third <cay@example.com>"]', 'role = "maintainer"'))
    roster = tmp_path / "MAINTAINERS"
    roster.write_text(f"Widgets\nM: {ANN}\nF: widget.c\n\nPumps\nM: {BEN}\nF: pump/\n")
    for who, ok in ((ANN, True), (BEN, False)):
        items = found(run, "--roster", str(roster), thread(tmp_path, mail(patch_body(f"Text.\n\nAcked-by: {who}\n{SOB}"))))
        assert (items == []) is ok, who


def test_findings_under_a_code_of_ones_own_are_searched_explained_reported_and_drafted(house: Write, tmp_path: Path, run: Run) -> None:
    house(ACKS + '\n[replies]\nACK001 = """Please wait for two release managers. {says}"""\n')
    run("add", "l", thread(tmp_path, mail(patch_body())), "--policy", "house")
    run("ingest")
    assert "a@example.org" in run("list", "code:ACK001").out
    assert "a@example.org" in run("list", "rule:ACK001").out
    explained = run("policy", "explain", "ack001").out
    assert explained.startswith("ACK001 acks-missing\n  says: Two of the three release managers acknowledge a patch.")
    assert "ACK001 acks-missing" in run("report", "--format", "md").out
    assert "Please wait for two release managers. No Acked-by" in run("draft", "a@example.org").out


def test_a_code_of_ones_own_without_a_text_is_drafted_from_the_rule(house: Write, tmp_path: Path, run: Run) -> None:
    house(ACKS)
    run("add", "l", thread(tmp_path, mail(patch_body())), "--policy", "house")
    run("ingest")
    assert "> Two of the three release managers acknowledge a patch." in run("draft", "a@example.org").out


@pytest.mark.parametrize(
    ("numbers", "codes"), [(range(1, 4), []), (range(1, 5), ["FMT005"]), (range(5), [])], ids=["three", "four", "four and a cover"]
)
def test_a_long_series_needs_a_cover_letter(house: Write, tmp_path: Path, run: Run, numbers: range, codes: list[str]) -> None:
    house(COVER)
    total = max(numbers)
    mails = [
        mail(patch_body() if n else "Blurb.\n", key=f"p{n}", subject=f"[PATCH {n}/{total}] widget: step {n}", **({} if n == min(numbers) else {"References": f"<p{min(numbers)}@example.org>"}))
        for n in numbers
    ]  # fmt: skip
    assert [item["code"] for item in found(run, thread(tmp_path, *mails))] == codes


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (ACKS.replace("ACK001", "AI021"), "'AI021' will not do as a code"),
        (ACKS.replace("ACK001", "DCO1"), "'DCO1' will not do as a code"),
        (ACKS.replace("ACK001", "ack"), "'ack' will not do as a code"),
        (ACKS.replace('code = "ACK001"\n', ""), "name has no effect without code"),
        (ACKS.replace("acks-missing", "Acks Missing"), "'Acks Missing' will not do as a name"),
        (ACKS.replace(BEN, "Ben Sample"), "people: 'Ben Sample' has no address"),
        (ACKS.replace("needs = 2", "needs = 0"), "needs has no effect here"),
        (ACKS.replace('op = "require"', 'op = "forbid"'), "people has no effect here"),
        (ACKS.replace('severity = "warn"', 'severity = "warn"\nwhen = "patchs>3"'), "'patchs>' is unknown: did you mean 'patches>'"),
        (ACKS.replace('severity = "warn"', 'severity = "warn"\nwhen = "patches>many"'), "compares with no number: write patches>20"),
        (COVER.replace("above", "abvoe"), "key 'abvoe' is unknown: did you mean 'above'"),
        ('[[rule]]\nid = "t"\nkind = "tools"\ndeny = ["opanai"]\n', "rule t, deny: no vendor of AI tools is called 'opanai'; did you mean 'openai'?"),
        ('[[rule]]\nid = "t"\nkind = "tools"\nby = "tool"\nallow = ["cluade"]\n', "no AI tool is called 'cluade'; did you mean 'claude'?"),
        ('[[rule]]\nid = "t"\nkind = "tools"\nby = "model"\nallow = ["gema-4"]\n', "no AI model is called 'gema-4'; did you mean 'gemma'?"),
        ('[[rule]]\nid = "s"\nkind = "second-opinion"\nneeds = 1\nrole = "maintaner"\n', "a MAINTAINERS file has no role 'maintaner'; did you mean 'maintainer'?"),
        ('[[rule]]\nid = "t"\nkind = "tools"\ndeny = ["ChatGPT"]\n', "it is chatgpt, a tool of openai"),
        (ACKS.replace('severity = "warn"', 'severity = "warn"\nwhen = "paht:security/"'), "'paht:' is unknown: did you mean 'path:'"),
        (ACKS.replace("needs = 2", "needs = 4"), "needs 4 of 3 people"),
        ('[[rule]]\nid = "p"\nkind = "paths"\nglobs = ["/etc/"]\nop = "forbid"\n', "'/etc/' matches nothing"),
    ],
)  # fmt: skip
def test_a_slip_in_a_rule_is_told_with_the_nearest_word(house: Write, run: Run, rules: str, told: str) -> None:
    house(rules)
    checked = run("policy", "check", "house")
    assert checked.code == 78
    assert told in checked.err


@pytest.mark.parametrize("where", ["security/selinux/", "security/selinux", "security/**"])
@pytest.mark.parametrize(
    ("old", "new", "fires"),
    [("security/selinux/a.c", "security/selinux/a.c", True), ("security/selinux/a.c", "fs/a.c", True), ("fs/a.c", "security/selinux/a.c", True),
     ("fs/a.c", "fs/b.c", False), ("fs/security/selinux/a.c", "fs/security/selinux/a.c", False)],
)  # fmt: skip
def test_a_folder_is_touched_by_what_moves_in_and_out(
    house: Write, tmp_path: Path, run: Run, where: str, old: str, new: str, fires: bool
) -> None:
    house(ACKS.replace('severity = "warn"', f'severity = "warn"\nwhen = "path:{where}"'))
    moved = f"rename from {old}\nrename to {new}\n" if old != new else ""
    diff = f"diff --git a/{old} b/{new}\n{moved}--- a/{old}\n+++ b/{new}\n@@ -1 +1 @@\n-a\n+b\n"
    assert bool(found(run, thread(tmp_path, mail(patch_body(diff=diff))))) is fires


@pytest.mark.parametrize(
    ("numbers", "answered"),
    [((2, 3, 5), "p2"), ((1, 3, 4, 5), "p1"), ((1, 2, 3, 4, 5), "elsewhere")], ids=["some", "one missing", "all below a mail elsewhere"],
)  # fmt: skip
def test_a_cover_letter_that_may_lie_elsewhere_is_not_asked_for(
    house: Write, tmp_path: Path, run: Run, numbers: tuple[int, ...], answered: str
) -> None:
    house(COVER)
    mails = [
        mail(patch_body(), key=f"p{n}", subject=f"[PATCH {n}/5] widget: step {n}",
             **({} if f"p{n}" == answered else {"References": f"<{answered}@example.org>", "In_Reply_To": f"<{answered}@example.org>"}))
        for n in numbers
    ]  # fmt: skip
    assert found(run, thread(tmp_path, *mails)) == []


def test_a_cover_letter_that_nobody_filled_in_is_none(house: Write, tmp_path: Path, run: Run) -> None:
    house(COVER)
    mails = [mail(patch_body() if n else "*** BLURB HERE ***\n", key=f"p{n}", subject=f"[PATCH {n}/4] {f'widget: step {n}' if n else '*** SUBJECT HERE ***'}",
                  **({"References": "<p0@example.org>"} if n else {})) for n in range(5)]  # fmt: skip
    (item,) = found(run, thread(tmp_path, *mails))
    assert item["says"] == "4 patches and a cover letter that was not filled in; more than 3 need one."


def test_what_may_not_be_used_asks_nothing_of_tools_that_are_not_known(house: Write, tmp_path: Path, run: Run) -> None:
    house('[[rule]]\nid = "t"\nkind = "tools"\ndeny = ["openai"]\nseverity = "error"\n')
    for line, codes in (("Assisted-by: LLM", []), ("Assisted-by: ChatGPT", ["AI009"]), ("Assisted-by: Claude", [])):
        assert [item["code"] for item in found(run, thread(tmp_path, mail(patch_body(f"Text.\n\n{line}\n{SOB}"))))] == codes, line


def test_a_slip_in_a_name_is_told_where_the_pack_is_used(house: Write, tmp_path: Path, run: Run) -> None:
    house('[[rule]]\nid = "t"\nkind = "tools"\ndeny = ["OpenAl"]\nseverity = "error"\n')
    told = run("check", "--policy", "house", thread(tmp_path, mail(patch_body())))
    assert "no vendor of AI tools is called 'OpenAl'; did you mean 'openai'?" in told.err


def test_a_pack_uses_the_roster_of_the_one_that_it_extends(house: Write, tmp_path: Path, run: Run, config: Config) -> None:
    house(ACKS.replace("needs = 2\n", "").replace(f'people = ["{ANN}", "{BEN}", "Cay Third <cay@example.com>"]', 'role = "maintainer"'))
    pack = config.paths.policies / "house.toml"
    pack.write_text(pack.read_text().replace('title = "House"', 'extends = "plain-dco"'))
    assert (
        "house: nobody has the role 'maintainer': config.toml names no roster for it: [projects.house]"
        in run("policy", "check", "house").err
    )
    (config.paths.config / "MAINTAINERS").write_text(f"Widgets\nM: {ANN}\nF: widget.c\n")
    (config.paths.config / "config.toml").write_text('[projects.plain-dco]\nroster = "MAINTAINERS"\n')
    assert "nobody has the role" not in run("policy", "check", "house").err
    (item,) = found(run, thread(tmp_path, mail(patch_body())))
    assert item["says"] == "No Acked-by; Ann Example may give it."


def test_rules_of_ones_own_are_no_draft_of_anything(house: Write, tmp_path: Path, run: Run, config: Config) -> None:
    house(COVER)
    pack = config.paths.policies / "house.toml"
    pack.write_text(pack.read_text().replace('status = "verified"\n', ""))
    shown = json.loads(run("policy", "show", "house", "--json").out)
    assert shown["status"] == "verified"


def test_a_role_is_looked_for_in_the_roster_of_the_project(house: Write, run: Run, config: Config) -> None:
    house('[[rule]]\nid = "s"\nkind = "second-opinion"\nneeds = 1\nrole = "acker"\n')
    assert run("policy", "check", "house").code == 0
    (config.paths.config / "roster.toml").write_text(f'[[area]]\nname = "release"\nrole = "ackers"\npeople = ["{ANN}"]\n')
    (config.paths.config / "config.toml").write_text('[projects.house]\nroster = "roster.toml"\n')
    assert "nobody the role 'acker'; did you mean 'ackers'?" in run("policy", "check", "house").err
    doctor = run("doctor")
    assert "nobody the role 'acker'" in doctor.out
