# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands about policies: what the packs say, whether they hold together, and what another one would have done."""

import shlex
import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from triage.commands import FREE_WORDS, json_option, limit_of, with_config
from triage.model import Role
from triage.model.errors import ConfigError, ExitCode, UsageError

if TYPE_CHECKING:
    from triage.config import Config
    from triage.policy.compare import Difference
    from triage.policy.pack import Pack, Rule
    from triage.policy.packtest import Tried


@click.group()
def policy() -> None:
    """Show, explain, check, compare and choose policy packs."""


def _all_packs(config: "Config") -> list[Any]:
    from triage.commands.output import note
    from triage.projects import known_packs, load_pack

    packs = []
    for name in known_packs(config.paths.policies):
        try:
            packs.append(load_pack(name, config.paths.policies))
        except ConfigError as error:
            note(f"triage: {error}")
    return packs


@policy.command("list")
@json_option
@with_config
def policy_list(config: "Config", as_json: bool) -> None:
    """List the policy packs."""
    from triage.commands.output import json_line, note, out, table

    packs = _all_packs(config)
    if as_json:
        for pack in packs:
            json_line(_head(pack))
        return
    for line in table([(p.id, f"{_standing(p)}, {len(p.rules)} rules: {p.title}{_place(p)}") for p in packs]):
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
        "rules": len(pack.rules), "exceptions": len(pack.exceptions), "digest": pack.digest,
    }  # fmt: skip


@policy.command("show")
@click.argument("pack")
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
         "reference": e.reference} for e in found.exceptions
    ]  # fmt: skip
    if as_json:
        json_line(_head(found) | {"rules": rules, "exceptions": exceptions})
        return
    out(f"{safe(found.id)}: {safe(found.title)}")
    out(f"  {_standing(found)}; DCO {found.dco}{f'; compared with its source on {found.checked}' if found.checked else ''}")
    for source in found.sources:
        out(f"  {safe(source)}")
    for rule in rules:
        span = f"  {rule['valid_from'] or ''} – {rule['valid_until'] or ''}" if rule["valid_from"] or rule["valid_until"] else ""
        out(f"\n{safe(rule['id'])}  {rule['kind']}  {rule['severity']}{span}{'  (draft)' if rule['status'] == 'draft' else ''}")
        for text in (rule["text"], rule["source"]):
            if text:
                out(f"    {safe(text)}")
    for item in exceptions:
        out(f"\nexception {safe(item['id'])}: frees from {safe(', '.join(item['grants']))}, granted by {safe(item['granted_by'])}")


def _rule(rule: "Rule") -> dict[str, Any]:
    return {
        "id": rule.id, "kind": rule.kind, "severity": rule.severity.value, "status": "draft" if rule.draft else "verified",
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
        "valid_until": rule.valid_until.isoformat() if rule.valid_until else None, "text": rule.text, "source": rule.source,
        "parameters": rule.parameters,
    }  # fmt: skip


@policy.command("use")
@click.argument("name", metavar="LIST")
@click.argument("pack")
@with_config
def policy_use(config: "Config", name: str, pack: str) -> None:
    """Judge LIST by PACK from now on; the next `triage ingest` applies it and says which open findings change.

    What it will change is printed first, as `triage policy compare` would.
    """
    from triage.admin.lists import use_policy
    from triage.commands.output import note
    from triage.config import find_list, load_lists
    from triage.model.errors import TriageError
    from triage.model.text import safe

    old = find_list(load_lists(config.paths), name).policy
    spec = use_policy(config, name, pack)
    try:
        total, found = _compared(config, old, pack, f"list:{shlex.quote(name)}", "") if config.paths.index.exists() else (0, [])
    except TriageError as error:  # the old pack may be what is wrong
        note(f"triage: what changes cannot be told: {error}")
    else:
        for one in found[:10]:
            for line in _difference_lines(one):
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


