# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opinions brought to the list or to b4: a reply as a file, a review as b4 reads it. Nothing is ever sent."""

import secrets
from contextlib import closing
from datetime import UTC, datetime
from email.utils import getaddresses
from pathlib import Path

from msgspec import Struct

from triage import git
from triage.archive.reread import raw_mail, read_again
from triage.b4 import review_files, sign_patatt
from triage.config import Config
from triage.files import write_file
from triage.model import Person
from triage.model.codes import CODES
from triage.model.errors import ConfigError, UsageError
from triage.model.expression import expression
from triage.model.opinion import Record
from triage.model.text import safe
from triage.model.verdicts import DECISIONS, OPINIONS
from triage.opinion.give import note_published
from triage.opinion.index import refreshed
from triage.opinion.person import git_config, own_env, reviewer
from triage.opinion.record import asked_of
from triage.projects import load_project
from triage.query.opinions import one_record
from triage.report.answer import reply_to
from triage.store import queries
from triage.store.schema import Index

_TRAILER = expression(r"[A-Z][A-Za-z-]{1,40}-by")


class Published(Struct, frozen=True):
    """A reply that was made: the opinion it says, its Message-ID, and its bytes."""

    opinion: Record
    message_id: str
    content: bytes


def make_replies(config: Config, names: tuple[str, ...], trailers: tuple[str, ...]) -> list[Published]:
    """Return own opinions as replies to what they are about.

    Raises `UsageError` for a record of somebody else or one that says nothing to a list, `ArchiveError` where the mail is gone.
    """
    for key in trailers:
        if not _TRAILER.fullmatch(key):
            raise UsageError(f"{key!r} is no trailer that a reviewer gives", "such as Reviewed-by, Acked-by or Tested-by")
    me = reviewer()
    made: list[Published] = []
    with closing(refreshed(config)) as connection:
        for name in names:
            opinion = one_record(connection, name)
            if opinion.reviewer.email.casefold() != me.email.casefold():
                raise UsageError(f"{opinion.id} is an opinion of {opinion.reviewer.email}", "each publishes the own ones")
            if opinion.kind not in (*OPINIONS, *DECISIONS, "ask"):
                raise UsageError(f"{opinion.id} is a {opinion.kind}", "opinions, decisions and requests go to the list")
            keys = (*trailers, *_demanded(config, connection, opinion))
            made.append(_reply(connection, opinion, tuple(dict.fromkeys(keys)), me))
    return made


def note_replies(config: Config, made: list[Published], sign: bool = True) -> None:
    """Write down under which Message-ID each reply goes out, so that it is known when it comes back through an archive."""
    for one in made:
        note_published(config, one.opinion, one.message_id, sign)


def _demanded(config: Config, connection: Index, opinion: Record) -> tuple[str, ...]:
    """Return the trailer by which the policy wants an agreement recorded, if it is one."""
    pack, rule = opinion.finding.pack, opinion.finding.rule
    if opinion.kind != "agree" or not rule:
        return ()
    try:
        rules = load_project(pack, config).pack.rules
    except ConfigError:
        return ()
    wanted = [r.parameters for r in rules if r.id == rule and r.parameters.get("record") == "trailer"]
    return tuple(str(parameters["trailer"]) for parameters in wanted if "trailer" in parameters)


def _reply(connection: Index, opinion: Record, trailers: tuple[str, ...], me: Person) -> Published:
    stored_mail = queries.find_message(connection, opinion.target_message)
    message_id = new_id(me)
    content = bytes(reply_to(raw_mail(connection, stored_mail), reply_body(opinion, trailers, me), me, message_id))
    if git_config("patatt.signingkey"):
        content = sign_patatt(content)
    return Published(opinion, message_id, content)


_SAYS = {
    "agree": "Yes", "disagree": "No", "unsure": "I looked, and cannot tell", "confirm": "This stands", "dismiss": "This does not hold here",
    "waive": "This holds, and is accepted",
}  # fmt: skip


_OF_NO_QUESTION = {"agree": "I agree with this", "disagree": "I do not agree with this"}
"""What is said of a patch or a line where no finding asked anything."""


def reply_body(opinion: Record, trailers: tuple[str, ...], me: Person) -> str:
    """Return what a reply says: the question, the answer, the reason; trailers last. Nothing of the patch but a line it is about."""
    code = opinion.finding.code
    about = CODES.get(code)
    asks = f" {about.name}, {opinion.fields.get('Series', '')}: {about.question}" if about else f", {opinion.fields.get('Series', '')}:"
    lines = [f"Second opinion on {code}{asks}", ""] if code else []
    if quote := opinion.fields.get("Quote"):
        lines += [f"> {safe(quote)}", ""]
    says = _SAYS if code else _SAYS | _OF_NO_QUESTION
    asked = asked_of(opinion)
    lines += [f"{says[opinion.kind]}." if opinion.kind != "ask" else f"{' and '.join(asked)}: could you give a second opinion?", ""]
    if reason := opinion.reason.strip():
        lines += [*(safe(line) for line in reason.splitlines()), ""]
    if tool := opinion.fields.get("AI-Assisted"):
        lines += [f"AI-assisted review: {safe(tool)}", ""]
    if due := opinion.fields.get("Due"):
        lines += [f"By {due}, please.", ""]
    who = f"{me.name} <{me.email}>" if me.name else me.email
    return "\n".join([*lines, *(f"{key}: {who}" for key in trailers)]).strip() + "\n"


