# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail that comes later than what was sent after it: the same answers as if all had come in order."""

from contextlib import closing

import pytest

from tests.conftest import Inbox, mail, patch_body
from tests.ingest.test_pipeline import dump
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.ingest.rebuild import rebuild
from triage.model.series import NEAREST
from triage.store.schema import open_index


@pytest.mark.parametrize("mark", ["PATCH v2", "PATCH"])
@pytest.mark.parametrize("titles", [("mend the spout", "mend the spout of it"), ("add the lid", "mend the spout", "mend the spout of it")])
def test_a_version_that_comes_late_is_followed_as_if_it_had_come_in_time(
    config: Config, inbox: Inbox, titles: tuple[str, ...], mark: str
) -> None:
    inbox.since += 30 * 86400  # mails are dated by their authors, not by when they came
    old = [
        mail(
            patch_body().replace("1;", f"{n};"),
            key=f"v1-{n}",
            subject=f"[PATCH] widget: {title}",
            date=f"Mon, 0{n + 1} Mar 2026 09:00:00 +0000",
        )
        for n, title in enumerate(titles[:-1], 1)
    ]
    new = mail(patch_body().replace("1;", "9;"), key="v2", subject=f"[{mark}] widget: {titles[-1]}", date="Mon, 09 Mar 2026 09:00:00 +0000")
    for content in (new, *reversed(old)):
        inbox.add(content)
        if content is new:
            add_list(config, "widgets", (str(inbox.path.parent.parent),), "linux-kernel", "")
        ingest(config, load_lists(config.paths))
    found = dump(config.paths.index)
    with closing(open_index(config.paths.index)) as index:
        followed = index.execute("select previous from series where message_id = 'v2@example.org'").fetchone()
    assert followed == (f"v1-{len(old)}@example.org",)
    rebuild(config)
    assert dump(config.paths.index) == found


def test_who_is_far_from_a_late_mail_is_linked_again_where_it_joins_two_topics_nearby(config: Config, inbox: Inbox) -> None:
    def sent(day: int, key: str, subject: str, file: str) -> bytes:
        date = f"{day % 28 + 1:02} {['Jan', 'Feb', 'Mar', 'Apr'][day // 28]} 2026 09:00:00 +0000"
        return mail(patch_body().replace("widget.c", file).replace("1;", f"{day};"), key=key, subject=subject, date=date)

    inbox.since += 200 * 86400
    late = [
        mail("Both.\n", key="cover", subject="[PATCH 0/2] widget: two changes of it", date="01 Jan 2026 09:00:00 +0000"),
        *(
            mail(
                patch_body().replace("1;", f"{n};"),
                key=f"part{n}",
                subject=f"[PATCH {n}/2] {title}",
                date="01 Jan 2026 09:00:01 +0000",
                In_Reply_To="<cover@example.org>",
            )
            for n, title in ((1, "widget: mend the spout"), (2, "gadget: add a second handle"))
        ),
    ]
    between = [sent(2 + n, f"between{n}", f"[PATCH] kiln: fire number {n}", f"kiln/{n}.c") for n in range(NEAREST + 2)]
    inbox.add(
        *between,
        sent(50, "spout", "[PATCH v2] widget: mend the spout", "lib/spout.c"),
        sent(51, "handle", "[PATCH v2] gadget: add a second handle", "lib/handle.c"),
        sent(52, "next", "[PATCH v3] widget: mend the spout now", "lib/spout.c"),
    )
    add_list(config, "widgets", (str(inbox.path.parent.parent),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    inbox.add(*late)
    ingest(config, load_lists(config.paths))
    found = dump(config.paths.index)
    rebuild(config)
    assert dump(config.paths.index) == found


def test_what_turns_out_to_be_a_part_of_a_later_posting_is_followed_no_more(config: Config, inbox: Inbox) -> None:
    """The whole that comes last is no version before the one between, and still says what that one does not follow."""
    inbox.since += 30 * 86400
    for key, title, day, above in (("o", "2/3] lid: fix it", 1, ""), ("s", "2/3] lid: fix it", 2, ""),
                                   ("f1", "1/3] lid: paint it", 4, ""), ("f2", "2/3] lid: fix it", 4, "<f1@example.org>")):  # fmt: skip
        head = {"In_Reply_To": above} if above else {}
        body = patch_body().replace("1;", f"{key};")
        inbox.add(mail(body, key=key, subject=f"[PATCH {title}", date=f"Mon, 0{day + 1} Mar 2026 09:00:00 +0000", **head))
        if key == "o":
            add_list(config, "widgets", (str(inbox.path.parent.parent),), "linux-kernel", "")
        ingest(config, load_lists(config.paths))
    found = dump(config.paths.index)
    rebuild(config)
    assert dump(config.paths.index) == found
