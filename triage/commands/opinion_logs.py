# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands about the logs of opinions: what is in them, whether it can be believed, how they travel, and whose key is whose."""

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from triage.commands import json_option, quiet_option, with_config
from triage.model.errors import ExitCode, UsageError
from triage.opinion.refs import KEYS

if TYPE_CHECKING:
    from triage.config import Config


@click.command()
@click.argument("remote", required=False)
@click.option("--restore", is_flag=True, help="Also push the logs of others that the remote lost.")
@json_option
@quiet_option
@with_config
def sync(config: "Config", remote: str | None, restore: bool, as_json: bool, quiet: bool) -> None:
    """Exchange opinions with REMOTE, any git repository: its URL the first time, after that its name, or nothing if it is the only one.

    What it has is fetched apart and checked; only records that follow those here are taken. Your own log is pushed, nobody else's. A log
    that was rewritten, split, taken back or forged is refused and kept apart; the exit code is 1 then.
    """
    from triage.commands.output import json_line, note, out
    from triage.ingest.pipeline import settle
    from triage.model.text import counted, safe
    from triage.opinion.index import open_log, refreshed
    from triage.opinion.person import reviewer
    from triage.opinion.sync import sync as exchange
    from triage.store.opinions import count_by_reviewer

    with closing(refreshed(config)) as connection:
        before = count_by_reviewer(connection)
    try:
        result = exchange(open_log(config.paths), reviewer(), remote or "", restore)
    finally:  # what came before a push failed counts too; corrections take effect on series
        refreshed(config).close()
        settle(config)
    with closing(refreshed(config)) as connection:
        now = count_by_reviewer(connection)
    result.notes += _fewer(before, now)
    if as_json:
        json_line(result.as_dict())
    elif not quiet:
        for word, counts in (("received", result.received), ("sent", result.sent)):
            for ref, number in sorted(counts.items()):
                out(f"{word} {counted(number, 'record')} of {safe(_short(ref))}")
    for line in result.notes:
        note(f"triage: {line}")
    for line in result.lost:
        note(f"triage: {line}")
    for ref, why in sorted(result.refused.items()):
        note(f"triage: {_short(ref)}: refused: {why}")
    if result.refused or result.lost:
        raise SystemExit(ExitCode.FAILED)


def _fewer(before: dict[str, int], now: dict[str, int]) -> list[str]:
    """Return whose records count no more, a sentence each."""
    lost = {email: number - now.get(email, 0) for email, number in before.items()}
    words = {
        email: f"1 record of {email} that counted does" if n == 1 else f"{n} records of {email} that counted do"
        for email, n in lost.items()
    }
    return [f"{words[email]} so no more" for email, n in lost.items() if n > 0]


def _short(ref: str) -> str:
    return ref.removeprefix("refs/opinions/").removesuffix("/log")


@click.command()
@click.option("--remotes", is_flag=True, help="Also ask all remotes, and say if one withholds what another shows.")
@json_option
@with_config
def verify(config: "Config", remotes: bool, as_json: bool) -> None:
    """Check every record and signature of all logs; exit with 1 if any cannot be trusted, and say which."""
    from triage.commands.output import json_line, note, out
    from triage.model.text import counted
    from triage.opinion.audit import audit

    found = audit(config, remotes)
    if as_json:
        json_line(found.to_dict())
    else:
        counts = ", ".join(f"{number} {word}" for word, number in found.signed.items() if number)
        out(f"{counted(found.records, 'record')} in {counted(found.logs, 'log')}{f': {counts}' if counts else ''}")
        if not found.project and found.records:
            out("there are no keys, so these records are bound to no project")
        if found.newer:
            out(f"{found.newer} of a newer schema, kept as they are: upgrade triage to read them")
    for problem in found.problems:
        where = f"{_short(problem.log)}, {problem.commit[:12]}: " if problem.id else ""
        note(f"triage: {where}{problem.says}")
    for one in () if as_json else found.barred:
        note(f"triage: {_short(one.log)}, {one.commit[:12]}: does not count: {one.says}")
    if found.problems:
        raise SystemExit(ExitCode.FAILED)


