# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open findings as a feed: Atom (RFC 4287), JSON Feed 1.1, or a JSON line each; the same mail and policy give the same bytes."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

from msgspec import Struct
from msgspec.structs import replace

from triage.model import rfc3339
from triage.model.codes import SITE, page_of
from triage.model.expression import expression
from triage.model.listed import ListedFinding
from triage.model.text import safe
from triage.query.message import link_to
from triage.store import listed, selecting
from triage.store.archives import list_names
from triage.store.limit import parse_limit
from triage.store.schema import Index, Personal

ATOM = "http://www.w3.org/2005/Atom"
MOST = 500
"""Findings in a feed, unless more are asked for."""
_NOT_XML = expression("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Entry(Struct, frozen=True):
    """A finding in a feed."""

    item: ListedFinding
    title: str
    text: str
    author: str
    when: int
    """When its mail was posted: the order of a feed, and what makes it the same twice."""
    link: str

    @property
    def id(self) -> str:
        """What names it in every feed: the finding's own id."""
        return f"tag:patch-triage.readthedocs.io,2026:{self.item.id}"

    def shown(self, text: Callable[[object], str]) -> "Entry":
        """Return it with its words as `text` shows them."""
        return replace(self, title=text(self.title), text="\n".join(text(line) for line in self.text.split("\n")), author=text(self.author))

    def to_dict(self) -> dict[str, Any]:
        """Return it in the shape of `triage feed --format jsonl`."""
        return self.item.to_dict() | {"title": self.title, "author": self.author, "posted": rfc3339(self.when), "link": self.link}


def entries(connection: Index, notes: Personal, limit: str, now: int, most: int = MOST) -> list[Entry]:
    """Return the open findings of the series that a limit lets through, of newest versions, the newest mail first."""
    wanted = parse_limit(limit, now)
    urls = {name: url for name, _, url in list_names(connection)}
    found: list[Entry] = []
    ids = selecting.series_ids(connection, notes, wanted, now)
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        rows, items = listed.listed(connection, notes, part, now), listed.findings_of(connection, part)
        for one, row in rows.items():
            base = next((urls[name] for name in row.lists if urls.get(name)), "")
            for item in items.get(one, ()):
                if item.is_open and wanted.lets(item):
                    quote = f"\n> {item.quote}" if item.quote else ""
                    found.append(
                        Entry(item, f"{item.code} {item.name}: {row.subject}", f"{item.says}{quote}", row.byline.name or row.byline.email,
                              row.posted, link_to(base, item.message_id) if base else "")
                    )  # fmt: skip
    return sorted(found, key=lambda one: (-one.when, one.item.id))[:most]


def as_atom(found: Sequence[Entry]) -> str:
    """Return entries as an Atom feed. Source: RFC 4287."""
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")

    def add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
        made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", {key: _xml(value) for key, value in attributes.items()})
        made.text = _xml(text) or None
        return made

    add(feed, "title", "Open findings")
    add(feed, "id", "tag:patch-triage.readthedocs.io,2026:findings")
    add(feed, "updated", rfc3339(found[0].when if found else 0) or "")
    add(feed, "generator", "triage", uri=SITE)
    for one in found:
        entry = add(feed, "entry")
        add(entry, "title", one.title)
        add(entry, "id", one.id)
        add(entry, "updated", rfc3339(one.when) or "")
        add(add(entry, "author"), "name", one.author or "no name")
        add(entry, "link", href=one.link or page_of(one.item.code))
        add(entry, "category", term=one.item.code)
        add(entry, "category", term=one.item.severity.value)
        add(entry, "content", one.text, type="text")
    ElementTree.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(feed, "unicode")}\n'


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", safe(text) if "\n" not in text else "\n".join(safe(line) for line in text.split("\n")))


def as_json_feed(found: Sequence[Entry]) -> str:
    """Return entries as a JSON Feed. Source: https://www.jsonfeed.org/version/1.1/"""
    items = [
        {
            "id": one.id, "url": one.link or page_of(one.item.code), "title": one.title, "content_text": one.text,
            "date_published": rfc3339(one.when), "authors": [{"name": one.author or "no name"}],
            "tags": [one.item.code, one.item.severity.value],
        }
        for one in found
    ]  # fmt: skip
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Open findings", "home_page_url": SITE, "items": items}
    return json.dumps(feed, ensure_ascii=True, indent=1).replace("\x7f", "\\u007f") + "\n"


def as_lines(found: Sequence[Entry]) -> str:
    """Return entries as JSON lines."""
    return "".join(json.dumps(one.to_dict(), ensure_ascii=True).replace("\x7f", "\\u007f") + "\n" for one in found)
