# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a naive checker gets wrong: the catalogue's traps, a test each, under the name it has there."""

import pytest

from tests.conftest import DIFF, SOB, check_content, mail, patch_body
from triage.model import Finding
from triage.policy.people import read_people
from triage.policy.project import Project
from triage.projects import load_pack

ADA, BO, CY = "Ada Example <ada@example.org>", "Bo Sample <bo@example.org>", "Cy Specimen <cy@example.org>"
MAY, MARCH, SEPTEMBER = "Mon, 04 May 2026 09:00:00 +0000", "Mon, 02 Mar 2026 09:00:00 +0000", "Mon, 07 Sep 2026 09:00:00 +0000"
BOT = "lkp robot <lkp@example.org>"
TRAILERLESS = f"A long story.\n\n---\n\n{DIFF}"


def patch(message: str, tail: str = "", **more: str) -> bytes:
    return mail(patch_body(message, tail), date=more.pop("date", MAY), **more)  # type: ignore[arg-type]


def reply(text: str, sender: str = BO, key: str = "r", to: str = "a") -> bytes:
    return mail(text, key=key, subject="Re: [PATCH] widget: fix", sender=sender, date=MAY, In_Reply_To=f"<{to}@example.org>")


def member(n: int, message: str, subject: str = "", **more: str) -> bytes:
    head = {"In_Reply_To": "<p0@example.org>"} if n else {}
    subject = subject or f"[PATCH {n}/2] widget: part {n}"
    return mail(patch_body(message) if n else message, key=f"p{n}", subject=subject, date=MAY, **head, **more)  # type: ignore[arg-type]


