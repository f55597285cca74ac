# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit language: `or`, parentheses, quotes, states anywhere, and what is left of a limit in a report."""

import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Inbox, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.model.errors import UsageError
from triage.store.limit import for_everybody, in_list, parse_limit, terms
from triage.store.limit_grammar import Group, Term, read, write


def listed(run: Run, *words: str) -> set[str]:
    out = run("list", *words, "--json").out
    return {json.loads(line)["series"].partition("@")[0] for line in out.splitlines()}


@pytest.fixture
def three(inbox: Inbox, run: Run) -> Run:
    inbox.add(
        mail(patch_body(), key="a", subject="[PATCH] lid: open", sender="Ann <ann@example.org>"),
        mail(patch_body(), key="b", subject="[PATCH] git(1): pour", sender="Bob <bob@example.org>"),
        mail(patch_body(), key="c", subject="[PATCH] this or that", sender="Cy <cy@example.org>"),
        mail(
            "Looks right to me.\n", key="r", subject="Re: [PATCH] lid: open", sender="Bob <bob@example.org>", In_Reply_To="<a@example.org>"
        ),
    )
    assert run("add", "widgets", str(inbox.path), "--policy", "none").code == 0
    assert run("ingest").code == 0
    return run


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        ("from:ann or from:bob", "ab"), ("from:ann or from:bob not lid", "ab"), ("(from:ann or from:bob) not lid", "b"),
        ("-(from:ann or from:bob)", "c"), ("not not from:ann", "a"), ("git(1)", "b"), ("(git(1))", "b"),
        ("state:new (from:ann or state:done)", "a"), ("state:done or from:cy", "c"), ("not state:new or from:cy", "c"), ("", "abc"),
        ('"lid: open"', "a"), ("from:ann 'lid: o'", "a"), ("'git(1):'", "b"), ("'from: ann'", ""), ("'from:ann'", "a"),
        ("replies:0", "bc"), ("replies:>0", "a"), ("reviewed:none", "abc"), ("reviewed:any", ""), ("stale:1d or from:cy", "c"),
        ('"this or that"', "c"),
    ],
)  # fmt: skip
def test_a_limit_lets_through_what_it_says(limit: str, found: str, three: Run) -> None:
    assert listed(three, limit) == set(found)


def test_who_reviewed_one_patch_reviewed_some_of_a_series(inbox: Inbox, run: Run) -> None:
    for n in (1, 2):
        inbox.add(
            mail(patch_body(), key=f"a{n}", subject=f"[PATCH {n}/2] lid: open", **({"In_Reply_To": "<a1@example.org>"} if n > 1 else {}))
        )
    given = "Reviewed-by: Bob <bob@example.org>\n"
    inbox.add(mail(given, key="r", subject="Re: [PATCH 2/2] lid: open", sender="Bob <bob@example.org>", In_Reply_To="<a2@example.org>"))
    own = "Tested-by: Ada Example <ada@example.org>\n"
    inbox.add(mail(own, key="own", subject="Re: [PATCH 1/2] lid: open", In_Reply_To="<a1@example.org>"))
    assert run("add", "widgets", str(inbox.path), "--policy", "none").code == 0
    assert run("ingest").code == 0
    assert not listed(run, "reviewed:none")
    assert not listed(run, "reviewed:reviewed")
    assert listed(run, "reviewed:any") == {"a1"}
    vouched = json.loads(run("list", "--json").out)["vouched"]
    assert vouched == {"acked": 0, "reviewed": 0, "tested": 0, "some": "r", "unreviewed": 1}  # an author's own word vouches for nothing
    assert "| patches of newest versions without any review by a person | 1 of 2 (50 %) |" in run("report", "--format", "md").out
    again = mail(patch_body(), key="again", subject="[PATCH 2/2] lid: open", In_Reply_To="<a1@example.org>", References="<a1@example.org>")
    inbox.add(again)  # sent twice, looked at once
    run("ingest")
    assert json.loads(run("list", "--json").out)["vouched"]["unreviewed"] == 1


