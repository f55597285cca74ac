# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be versions of each other is found by what they share, and a flood is bounded."""

from msgspec.structs import replace

from triage.model import Kind, MessageId, Person
from triage.model.series import NEAREST, Posting
from triage.series.neighbours import Neighbourhood

ANN = Person("Ann", "ann@example.org")


def posting(name: str, posted: int = 0, title: str = "", **more: frozenset[str]) -> Posting:
    none = frozenset[str]()
    one = Posting(
        MessageId(name), frozenset([MessageId(name)]), none, none, none, ANN, ANN, 1, 0, False, False, Kind.PATCH, "", title or name,
        none, none, none, posted,
    )  # fmt: skip
    return replace(one, **more)


def names(found: Neighbourhood, one: Posting) -> list[str]:
    return [other.first for other in found.of(one)]


def test_each_tie_is_found_from_both_ends() -> None:
    old = posting("old", 1, "mend it", patch_ids=frozenset(["p"]), change_ids=frozenset(["c"]), titles=frozenset(["one"]))
    ties = [
        posting("title", 2, "mend it"), posting("patch", 3, patch_ids=frozenset(["p"])), posting("change", 4, change_ids=frozenset(["c"])),
        posting("part", 5, titles=frozenset(["one"])), posting("reply", 6, parents=frozenset(["old"])),
        posting("names", 7, supersedes=frozenset(["old"])), posting("other", 8),
    ]  # fmt: skip
    found = Neighbourhood([old, *ties])
    assert [names(found, one) for one in ties] == [["old"]] * 6 + [[]]
    assert {"title", "patch", "change", "part"} <= set(names(found, old))


def test_who_is_named_as_newer_finds_who_names_it() -> None:
    new, old = posting("new", 2), posting("old", 1, obsoleted_by=frozenset(["new"]))
    assert names(Neighbourhood([old, new]), new) == ["old"]


def test_of_many_the_nearest_are_looked_at() -> None:
    every = [posting(f"p{n:04}", n, "the same") for n in range(500)]
    found = names(Neighbourhood(every), every[250])
    assert found[0] == f"p{250 - NEAREST:04}"
    assert found[-1] == f"p{250 + NEAREST:04}"
    assert "p0250" not in found
