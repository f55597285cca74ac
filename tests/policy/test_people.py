# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is who in a project: aliases, rosters in three forms, and what rules make of them."""

import json
from pathlib import Path

import pytest

from tests.conftest import Inbox, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.model import Person
from triage.model.errors import ConfigError
from triage.policy.people import read_people

MAILMAP = """\
# how the project knows people
Ada Example <ada@example.org>
Ada Example <ada@example.org> <ada@old.example.com>
<bo@example.org> <bo@home.example.net>   # a comment
Cy Specimen <cy@example.org> Cyril <shared@example.net>
"""
KERNEL = """\
List of maintainers
===================

Descriptions of section entries and preferred order
	M: *Mail* patches to: FullName <address@domain>

Maintainers List
----------------

WIDGET DRIVERS
M:	Ada Example <ada@example.org>
R:	Bo Sample <bo@example.org>
L:	widgets@example.org
S:	Maintained
F:	drivers/widget/
F:	include/linux/widget*.h
X:	drivers/widget/old/

KETTLE
M:	Cy Specimen <cy@example.org>
F:	drivers/kettle.c
"""
QEMU = "Widget boards\n-------------\nM: Ada Example <ada@example.org>\nS: Maintained\nF: hw/widget/*\n\nKettle\nM: Cy Specimen <cy@example.org>\nF: hw/kettle.c\n"
TOML = '[[area]]\nname = "core"\nrole = "core"\npeople = ["Ada Example <ada@example.org>"]\n[[area]]\nname = "all"\npeople = ["Bo Sample <bo@example.org>"]\n'
ADA, BO, CY = Person("Ada Example", "ada@example.org"), Person("Bo Sample", "bo@example.org"), Person("Cy Specimen", "cy@example.org")


@pytest.mark.parametrize(
    ("person", "known"),
    [
        (Person("A. E.", "ada@old.example.com"), ADA), (Person("ada", "ADA@example.org"), ADA), (Person("Bo", "bo@home.example.net"), Person("Bo", "bo@example.org")),
        (Person("Cyril", "shared@example.net"), CY), (Person("Cynthia", "shared@example.net"), Person("Cynthia", "shared@example.net")),
    ],
)  # fmt: skip
def test_the_four_forms_of_a_mailmap(person: Person, known: Person) -> None:
    assert read_people(MAILMAP, "").known_as(person) == known


def test_one_person_under_two_addresses_and_two_people_under_one_name() -> None:
    people = read_people(MAILMAP, "")
    assert people.same(Person("x", "ada@old.example.com"), ADA)
    assert not people.same(Person("Ada Example", "ada@third.example.com"), ADA)


@pytest.mark.parametrize("roster", [KERNEL, QEMU])
def test_maintainers_files_of_kernel_and_qemu(roster: str) -> None:
    people = read_people("", roster)
    assert (people.is_maintainer(ADA), people.is_maintainer(BO), people.is_maintainer(CY)) == (True, False, True)


def test_a_section_says_who_looks_after_what() -> None:
    people = read_people(MAILMAP, KERNEL)
    assert people.roles(Person("Ada", "ada@old.example.com")) == ["maintainer of WIDGET DRIVERS"]
    assert people.roles(BO) == ["reviewer of WIDGET DRIVERS"]
    assert people.responsible(["drivers/widget/lid.c"], "maintainer") == [ADA]
    assert people.responsible(["drivers/widget/old/lid.c"], "maintainer") == []
    assert people.responsible(["include/linux/widget-lid.h", "drivers/kettle.c"], "maintainer") == [ADA, CY]


def test_a_roster_in_toml_has_roles_of_its_own() -> None:
    people = read_people("", TOML)
    assert people.roles(ADA) == ["core of core"]
    assert people.is_maintainer(BO)
    assert people.responsible(["x"], "core") == [ADA]


