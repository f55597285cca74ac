# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy applied: a series, its thread, a pack and the project's people in, findings out; a pure function of these."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from triage.model import Evidence, Finding, Message, MessageId, Series, Severity
from triage.model.expression import expression
from triage.policy.pack import Pack, Rule, day_of, glob_matches
from triage.policy.people import NOBODY, People
from triage.policy.rules.ai_use import ai_stance, disclosure, human_only, tools, unclear
from triage.policy.rules.case import Before, Case, declared, finding, is_use
from triage.policy.rules.characters import misleading
from triage.policy.rules.exceptions import relax
from triage.policy.rules.limits import cover_letter, paths, size, versions
from triage.policy.rules.opinions import attest, second_opinion
from triage.policy.rules.signoff import identity, order
from triage.policy.trailer import trailer

_KINDS: dict[str, Callable[[Case, Rule], Iterator[Finding]]] = {
    "trailer": trailer, "order": order, "identity": identity, "human-only": human_only, "ai-stance": ai_stance, "disclosure": disclosure,
    "tools": tools, "paths": paths, "size": size, "cover-letter": cover_letter, "versions": versions,
    "second-opinion": second_opinion, "attest": attest,
}  # fmt: skip
_ANYONES = expression(
    r"(?:NEWS|README|COPYING|LICENSE|TODO|ChangeLog|CHANGES|AUTHORS|Makefile|GNUmakefile|meson|CMakeLists|configure|autogen|\.gitignore)(?:[.-]\w+)*"
)
"""Files at the root of a tree whose names say nothing of whose tree it is."""
_ABOUT_AI = {"ai-stance", "disclosure", "tools"}


def judge(
    series: Series, replies: Sequence[Message], pack: Pack, people: People = NOBODY, earlier: Sequence[Evidence] = (),
    repository: Mapping[str, bool] | None = None, before: Before | None = None,
) -> list[Finding]:  # fmt: skip
    """Return what `pack` says of a series, gravest first; each mail is judged by the rules in force on its date.

    `replies` are the mails of its thread that are no patches, `earlier` what its people declared of the versions before,
    `repository` what is known of it, `before` the version before. Patches
    of another project on the same list give no findings. Of several rules that say the same of one line, the gravest
    speaks. Never raises on mail content.
    """
    others = _of_another_project(series, pack)
    if not pack.rules or len(others) == len(series.members):
        return []
    answers = tuple(sorted(replies, key=lambda m: (m.posted, m.message_id, m.blob)))
    case = Case(series, answers, pack, people, tuple(earlier), others, repository or {}, before)
    found: dict[tuple[object, ...], Finding] = {}
    for item in (*_by_rules(case), *_unclear(case), *misleading(case)):
        _keep(found, item)
    for item in _about_the_pack(case, list(found.values())):
        _keep(found, item)
    return sorted(found.values(), key=lambda f: (f.severity.rank, f.code, f.n if f.n is not None else -1, f.line or 0, f.id))


def applying(
    series: Series, replies: Sequence[Message], pack: Pack, people: People = NOBODY, repository: Mapping[str, bool] | None = None
) -> frozenset[str]:  # fmt: skip
    """Return the ids of the rules that speak of any mail of a series: in force on its date, and their `when` holds."""
    case = Case(series, tuple(replies), pack, people, (), _of_another_project(series, pack), repository or {})
    return frozenset(rule.id for rule in pack.rules if any(case.speaks_of(rule, message) for message in series.members))


def _by_rules(case: Case) -> Iterator[Finding]:
    """Yield what each rule says, as the exceptions of the pack leave it."""
    for rule in case.pack.rules:
        own = rule.parameters.get("stance") == "decline-unless-exception"
        for item in _KINDS[rule.kind](case, rule):
            yield item if own else relax(case, rule, item)


def _unclear(case: Case) -> Iterator[Finding]:
    """Yield what is not clear, by the first rule that asks about machines."""
    for kind in ("ai-stance", "disclosure"):
        for rule in case.pack.rules:
            if rule.kind == kind and rule.parameters.get("stance") != "allow":
                yield from unclear(case, rule)
                return


def _of_another_project(series: Series, pack: Pack) -> frozenset[MessageId]:
    """Return which mails of a series are for another project that shares the list.

    All are where a tag of the subject says so; else the patches most of whose files are another project's, and where no other is left
    the cover too. Files that every project has, such as a README, tell nothing.
    """
    if any(prefix.lower() in pack.not_subject_prefix for prefix in series.first.subject.prefixes):
        return frozenset(message.message_id for message in series.members)
    if not pack.not_paths:
        return frozenset()
    told = {message.message_id: _is_foreign(message, pack) for message in series.patches}
    mostly = list(told.values()).count(True) > list(told.values()).count(False)
    foreign = frozenset(name for name, word in told.items() if word or (word is None and mostly))
    return foreign | {m.message_id for m in series.members} if foreign and len(foreign) == len(series.patches) else foreign


def _is_foreign(message: Message, pack: Pack) -> bool | None:
    """Say whether most files of a patch are another project's, None where none of them tells."""
    telling = [change.path for change in message.files if not _ANYONES.fullmatch(change.path)]
    return 2 * sum(glob_matches(path, pack.not_paths) for path in telling) > len(telling) if telling else None


def _keep(found: dict[tuple[object, ...], Finding], item: Finding) -> None:
    same = (item.code, item.target, item.message_id, item.line, item.quote) if item.line or item.quote else (item.id,)
    if same not in found or item.severity.rank < found[same].severity.rank:
        found[same] = item


def declared_tools(series: Series, replies: Sequence[Message]) -> list[str]:
    """Return the tools that a series' own people declare, "unnamed" where they name none."""
    return sorted({tool for item in declared(series, replies) for tool in (item.tools or ("unnamed",))})


def _about_the_pack(case: Case, found: list[Finding]) -> Iterator[Finding]:
    """What a reader of the findings should know of the pack: no rule on that day, a draft, or long not compared with its source."""
    first, pack = case.series.first, case.pack
    day = day_of(first.posted)
    if any(is_use(item) for item in case.declarations):
        about = [rule for rule in pack.rules if rule.kind in _ABOUT_AI]
        if about and not any(rule.in_force(day) for rule in about):
            starts = min((rule.valid_from for rule in about if rule.valid_from), default=None)
            start = f"; the first starts on {starts}" if starts else ""
            says = f"AI use is declared and the pack's rules about it are not in force on {day}{start}."
            yield _of_pack(case, "POL001", says)
    if not any(item.severity is not Severity.INFO for item in found):
        return
    drafts = sorted({item.rule for item in found} & {rule.id for rule in pack.rules if rule.draft})
    if pack.status == "draft" or drafts:
        what = f"The rules {', '.join(drafts)} of {pack.id} were" if pack.status != "draft" else f"The pack {pack.id} was"
        yield _of_pack(case, "POL002", f"{what} not read at the source, or {'are' if drafts else 'is'} only proposed.")
    if pack.stale_after and day > pack.stale_after:
        since = f"was last compared with its source on {pack.checked}" if pack.checked else f"holds until {pack.stale_after}"
        yield _of_pack(case, "POL003", f"The pack {since}; this is of {day}.")


def _of_pack(case: Case, code: str, says: str) -> Finding:
    rule = Rule("pack", "pack", Severity.INFO, (), None, None, "", ", ".join(case.pack.sources))
    return finding(case, rule, code, case.series.first, says, region="series", key="pack")
