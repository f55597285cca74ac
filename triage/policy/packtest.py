# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pack tried on its own test mails: for each rule one case that passes and one that fails.

The mails are an mbox beside the pack, PACK.mbox. A case begins at a mail with `X-Triage-Test: RULE passes [CODE...]` or
`X-Triage-Test: RULE fails CODE...` and goes on to the next such mail; it names the codes that the rule gives, all of them.
`X-Triage-People:` lines give the project's roster for the case, as a MAINTAINERS file would, and `X-Triage-Repository: secrets = true` what
the case supposes of the repository.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from triage.model import Severity
from triage.model.codes import CODES, is_own
from triage.model.errors import ConfigError, TriageError
from triage.model.expression import expression
from triage.policy.check import PatchIds, check_mails
from triage.policy.pack import Pack
from triage.policy.people import read_people
from triage.policy.project import Project, Projects

_TEST = expression(rb"^X-Triage-Test:[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_REPOSITORY = expression(rb"^X-Triage-Repository:[ \t]*(\w+)[ \t]*=[ \t]*(true|false)[ \t\r]*$", re.MULTILINE)
_PEOPLE = expression(rb"^X-Triage-People:[ \t]*(.*)$", re.MULTILINE)


class TestCase(Struct, frozen=True):
    """The mails of one case, and what the rule must say of them."""

    rule: str
    passes: bool
    codes: tuple[str, ...]
    mails: tuple[bytes, ...]
    roster: str
    repository: dict[str, bool]


class Tried(Struct, frozen=True):
    """What became of a pack's cases: how many there were, what went wrong, and which rules have no case of a sort."""

    cases: int
    wrong: tuple[str, ...]
    untested: tuple[str, ...]


def try_pack(pack: Pack, mails: Sequence[bytes], patch_ids: PatchIds) -> Tried:
    """Judge every case by the pack and compare; raises `ConfigError` for a case that names no rule of the pack."""
    wrong: list[str] = []
    seen: set[tuple[str, bool]] = set()
    known = {rule.id for rule in pack.rules} | {item.id for item in pack.exceptions} | {"pack", "characters"}
    cases = list(_cases(mails))
    for case in cases:
        if case.rule not in known:
            raise ConfigError(f"{pack.id}: a test mail names the unknown rule {case.rule!r}", f"one of {', '.join(sorted(known))}")
        seen.add((case.rule, case.passes))
        got = _codes(pack, case, patch_ids)
        if got != set(case.codes):
            wrong.append(
                f"{pack.id}, {case.rule}: the case that {'passes' if case.passes else 'fails'} gives {', '.join(sorted(got)) or 'nothing'},"
                f" expected {', '.join(case.codes) or 'nothing'}"
            )  # fmt: skip
    own = {rule.id for rule in pack.rules if rule.own} | {item.id for item in pack.exceptions}
    untested = [f"{rule} ({sort})" for rule in sorted(own) for sort in ("passes", "fails") if (rule, sort == "passes") not in seen]
    return Tried(len(cases), tuple(wrong), tuple(untested))


def _codes(pack: Pack, case: TestCase, patch_ids: PatchIds) -> set[str]:
    """Return the codes that a case's rule gives; a case of an exception counts what the rules say that it frees from."""
    exception = next((item for item in pack.exceptions if item.id == case.rule), None)
    rules = set(exception.grants) if exception else {case.rule}
    projects = Projects((Project(replace(pack, repository=pack.repository | case.repository), read_people("", case.roster)),))
    try:
        checked = check_mails(case.mails, projects, patch_ids)
    except TriageError as error:
        raise ConfigError(f"{pack.id}: a test mail of {case.rule!r} cannot be read", str(error)) from error
    found = [finding for one in checked for finding in one.findings if finding.rule in rules and not finding.cured]
    if exception:  # what it made a note of, it covers
        found = [finding for finding in found if finding.severity is not Severity.INFO or finding.code == "AI015"]
    return {finding.code for finding in found}


def _cases(mails: Sequence[bytes]) -> Iterator[TestCase]:
    waiting: list[bytes] = []
    for mail in [*mails, None]:
        if waiting and (mail is None or _TEST.search(_head(mail))):
            yield _case(waiting)
            waiting = []
        if mail is not None:
            waiting.append(mail)


def _case(mails: list[bytes]) -> TestCase:
    match = _TEST.search(_head(mails[0]))
    if not match:
        raise ConfigError("the first test mail has no X-Triage-Test: header", "write X-Triage-Test: RULE passes, or RULE fails CODE")
    said = match[1].decode("utf-8", "replace")
    rule, verdict, *codes = [*said.split(), "", ""][: max(2, len(said.split()))]
    unknown = [code for code in codes if code not in CODES and not is_own(code)]
    if verdict not in {"passes", "fails"} or unknown or (verdict == "fails" and not codes):
        hint = "write X-Triage-Test: RULE passes, RULE passes CODE for a note that it gives all the same, or RULE fails CODE"
        raise ConfigError(f"a test mail says {said!r}{f', and {unknown[0]} is no code' if unknown else ''}", hint)
    people = [line.decode("utf-8", "replace") for line in _PEOPLE.findall(_head(mails[0]))]
    repository = {name.decode(): value == b"true" for name, value in _REPOSITORY.findall(_head(mails[0]))}
    return TestCase(rule, verdict == "passes", tuple(codes), tuple(mails), "\n".join(people), repository)


def _head(mail: bytes) -> bytes:
    return mail.partition(b"\n\n")[0]
