# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.soak.bursts [KEYS] [SEED]`: random keys in a real terminal, many of one read, pastes among them; 20 000 by default.

What a headless run cannot see: keys that come faster than a screen opens.
"""

import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import GITCONFIG
from tests.e2e.terminal import TRIAGE, Terminal
from triage.admin.demo import let_others_speak, make_demo
from triage.config import load_config, load_lists
from triage.ingest.pipeline import ingest
from tui.keys import KEYS

AWAY = {"Q", "ctrl+q", "ctrl+z", "exclamation_mark", "b", "B", "Y"}
"""Keys that end or stop the program, or start others."""
_TMUX = {
    "escape": "Escape", "enter": "Enter", "tab": "Tab", "space": "Space", "pagedown": "PPage", "pageup": "NPage", "home": "Home", "end": "End",
    "up": "Up", "down": "Down", "left": "Left", "right": "Right", "slash": "/", "question_mark": "?", "comma": ",", "full_stop": ".",
    "plus": "+", "right_square_bracket": "]", "left_square_bracket": "[", "right_curly_bracket": "}", "left_curly_bracket": "{",
    "greater_than_sign": ">", "less_than_sign": "<", "right_parenthesis": ")", "left_parenthesis": "(", "ctrl+y": "C-y", "ctrl+u": "C-u",
    "ctrl+d": "C-d", "ctrl+p": "C-p", "shift+tab": "BTab",
}  # fmt: skip
NAMES = sorted(
    {_TMUX.get(name, name) for key in KEYS for name in key.keys.split(",") if name not in AWAY and (len(name) == 1 or name in _TMUX)}
)
PASTES = ("from:ada or (state:new", "two\nlines\twith a tab", "x" * 3000, "\x1b[31mred\x07", "3d", "cora@example.org", "é 日本 \u202e")
SIZES = ((80, 24), (120, 40), (200, 50), (40, 10))


def one_burst(terminal: Terminal, choice: random.Random) -> int:
    """Send some keys of one read, or a paste; returns how many they were."""
    if choice.random() < 0.15:
        terminal.tmux("set-buffer", "--", choice.choice(PASTES))
        terminal.tmux("paste-buffer", "-p" if choice.random() < 0.7 else "-r")
        return 1
    keys = [choice.choice(NAMES) for _ in range(choice.choice((1, 1, 2, 3, 8, 20)))]
    keys = [key for key in keys if key != "$"]
    terminal.tmux("send-keys", "--", *keys)
    return len(keys)


def run(total: int, seed: int) -> None:
    """Send so many keys; the program must live, and say nothing of a traceback. Raises `SystemExit` where it does."""
    choice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="bursts") as name:
        folder = Path(name)
        (folder / "gitconfig").write_text(GITCONFIG)
        os.environ |= {"TRIAGE_HOME": str(folder / "home"), "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "HOME": name, "EDITOR": "true"}
        os.chdir(name)
        config = load_config()
        make_demo(config)
        ingest(config, load_lists(config.paths))
        let_others_speak(config)
        sent, ended = 0, folder / "ended"
        while sent < total:
            ended.unlink(missing_ok=True)
            terminal = Terminal(folder, choice.choice(SIZES))
            terminal.start(f"{TRIAGE}; echo $? >{ended}")
            terminal.shows("series by")
            for _ in range(200):
                sent += one_burst(terminal, choice)
                time.sleep(choice.choice((0, 0.01, 0.05)))
                if sent >= total or ended.exists():
                    break  # the menu and the palette offer to leave, and any letters may have picked that
            time.sleep(1)
            shown = terminal.screen()
            if "Traceback" in shown or (ended.exists() and ended.read_text().strip() != "0"):
                shutil.copytree(folder, Path("/tmp") / f"bursts-{seed}", dirs_exist_ok=True, ignore=shutil.ignore_patterns("tmux"))
                whole = terminal.tmux("capture-pane", "-p", "-S", "-2000")
                raise SystemExit(f"seed {seed}, after {sent} keys:\n{whole}")
            terminal.end()
            (folder / "tmux").unlink(missing_ok=True)
            print(f"{sent} keys", flush=True)


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
