# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of policy packs: thirteen rule kinds with their parameters, a closed set of predicates, and what each may be.

Packs are checked against these tables and the JSON Schema for editors is made from them, so that there is one list of words.
"""

from typing import Any

from msgspec import Struct

from triage.model import EvidenceClass, Role, Severity
from triage.model.codes import SITE

STANCES = ("ban", "ban+exceptions", "ban+approval", "threshold", "disclose", "encourage", "allow-list", "accountable", "human-in-loop",
           "none")  # fmt: skip
STATUSES = ("verified", "draft")
DCO = ("1.1", "cla", "none")
FIELDS = ("tool", "how", "parts", "prompts", "tests", "model")
EXEMPTIONS = ("grammar", "translation", "accessibility", "typing-aid", "mechanical")
CLASSES = tuple(item.value for item in EvidenceClass)
ROLES = tuple(item.value for item in Role)


class Predicate(Struct, frozen=True):
    """What a word of `when` means, with an example for which it holds and one for which it does not."""

    says: str
    holds: str
    fails: str
    value: str = ""
    """What stands behind it, "" for a word that stands alone."""
    example: str = ""
    """The value that the examples are about."""


PREDICATES: dict[str, Predicate] = {
    "always": Predicate("every mail; the same as no `when`", "any mail", ""),
    "patch": Predicate("the mail is a patch", "[PATCH 1/2] lamp: add a switch", "[PATCH 0/2] lamp: rework"),
    "cover": Predicate(
        "the mail is a cover letter; it does not tell of a patch whether its series has one, which the kind `cover-letter` does",
        "[PATCH 0/2] lamp: rework", "[PATCH 1/2] lamp: add a switch",
    ),
    "series": Predicate("there is more than one patch", "[PATCH 1/2] lamp: add a switch", "[PATCH] lamp: add a switch"),
    "patches>": Predicate(
        "the series has more than N patches, the cover letter not counted", "[PATCH 1/11] lamp: add a switch",
        "[PATCH 1/10] lamp: add a switch", "N", "10",
    ),
    "lines>": Predicate("the patch adds more than N lines", "21 lines added", "20 lines added", "N", "20"),
    "path:": Predicate(
        "the patch touches a file that matches: `dir/` is all below the folder, `*` any characters", "security/selinux/hooks.c",
        "fs/inode.c", "GLOB", "security/selinux/",
    ),
    "subject-prefix:": Predicate(
        "the word stands in the brackets of the subject", "[PATCH net-next] lamp: add a switch", "[PATCH net] lamp: add a switch", "WORD",
        "net-next",
    ),
    "pull": Predicate("the mail, or the first of its series, is a pull request", "[GIT PULL] lamp fixes", "[PATCH] lamp: add a switch"),
    "rfc": Predicate("the mail, or the first of its series, is marked RFC", "[RFC PATCH] lamp: add a switch", "[PATCH] lamp: add a switch"),
    "revert": Predicate("the title begins with Revert", '[PATCH] Revert "lamp: add a switch"', "[PATCH] lamp: add a switch"),
    "reply-patch": Predicate("the patch was sent as a reply (`Re:`)", "Re: [PATCH] lamp: add a switch", "[PATCH] lamp: add a switch"),
    "sender!=author": Predicate("somebody sent another's patch", "From: Bo Sample <bo@example.net> in the text", "no From: in the text"),
    "author.is_maintainer": Predicate(
        "the roster names the author as a maintainer of anything", "Ada, whom the roster names", "Bo, whom it does not name"
    ),
    "ai.declared": Predicate(
        "the series' own people declare that a machine made something of it", "Assisted-by: Claude:claude-opus-4-6", "No AI was used."
    ),
    "ai.denied": Predicate("its own people say that none did", "No AI was used.", "Assisted-by: Claude:claude-opus-4-6"),
    "ai.admitted": Predicate(
        "they declare it in a reply", "a reply of the author: I used Claude for the tests.", "a reply of the author: I will fix that."
    ),
    "ai.alleged": Predicate(
        "somebody else says it of this contribution", "another's reply: This patch was evidently written by ChatGPT.",
        "another's reply: Did you use ChatGPT?",
    ),
    "ai.local": Predicate(
        "all that is declared ran on the writer's own machine, by their words", "Assisted-by: Qwen (local, Ollama)", "Assisted-by: Qwen"
    ),
    "repository.private": Predicate(
        "the pack, or another of the list, says in [repository] that the repository is private", "private = true", "private = false"
    ),
    "repository.secrets": Predicate("… that it holds secrets", "secrets = true", "secrets = false"),
    "repository.public": Predicate("… that it is not private and holds no secrets", "private = false, secrets = false", "secrets = true"),
    "ai.role:": Predicate(
        "a machine is declared in this role", "Claude found the missing unlock; the fix is mine.", "Claude wrote the fix.", "ROLE", "find"
    ),
}  # fmt: skip
"""The closed set of predicates; one that ends in a sign takes a value."""
VALUED = tuple(word for word, predicate in PREDICATES.items() if predicate.value)
GRAMMARS = {
    "agent-model": r"[^:\s][^:]*:\S.*",
    "llm": r"LLM( [^\s,;]+)*",
    "fixes": r'[0-9a-f]{12,40} \("[^\n]+"\)',
}
"""Named grammars for a whole value."""


class Parameter(Struct, frozen=True):
    """One parameter: `word`, `words`, `text`, `texts`, `regex`, `yes-no`, `number`, `date` or `table`; `choices` closes it."""

    kind: str
    says: str
    choices: tuple[str, ...] = ()
    needed: bool = False


def _word(says: str, *choices: str, needed: bool = False) -> Parameter:
    return Parameter("word", says, choices, needed)


def _words(says: str, *choices: str, needed: bool = False) -> Parameter:
    return Parameter("words", says, choices, needed)


COMMON = {
    "id": Parameter("text", "the rule's name, one a pack; a pack that extends another replaces its rules of the same id", needed=True),
    "kind": Parameter("word", "what kind of rule it is", needed=True),
    "severity": _word("how grave a finding is, warn unless set; ask never becomes error by itself", *(item.value for item in Severity)),
    "when": Parameter("text", "predicates joined by `and`, each maybe with `not` before it; without it: always"),
    "valid_from": Parameter("date", "the first day on which it is in force"),
    "valid_until": Parameter("date", "the last day on which it is in force"),
    "text": Parameter("text", "the rule in the project's words"),
    "source": Parameter("text", "the document it stands in"),
    "code": Parameter("text", "a code of your own for its findings, such as `ACK001`; not for sign-offs, stances and disclosure"),
    "name": Parameter("text", "with code: the finding's name in small letters, such as `ack-missing`"),
    "status": _word("draft where this rule's text was not read at its source, though the pack's was", *STATUSES),
}

_UNCLEAR = _word("what to do where the sender's own words name an AI tool and do not say what it did; info unless set", "info", "ask")

KINDS: dict[str, dict[str, Parameter]] = {
    "trailer": {
        "key": Parameter("text", "the trailer's key"),
        "any_of": Parameter("texts", "several keys in place of one"),
        "op": _word("require it, forbid it, hold its value to a grammar, or its place", "require", "forbid", "grammar", "position",
                    needed=True),
        "value": Parameter("regex", f"for grammar: a regular expression for the whole value, or one of {', '.join(GRAMMARS)}"),
        "before": Parameter("text", "for position: the key that it must stand before"),
        "subject": _word("for forbid: of whom it must not speak", "any", "ai-tool", "bot", "person"),
        "scope": _word("which mails must carry it", "patch", "cover", "series"),
        "people": Parameter(
            "texts", "for require: whose it must be, `Name <address>` each, in the patch or their own reply; author and sender never count"
        ),
        "role": Parameter(
            "text", "for require: the role for its files that they must have, maintainer (M:), reviewer (R:), or one of a TOML roster"
        ),
        "needs": Parameter("number", "for require: how many of them, 1 unless set"),
        "region": _word("where it counts", "message"),
        "case": _word("whether the key's capitals count", "exact", "loose"),
        "prose": Parameter("yes-no", "for forbid: lines that advertise a tool are not wanted either"),
    },
    "order": {
        "key": Parameter("text", "the trailer that another must follow"),
        "followed_by": Parameter("text", "the trailer that must follow"),
        "same_person": Parameter("yes-no", "both must name one person"),
        "immediate": Parameter("yes-no", "nothing may stand between"),
        "first": _word("whose sign-off comes first", "author"),
        "last": _word("whose sign-off comes last", "sender"),
    },
    "identity": {
        "who": _word("whose sign-off is looked for", "author", "sender", "codeveloper", "committer", needed=True),
        "in": Parameter("text", "the trailer that must name them"),
        "match": _word("what makes two people one: the address (and the alias file), or the name as well", "email", "name", "alias"),
        "on_name_only": _word("what to do where name agrees and address does not", "ask", "warn", "ok"),
    },
    "human-only": {
        "keys": Parameter("texts", "trailers that only a person may give; `From` stands for who wrote and sent it", needed=True),
        "identities": _word("who is no person", "builtin:ai-agents"),
    },
    "ai-stance": {
        "stance": _word(
            "what the project does with declared use; conditions only ask", "decline", "decline-unless-exception", "conditions", "allow",
            needed=True,
        ),
        "evidence": _words("the classes of evidence that count; third-party and bot-guess only ever ask", *CLASSES, needed=True),
        "exempt_roles": _words("roles that it leaves alone", *ROLES),
        "exempt": _words("uses that it leaves alone", *EXEMPTIONS),
        "unclear": _UNCLEAR,
    },
    "disclosure": {
        "where": _words("the places that count as disclosed", "trailer", "message", "cover", "tail", needed=True),
        "key": Parameter("text", "the trailer, where only that one counts"),
        "any_of": Parameter("texts", "several trailers in place of one"),
        "fields": _words("what a disclosure must tell", *FIELDS),
        "threshold": _word("from how much use on; significant and unmodified cannot be told from a mail, so they ask", "any", "significant",
                           "unmodified"),
        "roles": _words("the roles it speaks of; without it those in which something of the patch came from a machine", *ROLES),
        "exempt": _words("uses and roles that need none", *EXEMPTIONS, *ROLES),
        "unclear": _UNCLEAR,
    },
    "tools": {
        "allow": Parameter("texts", "what may be used"),
        "deny": Parameter("texts", "what may not"),
        "by": _word("what the lists name, vendors unless set", "vendor", "tool", "model"),
        "unknown": _word("what to do with a tool that is not known: ask where there is allow, else ok, unless set", "ask", "error", "ok"),
    },
    "paths": {
        "globs": Parameter(
            "texts", "files: `tests/**`, or `tests/` as in MAINTAINERS; `builtin:agent-files` for all that instruct AI agents", needed=True
        ),
        "op": _word("forbid them, ask whether they only prevent AI use, or note them", "forbid", "only-preventive", "note", needed=True),
        "applies_to": _word("added files only, or modified ones too", "added", "modified"),
    },
    "size": {
        "max_added": Parameter("number", "the highest number that is no finding", needed=True),
        "count": _word("what is counted", "lines", "files", "patches"),
        "exclude": Parameter("texts", "files that do not count"),
    },
    "versions": {
        "hours": Parameter("number", "how many hours lie between a version and the one before"),
        "thread": _word("where a new version is sent: in a thread of its own, or below the one before", "apart", "below"),
    },
    "cover-letter": {
        "above": Parameter("number", "a series of more patches than this must have one", needed=True),
    },
    "second-opinion": {
        "needs": Parameter("number", "how many people must agree", needed=True),
        "role": Parameter("text", "who they must be"),
        "distinct_from": _words("who they must not be", "author", "sender", "requester", "first-reviewer"),
        "reasons": Parameter("texts", "reason codes to choose from"),
        "record": _word("where the decision is kept", "audit", "trailer"),
        "trailer": Parameter("text", "for record = trailer: its key"),
    },
    "attest": {
        "statement": Parameter("text", "what somebody must be able to say; never inferred", needed=True),
        "by": _word("who says it", "contributor", "maintainer", needed=True),
        "values": Parameter("texts", "the answers there are"),
    },
}  # fmt: skip

PACK: dict[str, Parameter] = {
    "id": Parameter("text", "the pack's name, that of its file"),
    "title": Parameter("text", "the project's name"),
    "called": Parameter("text", "what replies call it within a sentence, such as `the Linux kernel`; its title unless set"),
    "extends": Parameter("text", "the pack whose rules and exceptions it starts from"),
    "stance": _word("what the project says of AI use, in one word", *STANCES),
    "status": _word("verified where its text was read at the source; draft unless set, but for a pack that names no sources", *STATUSES),
    "checked": Parameter("date", "the day on which the text was last compared with its source"),
    "stale_after": Parameter("date", "the day after which the source must be read again; half a year after checked unless set"),
    "enabled": Parameter("yes-no", "false for a proposal: no list can be judged by it, check and compare take it"),
    "dco": _word("what a contributor certifies", *DCO),
    "valid_from": Parameter("date", "the first day of all its rules"),
    "valid_until": Parameter("date", "the last day of all its rules"),
    "sources": Parameter("texts", "the documents that it comes from"),
    "not_subject_prefix": Parameter("texts", "words in subject tags of other projects whose patches come to the same lists"),
    "not_paths": Parameter("texts", "files of other projects whose patches come to the same lists"),
    "exception_authority": Parameter("text", "who grants exceptions that are not listed"),
    "must_satisfy": Parameter("texts", "other packs that work on its lists must satisfy too, e.g. upstream's"),
    "welcome": Parameter(
        "text", "how the reply to somebody's first series begins, with {name} and {project}; without it no reply is drafted for that"
    ),
    "signed_opinions": Parameter("yes-no", "true where only opinions with a verified signature count"),
    "review_disclosure": Parameter("yes-no", "true where reviewers must say whether a tool helped them to review"),
    "rules": Parameter("tables", "the same as [[rule]]"),
    "exceptions": Parameter("tables", "the same as [[exception]]"),
}

REPOSITORY = {
    "private": Parameter("yes-no", "whether it is closed to the public"),
    "secrets": Parameter("yes-no", "whether it holds keys, passwords or other people's data"),
}
"""What a project may say of the repository that a list's patches are for."""

