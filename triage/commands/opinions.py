# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands about second opinions: given, asked for, read, published."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.commands import id_argument, json_option, read_id, with_config, write_raw
from triage.commands.opinion_logs import keys, log, sync, verify
from triage.model.errors import TriageError, UsageError

if TYPE_CHECKING:
    from triage.config import Config
    from triage.store.schema import Index

_finding = click.option("--finding", default="", metavar="ID|CODE", help="The finding it is about; without it, the series or patch.")
_line = click.option("--line", type=click.IntRange(1), metavar="N", help="The line of the mail it is about, as `triage show` numbers them.")
_unsigned = click.option("--unsigned", is_flag=True, help="Do not sign, even if git has a signing key.")
_edit = click.option("-e", "--edit", is_flag=True, help="Write the text in your editor, starting from the draft that was kept, if any.")


@click.group()
def opinion() -> None:
    """Give, ask for, read, verify, exchange and publish second opinions."""


@opinion.command()
@id_argument
@click.argument("kind", metavar="VERDICT")
@_finding
@click.option("-m", "--reason", default="", help="Why; required to disagree, dismiss or waive.")
@_edit
@click.option("--because", "code", default="", metavar="CODE", help="The exception or reason code of the policy that you rely on.")
@click.option("--ai-assisted", default="", metavar="TEXT", help="Which tool helped you review, and how; `none` if none did.")
@_line
@click.option("--reveal", is_flag=True, help="Show earlier opinions on the same question first; your record will say that you looked.")
@_unsigned
@json_option
@with_config
def give(
    config: "Config", name: str, kind: str, finding: str, reason: str, edit: bool, code: str, ai_assisted: str, line: int | None,
    reveal: bool, unsigned: bool, as_json: bool,
) -> None:  # fmt: skip
    """Record an opinion on the series, patch or finding ID: VERDICT is agree, disagree or unsure; confirm, dismiss or waive
    decide a finding; withdraw retracts one of your own records, named by its ID.

    Opinions of others on the same question are shown once yours is saved.
    """
    from triage.commands.output import json_line, note, out
    from triage.ingest.pipeline import settle
    from triage.opinion.give import Said, give_opinion, uncounted, unheard, withdraw

    with _first_use(config, not unsigned):
        if kind == "withdraw":
            record = withdraw(config, name, reason, sign=not unsigned)
            with suppress(TriageError):  # it may have been a correction: series are rebuilt now, or with the next ingest
                settle(config)
        else:
            if reveal:
                _print_earlier(config, name, finding, show=True)
            said = Said(_text(config, name, reason, edit), code, ai_assisted, line)
            record = give_opinion(config, name, kind, finding, sign=not unsigned, said=said)
    if as_json:
        json_line({"schema": 1, "id": record})
    else:
        out(record)
    with suppress(TriageError):  # the record is written: what fails from here on is not a failure of it
        late = unheard(config)
        if late or (why := uncounted(config, record)):
            note(f"triage: {late or why}")
        if not late and kind != "withdraw" and not reveal and not as_json:
            _print_earlier(config, name, finding, show=False)


@contextmanager
def _first_use(config: "Config", sign: bool) -> Iterator[None]:
    """Say once who speaks and how it is signed: on a terminal before, asking whether that is right, else after what is recorded."""
    from triage.commands.output import note
    from triage.opinion.give import first_use

    words = first_use(config, sign)
    asks = bool(words) and sys.stdin.isatty() and sys.stderr.isatty()
    if asks:
        note(words)
        if not click.confirm("Go on?", default=True, err=True):
            raise UsageError("nothing was recorded", "set user.name, user.email and user.signingkey with `git config --global`")
    yield
    if words and not asks:
        note(words)


def _text(config: "Config", name: str, text: str, edit: bool) -> str:
    """Return what was given with -m, or what an editor made of it; a draft that an earlier run left behind is taken up."""
    from triage.commands.output import note
    from triage.opinion.drafts import kept_draft

    if text and not edit:
        return text
    kept = kept_draft(config, name).get("reason", "")
    if not edit:
        if kept:
            note("triage: what you wrote before on this series was kept; --edit takes it up")
        return text
    written = click.edit(text or kept, extension=".txt", require_save=False)
    if written is None or not written.strip():
        raise UsageError("nothing was written", "save some text in the editor, or give it with -m")
    return written.strip()


