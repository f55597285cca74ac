# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of keys: bindings, footer, help, menus, palette and docs/keys.md are made from it; the user's `[keys]` change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from textual.binding import Binding, BindingType
from textual.keys import Keys

from triage.model.errors import ConfigError
from triage.model.expression import expression

if TYPE_CHECKING:
    from triage.config import OwnCommand


class Key(NamedTuple):
    """One thing a key does: its id (`inbox.limit`), default keys, the action it runs, and what it is called."""

    id: str
    keys: str
    action: str
    label: str
    footer: bool = False
    priority: bool = False
    """Whether it goes before what a text field makes of the key (ctrl+y is redo there), and before the keys typed after it."""

    @property
    def scope(self) -> str:
        """The screen it belongs to."""
        return self.id.partition(".")[0]

    @property
    def short(self) -> str:
        """The word for the footer: its first."""
        return self.label.split(" ")[0].rstrip(",:")


_LIST: tuple[tuple[str, str, str, str], ...] = (
    ("down", "j,down", "list_move(1)", "next line"),
    ("up", "k,up", "list_move(-1)", "previous line"),
    ("page_down", "pagedown,space,ctrl+d", "list_page(1)", "a page down"),
    ("page_up", "pageup,ctrl+u", "list_page(-1)", "a page up"),
    ("top", "g,home", "list_end(0)", "first line"),
    ("bottom", "G,end", "list_end(1)", "last line"),
)
_TEXT = (
    *_LIST,
    ("left", "left", "list_sideways(-1)", "long lines to the left"),
    ("right", "right", "list_sideways(1)", "long lines to the right"),
)
_FIND = (
    ("search", "slash", "search", "Search"),
    ("next", "n", "search_next(1)", "next match"),
    ("previous", "N", "search_next(-1)", "previous match"),
)
_SUBJECT = (
    ("ask", "O", "ask", "Ask for an opinion"),
    ("findings", "f", "findings", "Findings: rule, evidence, what it cannot see"),
    ("versions", "V", "versions", "versions, and what changed in each patch"),
    ("history", "H", "history", "history"),
    ("reply", "r", "reply", "Reply: draft one"),
    ("export", "w", "export", "Report: write one to a file"),
    ("copy", "y", "copy('id')", "copy the Message-ID"),
    ("copy_link", "Y", "copy('link')", "copy the link into the archive"),
    ("archive", "B", "archive_page", "open the page in the archive"),
    ("hand_over", "b", "hand_over", "hand over to b4, mutt or aerc"),
    ("shell", "exclamation_mark", "shell", "a shell"),
    ("menu", "a", "menu", "Actions: all of this screen"),
    ("log", "L", "log", "what was said before"),
    ("policy", "K", "policy", "the policy: its rules, why a finding is there, or is not"),
    ("help", "question_mark", "help", "Help"),
)
_DECIDE = (
    ("confirm", "c", "decide('confirm')", "Confirm the finding"),
    ("dismiss", "x", "decide('dismiss')", "Dismiss the finding, with a reason"),
    ("waive", "W", "decide('waive')", "Waive the finding: it is right but accepted, with a reason"),
    ("reveal", "v", "reveal", "see earlier opinions before giving yours"),
)


def _keys(scope: str, rows: tuple[tuple[str, str, str, str], ...], *footer: str) -> Iterator[Key]:
    return (Key(f"{scope}.{name}", keys, action, label, footer=name in footer) for name, keys, action, label in rows)


def _page(scope: str) -> Iterator[Key]:
    """Yield the keys of a screen that is only read."""
    yield Key(f"{scope}.back", "q,escape", "back", "Back", footer=True)
    yield from _keys(scope, _FIND, "search")
    yield from _keys(scope, _TEXT)
    yield Key(f"{scope}.help", "question_mark", "help", "Help", footer=True)


