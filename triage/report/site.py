# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A static web site of series, findings and opinions, for those without a terminal: no script, nothing fetched, the same bytes twice.

Without addresses unless they are asked for: who is named is named as their mail names them, and a Message-ID stands in links to the
archive alone. Mail that an archive took back is gone with the next build.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import Struct

from triage import __version__
from triage.config import Config
from triage.files import write_file
from triage.model import Person, rfc3339, version_label
from triage.model.codes import CODES
from triage.model.errors import ArchiveError, ConfigError, UsageError
from triage.model.expression import expression
from triage.model.listed import ListedFinding, ListedSeries
from triage.model.opinion import COUNTING, Stand, Standing
from triage.model.text import Shown, safe, tool_label
from triage.policy.explain import explain
from triage.policy.pack import Pack
from triage.policy.project import Project
from triage.policy.wording import suggested
from triage.projects import Judges, load_pack
from triage.query.message import link_to
from triage.report.feeds import Entry, as_atom, as_json_feed, entries
from triage.store import listed, queries, selecting
from triage.store.archives import list_names
from triage.store.limit import parse_limit
from triage.store.schema import Index, Personal, open_index, open_personal

MANIFEST = ".triage-site.json"
"""What a build leaves behind, so that the next one knows which files are its own and which pages are as they were."""
PAGE = 100
"""Series on a page of a view."""
AT_ONCE = 200
"""Series that are read at once."""
FED = 200
"""Findings in a feed."""
_ADDRESS = expression(r'<?(?:"[^"\n]{1,64}"|[^\s<>"(),;:]{1,64})@[^\s<>"(),;]{1,255}>?')
_OWN = expression(r"(?:(?:series|codes|packs)/)?[A-Za-z0-9][\w.-]*")
"""What a file of ours is called: a manifest that names others was written by somebody else."""
LEFT_OUT = "<address left out>"


class Built(Struct, frozen=True):
    """What a build came to."""

    written: int
    kept: int
    removed: int
    size: int
    """Bytes of the whole site."""


class _Site(Struct, frozen=True):
    """What all pages of a build share."""

    with_addresses: bool
    lists: Mapping[str, str]
    """Each list's web archive, "" for none."""
    packs: Mapping[str, Pack]

    def text(self, value: object) -> Shown:
        """Return outside text made safe, without addresses where none are wanted."""
        text = str(value)
        return safe(text if self.with_addresses else _ADDRESS.sub(LEFT_OUT, text))

    def name(self, person: Person) -> Shown:
        """Return what a person is called; an address stands for nobody where none are wanted."""
        return self.text(person.name or (person.email if self.with_addresses else "") or "no name")


def build_site(config: Config, folder: Path, limit: str, now: int, with_addresses: bool = False) -> Built:
    """Write the site of the series that a limit lets through to a folder, and take away what it had there before and has no more.

    Only files that differ are written; files that it did not write itself are left alone. Raises `UsageError` for a folder that holds
    something else, `ArchiveError` where the disk refuses.
    """
    old = _manifest(folder)
    fresh: dict[str, list[str]] = {}
    if not old:
        _write(folder / MANIFEST, json.dumps({"schema": 1, "files": {}}) + "\n")  # a build that is cut off leaves a folder that is its own
    written = kept = size = 0
    with closing(open_index(config.paths.index)) as connection, closing(open_personal(config.paths.personal)) as notes:
        for path, key, make in _pages(config, connection, notes, limit, now, with_addresses):
            known = old.get(path)
            target = folder / path
            if known and known[0] == key and target.is_file():
                fresh[path], kept = known, kept + 1
                size += target.stat().st_size
                continue
            content = make()
            digest = sha256(content.encode()).hexdigest()
            fresh[path] = [key, digest]
            size += len(content.encode())
            if known and known[1] == digest and target.is_file():
                kept += 1
                continue
            _write(target, content)
            written += 1
    removed = sum(_remove(folder / path) for path in old.keys() - fresh.keys())
    if fresh != old:
        _write(folder / MANIFEST, json.dumps({"schema": 1, "files": fresh}, indent=0, sort_keys=True) + "\n")
    return Built(written, kept, removed, size)


def _manifest(folder: Path) -> dict[str, list[str]]:
    """Return what a build before this one wrote; raises `UsageError` for a folder that no build made."""
    try:
        rows = json.loads((folder / MANIFEST).read_text("utf-8"))["files"].items()
        return {str(name): [str(one) for one in row] for name, row in rows if _OWN.fullmatch(str(name))}
    except FileNotFoundError:
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(f"{folder} holds something else", "name a new or an empty folder") from None
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{folder / MANIFEST} cannot be read", "remove the folder and build the site again") from error


def _write(path: Path, content: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"cannot write {path}", error.strerror or "unknown reason") from error
    write_file(path, content)


