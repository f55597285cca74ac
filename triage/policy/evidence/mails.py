# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one mail says of machines: its trailers, its text and its subject, each by who speaks and where it stands."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from msgspec.structs import replace

from triage.mail.identity import parse_person, same_name
from triage.mail.quotes import own_words
from triage.mail.trailers import find_trailers
from triage.model import Body, Evidence, EvidenceClass, Kind, Message, Person, Region, Role, Says, Trailer
from triage.model.expression import expression
from triage.policy.evidence.forms import LINK_ONLY
from triage.policy.evidence.gate import QUESTION, may_tell
from triage.policy.evidence.machines import is_ai, known_names
from triage.policy.evidence.others import heard_of_others
from triage.policy.evidence.roles import told_fields, use_of
from triage.policy.evidence.statement import Setting
from triage.policy.evidence.texts import Said, read_text
from triage.policy.evidence.tools import find_names
from triage.policy.evidence.topic import is_about_machines
from triage.policy.evidence.trailers import is_log_key, role_of_trailer, says_of, tools_of

MAX_EVIDENCE = 100
"""Pieces of evidence kept of one mail: a flood of them says no more than the first."""
MAX_QUOTE = 200
MAX_TEXT = 1 << 20
_TOPIC_FILE = expression(
    r"(?:^|/)(?:AGENTS?|CLAUDE|GEMINI|llms?)\.(?:md|txt|rst)$|(?:^|/)\.(?:claude|cursor|aider|windsurf|clinerules|codex|gemini|agents)|"
    r"copilot-instructions|review-prompts|coding-assistants|generated-content|"
    r"code-provenance|ai[_-]policy|checkpatch\.pl$|PULL_REQUEST_TEMPLATE|\.gitignore$|(?:^|/)mcp\b",
    re.IGNORECASE,
)
_TAG = expression(r"^(?:(?:re|fwd?|aw)\s*:\s*|\[(?:[^\]]*\b)?(?:PATCH|PULL|RFC|RESEND)[^\]]{0,80}\]\s*)+(?![^\[]*\]\s*$)", re.IGNORECASE)


def find_evidence(message: Message, body: Body) -> tuple[Evidence, ...]:
    """Return every place in one mail where something is said of machines, in order of lines; line 0 is the subject.

    Mail of robots counts as `bot-guess`, other people's words as `third-party` until `attribute` knows the author.
    """
    found = list(_from_trailers(message))
    if not _may_say(message, body):
        return tuple(found)
    lines = {item.line for item in found}
    places = list(_places(message, body))
    if not any(may_tell("\n".join(text for text, _, _ in places)) or _answers(text, klass) for text, _, klass in places[:1]):
        return tuple(found)
    for text, first_line, klass in places:
        if not may_tell(text) and not _answers(text, klass):
            continue
        people = _people(message, text)
        setting = _setting(message, first_line)
        for said in read_text(text[:MAX_TEXT], setting, people):
            line = first_line + said.passage.line_at(said.statement.at) - 1 if first_line else 0
            if line in lines and said.statement.says is Says.DECLARES:
                continue
            found.append(_evidence(message, klass, said, line))
            if len(found) > MAX_EVIDENCE:
                break
    return tuple(sorted((item for item in found if _kept(item)), key=lambda item: item.line)[:MAX_EVIDENCE])


def _may_say(message: Message, body: Body) -> bool:
    """Say, fast, whether any of a mail's texts could name a machine, before they are laid out: most mails name none."""
    is_patch = message.kind in {Kind.PATCH, Kind.REPLY_PATCH}
    above = body.text[: len(body.text) - len(body.diff)] if is_patch and body.diff and body.text.endswith(body.diff) else body.text
    if not message.is_member:
        return may_tell(above, _class_of(message) is EvidenceClass.THIRD_PARTY)
    return may_tell(f"{above}\n{message.raw_subject}\n{_TAG.sub(_unless_told, message.raw_subject)}")


def _unless_told(match: re.Match[str]) -> str:
    """Blank the tags of a subject, but for one that speaks of machines: "[RFC, LLM-generated]"."""
    return match[0] if re.search(r"(?<![\w-])(?:AI|LLM)(?!\w)", match[0]) else ""


