# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a mail's bytes to its header fields and its text, by a fast path for ordinary mail and the stdlib for the rest.

Ordinary is a single text/plain part with well-formed header lines: 98.7 % of a kernel list. Both paths end in the same
functions, and a test holds that they give equal envelopes on every mail of the archives.
"""

import binascii
import quopri
import re
from email.message import Message as StdMessage
from email.parser import BytesParser

from msgspec import Struct

from triage.mail.parts import FIELD, MAX_PARAMS, MAX_PART_FIELD, MAX_TYPE, ODD_LINE, in_any_case, split_parts
from triage.model import MAX_MAIL
from triage.model.expression import expression

MAX_HEAD = 256 * 1024
MAX_HEADER = 64 * 1024
MAX_BOUNDARIES = 100
MAX_DEPTH = 20
MAX_PARTS = 1000

WANTED = (
    "message-id", "from", "to", "cc", "subject", "date", "in-reply-to", "references", "reply-to", "x-original-from", "x-original-sender",
    "x-mailer", "list-id", "auto-submitted", "content-type", "content-transfer-encoding",
)  # fmt: skip

_HEAD = expression(rb"\n" + in_any_case(WANTED) + FIELD)
_PLAIN = expression(
    rb'text/plain(?:[ \t\n]*;[ \t\n]*(?:charset="?([A-Za-z0-9._-]{1,40})"?|format="?(?P<flowed>flowed|fixed)"?'
    rb'|delsp="?(?P<delsp>yes|no)"?))*[ \t]*;?[ \t]*',
    re.IGNORECASE,
)
_CHARSET_PARAM = expression(rb'charset="?([A-Za-z0-9._-]{1,40})', re.IGNORECASE)
_BOUNDARY = expression(rb'boundary[ \t]*=[ \t]*(?:"([^"\n]{1,2048})"|([^\s";]{1,2048}))', re.IGNORECASE)
_NESTING = expression(rb"\ncontent-type:[ \t\n]*(?:multipart/|message/)", re.IGNORECASE)
_PART_FIELD = expression(rb"\ncontent-(?:type|disposition)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE)
_TAG = expression(r"</?[a-zA-Z!?][^<>]{0,4000}>")
_HUNK = expression(r"^--- \S.*\n\+\+\+ \S.*\n@@ -\d", re.MULTILINE)
_FILE_PATCH = expression(r"\.(?:patch|diff)$", re.IGNORECASE)
_PATCH_TYPES = {"text/x-patch", "text/x-diff", "application/x-patch", "application/x-diff", "text/patch", "text/diff"}

_CHARSETS = {
    "us-ascii": "utf-8", "ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "utf8": "utf-8", "utf-8": "utf-8",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "windows-1252": "cp1252",
    "cp1252": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932", "windows-31j": "cp932", "x-gbk": "gb18030",
} | {
    name: name
    for name in (
        *(f"iso-8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)), *(f"windows-125{n}" for n in "01345678"),
        "koi8-r", "koi8-u", "big5", "euc-kr", "euc-jp", "iso-2022-jp", "iso-2022-kr", "tis-620", "cp866", "cp949",
    )
}  # fmt: skip


TROUBLE = (ValueError, LookupError, TypeError, AttributeError, IndexError, KeyError, RecursionError)
"""What the stdlib raises over fields that it cannot read."""


class UnreadableError(Exception):
    """A mail that is not read, with the reason it is quarantined for; the only exception reading raises."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Envelope(Struct, frozen=True):
    """A mail's wanted header fields, still raw (bytes above 127 as surrogates), and its decoded text."""

    fields: dict[str, str]
    text: str
    notes: tuple[str, ...]
    octets: bytes | None = None
    """The bytes that `text` was decoded from, line by line the same; None where they are its UTF-8."""


