# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of keys: bindings, footer, help screen and docs/keys.md are made from it; the user's `[keys]` change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from textual.binding import Binding, BindingType
from textual.keys import Keys

from triage.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Key:
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


_LIST = (
    ("down", "j,down", "list_move(1)", "next line"),
    ("up", "k,up", "list_move(-1)", "previous line"),
    ("page_down", "pagedown,ctrl+d", "list_page(1)", "a page down"),
    ("page_up", "pageup,ctrl+u", "list_page(-1)", "a page up"),
    ("top", "g,home", "list_end(0)", "first line"),
    ("bottom", "G,end", "list_end(1)", "last line"),
)

KEYS: tuple[Key, ...] = (
    Key("inbox.open", "enter", "open", "Open", footer=True),
    Key("inbox.opinion", "o", "opinion", "Opinion", footer=True),
    Key("inbox.done", "d", "done", "Done", footer=True),
    Key("inbox.ask", "O", "ask", "ask for an opinion"),
    Key("inbox.all", "0", "view(0)", "all series"),
    *(Key(f"inbox.view{n}", str(n), f"view({n})", f"saved view {n}") for n in range(1, 10)),
    Key("inbox.tag", "t", "tag", "tag: d, S act on all tagged"),
    Key("inbox.undo", "z", "undo", "take the last done or snooze back"),
    Key("inbox.redo", "Z", "undo(True)", "do it again"),
    Key("inbox.snooze", "S", "snooze", "put away until a time"),
    Key("inbox.limit", "l", "limit", "Limit", footer=True),
    Key("inbox.search", "slash", "search", "Search", footer=True),
    Key("inbox.next", "n", "search_next(1)", "next match"),
    Key("inbox.previous", "N", "search_next(-1)", "previous match"),
    Key("inbox.sort", "s", "sort", "Sort", footer=True),
    Key("inbox.preview", "p", "preview", "preview on or off"),
    Key("inbox.reload", "R", "reload", "reload"),
    Key("inbox.clear", "escape", "clear", "clear tags, then search, then limit"),
    Key("inbox.help", "question_mark", "help", "Help", footer=True),
    Key("inbox.hint", "q", "quit_hint", "say how to quit"),
    Key("inbox.quit", "Q", "app.quit", "Quit", footer=True),
    *(Key(f"inbox.{name}", keys, action, label) for name, keys, action, label in _LIST),
    Key("series.back", "q,escape", "back", "Back", footer=True),
    Key("series.next_patch", "right_square_bracket", "patch(1)", "Next patch", footer=True),
    Key("series.previous_patch", "left_square_bracket", "patch(-1)", "previous patch"),
    Key("series.next_finding", "full_stop", "finding(1)", "Next flag", footer=True),
    Key("series.previous_finding", "comma", "finding(-1)", "previous flag"),
    Key("series.next_hunk", "right_curly_bracket", "hunk(1)", "next hunk"),
    Key("series.previous_hunk", "left_curly_bracket", "hunk(-1)", "previous hunk"),
    Key("series.opinion", "o", "opinion", "Opinion", footer=True),
    Key("series.ask", "O", "ask", "ask for an opinion on the flag"),
    Key("series.confirm", "c", "decide('confirm')", "confirm the flag"),
    Key("series.dismiss", "x", "decide('dismiss')", "dismiss the flag, with a reason"),
    Key("series.reveal", "v", "reveal", "see earlier opinions before giving yours"),
    Key("series.done", "d", "done", "Done", footer=True),
    Key("series.search", "slash", "search", "Search", footer=True),
    Key("series.next", "n", "search_next(1)", "next match"),
    Key("series.previous", "N", "search_next(-1)", "previous match"),
    Key("series.help", "question_mark", "help", "Help", footer=True),
    Key("series.quit", "Q", "app.quit", "quit"),
    *(Key(f"series.{name}", keys, action, label) for name, keys, action, label in _LIST),
    Key("opinion.save", "ctrl+y", "save", "Save", footer=True, priority=True),
    Key("opinion.next", "tab", "app.focus_next", "Next field", footer=True, priority=True),
    Key("opinion.previous", "shift+tab", "app.focus_previous", "previous field", priority=True),
    Key("opinion.cancel", "escape", "cancel", "Cancel (what you typed is kept)", footer=True),
    Key("ask.save", "ctrl+y", "save", "Save", footer=True, priority=True),
    Key("ask.next", "tab", "app.focus_next", "Next field", footer=True, priority=True),
    Key("ask.previous", "shift+tab", "app.focus_previous", "previous field", priority=True),
    Key("ask.cancel", "escape", "cancel", "Cancel (what you typed is kept)", footer=True),
    Key("help.back", "q,escape,question_mark", "back", "Back", footer=True),
    *(Key(f"help.{name}", keys, action, label) for name, keys, action, label in _LIST),
)

_SHOWN = {
    "slash": "/", "question_mark": "?", "right_square_bracket": "]", "left_square_bracket": "[", "full_stop": ".", "comma": ",",
    "right_curly_bracket": "}", "left_curly_bracket": "{", "escape": "Esc", "enter": "Ret", "pagedown": "PgDn", "pageup": "PgUp",
    "ctrl+d": "^D", "ctrl+u": "^U", "ctrl+y": "^Y", "tab": "Tab", "shift+tab": "S-Tab",
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
            key.keys, key.action, key.label, show=key.footer, id=key.id, priority=key.priority, key_display=shown(key.keys.split(",")[0])
        )
        for key in KEYS
        if key.scope == scope
    ]


def check_remaps(remaps: Mapping[str, str]) -> dict[str, str]:
    """Return the user's `[keys]`; raises `ConfigError` for an unknown id, an unknown key, or a key that another action has.

    Textual takes all three in silence.
    """
    ids = {key.id: key for key in KEYS}
    for name, keys in remaps.items():
        if name not in ids:
            near = get_close_matches(name, ids, 1)
            raise ConfigError(f"config.toml, [keys]: {name!r} is unknown", f"did you mean {near[0]!r}?" if near else "see docs/keys.md")
        for key in keys.split(","):
            if not (len(key) == 1 or key in _NAMED or key.rpartition("+")[2] in _NAMED or len(key.rpartition("+")[2]) == 1):
                raise ConfigError(f"config.toml, [keys], {name}: there is no key {key!r}", "write e.g. x, ctrl+x, f5 or slash")
    for scope in {key.scope for key in KEYS}:
        taken: dict[str, str] = {}
        for entry in (key for key in KEYS if key.scope == scope):
            for key in remaps.get(entry.id, entry.keys).split(","):
                if key in taken and (entry.id in remaps or taken[key] in remaps):
                    raise ConfigError(f"config.toml, [keys]: {key!r} is both {taken[key]} and {entry.id}", "give one of them another key")
                taken[key] = entry.id
    return dict(remaps)


def table(remaps: Mapping[str, str] | None = None) -> list[tuple[str, str, str, str]]:
    """Return scope, keys, label and id of every key, as help and docs/keys.md show them."""
    remaps = remaps or {}
    return [(k.scope, " ".join(shown(key) for key in remaps.get(k.id, k.keys).split(",")), k.label, k.id) for k in KEYS]
