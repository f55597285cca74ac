# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""b4's own samples: the trailers that replies give land on the patches where b4's references have them."""

import re
from contextlib import closing
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

import pytest

from tests.conftest import SHARED
from triage.admin.lists import add_list
from triage.archive.mbox import split_mbox
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.mail.message import read_mail
from triage.mail.trailers import find_trailers
from triage.model import Message, RawMail, Region, Series, blob_id
from triage.query.versions import effective_followups, effective_patches
from triage.series.followups import followups
from triage.series.grouping import group
from triage.store.schema import open_index

pytestmark = pytest.mark.corpus
SAMPLES = SHARED / "peers" / "b4" / "samples"
NAMES = sorted(path.name.removesuffix(".mbox") for path in SAMPLES.glob("trailers-followup-*.mbox")) if SAMPLES.is_dir() else []
OVERRIDE = "Signed-off-by: Test Override <test-override@example.com>"
"""What b4 itself signs with in its tests."""


def read(path: Path) -> tuple[list[Series], list[Message]]:
    messages = [read_mail(RawMail(mail, "", blob_id(mail), 0)).message for mail in split_mbox(path.read_bytes())]
    return group(m for m in messages if m.is_member), [m for m in messages if not m.is_member]


def given(config: Config, path: Path, sloppy: bool) -> dict[str, list[str]]:
    """Return what replies give to each patch of the newest series of a sample, taken-over ones too, by the patch's title."""
    add_list(config, "b4", (str(path),), "none", "")
    ingest(config, load_lists(config.paths))
    with closing(open_index(config.paths.index)) as connection:
        newest = connection.execute("select id from series order by version desc, posted desc limit 1").fetchone()[0]
        patches = [stored.message for stored, _ in effective_patches(connection, newest)]
        found: dict[str, list[str]] = {m.subject.title: [] for m in patches}
        for item in effective_followups(connection, newest):
            if item.matches or sloppy:
                title = next(m.subject.title for m in patches if m.message_id == item.patch)
                found[title].append(f"{item.trailer.key}: {item.trailer.value}")
    return found


def referenced(path: Path, own: dict[str, set[str]]) -> dict[str, list[str]]:
    """Return the trailers that b4 added to each patch, by the patch's title."""
    found: dict[str, list[str]] = {}
    for content in split_mbox(path.read_bytes()):
        mail = BytesParser(policy=compat32).parsebytes(content)
        title = re.sub(r"^\[[^]]*\] ", "", str(mail["Subject"]))
        message = mail.get_payload().partition("\n---\n")[0]
        lines = [f"{t.key}: {t.value}" for t in find_trailers(message, 1, Region.MESSAGE)]
        found[title] = [line for line in lines if line not in own[title] and line != OVERRIDE]
    return found


def own_trailers(path: Path) -> dict[str, set[str]]:
    return {
        patch.subject.title: {f"{t.key}: {t.value}" for t in patch.trailers if t.region is Region.MESSAGE}
        for one in read(path)[0] for patch in one.patches
    }  # fmt: skip


REFERENCES = [
    (name, ref.name)
    for name in NAMES
    for ref in sorted(SAMPLES.glob(f"{name}-ref-*.txt"))
    if not ref.name.startswith(f"{name}-with-") and ref.name.split("-ref-")[0] == name and "noadd" not in ref.name
]


@pytest.mark.parametrize(("name", "reference"), REFERENCES)
def test_followup_trailers_are_b4s(name: str, reference: str, config: Config) -> None:
    path = SAMPLES / f"{name}.mbox"
    ours = given(config, path, "sloppy" in reference)
    theirs = referenced(SAMPLES / reference, own_trailers(path))
    theirs = {title: [line for line in lines if not line.startswith(("Link:", "Message-id:", "Cc:"))] for title, lines in theirs.items()}
    if "with-ignored" in reference:  # b4 was told to leave one reviewer out
        ours = {title: [line for line in lines if "followup-reviewer1" not in line] for title, lines in ours.items()}
    assert {title: sorted(lines) for title, lines in ours.items()} == {title: sorted(lines) for title, lines in theirs.items()}


def test_one_given_in_anothers_name_is_shown_and_does_not_count() -> None:
    (series,), rest = read(SAMPLES / "trailers-followup-already-present.mbox")
    assert [(item.trailer.key, item.matches) for item in followups(series, rest)] == [("Tested-by", False)]


def test_a_partial_reroll_takes_over_what_it_did_not_send_again() -> None:
    series, _ = read(SAMPLES / "trailers-followup-partial-reroll.mbox")
    assert [(s.version, s.received, s.total) for s in series] == [(2, 2, 2), (3, 1, 2)]
