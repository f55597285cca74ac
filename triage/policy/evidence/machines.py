# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is a machine: names, addresses and accounts of AI tools and of bots told from those of people."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from triage.model import Person
from triage.model.expression import expression
from triage.policy.evidence.tools import Name, Tool, find_names, names_ai_word, on_extend, spell, tools, tools_in
from triage.policy.evidence.words import word_set

_AGENT_NAME = expression(r"(?:AI|LLM|AI (?:coding )?(?:assistant|agent)|(?:coding |AI )agent)", re.IGNORECASE)
_MARK = expression(r"\(([\w .:/-]{2,60})\)$|\bvia ([\w .-]{2,30})$")
_FORGE = expression(r"(?:[0-9]{1,12}\+)?([\w.-]{1,60}?)(?:\[bot\])?@users\.noreply\.[\w.]+")


@lru_cache(maxsize=1)
def _addresses() -> tuple[frozenset[str], frozenset[str]]:
    every = [address for tool in tools() for address in tool.addresses]
    return frozenset(a for a in every if a[0] != "*"), frozenset(a[1:] for a in every if a[0] == "*")


@lru_cache(maxsize=1)
def _people() -> dict[str, Tool]:
    return {login: tool for tool in tools() for login in tool.logins}


def _by_address(email: str) -> Tool | None:
    """Return the tool that writes from an address: one of its own, or its account on a code host."""
    email = email.lower()
    local, at, host = email.rpartition("@")
    exact, hosts = _addresses()
    plain = f"{local.partition('+')[0]}@{host}"
    if email in exact or plain in exact or (at and f"@{host}" in hosts):
        return next(t for t in tools() if {email, plain, f"*@{host}"} & set(t.addresses))
    forge = _FORGE.fullmatch(email)
    return _people().get(forge[1]) if forge else None


def is_ai(person: Person) -> bool:
    """Say whether a name or an address is that of an AI tool: its whole name, its address, its account; never a part of a surname."""
    if _by_address(person.email):
        return True
    name = person.name.strip()
    if _AGENT_NAME.fullmatch(name):
        return True
    found = find_names(name)
    whole = len(found) > 0 and all(gap.strip(" ()[]:/,-") in {"", "bot", "ai"} for gap in _gaps(name.lower(), found))
    if not whole:
        return False
    local = person.email.partition("@")[0].lower()
    own = any(item.kind == "word" and item.tool in local for item in found) or re.match(r"no-?reply\b|donotreply", local)
    return not person.email or bool(own) or any(item.kind == "named" for item in found)


def _gaps(text: str, found: Sequence[Name]) -> Iterable[str]:
    at = 0
    for item in found:
        yield text[at : item.start]
        at = item.end
    yield text[at:]


def agent_mark(person: Person) -> str:
    """Return the tool that a person's name says acted for them, as in `Ada Example (aider)`; "" for none."""
    match = _MARK.search(person.name)
    inside = next((part for part in match.groups() if part), "").strip() if match else ""
    found = find_names(inside)
    return spell(found[0]) if found and found[0].start == 0 else ""


def tools_of_person(person: Person) -> tuple[str, ...]:
    """Return the tools that a name and address of a machine stand for."""
    if found := tools_in(person.name):
        return found
    if tool := _by_address(person.email):
        return (f"{tool.vendor}/{tool.tool}/",)
    return ()


def is_person(value: Person) -> bool:
    """Say whether a name with an address is a person's: two words or a private address, and nothing of a tool's own."""
    if not value.email or is_ai(value):
        return False
    return not any(item.kind == "named" for item in find_names(value.name)) and not names_ai_word(value.name)


def is_bot(person: Person) -> bool:
    """Say whether an address is a robot's: `…[bot]@…`, or a whole word bot in its local part; surnames are people's."""
    local = person.email.partition("@")[0].lower()
    return local.endswith("[bot]") or bool({"bot", "robot", "syzbot", "lkp"} & set(re.split(r"[-_.+]", local)))


_ROBOT = expression(
    r"(?:kernel test robot|lkp|0-?day ci|syzbot|patchwork[ -]?bot\b.*|"
    r".{0,40}\breview[ -]?bot\b.*|ci bot|cki(?: .*)?|sashiko.*|.{1,40}\[bot\])",
    re.IGNORECASE,
)


def is_machine(person: Person) -> bool:
    """Say whether somebody is a bot or an AI tool, whose `Reviewed-by` is not a person's word."""
    return is_bot(person) or is_ai(person) or _ROBOT.fullmatch(person.name.strip()) is not None


on_extend(_people.cache_clear)
on_extend(_addresses.cache_clear)


MAX_KNOWN = 5000
_PRODUCT = word_set("code cli opus sonnet haiku fable desktop agent pro max assistant composer wrote session")
_SPELLED_OUT = expression(
    r"\bAI(?:\)? ?[=:(] ?| is (?:the |an? )| stands for )[\"'\u201c]?(?!artificial)[Aa]\w+[ -][Ii]\w+|"
    r"\b(?!artificial)[Aa]\w+[ -][Ii]\w+ \(AI\)"
)


def known_names(text: str) -> frozenset[str]:
    """Return the names, small, that a text gives to others: a tool's name with a surname behind it, `ai` where it spells out another."""
    found: set[str] = {"ai"} if _SPELLED_OUT.search(text) else set()
    for name in find_names(text, MAX_KNOWN):
        surname = re.match(r"(?: [A-Z]\.)? [A-Z][a-z\u00df-\u024f]{2,}\b", text[name.end : name.end + 40]) if name.kind != "named" else None
        if surname and surname[0].strip().lower() not in _PRODUCT:
            found.add(text[name.start : name.end].split(maxsplit=1)[0].lower())
    return frozenset(found)
