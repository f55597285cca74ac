# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An opinion given, asked for or taken back: what the command line and the terminal UI share between log and index."""

from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from triage.config import Config
from triage.model import MessageId, Person
from triage.model.errors import TriageError, UsageError
from triage.model.opinion import Record, Standing, question_key
from triage.model.verdicts import OPINIONS, SAID
from triage.opinion.drafts import typed
from triage.opinion.index import open_log, outcome_of, refresh, refreshed, scene_of
from triage.opinion.keyring import in_force
from triage.opinion.matching import SeriesContext
from triage.opinion.memory import indexed_tips
from triage.opinion.person import reviewer, signing_key
from triage.opinion.record import Draft, Target
from triage.opinion.refs import KEYS, ref_of
from triage.opinion.standing import Others, askers, barred, deciders_of
from triage.opinion.target import opinion_target, target_line
from triage.opinion.trust import why_not_counted
from triage.opinion.writing import append
from triage.policy.project import Project
from triage.projects import Judges
from triage.store import listed, personal, queries
from triage.store import opinions as stored
from triage.store.schema import Index, open_index, open_personal


class Said(Struct, frozen=True):
    """What a person says with an opinion, besides what it is about."""

    reason: str = ""
    code: str = ""
    """The exception or reason code it rests on."""
    ai_assisted: str = ""
    line: int | None = None
    """The line of the mail, as `triage show` numbers them."""


def give_opinion(
    config: Config, name: str, kind: str, finding: str = "", reason: str = "", sign: bool = True, said: Said | None = None,
    person: Person | None = None,
) -> MessageId:  # fmt: skip
    """Write an opinion on the series, patch or finding that `name` and `finding` say; returns the record's id.

    It is that of `person`, else of whom git says the user is. What was typed is kept as a draft until the record is in git, and the record
    is in git before the index hears of it. Raises `UsageError` for an unknown mail, finding or verdict, and where the opinion would not
    count; `ConfigError` where git knows no identity or cannot sign.
    """
    said = said or Said(reason)
    if kind not in SAID:
        raise UsageError(f"{kind!r} is not a verdict", f"one of {', '.join(SAID)}; `triage opinion give RECORD withdraw` takes one back")
    with typed(config, name, kind, finding, said.reason):
        return _give(config, name, kind, finding, said, sign, person)


def _give(config: Config, name: str, kind: str, finding: str, said: Said, sign: bool, person: Person | None) -> MessageId:
    desk = _Desk(config)
    in_force(desk.log)
    with closing(desk.index()) as connection:
        target = _target(connection, name, finding, said.line)
        series = queries.find_series(connection, target.message_id)
        draft = Draft(person or reviewer(), kind, target, said.reason, code=said.code, ai_assisted=said.ai_assisted)
        draft.check()
        return desk.write(connection, _in_place(config, desk.judges, connection, series, draft), sign)


class _Desk:
    """What one act works with, each opened or loaded once: the logs, the projects, the index."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.log, self.judges = open_log(config.paths), Judges(config)

    def index(self) -> Index:
        """Open the index with the logs as they are now laid over it."""
        return refreshed(self.config, self.log, self.judges)

    def write(self, connection: Index, draft: Draft, sign: bool) -> MessageId:
        """Write a record and have the index hear of it; once it is in git nothing that goes wrong makes it look as if it were not."""
        record = append(self.log, draft, sign)
        with suppress(TriageError):  # `unheard` says so
            if connection.is_read_only() or not self.config.paths.index.exists():
                refreshed(self.config).close()  # there was none to write to before
            else:
                refresh(connection, self.log, self.judges.voices)
        return record


def unheard(config: Config) -> str:
    """Say why what was just written does not show yet, "" where the index has it."""
    log = open_log(config.paths)
    known = indexed_tips(config.paths)
    if all(known.get(ref) == tip for ref, tip in log.tips().items()):
        return ""
    return "the record is kept in git; the index could not take it in, and will with the next `triage ingest`"


def uncounted(config: Config, record: str) -> str:
    """Say why a record that was just written does not count yet, "" where it does."""
    with closing(open_index(config.paths.index)) as connection:
        found = stored.find_record(connection, record)
    why = why_not_counted(found[0]) if found else ""
    return f"the record is kept, and does not count yet: {why}; somebody whose key is trusted adds yours with `keys add`" if why else ""


def withdraw(config: Config, record: str, reason: str = "", sign: bool = True) -> MessageId:
    """Take an own record back; returns the id of the record that does. Raises `UsageError` for a record that is none of one's own."""
    person, desk = reviewer(), _Desk(config)
    with closing(desk.index()) as connection:
        found = stored.find_record(connection, record) if record else []
        own = [o for o in found if o.reviewer.email.casefold() == person.email.casefold()]
        if len({o.id for o in own}) > 1:
            raise UsageError(f"{record!r} begins {len(own)} records of yours", "give more of its id; `triage opinion log` prints them")
        if not own:
            raise UsageError(f"{record!r} is not a record of yours", "name it by its id; `triage opinion log` prints them")
        if own[0].kind == "withdraw" or stored.is_withdrawn(connection, own[0]):
            raise UsageError(f"{own[0].id} is withdrawn already, or takes another back", "there is nothing to take back")
        draft = Draft(person, "withdraw", _target_of(own[0], "a record withdrawn"), reason, own[0].id)
        return desk.write(connection, draft, sign)


