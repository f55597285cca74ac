# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three reviewers at two machines each and a bare remote: random records, random order of exchanges, one outcome."""

import random
from pathlib import Path

from tests.reviewers import Machine, bare, make_key, person
from triage.opinion.refs import KEYS


def exchange(folder: Path, records: int, seed: int) -> list[Machine]:
    """Write `records` records on six machines in a random order with exchanges between, then exchange until nothing moves.

    Raises `AssertionError` where a machine ends with other logs than the remote, or a record is lost, doubled or not believed.
    """
    chance = random.Random(seed)
    remote = bare(folder / "remote.git")
    machines: list[Machine] = []
    for name in ("Ada", "Bo", "Cy"):
        key = make_key(folder / "keys", name)
        machines += [Machine(folder / f"{name}-{number}", person(name), key) for number in (1, 2)]
    machines[0].start_keys()
    for other in machines[2::2]:
        machines[0].add_key(other)
    machines[0].sync(remote)
    for machine in machines[1:]:
        machine.sync(remote)
        with machine.used():
            from triage.opinion.offers import trust

            trust(machine.log)
    said: set[str] = set()
    while len(said) < records:
        machine = chance.choice(machines)
        if chance.random() < 0.75:
            said.add(machine.say(chance.choice(("agree", "disagree", "unsure")), f"record {len(said)}"))
        else:
            machine.sync()
    for _ in range(3):
        for machine in chance.sample(machines, len(machines)):
            machine.sync()
    tips = {tuple(sorted(machine.log.tips().items())) for machine in machines}
    assert len(tips) == 1, "machines differ"
    assert dict(tips.pop()) == bare_tips(remote), "the remote differs"
    for machine in machines:
        found = machine.read()
        assert len(found) == len({o.id for o in found}) == records, "a record is lost or there twice"
        assert {str(o.id) for o in found} == said
        assert {o.signed for o in found} == {"good"}
        assert len(machine.log.tips()) == 4
        assert KEYS in machine.log.tips()
    return machines


def bare_tips(path: Path) -> dict[str, str]:
    """Return the refs of a bare repository."""
    from triage.opinion.repository import Repository

    return Repository(path).refs("refs/opinions")
