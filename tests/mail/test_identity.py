# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who somebody is: one person in two spellings, two people of one name."""

import pytest

from triage.mail.identity import addresses, git_person, is_named_after, parse_people, parse_person, same_email, same_name
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
    assert git_person(value) == Person(name, email)


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("Ada Example <ada@example.org>", "Ada Example", "ada@example.org"),
        ('"Ada @ Home" <ada@example.org>', "Ada @ Home", "ada@example.org"),
        ('"ada@example.com via list" <list@example.org>', "ada@example.com via list", "list@example.org"),
        ("Ada at Work <ada@example.org>", "Ada at Work", "ada@example.org"),
        ("ada at example.org (Ada Example)", "Ada Example", "ada@example.org"),
        ("Ada Example <ada at example.org>", "Ada Example", "ada@example.org"),
        ("Ada looks at the code", "Ada looks at the code", ""),
        ("Ada Example (ada@example.org)", "Ada Example", "ada@example.org"),
        ("Ada Example [ada@example.org]", "Ada Example", "ada@example.org"),
        ("ada@example.org (Ada Example)", "Ada Example", "ada@example.org"),
        ("Ada Example <ada@example.org> # for the docs", "Ada Example", "ada@example.org"),
        ("Li <li@example.org>", "Li", "li@example.org"),
        ("Олександра Прикладенко-Зразкова з Києва <ada@example.org>", "Олександра Прикладенко-Зразкова з Києва", "ada@example.org"),
        ("ada@example.org", "", "ada@example.org"),
        ("<ada@example.org>", "", "ada@example.org"),
        ("Ada Example", "Ada Example", ""),
        ('"Example, Ada" <ada@example.org>', "Example, Ada", "ada@example.org"),
        ("", "", ""),
        ("<", "", ""),
        ("@", "", "@"),
    ],
)
def test_a_person_is_read_however_a_mail_spells_them(value: str, name: str, email: str) -> None:
    assert parse_person(value) == Person(name, email)


def test_the_people_of_a_header_are_parted_by_its_commas_alone() -> None:
    people = parse_people('"Example, Ada" <ada@example.org>, bo@example.org (Bo, of the docs), Cy <cy@example.org>; undisclosed')
    assert people == [
        Person("Example, Ada", "ada@example.org"), Person("Bo, of the docs", "bo@example.org"), Person("Cy", "cy@example.org"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "name", "told"),
    [
        ("ann.author@mail.example.org", "Ann Author", True), ("aauthor@example.org", "Ann Author", True), ("author.a@example.org", "Ann Author", True),
        ("ann@example.org", "Ann Author", True), ("annauthor42@example.org", "Ann Author", True), ("aa@example.org", "Ann Author", True),
        ("ann-kernel@example.org", "Ann Author", True), ("authora@example.org", "Ann Author", True), ("muller@example.org", "Jörg Müller", True),
        ("bob@example.org", "Ann Author", False), ("patches@example.org", "Ann Author", False), ("a@example.org", "Ann Author", False),
        ("ann@example.org", "", False), ("", "Ann Author", False), ("42@example.org", "Ann Author", False),
    ],
)  # fmt: skip
def test_an_address_is_made_of_a_name(address: str, name: str, told: bool) -> None:
    assert is_named_after(address, name) is told


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada@Example.org", "ada@example.ORG", True), ("ada+git@example.org", "ada@example.org", True), ("ada@mail.example.org", "ada@example.org", True),
        ("ada@example.org", "bo@example.org", False), ("ada@example.org", "ada@notexample.org", False), ("", "", False),
        ("1234+ada@users.example.com", "ada@users.example.com", True), ("a.da@gmail.com", "ada@googlemail.com", True),
        ("a.da@example.org", "ada@example.org", False), ("ada@protonmail.com", "ada@proton.me", True), ("ada@gmail.com", "ada@mail.com", False),
    ],
)  # fmt: skip
def test_addresses_of_one_mailbox(one: str, other: str, same: bool) -> None:
    assert same_email(one, other) is same
    assert same_email(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Example, Ada", "Ada Example", True), ("Ada Example (Arm)", "ada example", True), ("Gregor Müller", "Gregor Muller", True),
        ("Lukasz Przyklad", "Łukasz Przykład", True), ("Gregor Mueller", "Gregor Müller", True), ("Soeren Eksempel", "Søren Eksempel", True),
        ("Joe Example", "Jo Example", False), ("Samuel Beispiel", "Samul Beispiel", False),
        ("𝔸𝕕𝕒 Example", "Ada Example", True), ("Ada Example", "Bo Example", False), ("", "", False), ("наб", "наб", True),
    ],
)  # fmt: skip
def test_names_of_one_person(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def test_addresses_are_found_without_reading_the_grammar() -> None:
    assert addresses('"A, B" <a@example.org>, b@example.org, undisclosed:;') == ["a@example.org", "b@example.org"]
