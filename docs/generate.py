#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the pages that are made from code: keys, commands, findings and packs, series, fixtures; `--check` only says whether they are current."""

import sys
from pathlib import Path

import click

from triage.cli import cli
from triage.errors import ExitCode
from triage.mail.message import NOTES as MAIL_NOTES
from triage.policy.codes import BY_KIND, CODES
from triage.policy.pack import builtin_packs, load_pack
from triage.series.grouping import NOTES as SERIES_NOTES
from triage.series.grouping import WHY
from triage.series.versions import EVIDENCE
from tui.keys import table

ROOT = Path(__file__).parent.parent
NOTE = "<!-- made by docs/generate.py: change the code, not this page -->\n\n"


def keys_page() -> str:
    """Return docs/keys.md."""
    out = [f"# Keys\n\n{NOTE}"]
    out.append('The id in the last column goes into `[keys]` of config.toml, e.g. `"inbox.limit" = "f,ctrl+l"`.\n')
    scope = ""
    for where, keys, label, name in table():
        if where != scope:
            scope = where
            out.append(f"\n## {scope}\n\n| key | does | id |\n|---|---|---|\n")
        out.append(f"| `{keys.replace('|', chr(92) + '|')}` | {label} | `{name}` |\n")
    return "".join(out)


def commands_page() -> str:
    """Return docs/commands.md."""
    out = [f"# Commands\n\n{NOTE}", "Standard output is data; everything else goes to standard error.\n\n## Exit codes\n\n"]
    words = {
        "OK": "fine, also when nothing was new", "FAILED": "failed", "USAGE": "the words of the command are off",
        "FINDINGS": "findings at or above `--fail-on`", "QUARANTINED": "some mail was quarantined in this run",
        "IO": "disk full or an archive that cannot be read (the others went on)",
        "TRY_AGAIN": "a lock is held or the database is busy: try again", "CONFIG": "configuration, a policy pack or a database does not fit",
        "INTERRUPTED": "interrupted",
    }  # fmt: skip
    out += [f"* {code.value}: {words[code.name]}\n" for code in ExitCode]
    out += _command(cli, "triage")
    return "".join(out)


def _command(command: click.Command, name: str) -> list[str]:
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
    out = [f"\n## {name}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for child in sorted(command.commands):
            out += _command(command.commands[child], f"{name} {child}")
    return out


def findings_page() -> str:
    """Return docs/findings.md."""
    out = [f"# Findings\n\n{NOTE}", "| code | name | what it cannot see | what a second opinion answers |\n|---|---|---|---|\n"]
    out += [f"| {c.code} | {c.name} | {c.misses} | {c.question} |\n" for c in CODES.values()]
    out.append("\n## Which rule gives which finding\n\n| rule kind | findings |\n|---|---|\n")
    out += [f"| {kind} | {', '.join(codes)} |\n" for kind, codes in BY_KIND.items()]
    out.append("\n## Policy packs\n")
    for name in builtin_packs():
        pack = load_pack(name)
        out.append(f"\n### {pack.id}: {pack.title}\n\nStance {pack.stance}; {pack.status}; DCO {pack.dco}.\n\n")
        if pack.rules:
            out.append("| rule | kind | severity | in force | text | source |\n|---|---|---|---|---|---|\n")
        for rule in pack.rules:
            span = f"{rule.valid_from or ''} – {rule.valid_until or ''}" if rule.valid_from or rule.valid_until else "always"
            out.append(f"| {rule.id} | {rule.kind} | {rule.severity.value} | {span} | {rule.text} | {rule.source} |\n")
    return "".join(out)


def series_page() -> str:
    """Return docs/series.md: the reasons, kinds of evidence and notes that the code has words for."""
    out = [f"# How mails become series and versions\n\n{NOTE}"]
    out.append(
        "`triage show SERIES --why` says for each mail why it is where it is, and what ties the series to an older one;\n"
        "`triage show SERIES --versions [--diff]` lists the versions and what changed between them.\n"
        "The answer does not depend on the order in which mails arrive. What people say in records (`triage series link`, `unlink`,\n"
        "`split`, `merge`) comes before anything below, travels with `opinions.git` and outlives `triage db rebuild`.\n"
    )
    for title, words in (
        ("Why a mail is in a series", {w: t.replace("record {by}", "*record*").format(by="*mail*", gap="*time*") for w, t in WHY.items()}),
        ("Evidence for a version, strongest first", EVIDENCE),
        ("Notes on a series", SERIES_NOTES),
        ("Notes on a mail", MAIL_NOTES),
    ):
        out.append(f"\n## {title}\n\n| word | says |\n|---|---|\n")
        out += [f"| `{word}` | {text} |\n" for word, text in words.items()]
    return "".join(out)


def fixtures_page() -> str:
    """Return fixtures/README.md."""
    rows = (ROOT / "fixtures" / "demo" / "TABLE.md").read_text("utf-8")
    return (
        f"# Fixtures\n\n{NOTE}Mails and archives written for this project; everybody in them is invented.\n\n"
        "`demo/*.fast-import` are two public-inbox v2 epochs as git fast-import streams, written by `make_demo.py` and unpacked by\n"
        "`triage demo` and the tests. `widgets` is judged by the pack linux-kernel, `emulator` by qemu.\n\n" + rows
    )


PAGES = {
    "docs/keys.md": keys_page, "docs/commands.md": commands_page, "docs/findings.md": findings_page, "docs/series.md": series_page,
    "fixtures/README.md": fixtures_page,
}  # fmt: skip


def main() -> int:
    """Write or check every page."""
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"not current: {', '.join(stale)}; run docs/generate.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
