# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON schemas of what the program prints, made of the shapes that its `to_dict()` returns."""

import json
import types
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from triage.model.codes import SITE
from triage.model.shapes import mail, opinion, policy, report, run, series

SHAPES: dict[str, tuple[str, type]] = {
    "findings": ("triage findings", opinion.FindingShape), "ingest": ("triage ingest", run.IngestShape),
    "list": ("triage list", series.SeriesShape), "opinion": ("triage opinion", opinion.OpinionShape),
    "policy-check": ("triage policy check", policy.PackCheckShape), "policy-compare": ("triage policy compare", policy.CompareShape),
    "policy-explain": ("triage policy explain", policy.ExplainShape), "policy-list": ("triage policy list", policy.PackShape),
    "policy-show": ("triage policy show", policy.ShownPackShape), "report": ("triage report", report.ReportShape),
    "report-verify": ("triage report-verify", report.VerifyShape), "show": ("triage show", mail.MailShape),
    "versions": ("triage show --versions", series.VersionShape), "why": ("triage show --why", series.WhyShape),
}  # fmt: skip
"""By schema, the command that prints it and its shape."""
_PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"}, type(None): {"type": "null"},
    Any: {},
}  # fmt: skip


def schema(name: str) -> str:
    """Return triage/schemas/NAME.json."""
    title, shape = SHAPES[name]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{SITE}schemas/{name}.json", "title": title}
    return json.dumps(head | _object(shape), indent=1, ensure_ascii=False) + "\n"


def _object(shape: type) -> dict[str, Any]:
    hints = get_type_hints(shape, include_extras=True)
    return {
        "description": " ".join((shape.__doc__ or "").split()), "type": "object",
        "required": [key for key, hint in hints.items() if get_origin(hint) is not NotRequired],
        "properties": {key: _schema(hint) for key, hint in hints.items()}, "additionalProperties": False,
    }  # fmt: skip


def _schema(hint: Any) -> dict[str, Any]:
    """Return the schema of a type: an Annotated one with what stands beside it."""
    origin, words = get_origin(hint), get_args(hint)
    if hasattr(hint, "__metadata__"):
        found = _schema(hint.__origin__)
        for more in hint.__metadata__:
            found |= {"description": more} if isinstance(more, str) else dict(more)
        return found
    if origin is NotRequired:
        return _schema(words[0])
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_schema(word) for word in words]}
    if origin is Literal:
        return {"const": words[0]}
    if origin is list:
        return {"type": "array", "items": _schema(words[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(words[1])}
    return dict(_PLAIN[hint]) if hint in _PLAIN else _object(hint)