@pytest.mark.parametrize(
    ("aliases", "roster", "words"),
    [
        ("Ada ada@example.org\n", "", "aliases, line 1 is no alias"), ("", "what is this", "neither a MAINTAINERS file nor TOML"),
        ("", "area = 1\n", "names no areas"), ("", '[[area]]\nnam = "x"\n', "area that cannot be read"),
        ("", '[[area]]\nname = "x"\npeople = "y"\n', "are lists"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line(aliases: str, roster: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_people(aliases, roster)


def test_a_project_is_given_its_files_in_config(isolated: Path, run: Run, tmp_path: Path) -> None:
    body = mail(patch_body("Text.\n\nSigned-off-by: Ada Example <ada@old.example.com>\n"))
    (tmp_path / "x.mbox").write_bytes(body)
    words = ("check", str(tmp_path / "x.mbox"), "--policy", "linux-kernel")
    assert "DCO005" in run(*words).out
    (tmp_path / "mailmap").write_text(MAILMAP)
    assert run(*words, "--aliases", str(tmp_path / "mailmap")).out == ""
    home = load_config().paths.config
    home.mkdir(parents=True, exist_ok=True)
    (home / "mailmap").write_text(MAILMAP)
    (home / "config.toml").write_text('[projects.linux-kernel]\naliases = "mailmap"\n')
    assert run(*words).out == ""
    (home / "config.toml").write_text('[projects.linux-kernel]\nalias = "mailmap"\n')
    done = run(*words)
    assert (done.code, "did you mean 'aliases'" in done.err) == (78, True)
    (home / "config.toml").write_text('[projects.linux-kernel]\naliases = "nowhere"\n')
    done = run(*words)
    assert (done.code, "cannot read" in done.err, "Traceback" in done.err) == (78, True, False)


def test_what_an_author_says_from_an_alias_is_the_authors_in_findings_show_and_report(config: Config, inbox: Inbox, run: Run) -> None:
    config.paths.config.mkdir(parents=True, exist_ok=True)
    (config.paths.config / "mailmap").write_text("Ada Example <ada@example.org> <ada@old.example.com>\n")
    (config.paths.config / "config.toml").write_text('[projects.qemu]\naliases = "mailmap"\n')
    date = "Mon, 05 Oct 2026 10:00:00 +0000"
    inbox.add(
        mail(patch_body(), date=date),
        mail("Claude wrote it.\n", key="r", subject="Re: [PATCH] widget: fix", sender="A. Example <ada@old.example.com>", date=date,
             In_Reply_To="<a@example.org>"),
    )  # fmt: skip
    add_list(config, "widgets", (str(inbox.path),), "qemu", "")
    ingest(load_config(), load_lists(config.paths))
    (found,) = [json.loads(line) for line in run("findings", "rule:AI001", "--json").out.splitlines()]
    (shown,) = json.loads(run("show", "r@example.org", "--json").out)["evidence"]
    (told,) = json.loads(run("report", "id:a@example.org", "--format", "json").out)["series"][0]["evidence"]
    assert found["region"] == shown["class"] == told["class"] == "author-reply"
    assert shown["says"] == told["says"] == "declares"


@pytest.mark.parametrize("address", [
    "fay@corp.example", "fay+x@corp.example", "x.fay@b.example", "fay@mail.corp.example", "fay@deep.mail.corp.example", "fay+y@example.org",
    "chain@a.example", "chain+z@a.example",
])  # fmt: skip
def test_tags_hosts_below_and_chains_of_aliases_do_not_make_an_author_somebody_else(address: str) -> None:
    people = read_people(
        "Fay <fay@example.org> <fay@corp.example>\nFay <fay@corp.example> <x.fay@b.example>\n<x.fay@b.example> <chain@a.example>\n", ""
    )
    author = Person("Fay", "fay@example.org")
    assert people.same(Person("Somebody", address), author)
    assert people.same(author, Person("Somebody", address))
    assert not people.same(Person("Somebody", f"o{address}"), author)


def test_a_circle_of_aliases_ends() -> None:
    people = read_people("<a@x.example> <b@x.example>\n<b@x.example> <a@x.example>\n", "")
    assert people.same(Person("", "a@x.example"), Person("", "b@x.example"))
    assert not people.same(Person("", "a@x.example"), Person("", "c@x.example"))
