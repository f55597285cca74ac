# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later

# everything, as CI runs it
check:
    sh tests/run

# lint, types, contracts and the tests that need no other program: a minute
fast:
    sh tests/run fast

# one file or one test: just test tests/test_patch.py -k scissors
test *WORDS:
    .venv/bin/python -m pytest {{WORDS}}

# the terminal UI over the demo
tui:
    .venv/bin/triage demo

# the pages that code makes
docs:
    .venv/bin/python docs/generate.py

# the rooms of the code by floors, and any circle of imports
rooms:
    .venv/bin/python docs/rooms.py

# the versions of today into constraints.txt, below its head
lock:
    head -5 constraints.txt > .lock
    uv pip compile pyproject.toml --group test --extra mcp --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate >> .lock
    mv .lock constraints.txt
