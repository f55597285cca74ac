# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opinions in the index: read again from git when a log moved, and where each of them stands for each series."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from triage.model import Demand, MessageId, Person
from triage.model.opinion import FindingRef, Record, RecordTarget, Stand, Standing, question_key
from triage.store.schema import Index
from triage.store.statement import MAX_OLDER, OPEN_ONES, chunks, marks

_COLUMNS = (
    "id, commit_id, reviewer_name, reviewer_email, kind, target, target_message, finding, reason, time, signed, replaces, series,"
    " slot, fields, log, trouble, barred"
)

_MAY = "signed != 'bad' and barred = ''"
"""Records that may count, by `opinion.trust`."""


def tips_stored(connection: Index) -> dict[str, str]:
    """Return the log tips that the index was last made from."""
    return dict(connection.execute("select ref, tip from log_tip").fetchall())


def store_tips(connection: Index, tips: dict[str, str]) -> None:
    """Note the log tips that the index is made from; within a transaction."""
    connection.execute("delete from log_tip")
    connection.executemany("insert into log_tip values (?, ?)", tips.items())


def forget_log(connection: Index, log: str) -> None:
    """Forget the records of a log, which is about to be read again; within a transaction."""
    connection.execute(
        "insert or ignore into unsettled select s.series from standing s join opinion o on o.commit_id = s.commit_id where o.log = ?",
        (log,),
    )
    connection.execute("delete from standing where log = ?", (log,))
    connection.execute("delete from opinion where log = ?", (log,))


def add_records(connection: Index, log: str, opinions: list[Record]) -> None:
    """Add records at the end of a log, and note which series they may be about; within a transaction."""
    first = connection.execute("select coalesce(max(seq), 0) + 1 from opinion where log = ?", (log,)).fetchone()[0]
    connection.executemany(
        f"insert or replace into opinion ({_COLUMNS}, patch_id, seq) values ({marks([None] * 20)})",
        [
            (o.id, o.commit, _sound(o.reviewer.name), _sound(o.reviewer.email), o.kind, o.target, o.target_message, str(o.finding),
             o.reason, o.time, o.signed, o.replaces, o.series, o.slot, json.dumps(o.fields), log, o.trouble, o.barred,
             o.patch_id, first + number)
            for number, o in enumerate(opinions)
        ],
    )  # fmt: skip
    for part in chunks(opinions, 200):
        _unsettle(connection, part)


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _unsettle(connection: Index, opinions: list[Record]) -> None:
    taken = [o.replaces for o in opinions if o.replaces]
    rows = connection.execute(f"select target, patch_id, target_message from opinion where id in ({marks(taken)})", taken).fetchall()
    targets = sorted({o.target for o in opinions} | {row[0] for row in rows})
    patch_ids = sorted({o.patch_id for o in opinions if o.patch_id} | {row[1] for row in rows if row[1]})
    mails = sorted({o.target_message for o in opinions} | {row[2] for row in rows})
    for table, column, key, values in (
        ("message", "target", "series", targets), ("message", "patch_id", "series", patch_ids), ("message", "message_id", "series", mails),
        ("series", "fingerprint", "id", targets), ("finding", "target", "series", targets),
    ):  # fmt: skip
        connection.execute(
            f"insert or ignore into unsettled select {key} from {table} where {column} in ({marks(values)}) and {key} is not null"
            f" and {column} is not null", values,
        )  # fmt: skip
    connection.execute(
        "insert or ignore into unsettled select s.id from unsettled u join series x on x.id = u.series join series s on s.topic = x.topic"
        " where x.topic != ''"
    )


def unsettled(connection: Index, limit: int) -> list[int]:
    """Return series whose standing is to be worked out again; where there are no records at all there is nothing to do."""
    if _nothing_said(connection):
        return []
    return [row[0] for row in connection.execute("select series from unsettled order by series limit ?", (limit,))]


def _nothing_said(connection: Index) -> bool:
    said = "select 1 from opinion limit 1", "select 1 from standing limit 1"
    return not any(connection.execute(query).fetchone() for query in said)


