#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Post triage's findings as patchwork checks: triage findings LIMIT --format patchwork | upload.py https://patchwork.example.org PROJECT

The token stands in PATCHWORK_TOKEN. What patchwork has already is not posted again. Needs nothing but Python.
"""

import json
import os
import sys
import urllib.parse
import urllib.request


def call(url: str, data: dict[str, str] | None = None) -> object:
    """Ask patchwork, or post to it; who asks too much is easier to reach by the address in the agent's name."""
    headers = {"User-Agent": os.environ.get("PATCHWORK_AGENT", "triage-upload"), "Authorization": f"Token {os.environ['PATCHWORK_TOKEN']}"}
    body = urllib.parse.urlencode(data).encode() if data else None
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
        return json.load(answer)


def main(server: str, project: str) -> int:
    """Post each row of standard input to its patch; returns how many patches patchwork does not have."""
    missing = 0
    for row in map(json.loads, sys.stdin):
        query = urllib.parse.urlencode({"project": project, "msgid": row["msgid"]})
        patches = call(f"{server}/api/1.2/patches/?{query}")
        if not patches:
            missing += 1
            continue
        known = call(patches[0]["checks"])
        last = next((one for one in reversed(known) if one["context"] == row["context"]), None)
        if not last or (last["state"], last["description"]) != (row["state"], row["description"]):
            call(patches[0]["checks"], {key: row[key] for key in ("context", "state", "description", "target_url")})
    return missing


if __name__ == "__main__":
    if left := main(sys.argv[1].rstrip("/"), sys.argv[2]):
        print(f"{left} patches are not in patchwork", file=sys.stderr)