@click.command()
@click.argument("reviewer", required=False)
@json_option
@with_config
def log(config: "Config", reviewer: str | None, as_json: bool) -> None:
    """Print the log of each reviewer, or of one REVIEWER (an address): commit, time, kind, signature and id of each record.

    For what a record says, see `triage opinion show RECORD`.
    """
    from triage.commands.output import json_line, log_line, out
    from triage.model.opinion import Stand, Standing, question_key
    from triage.opinion.index import refreshed
    from triage.query.opinions import blind, my_address
    from triage.store.opinions import load_records

    with closing(refreshed(config)) as connection:
        records = load_records(connection)
    said = [Stand(record, "", "", Standing.NOWHERE, question=question_key(record.target, record.finding.id)) for record in records]
    hides = blind(config, said, my_address()).hides
    for stand in said:
        if reviewer and not stand.is_by(reviewer):
            continue
        if as_json:
            json_line(stand.to_dict())
        else:
            out(log_line(stand.record, hides(stand)))


@click.group()
def keys() -> None:
    """Manage the keys that records are trusted by; only a trusted key may change them."""


@keys.command("list")
@json_option
@with_config
def keys_list(config: "Config", as_json: bool) -> None:
    """Print the trusted keys with their validity, and keys that remotes offer."""
    from triage.commands.output import json_line, key_line, note, out
    from triage.model.text import safe
    from triage.opinion.index import open_log
    from triage.opinion.keychain import ring_of
    from triage.opinion.keylog import pending_change
    from triage.opinion.keyring import in_force
    from triage.opinion.keys import by_owner
    from triage.opinion.offers import offered_keys

    log = open_log(config.paths)
    for row in offered_keys(log):
        note(f"triage: {safe(row.remote)} offers {safe(row.email)} {safe(row.fingerprint)}, not trusted yet")
    if offered_keys(log) and not log.repository.ref(KEYS):
        return
    ring, chain = in_force(log), pending_change(log)
    for key in by_owner(ring.keys):
        if as_json:
            json_line({"schema": 1, "email": key.email, "kind": key.kind, "fingerprint": key.fingerprint, "valid_after": key.after,
                       "valid_before": key.before, "last_record": key.until, "comment": key.comment})  # fmt: skip
        else:
            out(key_line(key))
    if ring.threshold > 1:
        note(f"triage: {ring.threshold} people must sign each change of the keys")
    if chain.pending:
        coming = ring_of(log, chain.pending)
        for key in by_owner(key for key in coming.keys if key not in ring.keys):
            note(f"triage: not in force yet: {key_line(key)}")
        more = chain.threshold - len(chain.signers)
        says = f"signed by {', '.join(map(safe, chain.signers))}; {more} more must: `triage opinion keys approve`"
        note(f"triage: a change waits, {'' if coming.threshold == ring.threshold else f'for a threshold of {coming.threshold}, '}{says}")
    if not ring.keys and not as_json:
        note("triage: no keys are trusted: `triage opinion keys add` starts with yours, `keys trust` takes over those of a remote")


@keys.command("add")
@click.argument("email", required=False)
@click.argument("file", required=False, type=click.File("rb"), metavar="[FILE]")
@click.option("--valid-after", default="", metavar="DAY", help="It signs from this day on [default: all its records, or those from now].")
@click.option("--valid-before", default="", metavar="DAY", help="It signs up to this day.")
@with_config
def keys_add(config: "Config", email: str | None, file: Any, valid_after: str, valid_before: str) -> None:
    """Trust a key: your own signing key without arguments, or the .pub or .asc FILE of EMAIL.

    The first key vouches for itself and starts the keys of a project. After that, only people whose key is trusted can add one.
    """
    import time

    from msgspec.structs import replace

    from triage.commands.output import key_line, note, out
    from triage.opinion.give import unsigned_records
    from triage.opinion.index import open_log, refreshed
    from triage.opinion.keylog import propose_change
    from triage.opinion.keys import read_stamp
    from triage.opinion.ownkey import name_of, own_key, read_key
    from triage.opinion.person import reviewer

    me = reviewer()
    if email and not file:
        raise UsageError(f"which key is that of {email}?", "give its .pub or .asc file, or `-`")
    key, armored = read_key(name_of(email), file.read()) if email else own_key(name_of(me.email))
    after = read_stamp(valid_after) if valid_after else None
    if after is None and unsigned_records(config, key.email):
        after = int(time.time())
        note("triage: there are unsigned records already; the key counts from now on, so that they stay what they are")
    key = replace(key, after=after, before=read_stamp(valid_before) if valid_before else None)
    done = propose_change(open_log(config.paths), me, f"add {key.email} {key.fingerprint}", lambda ring: ring.added(key, armored))
    refreshed(config).close()
    out(key_line(key))
    _say_missing(done.missing)


