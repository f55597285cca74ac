# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists and archives in the index: what was added, how far each unit was read, how its entries ended."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from triage.model.archive import COSTLY, OUTCOMES, ListSpec, PackUsed
from triage.model.errors import OutdatedError
from triage.store.schema import Index, open_index
from triage.store.tables import DERIVED, LOOKED, LOOKING


def check_derived(connection: Index) -> None:
    """Raise `OutdatedError` where the rows were made by another reader than this program's."""
    row = connection.execute("select value from meta where key = 'derived'").fetchone()
    if row and row[0] != DERIVED:
        raise OutdatedError("the index was made by another version of triage", "run `triage ingest` or `triage db rebuild`")


def sync_list(connection: Index, spec: ListSpec) -> tuple[int, list[int]]:
    """Bring one list's rows up to what the user added; returns its id and those of its archives."""
    connection.execute(
        "insert into list (name, policy, url) values (?, ?, ?) on conflict (name) do update set policy = excluded.policy,"
        " url = excluded.url where policy != excluded.policy or url != excluded.url", (spec.name, spec.policy, spec.url),
    )  # fmt: skip
    list_id = connection.execute("select id from list where name = ?", (spec.name,)).fetchone()[0]
    ids: list[int] = []
    for place in spec.places:
        connection.execute("insert or ignore into archive (list, kind, path) values (?, ?, ?)", (list_id, place.kind, str(place.path)))
        ids.append(connection.execute("select id from archive where list = ? and path = ?", (list_id, str(place.path))).fetchone()[0])
    return list_id, ids


def note_packs(connection: Index, list_id: int, packs: Sequence[PackUsed]) -> bool:
    """Have a list's series judged again where what they are judged by changed; returns whether it did.

    A pack without a digest cannot be read: nothing is judged by it until it can, and then everything again.
    """
    rows = [(list_id, at, one.name, one.pack, one.digest, one.tag) for at, one in enumerate(packs)]
    if connection.execute("select * from list_pack where list = ? order by position", (list_id,)).fetchall() != rows:
        connection.execute("delete from list_pack where list = ?", (list_id,))
        connection.executemany("insert into list_pack values (?, ?, ?, ?, ?, ?)", rows)
    digest = digest_of(packs)
    key = f"pack:{list_id}"
    row = connection.execute("select value from meta where key = ?", (key,)).fetchone()
    if row and row[0] == digest:
        return False
    connection.execute("insert or replace into meta values (?, ?)", (key, digest))
    if row and digest:
        connection.execute(
            "insert or ignore into dirty select distinct m.thread from message m join message_list l on l.message = m.id where l.list = ?",
            (list_id,),
        )
    return bool(row and digest)


def digest_of(packs: Sequence[PackUsed]) -> str:
    """Return one digest for all that a list is judged by, "" where one of them cannot be read."""
    from hashlib import sha256

    digests = [one.digest for one in packs]
    return "" if "" in digests else digests[0] if len(digests) == 1 else sha256("\0".join(digests).encode()).hexdigest()


FileState = list[str | int]
"""A file's name with what changes when the file does, nothing more for one that is not there."""


def states_of(paths: Iterable[Path]) -> list[FileState]:
    """Return the state of some files, as they are now."""
    return [_as_it_is(str(path)) for path in sorted(set(paths))]


def note_files(connection: Index, list_id: int, states: list[FileState]) -> None:
    """Remember the state that the files had by which a list is judged; to be called inside a transaction."""
    connection.execute("insert or replace into meta values (?, ?)", (f"files:{list_id}", json.dumps(states)))


def files_as_seen(connection: Index, name: str) -> bool:
    """Say whether the files that a list is judged by are known, and all as they were then."""
    row = connection.execute("select value from meta join list on key = 'files:' || list.id where name = ?", (name,)).fetchone()
    states = json.loads(row[0]) if row else []
    return bool(states) and all(seen == _as_it_is(seen[0]) for seen in states)


def _as_it_is(path: str) -> FileState:
    try:
        found = os.stat(path)
    except OSError:
        return [path]
    return [path, found.st_mtime_ns, found.st_size, found.st_ino]


def forget_packs(connection: Index, policies: list[str]) -> None:
    """Have the lists of policies that cannot be read judged whole again once they can; to be called inside a transaction."""
    for policy in policies:
        connection.execute(
            "update meta set value = '' where key in (select 'pack:' || list from list_pack where name = ?) and value != ''", (policy,)
        )


def note_policy_changes(connection: Index, name: str, changes: list[dict[str, str]]) -> None:
    """Keep what the last change of a list's policy did, to be read again; to be called inside a transaction."""
    connection.execute("insert or replace into meta values (?, ?)", (f"policy-changes:{name}", json.dumps(changes)))


