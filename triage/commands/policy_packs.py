# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands about policy packs on their own: explained, checked, and the line that a project wants."""

from typing import TYPE_CHECKING, Any

import click

from triage.commands import json_option, with_config
from triage.model import Role
from triage.model.errors import ConfigError, ExitCode, FaultsError, UsageError

if TYPE_CHECKING:
    from triage.config import Config
    from triage.policy.pack import Pack
    from triage.policy.packtest import Tried


def all_packs(config: "Config") -> list[Any]:
    """Return all packs that can be read; says which cannot."""
    from triage.commands.output import note
    from triage.projects import known_packs, load_pack

    packs = []
    for name in known_packs(config.paths.policies):
        try:
            packs.append(load_pack(name, config.paths.policies))
        except ConfigError as error:
            note(f"triage: {error}")
    return packs


@click.command("explain")
@click.argument("code", metavar="CODE")
@click.option("--policy", metavar="PACK", help="Only the rules of this pack.")
@json_option
@with_config
def explain_(config: "Config", code: str, policy: str | None, as_json: bool) -> None:
    """Explain the finding CODE: what it says and why, what it cannot see, what a person decides, how to fix it."""
    from difflib import get_close_matches

    from triage.commands.output import json_line, out
    from triage.model.codes import CODES, page_of
    from triage.model.text import safe, safe_lines
    from triage.policy.explain import explain
    from triage.projects import load_pack
    from triage.report.drafts import replies

    packs = [load_pack(policy, config.paths.policies)] if policy else all_packs(config)
    known = {c.code: c.name for c in CODES.values()} | {rule.code: rule.name for pack in packs for rule in pack.rules if rule.code}
    wanted = next((one for one, name in known.items() if code.lower() in {one.lower(), name}), None)
    if wanted is None:
        near = get_close_matches(code.upper(), list(known), 1) or get_close_matches(code.lower(), list(known.values()), 1)
        raise UsageError(f"no finding is called {code!r}", f"did you mean {near[0]}?" if near else f"{page_of('')} has them all")
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
    for name, rule in found.rules:
        out(f"  {safe(name)}, {safe(rule.id)} ({rule.severity.value}): {safe(rule.text)}  [{safe(rule.source)}]")
    for pack in packs:
        if pack.exception_authority and any(rule.kind in {"ai-stance", "tools"} and name == pack.id for name, rule in found.rules):
            out(f"  {safe(pack.id)}: propose an exception to {safe(pack.exception_authority)}")
    out(f"  page: {page_of(found.code)}")
    if reply:
        out("  reply draft:")
        for line in safe_lines(reply):
            out(f"    {line}")


@click.command("trailer")
@click.argument("pack", metavar="PACK")
@click.option("--tool", required=True, metavar="NAME", help="The tool that took part, e.g. Claude.")
@click.option("--model", default="", metavar="NAME", help="Its model or version.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="generate", show_default=True, help="What it did.")
@click.option("--date", "day", default="", metavar="DAY", help="The day to ask about, 2026-03-31 [default: today].")
@json_option
@with_config
def trailer(config: "Config", pack: str, tool: str, model: str, role: str, day: str, as_json: bool) -> None:
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


@click.command("check")
@click.argument("packs", nargs=-1, metavar="[PACK]...")
@click.option("--mails", type=click.File("rb"), metavar="MBOX", help="The test mails [default: the mbox beside the pack, PACK.mbox].")
@json_option
@with_config
def check(config: "Config", packs: tuple[str, ...], mails: Any, as_json: bool) -> None:
    """Check packs: their syntax, and each rule on its test mails; without PACK, all packs.

    Exits with 78 if a pack cannot be read, with 1 if a rule does not do what its test mails expect.
    """
    from triage.archive.mbox import split_mbox
    from triage.commands.output import json_line, note
    from triage.git import patch_ids
    from triage.policy.names import unknown_names, without_roster
    from triage.policy.packtest import try_pack
    from triage.policy.replies import check_replies
    from triage.projects import known_packs, load_projects, read_test_mails

    if mails and len(packs) != 1:
        raise UsageError("--mails goes with one pack", "name it")
    names = packs or known_packs(config.paths.policies)
    content = mails.read() if mails else b""
    failed = broken = False
    for name in names:
        try:
            project = load_projects((name,), config).each[0]
            pack = project.pack
            check_replies(pack)
            if wrong := unknown_names(pack, project.people):
                raise ConfigError(f"{pack.where}, {wrong[0]}", "; ".join(wrong[1:]))
            tried = try_pack(pack, split_mbox(content or read_test_mails(pack)), patch_ids)
        except ConfigError as error:
            broken = True
            faults = [str(fault) for fault in (error.faults if isinstance(error, FaultsError) else [error])]
            if as_json:
                json_line({"schema": 1, "pack": name, "ok": False, "cases": 0, "wrong": faults, "untested": []})
            else:
                note("\n".join(f"triage: {fault}" for fault in faults))
            continue
        failed = failed or bool(tried.wrong)
        _print_tried(pack, tried, as_json)
        for says in without_roster(pack, project.people) if "/" in pack.where and not as_json else []:
            note(f"{pack.id}: {says}")
    if failed or broken:
        raise SystemExit(ExitCode.CONFIG if broken else ExitCode.FAILED)


def _print_tried(pack: "Pack", tried: "Tried", as_json: bool) -> None:
    """Print what became of a pack's test mails."""
    from triage.commands.output import json_line, note, out
    from triage.model.text import counted

    if as_json:
        told = {"ok": not tried.wrong, "cases": tried.cases, "wrong": tried.wrong, "untested": tried.untested, "loosens": pack.loosens}
        json_line({"schema": 1, "pack": pack.id} | told)
        return
    out(f"{pack.id}: {counted(len(pack.rules), 'rule')}, {counted(tried.cases, 'case')}, {len(tried.wrong)} wrong")
    for line in (*tried.wrong, *([f"{pack.id}: without a test mail: {', '.join(tried.untested)}"] if tried.untested else [])):
        note(line)
    for says in pack.loosens:
        note(f"{pack.id} loosens what it extends: {says}")