KEYS: tuple[Key, ...] = (
    Key("inbox.open", "enter", "open", "Open", footer=True),
    Key("inbox.opinion", "o", "opinion", "Opinion", footer=True),
    *_keys("inbox", _SUBJECT[:1], "ask"),
    Key("inbox.done", "d", "done", "Done, or not done", footer=True),
    Key("inbox.limit", "l", "limit", "Limit", footer=True),
    *_keys("inbox", _FIND, "search"),
    Key("inbox.tag", "t", "tag", "Tag: d, S, w act on all tagged", footer=True),
    Key("inbox.tag_all", "T", "tag_all", "tag every series that matches a limit"),
    *_keys("inbox", _SUBJECT[1:], "menu", "help"),
    Key("inbox.quit", "Q", "app.quit", "Quit", footer=True),
    Key("inbox.hint", "q", "quit_hint", "say how to quit"),
    Key("inbox.all", "0", "view(0)", "all series"),
    *(Key(f"inbox.view{n}", str(n), f"view({n})", f"saved view {n}") for n in range(1, 10)),
    Key("inbox.views", "v", "views", "views: choose one"),
    Key("inbox.lists", "i", "lists", "lists: limit to one"),
    Key("inbox.save_view", "M", "save_view", "save the limit as a view"),
    Key("inbox.forget_view", "D", "forget_view", "forget a view that was saved here"),
    Key("inbox.hide_hints", "h", "hide_hints", "hide the hints for new users"),
    Key("inbox.next_flagged", "right_square_bracket", "attention(1)", "next series that needs a look"),
    Key("inbox.previous_flagged", "left_square_bracket", "attention(-1)", "previous series that needs a look"),
    Key("inbox.snooze", "S", "snooze", "put away until a time"),
    Key("inbox.undo", "z", "undo", "undo the last act; a record is withdrawn"),
    Key("inbox.redo", "Z", "undo(True)", "do it again"),
    Key("inbox.sort", "s", "sort", "sort: attention, activity, author, subject"),
    Key("inbox.preview", "p", "preview", "preview on or off"),
    Key("inbox.charts", "C", "charts", "charts of the list"),
    Key("inbox.ingest", "u", "ingest", "look for new mail now; again to stop"),
    Key("inbox.sync", "U", "sync", "exchange opinions with others now; again to stop"),
    Key("inbox.reload", "R", "reload", "reload"),
    Key("inbox.clear", "escape", "clear", "stop what runs; clear tags, then search, then limit"),
    *_keys("inbox", _LIST),
    Key("series.back", "q,escape", "back", "Back", footer=True),
    Key("series.next_patch", "right_square_bracket", "patch(1)", "next patch"),
    Key("series.previous_patch", "left_square_bracket", "patch(-1)", "previous patch"),
    Key("series.next_reply", "greater_than_sign", "next_reply(1)", "next reply"),
    Key("series.previous_reply", "less_than_sign", "next_reply(-1)", "previous reply"),
    Key("series.next_unread", "u", "next_reply(1, True)", "next reply that is new"),
    Key("series.pane", "tab", "pane", "the list of mails, and back"),
    Key("series.fold", "enter", "fold", "fold or unfold: a quote, a diff, a finding"),
    Key("series.fold_all", "F", "fold_all", "fold all quotes and diffs"),
    Key("series.next_finding", "full_stop", "finding(1)", "next finding"),
    Key("series.previous_finding", "comma", "finding(-1)", "previous finding"),
    Key("series.next_hunk", "right_curly_bracket", "hunk(1)", "next hunk"),
    Key("series.previous_hunk", "left_curly_bracket", "hunk(-1)", "previous hunk"),
    Key("series.skip_quoted", "S", "skip_quoted", "skip quoted text"),
    Key("series.opinion", "o", "opinion", "Opinion on the finding, the line or the series", footer=True),
    *_keys("series", _SUBJECT[:1], "ask"),
    *_keys("series", _DECIDE, "confirm", "dismiss"),
    Key("series.explain", "e", "findings", "explain the finding's rule"),
    *_keys("series", _SUBJECT[1:], "findings", "export", "reply", "help"),
    Key("series.done", "d", "done", "done"),
    Key("series.undo", "z", "undo", "undo the last act; a record is withdrawn"),
    Key("series.redo", "Z", "undo(True)", "do it again"),
    Key("series.wide", "plus", "wide", "the text alone, or beside the list"),
    *_keys("series", _FIND),
    Key("series.hide_hints", "h", "hide_hints", "hide the hints for new users"),
    Key("series.snooze", "P", "snooze", "put away until a time"),
    Key("series.next_series", "right_parenthesis", "next_series(1)", "next series of the list that needs a look"),
    Key("series.previous_series", "left_parenthesis", "next_series(-1)", "previous series that needs a look"),
    Key("series.raw", "R", "raw", "the mail as it came: headers and body"),
    Key("series.quit", "Q", "app.quit", "quit"),
    *_keys("series", _TEXT),
    Key("findings.back", "q,escape", "back", "Back", footer=True),
    Key("findings.open", "enter", "jump", "Jump to the evidence", footer=True),
    Key("findings.opinion", "o", "opinion", "Opinion", footer=True),
    *_keys("findings", _SUBJECT[:1], "ask"),
    *_keys("findings", _DECIDE, "confirm", "dismiss", "waive"),
    *_keys("findings", tuple(row for row in _SUBJECT[1:] if row[0] != "findings"), "reply", "help"),
    Key("findings.undo", "z", "undo", "undo the last act; a record is withdrawn"),
    Key("findings.pane", "tab", "pane", "the text below, and back"),
    *_keys("findings", _TEXT),
    Key("history.back", "q,escape", "back", "Back", footer=True),
    Key("history.open", "enter", "open", "Open the mail", footer=True),
    Key("history.undo", "z", "undo", "Undo: withdraw the record at the cursor, else the last act", footer=True),
    Key("history.amend", "e", "amend", "Edit the reason of your record", footer=True),
    Key("history.redo", "Z", "undo(True)", "do it again"),
    Key("history.help", "question_mark", "help", "Help", footer=True),
    *_keys("history", _LIST),
    *_page("versions"),
    Key("versions.fold", "enter", "fold", "open or fold a patch, or open a remark"),
    Key("versions.fold_all", "F", "fold_all", "open or fold all patches"),
    Key("versions.pair", "p", "pair", "Pair: compare any two versions", footer=True),
    Key("versions.next_patch", "right_square_bracket", "patch(1)", "next patch"),
    Key("versions.previous_patch", "left_square_bracket", "patch(-1)", "previous patch"),
    Key("versions.next_hunk", "right_curly_bracket", "hunk(1)", "next hunk"),
    Key("versions.previous_hunk", "left_curly_bracket", "hunk(-1)", "previous hunk"),
    *_page("charts"),
    Key("charts.open", "enter", "open", "Open: list the series of a bar", footer=True),
    *_page("raw"),
    *_page("policy"),
    Key("policy.compare", "c", "compare", "Compare with another pack", footer=True),
    *_page("log"),
    Key("form.save", "ctrl+y", "save", "Save", footer=True, priority=True),
    Key("form.editor", "ctrl+e", "editor", "$EDITOR", footer=True, priority=True),
    Key("form.next", "tab", "next_field(1)", "Next field", footer=True, priority=True),
    Key("form.previous", "shift+tab", "next_field(-1)", "previous field", priority=True),
    Key("form.cancel", "escape", "cancel", "Cancel (what you typed is kept)", footer=True),
    Key("menu.cancel", "escape,q", "cancel", "Back", footer=True),
    Key("menu.copy", "y", "copy", "copy the command", footer=True),
    Key("help.back", "q,escape,question_mark", "back", "Back", footer=True),
    Key("help.limit", "l", "limit", "Limit to words", footer=True),
    *_keys("help", _FIND, "search"),
    *_keys("help", _TEXT),
    Key("app.palette", "ctrl+p", "app.command_palette", "palette: actions, views, themes, series by id or words"),
    Key("app.suspend", "ctrl+z", "app.suspend_process", "to the shell; fg comes back"),
    Key("app.quit", "ctrl+q", "app.quit", "quit, from anywhere", priority=True),
)