def policy_changes(connection: Index, name: str) -> list[dict[str, str]]:
    """Return what the last change of a list's policy did; empty where it never changed."""
    row = connection.execute("select value from meta where key = ?", (f"policy-changes:{name}",)).fetchone()
    return list(json.loads(row[0])) if row else []


def policies(connection: Index) -> dict[int, tuple[str, ...]]:
    """Return the names of the packs that each list is judged by, its own first."""
    found: dict[int, tuple[str, ...]] = {}
    for list_id, name in connection.execute("select list, name from list_pack order by list, position"):
        found[list_id] = (*found.get(list_id, ()), name)
    return found


def unit_state(connection: Index, archive_id: int, unit: str) -> tuple[str, str]:
    """Return the cursor and the stamp of a unit, both "" for one never read."""
    row = connection.execute("select cursor, stamp from unit where archive = ? and name = ?", (archive_id, unit)).fetchone()
    return (row[0], row[1]) if row else ("", "")


def lost_mails(connection: Index, archive_id: int, unit: str) -> list[str]:
    """Return the blobs of a unit's mails whose bytes were missing when it was read."""
    rows = connection.execute(
        "select blob from entry where outcome = 'unreadable' and archive = ? and unit = ? and not former order by id", (archive_id, unit)
    )
    return [row[0] for row in rows]


def has_costly(connection: Index, archive_id: int, unit: str) -> bool:
    """Say whether a unit holds mail that took more time or memory than one mail may."""
    query = "select 1 from entry where outcome = 'quarantined' and archive = ? and unit = ? and reason like ? limit 1"
    return connection.execute(query, (archive_id, unit, f"{COSTLY}%")).fetchone() is not None


def cursors(index: Path, name: str, path: Path) -> dict[str, tuple[str, str]]:
    """Return cursor and stamp of each unit of an archive; raises `ConfigError` for a foreign database."""
    with closing(open_index(index)) as connection:
        rows = connection.execute(
            "select u.name, u.cursor, u.stamp from unit u join archive a on a.id = u.archive join list l on l.id = a.list"
            " where l.name = ? and a.path = ?", (name, str(path)),
        )  # fmt: skip
        return {unit: (cursor, stamp) for unit, cursor, stamp in rows}


def is_unread(connection: Index) -> bool:
    """Say whether nothing of any archive was ever read."""
    return connection.execute("select 1 from unit limit 1").fetchone() is None


def is_new(connection: Index, archive_id: int) -> bool:
    """Say whether nothing of an archive was read yet, or a first look at its newest mail was cut off."""
    row = connection.execute(f"select 1 from unit where archive = ? and stamp != '{LOOKING}' limit 1", (archive_id,)).fetchone()
    return row is None


def looked_at(connection: Index, archive_id: int) -> list[str]:
    """Return the units of an archive of which only the newest entries were taken in."""
    rows = connection.execute("select name from unit where archive = ? and stamp in (?, ?)", (archive_id, LOOKING, LOOKED))
    return [row[0] for row in rows]


def pending(connection: Index, archive_id: int) -> int:
    """Return how many entries of an archive wait for a later run, its newest having been read first."""
    return int(connection.execute("select coalesce(sum(pending), 0) from unit where archive = ?", (archive_id,)).fetchone()[0])


def pending_by_path(connection: Index) -> dict[tuple[str, str], int]:
    """Return by list and path of the archive how many entries wait for a later run, none for what was read whole."""
    rows = connection.execute(
        "select list.name, a.path, sum(u.pending) from unit u join archive a on a.id = u.archive join list on list.id = a.list"
        " where u.pending > 0 group by a.id"
    )
    return {(name, path): number for name, path, number in rows}


def ensure_unit(connection: Index, archive_id: int, unit: str) -> None:
    """Make the row of a unit that is read for the first time."""
    connection.execute("insert or ignore into unit (archive, name) values (?, ?)", (archive_id, unit))


def totals(connection: Index, archive_id: int) -> dict[str, int]:
    """Return how all entries of an archive ended, over all runs; the numbers of a sum, and what was withdrawn."""
    row = connection.execute(
        "select coalesce(sum(entries), 0), coalesce(sum(parsed), 0), coalesce(sum(duplicate), 0), coalesce(sum(deleted), 0),"
        " coalesce(sum(quarantined), 0), coalesce(sum(unreadable), 0) from unit where archive = ?", (archive_id,),
    ).fetchone()  # fmt: skip
    withdrawn = connection.execute(
        "select count(*) from message m cross join archive a join message_list l on l.message = m.id and l.list = a.list"
        " where m.gone = 'withdrawn' and a.id = ?", (archive_id,),
    ).fetchone()[0]  # fmt: skip
    return dict(zip(("entries", *OUTCOMES), row, strict=True)) | {"withdrawn": withdrawn}