def concerned(connection: Index, series: list[int]) -> set[int]:
    """Return which of some series any record may be about, or was: the others need not be looked at one by one."""
    found: set[int] = set()
    for part in chunks(series, 200):
        found |= {
            row[0] for row in connection.execute(
                f"with recursive line(id, at, depth) as (select id, id, 0 from series where id in ({marks(part)})"
                " union all select l.id, o.id, depth + 1 from line l join series s on s.id = l.at join series o on o.message_id ="
                f" s.previous where depth < {MAX_OLDER})"
                " select l.id from line l join series s on s.id = l.at join opinion p on p.target = s.fingerprint"
                " union select l.id from line l join message m on m.series = l.at join opinion p on p.target = m.target"
                " union select l.id from line l join message m on m.series = l.at join opinion p on p.target_message = m.message_id"
                " union select l.id from line l join finding f on f.series = l.at join opinion p on p.target = f.target"
                " union select l.id from line l join message m on m.series = l.at join opinion p on p.patch_id = m.patch_id"
                " where p.patch_id != ''"
                " union select l.id from line l join carried c on c.series = l.at join message m on m.id = c.message"
                " join opinion p on p.target = m.target"
                f" union select series from standing where series in ({marks(part)})", part + part,
            )
        }  # fmt: skip
    return found


def settled(connection: Index, series: list[int]) -> None:
    """Note that nothing is said of some series; within a transaction."""
    for part in chunks(series):
        connection.execute(f"delete from unsettled where series in ({marks(part)})", part)


def forget_unsettled(connection: Index) -> None:
    """Where nobody said anything, forget what would have to be worked out; within a transaction, which sees what others queued."""
    if _nothing_said(connection):
        connection.execute("delete from unsettled")


def _record(row: tuple[str, ...]) -> Record:
    return Record(
        id=MessageId(row[0]), commit=row[1], reviewer=Person(row[2], row[3]), kind=row[4], target=row[5], target_message=MessageId(row[6]),
        finding=FindingRef(row[7]), reason=row[8], time=row[9], signed=row[10], replaces=row[11], series=row[12], slot=row[13],
        fields=json.loads(row[14]), log=row[15], trouble=row[16], barred=row[17],
    )  # fmt: skip


def load_records(connection: Index, kinds: Iterable[str] = ()) -> list[Record]:
    """Return all records, or those of some kinds, log by log, each in its own order."""
    chosen = list(kinds)
    where = f"where kind in ({marks(chosen)})" if chosen else ""
    return [_record(row) for row in connection.execute(f"select {_COLUMNS} from opinion {where} order by log, seq", chosen)]


def find_record(connection: Index, name: str) -> list[Record]:
    """Return the records that an id, a commit, or a unique beginning of either names; several where one id was used twice."""
    wanted = name.strip("<>")
    for condition in ("id = ?1 or commit_id = ?1", "id >= ?1 and id < ?1 || char(1114111) or commit_id >= ?1 and commit_id < ?1 || 'g'"):
        rows = connection.execute(f"select {_COLUMNS} from opinion where {condition} order by log, seq limit 20", (wanted,)).fetchall()
        if rows:
            return [_record(row) for row in rows]
    return []


def is_withdrawn(connection: Index, opinion: Record) -> bool:
    """Say whether a record was taken back in its own log."""
    query = f"select 1 from opinion where log = ? and replaces = ? and replaces != '' and kind = 'withdraw' and {_MAY}"
    return connection.execute(query, (opinion.log, opinion.id)).fetchone() is not None


def records_about(
    connection: Index, targets: Iterable[str], patch_ids: Iterable[str], mails: Iterable[str]
) -> list[Record]:  # fmt: skip
    """Return the records on some content, patches or mails, in the order of their logs, with the withdrawals that name them."""
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for column, values in (("target", targets), ("patch_id", patch_ids), ("target_message", mails)):
        known = " and patch_id != ''" if column == "patch_id" else ""
        for part in chunks(set(values)):
            rows = connection.execute(f"select {_COLUMNS}, seq from opinion where {column} in ({marks(part)}){known}", part).fetchall()
            found |= {(row[15], row[1]): row for row in rows}
    for part in chunks({row[0] for row in found.values()}):
        rows = connection.execute(
            f"select {_COLUMNS}, seq from opinion where replaces in ({marks(part)}) and replaces != '' and kind = 'withdraw'", part
        ).fetchall()
        found |= {(row[15], row[1]): row for row in rows}
    return [_record(row) for row in sorted(found.values(), key=lambda row: (row[15], row[-1]))]