def check_answer(config: Config, name: str) -> None:
    """Raise `TriageError` where a mail cannot be answered, before anything is written that rests on a reply to it."""
    me = reviewer()
    with closing(refreshed(config)) as connection:
        reply_to(raw_mail(connection, queries.find_message(connection, name)), "", me, new_id(me))


def request_mail(config: Config, record: str) -> str:
    """Return an own request as a mail to those it asks, as a reply to what it is about; who got that is in Cc."""
    me = reviewer()
    with closing(refreshed(config)) as connection:
        opinion = one_record(connection, record)
        mail = queries.find_message(connection, opinion.target_message)
        reply = reply_to(raw_mail(connection, mail), reply_body(opinion, (), me), me, new_id(me))
    asked = asked_of(opinion)
    others = [str(reply[name]) for name in ("To", "Cc") if reply[name]]
    del reply["To"], reply["Cc"]
    reply["To"] = ", ".join(asked)
    if left := [f"{name} <{address}>" if name else address for name, address in getaddresses(others) if address.casefold() not in asked]:
        reply["Cc"] = ", ".join(left)  # the list, the author and whoever got the patch see what is asked, as in any thread
    return bytes(reply).decode("utf-8", "replace")


def new_id(me: Person) -> str:
    """Return a Message-ID for a mail of the user's: a time and chance, at the domain of the address, never the machine's name."""
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}.{secrets.token_hex(8)}@{me.email.rpartition('@')[2]}"


def export_review(config: Config, names: tuple[str, ...], work_tree: Path, branch: str = "") -> Path:
    """Write opinions of one reviewer on one series as b4 reads an external review, and return the folder.

    `branch` is b4's review branch, `b4/review/<change-id>`; without it, that of the series' change-id. Raises `UsageError` where there is
    no such branch, or the records are of different people.
    """
    with closing(refreshed(config)) as connection:
        opinions = [one_record(connection, name) for name in names]
        if len({(o.reviewer.email, queries.find_series(connection, o.target_message)) for o in opinions}) != 1:
            raise UsageError("a review is of one person on one series", "export them one by one")
        change_id = next((c for c in _change_ids(connection, opinions[0]) if c), "")
        notes: dict[int, list[str]] = {}
        quoted: dict[int, list[tuple[str, str]]] = {}
        for opinion in opinions:
            number, said, diff = _as_comment(connection, opinion)
            if diff:
                quoted.setdefault(number, []).append((diff, said))
            else:
                notes.setdefault(number, []).append(said)
    wanted = branch or (f"b4/review/{change_id}" if change_id else "")
    tip, folder = _review_branch(work_tree, wanted)
    target = folder / "b4-review" / tip
    files = review_files(opinions[0].reviewer, notes, quoted)
    _check_identity(target, files["identity.txt"])
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        waiting = _waiting(target / name) if name != "identity.txt" else ""
        if text.strip() not in waiting:
            write_file(target / name, f"{waiting.rstrip()}\n\n{text}" if waiting else text)
    return target


def _check_identity(folder: Path, own: str) -> None:
    """Raise `UsageError` where a review of somebody else waits for b4: it takes all that lies there for one person's."""
    there = _waiting(folder / "identity.txt")
    if there.strip() not in {"", own.strip()} or (not there.strip() and folder.is_dir() and any(folder.iterdir())):
        who = safe(there.strip()) or "somebody"
        raise UsageError(f"a review of {who} waits in {folder}", "open the series in b4 first, which takes it, then run this again")


def _waiting(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _change_ids(connection: Index, opinion: Record) -> list[str]:
    series = queries.find_series(connection, opinion.target_message)
    return [mail.message.change_id or "" for mail in queries.series_mails(connection, series)]


def _as_comment(connection: Index, opinion: Record) -> tuple[int, str, str]:
    """Return patch number, words and, for a line of the diff, the diff of its file down to that line."""
    code = opinion.finding.code
    said = f"{opinion.kind}{f' on {code} {CODES[code].name}: {CODES[code].question}' if code in CODES else ''}\n\n{opinion.reason}".strip()
    mail = queries.find_message(connection, opinion.target_message)
    whole = opinion.target == opinion.series
    number = 0 if whole else mail.message.subject.n or 1
    if not opinion.line or whole:
        return number, said, ""
    lines = read_again(connection, mail).body.text.split("\n")[: opinion.line]
    starts = [at for at, text in enumerate(lines) if text.startswith("diff --git ")]
    return number, said, "\n".join(lines[starts[-1] :]) if starts else ""


def _review_branch(work_tree: Path, branch: str) -> tuple[str, Path]:
    def run(*args: str) -> str:
        done = git.run(["git", "-C", str(work_tree), *args], own_env())
        if done.returncode:
            raise UsageError(f"{work_tree}: {git.first_line(done.stderr)}", "name a work tree of git, and b4's review branch with --branch")
        return done.stdout.decode("utf-8", "replace").strip()

    folder, top = (Path(run("rev-parse", "--path-format=absolute", word)) for word in ("--git-common-dir", "--show-toplevel"))
    if folder != top / ".git" or not folder.is_dir():
        raise UsageError(f"{work_tree} is a linked work tree, in which b4 reads no reviews", f"name the main one, {folder.parent}")
    known = run("for-each-ref", "--format=%(refname:short)", "refs/heads/b4/review").splitlines()
    if branch not in known:
        hint = f"name one with --branch: {', '.join(known)}" if known else "`b4 review track` makes one, and `b4 review tui` checks it out"
        raise UsageError(f"there is no review branch of b4 {f'called {branch} ' if branch else ''}for this series", hint)
    return run("rev-parse", "--verify", f"refs/heads/{branch}"), folder
