# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which series of the index may be versions of each other, by a patch that they share."""

from contextlib import closing
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from tests.conftest import mail, patch_body
from triage.admin.lists import add_list
from triage.archive.local import OwnInbox
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.model.series import NEAREST
from triage.store import links
from triage.store.schema import open_index
from triage.store.write import SAME

START = 1772442000


def series(n: int, *titles: str) -> list[bytes]:
    """Return a cover letter and its patches, an hour after the series before, by somebody else, with other diffs."""
    when, who = format_datetime(datetime.fromtimestamp(START + n * 3600, UTC)), f"Ann <ann{n}@example.org>"
    total = len(titles)
    mails = [mail(key=f"s{n}", subject=f"[PATCH 0/{total}] topic {n}", sender=who, date=when)]
    for at, title in enumerate(titles, 1):
        body = patch_body().replace("return 1", f"return {n * 1000 + at}")
        more = {"In_Reply_To": f"<s{n}@example.org>"}
        mails.append(mail(body, key=f"s{n}p{at}", subject=f"[PATCH {at}/{total}] {title}", sender=who, date=when, **more))
    return mails


def neighbours(config: Config, mails: list[bytes], name: str) -> set[str]:
    """Take mails in; returns which series the index gives as neighbours of one."""
    OwnInbox(config.paths.home / "inbox").add(iter(mails))
    add_list(config, "widgets", (str(config.paths.home / "inbox"),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    with closing(open_index(config.paths.index)) as index:
        names = {row[0]: row[1].removesuffix("@example.org") for row in index.execute("select id, message_id from series")}
        one = next(number for number, found in names.items() if found == name)
        return {names[number] for number in links.neighbours(index, one, links.postings(index, {one})[one], {})}


@pytest.mark.parametrize("shared", [1, 3])
def test_of_the_series_that_share_a_patch_the_nearest_are_looked_at(config: Config, shared: int) -> None:
    titles = [f"part {n}" for n in range(shared)]
    mails = [one for n in range(100) for one in series(n, *titles, f"own {n}")]
    assert neighbours(config, mails, "s50") == {f"s{n}" for n in range(51 - NEAREST, 51 + NEAREST) if n != 50}


def test_who_shares_one_patch_each_is_looked_at_up_to_the_same_number(config: Config) -> None:
    parts = [f"part {n}" for n in range(60)]
    mails = [one for n, part in enumerate(parts) for one in series(n, part, f"own {n}")]
    assert neighbours(config, [*mails, *series(60, *parts)], "s60") == {f"s{n}" for n in range(61 - NEAREST, 60)}


def test_mails_of_one_id_are_told_apart_by_the_index(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as index:
        assert "message_id=? AND <expr>=?" in str(index.execute(f"explain query plan {SAME}", ("a", "b", "c")).fetchall())


def test_the_nearest_of_one_second_are_read_without_the_others(config: Config) -> None:
    """A sort would look at all of one second, for each of them: a square where a program dates thousands of mails alike."""
    OwnInbox(config.paths.home / "inbox").add(mail(patch_body(), key=f"n{n}", subject=f"[PATCH] lid {n % 2}") for n in range(NEAREST + 2))
    add_list(config, "widgets", (str(config.paths.home / "inbox"),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    asked: list[str] = []
    with closing(open_index(config.paths.index)) as index:
        one = index.execute("select min(id) from series").fetchone()[0]
        posting = links.postings(index, [one])[one]
        index.set_trace_callback(asked.append)
        assert links.neighbours(index, one, posting, {})
        assert links.elsewhere(index, one, posting)
        links.later(index, one, posting)
        index.set_trace_callback(None)
        limited = [query for query in asked if "limit" in query and "order by" in query]
        assert len(limited) >= 6
        for query in limited:
            assert not any("ORDER BY" in row[3] for row in index.execute(f"explain query plan {query}")), query