_WORD_OF_AI = expression(r"(?<![\w-])(?:AI|LLMs?)(?!\w)|\b(?:language models?|chat ?bots?|coding agents?)\b", re.IGNORECASE)


def passed_over(message: Message, body: Body) -> Iterator[tuple[int, str, str]]:
    """Yield the lines of a mail that have a tool's name or a word for AI, with why each may say nothing: line, text, reason."""
    cut = body.text.count("\n", 0, len(body.text) - len(body.diff))
    told = _passages_told(message, body)
    for number, line in enumerate(body.text.split("\n"), 1):
        names = find_names(line)
        if not names and not _WORD_OF_AI.search(line):
            continue
        if line.lstrip()[:1] in {">", "|"}:
            why = "quoted: another's words"
        elif number > cut + 1:
            why = "in the diff"
        elif number in told:
            why = "in a paragraph that was read: this word adds nothing to what its sentences say"
        elif names and all(name.kind != "named" for name in names):
            why = "a person's name, or a word that is no tool here"
        else:
            why = "code, a quotation, a template or an example; or hardware or a workload that is called so"
        yield number, line.strip()[:MAX_QUOTE], why


def _passages_told(message: Message, body: Body) -> set[int]:
    """Return the lines of the passages in which something is said of machines."""
    said = (
        (first_line, one)
        for text, first_line, _ in _places(message, body)
        for one in read_text(text[:MAX_TEXT], _setting(message, first_line), _people(message, text))
    )
    return {first_line + number - 1 for first_line, one in said for number in one.passage.numbers if first_line}


def _kept(item: Evidence) -> bool:
    """Whether a statement is worth a row: what says nothing of any contribution is kept out of other people's mails."""
    return item.klass is not EvidenceClass.BOT_GUESS or item.says is not Says.DISCUSSES


def _places(message: Message, body: Body) -> Iterator[tuple[str, int, EvidenceClass]]:
    """Yield the texts of a mail that its writer wrote, with the line that each begins on (0: the subject) and whose words they are."""
    if message.kind in {Kind.PATCH, Kind.REPLY_PATCH}:
        start = message.cut.number - body.commit_message.count("\n") if message.cut else 1
        yield body.commit_message, start, EvidenceClass.MESSAGE
        if "scissors" in message.notes:  # `git am` keeps what stands above them, unless it is told to cut
            yield "\n".join(body.text.split("\n")[: start - 1]), 1, EvidenceClass.TAIL
        if body.tail and message.cut:
            yield body.tail, message.cut.number + 1, EvidenceClass.TAIL
    else:
        yield body.text if message.is_member else own_words(body.text), 1, _class_of(message)
    if message.is_member:
        yield (
            _TAG.sub(_unless_told, message.raw_subject),
            0,
            EvidenceClass.COVER if message.kind in {Kind.COVER, Kind.PULL} else EvidenceClass.MESSAGE,
        )


def _class_of(message: Message) -> EvidenceClass:
    if message.kind is Kind.BOT:
        return EvidenceClass.BOT_GUESS
    return EvidenceClass.COVER if message.kind in {Kind.COVER, Kind.PULL} else EvidenceClass.THIRD_PARTY


def _setting(message: Message, first_line: int) -> Setting:
    title = message.subject.title
    about = message.is_member and (is_about_machines(title) or any(_TOPIC_FILE.search(change.path) for change in message.files))
    return Setting(
        brief=not first_line,
        headed=bool(first_line) and message.is_member,
        title=not first_line,
        titles=message.kind is Kind.PULL or message.subject.is_pull,
        topic=about,
        revert=title.lower().startswith("revert"),
    )


def _people(message: Message, text: str) -> frozenset[str]:
    """Return the first names, small, of people that a mail knows: in its header, its trailers and its text."""
    found = set(known_names(f"{message.subject.title}\n{text}"))
    for person in (message.sender, message.author, *(parse_person(t.value) for t in message.trailers if "@" in t.value)):
        if person.name and not is_ai(person):
            found.add(re.split(r"[\s-]", person.name.lower())[0])
    return frozenset(found)