def _target_of(opinion: Record, title: str) -> Target:
    """Return what another record is about."""
    told = opinion.fields
    return Target(
        message_id=opinion.target_message, blob=told.get("Target-Blob", ""), content=opinion.target, patch_id=opinion.patch_id,
        carry=opinion.carry, series=told.get("Series", ""), fingerprint=opinion.series, finding=opinion.finding, title=title,
    )  # fmt: skip


def ask_opinion(
    config: Config, name: str, people: tuple[str, ...], question: str, finding: str = "", due: str = "", line: int | None = None,
    sign: bool = True, person: Person | None = None,
) -> MessageId:  # fmt: skip
    """Write a request for the opinion of `people` on what `name` and `finding` say; returns the record's id.

    `due` is a day (`2026-12-01`) or a number of days (`3d`). Raises what `give_opinion` raises.
    """
    desk = _Desk(config)
    with typed(config, name, "ask", finding, question), closing(desk.index()) as connection:
        target = _target(connection, name, finding, line)
        draft = Draft(
            person or reviewer(), "ask", target, question, to=tuple(dict.fromkeys(p.casefold() for p in people)), due=due_day(due)
        )
        if draft.reviewer.email.casefold() in draft.to:
            raise UsageError("you cannot ask yourself", "name somebody else")
        return desk.write(connection, draft, sign)


def note_published(config: Config, opinion: Record, message_id: str, sign: bool = True) -> MessageId:
    """Write down under which Message-ID an opinion goes to the list, so that it is known when it comes back."""
    draft = Draft(reviewer(), "published", _target_of(opinion, "a reply to the list"), answers=opinion.id, published=message_id)
    desk = _Desk(config)
    with closing(desk.index()) as connection:
        return desk.write(connection, draft, sign)


def _target(connection: Index, name: str, finding: str, line: int | None) -> Target:
    target = opinion_target(connection, name, finding)
    return target_line(connection, target, line) if line is not None else target


def _in_place(config: Config, judges: Judges, connection: Index, series: int, draft: Draft) -> Draft:
    """Return a draft with what the project, the requests and the reviewer's own steps add; raises `UsageError` where it would not count."""
    projects = judges.all_of(stored.policies_of(connection, series)).each
    finding = draft.target.finding.id
    scene = scene_of(connection, series, judges.voices)
    assert scene is not None
    if why := _barred(connection, scene, draft.target, finding, draft.kind, draft.reviewer):
        raise UsageError(f"your {draft.kind} would not count: {to_you(why)}", "ask somebody else: `triage opinion ask`")
    asking = asks_disclosure(judges, connection, series)
    if asking and not draft.ai_assisted:
        raise UsageError(f"{asking} asks reviewers whether a tool helped them", "say so: --ai-assisted none, or what helped and how")
    _check_code(projects, draft)
    roles = [role for project in projects for role in project.people.roles(draft.reviewer)]
    with closing(open_personal(config.paths.personal)) as notes:
        seen = question_key(draft.target.content, finding) in personal.revealed(notes)
    answered = next((o.id for o in open_requests(connection, draft.reviewer.email) if _same_question(o, draft.target)), "")
    return replace(draft, role=", ".join(roles[:3]), revealed=seen, answers=answered)


def _same_question(request: Record, target: Target) -> bool:
    return request.target == target.content and request.finding.id == target.finding.id


