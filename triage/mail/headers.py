# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Header values decoded: folded lines, RFC 2047 words, raw 8-bit bytes, Message-IDs and dates."""

import binascii
import re
from calendar import timegm
from email.parser import BytesHeaderParser
from email.utils import mktime_tz, parsedate_tz

from triage.mail.mime import MAX_HEADER, decode_text
from triage.model import MessageId
from triage.model.expression import expression

MAX_REFERENCES = 2000
MAX_DATE = 200

_WORD = expression(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = expression(r"(?<=\?=)\s+(?==\?[^?\s]{1,40}\?[bBqQ]\?)")
_ID = expression(r"<([^<>]{1,1000})>")
_FROM_PHRASE = expression(r"\b(?:from|by)\b[^<>]{0,200}<[^<>]{1,320}>", re.IGNORECASE)
_SPACE = expression(r"\s+")
_ZONE = expression(r"\s([+-]{1,2})([0-9]{1,4})(?=\s|$)")
_RAW_BYTE = expression("[\udc80-\udcff]")
_MONTHS = {
    name: number for number, name in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)
}
_CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
_USUAL_DATE = expression(
    rf"[A-Z][a-z]{{2}}, {{1,2}}(0?[1-9]|[12][0-9]) ({'|'.join(_MONTHS)}) (19[7-9][0-9]|2[0-9]{{3}}) {_CLOCK}"
    r" ([+-])([01][0-9])([0-5][0-9])(?: \([A-Z]{3,4}\))?"
)
"""The form in which nearly all mail is dated; only days that every month has."""
_QUOTED = expression(rb"=([0-9A-Fa-f]{2})")


def header_text(raw: str) -> str:
    """Return an unstructured header value unfolded, RFC 2047 words decoded, blanks collapsed; never raises."""
    raw = raw[:MAX_HEADER]
    if "=?" in raw:
        raw = _decode_words(_BETWEEN_WORDS.sub("", raw))
    if not raw.isascii():
        raw = _raw_bytes(raw)
    return " ".join(raw.split())


def _decode_words(raw: str) -> str:
    out: list[str] = []
    pending = b""
    charset = ""
    position = 0
    for match in _WORD.finditer(raw):
        name = match[1].partition("*")[0].lower()  # RFC 2231 adds a language after *
        if pending and (match.start() != position or name != charset):
            out.append(decode_text(pending, charset)[0])
            pending = b""
        out.append(raw[position : match.start()])
        pending += _word_bytes(match[2], match[3])
        charset, position = name, match.end()
    if pending:
        out.append(decode_text(pending, charset)[0])
    out.append(raw[position:])
    return "".join(out)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return _QUOTED.sub(lambda match: bytes([int(match[1], 16)]), data.replace(b"_", b" "))
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return data


def _raw_bytes(raw: str) -> str:
    """Read bytes above 127 that no charset announces: UTF-8, else Windows-1252."""
    if not _RAW_BYTE.search(raw):
        return raw
    data = raw.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def head_fields(content: bytes) -> dict[str, str]:
    """Return the header fields of a mail's bytes by small name, still raw; of one that is there twice the first, of the head 256 KiB."""
    head = content[: 256 * 1024].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    raw: dict[str, str] = {}
    for name, value in BytesHeaderParser().parsebytes(head + b"\n\n").raw_items():
        raw.setdefault(name.lower(), str(value))
    return raw


def message_ids(raw: str) -> list[MessageId]:
    """Return the ids of a Message-ID, In-Reply-To or References value, first and last 1000 of them, without duplicates."""
    found = _ID.findall(raw)
    if not found and "@" in raw and not _SPACE.search(raw.strip()):
        found = [raw.strip()]
    if len(found) > MAX_REFERENCES:
        found = found[: MAX_REFERENCES // 2] + found[-MAX_REFERENCES // 2 :]
    ids = (_clean_id(text) for text in found)
    return list(dict.fromkeys(MessageId(text) for text in ids if text))


def answered_ids(raw: str) -> list[MessageId]:
    """Return the ids that an In-Reply-To value names, nearest first: all of them where words stand between (RFC 822 phrases), else one.

    Of `Message from Ann <ann@example.org> of "1 June" <id@example.org>` the address after `from` is not an id.
    """
    if _SPACE.search(raw.strip()):
        raw = _FROM_PHRASE.sub(" ", raw[:MAX_HEADER])
        if raw.partition("<")[0].strip() or raw.rpartition(">")[2].strip():
            return message_ids(raw)[::-1]
    return message_ids(raw)[:1]


def bare_id(raw: str) -> list[MessageId]:
    """Return a Message-ID header's one word as the id where it has no brackets, none where it is empty or several words."""
    word = raw.strip()
    return [MessageId(_clean_id(word[:1000]))] if word and not _SPACE.search(word) and not set(word) & set("<>") else []


def _clean_id(text: str) -> str:
    text = _SPACE.sub("", text) if not text.isprintable() or " " in text else text
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def header_date(raw: str) -> int | None:
    """Return a Date header as seconds since the epoch, None where it names no moment.

    Zones are read as public-inbox reads them: `+1` is an hour, `--500` is `-0500`; one of more than a day counts as UTC.
    """
    if match := _USUAL_DATE.fullmatch(raw):
        day, month, year, hour, minute, second, sign, east, rest = match.groups()
        when = timegm((int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second)))
        return when - (1 if sign == "+" else -1) * (int(east) * 3600 + int(rest) * 60)
    try:
        parts = parsedate_tz(_ZONE.sub(_full_zone, raw[:MAX_DATE].strip(), count=1))
        if not parts:
            return None
        year = parts[0] + 1900 if 100 <= parts[0] < 200 else parts[0]  # RFC 5322, 4.3: three digits are years since 1900
        if not 1970 <= year < 10000:
            return None
        offset = parts[9] if parts[9] is not None and abs(parts[9]) <= 86400 else 0
        return int(mktime_tz((year, *parts[1:9], offset)))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _full_zone(match: re.Match[str]) -> str:
    digits = match[2] if len(match[2]) > 2 else f"{match[2]:0>2}00"
    return f" {match[1][0]}{digits}"