@policy.command("explain")
@click.argument("code")
@click.option("--policy", metavar="PACK", help="Only the rules of this pack.")
@json_option
@with_config
def policy_explain(config: "Config", code: str, policy: str | None, as_json: bool) -> None:
    """Explain the finding CODE: what it says and why, what it misses, what a person decides, how to fix it."""
    from difflib import get_close_matches

    from triage.commands.output import json_line, out
    from triage.model.codes import CODES
    from triage.model.text import safe, safe_lines
    from triage.policy.explain import explain
    from triage.projects import load_pack
    from triage.report.drafts import replies

    wanted = next((c.code for c in CODES.values() if code.lower() in {c.code.lower(), c.name}), None)
    if wanted is None:
        near = get_close_matches(code.upper(), list(CODES), 1) or get_close_matches(code.lower(), [c.name for c in CODES.values()], 1)
        raise UsageError(f"no finding is called {code!r}", f"did you mean {near[0]}?" if near else "see docs/findings.md for the codes")
    packs = [load_pack(policy, config.paths.policies)] if policy else _all_packs(config)
    found, reply = explain(wanted, packs), replies().get(wanted, "").strip()
    if as_json:
        json_line(found.to_dict() | {"reply": reply})
        return
    about = found.about
    out(f"{found.code} {about.name}")
    for head, text in (("says", about.about), ("cannot see", about.misses), ("a person decides", about.question), ("cure", about.cure)):
        out(f"  {head}: {safe(text)}")
    if found.any_pack:
        out("  comes with every pack that has rules")
    for pack, rule in found.rules:
        out(f"  {safe(pack)}, {safe(rule.id)} ({rule.severity.value}): {safe(rule.text)}  [{safe(rule.source)}]")
    if reply:
        out("  reply draft:")
        for line in safe_lines(reply):
            out(f"    {line}")