def _say_missing(missing: int) -> None:
    """Say that a change of the keys is not in force yet, where more people must sign it."""
    from triage.commands.output import note

    if missing:
        people = "one more person" if missing == 1 else f"{missing} more people"
        note(f"triage: not in force yet: {people} must sign it, with `triage opinion keys approve`, after a sync")


@keys.command("trust")
@click.argument("fingerprints", nargs=-1, metavar="[FINGERPRINT]...")
@click.option("--yes", is_flag=True, help="Do not ask; without a terminal this or a FINGERPRINT is needed.")
@with_config
def keys_trust(config: "Config", fingerprints: tuple[str, ...], yes: bool) -> None:
    """Trust the keys that a remote offers, after you compared them with their owners.

    A FINGERPRINT that somebody told you another way must be among them; name all of them and nothing is asked. Later changes come by
    `triage opinion sync`, if a key that is trusted then signed them.
    """
    import sys

    from triage.commands.output import key_line, note, out
    from triage.model.text import safe
    from triage.opinion.index import open_log, refreshed
    from triage.opinion.offers import offered_keys, trust

    log = open_log(config.paths)
    rows = offered_keys(log)
    for row in rows:
        note(f"{safe(row.remote)} offers {safe(row.email)} {safe(row.fingerprint)}")
    known = [row.fingerprint for row in rows]
    named = bool(fingerprints) and all(any(one.startswith(wanted) for wanted in fingerprints) for one in known)
    if rows and not yes and not named:
        if not sys.stdin.isatty():
            raise UsageError("keys are trusted by a person's word", "compare them, then give the FINGERPRINT of each, or --yes")
        if not click.confirm("Did you compare them with their owners?", default=False, err=True):
            raise UsageError("nothing was trusted", "compare the fingerprints first, e.g. over the telephone")
    for key in trust(log, fingerprints).keys:
        out(key_line(key))
    refreshed(config).close()


@keys.command("revoke")
@click.argument("name", metavar="EMAIL|FINGERPRINT")
@click.option("--since", default="", metavar="DAY", help="The day from which its signatures no longer count [default: now].")
@with_config
def keys_revoke(config: "Config", name: str, since: str) -> None:
    """Revoke a key, or all keys of EMAIL: what they signed before still counts, what they sign later does not. Keys are never deleted."""
    import time

    from triage.commands.output import key_line, out
    from triage.opinion.index import open_log, refreshed
    from triage.opinion.keylog import propose_change
    from triage.opinion.keyring import in_force
    from triage.opinion.keys import read_stamp
    from triage.opinion.person import reviewer

    now = int(time.time())
    moment = read_stamp(since) if since else now
    log = open_log(config.paths)
    before, tips = in_force(log).keys, log.tips() if moment <= now else None  # what it says until a day to come is not said yet
    done = propose_change(log, reviewer(), f"revoke {name}", lambda ring: ring.revoked(name, moment, tips))
    refreshed(config).close()
    for key in done.ring.keys:
        if key not in before:
            out(key_line(key))
    _say_missing(done.missing)


@keys.command("threshold")
@click.argument("number", metavar="N", type=click.IntRange(1, 1000))
@with_config
def keys_threshold(config: "Config", number: int) -> None:
    """Require N people to sign each change of keys; this change itself needs as many as are required now."""
    from msgspec.structs import replace

    from triage.commands.output import out
    from triage.opinion.index import open_log
    from triage.opinion.keylog import propose_change
    from triage.opinion.person import reviewer

    done = propose_change(open_log(config.paths), reviewer(), f"threshold {number}", lambda ring: replace(ring, threshold=number))
    out(f"{done.ring.threshold} of the people with a key must sign each change of the keys")
    _say_missing(done.missing)


@keys.command("approve")
@with_config
def keys_approve(config: "Config") -> None:
    """Sign the change of keys that somebody proposed; `triage opinion keys list` shows it."""
    from triage.commands.output import note
    from triage.opinion.index import open_log, refreshed
    from triage.opinion.keylog import approve
    from triage.opinion.person import reviewer

    done = approve(open_log(config.paths), reviewer())
    refreshed(config).close()
    if not done.missing:
        note("triage: the change is in force; `triage opinion sync` hands it on")
    _say_missing(done.missing)
