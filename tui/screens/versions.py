# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of a series, any two of them compared patch by patch, and what reviewers said that nobody answered."""

from collections.abc import Collection, Sequence

from textual import work

from triage.model import version_label
from triage.query.versions import Remark, Version
from tui.keys import bindings
from tui.lines import ViewLine
from tui.mail_text import folded
from tui.navigation import Go
from tui.screens.page import PageScreen
from tui.session import Session
from tui.version_lines import block_of, difference_lines, version_lines
from tui.views import SeriesView


class VersionsScreen(PageScreen):
    """The versions of a series, and what changed in each patch; it opens at the patch that one came from."""

    BINDINGS = bindings("versions")

    def __init__(self, session: Session, view: SeriesView, patch: int | None = None) -> None:
        super().__init__(session)
        self.view = view
        self.patch = patch
        self._lines: list[ViewLine] = []
        self._turned: set[str] = set()
        self._unread: dict[str, tuple[int, int]] = {}
        """The blocks whose mails were not read yet, with these."""

    @work
    async def fill(self) -> None:
        """Compare the versions off the UI thread: down to the one that one came from, then all of them with what was said of them."""
        self.put("#title", f" versions: {self.view.line.subject}")
        name = self.view.line.message_id
        newest = await self.off_thread("comparing versions", lambda: self.session.newest_versions(name))
        if newest is None:
            return
        self._show(newest, ())
        found = await self.off_thread("comparing versions", lambda: (self.session.versions(name), self.session.remarks(name)))
        if found is not None:
            self._take(*found)
            self._again("")

    def _take(self, rows: Sequence[Version], remarks: Sequence[Remark]) -> None:
        """Make the lines of other versions; blocks that were read are kept open."""
        self._unread = {block_of(row, at): patch.rows for row in rows for at, patch in enumerate(row.patches)
                        if patch.rows and patch.difference is None}  # fmt: skip
        kept = {line.fold: [one for one in self._lines if one.fold == line.fold] for line in self._lines if line.fold in self._unread}
        self._lines = version_lines(rows, remarks)
        for name, lines in kept.items():
            self._insert(name, lines)

    def _insert(self, name: str, lines: list[ViewLine]) -> None:
        at = next(row for row, line in enumerate(self._lines) if line.opens == name)
        self._lines[at + 1 : at + 1] = lines
        del self._unread[name]

    def _show(self, rows: Sequence[Version], remarks: Sequence[Remark]) -> None:
        self._lines, self._turned = [], set()
        self._take(rows, remarks)
        shown = folded(self._lines, ())
        self.show_lines(shown)
        this = next((row for row, line in enumerate(shown) if "this one" in line.text), 0)
        at = next((row for row, line in enumerate(shown) if row > this and self.patch is not None and line.number == self.patch), this)
        if at:
            self.target().jump(at)

    @work
    async def action_pair(self) -> None:
        """Ask which two versions to compare, the older one first."""
        versions = self.view.versions
        if len(versions) < 2:
            self.say("there is only one version here")
            return
        rows = [f"{version_label(version, bool(rfc)):<6} {name}" for _, name, version, rfc, _ in versions]
        old = await self.choose("Compare: the older version", rows, max(0, len(rows) - 2))
        new = None if old is None else await self.choose("Compare: the newer version", rows, len(rows) - 1)
        if old is None or new is None or old == new:
            return
        row = await self.off_thread("comparing versions", lambda: self.session.compared(versions[old][1], versions[new][1]))
        if row is not None:
            self.put("#title", f" {rows[old].split()[0]} against {rows[new].split()[0]}: {self.view.line.subject}")
            self._show([row], ())

    @work
    async def action_fold(self) -> None:
        """Open or fold what changed in the patch at the cursor, or open the mail of a remark."""
        at = self.target().current
        name = (at.opens or at.fold) if at else ""
        if name.startswith("mail:"):
            self.post_message(Go("mail", finding=name.removeprefix("mail:")))
        elif name and await self._read({name}):
            self._turned ^= {name}
            self._again(name)

    @work
    async def action_fold_all(self) -> None:
        """Open or fold all patches."""
        names = {line.fold for line in self._lines if line.fold} | set(self._unread)
        opened = self._turned >= names
        if opened or await self._read(names):
            self._turned = set() if opened else names
            at = self.target().current
            self._again((at.opens or at.fold) if at else "")

    async def _read(self, names: Collection[str]) -> bool:
        """Read what changed in some patches, where it was not read yet; returns whether it is there now."""
        missing = {name: self._unread[name] for name in names if name in self._unread}
        if not missing:
            return True
        found = await self.off_thread("comparing patches", lambda: self.session.differences(missing.values()))
        if found is None:
            return False
        lines = {name: difference_lines(name, found[rows]) for name, rows in missing.items()}
        filled: list[ViewLine] = []
        for line in self._lines:
            filled += [line, *lines.get(line.opens, ())]
        self._lines = filled
        for name in missing:
            self._unread.pop(name, None)
        return True

    def _again(self, name: str) -> None:
        text = self.target()
        text.show(folded(self._lines, self._turned), text.line, keep=not name)
        start = next((row for row, line in enumerate(text.lines) if name and line.opens == name), None)
        if start is not None:
            text.go(start)
        self.refresh_status()

    def action_patch(self, direction: int) -> None:
        """Go to the next or previous patch."""
        if not self.target().jump_to([row for row, line in enumerate(self.target().lines) if line.number is not None], direction):
            self.say("no further patch")

    def action_hunk(self, direction: int) -> None:
        """Go to the next or previous hunk that is open."""
        self.target().jump_to([row for row, line in enumerate(self.target().lines) if line.text.strip().startswith("@@")], direction)
