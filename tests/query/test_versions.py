# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How series came to be, on the command line: reasons, versions, follow-ups, and what people correct."""

import json
from contextlib import closing
from typing import Any

import jsonschema
import pytest

from tests.conftest import DIFF, ROOT, Inbox, Run, mail
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.ingest.rebuild import rebuild
from triage.mail.message import read_mail
from triage.model import BlobId, Message, RawMail
from triage.query.versions import differences, versions
from triage.series.compare import compare, difference
from triage.store import queries
from triage.store.schema import open_index

ADA, BO = "Ada Example <ada@example.org>", "Bo Sample <bo@example.org>"


def post(key: str, subject: str, reply: str = "", text: str = "Why.", file: str = "widget.c", sender: str = ADA, plus: str = "9") -> bytes:
    headers = {"In_Reply_To": f"<{reply}@example.org>"} if reply else {}
    diff = DIFF.replace("widget.c", file).replace("return 1", f"return {plus}")
    body = f"{text}\n" if " 0/" in subject or subject.startswith("Re:") else f"{text}\n\nSigned-off-by: {sender}\n---\n{diff}"
    return mail(body, key=key, subject=subject, sender=sender, **headers)


MAILS = (
    post("c", "[PATCH 0/3] widget: pour"),
    post("p1", "[PATCH 1/3] widget: add a spout", "c", file="a.c"),
    post("p2", "[PATCH 2/3] widget: pour from it", "c", file="b.c"),
    post("p3", "[PATCH 3/3] widget: wipe it", "c", file="d.c"),
    post("rc", "Re: [PATCH 0/3] widget: pour", "c", f"Fine.\n\nReviewed-by: {BO}", sender=BO),
    post("r2", "Re: [PATCH 2/3] widget: pour from it", "p2", f"Tried.\n\nTested-by: {BO}\nAcked-by: Cy <cy@example.org>", sender=BO),
    post("q2", "[PATCH v2 2/3] widget: pour from it", "p2", "Why, in more words.", file="b.c", plus="7"),
    post("o", "[PATCH v3] kettle: whistle", file="k.c"),
)


@pytest.fixture
def posted(config: Config, inbox: Inbox) -> Config:
    inbox.add(*MAILS)
    add_list(config, "widgets", (str(inbox.path),), "none", "")
    ingest(config, load_lists(config.paths))
    return config


def rows(run: Run, *words: str, schema: str = "list") -> list[dict[str, Any]]:
    done = run(*words, "--json")
    assert done.code == 0, done.err
    found = [json.loads(line) for line in done.out.splitlines()]
    shape = json.loads((ROOT / "triage" / "schemas" / f"{schema}.json").read_text("utf-8"))
    for row in found:
        jsonschema.validate(row, shape)
    return found


def series(run: Run) -> dict[str, list[str]]:
    """Return each series' patches by Message-ID, without the host."""
    return {
        row["series"].partition("@")[0]: [("+" if p["carried"] else "") + p["message_id"].partition("@")[0] for p in row["patches"]]
        for row in rows(run, "list")
    }


def test_a_partial_reroll_shows_what_it_takes_over(posted: Config, run: Run) -> None:
    (row,) = rows(run, "show", "--series", "q2@example.org")
    assert [(p["n"], p["message_id"], p["carried"]) for p in row["patches"]] == [
        (1, "p1@example.org", True), (2, "q2@example.org", False), (3, "p3@example.org", True)
    ]  # fmt: skip
    assert (row["received"], row["total"], row["complete"]) == (1, 3, True)
    assert (row["previous"], row["answers"]) == ("c@example.org", "c@example.org")
    given = {(f["patch"].partition("@")[0], f["key"], f["matches"]) for f in row["followups"]}
    assert given == {("p1", "Reviewed-by", True), ("p3", "Reviewed-by", True), ("q2", "Reviewed-by", True)}
    assert "(carried)" in run("show", "--series", "q2@example.org").out


