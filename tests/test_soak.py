# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of the long runs in tests/soak."""

import os
import random
from pathlib import Path

import pytest

from tests.soak import bursts, cron, fuzz_facts, fuzz_runs, fuzz_statements
from tests.soak.fuzz_mail import mutated, one, seeds
from tests.soak.kills import kill_at, set_up
from tests.soak.kills_exchange import kill_many
from tests.soak.random_keys import NAMES, WORDS, seeded
from tests.soak.random_keys import one as press_in


def test_no_bytes_raise_on_their_way_to_a_series() -> None:
    chance = random.Random(20261121)
    start = [seed for seed in seeds() if len(seed) < 20_000]
    assert len(start) > 40
    for _ in range(3000):
        one(mutated(chance.choice(start), chance))


def test_no_text_raises_on_its_way_to_a_statement() -> None:
    assert fuzz_statements.run(3000, 20261129) > 3000


def test_a_sample_of_the_facts_that_are_fuzzed_is_whole() -> None:
    assert fuzz_facts.run(3000, 20261129) > 300


def test_mail_is_told_alike_by_many_runs_and_by_one() -> None:
    assert fuzz_runs.run(12, 20261129) > 100


def test_an_opinion_that_is_killed_while_it_is_given_is_whole_or_absent(tmp_path: Path) -> None:
    scene = set_up(tmp_path)
    moves = [n for n, what in enumerate(scene.steps) if "update-ref" in what or what == "rename"]
    assert moves
    for step in sorted({*range(0, len(scene.steps), 17), *moves, *(n + 1 for n in moves)}):
        kill_at(tmp_path, scene, step)


def test_random_keys_end_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    home = seeded(tmp_path)
    chance = random.Random(20261122)
    presses = [*NAMES, *WORDS]
    for size in [(80, 24), (120, 40), (40, 10), (22, 5)]:
        press_in(home, size, chance.choices(presses, k=40))


def test_a_cron_run_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    assert cron.kills(tmp_path, 10).startswith("10 kills")


def test_a_person_writes_beside_cron(tmp_path: Path) -> None:
    assert "none lost" in cron.beside(tmp_path, 60, 0.02)


def test_a_disk_that_is_full_for_a_cron_run_breaks_nothing(tmp_path: Path) -> None:
    assert "nothing lost" in cron.full(tmp_path, 4)


def test_records_that_were_acknowledged_outlive_kills_of_exchanges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kill_many(tmp_path, kills=6)
    assert "all in both logs" in capsys.readouterr().out


def test_a_sample_of_keys_in_bursts_ends_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TRIAGE_HOME", "GIT_CONFIG_GLOBAL", "HOME", "EDITOR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.chdir(tmp_path)
    bursts.run(600, 20261130)