_MOVES = {
    "inbox.next_flagged": "Next that needs you", "inbox.views": "Views", "inbox.ingest": "Look for mail", "inbox.sync": "Sync opinions",
    "inbox.undo": "Undo", "inbox.charts": "Charts",
    "series.versions": "Versions", "series.policy": "Policy",
    "series.next_patch": "Next patch", "series.previous_patch": "Previous", "series.next_finding": "Next finding",
    "series.next_reply": "Next reply", "series.next_hunk": "Next hunk", "series.pane": "Mails", "series.fold": "Fold",
    "series.undo": "Undo", "series.next_series": "Next series",
    "series.raw": "Raw", "findings.pane": "Pane", "findings.undo": "Undo",
    "versions.next_patch": "Next patch", "versions.fold": "Fold",
}  # fmt: skip
"""What a footer shows beside its first keys where there is room, in the order of the table."""
LEVELS = {key.id: 1 if key.footer else 2 for key in KEYS if key.footer or key.id in _MOVES}
"""How soon a key stands in the footer."""

_SHOWN = {
    "slash": "/", "question_mark": "?", "right_square_bracket": "]", "left_square_bracket": "[", "full_stop": ".", "comma": ",",
    "right_curly_bracket": "}", "left_curly_bracket": "{", "escape": "Esc", "enter": "Ret", "pagedown": "PgDn", "pageup": "PgUp",
    "ctrl+d": "^D", "ctrl+u": "^U", "ctrl+y": "^Y", "ctrl+e": "^E", "ctrl+p": "^P", "ctrl+q": "^Q", "ctrl+z": "^Z", "tab": "Tab",
    "space": "Space", "greater_than_sign": ">", "right_parenthesis": ")", "left_parenthesis": "(", "less_than_sign": "<",
    "shift+tab": "S-Tab", "exclamation_mark": "!", "plus": "+", "left": "Left", "right": "Right",
    "home": "Home", "end": "End", "down": "Down", "up": "Up",
}  # fmt: skip
_NAMED = {key.value for key in Keys} | set(_SHOWN)


