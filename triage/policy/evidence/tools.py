# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who makes which AI tool, and what names one: the table `tools.toml` read; names, models, accounts and session links found."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from string import ascii_letters
from typing import Any

from msgspec import Struct

from triage.model import Role
from triage.model.errors import ConfigError
from triage.model.expression import expression
from triage.policy.evidence.words import word_set


class Tool(Struct, frozen=True):
    """One row of `tools.toml`; what its fields mean is said there."""

    tool: str
    vendor: str = ""
    names: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    role: str = ""
    first_names: tuple[str, ...] = ()


class Name(Struct, frozen=True):
    """A place where a text names a tool; `kind` says how sure the name alone is: named, shared (people bear it) or word."""

    start: int
    end: int
    tool: str
    vendor: str
    model: str
    kind: str


_LISTS = frozenset(Tool.__struct_fields__) - {"tool", "vendor", "role"}
_extra: list[Tool] = []
_rows: list[object] = []


def read_rows(rows: Sequence[object], where: str) -> tuple[Tool, ...]:
    """Return rows of a tool table as values; raises `ConfigError` for a key or a type that is none of its own."""
    known = set(Tool.__struct_fields__)
    made: list[Tool] = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not isinstance(row.get("tool"), str) or not row["tool"]:
            raise ConfigError(f"{where}: tool {number} has no name", 'write tool = "name"')
        if wrong := sorted(set(row) - known):
            raise ConfigError(f"{where}: tool {row['tool']!r} has an unknown key {wrong[0]!r}", f"one of {', '.join(sorted(known))}")
        values: dict[str, Any] = {}
        for key, value in row.items():
            if key in _LISTS and not (isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)):
                raise ConfigError(f"{where}: {key} of tool {row['tool']!r} is no list of texts", f'write {key} = ["…"]')
            if key not in _LISTS and not isinstance(value, str):
                raise ConfigError(f"{where}: {key} of tool {row['tool']!r} is no text", f'write {key} = "…"')
            values[key] = tuple(item.lower() for item in value) if key in _LISTS else value.lower()
        if values.get("role", "") not in {"", *Role}:
            raise ConfigError(f"{where}: role {values['role']!r} is unknown", f"one of {', '.join(Role)}")
        made.append(Tool(**values))
    return tuple(made)


def extend(rows: Sequence[object], where: str = "config.toml") -> None:
    """Have the table hold the user's own rows too, for this process; raises `ConfigError` for a row that cannot be read."""
    added = read_rows(rows, where)
    if added == tuple(_extra):
        return
    _extra[:] = added
    _rows[:] = rows
    for cached in (tools, telling_words, _by_first, _by_word, _links, _makers):
        cached.cache_clear()
    for clear in _cleared:
        clear()


_cleared: list[Callable[[], None]] = []


def on_extend(clear: Callable[[], None]) -> None:
    """Have something that was made from the table forgotten when it grows."""
    _cleared.append(clear)


