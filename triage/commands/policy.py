# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands about policies: what the packs say, whether they hold together, and what another one would have done."""

import shlex
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from triage.commands import FREE_WORDS, id_argument, json_option, limit_of, with_config
from triage.commands.policy_compared import compared, difference_lines
from triage.commands.policy_packs import all_packs, check, explain_, trailer
from triage.commands.policy_sources import subscribe, unsubscribe, update
from triage.model.errors import UsageError

if TYPE_CHECKING:
    from triage.config import Config
    from triage.policy.pack import Pack, Rule


@click.group()
def policy() -> None:
    """Show, explain, check, compare and choose policy packs."""


@policy.command("list")
@json_option
@with_config
def policy_list(config: "Config", as_json: bool) -> None:
    """List the policy packs."""
    from triage.commands.output import json_line, note, out, table
    from triage.model.text import counted

    packs = all_packs(config)
    if as_json:
        for pack in packs:
            json_line(_head(pack))
        return
    for line in table([(p.id, f"{_standing(p)}, {counted(len(p.rules), 'rule')}: {p.title}{_place(p)}") for p in packs]):
        out(line)
    note(f"your own packs: {config.paths.policies}")


def _place(pack: "Pack") -> str:
    """Return where a pack of the user's own lies, and whether it stands in for one that comes with the program."""
    from triage.projects import builtin_packs

    if "/" not in pack.where:
        return ""
    return f" ({pack.where}{', in place of the one that comes with triage' if pack.id in builtin_packs() else ''})"


def _standing(pack: "Pack") -> str:
    return ", ".join([pack.stance, pack.status, *([] if pack.enabled else ["a proposal, off"])])


def _head(pack: "Pack") -> dict[str, Any]:
    return {
        "schema": 1, "id": pack.id, "title": pack.title, "stance": pack.stance, "status": pack.status, "enabled": pack.enabled,
        "checked": pack.checked.isoformat() if pack.checked else None, "dco": pack.dco, "sources": list(pack.sources),
        "exception_authority": pack.exception_authority, "must_satisfy": list(pack.must_satisfy), "repository": pack.repository,
        "rules": len(pack.rules), "exceptions": len(pack.exceptions), "digest": pack.digest,
    }  # fmt: skip


@policy.command("show")
@click.argument("pack", metavar="PACK")
@json_option
@with_config
def policy_show(config: "Config", pack: str, as_json: bool) -> None:
    """Print the rules of PACK, with dates and sources, and its exceptions."""
    from triage.commands.output import json_line, out
    from triage.model.text import safe
    from triage.projects import load_pack

    found = load_pack(pack, config.paths.policies)
    rules = [_rule(rule) for rule in found.rules]
    exceptions: list[dict[str, Any]] = [
        {"id": e.id, "grants": list(e.grants), "granted_by": e.granted_by, "scope": e.scope, "requires": list(e.requires),
         "decided": e.decided.isoformat() if e.decided else None, "expires": e.expires.isoformat() if e.expires else None,
         "justified": e.justified, "agreed_by": e.agreed_by, "reference": e.reference} for e in found.exceptions
    ]  # fmt: skip
    if as_json:
        json_line(_head(found) | {"rules": rules, "exceptions": exceptions})
        return
    out(f"{safe(found.id)}: {safe(found.title)}")
    out(f"  {_standing(found)}; DCO {found.dco}{f'; compared with its source on {found.checked}' if found.checked else ''}")
    for source in found.sources:
        out(f"  {safe(source)}")
    if found.exception_authority:
        out(f"  exceptions that are not listed are proposed to {safe(found.exception_authority)}")
    if found.repository:
        said = ", ".join(f"{name} = {str(value).lower()}" for name, value in found.repository.items())
        out(f"  of the repository it says: {safe(said)}")
    if found.must_satisfy:
        out(f"  work on its lists must satisfy {safe(', '.join(found.must_satisfy))}, too")
    for rule in rules:
        span = f"  {rule['valid_from'] or ''} – {rule['valid_until'] or ''}" if rule["valid_from"] or rule["valid_until"] else ""
        out(f"\n{safe(rule['id'])}  {rule['kind']}  {rule['severity']}{span}{'  (draft)' if rule['status'] == 'draft' else ''}")
        for text in (rule["text"], rule["source"]):
            if text:
                out(f"    {safe(text)}")
    for item in exceptions:
        out(f"\nexception {safe(item['id'])}: frees from {safe(', '.join(item['grants']))}, granted by {safe(item['granted_by'])}")
        if item["justified"]:
            out("    the patch must name it and say in a sentence why it fits")
        if item["agreed_by"]:
            out(f"    somebody with the role {safe(item['agreed_by'])} must agree that it fits")


def _rule(rule: "Rule") -> dict[str, Any]:
    return {
        "id": rule.id, "kind": rule.kind, "severity": rule.severity.value, "status": "draft" if rule.draft else "verified",
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
        "valid_until": rule.valid_until.isoformat() if rule.valid_until else None,
        "code": rule.code, "name": rule.name, "text": rule.text, "source": rule.source,
        "parameters": rule.parameters,
    }  # fmt: skip


