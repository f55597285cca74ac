# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form for a second opinion: about what, which verdict, why; what is typed is kept until it is saved."""

import json
import shlex
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from triage.giving import SAID
from triage.opinion.record import NEEDS_REASON
from triage.output import MARKS
from triage.text import safe
from tui.keys import bindings
from tui.render import literal
from tui.session import SeriesView, Session

VERDICTS = (
    ("agree", "agree      yes: {question}"),
    ("disagree", "disagree   no, not here"),
    ("unsure", "unsure     looked, cannot tell"),
    ("confirm", "confirm    decide: the flag stands"),
    ("dismiss", "dismiss    decide: the flag is wrong here"),
    ("waive", "waive      decide: it is right and accepted"),
)


def choice(label: str, chosen: bool) -> Content:
    """Return one choice of a list, marked where it is the one."""
    return literal(safe(f"({'*' if chosen else ' '}) {label}"))


class OpinionForm(ModalScreen[dict[str, Any] | None]):
    """Returns what to record, or None."""

    BINDINGS = bindings("opinion")
    AUTO_FOCUS = "#verdict"

    def __init__(self, session: Session, view: SeriesView, finding: str) -> None:
        super().__init__()
        self.session = session
        self.view = view
        self.abouts: list[tuple[str, str, str]] = [("", "the whole series", "is this series fine?")]
        for item in view.findings:
            where = f"{item['n']}/{view.line.total} " if item["n"] is not None else ""
            label = f"{MARKS[item['severity']]} {item['code']} {item['name']}  {where}{item['region']}:{item['line'] or '-'}"
            self.abouts.append((item["id"], label, item["question"]))
        self.labels = {"about": [label for _, label, _ in self.abouts], "verdict": [""]}
        open_ones = [item["id"] for item in view.findings if item["status"] == "open"]
        self.chosen = finding or (open_ones[0] if open_ones else "")

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form"):
            yield Static(literal(safe("Second opinion")), classes="form-title", markup=False)
            yield OptionList(*(Option(choice(label, False)) for _, label, _ in self.abouts), id="about", compact=True)
            yield OptionList(id="verdict", compact=True)
            yield Static(literal(safe("Why")), classes="form-title", markup=False)
            yield TextArea(id="reason", compact=True, tab_behavior="focus", show_line_numbers=False)
            yield Input(id="tool", compact=True, placeholder="which tool helped you to review, and how; `none` where none did")
            yield Static("", id="who", markup=False)
            yield Static("", id="command", markup=False)
            yield Static("", id="problem", markup=False)
            yield Footer(compact=True, show_command_palette=False)

    @property
    def draft_key(self) -> str:
        """Where what is typed is kept."""
        return f"opinion:{self.view.line.message_id}"

    def on_mount(self) -> None:
        """Fill in what was typed before, and who speaks."""
        kept: dict[str, Any] = {}
        if saved := self.session.draft(self.draft_key):
            kept = json.loads(saved)
        self.query_one("#reason", TextArea).text = kept.get("reason", "")
        about = self.query_one("#about", OptionList)
        ids = [item for item, _, _ in self.abouts]
        about.highlighted = ids.index(self.chosen) if self.chosen in ids else 0
        asking = self.session.needs_disclosure(self.view.id)
        tool = self.query_one("#tool", Input)
        tool.display, tool.value = bool(asking), kept.get("ai_assisted", "")
        me = self.session.me()
        finding = next((item for item in self.view.findings if item["id"] == self.chosen), None)
        said = [o for o in finding["opinions"] if o["kind"] in SAID] if finding else []
        mine = [o["kind"] for o in said if o["reviewer"]["email"].casefold() == me.casefold()]
        self._fill_verdicts(kept.get("kind", mine[-1] if mine else "agree"))
        hidden = 0 if mine else len(said)
        note = f"; {hidden} hidden till you save" if hidden else ""
        how = "signed" if self.session.signs() else "unsigned: git has no user.signingkey"
        self.query_one("#who", Static).update(literal(safe(f"As {me or 'nobody: git does not know who you are'}, {how}{note}")))
        self._refresh_command()

    def _fill_verdicts(self, kind: str) -> None:
        verdict = self.query_one("#verdict", OptionList)
        finding, _, question = self._about()
        offered = VERDICTS if finding else VERDICTS[:3]
        verdict.clear_options()
        self.labels["verdict"] = [label.format(question=question) for _, label in offered]
        verdict.add_options([Option(choice(label, False)) for label in self.labels["verdict"]])
        names = [name for name, _ in offered]
        verdict.highlighted = names.index(kind) if kind in names else 0
        self._mark(verdict)

    def _mark(self, options: OptionList) -> None:
        """Show the choice as a character, not by colour alone."""
        for index, label in enumerate(self.labels[options.id or ""]):
            options.replace_option_prompt_at_index(index, choice(label, index == options.highlighted))

    def _about(self) -> tuple[str, str, str]:
        return self.abouts[self.query_one("#about", OptionList).highlighted or 0]

    def _kind(self) -> str:
        verdict = self.query_one("#verdict", OptionList)
        finding = self._about()[0]
        names = [name for name, _ in (VERDICTS if finding else VERDICTS[:3])]
        return names[min(verdict.highlighted or 0, len(names) - 1)]

    def values(self) -> dict[str, Any]:
        """Return what the form says now."""
        reason = self.query_one("#reason", TextArea).text.strip()
        tool = self.query_one("#tool", Input).value.strip()
        return {"kind": self._kind(), "finding": self._about()[0], "reason": reason, "ai_assisted": tool, "key": self.draft_key}

    def _refresh_command(self) -> None:
        values = self.values()
        words = ["triage", "opinion", "give", self.view.line.message_id, values["kind"]]
        words += ["--finding", values["finding"]] if values["finding"] else []
        words += ["-m", values["reason"]] if values["reason"] else []
        words += ["--ai-assisted", values["ai_assisted"]] if values["ai_assisted"] else []
        self.query_one("#command", Static).update(literal(safe("same as: " + shlex.join(words))))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Follow the choice."""
        self._mark(event.option_list)
        if event.option_list.id == "about":
            self._fill_verdicts(self._kind())
        self._say_why_not()
        self._refresh_command()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter goes on to the next field."""
        self.focus_next()

    def on_text_area_changed(self) -> None:
        """Keep what is typed, so that nothing ends it."""
        values = self.values()
        if values["reason"]:
            kept = {name: values[name] for name in ("kind", "finding", "reason", "ai_assisted")}
            self.session.keep_draft(self.draft_key, json.dumps(kept))
        self._refresh_command()

    def on_input_changed(self) -> None:
        """Keep what is typed there too."""
        self.on_text_area_changed()

    def _say_why_not(self) -> None:
        """Say why this opinion would not count, before it is typed out."""
        values = self.values()
        why = self.session.why_not(self.view.line.message_id, values["finding"], values["kind"])
        self.query_one("#problem", Static).update(literal(safe(f"this would not count: {why}" if why else "")))

    def action_save(self) -> None:
        """Return the opinion, if it says enough."""
        values = self.values()
        if values["kind"] in NEEDS_REASON and not values["reason"]:
            self.query_one("#problem", Static).update(literal(safe(f"{values['kind']} needs a reason: say why above")))
            self.query_one("#reason", TextArea).focus()
            return
        self.dismiss(values)

    def action_cancel(self) -> None:
        """Leave; what was typed is kept."""
        self.dismiss(None)
