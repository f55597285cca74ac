# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manners of new versions: how long after the one before, and in which thread."""

import json
from pathlib import Path

import pytest

from tests.conftest import SOB, Run, mail, patch_body
from triage.config import Config
from triage.ingest.rebuild import rebuild

RULES = '[policy]\nid = "house"\n[[rule]]\nid = "pace"\nkind = "versions"\nhours = 24\nseverity = "info"\n[[rule]]\nid = "place"\nkind = "versions"\nthread = "{}"\nseverity = "info"\n'


def box(tmp_path: Path, hour: str, answers: str = "") -> str:
    """Write two versions of a patch, the second at an hour of the next day, and return where."""
    first = mail(patch_body(f"Text.\n\n{SOB}"), key="v1", date="Mon, 02 Mar 2026 09:00:00 +0000")
    more = {"In_Reply_To": answers} if answers else {}
    text = patch_body(f"Text.\n\n{SOB}").replace("return 1", "return 2")
    second = mail(text, key="v2", subject="[PATCH v2] widget: fix", date=f"Tue, 03 Mar 2026 {hour}:00:00 +0000", **more)
    path = tmp_path / "x.mbox"
    path.write_bytes(b"".join(b"From x@example.org Wed Mar  4 09:00:00 2026\n" + one + b"\n" for one in (first, second)))
    return str(path)


@pytest.mark.parametrize(
    ("hour", "answers", "place", "says"),
    [
        ("08", "", "apart", ["This version came 23 hours after the one before; 24 are asked for."]),
        ("09", "", "apart", []),
        ("10", "<v1@example.org>", "apart", ["This version was sent in the thread of the one before; it belongs into one of its own."]),
        ("10", "", "below", ["This version was sent apart from the one before; it belongs below it."]),
        ("10", "<v1@example.org>", "below", []),
    ],
)
def test_a_version_that_comes_too_soon_or_elsewhere_is_noted(
    tmp_path: Path, run: Run, config: Config, hour: str, answers: str, place: str, says: list[str]
) -> None:
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "house.toml").write_text(RULES.format(place))
    path = box(tmp_path, hour, answers)
    checked = [json.loads(line) for line in run("check", "--policy", "house", "--format", "json", path).out.splitlines()]
    assert [item["says"] for item in checked] == says
    run("add", "l", path, "--policy", "house")
    run("ingest")
    found = [json.loads(line) for line in run("findings", "--json").out.splitlines()]
    assert [(item["series"], item["says"]) for item in found] == [("v2@example.org", one) for one in says]
    rebuild(config)
    assert [json.loads(line)["says"] for line in run("findings", "--json").out.splitlines()] == says
    run("policy", "use", "l", "plain-dco")
    run("ingest")
    run("policy", "use", "l", "house")
    run("ingest")
    assert [json.loads(line)["says"] for line in run("findings", "--json").out.splitlines()] == says