def own_rows() -> tuple[object, ...]:
    """Return the user's rows as they were given to `extend`, for a process that reads in place of this one."""
    return tuple(_rows)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(files("triage.policy.evidence").joinpath("tools.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def tools() -> tuple[Tool, ...]:
    """Return the tool table, the user's rows among it."""
    rows = {tool.tool: tool for tool in read_rows(_data()["tool"], "tools.toml")}
    for extra in _extra:
        old = rows.get(extra.tool)
        more: dict[str, Any] = {key: (*getattr(old, key), *getattr(extra, key)) for key in _LISTS} if old else {}
        rows[extra.tool] = Tool(extra.tool, extra.vendor or old.vendor, role=extra.role or old.role, **more) if old else extra
    return tuple(rows.values())


_TAIL = expression(
    r"(?:[ :/-]{0,2}(?:v?[0-9][a-z0-9.]*|[kmr][0-9][a-z0-9.]*|opus|sonnet|haiku|fable|pro|flash|ultra|mini|nano|lite|large|medium|"
    r"small|max|"
    r"turbo|coder|codex|preview|reasoner|instruct|chat|code|cli|agent|ai|ide|assistant|composer|vision|thinking|next|"
    r"desktop)(?![a-z_]))+", re.I | re.A
)  # fmt: skip
_MODEL_NUMBER = expression(r"-v?[0-9]|v[0-9]| ?[4-9](?![0-9a-z_])| ?[3-9]\.[0-9]| ?4o\b", re.IGNORECASE)
_PRODUCT = word_set("code cli agent ai ide assistant composer desktop chat")


@lru_cache(maxsize=1)
def _by_word() -> dict[str, tuple[Tool, str]]:
    """Every name of the table, small and with blanks for hyphens, with its row and how sure it is."""
    found: dict[str, tuple[Tool, str]] = {}
    for kind, key in (("word", "words"), ("shared", "shared"), ("named", "names")):
        for tool in tools():
            for name in getattr(tool, key):
                found[name.replace("-", " ")] = (tool, kind)
    for tool in tools():
        for family in tool.models:
            found.setdefault(family.replace("-", " "), (tool, "model"))
    return found


_RUN = expression("[A-Za-z]+")
_INSIDE = frozenset("0123456789_/@.\\-" + ascii_letters)
"""What stands before letters that are the rest of a word, a path or an address."""


@lru_cache(maxsize=1)
def _by_first() -> dict[str, tuple[str, ...]]:
    """By the letters that names begin with, the names that do, the longest first."""
    groups: dict[str, list[str]] = {}
    for name in _by_word():
        start = _RUN.match(name)
        assert start is not None, f"the name {name!r} begins with no letter"
        groups.setdefault(start[0], []).append(name)
    sorted_groups = {first: tuple(sorted(names, key=len, reverse=True)) for first, names in groups.items()}
    return {f"{first}v": names for first, names in sorted_groups.items()} | sorted_groups  # "gptv4"


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return an expression for some names; made when a text first has what they begin with, as most texts never do."""
    choices = "|".join(re.escape(name).replace(r"\ ", "[ -]") for name in names)
    return re.compile(rf"(?:{choices})(?:(?![a-z_]|\.(?:md|txt|rst|toml)\b)|(?=v[0-9]))", re.IGNORECASE | re.ASCII)


_COMMON = word_set(
    "void editor github gitlab microsoft ibm google meta amazon aws nova le chat code command open hands visual builder io "
    "continue dev block factory cli agent ai model new bolt swe mini lm studio deep seek small large medium translate act "
    "preview bot pro duo phind genie codename vercel granite cosine space pi coding by all auto developer integration "
    "engineer composer vibe assist gpt "
)
"""Words of names that many mails have and that name no tool alone."""


@lru_cache(maxsize=1)
def telling_words() -> tuple[frozenset[str], frozenset[str]]:
    """Return a word of each name that tells of it, small, and those of names that are words, as they are written with a capital."""
    rows = _by_word().items()
    firm: set[str] = set()
    for name, (_, kind) in rows:
        telling = set(re.findall("[a-z]{2,}", name)) - _COMMON
        if kind != "word":
            firm.add(max(sorted(telling), key=len) if telling else re.escape(name).replace(r"\ ", "[ -]"))
    heads = {name.split(" ")[0] for name, (_, kind) in rows if kind == "word"} - {"factory"}
    return frozenset(firm), frozenset(spelt for head in heads for spelt in (head.capitalize(), head.upper()))


def _matches(text: str) -> Iterator[re.Match[str]]:
    table = _by_first()
    begun = table.keys() & {word.lower() for word in set(_RUN.findall(text))}
    if not begun:
        return  # as in most texts
    plain = text.encode("ascii", "replace").decode().lower()  # a character for each, which str.lower() does not promise
    for at, word in sorted((at, first) for first in begun for at in _places(plain, first)):
        if match := _any_of(table[word]).match(text, at):
            yield match


def _places(plain: str, word: str) -> Iterator[int]:
    """Yield where a text of small letters has a word by itself."""
    at = plain.find(word)
    while at >= 0:
        end = at + len(word)
        if plain[at - 1 : at] not in _INSIDE and not plain[end : end + 1].isalpha():
            yield at
        at = plain.find(word, end)


def find_names(text: str, most: int = 100_000) -> list[Name]:
    """Return the places where a text names a tool of the table, in order, with the model that follows the name; `most` of them."""
    found: list[Name] = []
    for match in _matches(text):
        if len(found) >= most:
            break
        if found and match.start() < found[-1].end:
            continue
        tool, kind = _by_word()[match[0].lower().replace("-", " ")]
        tail = _TAIL.match(text, match.end())
        end = match.end() if tail is None or text[match.end() : match.end() + 1] in {"/", "."} else len(text[: tail.end()].rstrip("."))
        rest = [word for word in re.split(r"[ :/-]+", text[match.end() : end].lower()) if word]
        version = [word for word in rest if word not in _PRODUCT]
        numbered = any(char.isdigit() for word in version for char in word)
        if kind == "model" and not (numbered and _MODEL_NUMBER.match(text, match.end())):
            continue  # the family of a model is a name with its number alone: gpt-5, o3; GPT2 is a clock, GPT a partition table
        if kind != "named" and (rest and (numbered or rest[0] in _PRODUCT or version)):
            kind = "named" if numbered or kind != "word" or match[0][:1].isupper() else kind
        family = match[0].lower().replace(" ", "-")
        if _TAIL.fullmatch(family) and numbered:
            version = [family, *version]  # "Sonnet 4.5" alone
        model = re.sub(r"[ .:/]+", "-", "-".join([family, *version])).strip("-") if version else ""
        if model and not any(model.startswith(prefix) for prefix in _makers()):
            model = re.sub(r"[ .:/]+", "-", "-".join([(tool.models or (family,))[0], *version])).strip("-")
        if (
            found
            and found[-1].end == match.start() - 1
            and found[-1].vendor == tool.vendor
            and not found[-1].model
            and text[found[-1].end] in " :/"
        ):
            first = found.pop()  # "Codex:GPT-5", "Mistral Codestral": an agent and its maker's own model are one
            keep = first.tool if first.tool != tool.vendor and model else tool.tool
            found.append(Name(first.start, end, keep, tool.vendor, model, "named"))
            continue
        found.append(Name(match.start(), end, tool.tool, tool.vendor, model, "named" if kind == "model" else kind))
    return found


def spell(name: Name) -> str:
    """Return `vendor/tool/model` for a name, with empty parts where nothing is known."""
    return f"{name.vendor}/{name.tool}/{name.model}"


def merge_tools(names: Iterable[Name]) -> tuple[str, ...]:
    """Return the tools that names stand for, each once, with its model where any of its names has one."""
    found: dict[tuple[str, str], str] = {}
    for name in names:
        if name.tool == name.vendor and any(vendor == name.vendor for vendor, _ in found):
            continue  # the maker named beside the tool
        found[name.vendor, name.tool] = found.get((name.vendor, name.tool)) or name.model
    firm = {vendor for vendor, tool in found if tool != vendor}
    return tuple(f"{vendor}/{tool}/{model}" for (vendor, tool), model in found.items() if tool != vendor or vendor not in firm or model)


def tools_in(text: str) -> tuple[str, ...]:
    """Return `vendor/tool/model` for each tool that a trailer's value or a field names."""
    return merge_tools(find_names(text))


def name_tool(text: str) -> str:
    """Return `vendor/tool/model` for the first tool that `text` names, "" where it names none."""
    return next(iter(tools_in(text)), "")


_AI_WORD = expression(r"(?-i:\bAI\b)|\bLLMs?\b|\bchat ?bot\b|\bassistant\b|\blanguage model|\bagents?\b", re.IGNORECASE | re.ASCII)
_AGENT_MODEL = expression(r"[A-Za-z][\w .-]{1,40}:[A-Za-z][\w.-]*[0-9][\w.-]*(?:\s|$)", re.ASCII)


def is_plain_tool(text: str) -> bool:
    """Say whether every word of a trailer's value names a tool that is no AI, such as coccinelle."""
    words = re.findall(r"[\w+.-]+", text.lower())
    return bool(words) and all(word in _plain() or word.strip(".")[:1].isdigit() for word in words)


@lru_cache(maxsize=1)
def _plain() -> frozenset[str]:
    return frozenset(name for row in _data()["plain"] for name in row["names"])


def names_ai_word(text: str) -> bool:
    """Say whether a text has a word for AI in it."""
    return bool(_AI_WORD.search(text))


def names_ai(text: str) -> bool:
    """Say whether a trailer's value names an AI tool: a known one, a word for one, or `AGENT:MODEL` as the kernel has it."""
    return bool(find_names(text) or _AI_WORD.search(text) or _AGENT_MODEL.match(text))


def has_model(tool_names: Iterable[str]) -> bool:
    """Say whether any of some `vendor/tool/model` has a model."""
    return any(name.split("/")[2:] not in ([], [""]) for name in tool_names)


def usual_role(tool: str) -> str:
    """Return what a tool does where nobody says: "" for any, `review` for one that only reviews."""
    parts = tool.split("/")
    return next((row.role for row in tools() if parts[1:2] == [row.tool]), "")


def is_first_name(name: Name) -> bool:
    """Say whether a name alone is more often a person's first name than the tool's."""
    return (
        name.kind == "shared"
        and not name.model
        and any(row.first_names for row in tools() if row.tool == name.tool and row.vendor == name.vendor)
    )


# links and makers --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _links() -> re.Pattern[str]:
    every = [(link, tool.tool) for tool in tools() for link in tool.links]
    choices = "|".join(re.escape(link) for link, _ in sorted(every, key=lambda row: -len(row[0])))
    not_one = r"(?!(?:new|new_chat|onboarding|settings|about|help|docs|login|install)(?![\w-]))"
    return re.compile(rf"https?://(?:www\.)?(?P<page>{choices}){not_one}[\w-]{{4,}}[\w./?=&%-]*", re.IGNORECASE)


def session_link(text: str) -> tuple[int, int, str] | None:
    """Return where a text has the address of one session with a tool, as start, end and `vendor/tool/`; None where it has none."""
    if "://" not in text:
        return None
    match = _links().search(text)
    if match is None:
        return None
    tool = next(tool for tool in tools() if match["page"].lower() in tool.links)
    return match.start(), match.end(), f"{tool.vendor}/{tool.tool}/"


def vendors_of(tool: str) -> list[str]:
    """Return the vendors that a `vendor/tool/model` involves: the tool's, and the model's where it is another's; "" for one not known."""
    vendor, _, model = (*tool.split("/"), "", "")[:3]
    maker = next((row for prefix, row in _makers().items() if model.startswith(prefix)), "") if model else ""
    if vendor and model and not maker:
        return [vendor, ""]
    return list(dict.fromkeys(item for item in (vendor, maker) if item)) or [""]


@lru_cache(maxsize=1)
def _makers() -> dict[str, str]:
    own = {family: tool.vendor for tool in _extra for family in tool.models}
    return own | {row["prefix"]: row["vendor"] for row in _data()["model"]}
