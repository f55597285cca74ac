# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is who in a project: one person under several addresses, and who maintains what; read from the project's own files."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from hashlib import sha256

from msgspec import Struct, field
from msgspec.structs import force_setattr

from triage.mail.identity import mailbox, parse_person, same_email, same_name
from triage.model import Person
from triage.model.errors import ConfigError
from triage.model.expression import expression
from triage.policy.evidence.machines import is_machine
from triage.policy.validate import parse_toml

_MAILMAP = expression(r"^([^<#]*)<([^<>]*)>(?:([^<#]*)<([^<>]*)>)?\s*(?:#.*)?$")
_ENTRY = expression(r"^([A-Z]):(.+)$")
MAX_ALIASES, MAX_LABELS = 100, 20
MAINTAINER, REVIEWER, MACHINE = "maintainer", "reviewer", "machine"


class Area(Struct, frozen=True):
    """What some people look after: a section of MAINTAINERS, or a role of a roster."""

    name: str
    role: str
    people: tuple[Person, ...]
    globs: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class People(Struct, frozen=True):
    """The aliases and the roster of one project; `digest` is sha256 over the files they were read from."""

    by_email: dict[str, Person] = field(default_factory=dict)
    by_both: dict[tuple[str, str], Person] = field(default_factory=dict)
    areas: tuple[Area, ...] = ()
    digest: str = ""
    machines: tuple[Person, ...] = ()
    """Who of the roster is not a person: its entries with `machine = true`."""
    near: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """The aliases by mailbox and by each host that theirs lies below: made from `by_email`."""

    def __post_init__(self) -> None:
        found: dict[tuple[str, str], list[str]] = {}
        for alias in dict.fromkeys([*self.by_email, *(email for _, email in self.by_both)]):
            local, host = mailbox(alias)
            for above in hosts_above(host):
                found.setdefault((local, above), []).append(alias)
        force_setattr(self, "near", {key: tuple(aliases) for key, aliases in found.items()})

    def known_as(self, person: Person) -> Person:
        """Return a person under the name and address that the project knows them by."""
        found = self.by_both.get((person.name.casefold(), person.email.casefold())) or self.by_email.get(person.email.casefold())
        return Person(found.name or person.name, found.email or person.email) if found else person

    def same(self, one: Person, other: Person) -> bool:
        """Say whether two are one person by address or alias; a name alone does not make them one.

        An alias holds for its sub-addresses and the hosts below its own too, and leads on to what it is an alias of in turn: who is
        kept from judging their own work must not get round that by a tag.
        """
        if same_email(one.email, other.email):
            return True
        if not self.near:
            return False
        mine, theirs = self.addresses(one), self.addresses(other)
        return any(same_email(a, b) for a in mine for b in theirs)

    def addresses(self, person: Person) -> set[str]:
        """Return all addresses that aliases lead to from a person's."""
        found: set[str] = set()
        waiting = [(person.name, person.email.casefold())]
        while waiting and len(found) < MAX_ALIASES:
            name, email = waiting.pop()
            if email in found:
                continue
            found.add(email)
            local, host = mailbox(email)
            exact = [alias for above in hosts_above(host) for alias in self.near.get((local, above), ()) if mailbox(alias)[1] == above]
            for alias in dict.fromkeys([*exact, *self.near.get((local, host), ())]):
                known = self.by_both.get((name.casefold(), alias)) or self.by_email.get(alias)
                if known and known.email:
                    waiting.append((known.name or name, known.email.casefold()))
        return found

    def roles(self, person: Person) -> list[str]:
        """Return what a person looks after, `role of area`, in the roster's order; empty for somebody it does not name."""
        return [
            f"{area.role} of {area.name}" for area in self.areas
            if any(self.same(person, other) or (not other.email and same_name(person.name, other.name)) for other in area.people)
        ]  # fmt: skip

    def is_machine(self, person: Person) -> bool:
        """Say whether somebody is a bot or a tool: one that is known as such, or that the roster calls one."""
        return is_machine(person) or any(self.same(person, one) for one in self.machines)

    def is_maintainer(self, person: Person) -> bool:
        """Say whether the roster names a person as maintainer of anything."""
        return any(role.startswith(f"{MAINTAINER} of ") for role in self.roles(person))

    def responsible(self, paths: Iterable[str], role: str) -> list[Person]:
        """Return who holds a role for any of some files, each once."""
        touched = list(paths)
        found: dict[Person, None] = {}
        for area in self.areas:
            covered = any(inside(path, area.globs) and not inside(path, area.excluded) for path in touched)
            if area.role == role and (covered or not area.globs):
                found |= dict.fromkeys(area.people)
        return list(found)


def hosts_above(host: str) -> list[str]:
    """Return a host and those above it, but for the last label alone."""
    parts = host.split(".")[-MAX_LABELS:]
    return [".".join(parts[at:]) for at in range(len(parts) - 1)] or [host]


NOBODY = People()
"""A project that gave no files: everybody is who they say, nobody is a maintainer."""