def shown(key: str) -> str:
    """Return a key as it stands on a keyboard."""
    return _SHOWN.get(key, key)


def bindings(scope: str) -> list[BindingType]:
    """Return the bindings of one screen, in the order of the table."""
    return [
        Binding(
            key.keys,
            key.action,
            _MOVES.get(key.id, key.short),
            show=key.id in LEVELS,
            id=key.id,
            priority=key.priority,
            key_display=shown(key.keys.split(",")[0]),
        )
        for key in KEYS
        if key.scope == scope
    ]


_FORMER = expression(r"^flags(?=\.)|(?<=\.)flags$")
"""What findings were called in the ids of keys: a user's `[keys]` go on."""


def check_remaps(remaps: Mapping[str, str]) -> dict[str, str]:
    """Return the user's `[keys]` by the ids of today; raises `ConfigError` for an unknown id or key, or one that another action has.

    Textual takes all three in silence.
    """
    ids = {key.id: key for key in KEYS}
    remaps = {_FORMER.sub("findings", name): keys for name, keys in remaps.items()}
    for name, keys in remaps.items():
        if name not in ids:
            near = get_close_matches(name, ids, 1)
            raise ConfigError(f"config.toml, [keys]: {name!r} is unknown", f"did you mean {near[0]!r}?" if near else "see docs/keys.md")
        for key in keys.split(","):
            if not _is_key(key):
                raise ConfigError(f"config.toml, [keys], {name}: there is no key {key!r}", "write e.g. x, ctrl+x, f5 or slash")
    for scope in {key.scope for key in KEYS}:
        taken: dict[str, str] = {}
        for entry in (key for key in KEYS if key.scope == scope):
            for key in remaps.get(entry.id, entry.keys).split(","):
                if key in taken and (entry.id in remaps or taken[key] in remaps):
                    raise ConfigError(f"config.toml, [keys]: {key!r} is both {taken[key]} and {entry.id}", "give one of them another key")
                taken[key] = entry.id
    return dict(remaps)


def check_own(commands: Iterable[OwnCommand], remaps: Mapping[str, str]) -> None:
    """Raise `ConfigError` for a key of an own command that there is not, or that something else has in the list or in a series."""
    taken = {key: entry.id for entry in KEYS if entry.scope in {"inbox", "series", "findings", "app"}
             for key in remaps.get(entry.id, entry.keys).split(",")}  # fmt: skip
    for one in commands:
        if one.key and not _is_key(one.key):
            raise ConfigError(f"config.toml, [commands.{one.name}]: there is no key {one.key!r}", "write e.g. f5, ctrl+x or slash")
        if one.key in taken:
            raise ConfigError(f"config.toml, [commands.{one.name}]: {one.key!r} is {taken[one.key]} already", "take another, e.g. f5")
        if one.key:
            taken[one.key] = f"commands.{one.name}"


def _is_key(key: str) -> bool:
    last = key.rpartition("+")[2]
    return len(key) == 1 or key in _NAMED or last in _NAMED or len(last) == 1


def table(remaps: Mapping[str, str] | None = None) -> list[tuple[str, str, str, str]]:
    """Return scope, keys, label and id of every key, as help and docs/keys.md show them."""
    remaps = remaps or {}
    return [(k.scope, " ".join(shown(key) for key in remaps.get(k.id, k.keys).split(",")), k.label, k.id) for k in KEYS]