@policy.command("use")
@click.argument("name", metavar="LIST")
@click.argument("packs", metavar="PACK...", nargs=-1, required=True)
@with_config
def policy_use(config: "Config", name: str, packs: tuple[str, ...]) -> None:
    """Judge LIST by PACK from now on; the next `triage ingest` applies it and says which open findings change.

    What it will change is printed first, as `triage policy compare` would. With several packs, the first is the list's own and the others
    must be satisfied too, upstream's for instance; findings that say the same of one line are shown once, with every pack named.
    """
    from triage.admin.lists import use_policy
    from triage.commands.output import note
    from triage.config import find_list, load_lists
    from triage.model.errors import TriageError
    from triage.model.text import safe

    old = find_list(load_lists(config.paths), name).policies
    spec = use_policy(config, name, packs)
    try:
        total, found = compared(config, old, packs, f"list:{shlex.quote(name)}", "") if config.paths.index.exists() else (0, [])
    except TriageError as error:  # the old pack may be what is wrong
        note(f"triage: what changes cannot be told: {error}")
    else:
        for one in found[:10]:
            for line in difference_lines(one):
                note(line)
        note(f"{len(found)} of {total} series end otherwise{', the first 10 of them above' if len(found) > 10 else ''}")
    note(f"{safe(spec.name)}: judged by {safe(spec.policy)}; run `triage ingest`")


@policy.command("changes")
@click.argument("name", metavar="LIST")
@json_option
@with_config
def policy_changes(config: "Config", name: str, as_json: bool) -> None:
    """Print the open findings of LIST that appeared or disappeared when its policy last changed."""
    from triage.commands.output import json_line, out, policy_change_lines
    from triage.config import find_list, load_lists
    from triage.store import archives
    from triage.store.schema import open_index

    find_list(load_lists(config.paths), name)
    with closing(open_index(config.paths.index)) as connection:
        changes = archives.policy_changes(connection, name)
    if as_json:
        json_line({"schema": 1, "list": name, "changes": changes})
        return
    for line in policy_change_lines(changes):
        out(line)


@policy.command("compare", context_settings=FREE_WORDS)
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.argument("limit", nargs=-1)
@click.option(
    "--codes",
    default="",
    metavar="PREFIX",
    help="Compare only findings whose code starts with PREFIX, e.g. AI.",
)
@json_option
@with_config
def policy_compare(config: "Config", one: str, other: str, limit: tuple[str, ...], codes: str, as_json: bool) -> None:
    """Judge the series that match LIMIT by the packs A and B, and print those with a different outcome.

    A and B are names or .toml files; nothing is stored. To see what a proposed rule would have done:
    `triage policy compare qemu qemu-proposed-2026 date:2026`
    """
    from triage.commands.output import json_line, note, out
    from triage.model.codes import CODES
    from triage.projects import load_pack

    own = {rule.code for name in (one, other) for rule in load_pack(name, config.paths.policies).rules if rule.code}
    if codes and not any(code.startswith(codes.upper()) for code in (*CODES, *own)):
        raise UsageError(f"no finding code starts with {codes!r}", "try AI, DCO or FMT")
    total, differences = compared(config, (one,), (other,), limit_of(limit) if limit else "", codes)
    for found in differences:
        if as_json:
            json_line(found.to_dict())
            continue
        for line in difference_lines(found):
            out(line)
    if not as_json:
        note(f"{len(differences)} of {total} series would have ended otherwise")


@click.command()
@id_argument
@click.option("--finding", metavar="ID", help="Only this finding (its id, as `triage findings` prints it).")
@click.option("-o", "--output", default="", metavar="FILE|DIR/", help="Write to FILE.eml, FILE.mbox, or a new folder, a mail a file.")
@with_config
def draft(config: "Config", name: str, finding: str | None, output: str) -> None:
    """Draft replies for the series of mail ID: a polite paragraph for each finding that the contributor can fix.

    The drafts go to standard output as an mbox; read them, edit them, and send them with your own mail program.
    With -o, the commands that would send them are printed. Nothing is sent.
    """
    import sys

    from triage.archive.mbox import mboxrd
    from triage.commands import open_databases
    from triage.commands.output import note
    from triage.report.outgoing import check_output, write_mails
    from triage.report.reply import contributor_drafts

    if output:
        check_output(output)
    connection, notes = open_databases(config)
    with closing(connection), closing(notes):
        mails = [bytes(mail) for mail in contributor_drafts(config, connection, name, finding or "")]
    if not mails:
        note("triage: there is nothing here that the contributor has to fix")
    elif output:
        for line in write_mails(output, mails):
            note(line)
    else:
        sys.stdout.buffer.write(mboxrd(mails))


for _command in (explain_, trailer, check, subscribe, unsubscribe, update):
    policy.add_command(_command)