ROOMY = SOB.replace("Signed-off-by: ", "Signed-off-By : ")
CODEV = f"Co-developed-by: {BO}\n"
# name in the catalogue: mails, the findings under linux-kernel, and under qemu where that is what the row is about
CASES: dict[str, tuple[list[bytes], list[str], list[str] | None]] = {
    "1 prose, ---, then the real message with its SoB": (
        [patch("I found this.\n", tail=f"\nwidget: fix\n\nReal message.\n\n{SOB}")], ["DCO002"], None),
    "2 version changelog between --- and SoB": ([patch("Text.\n\n", tail=f"v2: less\n\n{SOB}")], ["DCO002"], None),
    "3 --- a/ snippet inside the commit message": (
        [patch(f"It did this:\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\n{SOB}")], ["DCO002"], None),
    "4 text after the SoB paragraph": ([patch(f"Text.\n\n{SOB}\nv2: changed a word\n\n")], ["DCO003"], None),
    "5 no blank line before the SoB": ([patch(f"Text that goes on\nand on\nand on\nand on,\nand ends here.\n{SOB}")], ["DCO003"], None),
    "5 footnotes glued to it": ([patch(f"Text [1].\n\n{SOB}[1] https://example.org/x\n[2] https://example.org/y\n[3] https://example.org/z\n"
                                        "[4] https://example.org/q\n")], ['DCO003'], None),
    "6 a misspelt line beside a good one": ([patch(f"Text.\n\n{SOB}{ROOMY}")], ["DCO010"], None),
    "7 X via B4 Relay, devnull+ address": (
        [patch(f"From: {ADA}\n\nText.\n\n{SOB}", sender="Ada Example via B4 Relay <devnull+ada.example.org@kernel.org>",
               Reply_To="ada@example.org")], [], None),
    "8 header is a bare address, name only in the body": ([patch(f"From: {ADA}\n\nText.\n\n{SOB}", sender="ada@example.org")], [], None),
    "9 Surname, Given against Given Surname, mail domain changed": (
        [patch(f"Text.\n\n{SOB}", sender='"Example, Ada" <ada.example@new.example.com>')], ["DCO005"], None),
    "10 one person signs with another provider's address": ([patch(f"Text.\n\n{SOB}", sender="Ada Example <ada@mail.example.net>")], ["DCO005"], None),
    "11 in-body author missing from the chain, sender signed": ([patch(f"From: {BO}\n\nText.\n\n{SOB}")], ["DCO004"], None),
    "12 FAILED: Patch notice": ([mail(f"The patch below does not apply.\n\n{DIFF}", subject="FAILED: patch \"[PATCH] widget: fix\" failed")], [], None),
    "12 stable-review mail with a preamble": (
        [mail(f"6.1-stable review patch.  If anyone has any objections, please let me know.\n\n------------------\n\nFrom: {BO}\n\nText.\n\n"
              f"Signed-off-by: {BO}\n{SOB}---\n{DIFF}", subject="[PATCH 6.1 1/1] widget: fix", date=MAY)], [], None),
    "13 tip-bot mail with a diff": (
        [mail(patch_body("Text.\n\n"), subject="[tip: x86/core] widget: fix", sender="tip-bot2 for Ada Example <tip-bot2@example.org>",
              date=MAY, X_Mailer="tip-git-log-daemon")], [], None),
    "14 bug report with a suggested diff, no [PATCH]": ([mail(f"It leaks. Maybe:\n\n{DIFF}", subject="widget leaks", date=MAY)], [], None),
    "15 reply with a does-this-work diff": (
        [patch(f"Text.\n\n{SOB}"), reply(f"Does this work for you?\n\n{DIFF}"), reply(f"Or this?\n\n-- >8 --\n{DIFF}", key="s")], [], None),
    "16 formal patch in a reply": (
        [patch(f"Text.\n\n{SOB}"), reply(f"Better:\n\n-- >8 --\nSubject: [PATCH] widget: fix it well\n\nText.\n\nSigned-off-by: {BO}\n---\n{DIFF}")],
        [], None),
    "17 SoB only in the quoted text of a reply": ([patch("Text.\n\n"), reply(f"> Text.\n>\n> {SOB}\nFine.", sender=ADA)], ["DCO001"], None),
    "18 certification given in a later reply": ([patch("Text.\n\n"), reply(SOB, sender=ADA)], ["DCO001 cured", "DCO009"], None),
    "19 WIP patches left unsigned inside an RFC series": (
        [member(0, "Draft.", "[RFC PATCH 0/2] widget"), member(1, f"Text.\n\n{SOB}", "[RFC PATCH 1/2] widget: one"),
         member(2, "Text.\n\n", "[RFC PATCH 2/2] widget: WIP two")], ["DCO011"], None),
    "20 revert without SoB": ([patch("This reverts commit 0123456789ab.\n\n", subject='[PATCH] Revert "widget: fix"')], ["DCO001"], None),
    "21 pull request with SoB in the text, or with a diff": (
        [mail(f"The following changes since commit 0123:\n\nare available in the Git repository at:\n\n  https://example.org/w.git tags/w\n\n{DIFF}",
              subject="[GIT PULL] widgets", date=MAY)], [], None),
    "22 cover letter without SoB": ([member(0, "Two parts."), member(1, f"Text.\n\n{SOB}"), member(2, f"Text.\n\n{SOB}")], [], None),
    "23 patch as attachment": (
        [mail(f"--b\nContent-Type: text/plain\n\nSee attached.\n--b\nContent-Type: text/x-patch; name=x.patch\n\nFrom: {ADA}\nSubject: [PATCH] x\n\n"
              f"Text.\n\n{SOB}---\n{DIFF}\n--b--\n", subject="[PATCH] widget: fix", date=MAY, Content_Type="multipart/mixed; boundary=b")], [], None),
    "24 pure rename without hunks": (
        [mail(f"Text.\n\n{SOB}---\ndiff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n", subject="[PATCH] move", date=MAY)], [], None),
    "24 binary patch": (
        [mail("Text.\n\n---\ndiff --git a/x.png b/x.png\nnew file mode 100644\nindex 000..111\nGIT binary patch\nliteral 3\nKcmZQzU|?imU|;|M0RR9H00RI3\n\n"
              "literal 0\nHcmV?d00001\n\n", subject="[PATCH] logo", date=MAY)], ["DCO001"], None),
    "25 12-hex Fixes rule on other projects' patches": (
        [patch(f"Text.\n\nFixes: https://example.org/issue/1\n{SOB}", subject="[PATCH ltp] widget: fix"),
         patch(f"Text.\n\nFixes: 0123456\n{SOB}", key="b", subject="[PATCH util-linux] widget: mend")], [], None),
    "26 llm in allmodconfig": ([patch(f"Found with allmodconfig and clang-llvm.\n\n{SOB}")], [], []),
    "27 gemini is a Cortina SoC": ([patch(f"Used by the gemini platform, generated by dtc.\n\n{SOB}")], [], []),
    "28 cursor, precursor, opencode and grok as verbs, a disk called gpt1": (
        [patch(f"Move the cursor with the precursor; written by grokking the opencode of gpt1.\n\n{SOB}")], [], []),
    "29 AI Engines, generative as a plain word, base85 text": (
        [patch(f"The AI Engines are driven by the generative grammar AI;x.\n\n{SOB}")], [], []),
    "30 bot, jenkins, group in surnames and companies": (
        [patch("Text.\n\nSigned-off-by: Abbot Jenkins <jenkins@shazbot.example.org>\n", sender="Abbot Jenkins <jenkins@shazbot.example.org>")], [], []),
    "31 generated with coccinelle": ([patch(f"Change generated with coccinelle.\n\n{SOB}")], [], []),
    "32 with the help of a person": ([patch(f"Written with the help of Claude Example and Bo.\n\n{SOB}")], [], []),
    "33 AI product as subject": ([patch(f"Sandbox agents that read CLAUDE.md before they run.\n\n{SOB}")], [], []),
    "34 AI mention is an allegation": ([patch(f"Text.\n\n{SOB}"), reply("This was generated by ChatGPT, was it not?")], [], ["AI002"]),
    "35 reply of an AI review bot": (
        [patch(f"Text.\n\n{SOB}"), reply("AI-authorship-score: low\n\nReview generated by Claude.", sender="bpf review bot <bot+review@example.org>")],
        [], []),
    "36 changelog credits Sashiko for review remarks": ([patch(f"Text.\n\n{SOB}", tail="v2: fix what Sashiko pointed out in review\n")], [], []),
    "37 AI found the bug, a person wrote the fix": ([patch(f"The bug was found by Claude.\n\n{SOB}")], ["AI015"], ["AI015"]),
    "37 the same below ---": ([patch(f"Text.\n\n{SOB}", tail="The bug was found by Claude.\n")], ["AI005"], ["AI015"]),
    "38 AI translation of documentation": ([patch(f"Translated with ChatGPT.\n\n{SOB}")], ["AI003", "AI004"], ["AI001"]),
    "39 AUTOSEL's LLM Generated explanations": (
        [mail(f"From: {BO}\n\nText.\n\nSigned-off-by: {BO}\n{SOB}---\n\nLLM Generated explanations, may be completely bogus:\n\nIt fixes.\n\n{DIFF}",
              subject="[PATCH AUTOSEL 6.1] widget: fix", date=MAY)], ["AI005"], ["AI001"]),
    "40 disclosure only in the cover letter": (
        [member(0, "These patches were generated with an LLM."), member(1, f"Text.\n\n{SOB}"), member(2, f"Text.\n\n{SOB}")],
        ["AI003", "AI004"], ["AI001"]),
    "41 cover letter has Assisted-by: google gemini, patches none": (
        [member(0, "Parts.\n\nAssisted-by: google gemini\n"), member(1, f"Text.\n\n{SOB}"), member(2, f"Text.\n\n{SOB}")], ["AI003", "AI004", "AI006"], ["AI001"]),
    "42 AI use admitted only in a reply": ([patch(f"Text.\n\n{SOB}"), reply("I used ChatGPT to write this.", sender=ADA)], ["AI003"], ["AI001"]),
    "43 quoted Assisted-by in a reply": ([patch(f"Text.\n\n{SOB}"), reply("> Assisted-by: Claude:claude-opus-4-6\nNice.")], [], []),
    "45 claude-opus-4-6 against claude-opus-4.6": (
        [patch(f"Text.\n\nAssisted-by: Claude:claude-opus-4.6\n{SOB}")], [], ["AI001"]),
    "46 AGENT:MODEL of spring 2026 is judged by its date": ([patch(f"Text.\n\nAssisted-by: Claude:claude-opus-4-6\n{SOB}", date=MARCH)], [], ["AI001"]),
    "47 Assisted-by after the SoB": ([patch(f"Text.\n\n{SOB}Assisted-by: Claude:claude-opus-4-6\n")], [], None),
    "48 Co-authored-by a person": ([patch(f"Text.\n\nCo-authored-by: {BO}\n{SOB}")], [], []),
    "49 Tested-by syzbot, Reported-by a robot": (
        [patch(f"Text.\n\nReported-by: kernel test robot <lkp@example.org>\nTested-by: syzbot+0123@example.org\n{SOB}")], [], []),
    "50 names in mathematical letters, Cyrillic, accents": (
        [patch("Text.\n\nSigned-off-by: Zoe Nab <z@example.org>\n", sender="=?utf-8?q?Zo=C3=AB_N=C3=A1b?= <zoe@example.org>")], ["DCO005"], None),
    "51 tags read loosely": (
        [patch(f"Text.\n\n{SOB}", subject="[v2 PATCH] widget"), patch("Text.\n\n", key="b", subject="[RFC v2 5/5] widget"),
         mail("No diff.\n", key="c", subject="[PATCHES] widgets", date=MAY)], ["DCO001"], None),
    "52 diff adds text like trailers": (
        [mail(f"Text.\n\n{SOB}---\n diff\n\n{DIFF.replace('return 1;', 'Signed-off-by: Claude <noreply@anthropic.com>')}",
              subject="[PATCH] doc", date=MAY)], [], []),
    "53 AI code pasted in a discussion reply": ([patch(f"Text.\n\n{SOB}"), reply(f"Untested idea:\n\n{DIFF}")], [], []),
    "54 a reviewer's remark on AI-written replies": ([patch(f"Text.\n\n{SOB}"), reply("Please do not answer me with an LLM.")], [], None),
    "55 Co-developed-by without that person's SoB": ([patch(f"Text.\n\n{CODEV}{SOB}")], ["DCO007"], None),
}  # fmt: skip


