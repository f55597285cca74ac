# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form for a second opinion: about what, which verdict, why."""

import textwrap

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, Input, OptionList, Static, TextArea

from triage.model.text import safe
from triage.model.verdicts import NEEDS_REASON, SAID
from triage.opinion.drafts import draft_key
from tui.glyphs import glyphs
from tui.inputs import OpinionInput
from tui.lines import ViewLine, line_of, piece
from tui.render import literal, opinion_text, where_of
from tui.screens.form import Form, title
from tui.session import Session
from tui.views import Subject
from tui.widgets.choice_list import ChoiceList
from tui.widgets.fields import Area, Field
from tui.widgets.painted import Bar

TOOL = "which tool helped you to review, and how; `none` where none did"
NOBODY = "cannot be saved: git does not know who you are. Run `git config --global user.email YOU@HOST`, then save"
VERDICTS = (
    ("agree", "agree      yes"),
    ("disagree", "disagree   no"),
    ("unsure", "unsure     looked, cannot tell"),
    ("confirm", "confirm    decide: the finding stands"),
    ("dismiss", "dismiss    decide: the finding is wrong here"),
    ("waive", "waive      decide: it is right and accepted"),
)


class About(Struct, frozen=True):
    """One thing that an opinion may be about: the mail that names it, a finding, or a line of the mail."""

    name: str
    label: str
    question: str
    finding: str = ""
    line: int | None = None


def abouts(subject: Subject) -> list[About]:
    """Return what an opinion may be about: the whole series, the patch and the line at the cursor, and each finding."""
    view, mail = subject.view, subject.mail
    found = [About(view.line.message_id, "the whole series", "is this series fine?")]
    if mail and mail.message.is_member:
        number = 1 if mail.message.subject.n is None else mail.message.subject.n
        if mail.message.message_id != view.line.message_id:
            found.append(About(mail.message.message_id, f"patch {number}/{view.line.total}", "is this patch fine?"))
        if subject.line:
            label = f"line {subject.line} of {number}/{view.line.total}: {subject.quote}"
            found.append(About(mail.message.message_id, label, "is this line fine?", line=subject.line))
    for item in view.findings:
        spot = f"{where_of(item, view.line.total)} {item.region}:{item.line or '-'}".strip()
        label = f"{glyphs().marks[item.severity]} {item.code} {item.name}  {spot}"
        found.append(About(view.line.message_id, label, item.question, item.id))
    return found


def first_about(subject: Subject, choices: list[About], explicit_line: bool = False) -> int:
    """Return which of some choices is meant at the cursor: its finding, else an open one of the mail there, else none but the series.

    In the list, where the cursor is on no mail, it is the gravest open finding.
    """
    name = subject.mail.message.message_id if subject.mail else None
    open_ones = [item.id for item in subject.view.findings if item.is_open and name in {None, item.message_id}]
    wanted = subject.finding or ("" if explicit_line else next(iter(open_ones), ""))
    ids = [one.finding for one in choices]
    if wanted in ids:
        return ids.index(wanted)
    patches = [at for at, one in enumerate(choices) if one.name == name and not one.finding and one.line is None]
    return patches[0] if name and patches else 0