def open_envelope(content: bytes, fast: bool = True) -> Envelope:
    """Read a mail's bytes; `fast=False` takes the stdlib's way for every mail.

    Raises `UnreadableError` where a limit is passed: 25 MiB, nesting 20 deep, 1000 parts. Headers are cut at 256 KiB.
    """
    if len(content) > MAX_MAIL:
        raise UnreadableError("size: more than 25 MiB")
    if not content.strip():
        raise UnreadableError("empty: no content")
    if content.startswith(b"From "):  # an mbox separator kept by a delivery agent
        content = content.partition(b"\n")[2]
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
    head, _, payload = content.partition(b"\n\n")
    head = b"\n" + head  # so that every header line follows a literal newline, which is what a regex finds fastest
    notes: tuple[str, ...] = ()
    if len(head) > MAX_HEAD:
        head, notes = head[: head.rfind(b"\n", 0, MAX_HEAD)], ("headers-cut",)
        content = head[1:] + b"\n\n" + payload
    if fast and b"\r" not in head and not ODD_LINE.search(head):
        envelope = _fast(head, payload, notes)
        if envelope:
            return envelope
    return _stdlib(content, notes)


def sent_lines(content: bytes) -> list[int]:
    """Return for each line of a mail's text the line of the body, as it was sent, in which it begins; nothing where these are the same."""
    head, _, payload = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    raw = {name.lower(): value for name, value in reversed(_HEAD.findall(b"\n" + head))}
    match = _PLAIN.fullmatch(raw.get(b"content-type", b"").strip()[:MAX_TYPE])
    data = _transfer_decode(payload, raw.get(b"content-transfer-encoding", b"").strip().lower())
    if not match or (match["flowed"] or b"").lower() != b"flowed" or data is None:
        return []
    starts = [number for number, _ in _unflowed(data.decode("latin-1"), False)]
    return [] if starts == list(range(1, len(starts) + 1)) else starts


def _fast(head: bytes, payload: bytes, notes: tuple[str, ...]) -> Envelope | None:
    """Read an ordinary mail; None where it is not one."""
    raw: dict[str, bytes] = {}
    for name, value in _HEAD.findall(head):
        raw.setdefault(name.decode().lower(), value)
    charset, flowed = b"us-ascii", None
    if content_type := raw.get("content-type", b"").strip():
        match = _PLAIN.fullmatch(content_type) if len(content_type) <= MAX_TYPE else None
        if not match and content_type[:10].lower() == b"multipart/":
            return _fast_parts(raw, payload, notes)
        if not match or content_type.lower().count(b"charset=") > 1:
            return None
        if found := _CHARSET_PARAM.search(content_type):
            charset = found[1]
        flowed = match["flowed"] and match["flowed"].lower() == b"flowed" and (match["delsp"] or b"no").lower().decode()
    encoding = raw.get("content-transfer-encoding", b"").strip().lower()
    data = _transfer_decode(payload, encoding)
    if data is None:
        return None
    fields = {name: value.decode("ascii", "surrogateescape") for name, value in raw.items()}
    text, octets, more = _decode(data, charset.decode().lower(), bool(flowed), flowed == "yes")
    return Envelope(fields, text, notes + more, octets)


def _fast_parts(raw: dict[str, bytes], payload: bytes, notes: tuple[str, ...]) -> Envelope | None:
    """Read an ordinary mail of several parts; None where it is not one."""
    if (found := split_parts(raw["content-type"], payload)) is None:
        return None
    try:
        text, octets, more = _text_of(found, True)
    except TROUBLE:
        return None  # the other way says what is wrong
    fields = {name: value.decode("ascii", "surrogateescape") for name, value in raw.items()}
    return Envelope(fields, text, notes + more, octets)


