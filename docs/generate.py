#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the pages that are made from code; `--check` only says whether they are current."""

import sys
from functools import partial

from docs import schemas
from docs.made import ROOT, commands, findings, packs, samples, series
from triage.model.codes import CODES

PAGES = {
    "docs/examples/report.html": samples.example("html"), "docs/examples/report.md": samples.example("md"),
    "docs/keys.md": commands.keys_page, "docs/commands.md": commands.commands_page, "docs/findings/index.md": findings.findings_page, "docs/man/triage.1": commands.man_page,
    "docs/datasette/datasette.yaml": samples.datasette_page, "docs/policy.md": packs.policy_page,
    "docs/series.md": series.series_page, "docs/changes.md": partial(samples.beside, "CHANGELOG.md"), "docs/contributing.md": partial(samples.beside, "CONTRIBUTING.md"),
    "docs/security.md": partial(samples.beside, "SECURITY.md"), "fixtures/README.md": samples.fixtures_page, "triage/schemas/policy-pack.json": packs.pack_schema,
    **{f"triage/schemas/{name}.json": partial(schemas.schema, name) for name in schemas.SHAPES},
} | {f"docs/findings/{code}.md": partial(findings.finding_page, code) for code in CODES}  # fmt: skip


def main() -> int:
    """Write or check every page."""
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"not current: {', '.join(stale)}; run docs/generate.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