EXCEPTION: dict[str, Parameter] = {
    "id": Parameter("text", "its name, by which a patch may claim it", needed=True),
    "grants": Parameter("texts", "the rules that it frees from", needed=True),
    "scope": Parameter("table", "what it is limited to: paths, exclude, max_added, roles, uses, scenarios, tool"),
    "granted_by": Parameter("text", "`policy` where the document itself grants it, else who does", needed=True),
    "decided": Parameter("date", "since when"),
    "reference": Parameter("text", "where it was decided"),
    "prior": Parameter("yes-no", "agreement must come before the patch"),
    "expires": Parameter("date", "its last day"),
    "requires": Parameter("texts", "trailers that a patch must carry to rely on it"),
    "justified": Parameter("yes-no", "the patch names it and says in a sentence why it fits"),
    "agreed_by": Parameter("text", "the role of which somebody must agree that it fits, as a second opinion"),
    "no_self_grant": Parameter("yes-no", "author and sender cannot grant it"),
}
SCOPE: dict[str, Parameter] = {
    "uses": _words("what the tool was used for alone, as the writer says", *EXEMPTIONS),
    "scenarios": Parameter("texts", "names of your own for what the tool was used for, one of which the patch must name: `refactoring`"),
    "paths": Parameter("texts", "every file must match one"),
    "exclude": Parameter("texts", "files whose lines do not count"),
    "max_added": Parameter("number", "how many lines may be added"),
    "roles": _words("roles that it covers", *ROLES),
    "tool": Parameter("text", "the tool or vendor that it covers"),
}

