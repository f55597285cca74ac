# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of the long runs of cron: killed, beside a person, on a full disk."""

from pathlib import Path

from tests.soak import cron


def test_a_cron_run_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    assert cron.kills(tmp_path, 10).startswith("10 kills")


def test_a_person_writes_beside_cron(tmp_path: Path) -> None:
    assert "none lost" in cron.beside(tmp_path, 60, 0.02)


def test_a_disk_that_is_full_for_a_cron_run_breaks_nothing(tmp_path: Path) -> None:
    assert "nothing lost" in cron.full(tmp_path, 4)