def _remove(path: Path) -> int:
    path.unlink(missing_ok=True)
    return 1


Page = tuple[str, str, Callable[[], str]]
"""Where a page lies, what it is made from as a digest, and what makes it."""


def _pages(config: Config, connection: Index, notes: Personal, limit: str, now: int, with_addresses: bool) -> Iterator[Page]:
    """Yield every page; those of series first, of which the others need only a line each."""
    judges = Judges(config)
    names = list_names(connection)
    found = {policy: judges.of(policy) for _, policies, _ in names for policy in policies}
    packs = {one.pack.id: one.pack for one in found.values() if isinstance(one, Project)}
    site = _Site(with_addresses, {name: url for name, _, url in names}, packs)
    rows: list[dict[str, Any]] = []
    ids = selecting.each_series(connection, notes, parse_limit(limit, now), now)
    while part := list(islice(ids, AT_ONCE)):
        for data in _series(connection, notes, part, now, site):
            rows.append(_line(data))
            yield f"series/{data['name']}.html", _key(data), _maker("series.html.j2", {"one": data, "top": "../"})
    for name in sorted({name for row in rows for name in row.pop("packs")} - packs.keys()):
        with suppress(ConfigError):
            packs[name] = load_pack(name, config.paths.policies)  # one that a list's pack extends
    for code in sorted({one["code"] for row in rows for one in row["open"]} | set(CODES)):
        if code in CODES:
            about = explain(code, list(packs.values()))
            here = [row for row in rows if any(one["code"] == code for one in row["open"])][:PAGE]
            data = {"about": about, "rows": here, "top": "../"}
            yield f"codes/{code}.html", _key([about.to_dict(), here]), _maker("code.html.j2", data)
    for name, pack in sorted(packs.items()):
        rules = [(rule.id, rule.kind, rule.severity.value, rule.text, rule.source) for rule in pack.rules]
        data = {"pack": pack, "top": "../"}
        yield f"packs/{name}.html", _key([name, pack.title, pack.stance, pack.status, rules]), _maker("pack.html.j2", data)
    yield from _views(rows, limit)
    wanted = _without_addresses(entries(connection, notes, limit, now, FED), site)
    for path, make in (("feed.atom", as_atom), ("feed.json", as_json_feed)):
        yield path, _key([path, [one.to_dict() for one in wanted]]), _feed(make, wanted)
    listing = json.dumps({"schema": 1, "series": rows}, ensure_ascii=True, indent=0, sort_keys=True) + "\n"
    yield "series.json", _key(rows), lambda: listing
    yield "style.css", _key("style"), _maker("style.css.j2", {})
    yield "robots.txt", _key("robots"), lambda: "User-agent: *\nDisallow: /series/\nDisallow: /series.json\n"


def _feed(make: Callable[[Sequence[Entry]], str], wanted: Sequence[Entry]) -> Callable[[], str]:
    return lambda: make(wanted)


