# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who somebody is: one person in two spellings, two people of one name."""

import pytest

from triage.mail.identity import addresses, parse_person, same_email, same_name, unmangle
from triage.model import Person


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("Ada Example <ada@example.org>", "Ada Example", "ada@example.org"),
        ('"Example, Ada" <ada@example.org>', "Example, Ada", "ada@example.org"),
        ("ada@example.org (Ada Example)", "Ada Example", "ada@example.org"),
        ("ada@example.org", "", "ada@example.org"),
        ("<ada@example.org>", "", "ada@example.org"),
        ("Ada Example", "Ada Example", ""),
        ("A <ada@example.org>", "", "ada@example.org"),
        ('"A \\"B\\" C" <a@example.org>', 'A "B" C', "a@example.org"),
    ],
)
def test_a_person_is_read_as_git_reads_one(value: str, name: str, email: str) -> None:
    assert parse_person(value) == Person(name, email)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada@Example.org", "ada@example.ORG", True), ("ada+git@example.org", "ada@example.org", True), ("ada@mail.example.org", "ada@example.org", True),
        ("ada@example.org", "bo@example.org", False), ("ada@example.org", "ada@notexample.org", False), ("", "", False),
        ("1234+ada@users.example.com", "ada@users.example.com", True),
    ],
)  # fmt: skip
def test_addresses_of_one_mailbox(one: str, other: str, same: bool) -> None:
    assert same_email(one, other) is same
    assert same_email(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Example, Ada", "Ada Example", True), ("Ada Example (Arm)", "ada example", True), ("Gregor Müller", "Gregor Muller", True),
        ("𝔸𝕕𝕒 Example", "Ada Example", True), ("Ada Example", "Bo Example", False), ("", "", False), ("наб", "наб", True),
    ],
)  # fmt: skip
def test_names_of_one_person(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def test_b4_relay_is_undone() -> None:
    relayed = Person("Ada Example via B4 Relay", "devnull+ada.example.org@kernel.org")
    assert unmangle(relayed, "ada@example.org", "") == (Person("Ada Example", "ada@example.org"), True)


def test_a_list_that_rewrites_from_is_undone_by_its_own_header_first() -> None:
    mangled = Person("Ada Example via widgets", "widgets@lists.example.org")
    assert unmangle(mangled, "widgets@lists.example.org", "Ada Example <ada@example.org>") == (
        Person("Ada Example", "ada@example.org"),
        True,
    )


def test_an_ordinary_sender_stays() -> None:
    ada = Person("Ada Example", "ada@example.org")
    assert unmangle(ada, "bo@example.org", "") == (ada, False)


def test_addresses_are_found_without_reading_the_grammar() -> None:
    assert addresses('"A, B" <a@example.org>, b@example.org, undisclosed:;') == ["a@example.org", "b@example.org"]