def told(mails: list[bytes], pack: str) -> list[str]:
    content = b"".join(b"From t Mon May  4 09:00:00 2026\n" + one + b"\n" for one in mails)
    found: list[Finding] = [f for one in check_content(content, Project(load_pack(pack), read_people("", ""))) for f in one.findings]
    return sorted(f"{f.code} cured" if f.cured else f.code for f in found)


@pytest.mark.parametrize("name", CASES)
def test_row(name: str) -> None:
    mails, kernel, qemu = CASES[name]
    assert told(mails, "linux-kernel") == kernel
    if qemu is not None:
        assert [code for code in told(mails, "qemu") if code.startswith("AI")] == qemu


def test_row_44_a_tool_that_runs_another_vendors_model_counts_for_both() -> None:
    listed, other = "Assisted-by: Kiro:claude-opus-4-6", "Assisted-by: Copilot:deepseek-v4"
    assert "AI009" not in told([patch(f"Text.\n\n{listed}\n")], "openedx")
    assert "AI009" in told([patch(f"Text.\n\n{other}\n")], "openedx")
    assert "AI009" in told([patch("Text.\n\nAssisted-by: opencode:deepseek-v4\n")], "openedx")


def test_row_9_and_10_are_settled_by_the_projects_aliases() -> None:
    content = patch(f"Text.\n\n{SOB}", sender="Ada Example <ada@mail.example.net>")
    people = read_people("Ada Example <ada@example.org> <ada@mail.example.net>\n", "")
    (one,) = check_content(content, Project(load_pack("linux-kernel"), people))
    assert one.findings == ()


def test_row_45_is_one_model_shown_as_written() -> None:
    (one,) = check_content(patch(f"Text.\n\nAssisted-by: Claude:claude-opus-4.6\n{SOB}"), Project(load_pack("qemu"), read_people("", "")))
    (finding,) = one.findings
    assert (finding.quote, "claude-opus-4-6" in finding.says) == ("Assisted-by: Claude:claude-opus-4.6", True)