def _evidence(message: Message, klass: EvidenceClass, said: Said, line: int) -> Evidence:
    """Return a statement as evidence; in a reply, what the words say by whether the author speaks them or somebody else."""
    one = said.statement
    quote = _line_of(said, line, message)
    own: Says | None = None
    says = one.says
    if klass is EvidenceClass.THIRD_PARTY:
        own, says = one.says, heard_of_others(one)
    elif klass is EvidenceClass.BOT_GUESS:
        says = Says.DISCUSSES if one.says is Says.DISCUSSES else Says.REPORTS
    fields = told_fields(said.passage.text[:4000], one.tools) if one.says is Says.DECLARES else ()
    use = use_of(one.text) if one.says is Says.DECLARES else ""
    return Evidence(
        klass, message.sender, one.role, quote, message.message_id, line, fields, use, says, one.tools,
        one.why, own, one.why == LINK_ONLY,
    )  # fmt: skip


def _line_of(said: Said, line: int, message: Message) -> str:
    if not line:
        return message.subject.title[:MAX_QUOTE]
    passage, at = said.passage, said.statement.at
    index = max(0, passage.numbers.index(passage.line_at(at)))
    begin = passage.starts[index]
    end = passage.starts[index + 1] if index + 1 < len(passage.starts) else len(passage.text)
    return " ".join(passage.text[begin:end].split())[:MAX_QUOTE]


def attribute(evidence: Evidence, own: Iterable[Person], same: Callable[[Person, Person], bool]) -> Evidence:
    """Return evidence from a reply as `author-reply` where the one who speaks is among a series' own people.

    An equal name at another address may be somebody else: what they say stays what others say, and only asks.
    """
    if evidence.klass is not EvidenceClass.THIRD_PARTY:
        return evidence
    team = list(own)
    if any(same(evidence.actor, person) for person in team):
        return replace(evidence, klass=EvidenceClass.AUTHOR_REPLY, says=evidence.own or evidence.says, own=None)
    if evidence.own is Says.DECLARES and any(same_name(evidence.actor.name, person.name) for person in team):
        return replace(evidence, says=Says.ALLEGES)
    return evidence


def _from_trailers(message: Message) -> Iterator[Evidence]:
    title = find_trailers(message.subject.title, 0, Region.MESSAGE) if message.is_member and ":" in message.subject.title else []
    told = ((trailer, says) for trailer in (*title, *message.trailers) if (says := says_of(trailer)))
    for trailer, says in islice(told, MAX_EVIDENCE):
        if message.kind in {Kind.PATCH, Kind.REPLY_PATCH}:
            klass = EvidenceClass.TRAILER if trailer.region is Region.MESSAGE else EvidenceClass.TAIL
        else:
            klass = _class_of(message)
        yield _of_trailer(message, trailer, klass, says)


def _of_trailer(message: Message, trailer: Trailer, klass: EvidenceClass, says: Says) -> Evidence:
    names = tools_of(trailer) if says is not Says.DENIES else ()
    role = role_of_trailer(trailer, names) if says is Says.DECLARES else Role.UNKNOWN
    # a key alone, Co-authored-by, does not tell how the tool was used
    fields = told_fields(trailer.raw if trailer.key.lower().endswith("-used-for") else trailer.value, names)
    if says is Says.DECLARES and not names and trailer.value and not is_log_key(trailer.key):
        fields = (*fields, "tool") if "tool" not in fields and not trailer.value.upper().startswith(("AI", "LLM")) else fields
    own = says if klass is EvidenceClass.THIRD_PARTY else None
    heard = Says.DISCUSSES if own else Says.REPORTS if klass is EvidenceClass.BOT_GUESS else says
    quote, why = trailer.raw[:MAX_QUOTE], f"the trailer {trailer.key}"
    use, link = use_of(trailer.value), is_log_key(trailer.key)
    return Evidence(
        klass, message.sender, role, quote, message.message_id, trailer.line, fields, use, heard, names, why, own, link
    )  # fmt: skip


@lru_cache(maxsize=1)
def _questions() -> Any:
    import re2

    return re2.compile(QUESTION)


def _answers(text: str, klass: EvidenceClass) -> bool:
    """Whether a reply answers a quoted question that speaks of machines in other words: "Did you write this?"."""
    return klass is EvidenceClass.THIRD_PARTY and bool(_questions().search(text))
