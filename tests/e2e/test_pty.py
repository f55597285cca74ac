# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What leaves the program for the terminal: no payload of any mail. A sample; `python -m tests.soak.payloads` runs all."""

from pathlib import Path

import pytest

from tests.hostile import PAYLOADS
from tests.payloads import try_payloads


@pytest.mark.parametrize(("size", "sample"), [((80, 24), PAYLOADS[::14]), ((130, 40), PAYLOADS[5::14])], ids=["80x24", "130x40"])
def test_no_payload_leaves_the_program_and_none_is_obeyed(
    size: tuple[int, int], sample: tuple[str, ...], isolated: Path, tmp_path: Path
) -> None:
    try_payloads(tmp_path, size, sample)
