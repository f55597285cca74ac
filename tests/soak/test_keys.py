# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of the long runs that press keys at random."""

import os
import random
from pathlib import Path

import pytest

from tests.soak import bursts
from tests.soak.random_keys import NAMES, WORDS, seeded
from tests.soak.random_keys import one as press_in


def test_random_keys_end_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    home = seeded(tmp_path)
    chance = random.Random(20261122)
    presses = [*NAMES, *WORDS]
    for size in [(80, 24), (120, 40), (40, 10), (22, 5)]:
        press_in(home, size, chance.choices(presses, k=40))


def test_a_sample_of_keys_in_bursts_ends_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TRIAGE_HOME", "GIT_CONFIG_GLOBAL", "HOME", "EDITOR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.chdir(tmp_path)
    bursts.run(600, 20261130)