def _print_earlier(config: "Config", name: str, finding: str, show: bool) -> None:
    """Print what others said on the question, as far as it may be seen."""
    from triage.commands.output import note, opinion_lines
    from triage.model.opinion import PAST, question_key
    from triage.opinion.index import refreshed
    from triage.opinion.person import reviewer
    from triage.opinion.target import opinion_target
    from triage.query.opinions import blind, look, stands

    me = reviewer().email
    with closing(refreshed(config)) as connection:
        target = opinion_target(connection, name, finding)
        asked = question_key(target.content, target.finding.id)
        said = [stand for stand in stands(connection, target.message_id) if stand.question == asked and stand.state not in PAST]
    if show:
        look(config, said, me)
    hides = blind(config, said, me).hides
    for stand in said:
        if not stand.is_by(me):
            for line in opinion_lines(stand, hides(stand)):
                note(line)


@opinion.command()
@id_argument
@click.argument("people", nargs=-1, required=True, metavar="REVIEWER...")
@_finding
@_line
@click.option("-m", "--question", default="", help="What you want to know.")
@_edit
@click.option("--due", default="", metavar="DAY", help="By when: a day as YYYY-MM-DD, or 3d.")
@click.option("--mail", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write the request as a mail draft.")
@_unsigned
@json_option
@with_config
def ask(
    config: "Config", name: str, people: tuple[str, ...], finding: str, line: int | None, question: str, edit: bool, due: str,
    mail: Path | None, unsigned: bool, as_json: bool,
) -> None:  # fmt: skip
    """Ask REVIEWERs, by address, for their opinion on the series, patch, finding or line ID.

    They see the request after the next `triage opinion sync`, in `triage opinion list --mine` and in their terminal UI.
    """
    from triage.commands.output import json_line, note, out
    from triage.files import check_writable, write_file
    from triage.opinion.give import ask_opinion
    from triage.report.opinion_reply import check_answer, request_mail

    if mail:
        check_writable(mail)
        check_answer(config, name)
    with _first_use(config, not unsigned):
        record = ask_opinion(config, name, people, _text(config, name, question, edit), finding, due, line, sign=not unsigned)
    if mail:
        write_file(mail, request_mail(config, record))
        note(f"triage: {mail} is written; `git send-email --confirm=always {mail}` sends it")
    if as_json:
        json_line({"schema": 1, "id": record})
    else:
        out(record)


@opinion.command("list")
@click.argument("name", required=False, metavar="[ID]", callback=read_id)
@click.option("--mine", is_flag=True, help="The requests waiting for you, those due first.")
@click.option("--asked", is_flag=True, help="The open requests that you made.")
@click.option("--reveal", is_flag=True, help="Show the opinions of others before you give yours; your record will say that you looked.")
@json_option
@with_config
def opinion_list(config: "Config", name: str | None, mine: bool, asked: bool, reveal: bool, as_json: bool) -> None:
    """Print all opinions, or those on the series of ID, and whether they count; or open requests.

    Opinions of others on a question are hidden until you have given your own. --json hides nothing.
    """
    from triage.commands.output import json_line
    from triage.opinion.index import refreshed
    from triage.query.opinions import stands

    if (mine or asked) and (name or mine == asked):
        raise UsageError("--mine and --asked are two lists of requests about all series", "ask for one of them, without an ID")
    with closing(refreshed(config)) as connection:
        if mine or asked:
            _print_requests(connection, mine, as_json)
        elif as_json:
            for stand in stands(connection, name):
                json_line(stand.to_dict())
        else:
            _print_records(config, connection, name, reveal)
    _say_losses(config)


def _print_requests(connection: "Index", mine: bool, as_json: bool) -> None:
    from triage.commands.output import json_line, out, request_lines
    from triage.opinion.person import reviewer
    from triage.query.opinions import open_requests

    for request in open_requests(connection, reviewer().email, mine):
        if as_json:
            json_line(request.to_dict())
            continue
        for line in request_lines(request):
            out(line)


def _print_records(config: "Config", connection: "Index", name: str | None, reveal: bool) -> None:
    """Print what people said, as far as it may be seen, and what came by mail on one series."""
    from triage.commands.output import opinion_lines, out, review_lines
    from triage.projects import Judges
    from triage.query.opinions import blind, look, my_address, stands
    from triage.query.review_trailers import reviews
    from triage.store.opinions import policies_of
    from triage.store.queries import find_series

    said = list(stands(connection, name))
    if reveal:
        look(config, said, my_address())
    hides = blind(config, said, my_address()).hides
    for stand in said:
        for line in opinion_lines(stand, hides(stand)):
            out(line)
    if name:
        series = find_series(connection, name)
        for review in reviews(connection, series, check=True, people=Judges(config).people(policies_of(connection, series))):
            for line in review_lines(review):
                out(line)


def _say_losses(config: "Config") -> None:
    """Say what keeps records from being shown as they were given, and exit accordingly: 78 for keys, 74 for logs."""
    from triage.commands.output import note
    from triage.model.errors import ExitCode, KeysError
    from triage.opinion.audit import losses
    from triage.opinion.index import open_log
    from triage.opinion.keyring import in_force

    hurt = losses(config)
    for one in hurt:
        note(f"triage: {one.says}: {one.mend}")
    try:
        in_force(open_log(config.paths))
    except KeysError as error:
        note(f"triage: {error}")
        raise SystemExit(error.exit_code) from None
    if hurt:
        raise SystemExit(ExitCode.IO)


@opinion.command("show")
@click.argument("name", metavar="RECORD")
@click.option("--raw", is_flag=True, help="The record as it is kept: a mail.")
@json_option
@with_config
def opinion_show(config: "Config", name: str, raw: bool, as_json: bool) -> None:
    """Print one record: what it says, what it is about, and whether it counts. If you look before giving yours, yours will say so."""
    from triage.commands.output import json_line, out, record_lines
    from triage.opinion.index import refreshed
    from triage.query.opinions import look, my_address, one_record, record_bytes, stand_of

    with closing(refreshed(config)) as connection:
        record = one_record(connection, name)
        stand = stand_of(connection, record)
    look(config, [stand], my_address())
    if raw:
        write_raw(record_bytes(config, record))
    elif as_json:
        json_line(stand.to_dict())
    else:
        for line in record_lines(stand):
            out(line)


@opinion.command()
@click.argument("names", nargs=-1, required=True, metavar="RECORD...")
@click.option(
    "-o", "--output", default="", metavar="FILE|DIR/", help="Write to FILE.eml, FILE.mbox (mboxrd), or a new folder, a mail a file."
)
@click.option("--trailer", "trailers", multiple=True, metavar="KEY", help="Add this trailer, e.g. Reviewed-by; may be repeated.")
@click.option(
    "--b4", "tree", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write it for b4, in the work tree DIR, instead."
)
@click.option("--branch", default="", metavar="NAME", help="With --b4: the review branch [default: that of the series' change-id].")
@_unsigned
@with_config
def publish(
    config: "Config", names: tuple[str, ...], output: str, trailers: tuple[str, ...], tree: Path | None, branch: str, unsigned: bool
) -> None:
    """Turn your own opinions into replies to the list, for you to send; or anybody's into a review for b4.

    It prints the commands that would send them and runs none of them. When a reply comes back through an archive, it is recognized by
    its Message-ID and not counted twice.
    """
    import shlex

    from triage.archive.mbox import mboxrd
    from triage.commands.output import note, out
    from triage.model.text import safe
    from triage.report.opinion_reply import export_review, make_replies, note_replies
    from triage.report.outgoing import check_output, split_and_send, write_mails

    if tree:
        out(safe(str(export_review(config, names, tree, branch))))
        return
    if output:
        check_output(output)
    made = make_replies(config, names, trailers)
    mails = [one.content for one in made]
    if output:
        lines = write_mails(output, mails)
    else:
        sys.stdout.buffer.write(mboxrd(mails))
        lines = split_and_send("FILE")
    note_replies(config, made, sign=not unsigned)
    for line in [*lines, f"b4 review track {shlex.quote(made[0].opinion.target_message)}"]:
        note(line)


for _command in (sync, verify, log, keys):
    opinion.add_command(_command)
