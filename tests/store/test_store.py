# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit language: each word compiles to what it says, a wrong one is named with the nearest right one."""

import time
from contextlib import closing

import pytest

from triage.config import Config
from triage.model import State
from triage.model.errors import UsageError
from triage.store import links, personal, selecting
from triage.store.limit import parse_limit
from triage.store.personal import Turn
from triage.store.schema import open_index, open_personal
from triage.store.transaction import transaction


def found(config: Config, limit: str) -> set[str]:
    now = int(time.time())
    with closing(open_index(config.paths.index)) as index, closing(open_personal(config.paths.personal)) as notes:
        ids = selecting.series_ids(index, notes, parse_limit(limit, now), now)
        return {index.execute("select message_id from series where id = ?", (i,)).fetchone()[0].removesuffix("@example.org") for i in ids}


@pytest.mark.parametrize(
    ("limit", "names"),
    [
        ("rule:DCO002", {"below"}), ("rule:signoff-dropped", {"below"}), ("rule:AI002", {"hw-doubted"}),
        ("from:finn flag:error", {"hw-admitted", "borrowed"}), ("flag:error -from:finn list:emulator", {"hw-trailer", "hw-cover-0", "hw-exception", "hw-unsigned"}),
        ("path:lid.c rule:AI", {"hw-trailer"}), ("tool:chatgpt", {"hw-admitted", "tail"}), ('"shared kettle"', {"borrowed"}), ("is:pull", {"pull"}),
        ("is:rfc", {"rfc-0"}), ("samowar", {"rfc-0"}), ("id:teapot-v1-2@example.org", {"teapot-v1-0"}), ("is:superseded", {"teapot-v1-0"}),
        ("topic:teapot-v1-0@example.org", {"teapot-v1-0", "teapot-v2-0"}), ("status:cured", {"forgotten"}), ("to:emulator from:gregor", {"hw-unsigned"}),
        ("not flag:none rule:DCO01", {"misspelt", "rfc-0", "order"}), ("100%", set()), ("arr[i]", {"unsigned"}), ("\"'; drop table series; --\"", set()),
        ("code:DCO002", {"below"}), ("severity:error from:finn", {"hw-admitted", "borrowed"}), ("rule:sob-rfc", {"rfc-0"}), ("is:first list:emulator", {"hw-address"}),
        ("rule:qemu/sob", {"hw-unsigned"}), ("rule:qemu/nothing", set()), ("state:done", set()), ("state:new is:rfc", {"rfc-0"}), ("age:<1m", set()), ("op:any", set()),
    ],
)  # fmt: skip
def test_limits(demo: Config, limit: str, names: set[str]) -> None:
    assert found(demo, limit) == names


@pytest.mark.parametrize(
    ("limit", "hint"),
    [("flg:error", "flag"), ("flag:eror", "error"), ("state:nwe", "new"), ("age:soon", "age:<7d"), ('"open', "quotation"), ("op:yes", "one of"),
     ("is:done", "one of"), ("status:closed", "one of"), ("flag:AI03", "write code:AI03")],
)  # fmt: skip
def test_a_wrong_word_is_named_with_the_nearest(limit: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        parse_limit(limit, 0)


def test_states_come_back_when_a_series_changes(demo: Config) -> None:
    path = demo.paths.personal
    with closing(open_index(demo.paths.index)) as index:
        activity, fingerprint = index.execute(
            "select activity, fingerprint from series where message_id = 'unsigned@example.org'"
        ).fetchone()

    def note(state: State, activity: int, until: int | None = None, fingerprint: str = fingerprint) -> None:
        with closing(open_personal(path, write=True)) as notes, transaction(notes, path):
            personal.set_mark(notes, ["unsigned@example.org"], personal.Mark(state, activity, fingerprint, until), 0)

    note(State.DONE, activity)
    assert found(demo, "state:done") == {"unsigned"}
    note(State.DONE, activity - 1)
    assert found(demo, "state:updated") == {"unsigned"}
    note(State.DONE, activity, fingerprint="other content")
    assert found(demo, "state:updated") == {"unsigned"}
    note(State.SNOOZED, activity, until=2**40)
    assert found(demo, "state:snoozed") == {"unsigned"}
    note(State.SNOOZED, activity, until=1)
    assert found(demo, "state:updated") == {"unsigned"}


def test_a_mark_on_any_mail_of_a_series_counts(demo: Config) -> None:
    path = demo.paths.personal
    with closing(open_index(demo.paths.index)) as index:
        activity, fingerprint = index.execute("select activity, fingerprint from series where message_id = 'llm-0@example.org'").fetchone()
    with closing(open_personal(path, write=True)) as notes, transaction(notes, path):
        personal.set_mark(notes, ["llm-2@example.org"], personal.Mark(State.DONE, activity, fingerprint, None), 0)
    assert found(demo, "state:done") == {"llm-0"}


def test_files_are_for_their_owner_only(demo: Config) -> None:
    open_personal(demo.paths.personal, write=True).close()
    for path in (demo.paths.index, demo.paths.personal):
        assert path.stat().st_mode & 0o077 == 0


def test_reading_makes_no_file(config: Config) -> None:
    with closing(open_index(config.paths.index)) as index:
        assert index.execute("select count(*) from series").fetchone()[0] == 0
    assert not config.paths.data.exists()


def test_a_list_begins_as_all_of_it_does(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as index, closing(open_personal(demo.paths.personal)) as notes:
        now = selecting.series_ids(index, notes, parse_limit("", 0), 0)
        assert len(now) > 20
        for limit in ("", "not is:superseded", "severity:warn", "from:ada", "is:superseded"):
            wanted = parse_limit(limit, 0)
            every = selecting.series_ids(
                index, notes, wanted, 0, "attention", {now[3]: Turn(True), now[5]: Turn(False, 1)}, "cora@example.org"
            )
            for most in (1, 5, 1000):
                first = selecting.first_series(
                    index, notes, wanted, 0, most, {now[3]: Turn(True), now[5]: Turn(False, 1)}, "cora@example.org"
                )
                assert first == every[:most]


def test_how_a_list_begins_is_given_up_where_it_takes_long(demo: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "OFTEN", 10)
    with closing(open_index(demo.paths.index)) as index, closing(open_personal(demo.paths.personal)) as notes:
        wanted = parse_limit("from:nobody-at-all", 0)
        assert selecting.first_series(index, notes, wanted, 0, 20, seconds=0) == []
        assert selecting.first_series(index, notes, parse_limit("", 0), 0, 20, seconds=0) == []
        assert len(selecting.first_series(index, notes, parse_limit("", 0), 0, 20, seconds=30)) == 20
        assert len(selecting.series_ids(index, notes, parse_limit("", 0), 0)) > 20


def test_what_is_read_some_at_a_time_is_read_in_the_order_of_an_index(demo: Config) -> None:
    """A batch that sorted all that is left would have a list cost the square of its length."""
    asked: list[str] = []
    with closing(open_index(demo.paths.index)) as index, closing(open_personal(demo.paths.personal)) as notes:
        index.set_trace_callback(asked.append)
        links.unlinked(index, 250)
        next(selecting.each_series(index, notes, parse_limit("", 0), 0))
        selecting.first_series(index, notes, parse_limit("", 0), 0, 20)
        index.set_trace_callback(None)
        ordered = [query for query in asked if " order by " in query]
        assert len(ordered) >= 5
        for query in ordered:
            assert not any("ORDER BY" in row[3] for row in index.execute(f"explain query plan {query}")), query
