# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule kinds `paths`, `size`, `cover-letter` and `versions`: what a patch touches and adds, how a series comes."""

from collections.abc import Iterator

from triage.model import FileChange, Finding, Kind, Severity
from triage.policy.agent_files import NAMED, is_agent_file
from triage.policy.pack import Rule, glob_matches
from triage.policy.rules.case import Case, finding


def paths(case: Case, rule: Rule) -> Iterator[Finding]:
    """Files that a project keeps out, or wants looked at."""
    op = rule.parameters["op"]
    statuses = {"added": {"added"}, "modified": {"modified", "renamed"}}.get(
        rule.parameters.get("applies_to", ""), {"added", "modified", "renamed"}
    )
    globs = [glob for glob in rule.parameters["globs"] if glob != NAMED]
    instructing = len(globs) < len(rule.parameters["globs"])
    for message in case.patches(rule):
        for change in message.files:
            if change.status in statuses and (glob_matches(change.path, globs) or (instructing and is_agent_file(change.path))):
                code = "AI014" if op == "forbid" else "AI013"
                keeps = op == "only-preventive" and change.note == "preventive"
                asks = ": by its words it only keeps agents away." if keeps else ": does it only prevent AI use?"
                says = f"{change.path} is {change.status} ({_lines(change)}){asks if op == 'only-preventive' else '.'}"
                severity = Severity.INFO if keeps else None
                yield finding(case, rule, code, message, says, region="diff", quote=change.path, severity=severity)


def _lines(change: FileChange) -> str:
    return f"{change.added} line{'' if change.added == 1 else 's'} added"


def size(case: Case, rule: Rule) -> Iterator[Finding]:
    """More than a project takes at once: lines or files of a patch, or patches of a series."""
    most, what = rule.parameters["max_added"], rule.parameters.get("count", "lines")
    spoken_of = list(case.patches(rule))
    if what == "patches":
        if len(spoken_of) > most:
            says = f"{len(spoken_of)} patches, at most {most} are taken."
            yield finding(case, rule, "AI014", case.series.first, says, region="series", key="patches")
        return
    for message in spoken_of:
        counted = [change for change in message.files if not glob_matches(change.path, rule.parameters.get("exclude", []))]
        number = len(counted) if what == "files" else sum(change.added for change in counted)
        if number > most:
            left_out = f", {len(message.files) - len(counted)} files not counted" if len(counted) < len(message.files) else ""
            says = f"{number} {what} {'added' if what == 'lines' else 'touched'}, at most {most} are taken{left_out}."
            yield finding(case, rule, "AI014", message, says, region="diff", key=what)


UNWRITTEN = "*** SUBJECT HERE ***"
"""The subject of a cover letter as `git format-patch --cover-letter` makes it."""


def cover_letter(case: Case, rule: Rule) -> Iterator[Finding]:
    """A series of many patches that nothing introduces: told once, of its first mail; a pull request introduces itself.

    Where patches did not come here, or all answer one mail that did not, the cover letter may lie elsewhere too: nothing is said.
    """
    above, series = rule.parameters["above"], case.series
    pull = series.first.kind is Kind.PULL or series.first.subject.is_pull
    unwritten = series.cover is not None and series.cover.subject.title == UNWRITTEN
    missing = series.cover is None and series.complete and not _answers_what_is_not_here(case)
    if (missing or unwritten) and not pull and series.total > above and case.speaks_of(rule, series.first):
        cover = "a cover letter that was not filled in" if unwritten else "no cover letter"
        says = f"{series.total} patches and {cover}; more than {above} need one."
        yield finding(case, rule, "FMT005", series.first, says, region="series", key="cover")


def _answers_what_is_not_here(case: Case) -> bool:
    """Whether all patches of a series answer one mail, as they answer their cover letter, and it did not come here."""
    answered = {patch.parents[:1] for patch in case.series.patches}
    return len(answered) == 1 and all(parents and parents[0] not in case.mails for parents in answered)


def versions(case: Case, rule: Rule) -> Iterator[Finding]:
    """A new version that came too soon after the one before, or in another place than is asked for."""
    before, first = case.before, case.series.first
    if before is None or not case.speaks_of(rule, first):
        return
    hours, thread = rule.parameters.get("hours", 0), rule.parameters.get("thread", "")
    passed = first.posted - before.posted
    if 0 <= passed < hours * 3600:
        says = f"This version came {passed // 3600} hours after the one before; {hours} are asked for."
        yield finding(case, rule, "FMT006", first, says, region="series", key="hours")
    below = bool(before.ids & set(first.parents))
    if thread and below is (thread == "apart"):
        says = (
            "in the thread of the one before; it belongs into one of its own" if below else "apart from the one before; it belongs below it"
        )
        yield finding(case, rule, "FMT006", first, f"This version was sent {says}.", region="series", key="thread")
