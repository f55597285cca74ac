# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of the long runs in tests/soak."""

import random

from tests.soak.fuzz_mail import mutated, one, seeds


def test_no_bytes_raise_on_their_way_to_a_series() -> None:
    chance = random.Random(20261121)
    start = [seed for seed in seeds() if len(seed) < 20_000]
    assert len(start) > 40
    for _ in range(3000):
        one(mutated(chance.choice(start), chance))
