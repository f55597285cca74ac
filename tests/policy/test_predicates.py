# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples that docs/policy.md gives for each predicate of `when`, tried."""

import re
from collections.abc import Sequence

import pytest

from tests.conftest import SOB, mail, patch_body
from triage.mail.message import read_mail
from triage.model import Message, RawMail, Severity, blob_id
from triage.policy.annotate import with_facts
from triage.policy.pack import Rule
from triage.policy.people import read_people
from triage.policy.rules.case import Case
from triage.policy.validate import read_predicate
from triage.policy.vocabulary import PREDICATES
from triage.projects import load_pack
from triage.series.grouping import group
from triage.series.replies import replies_to

LATER = "Mon, 02 Mar 2026 10:00:00 +0000"
ROSTER = "Widgets\nM: Ada Example <ada@example.org>\nF: *\n"


def titled(subject: str) -> list[bytes]:
    """Return a mail with a subject of docs/policy.md; other mails of its series are not needed."""
    return [mail(patch_body() if "0/" not in subject and "PULL" not in subject else "Text.\n", subject=subject)]


def saying(text: str) -> list[bytes]:
    return [mail(patch_body(f"Text.\n\n{text}\n{SOB}"))]


def answered(text: str) -> list[bytes]:
    who, _, words = text.partition(": ")
    sender = "Ada Example <ada@example.org>" if "author" in who else "Bo Sample <bo@example.net>"
    reply = mail(f"{words}\n", key="r", subject="Re: [PATCH] widget: fix", sender=sender, date=LATER, In_Reply_To="<a@example.org>")
    return [mail(patch_body()), reply]


def adding(text: str) -> list[bytes]:
    lines = int(text.split(maxsplit=1)[0])
    body = patch_body().replace("@@ -1,3 +1,3 @@", f"@@ -1,1 +1,{lines + 1} @@").partition("@@\n")[0]
    return [mail(f"{body}@@\n int widget(void)\n" + "+\tx++;\n" * lines)]


def touching(path: str) -> list[bytes]:
    return [mail(patch_body().replace("widget.c", path))]


def from_another(text: str) -> list[bytes]:
    return [mail(("From: Bo Sample <bo@example.net>\n\n" if "Bo" in text else "") + patch_body())]


def of_repository(text: str) -> list[bytes]:
    return [mail(patch_body(), X_Repository=text)]


def by(text: str) -> list[bytes]:
    return [mail(patch_body(), sender="Ada Example <ada@example.org>" if "Ada" in text else "Bo Sample <bo@example.net>")]


MADE = {
    "always": lambda text: titled("[PATCH] lamp: add a switch"), "lines>": adding, "path:": touching, "sender!=author": from_another,
    "author.is_maintainer": by, "ai.admitted": answered, "ai.alleged": answered,
    "repository.private": of_repository, "repository.secrets": of_repository, "repository.public": of_repository,
}  # fmt: skip


def holds(word: str, mails: Sequence[bytes]) -> bool:
    """Say whether a predicate holds for the first of some mails, in the series and the thread that they make."""
    read = [read_mail(RawMail(one, "", blob_id(one), 1_790_000_000)) for one in mails]
    messages: list[Message] = [with_facts(one.message, one.body) for one in read]
    stated = re.search(rb"X-Repository: (.*)", mails[0])
    known = {key: value == "true" for key, value in re.findall(r"(\w+) = (\w+)", stated[1].decode())} if stated else {}
    (series,) = group([one for one in messages if one.is_member])
    case = Case(series, replies_to([series], messages)[0], load_pack("linux-kernel"), read_people("", ROSTER), (), repository=known)
    rule = Rule("r", "size", Severity.WARN, read_predicate(word, "here"), None, None, "", "")
    return case.speaks_of(rule, messages[0])


@pytest.mark.parametrize("word", PREDICATES)
def test_a_predicate_holds_for_its_example_and_not_for_the_other(word: str) -> None:
    about = PREDICATES[word]
    make = MADE.get(word) or (saying if word.startswith("ai.") else titled)
    name = word + about.example
    assert holds(name, make(about.holds))
    assert not holds(f"not {name}", make(about.holds))
    if about.fails:
        assert not holds(name, make(about.fails))
        assert holds(f"not {name}", make(about.fails))


def test_a_long_series_is_told_by_its_numbers_though_not_all_came() -> None:
    assert holds("patches>10 and not cover", titled("[PATCH 3/11] lamp: add a switch"))
