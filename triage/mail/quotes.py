# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that a mail took over from another without marking its lines: what a mail program forwards, or quotes below the answer."""

import re

from triage.model.expression import expression

_BEGINS = (
    "Original Message|Original mail|Forwarded message|Forwarded mail|Ursprüngliche Nachricht|Original-Nachricht|Message d'origine|"
    "Mensaje original|Messaggio originale|原始邮件"
)
_FROM, _SENT, _TO = "From|Von|De|发件人", "Sent|Gesendet|Envoyé|Enviado|发送时间", "To|An|À|Para|Cc|收件人"
_COPIED = expression(
    rf"\n(?:[ \t]*(?:-{{3,}} ?(?:{_BEGINS})\b[^\n]{{0,40}}-{{2,}}|Begin forwarded message:)[ \t]*(?=\n|\Z)"
    rf"|(?:_{{20,}}[ \t]*\n+)?(?:{_FROM})[ \t]*: ?[^\n]{{1,300}}\n(?:[ \t][^\n]*\n)?"
    rf"(?:(?:{_SENT})[ \t]*: [^\n]{{4,100}}\n(?:{_TO}|Subject|Betreff)|(?:Date|Datum)[ \t]*: [^\n]{{4,100}}\n(?:{_TO}))[ \t]*: )",
    re.IGNORECASE,
)
"""Begins with the newline before, which a regex finds fastest: to be searched for in a text with one put before."""
_KEY = r"[ \t]*\*?(?:{})[ \t\u00a0]*:\*?[ \t\u00a0]"
_HEAD = expression(
    rf"\n(?:_{{5,}}[ \t]*\n+)?{_KEY.format(_FROM)}[^\n]{{1,300}}\n(?:{_KEY.format(f'{_SENT}|Date|Datum|{_TO}')}[^\n]{{1,300}}\n){{1,4}}"
    rf"{_KEY.format('Subject|Betreff|Objet|Asunto|Oggetto|主题')}",
    re.IGNORECASE,
)
"""Header lines that mail programs leave above a quote which they do not mark, also in bold."""
_WROTE = expression(
    r"\n[ \t]*(?:(?:On|Am|Le|El|Il|Em|Den|Op|W dniu)\b[^\n]{5,200}(?:\n[^\n>]{1,120})?\b(?:wrote|schrieb\w*|a écrit|escribió|ha scritto|"
    r"escreveu|skrev|schreef|napisał\w*)\b[^\n]{0,120}:|[^\n:]{2,80} (?:writes|wrote|schrieb|schreibt):)[ \t]*(?=\n|\Z)",
    re.IGNORECASE,
)
_BELOW = expression(r"\s*(\S)")


def own_words(text: str) -> str:
    """Return a reply without what its mail program quotes below the answer and does not mark line by line."""
    led = "\n" + text
    ends = [match.start() for form in (_COPIED, _HEAD) if (match := form.search(led))]
    for match in _WROTE.finditer(led):
        below = _BELOW.match(led, match.end())
        if below and below[1] not in {">", "|"} and led[: match.start()].strip():
            ends.append(match.start())
            break
    return text[: min(ends)] if ends else text


def copied_at(text: str) -> int | None:
    """Return where the first text begins that was copied from another mail unmarked, None where there is none.

    Told by the line that mail programs put before it ("-----Original Message-----", "Begin forwarded message:"), or by the header lines
    From, Sent (or Date) and To that Outlook leaves; a format-patch has its Subject there.
    """
    if "---" not in text and ":" not in text:
        return None
    match = _COPIED.search("\n" + text)
    return match.start() if match else None


_NAME = r"[^\W\d_a-z][\w.'-]*"
_WHOEVER = rf"(?:,?(?: &| and)? (?:{_NAME}|(?i:all|both|again|everyone|everybody|folks|there|team|maintainers|a lot|so|very|much)))"
_GREETING = expression(
    r"(?!.*\b(?i:applied|lgtm|n?acked|n?ack|nak|queued|merged|picked|pushed|taken|fixed|ping|bump|but|however|no|yes|ok|okay)\b)"
    rf"(?:(?i:hi|hello|hey|dear|good (?:morning|day|afternoon|evening))(?: [a-z]+(?=[,!]?$))?{_WHOEVER}{{0,5}}|"
    rf"(?i:thanks|thank you|many thanks){_WHOEVER}{{0,5}}"
    rf"(?i: for (?:the|your|this|these|all|\w+ing)\b(?: [\w'][\w'-]*){{0,8}})?(?:, {_NAME})?)[,!.]?$"
)
"""A line that greets or thanks and says nothing else: not "Thanks, applied!", "Hi, this breaks the build"."""


def first_own_line(text: str) -> str:
    """Return the first line of a reply that its sender wrote and that says something, "" for none: no quote, greeting or attribution."""
    own = _WROTE.sub("\n", "\n" + text[:20_000])
    for line in own.split("\n"):
        words = line.strip()
        if words and not words.startswith((">", "|", "--", "[")) and not _GREETING.match(words):
            return words[:200]
    return ""
