# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions linked on real lists, scored against labels made by hand and against b4's change-ids with those lines taken out."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.corpus.conftest import NAMES
from tests.corpus.linking import labelled, masked, score, topics_by_blob
from tests.corpus.test_archives import mails
from triage.admin.lists import add_list
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.model import blob_id
from triage.store.schema import open_index

pytestmark = pytest.mark.corpus


def ingested(home: Path, archives: dict[str, Path]) -> Config:
    config = load_config(str(home))
    for name, path in archives.items():
        add_list(config, name, (str(path),), "none", "")
    ingest(config, load_lists(config.paths))
    return config


def test_labelled_topics(three: Config) -> None:
    truth, related, negatives = labelled()
    result = score(truth, topics_by_blob(three.paths.index), related, negatives)
    print(f"labels: precision {result.precision:.4f}, recall {result.recall:.4f}, of {result.found + len(result.missed)} pairs")
    assert len(truth) >= 60
    assert result.precision >= 0.99, result.wrong
    assert result.recall >= 0.95, result.missed


def change_id_topics(index: Path) -> list[list[str]]:
    """Return the first mails of the postings of each change-id that several carry, oldest version first."""
    with closing(open_index(index)) as connection:
        rows = connection.execute(
            "select s.change_id, m.blob from series s join message m on m.message_id = s.message_id and m.series = s.id"
            " where s.change_id is not null order by s.change_id, s.version, s.posted, s.id"
        ).fetchall()
    topics: dict[str, list[str]] = {}
    for change_id, blob in rows:
        topics.setdefault(change_id, []).append(blob)
    return [blobs for blobs in topics.values() if len(blobs) > 1]


@pytest.mark.parametrize("more", [False, True], ids=["change-id-masked", "link-lines-and-slugs-masked-too"])
def test_series_sent_with_b4(more: bool, three: Config, mirrors: dict[str, Path], tmp_path: Path) -> None:
    renamed: dict[str, str] = {}
    archives = {}
    for name in NAMES:
        archives[name] = tmp_path / f"{name}.mbox"
        with archives[name].open("wb") as file:
            for raw in mails(mirrors[name]):
                if re.search(rb"^Subject: *Re:", raw.content.partition(b"\n\n")[0], re.MULTILINE | re.IGNORECASE):
                    continue  # answers tie no versions
                content = masked(raw.content, more)
                renamed[raw.blob] = blob_id(content)
                file.write(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + quoted(content) + b"\n")
    config = ingested(tmp_path / "home", archives)
    truth = [[renamed[blob] for blob in topic] for topic in change_id_topics(three.paths.index)]
    result = score(truth, topics_by_blob(config.paths.index), set(), [])
    print(f"change-ids: precision {result.precision:.4f}, recall {result.recall:.4f}, of {result.found + len(result.missed)} pairs")
    back = {new: old for old, new in renamed.items()}
    assert result.found + len(result.missed) >= 50
    assert result.precision >= 0.99, [(back[a], back[b]) for a, b in result.wrong]
    assert result.recall >= 0.95, [(back[a], back[b]) for a, b in result.missed]


def quoted(content: bytes) -> bytes:
    """Return a mail as mboxrd keeps it: every line that begins with `From ` behind any number of > gets one more."""
    return re.sub(rb"^(>*From )", rb">\1", content if content.endswith(b"\n") else content + b"\n", flags=re.MULTILINE)