def _decode(data: bytes, charset: str, flowed: bool, delete_space: bool) -> tuple[str, bytes | None, tuple[str, ...]]:
    """Return one part's text, its bytes where they are not the text's UTF-8, and notes."""
    text, notes = decode_text(data, charset)
    octets = None if text.isascii() else data.replace(b"\r\n", b"\n")
    if flowed:
        text, notes = unflow(text, delete_space), (*notes, "format-flowed")
        octets = octets and unflow(octets.decode("latin-1"), delete_space).encode("latin-1")
    return text, None if octets == text.encode("utf-8", "surrogatepass") else octets, notes


def _transfer_decode(payload: bytes, encoding: bytes) -> bytes | None:
    if encoding in {b"", b"7bit", b"8bit", b"binary"}:
        return payload
    if encoding == b"quoted-printable":
        return quopri.decodestring(payload)
    if encoding == b"base64":
        try:
            return binascii.a2b_base64(payload)
        except binascii.Error:
            return None
    return None


def _stdlib(content: bytes, notes: tuple[str, ...]) -> Envelope:
    bounded = _bounded(content)
    if bounded is not content:
        content, notes = bounded, tuple(dict.fromkeys((*notes, "headers-cut")))
    _check_nesting(content)
    try:
        message = BytesParser().parsebytes(content)
        fields: dict[str, str] = {}
        for name, value in message.raw_items():
            if name.lower() in WANTED:
                fields.setdefault(name.lower(), str(value).replace("\r", ""))
        text, octets, more = _text_of([part for part in message.walk() if not part.is_multipart()], message.is_multipart())
    except TROUBLE as error:
        raise UnreadableError(f"mime: {type(error).__name__} while reading its parts") from error
    return Envelope(fields, text, notes + more, octets)


def _bounded(content: bytes) -> bytes:
    """Return a mail whose part headers are no longer than the stdlib reads in time."""
    out: list[bytes] = []
    at = 0
    for match in _PART_FIELD.finditer(b"\n" + content):  # places are one too far by the newline put before
        begin, end = match.start(), match.end() - 1
        params = content.count(b";", begin, end)
        if end - begin > MAX_PART_FIELD or params > MAX_PARAMS:
            kept = content[begin : begin + min(MAX_PART_FIELD, end - begin)]
            kept = b";".join(kept.split(b";", MAX_PARAMS)[:MAX_PARAMS])
            out += [content[at:begin], kept[: kept.rfind(b"\n")] if b"\n" in kept else kept]
            at = end
    return b"".join([*out, content[at:]]) if at else content


def _check_nesting(content: bytes) -> None:
    if len(_NESTING.findall(b"\n" + content)) > MAX_DEPTH:
        raise UnreadableError("mime-depth: nested more than 20 deep")
    boundaries = set(_BOUNDARY.findall(content))
    parts = 0 if len(boundaries) > MAX_BOUNDARIES else sum(content.count(b"\n--" + (a or b)) for a, b in boundaries)
    if len(boundaries) > MAX_BOUNDARIES or parts > 2 * MAX_PARTS:
        raise UnreadableError("mime-parts: more than 1000 parts")


def _text_of(parts: list[StdMessage], several: bool) -> tuple[str, bytes | None, tuple[str, ...]]:
    """Return the texts of all readable parts joined, patches attached last; HTML only where there is nothing else."""
    plain: list[tuple[str, bytes | None]] = []
    patches: list[tuple[str, bytes | None]] = []
    html: list[tuple[str, bytes | None]] = []
    notes: list[str] = []
    for part in parts:
        kind = part.get_content_type()
        name = part.get_filename() or ""
        attached = kind in _PATCH_TYPES or bool(_FILE_PATCH.search(name))
        unnamed = kind == "application/octet-stream" and not attached
        if kind in {"text/plain", "text/html"} or attached or unnamed:
            text, octets, more = _part_text(part)
            if unnamed and not _HUNK.search(text):
                continue
            notes += more
            if attached or (unnamed and several):
                notes.append("patch-attached")
                patches.append((text, octets))
            else:
                (html if kind == "text/html" else plain).append((text, octets))
    if not plain and not patches and html:
        notes.append("html-only")
        plain = [(_TAG.sub("", _without_comments(text)), None) for text, _ in html]
    return *_joined([*plain, *patches]), tuple(dict.fromkeys(notes))