def _barred(connection: Index, scene: SeriesContext, target: Target, finding: str, kind: str, who: Person) -> str:
    if kind not in (*OPINIONS, "waive"):
        return ""
    item = next((item for item in scene.items if item.id == finding), None)
    stands = outcome_of(connection, scene).stands
    whole = target.content == scene.fingerprint
    others = Others(deciders_of(stands, scene).get(finding, ()), tuple(askers(stands, finding)))
    return barred(who, scene, "" if whole else target.message_id, item, kind, others)


def why_not(config: Config, judges: Judges, name: str, finding: str, kind: str) -> str:
    """Say why an opinion of the user's would not count, "" where it would; what a form shows before anything is typed."""
    with closing(open_index(config.paths.index)) as connection:
        target = opinion_target(connection, name, finding)
        scene = scene_of(connection, queries.find_series(connection, target.message_id), judges.voices)
        return to_you(_barred(connection, scene, target, target.finding.id, kind, reviewer())) if scene else ""


def to_you(why: str) -> str:
    """Return why a record does not count as it is said to the one who wrote it."""
    return why.replace("they are", "you are").replace("they ", "you ").replace("name them as", "name you as")


def asks_disclosure(judges: Judges, connection: Index, series: int) -> str:
    """Return the policy of a series that asks reviewers which tool helped them, "" for none."""
    projects = judges.all_of(stored.policies_of(connection, series)).each
    return next((p.pack.id for p in projects if p.pack.review_disclosure), "")


def _check_code(projects: Sequence[Project], draft: Draft) -> None:
    """Raise `UsageError` for a reason code that neither the rule nor the exceptions of a pack have."""
    if not draft.code:
        return
    known = _codes(projects, draft.target.finding.rule)
    if draft.code not in known:
        raise UsageError(
            f"{draft.code!r} is not an exception or reason of the policy",
            f"one of {', '.join(known)}" if known else "it has none: say it with -m",
        )


def _codes(projects: Sequence[Project], rule: str) -> list[str]:
    known = [one.id for project in projects for one in project.pack.exceptions]
    return known + [code for project in projects for r in project.pack.rules if r.id == rule for code in r.parameters.get("reasons", ())]


def reason_codes(judges: Judges, connection: Index, series: int, finding: str) -> list[str]:
    """Return the exceptions and reasons that the policies of a series have for one of its findings."""
    rule = next((item.rule for item in listed.findings(connection, series) if item.id == finding), "")
    return _codes(judges.all_of(stored.policies_of(connection, series)).each, rule)


def due_day(text: str) -> str:
    """Return the day that `2026-12-01` or `3d`, for in three days, names, "" for none; raises `UsageError` for one that is past."""
    if not text:
        return ""
    today = datetime.now(UTC).date()
    try:
        day = today + timedelta(days=int(text[:-1])) if text.endswith("d") and text[:-1].isdecimal() else date.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is not a day", "write a day as YYYY-MM-DD, or 3d for in three days") from error
    if day < today:
        raise UsageError(f"{text!r} is past", "write a day to come, or 3d for in three days")
    return str(day)


def unsigned_records(config: Config, email: str) -> bool:
    """Say whether the log of a reviewer has records without a signature."""
    with closing(refreshed(config)) as connection:
        return any(o.log == ref_of(email) and o.signed == "unsigned" for o in stored.load_records(connection))


def open_requests(connection: Index, email: str) -> list[Record]:
    """Return the requests that wait for one person."""
    me = email.casefold()
    return [stand.record for _, stand in stored.requests(connection) if stand.state is Standing.ASKED and me in stand.waiting]


def first_use(config: Config, sign: bool = True) -> str:
    """Return what somebody should know before their first record, "" for those who gave one already; raises `KeysError`."""
    person = reviewer()
    log = open_log(config.paths)
    in_force(log)
    if log.repository.ref(ref_of(person.email)):
        return ""
    name = f"{person.name} <{person.email}>" if person.name else person.email
    key = signing_key() if sign else ""
    how = f"signed with {key}" if key else "not signed" + (": git has no user.signingkey" if sign else ", as you ask")
    lines = [f"This is your first record: you speak as {name} (git's user.name and user.email), {how}."]
    if not key:
        lines.append("Unsigned records are shown as such, and do not count where a policy asks for signatures. To sign with an SSH key:")
        lines.append("  git config --global gpg.format ssh; git config --global user.signingkey ~/.ssh/id_ed25519.pub")
    elif not log.repository.ref(KEYS):
        lines.append("Others can verify it once your key is among the project's: `triage opinion keys add`.")
    lines.append(f"Records are kept in {log.path}, for good: what was said can be withdrawn, not erased.")
    return "\n".join(lines)
