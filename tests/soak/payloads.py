# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.soak.payloads`: forty payloads in 22 places on two sizes of a real pseudo-terminal, some ten minutes."""

import os
import tempfile
from pathlib import Path

from tests.conftest import GITCONFIG
from tests.hostile import PAYLOADS
from tests.payloads import PLACES, try_payloads

SIZES = ((80, 24), (130, 40))


def main() -> None:
    """Run all, ten payloads at a time."""
    for size in SIZES:
        for start in range(0, len(PAYLOADS), 10):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "gitconfig").write_text(GITCONFIG, "utf-8")
                os.environ |= {"HOME": name, "TRIAGE_HOME": str(folder / "triage"), "GIT_CONFIG_GLOBAL": str(folder / "gitconfig")}
                try_payloads(folder, size, PAYLOADS[start : start + 10])
            print(f"{size[0]}x{size[1]}: payloads {start} to {start + 9}: none left the program, none was obeyed", flush=True)
    print(PLACES)


if __name__ == "__main__":
    main()