def mails_of(connection: Index, series: Iterable[int]) -> list[RecordTarget]:
    """Return the members of some series, and the patches that they take over from the version before."""
    found: list[RecordTarget] = []
    for part in chunks(series):
        rows = connection.execute(
            "select m.message_id, m.target, m.carry, coalesce(m.patch_id, ''), m.n, m.author_name, m.author_email, m.sender_name,"
            " m.sender_email from message m where m.gone = '' and m.kind in ('patch', 'cover', 'pull', 'reply-patch') and"
            f" (m.series in ({marks(part)}) or m.id in (select message from carried where series in ({marks(part)})))"
            " order by m.n, m.posted, m.message_id, m.blob", part + part,
        )  # fmt: skip
        found += [RecordTarget(row[0], row[1], row[2], row[3], row[4], Person(row[5], row[6]), Person(row[7], row[8])) for row in rows]
    return found


NO_SERIES = "its mail is in no series"


def holds_mail(connection: Index, message_id: str) -> bool:
    """Say whether the index holds a mail that was not taken back."""
    return connection.execute("select 1 from message where message_id = ? and gone = '' limit 1", (message_id,)).fetchone() is not None


def older_versions(connection: Index, series: int) -> dict[int, str]:
    """Return the versions that a series follows, nearest first, `MAX_OLDER` at most, with their fingerprints."""
    found: dict[int, str] = {}
    at = series
    while len(found) < MAX_OLDER and (
        row := connection.execute(
            "select o.id, o.fingerprint from series s join series o on o.message_id = s.previous where s.id = ?"
            " order by o.posted, o.fingerprint",
            (at,),
        ).fetchone()
    ):
        at = row[0]
        if at in found or at == series:
            break
        found[at] = row[1]
    return found


def content_of(connection: Index, series: int) -> dict[str, str]:
    """Return what a question about a mail of a series is about: its content by Message-ID, that of the whole series under ""."""
    rows = connection.execute("select message_id, target from message where series = ?", (series,)).fetchall()
    return dict(rows) | {"": fingerprint_of(connection, series) or ""}


def fingerprint_of(connection: Index, series: int) -> str | None:
    """Return the fingerprint of a series, None where it is gone."""
    row = connection.execute("select fingerprint from series where id = ?", (series,)).fetchone()
    return row[0] if row else None


def policies_of(connection: Index, series: int) -> list[str]:
    """Return the policies of the lists that a series came to, those that they must satisfy among them."""
    rows = connection.execute(
        "select distinct name from list_pack p join series_list l on l.list = p.list where l.series = ? order by name", (series,)
    )
    return [row[0] for row in rows]


_FINDING = "position, id, code, pack, rule, target, basis, message, n, cured, judged_by, also, demand"


def findings_of(connection: Index, series: int) -> list[tuple[Any, ...]]:
    """Return position and what `opinion.matching.FindingContext` holds of each finding of a series."""
    rows = connection.execute(f"select {_FINDING} from finding where series = ? order by position", (series,)).fetchall()
    return [(*row[:-3], tuple(row[-3].split()), tuple(row[-2].split()), _demand(row[-1])) for row in rows]


def _demand(text: str) -> Demand | None:
    if not text:
        return None
    row = json.loads(text)
    return Demand(row["needs"], row["role"], tuple(row["distinct_from"]), tuple(row["not_by"]))


def set_standing(
    connection: Index, series: int, stands: Iterable[Stand],
    findings: list[tuple[int, str, dict[str, int]]], totals: dict[str, int],
) -> None:  # fmt: skip
    """Store where records stand for a series, and its findings with them; within a transaction."""
    connection.execute("delete from standing where series = ?", (series,))
    connection.executemany(
        f"insert or replace into standing values ({marks([None] * 8)})",
        [(series, s.record.log, s.record.commit, s.finding, s.message_id, s.state.value, s.why, " ".join(s.waiting)) for s in stands],
    )
    connection.executemany(
        "update finding set status = ?, agree = ?, disagree = ?, unsure = ? where series = ? and position = ?",
        [(word, *(tally[kind] for kind in ("agree", "disagree", "unsure")), series, at) for at, word, tally in findings],
    )
    counted = dict.fromkeys(("error", "warn", "ask", "info"), 0)
    for severity, number in connection.execute(
        f"select severity, count(*) from finding where series = ? and status in {OPEN_ONES} group by severity",
        (series,),
    ):
        counted[severity] = number
    both = counted | totals
    connection.execute(f"update series set {', '.join(f'{name} = :{name}' for name in both)} where id = :id", both | {"id": series})
    connection.execute("delete from unsettled where series = ?", (series,))


