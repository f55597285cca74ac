# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""notmuch's and public-inbox's own mails: the same threads, whatever the order, loops and broken mails included; dates and ids."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED, mail
from triage.mail.headers import header_date, header_text, message_ids
from triage.mail.identity import parse_person
from triage.mail.message import read_mail
from triage.mail.mime import UnreadableError
from triage.model import MessageId, RawMail, blob_id
from triage.series.threads import join

pytestmark = pytest.mark.corpus
PEERS = SHARED / "peers"
SETS = (
    "attachment", "broken", "crypto", "default", "duplicate", "html", "indexing", "insert", "lkml", "mangling", "pkcs7", "protected-headers",
    "threading",
)  # fmt: skip


def threads_of(mails: list[tuple[MessageId, tuple[MessageId, ...]]]) -> set[frozenset[str]]:
    found = join(mails, {}, 1)
    groups: dict[int, set[str]] = {}
    for message_id, _ in mails:
        groups.setdefault(found.thread_of[message_id], set()).add(message_id)
    return {frozenset(group) for group in groups.values()}


def ids_in(tree: Any) -> set[str]:
    """Return the ids in notmuch's nested lists; a message that is not there any more is null."""
    if isinstance(tree, dict):
        return {tree["id"]}
    return {item for part in tree or () for item in ids_in(part)} if isinstance(tree, list) else set()


@pytest.mark.parametrize("name", SETS)
def test_threads_are_notmuchs(name: str) -> None:
    mails = []
    for path in sorted((PEERS / "notmuch" / name).rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            try:
                message = read_mail(RawMail(content, "", blob_id(content), 0)).message
            except UnreadableError:
                continue
            mails.append((message.message_id, message.parents))
    expected = {frozenset(ids_in(thread)) for thread in json.loads((PEERS / "notmuch" / f"{name}.notmuch-threads.json").read_text("utf-8"))}
    known = {item for thread in expected for item in thread}
    if name == "insert":  # an mbox, which notmuch refuses as a mail: we read its first mail
        assert known == set()
        return
    assert {frozenset(thread & known) for thread in threads_of(mails) if thread & known} == expected
    random.Random(1).shuffle(mails)
    assert {frozenset(thread & known) for thread in threads_of(mails) if thread & known} == expected


TABLES = json.loads((PEERS / "public-inbox" / "tables.json").read_text("utf-8")) if PEERS.is_dir() else {}


@pytest.mark.parametrize("row", TABLES.get("dates", ()), ids=lambda row: row["date"])
def test_dates_are_public_inboxs(row: dict[str, Any]) -> None:
    assert header_date(row["date"]) == row["epoch"]


@pytest.mark.parametrize("row", TABLES.get("date_fallbacks", ()), ids=lambda row: row["date"])
def test_an_absurd_year_is_no_date_and_the_archives_time_stands_in(row: dict[str, Any]) -> None:
    content = mail(date=row["date"])
    message = read_mail(RawMail(content, "", blob_id(content), 1169489784)).message
    assert (message.date, message.posted) == (None, 1169489784)


def test_message_ids_are_public_inboxs() -> None:
    for row in TABLES["message_ids"]:
        content = "".join(f"{name}: {value}\n" for name, values in row["headers"].items() for value in values).encode() + b"\ntext\n"
        message = read_mail(RawMail(content, "", blob_id(content), 0)).message
        if "mids" in row:
            assert message.message_id == row["mids"][0]
        else:
            assert sorted(message.parents) == sorted(row["references"])


@pytest.mark.parametrize("message_id", TABLES.get("bad_message_ids", ()))
def test_hostile_ids_are_kept_linked_and_never_a_path(message_id: str, tmp_path: Path) -> None:
    from triage.model.text import safe
    from triage.query.message import link_to

    content = f"From: Ada <ada@example.org>\nMessage-ID: <{message_id}>\nSubject: [PATCH] x\n\ntext\n".encode()
    message = read_mail(RawMail(content, "", blob_id(content), 0)).message
    assert message.message_id
    url = link_to("https://lore.example.org/list", message.message_id)
    assert not set(url) & set("\"'<>& ")
    assert "/../" not in url
    assert safe(message.message_id).isprintable()


def test_what_stands_around_an_id_is_no_part_of_it() -> None:
    for value in TABLES["notmuch_in_reply_to_bad"]:
        assert all("@" in found and " " not in found for found in message_ids(value))
        assert message_ids(value)


def test_the_first_address_of_a_from_is_read() -> None:
    for value, people in TABLES["addresses"]:
        if people and "," not in value:
            person = parse_person(header_text(value))
            assert person.email == people[0][1]