_TYPES: dict[str, dict[str, Any]] = {
    "word": {"type": "string"}, "text": {"type": "string"}, "regex": {"type": "string"}, "yes-no": {"type": "boolean"},
    "number": {"type": "integer", "minimum": 0}, "date": {"type": "string", "format": "date"}, "table": {"type": "object"},
    "words": {"type": "array", "items": {"type": "string"}}, "texts": {"type": "array", "items": {"type": "string"}},
}  # fmt: skip


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a pack, for editors that check TOML."""
    rules = [
        _table(COMMON | parameters) | {"title": kind, "properties": _table(COMMON | parameters)["properties"] | {"kind": {"const": kind}}}
        for kind, parameters in KINDS.items()
    ]
    exception = _table(EXCEPTION)
    exception["properties"]["scope"] = _table(SCOPE)
    pack = _table({name: parameter for name, parameter in PACK.items() if parameter.kind != "tables"})
    # by the kind that it names, so that an editor says which word of a rule is wrong
    by_kind = [
        {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": rule}
        for kind, rule in zip(KINDS, rules, strict=True)
    ]
    rule = {"type": "object", "required": ["id", "kind"], "properties": {"kind": {"enum": list(KINDS)}}, "allOf": by_kind}
    lists = {"type": "array", "items": rule}, {"type": "array", "items": exception}
    pack["properties"] |= {"rules": lists[0], "exceptions": lists[1]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{SITE}schemas/policy-pack.json",
        "title": "triage policy pack", "type": "object",
        "additionalProperties": False, "required": ["policy"],
        "properties": {
            "policy": pack, "repository": _table(REPOSITORY), "rule": lists[0], "exception": lists[1],
            "replies": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }  # fmt: skip


def _table(parameters: dict[str, Parameter]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, parameter in parameters.items():
        shape = {**_TYPES[parameter.kind], "description": parameter.says}
        if parameter.choices and parameter.kind == "words":
            shape["items"] = {"enum": list(parameter.choices)}
        elif parameter.choices:
            shape["enum"] = list(parameter.choices)
        properties[name] = shape
    return {
        "type": "object", "additionalProperties": False, "properties": properties,
        "required": [name for name, parameter in parameters.items() if parameter.needed],
    }  # fmt: skip