def counted_and_kept(connection: Index) -> list[tuple[str, int, int]]:
    """Return each unit's name, its count of entries, and how many entry rows there are."""
    return connection.execute(
        "select list.name || ' ' || u.name, u.entries, (select count(*) from entry e where e.archive = u.archive and e.unit = u.name"
        " and not e.former)"
        " from unit u join archive a on a.id = u.archive join list on list.id = a.list"
    ).fetchall()


def forget_list(connection: Index, name: str) -> None:
    """Remove a list and all that only it held; to be called inside a transaction."""
    row = connection.execute("select id from list where name = ?", (name,)).fetchone()
    if row is None:
        return
    list_id = row[0]
    connection.execute(
        "insert or ignore into dirty select distinct m.thread from message m join message_list l on l.message = m.id where l.list = ?",
        (list_id,),
    )
    connection.execute("delete from message_list where list = ?", (list_id,))
    for table in ("entry", "unit"):
        connection.execute(f"delete from {table} where archive in (select id from archive where list = ?)", (list_id,))
    connection.execute("delete from archive where list = ?", (list_id,))
    connection.execute("delete from series_list where list = ?", (list_id,))
    orphans = "select id from message m where not exists (select 1 from message_list l where l.message = m.id)"
    series = f"select distinct series from message where series is not null and id in ({orphans})"
    connection.execute(f"insert or ignore into dirty select distinct thread from message where id in ({orphans})")
    connection.execute(f"create temp table gone_series as {series}")
    connection.execute(f"delete from carried where message in ({orphans})")
    for table in ("finding", "link", "carried", "series_list", "standing", "unsettled", "heir"):
        connection.execute(f"delete from {table} where series in (select series from gone_series)")
    connection.execute("update message set series = null where series in (select series from gone_series)")
    connection.execute("delete from series where id in (select series from gone_series)")
    connection.execute("drop table gone_series")
    connection.execute(  # what followed them follows nothing now, until it is linked again
        "update series set topic = '' where previous is not null and previous not in (select message_id from series)"
    )
    connection.execute(f"update entry set message = null where message in ({orphans})")
    connection.execute(f"delete from message where id in ({orphans})")
    connection.execute("delete from thread where thread not in (select thread from message)")
    connection.execute("delete from dirty where thread not in (select thread from message)")
    connection.execute("delete from meta where key in (?, ?)", (f"pack:{list_id}", f"files:{list_id}"))
    connection.execute("delete from list_pack where list = ?", (list_id,))
    connection.execute("delete from list where id = ?", (list_id,))


def is_settled(connection: Index) -> bool:
    """Say whether every thread that changed has been judged and linked, and what follows from older versions judged."""
    left = "select 1 from dirty union all select 1 from heir union all select 1 from series where topic = '' limit 1"
    return not connection.execute(left).fetchone()


def list_as_added(connection: Index, spec: ListSpec, digest: str | None) -> list[int]:
    """Return the ids of a list's archives, none where the index knows the list, its policy or its pack otherwise.

    `digest` is that of its packs as they are now, None where they are known to be as they were.
    """
    row = connection.execute(
        "select list.id from list join meta on meta.key = 'pack:' || list.id where name = ? and policy = ? and url = ?"
        " and meta.value = coalesce(?, nullif(meta.value, ''))", (spec.name, spec.policy, spec.url, digest),
    ).fetchone()  # fmt: skip
    if row is None:
        return []
    known = dict(connection.execute("select path, id from archive where list = ?", (row[0],)).fetchall())
    return [known[str(place.path)] for place in spec.places if str(place.path) in known]


def quarantined(connection: Index) -> Iterator[tuple[str, str, str]]:
    """Yield list, locator and reason of each entry that could not be read."""
    yield from connection.execute(
        "select list.name, e.locator, e.reason from entry e join archive a on a.id = e.archive join list on list.id = a.list"
        " where e.outcome = 'quarantined' and not e.former order by e.id"
    )


def list_names(connection: Index) -> list[tuple[str, tuple[str, ...], str]]:
    """Return name, packs and URL of each list in the index, each list's own pack first."""
    known = policies(connection)
    rows = connection.execute("select id, name, url from list order by name").fetchall()
    return [(name, known.get(list_id, ()), url) for list_id, name, url in rows]
