# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads: what hangs together by the ids that mails name."""

from triage.series.threads import join


def test_threads_join_whatever_comes_first() -> None:
    mails = [("c", ("b", "a")), ("a", ()), ("x", ()), ("b", ("a",)), ("loop", ("loop2",)), ("loop2", ("loop",))]
    whole = join(mails, {}, 1)  # type: ignore[arg-type]
    threads: dict[str, set[str]] = {}
    known: dict[str, int] = {}
    for mail_ in mails:
        step = join([mail_], known, max(known.values(), default=0) + 1)  # type: ignore[list-item, arg-type]
        known.update(step.thread_of)
        known = {k: step.merged.get(v, v) for k, v in known.items()}
    for item, thread in known.items():
        threads.setdefault(str(thread), set()).add(item)
    assert sorted(map(sorted, threads.values())) == [["a", "b", "c"], ["loop", "loop2"], ["x"]]
    assert len(set(whole.thread_of.values())) == 3
