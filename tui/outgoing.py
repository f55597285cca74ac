# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What leaves the terminal UI: reports, replies, mails for other programs, links; and records that are taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from triage.files import short_path, write_file
from triage.store.errors import DATABASE_ERRORS, database_error
from triage.store.schema import Index, Personal, open_index, open_personal

if TYPE_CHECKING:
    from triage.config import Config, OwnCommand
    from tui.inputs import ReportInput
    from tui.views import Subject


class Outgoing:
    """Makes files of what is shown; every error it raises is a `TriageError`."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.acts: list[tuple[str, str]] = []
        """What was done in this session, oldest first: the record's id, "" for a mark, and in a few words what it says."""

    @contextmanager
    def _databases(self) -> Iterator[tuple[Index, Personal]]:
        """Open both databases for one question; what SQLite raises becomes a sentence."""
        index, notes = open_index(self.config.paths.index), open_personal(self.config.paths.personal)
        with closing(index), closing(notes):
            try:
                yield index, notes
            except DATABASE_ERRORS as error:
                raise database_error(error, self.config.paths.index) from error

    def report(self, told: ReportInput, check: bool = False) -> str:
        """Return the report that the export form asks for; with `check` only say whether one can be made. Raises `TriageError`."""
        from triage.report.make import check_request, make_report
        from triage.report.request import Request

        request = check_request(Request(limit=told.limit, form=told.form, period=told.period, redact=told.redact))
        return "" if check else make_report(self.config, request)

    def export(self, told: ReportInput) -> str:
        """Write a report whole or not at all, and note it in the history of the series it is about; returns where it is."""
        from triage.report.reply import note_export

        write_file(told.path, self.report(told))
        note_export(self.config, told.names, f"exported a report ({told.form})")
        return short_path(told.path)

    def reply_start(self, subject: Subject) -> str:
        """Return what a reply begins with: the project's words on the finding at the cursor, else the mail quoted around the line."""
        from triage.report.reply import reply_start

        return reply_start(self.config, subject.name, subject.finding, subject.line)

    def save_reply(self, name: str, body: str) -> str:
        """Write a reply as a file that the user may send; returns where it is."""
        from triage.report.reply import save_reply

        return short_path(save_reply(self.config, name, body))

    def as_mbox(self, subject: Subject) -> Path:
        """Write the mails of a series as an mbox that other programs open; returns the file, named by nothing of the mail's."""
        from hashlib import sha256

        from triage.archive.mbox import mboxrd
        from triage.archive.reread import raw_mail

        with self._databases() as (index, _):
            mails = [raw_mail(index, stored) for stored in subject.view.mails]
        name = sha256(subject.view.line.message_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        path = self.config.paths.data / "drafts" / f"series-{name}.mbox"
        write_file(path, mboxrd(mails).decode("utf-8", "replace"), private=True)
        return path

    def own_words(self, command: OwnCommand, subject: Subject) -> list[str]:
        """Return the words of an own command for a series, the file with its mails written if it wants one."""
        from tui.handover import own

        return own(command, subject, subject.view.line.lists, lambda: self.as_mbox(subject))

    def links(self, subject: Subject) -> list[str]:
        """Return the http(s) addresses of the mail at the cursor in its archives."""
        if subject.name.startswith("blob:"):
            return []
        from triage.query.message import link_to

        return [link_to(base, subject.name) for base in subject.view.urls if base.startswith(("https://", "http://"))]

    def last_record(self) -> tuple[str, str] | None:
        """Return the record that the last act of this session wrote, and what it says; None where the last act was none."""
        return self.acts[-1] if self.acts and self.acts[-1][0] else None

    def take_back(self, record: str) -> None:
        """Withdraw a record; what was done before it is the last act then."""
        from triage.opinion.give import withdraw

        withdraw(self.config, record)
        self.acts = [act for act in self.acts if act[0] != record]