def _views(rows: list[dict[str, Any]], limit: str) -> Iterator[Page]:
    """Yield the views, a hundred series a page: what is open, what waits for somebody, what says that AI was used, all."""
    newest = [row for row in rows if not row["superseded"]]
    views = (
        ("index", "Open findings", [row for row in newest if row["open"]]),
        ("waiting", "Waiting for a second opinion", [row for row in newest if row["waiting"]]),
        ("ai", "Declared AI use", [row for row in rows if row["tools"]]),
        ("all", "All series", rows),
    )
    menu = [(f"{name}.html", title, len(found)) for name, title, found in views]
    as_of = max((row["activity"] for row in rows), default="")
    for name, title, found in views:
        for number, start in enumerate(range(0, max(1, len(found)), PAGE), 1):
            last = max(1, -(-len(found) // PAGE))
            path = f"{name}.html" if number == 1 else f"{name}-{number}.html"
            data = {
                "title": title, "rows": found[start : start + PAGE], "menu": menu, "here": f"{name}.html", "as_of": as_of, "limit": limit,
                "before": "" if number == 1 else f"{name}.html" if number == 2 else f"{name}-{number - 1}.html",
                "after": f"{name}-{number + 1}.html" if number < last else "", "number": number, "last": last, "top": "",
            }  # fmt: skip
            yield path, _key(data), _maker("view.html.j2", data)


def _maker(template: str, data: Mapping[str, Any]) -> Callable[[], str]:
    return lambda: _environment().get_template(f"site/{template}").render(**data)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("triage.report"), autoescape=lambda name: bool(name and name.endswith(".html.j2")),  # noqa: S701 - the rest is CSS
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    env.filters["shown"] = lambda value: safe(str(value))
    return env


@lru_cache(maxsize=1)
def _templates() -> str:
    """Return a digest of all templates, so that another version of the program makes its pages anew."""
    env = _environment()
    loader = env.loader
    assert loader is not None
    texts = [loader.get_source(env, name)[0] for name in env.list_templates() if name.startswith("site/")]
    return sha256("\0".join([__version__, *texts]).encode()).hexdigest()


def _key(data: object) -> str:
    return sha256(f"{_templates()}{json.dumps(data, sort_keys=True, default=str)}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def place_of(message_id: str) -> str:
    """Return the name of a series' page: it says nothing of the Message-ID that it is made from."""
    return sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _series(connection: Index, notes: Personal, ids: list[int], now: int, site: _Site) -> Iterator[dict[str, Any]]:
    """Yield what the pages of some series show."""
    rows, found, said = listed.listed(connection, notes, ids, now), listed.findings_of(connection, ids), listed.said_of(connection, ids)
    topics = queries.versions_of_topics(connection, ids)
    mails = queries.mails_named(connection, [item.message_id for items in found.values() for item in items])
    for one, row in rows.items():
        items, stands = found.get(one, []), said.get(one, [])
        yield {
            "name": place_of(row.message_id), "subject": site.text(row.subject), "author": site.name(row.byline), "lists": list(row.lists),
            "version": version_label(row.version, row.rfc), "posted": (rfc3339(row.posted) or "")[:10],
            "activity": (rfc3339(row.activity) or "")[:16].replace("T", " "), "total": row.total, "received": row.received,
            "tools": [site.text(tool_label(tool)) for tool in row.tools], "superseded": row.superseded,
            "links": [link_to(url, row.message_id) for name in row.lists if (url := site.lists.get(name, ""))],
            "patches": [(patch.n, site.text(patch.subject), _links(site, row, patch.message_id), patch.carried) for patch in row.patches],
            "findings": [_finding(item, site, row, mails) for item in items], "said": list(_said(stands, site, "")),
            "versions": [(version_label(version, bool(rfc)), (rfc3339(posted) or "")[:10], place_of(first), first == row.message_id)
                         for _, first, version, rfc, posted in topics.get(one, [])],
            "waiting": any(stand.state is Standing.ASKED for stand in stands)
            or any(item.second_opinion and not item.second_opinion.met and item.is_open for item in items),
        }  # fmt: skip


def _links(site: _Site, row: ListedSeries, message_id: str) -> str:
    return next((link_to(url, message_id) for name in row.lists if (url := site.lists.get(name, ""))), "")


def _finding(item: ListedFinding, site: _Site, row: ListedSeries, mails: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding with what it rests on, and what whoever sent the mail can do."""
    mail, pack = mails.get(item.message_id), site.packs.get(item.policy) or site.packs.get(item.pack)
    line = suggested(item, mail, pack) if mail is not None and pack is not None and item.is_open else ""
    cure = CODES[item.code].cure if item.code in CODES else ""
    return {
        "id": item.id, "code": item.code, "name": item.name, "severity": item.severity.value, "status": item.status.value, "n": item.n,
        "says": site.text(item.says), "quote": site.text(item.quote), "line": item.line, "region": item.region, "pack": item.pack,
        "rule": item.rule, "source": site.text(item.source), "misses": site.text(item.misses), "cure": cure if item.is_open else "",
        "suggested": site.text(line), "link": _links(site, row, item.message_id), "open": item.is_open, "known": item.code in CODES,
        "said": list(_said(item.opinions, site, item.id)), "needs": item.second_opinion.needs if item.second_opinion else 0,
        "met": bool(item.second_opinion and item.second_opinion.met),
    }  # fmt: skip


def _said(stands: Iterable[Stand], site: _Site, finding: str) -> Iterator[dict[str, Any]]:
    """Yield the opinions that count, and what is asked: nobody's word that does not."""
    for stand in stands:
        if stand.finding == finding and stand.state in {*COUNTING, Standing.ASKED}:
            record = stand.record
            yield {
                "who": site.name(record.reviewer), "kind": record.kind, "reason": site.text(record.reason),
                "time": record.time[:10], "signed": record.signed,
            }  # fmt: skip


def _line(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a view and `series.json` tell of a series."""
    rank = {"error": 0, "warn": 1, "ask": 2, "info": 3}
    found = [item for item in data["findings"] if item["open"] and item["severity"] != "info"]
    found.sort(key=lambda item: (rank[item["severity"]], item["code"]))
    codes = {item["code"]: {"code": item["code"], "severity": item["severity"]} for item in reversed(found)}
    return {
        **{key: data[key] for key in ("name", "subject", "author", "lists", "version", "posted", "activity", "total", "received", "tools",
                                      "superseded", "waiting")},
        "open": sorted(codes.values(), key=lambda item: (rank[item["severity"]], item["code"])), "page": f"series/{data['name']}.html",
        "packs": sorted({item["pack"] for item in data["findings"]}),
    }  # fmt: skip


def _without_addresses(found: Sequence[Entry], site: _Site) -> list[Entry]:
    return [one.shown(site.text) for one in found]