def test_nothing_is_borrowed_across_a_gap(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(MAILS[0], MAILS[1], MAILS[3], post("q2", "[PATCH v2 2/3] widget: pour from it", "c"))
    add_list(config, "widgets", (str(inbox.path),), "none", "")
    ingest(config, load_lists(config.paths))
    found = {row["series"]: row for row in rows(run, "list")}
    assert [p["carried"] for p in found["q2@example.org"]["patches"]] == [False]
    assert not found["c@example.org"]["complete"]
    assert not found["q2@example.org"]["complete"]


def test_a_replacement_takes_over_the_rest(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(*MAILS[:4], post("q2", "[PATCH v1.1 2/3] widget: pour from it", "p2"))
    add_list(config, "widgets", (str(inbox.path),), "none", "")
    ingest(config, load_lists(config.paths))
    assert series(run)["q2"] == ["+p1", "q2", "+p3"]


def test_follow_up_trailers_count_for_the_patch_or_from_the_cover_for_each(posted: Config, run: Run) -> None:
    (row,) = rows(run, "show", "--series", "c@example.org")
    given = {(f["patch"].partition("@")[0], f["key"], f["matches"], f["on_cover"]) for f in row["followups"]}
    assert given == {
        ("p1", "Reviewed-by", True, True), ("p2", "Reviewed-by", True, True), ("p3", "Reviewed-by", True, True),
        ("p2", "Tested-by", True, False), ("p2", "Acked-by", False, False),
    }  # fmt: skip
    shown = run("show", "--series", "c@example.org").out
    assert "+ Acked-by: Cy <cy@example.org>  (by another sender: does not count)" in shown


def test_versions_patch_by_patch(posted: Config, run: Run) -> None:
    old, new = rows(run, "show", "--versions", "p1@example.org", schema="versions")
    assert (old["version"], old["asked"], new["version"], new["previous"]) == (1, True, 2, "c@example.org")
    assert [(p["n"], p["change"]) for p in new["patches"]] == [(1, "unchanged"), (2, "changed"), (3, "unchanged")]
    _, with_diff = rows(run, "show", "--versions", "--diff", "p1@example.org", schema="versions")
    lines = with_diff["patches"][1]["difference"]
    assert {"-Why.", "+Why, in more words.", "-+\treturn 9;", "++\treturn 7;"} <= set(lines)
    assert "! changed   [PATCH v2 2/3]" in run("show", "--versions", "q2@example.org").out


def test_differences_are_read_when_wanted_and_a_mail_that_is_gone_says_why(posted: Config, inbox: Inbox) -> None:
    with closing(open_index(posted.paths.index)) as connection:
        newest = queries.find_series(connection, "q2@example.org")
        every = list(versions(connection, newest))
        assert [one.series for one in versions(connection, newest, newest_first=True)] == [one.series for one in reversed(every)]
        changed = [patch for patch in every[-1].patches if patch.change == "changed"]
        rows = [patch.rows for patch in changed if patch.rows]
        assert len(rows) == len(changed) == 1
        assert changed[0].difference is None
        (told,) = differences(connection, rows).values()
        assert "++\treturn 7;" in told
        full = [patch.difference for patch in list(versions(connection, newest, with_diff=True))[-1].patches if patch.rows]
        assert full == [told]
        blob = connection.execute("select blob from message where id = ?", (rows[0][1],)).fetchone()[0]
        (inbox.path / "objects" / blob[:2] / blob[2:]).unlink()
        (told,) = differences(connection, rows).values()
        assert len(told) == 1
        assert "not in" in told[0] or "missing" in told[0]


def test_equal_titles_go_with_each_other_in_order() -> None:
    def patch(key: str, title: str, file: str = "a.c") -> Message:
        return read_mail(RawMail(post(key, f"[PATCH] {title}", file=file, plus=key), "", BlobId(key), 1)).message

    old = [patch("1", "same"), patch("2", "same"), patch("3", "wipe the old spout"), patch("4", "gone", "z.c")]
    new = [patch("5", "same"), patch("2", "same"), patch("6", "wipe the old spouts"), patch("7", "other", "y.c")]
    pairs = [(pair.old and pair.old.message_id, pair.new and pair.new.message_id, pair.change) for pair in compare(old, new)]
    assert pairs == [
        ("1@example.org", "5@example.org", "changed"), ("2@example.org", "2@example.org", "unchanged"),
        ("3@example.org", "6@example.org", "changed"), (None, "7@example.org", "new"), ("4@example.org", None, "dropped"),
    ]  # fmt: skip


def test_a_difference_leaves_out_what_only_moved() -> None:
    old, new = "index 1111111..2222222 100644\n@@ -1,3 +1,3 @@ f\n-a\n+b\n", "index 3333333..4444444 100644\n@@ -9,3 +9,3 @@ f\n-a\n+b\n"
    assert difference(old, new, ("old", "new")) == []


def test_why_says_why(posted: Config, run: Run) -> None:
    (row,) = rows(run, "show", "--why", "q2@example.org", schema="why")
    assert [member["message_id"] for member in row["members"]] == ["q2@example.org"]
    assert [link["kind"] for link in row["links"]] == ["reply", "subject-author"]
    shown = run("show", "--why", "p3@example.org").out
    assert "replies to c@example.org, which has the same sender, version and total" in shown


def test_people_link_and_unlink_and_it_outlives_the_index(posted: Config, run: Run) -> None:
    assert run("series", "link", "o@example.org", "q2@example.org", "-m", "the whistle is the spout").code == 0
    assert run("series", "unlink", "q2@example.org", "c@example.org").code == 0

    def links() -> dict[str, tuple[str | None, list[str]]]:
        return {row["series"].partition("@")[0]: (row["previous"], [link["kind"] for link in row["links"]]) for row in rows(run, "list")}

    expected = {"c": (None, []), "q2": (None, []), "o": ("q2@example.org", ["human"])}
    assert links() == expected
    rebuild(posted)
    assert links() == expected
    assert series(run)["q2"] == ["q2"]  # what is no version any more carries nothing
    assert run("series", "link", "q2@example.org", "c@example.org").code == 0
    assert links()["q2"] == ("c@example.org", ["human"])


def test_people_split_and_merge_and_take_it_back(posted: Config, run: Run) -> None:
    assert run("series", "split", "p3@example.org").code == 0
    assert series(run) == {"c": ["p1", "p2"], "p3": ["p3"], "q2": ["+p1", "q2"], "o": ["o"]}
    merged = run("series", "merge", "q2@example.org", "o@example.org").out.strip()
    assert series(run) == {"c": ["p1", "p2"], "p3": ["p3"], "q2": ["+p1", "q2", "o"]}
    rebuild(posted)
    assert series(run) == {"c": ["p1", "p2"], "p3": ["p3"], "q2": ["+p1", "q2", "o"]}
    assert run("opinion", "give", merged, "withdraw").code == 0
    ingest(posted, load_lists(posted.paths))
    assert series(run) == {"c": ["p1", "p2"], "p3": ["p3"], "q2": ["+p1", "q2"], "o": ["o"]}


def test_a_correction_says_by_whom(posted: Config, run: Run) -> None:
    record = run("series", "split", "p3@example.org").out.strip()
    (row,) = rows(run, "show", "--why", "p3@example.org", schema="why")
    assert row["members"][0]["why"] == f"taken out of another series by a person, record {record}"
    assert row["notes"] == ["human"]
    (told,) = [item for item in rows(run, "opinion", "list", schema="opinion") if item["id"] == record]
    assert (told["kind"], told["reviewer"]["email"]) == ("split", "ada@example.org")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("link", "c@example.org", "p1@example.org"), "link needs two different series"),
        (("merge", "c@example.org"), "merge needs two different series"),
        (("split", "o@example.org"), "these mails are all of their series"),
        (("split", "rc@example.org"), "is not a patch or cover"),
        (("unlink", "nothing@example.org"), "no mail called"),
    ],
)
def test_a_correction_that_says_nothing_is_refused(words: tuple[str, ...], says: str, posted: Config, run: Run) -> None:
    done = run("series", *words)
    assert done.code == 2
    assert says in done.err
    assert not posted.paths.opinions.exists()


def test_an_index_of_another_version_is_made_anew_by_the_next_ingest(posted: Config, run: Run) -> None:
    import sqlite3
    from contextlib import closing

    before = series(run)
    with closing(sqlite3.connect(posted.paths.index)) as connection:
        connection.execute("pragma user_version = 1")
    refused = run("list")
    assert refused.code == 78
    assert "triage ingest" in refused.err
    assert run("ingest").code == 0
    assert series(run) == before


def test_a_link_that_would_close_a_circle_is_refused_and_a_withdrawn_one_is_gone(posted: Config, run: Run) -> None:
    done = run("series", "link", "c@example.org", "q2@example.org", "--unsigned")
    assert (done.code, "q2@example.org follows c@example.org already" in done.err) == (2, True)
    done = run("series", "link", "o@example.org", "q2@example.org", "--unsigned")
    assert "o@example.org now follows q2@example.org" in done.err
    record = done.out.strip()
    assert [row["previous"] for row in rows(run, "list") if row["series"] == "o@example.org"] == ["q2@example.org"]
    assert run("opinion", "give", record, "withdraw", "--unsigned").code == 0
    assert [row["previous"] for row in rows(run, "list") if row["series"] == "o@example.org"] == [None]
