# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives that are measured: the real ones shared with the project."""

import subprocess
from pathlib import Path

BUNDLES = Path(__file__).parents[3] / "shared" / "corpora" / "archives"


def shared(folder: Path) -> list[Path]:
    """Clone the shared archives into a folder; returns their paths, none where there are none."""
    found: list[Path] = []
    for bundle in sorted(BUNDLES.glob("*.bundle")):
        subprocess.run(["git", "clone", "-q", "--mirror", bundle, folder / f"{bundle.stem}.git"], check=True)
        found.append(folder / f"{bundle.stem}.git")
    return found