def read_people(aliases: str, roster: str, names: tuple[str, str] = ("aliases", "roster")) -> People:
    """Return the people that a mailmap and a roster (MAINTAINERS of the kernel or QEMU, or TOML) name; "" for a file not given.

    Raises `ConfigError` for a roster in neither form and for a mailmap line that cannot be read, naming file and line.
    """
    by_email, by_both = _mailmap(aliases, names[0])
    digest = sha256(f"{aliases}\0{roster}".encode("utf-8", "surrogatepass")).hexdigest() if aliases or roster else ""
    areas = _roster(roster, names[1])
    machines = tuple(person for area in areas if area.role == MACHINE for person in area.people)
    return People(by_email, by_both, tuple(area for area in areas if area.role != MACHINE), digest, machines)


def together(every: Iterable[People]) -> People:
    """Return who is who by the files of several projects: for one series on the lists of all of them."""
    found = [people for people in every if people is not NOBODY]
    if len(found) < 2:
        return found[0] if found else NOBODY
    return People(
        {key: value for people in found for key, value in people.by_email.items()},
        {key: value for people in found for key, value in people.by_both.items()},
        tuple(area for people in found for area in people.areas),
        "",
        tuple(person for people in found for person in people.machines),
    )


def inside(path: str, globs: Iterable[str]) -> bool:
    """Say whether a file is covered by any of some globs: `dir/**` for all below a folder, else a name in its own folder."""
    return any(
        path.startswith(glob[:-2]) if glob.endswith("/**") else fnmatchcase(path, glob) and path.count("/") == glob.count("/")
        for glob in globs
    )


def _mailmap(text: str, where: str) -> tuple[dict[str, Person], dict[tuple[str, str], Person]]:
    """Read the four forms of gitmailmap(5)."""
    by_email: dict[str, Person] = {}
    by_both: dict[tuple[str, str], Person] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _MAILMAP.match(line.strip())
        if not match:
            raise ConfigError(f"{where}, line {number} is no alias", "write Proper Name <proper@address> <other@address>")
        name, email, other_name, other_email = (part.strip() if part else "" for part in match.groups())
        known = Person(name, email)
        if other_email and other_name:
            by_both[other_name.casefold(), other_email.casefold()] = known
        else:
            by_email[(other_email or email).casefold()] = known
    return by_email, by_both


def _roster(text: str, where: str) -> tuple[Area, ...]:
    if not text.strip():
        return ()
    if re.search(r"^[MRF]:\s", text, re.MULTILINE):
        return tuple(_sections(text))
    try:
        data = parse_toml(text.encode("utf-8", "surrogatepass"), where)
    except ConfigError as error:
        raise ConfigError(f"{where} is neither a MAINTAINERS file nor TOML", str(error)) from error
    rows = data.get("area")
    if not isinstance(rows, list) or set(data) != {"area"}:
        raise ConfigError(f"{where} names no areas", 'write [[area]] with name, role and people = ["Name <address>"]')
    return tuple(_area(row, where) for row in rows)


_OPTIONAL = ("role", "files", "excluded", "machine")


def _area(row: object, where: str) -> Area:
    if not isinstance(row, dict) or not {"name", "people"} <= set(row) <= {"name", "role", "people", "files", "excluded", "machine"}:
        raise ConfigError(
            f"{where} has an area that cannot be read", "an [[area]] has name and people, and may have role, files, excluded, machine"
        )
    if not all(isinstance(row.get(key, []), list) for key in ("people", "files", "excluded")):
        raise ConfigError(f"{where}, area {row['name']!r}: people, files and excluded are lists", 'write people = ["Name <address>"]')
    if not isinstance(row.get("machine", False), bool):
        raise ConfigError(f"{where}, area {row['name']!r}: machine is true or false", "write machine = true for bots and tools")
    people = tuple(parse_person(str(item)) for item in row["people"])
    role = MACHINE if row.get("machine") else str(row.get("role", MAINTAINER))
    return Area(str(row["name"]), role, people, tuple(map(str, row.get("files", ()))), tuple(map(str, row.get("excluded", ()))))


def _sections(text: str) -> Iterable[Area]:
    """Yield the sections of a MAINTAINERS file: a title line, then `M:`, `R:`, `F:` and `X:` lines (its head in the kernel's tree)."""
    title, before = "", ""
    lines: list[tuple[str, str]] = []
    for line in [*text.splitlines(), ""]:
        match = _ENTRY.match(line[:1000])
        if match:
            title = title or before
            lines.append((match[1], match[2].strip()))
        elif not line.strip() or not line.startswith((" ", "\t", "-", "=")):
            if lines and (not line.strip() or title):
                yield from _people_of(title, lines)
                title, lines = "", []
            before = line.strip() or before
    yield from _people_of(title, lines)


def _people_of(title: str, lines: list[tuple[str, str]]) -> Iterable[Area]:
    globs = tuple(glob for kind, value in lines if kind == "F" for glob in _globs(value))
    excluded = tuple(glob for kind, value in lines if kind == "X" for glob in _globs(value))
    for kind, role in (("M", MAINTAINER), ("R", REVIEWER)):
        people = tuple(parse_person(value) for letter, value in lines if letter == kind)
        if people:
            yield Area(title, role, people, globs, excluded)


def _globs(value: str) -> tuple[str, ...]:
    """A folder holds all below it; a star stays within a folder, as MAINTAINERS has it."""
    if value.endswith("/"):
        return (f"{value}**",)
    return (value,) if "*" in value or "?" in value else (value, f"{value}/**")
