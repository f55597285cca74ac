# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.soak.opinions [forgeries|exchange|kills|kills-exchange|full-disk]`: the long runs about opinions; the test command runs samples of them."""

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.forgeries import KINDS, expire, forge, read_valid, rewrite_remote, set_up
from tests.soak.reviewers_three import exchange

VALID, FORGED, RECORDS = 1000, 10_000, 1000


def _forgeries(folder: Path) -> None:
    stage = set_up(folder, VALID, seed=7)
    good, first, cached = read_valid(stage)
    print(f"{good} of {VALID} valid records accepted; {first:.0f} records/s checked, {cached:.0f} from the cache", flush=True)
    assert good == VALID
    share = FORGED // (len(KINDS) + 2)
    total = 0
    for kind in KINDS:
        assert forge(stage, kind, share) == 0, kind
        total += share
        print(f"{total} forged ({kind}), 0 counted", flush=True)
    assert expire(stage, share) == 0
    left = FORGED - total - share
    assert rewrite_remote(stage, left) == 0
    print(f"{total + share + left} forged or altered, 0 counted", flush=True)


def _exchange(folder: Path) -> None:
    exchange(folder, RECORDS, seed=7)
    print(f"{RECORDS} records of 3 reviewers on 6 machines: all byte-equal, none lost", flush=True)


def main() -> None:
    """Run what was asked for, or all of it, in an empty folder that goes away."""
    from tests.soak.full_disk import fill_all
    from tests.soak.kills import run_all
    from tests.soak.kills_exchange import kill_many

    parts = {"forgeries": _forgeries, "exchange": _exchange, "kills": run_all, "kills-exchange": kill_many, "full-disk": fill_all}
    for name in sys.argv[1:] or parts:
        with tempfile.TemporaryDirectory(prefix="triage-soak-") as folder:
            os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
            started = time.monotonic()
            parts[name](Path(folder))
            print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
