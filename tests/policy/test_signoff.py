# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-offs and what stands around them: forms that git does not read, people under several addresses, files of another project."""

import pytest

from tests.conftest import DIFF, SOB, mail, patch_body
from tests.policy.test_judge import read
from triage.model import Finding, Message
from triage.policy.judge import judge
from triage.projects import load_pack
from triage.series.grouping import group

ADA, BO = "Ada Example <ada@example.org>", "Bo Sample <bo@example.org>"
FROM = f"From: {ADA}\n\n"


def found(*contents: bytes, pack: str = "linux-kernel", replies: tuple[Message, ...] = ()) -> list[Finding]:
    (series,) = group(read(content) for content in contents)
    return judge(series, replies, load_pack(pack))


def codes(*contents: bytes) -> list[str]:
    return [f"{item.severity} {item.code}" for item in found(*contents)]


@pytest.mark.parametrize(
    ("message", "expected", "says"),
    [
        ("Signed-Off by: Ada Example <ada@example.org>\n", ["error DCO001", "warn DCO010"], "git does not read it as one"),
        ("Signed-off-by : Ada Example <ada@example.org>\n", ["warn DCO010"], "blank before the colon"),
        ("Signed-off-by: Ada Example\n<ada@example.org>\n", ["warn DCO010"], "next line"),
        (f"Signed-off-by: {BO}, {ADA}\n", ["warn DCO010"], "several people"),
        ("Signed-off-by: Ada Example (ada@example.org)\n", [], ""),
        ("Signed-off-by: Ada Example ada@example.org\n", ["warn DCO010"], "does not stand in <>"),
        ("Signed-off-by: Ada Example <ada@example.org\n", ["warn DCO010"], "does not stand in <>"),
        (f"Signed-off-by: {BO} and {ADA}\n", ["warn DCO010"], "several people"),
        (f"Signed-off-by: {BO} {ADA}\n", ["warn DCO010"], "several people"),
        ("Signed-off-by:\nAda Example <ada@example.org>\n", ["warn DCO010", "info DCO003"], "next line"),
        ("Signed–off–by: Ada Example <ada@example.org>\n", ["error DCO001", "warn DCO010"], "git does not read it as one"),
        ("**Signed-off-by:** Ada Example <ada@example.org>\n", ["error DCO001", "warn DCO010"], "git does not read it as one"),
        ("Signed-off: Ada Example <ada@example.org>\n", ["error DCO001", "warn DCO010"], "git does not read it as one"),
        ("Signed-off-by; Ada Example <ada@example.org>\n", ["error DCO001", "warn DCO010"], "git does not read it as one"),
        ("S-o-b: Ada Example <ada@example.org>\n", ["error DCO001", "warn DCO010"], "git does not read it as one"),
        ("Signed-off-by: Ada Example\n", ["ask DCO005"], "signs without an address"),
        ("Signed-off-by: Ada Example <ada@example.com>\n", ["ask DCO005"], "signs as ada@example.com"),
        (f"{SOB}{SOB}", ["info DCO012"], "signed off twice."),
        (f"{SOB}{SOB}{SOB}", ["info DCO012"], "signed off three times."),
        (f"{SOB}{SOB}{SOB}{SOB}", ["info DCO012"], "signed off 4 times."),
        (f"It says\n\n    Signed-off by: {BO}\n\nand forgot.\n\n{SOB}", [], ""),
        (f"It says\n\n    Signed-off by: {BO}\n\nand forgot.\n", ["error DCO001"], "gave no Signed-off-by"),
        ("    Signed-off by: Ada Example <ada@example.org>\n", ["error DCO001", "warn DCO010"], "git does not read it as one"),
    ],
)
def test_forms_of_a_sign_off(message: str, expected: list[str], says: str) -> None:
    made = found(mail(patch_body(f"It was broken.\n\n{message}"), sender=ADA))
    assert [f"{item.severity} {item.code}" for item in made] == expected
    assert says in " ".join(item.says for item in made)