@policy.command("trailer")
@click.argument("pack")
@click.option("--tool", required=True, metavar="NAME", help="The tool that took part, e.g. Claude.")
@click.option("--model", default="", metavar="NAME", help="Its model or version.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="generate", show_default=True, help="What it did.")
@click.option("--date", "day", default="", metavar="DAY", help="The day to ask about, 2026-03-31 [default: today].")
@json_option
@with_config
def policy_trailer(config: "Config", pack: str, tool: str, model: str, role: str, day: str, as_json: bool) -> None:
    """Print the line that PACK's project wants where a tool took part, and where it goes.

    Exits with 3 if the project takes no such work, and says where that is written.
    """
    from datetime import UTC, date, datetime

    from triage.commands.output import json_line, note, out
    from triage.model.text import safe
    from triage.policy.wording import wording
    from triage.projects import load_pack

    try:
        when = date.fromisoformat(day) if day else datetime.now(UTC).date()
    except ValueError as error:
        raise UsageError(f"{day!r} is not a day", "write it as 2026-03-31") from error
    found = wording(load_pack(pack, config.paths.policies), tool, model, Role(role), when)
    if as_json:
        json_line(found.to_dict())
    elif found.refused:
        note(f"this project does not take it: {safe(found.refused)} ({safe(found.source)})")
    elif not found.lines:
        note("this project asks for no line")
    else:
        for line in found.lines:
            out(safe(line))
        note(f"{found.where} ({safe(found.source)})")
    if found.refused:
        raise SystemExit(ExitCode.FINDINGS)


@policy.command("check")
@click.argument("packs", nargs=-1, metavar="[PACK]...")
@click.option("--mails", type=click.File("rb"), metavar="MBOX", help="The test mails [default: the mbox beside the pack, PACK.mbox].")
@json_option
@with_config
def policy_check(config: "Config", packs: tuple[str, ...], mails: Any, as_json: bool) -> None:
    """Check packs: their syntax, and each rule on its test mails; without PACK, all packs.

    Exits with 78 if a pack cannot be read, with 1 if a rule does not do what its test mails expect.
    """
    from triage.archive.mbox import split_mbox
    from triage.commands.output import json_line, note
    from triage.git import patch_ids
    from triage.policy.packtest import try_pack
    from triage.projects import known_packs, load_pack, read_test_mails
    from triage.report.drafts import check_replies

    if mails and len(packs) != 1:
        raise UsageError("--mails goes with one pack", "name it")
    names = packs or known_packs(config.paths.policies)
    content = mails.read() if mails else b""
    failed = broken = False
    for name in names:
        try:
            pack = load_pack(name, config.paths.policies)
            check_replies(pack)
            tried = try_pack(pack, split_mbox(content or read_test_mails(pack)), patch_ids)
        except ConfigError as error:
            broken = True
            if as_json:
                json_line({"schema": 1, "pack": name, "ok": False, "cases": 0, "wrong": [str(error)], "untested": []})
            else:
                note(f"triage: {error}")
            continue
        failed = failed or bool(tried.wrong)
        _print_tried(pack, tried, as_json)
    if failed or broken:
        raise SystemExit(ExitCode.CONFIG if broken else ExitCode.FAILED)


def _print_tried(pack: "Pack", tried: "Tried", as_json: bool) -> None:
    """Print what became of a pack's test mails."""
    from triage.commands.output import json_line, note, out

    if as_json:
        told = {"ok": not tried.wrong, "cases": tried.cases, "wrong": tried.wrong, "untested": tried.untested}
        json_line({"schema": 1, "pack": pack.id} | told)
        return
    out(f"{pack.id}: {len(pack.rules)} rules, {tried.cases} cases, {len(tried.wrong)} wrong")
    for line in (*tried.wrong, *([f"{pack.id}: without a test mail: {', '.join(tried.untested)}"] if tried.untested else [])):
        note(line)


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

    if codes and not any(code.startswith(codes.upper()) for code in CODES):
        raise UsageError(f"no finding code starts with {codes!r}", "try AI, DCO or FMT")
    total, differences = _compared(config, one, other, limit_of(limit) if limit else "", codes)
    for found in differences:
        if as_json:
            json_line(found.to_dict())
            continue
        for line in _difference_lines(found):
            out(line)
    if not as_json:
        note(f"{len(differences)} of {total} series would have ended otherwise")


def _compared(config: "Config", one: str, other: str, limit: str, codes: str) -> tuple[int, list["Difference"]]:
    """Return how many series a limit lets through, and which of them two packs judge otherwise."""
    from triage.commands import open_databases
    from triage.ingest.derive import earlier_evidence
    from triage.policy.compare import compare
    from triage.projects import load_project
    from triage.store import queries
    from triage.store.derive import stored_series
    from triage.store.limit import parse_limit

    first, second, now = load_project(one, config), load_project(other, config), int(time.time())
    connection, notes = open_databases(config)
    with closing(connection), closing(notes):
        ids = queries.series_ids(connection, notes, parse_limit(limit, now), now)
        posted = ((*stored_series(connection, series), earlier_evidence(connection, series)) for series in ids)
        return len(ids), list(compare(posted, first, second, codes))


def _difference_lines(found: "Difference") -> Iterator[str]:
    """Yield a series that two policies judge otherwise: both outcomes, then what makes the difference."""
    from triage.model import Severity, rfc3339
    from triage.model.text import safe

    outcomes = f"{found.one.outcome:5} → {found.other.outcome:5}"
    yield f"{rfc3339(found.posted) or '':.10}  {outcomes}  {safe(found.subject)}  {safe(found.series)}"
    for side in (found.one, found.other):
        for item in side.findings:
            if item.severity is not Severity.INFO:
                quote = f" | {safe(item.quote)}" if item.quote else ""
                where = f"{safe(side.pack)}, {safe(item.rule)}: {item.code} {item.severity}"
                yield f"    {where} ({safe(item.region)}) {safe(item.says)}{quote}"


@click.command()
@click.argument("name", metavar="ID")
@click.option("--finding", metavar="ID", help="Only this finding (its id, as `triage findings` prints it).")
@click.option("-o", "--output", default="", metavar="FILE|DIR/", help="Write to FILE.eml, FILE.mbox, or a new folder, a mail a file.")
@with_config
def draft(config: "Config", name: str, finding: str | None, output: str) -> None:
    """Draft replies for the series of mail ID: a polite paragraph for each finding that the contributor can fix.

    The drafts go to standard output as an mbox; read them, edit them, and send them with your own mail program.
    With -o, the commands that would send them are printed. Nothing is sent.
    """
    import sys

    from triage.commands import open_databases
    from triage.commands.output import note
    from triage.report.outgoing import check_output, mboxrd, write_mails
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
