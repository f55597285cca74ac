# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of the long runs that make mail and text up."""

import random

from tests.soak import fuzz_facts, fuzz_runs, fuzz_statements
from tests.soak.fuzz_mail import mutated, one, seeds


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