def test_a_thing_that_is_out_of_order_is_counted_by_patches() -> None:
    mails = [mail(patch_body(f"It was.\n\n{SOB}{SOB}{SOB}"), key=f"p{n}", subject=f"[PATCH {n}/2] t", In_Reply_To="<p1@example.org>" if n > 1 else "<c@example.org>")
             for n in (1, 2)]  # fmt: skip
    assert [item.says for item in found(*mails)] == ["Ada Example signed off three times. So in 2 patches of the series."]


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("ada.example@mail.example.net", []),
        ("aexample@example.net", []),
        ("ada@example.net", []),
        ("tea@example.net", ["ask DCO006"]),
        ("bo.sample@example.net", ["warn DCO006"]),
        (BO, ["warn DCO006"]),
        ("Ada Example <tea@example.net>", []),
        ("~ada <ada@git.sr.ht>", []),
        ("~tea <tea@git.sr.ht>", ["ask DCO006"]),
    ],
)
def test_who_passes_a_patch_on(sender: str, expected: list[str]) -> None:
    assert codes(mail(patch_body(f"{FROM}It was broken.\n\n{SOB}"), sender=sender)) == expected


def test_a_forge_that_sends_for_its_user_passes_nothing_on() -> None:
    content = mail(patch_body(f"{FROM}It was broken.\n\n{SOB}"), sender="~ada <ada@git.sr.ht>", Reply_To="~ada <ada@example.org>")
    assert codes(content) == []


def test_who_keeps_a_stable_tree_signs_what_they_commit() -> None:
    text = f"6.1-stable review patch.  If anyone has any objections, please let me know.\n\n------------------\n\n{FROM}It was.\n\n{SOB}"
    assert codes(mail(patch_body(text), sender=BO, subject="[PATCH 6.1 1/2] t")) == ["info DCO006"]


def test_an_author_whom_the_list_hides_is_not_held_to_its_address() -> None:
    sender = "Ada Example via widgets <widgets@lists.example.org>"
    assert codes(mail(patch_body(), sender=sender, List_Id="<widgets.lists.example.org>")) == []
    assert codes(mail(patch_body(f"It was.\n\nSigned-off-by: {BO}\n"), sender=sender))[0] == "error DCO004"


KMOD = DIFF.replace("widget.c", "libkmod/libkmod.c")
ANYONES = DIFF.replace("widget.c", "Makefile.am")


@pytest.mark.parametrize(
    ("diff", "judged"),
    [(KMOD, False), (KMOD + ANYONES, False), (ANYONES, True), (ANYONES + DIFF, True), (KMOD + DIFF, True), (KMOD + KMOD + DIFF, False)],
)
def test_most_files_of_a_patch_tell_whose_it_is(diff: str, judged: bool) -> None:
    assert bool(codes(mail(patch_body("It was.\n\n", diff=diff)))) is judged


def test_a_patch_of_another_project_silences_itself_alone() -> None:
    def patch(n: int, diff: str) -> bytes:
        return mail(
            patch_body("It was.\n\n", diff=diff),
            key=f"p{n}",
            subject=f"[PATCH {n}/2] t",
            In_Reply_To=f"<{'p1' if n > 1 else 'z'}@example.org>",
        )

    assert [item.n for item in found(patch(1, KMOD), patch(2, DIFF))] == [2]
    assert found(patch(1, KMOD), patch(2, KMOD)) == []
    assert found(patch(1, KMOD), patch(2, ANYONES)) == []  # what tells nothing goes with the rest


def test_a_name_in_two_scripts_is_named() -> None:
    made = found(mail(patch_body("It was.\n\nSigned-off-by: J\u03b5an <ada@example.org>\n"), sender="J\u03b5an <ada@example.org>"))
    assert [item.says for item in made] == [
        "The author's name mixes Greek and Latin letters in one word, J\u03b5an: U+03B5 GREEK SMALL LETTER EPSILON.",
    ]