@pytest.mark.parametrize(
    "limit",
    ["or", "a or", "or a", "(a", "a)", "a not", "'a", "( or )", "a or or b", "replies:x", "stale:soon", "x" * 5000, f"from:{'x' * 5000}"],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(limit: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_limit(limit, 0)
    assert raised.value.hint


_terms = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6).filter(lambda text: not text.isspace())
_trees = st.recursive(
    st.builds(Term, _terms),
    lambda inner: st.one_of(
        st.builds(lambda nodes: Group("or", tuple(nodes)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda nodes: Group("and", tuple(nodes)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda node: Group("not", (node,)), inner.filter(lambda node: not (isinstance(node, Group) and node.kind == "not"))),
    ),
    max_leaves=8,
)


def holds(node: Term | Group, true: set[str]) -> bool:
    if isinstance(node, Term):
        return node.text in true
    inside = [holds(one, true) for one in node.nodes]
    return not inside[0] if node.kind == "not" else all(inside) if node.kind == "and" else any(inside)


@given(_trees, st.sets(_terms))
def test_a_limit_that_is_written_means_the_same(tree: Term | Group, some: set[str]) -> None:
    again = read(write(tree))
    for true in (some, set(), {"0"}, {"0", *some}):
        assert holds(again, true) is holds(tree, true)


@pytest.mark.parametrize("limit", ['from:" Ada"', "from:'Ada B'", '"lid: x" from:ada', "'from: ada'", '(a or "b: c") -list:x'])
def test_what_is_quoted_is_quoted_again(limit: str) -> None:
    tree = read(limit)
    assert sorted(terms(write(tree))) == sorted(terms(limit))


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        read(text)
    except UsageError as error:
        assert error.hint


@given(st.lists(st.text("ab'\" \\:", min_size=1, max_size=5), max_size=4))
def test_quotes_are_read_as_a_shell_reads_them(words: list[str]) -> None:
    tree = read(shlex.join(words))
    assert [node.text for node in tree.nodes if isinstance(node, Term)] == words


def test_a_report_leaves_out_states_wherever_they_stand() -> None:
    """It lets through no less than the limit does for anybody."""
    assert for_everybody("(state:new or from:ann) not state:done by:me", "x@example.org") == "by:x@example.org"
    assert for_everybody("lid not (state:done or spout)", "") == "lid not spout"
    assert for_everybody("lid not (state:done spout)", "") == "lid"
    assert for_everybody("state:new", "") == ""


def test_mail_of_no_series_changes_no_answer(three: Run, inbox: Inbox) -> None:
    inbox.add(mail("Hello.\n", key="loose", subject="hello", To="zzzz@example.org"))
    assert three("ingest").code == 0
    assert listed(three, "not to:zzzz") == listed(three, "-id:loose@example.org") == listed(three, "not path:zzzz") == {"a", "b", "c"}


def test_a_mail_from_the_future_makes_nothing_stale(three: Run, inbox: Inbox) -> None:
    before = listed(three, "stale:90d")
    inbox.add(mail(patch_body(), key="late", subject="[PATCH] lid: later", date="Mon, 02 Mar 2096 09:00:00 +0000"))
    assert three("ingest").code == 0
    assert listed(three, "stale:90d") == before


def test_by_me_is_no_part_of_another_address() -> None:
    assert parse_limit("by:me", 0, "li@example.org").parameters == ("li@example.org",)
    assert "like" not in parse_limit("by:ME", 0, "li@example.org").sql


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        ("not list:a", "list:b"), ("p or q", "(p or q) list:b"), ("(list:a x)", "x list:b"), ("list:a", "list:b"), ("", "list:b"),
        ("x not list:a", "x list:b"),
    ],
)  # fmt: skip
def test_another_list_takes_the_place_of_those_that_are_named(limit: str, found: str) -> None:
    assert in_list(limit, "b") == found
    assert "list:" not in in_list(limit, "")


@pytest.mark.parametrize("text", ["OR", "Not", "-or", "a(b", "it's@example.org", "a)", "(", '"', " "])
def test_any_term_is_written_so_that_it_is_read_as_itself(text: str) -> None:
    assert read(write(Group("and", (Term(text), Group("not", (Term(text),)))))) == Group("and", (Term(text), Group("not", (Term(text),))))


def test_a_series_goes_by_who_sent_its_cover_and_is_found_by_either_name(config: Config, inbox: Inbox, run: Run) -> None:
    """With a cover it is its sender's, whoever wrote patch 1; a patch that somebody passes on is its author's."""
    inbox.add(mail("Parts.", key="c0", subject="[PATCH 0/1] lid", sender="Bo Sample <bo@example.net>"))
    body = f"From: Ada Example <ada@example.org>\n\n{patch_body('Text.')}"
    inbox.add(mail(body, key="c1", subject="[PATCH 1/1] lid", In_Reply_To="<c0@example.org>", sender="Bo Sample <bo@example.net>"))
    inbox.add(mail(body.replace("Text.", "Hinge."), key="x", subject="[PATCH] hinge", sender="Bo Sample <bo@example.net>"))
    add_list(config, "widgets", (str(inbox.path),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    shown = run("list").out.splitlines()
    assert ["Bo Sample" in line for line in shown if "lid" in line] == [True]
    assert ["Ada Example" in line for line in shown if "hinge" in line] == [True]
    for limit in ("from:ada", "from:bo@example.net", "Sample"):
        assert len(run("list", limit).out.splitlines()) == 2, limit
