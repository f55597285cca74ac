# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JSON text, byte for byte: plain ASCII, so that a terminal is not steered by it."""

import json
from collections.abc import Mapping
from typing import Any


def json_text(told: Mapping[str, Any]) -> str:
    """Return a report as JSON, a series a line: with line breaks within them Python would take three times as long."""
    series = ",\n".join(map(json.JSONEncoder(sort_keys=True).encode, told["series"]))
    around = json.dumps({**told, "series": []}, indent=1, sort_keys=True)
    # JSON escapes line breaks, so only the report's own key can match
    return _plain(around.replace('\n "series": []', f'\n "series": [\n{series}\n ]', 1) if series else around)


def former_json_text(told: Mapping[str, Any]) -> str:
    """Return it as reports were written before, a value a line."""
    return _plain(json.dumps(told, indent=1, sort_keys=True))


def _plain(text: str) -> str:
    return text.replace("\x7f", "\\u007f") + "\n"