class OpinionForm(Form[OpinionInput]):
    """Returns what to record, or None."""

    AUTO_FOCUS = "#verdict"
    AREA = "reason"
    KEPT = ("reason", "ai_assisted", "kind", "finding")

    def __init__(self, session: Session, subject: Subject) -> None:
        self.subject = subject
        self.abouts = abouts(subject)
        self.first = first_about(subject, self.abouts)
        about = self.abouts[self.first]
        self.asked = [stand for stand in session.requests(subject.view.line.message_id) if session.me().casefold() in stand.waiting][:3]
        """The requests that wait for the user."""
        self.codes = session.reason_codes(subject.view.line.message_id, about.finding) if about.finding else []
        """The exceptions and reasons of the policy, which `waive` may rest on."""
        super().__init__(session, draft_key(subject.view.line.message_id, about.finding))

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form"):
            for stand in self.asked:
                yield Static(literal(safe(opinion_text(stand))), classes="form-asked", markup=False)
            yield title("Opinion on")
            yield ChoiceList([one.label for one in self.abouts], self.first, id="about")
            yield Bar(id="evidence")
            yield ChoiceList(self._verdicts(self.abouts[self.first]), id="verdict", letters="aducxw")
            yield ChoiceList(["no exception of the policy", *self.codes], id="code")
            yield title("Why")
            yield Area(id="reason", compact=True, tab_behavior="focus", show_line_numbers=False)
            yield Field(
                id="tool",
                compact=True,
                select_on_focus=False,
                placeholder=TOOL,
            )
            yield Static("", id="who", markup=False)
            yield Static(literal(safe(self.session.first_record())), classes="first-record", markup=False)
            yield Static("", id="command", markup=False)
            yield Static("", id="problem", markup=False)
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Fill in what was typed before, and who speaks."""
        self.query_one("#evidence").can_focus = False
        self.query_one("#code").display = False
        self.call_after_refresh(self._show_evidence)
        kept = self.kept()
        area = self.query_one("#reason", TextArea)
        area.text = kept.get("reason", "")
        area.move_cursor(area.document.end)
        tool = self.query_one("#tool", Input)
        tool.display, tool.value = bool(self.session.needs_disclosure(self.subject.view.line.message_id)), kept.get("ai_assisted", "")
        self.session.identity_again()
        me = self.session.me()
        finding = next((item for item in self.subject.view.findings if item.id == self._about().finding), None)
        said = [stand for stand in finding.opinions if stand.record.kind in SAID] if finding else []
        mine = [stand.record.kind for stand in said if stand.is_by(me)]
        self._offer(kept.get("kind", mine[-1] if mine else "agree"))
        hidden = 0 if mine else len(said)
        note = f"; {hidden} hidden till you save" if hidden else ""
        how = "signed" if self.session.signs() else "unsigned: git has no user.signingkey"
        again = "as you left it; " if kept.get("reason") else ""
        self.show_line("who", f"{again}As {me or 'nobody: git does not know who you are'}, {how}{note}")
        self.refresh_command()

    def _verdicts(self, about: About) -> list[str]:
        labels = [label for _, label in (VERDICTS if about.finding else VERDICTS[:3])]
        return labels if self._tall() else [f"{labels[0]}: {about.question}", *labels[1:]]

    def _tall(self) -> bool:
        """Whether the question has a line of its own."""
        return self.app.size.height >= 30

    def _offer(self, kind: str) -> None:
        about = self._about()
        names = [name for name, _ in (VERDICTS if about.finding else VERDICTS[:3])]
        self.query_one("#verdict", ChoiceList).offer(self._verdicts(about), names.index(kind) if kind in names else 0)

    def _about(self) -> About:
        return self.abouts[self.query_one("#about", ChoiceList).chosen]

    def _show_evidence(self) -> None:
        """Show what the opinion is about: what the finding says, the line it rests on, its rule, and what it misses."""
        item = next((one for one in self.subject.view.findings if one.id == self._about().finding), None)
        bar = self.query_one("#evidence", Bar)
        cells = max(20, (bar.size.width or 72) - 2)
        lines: list[ViewLine] = []
        if item is not None:
            says = textwrap.wrap(safe(item.says), cells, max_lines=2, placeholder=" ~")
            lines += [line_of(piece(f" {part}", str(item.severity))) for part in says]
            lines += [line_of(piece(f" {glyphs().more} {item.quote}"))] if item.quote else []
            lines += [line_of(piece(f" {item.packs}, rule {item.rule}", "muted"))] if self._tall() else []
            lines += [line_of(piece(f" {part}", "muted")) for part in textwrap.wrap(safe(f"cannot see: {item.misses}"), cells)]
        question = safe(self._about().question)
        asked = textwrap.wrap(question[:1].upper() + question[1:], cells)[:2] if self._tall() else []
        lines += [line_of(piece(f" {part}", "asked")) for part in asked]
        bar.show(*lines)
        bar.styles.height = len(lines)

    def pick(self, choices: ChoiceList, key: str) -> bool:
        """Let a verdict's letter pick it from the list above, too."""
        return super().pick(choices, key) or (choices.id == "about" and self.query_one("#verdict", ChoiceList).pick(key))

    def values(self) -> OpinionInput:
        """Return what the form says now."""
        about = self._about()
        kind = VERDICTS[self.query_one("#verdict", ChoiceList).chosen][0]
        at = self.query_one("#code", ChoiceList).chosen
        code = self.codes[at - 1] if kind == "waive" and at and self.codes else ""
        return OpinionInput(about.name, about.finding, about.line, kind, self.typed("reason"), self.typed("tool"), code)

    def command(self) -> list[str]:
        """Return `triage opinion give …`."""
        values = self.values()
        words = ["triage", "opinion", "give", values.name, values.kind]
        words += ["--finding", values.finding] if values.finding else []
        words += ["--line", str(values.line)] if values.line else []
        words += ["--because", values.code] if values.code else []
        words += ["-m", values.reason] if values.reason else []
        return words + (["--ai-assisted", values.ai_assisted] if values.ai_assisted else [])

    def missing(self, values: OpinionInput) -> tuple[str, str] | None:
        """Some verdicts need a reason, and a record needs somebody who gives it."""
        if not self.session.me():
            return "reason", NOBODY
        if values.kind in NEEDS_REASON and not values.reason:
            return "reason", f"{values.kind} needs a reason: say why above"
        return None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Follow the choice: other verdicts for a finding than for a series, and whether it would count."""
        if event.option_list.id == "about":
            self._offer(self.values().kind)
            about = self._about()
            self.codes = self.session.reason_codes(self.subject.view.line.message_id, about.finding) if about.finding else []
            self.query_one("#code", ChoiceList).offer(["no exception of the policy", *self.codes], 0)
        values = self.values()
        self.query_one("#code").display = values.kind == "waive" and bool(self.codes)
        self._show_evidence()
        why = self.session.why_not(values.name, values.finding, values.kind)
        lacks = self.missing(values) if self.refused or not self.session.me() else None  # a letter's choice may be told after ^Y was
        self.show_line("problem", lacks[1] if lacks else f"this would not count: {why}" if why else "")
        self.refresh_command()