def _joined(parts: list[tuple[str, bytes | None]]) -> tuple[str, bytes | None]:
    """Return the parts one after the other, each from a new line, and their bytes where any part's differ from its text."""
    texts = [text if text.endswith("\n") or number == len(parts) else text + "\n" for number, (text, _) in enumerate(parts, 1)]
    if all(octets is None for _, octets in parts):
        return "".join(texts), None
    raw = [text.encode("utf-8", "surrogatepass") if octets is None else octets for text, octets in parts]
    return "".join(texts), b"".join(
        octets if octets.endswith(b"\n") or number == len(raw) else octets + b"\n" for number, octets in enumerate(raw, 1)
    )


def _without_comments(html: str) -> str:
    out: list[str] = []
    at = 0
    while (begin := html.find("<!--", at)) >= 0:
        out.append(html[at:begin])
        end = html.find("-->", begin)
        at = len(html) if end < 0 else end + 3
    return "".join([*out, html[at:]])


def _part_text(part: StdMessage) -> tuple[str, bytes | None, tuple[str, ...]]:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return "", None, ()
    charset = part.get_param("charset", "us-ascii")
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    delete_space = str(part.get_param("delsp", "no")).lower() == "yes"
    return _decode(data, charset.lower() if isinstance(charset, str) else "us-ascii", flowed, delete_space)


def decode_text(data: bytes, charset: str) -> tuple[str, tuple[str, ...]]:
    """Return `data` as text with "\\n" line ends; charsets outside the allow-list and wrong bytes become UTF-8 with U+FFFD."""
    name = charset.strip("\"' ")
    codec = _CHARSETS.get(name) or _CHARSETS.get(name.replace("iso8859-", "iso-8859-"))
    notes: tuple[str, ...] = () if codec else ("charset-unknown",)
    try:
        text = data.decode(codec or "utf-8")
    except UnicodeDecodeError:
        try:
            text = data.decode("utf-8")
            notes = (*notes, "charset-wrong")
        except UnicodeDecodeError:
            text = _mixed(data) if codec in {None, "utf-8"} else data.decode(codec, "replace")
            notes = (*notes, "charset-undecodable")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text, notes


def _mixed(data: bytes) -> str:
    """Read bytes that no charset tells rightly: each line that is no UTF-8 as Windows-1252, as headers are read."""
    lines: list[str] = []
    for line in data.split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", "replace"))
    return "\n".join(lines)


def unflow(text: str, delete_space: bool) -> str:
    """Return format=flowed text with its soft breaks joined (RFC 3676, sections 4.1 to 4.5)."""
    return "\n".join("".join(parts) for _, parts in _unflowed(text, delete_space))


def _unflowed(text: str, delete_space: bool) -> list[tuple[int, list[str]]]:
    """Return the parts of each line of format=flowed text, with the number of the line that was sent in which it begins."""
    lines: list[tuple[int, list[str]]] = []
    open_depth = -1
    for number, line in enumerate(text.split("\n"), 1):
        first = line[:1]
        if first != ">" and open_depth < 0:  # as most lines are: unquoted, behind a hard break
            stripped = line[1:] if first == " " else line
            lines.append((number, [stripped]))
            open_depth = 0 if stripped[-1:] == " " and stripped != "-- " else -1
            continue
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        stripped = stripped.removeprefix(" ")
        if open_depth == depth and lines:
            parts = lines[-1][1]
            parts[-1] = parts[-1][:-1] if delete_space else parts[-1]
            parts.append(stripped)
        else:
            lines.append((number, [">" * depth + (" " if depth else "") + stripped]))
        open_depth = depth if stripped.endswith(" ") and stripped != "-- " else -1
    return lines
