# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forged and altered records: a sample of what `python -m tests.soak.opinions` does ten thousand times."""

from pathlib import Path

import pytest

from tests.reviewers import Machine, make_key, person
from tests.soak.forgeries import KINDS, Stage, expire, forge, read_valid, rewrite_remote, set_up
from tests.soak.reviewers_three import exchange
from triage.opinion.refs import ref_of


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return set_up(tmp_path_factory.mktemp("stage"), 12, seed=1)


def test_every_valid_record_is_accepted_and_checked_once(stage: Stage) -> None:
    good, first, cached = read_valid(stage)
    assert good == 12
    assert cached > first


@pytest.mark.parametrize("kind", KINDS)
def test_no_forged_record_counts(stage: Stage, kind: str) -> None:
    assert forge(stage, kind, 6) == 0


def test_a_record_of_an_expired_key_does_not_count(stage: Stage) -> None:
    assert expire(stage, 4) == 0


def test_a_remote_that_goes_back_splits_or_loses_a_log_changes_nothing_here(stage: Stage) -> None:
    assert rewrite_remote(stage, 6) == 0


def test_a_forged_record_is_refused_by_an_exchange_and_kept_apart(stage: Stage) -> None:
    kept = stage.tip
    forged = KINDS["wrong key"](stage, 1)
    stage.log.run("push", "--quiet", str(stage.remote), f"+{forged}:{stage.ref}")
    try:
        result = stage.reader.sync()
        assert "no key of its reviewer signed it" in result.refused[stage.ref]
        assert stage.tip == kept
        assert forged in stage.log.refs("refs/refused").values()
    finally:
        stage.log.run("push", "--quiet", "--force", str(stage.remote), f"{kept}:{stage.ref}")


def test_what_is_good_below_a_forged_record_is_taken(stage: Stage) -> None:
    mine = stage.ada.say("agree", "a good one")
    stage.ada.sync()
    good = Machine.read(stage.ada)[-1]
    assert good.id == mine
    with stage.mallory.used():
        tree = stage.ada.log.repository.tree_of({"m": stage.record(previous=good.commit)})
        forged = stage.ada.log.repository.commit(tree, good.commit, stage.ada.person, "x", sign=True)
    stage.ada.log.repository.run("push", "--quiet", str(stage.remote), f"{forged}:{stage.ref}")
    result = stage.reader.sync()
    assert stage.ref in result.refused
    assert stage.tip == good.commit
    stage.ada.log.repository.run("push", "--quiet", "--force", str(stage.remote), f"{good.commit}:{stage.ref}")


def test_somebody_without_a_key_is_believed_no_more_than_unsigned(tmp_path: Path) -> None:
    dana = Machine(tmp_path / "dana", person("Dana"))
    dana.say()
    assert [(o.signed, o.trouble) for o in dana.read()] == [("unsigned", "")]
    eve = Machine(tmp_path / "eve", person("Eve"), make_key(tmp_path / "keys", "eve"))
    eve.say()
    assert [o.signed for o in eve.read()] == ["unverified"]
    assert list(eve.log.tips()) == [ref_of("eve@example.org")]


@pytest.mark.parametrize("seed", [1, 2])
def test_three_reviewers_at_two_machines_each_end_with_the_same_logs(tmp_path: Path, seed: int) -> None:
    exchange(tmp_path, 30, seed)
