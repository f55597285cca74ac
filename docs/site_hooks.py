# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the site shows from outside of docs/: the pictures of the screens, and the schemas; mkdocs.yml names this file."""

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
BROUGHT = {"pictures": ROOT / "tests" / "screens" / "pictures", "schemas": ROOT / "triage" / "schemas"}


def on_files(files: Files, config: Any) -> Files:
    """Add what is kept elsewhere."""
    for name, folder in BROUGHT.items():
        for path in sorted(folder.iterdir()):
            files.append(File.generated(config, f"{name}/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Have pictures be found where they are on the site; in a checkout they are found where they are kept."""
    return markdown.replace("](../tests/screens/pictures/", "](pictures/")