_STAND = f"{', '.join('o.' + name for name in _COLUMNS.split(', '))}, t.finding, t.message_id, t.state, t.why, t.waiting"


def _stand(row: tuple[str, ...], content: Mapping[str, str]) -> Stand:
    """Return where a record stands from a row of `_STAND`; `content` is what `content_of` its series gives."""
    record = _record(row[:18])
    finding, message_id, state, why, waiting = row[18:]
    question = question_key(content.get(message_id, record.target), finding)
    return Stand(record, finding, message_id, Standing(state), why, tuple(waiting.split()), question)


def standings(connection: Index, ids: Iterable[int]) -> dict[int, list[Stand]]:
    """Return where the records about some series stand for them, by time; nothing for one that nobody spoke of."""
    found: dict[int, list[Stand]] = {}
    content: dict[int, Mapping[str, str]] = {}
    for part in chunks(ids):
        rows = connection.execute(
            f"select {_STAND}, t.series from standing t join opinion o using (log, commit_id) where t.series in ({marks(part)})"
            " order by t.series, o.time, o.log, o.seq", part,
        ).fetchall()  # fmt: skip
        for row in rows:
            series = row[-1]
            if series not in content:
                content[series] = content_of(connection, series)
            found.setdefault(series, []).append(_stand(row[:-1], content[series]))
    return found


def standing_of(connection: Index, series: int) -> list[Stand]:
    """Return where the records about a series stand for it, by time."""
    return standings(connection, [series]).get(series, [])


def newest_stand(connection: Index, record: Record) -> Stand | None:
    """Return where a record stands for the newest series that it is about, None where it is about none."""
    row = connection.execute(
        f"select {_STAND} from standing t join opinion o using (log, commit_id) join series s on s.id = t.series"
        " where t.log = ? and t.commit_id = ? order by s.posted desc, s.message_id", (record.log, record.commit),
    ).fetchone()  # fmt: skip
    return replace(_stand(row, {}), question=question_key(record.target, record.finding.id)) if row else None


def requests(connection: Index) -> list[tuple[int, Stand]]:
    """Return the requests that stand for a series that no newer version replaced, each with that series."""
    rows = connection.execute(
        f"select {_STAND}, t.series from opinion o join standing t using (log, commit_id) join series s on s.id = t.series"
        " where o.kind = 'ask' and t.state in ('asked', 'answered') and not s.superseded order by o.time, o.log, o.seq"
    )
    return [(row[-1], _stand(row[:-1], {})) for row in rows]


def reviewers(connection: Index) -> list[str]:
    """Return the addresses of those who gave opinions that can be believed, those who gave most first."""
    rows = connection.execute(
        f"select lower(reviewer_email) as who from opinion where {_MAY} and reviewer_email != '' group by who order by count(*) desc, who"
    )
    return [row[0] for row in rows]


def any_records(connection: Index) -> bool:
    """Say whether the index holds any record."""
    return connection.execute("select 1 from opinion limit 1").fetchone() is not None


def count_by_reviewer(connection: Index) -> dict[str, int]:
    """Return how many records of each reviewer may count."""
    return dict(connection.execute(f"select lower(reviewer_email) as who, count(*) from opinion where {_MAY} group by who").fetchall())


def published_ids(connection: Index) -> dict[tuple[str, str], str]:
    """Return under which Message-IDs who published opinions, each with the record that it says."""
    rows = connection.execute(f"select fields, reviewer_email from opinion where kind = 'published' and {_MAY} order by log, seq")
    read = [(json.loads(row[0]), row[1].casefold()) for row in rows]
    return {(fields.get("Published", ""), who): fields.get("Answers", "") for fields, who in read}


def load_verdicts(connection: Index) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what signatures were found to be worth, by commit and by the keys that decided it."""
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute("select commit_id, keys, signed, trouble from verified")}


def store_verdicts(connection: Index, verdicts: dict[tuple[str, str], tuple[str, str]]) -> None:
    """Keep what signatures were found to be worth; within a transaction."""
    connection.executemany("insert or ignore into verified values (?, ?, ?, ?)", [(*key, *value) for key, value in verdicts.items()])
