# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""List evidence: the Reviewed-by, Acked-by, Tested-by, Nacked-by and their like that people sent as replies, with what vouches for them."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from triage.archive.detect import open_archive
from triage.b4 import check_patatt
from triage.mail.attestation import Attested, attested
from triage.mail.identity import parse_person, same_email
from triage.model.errors import ArchiveError
from triage.policy.people import NOBODY, People
from triage.query.versions import effective_followups, effective_patches
from triage.series.followups import Followup
from triage.store import locations
from triage.store import opinions as stored
from triage.store.locations import with_reviews
from triage.store.schema import Index

if TYPE_CHECKING:
    from triage.model.shapes.report import ReviewShape, VoucherShape


class Voucher(Struct, frozen=True):
    """What vouches for the sender of a mail: a DKIM result that a server wrote down, or a developer signature."""

    kind: str
    """dkim or patatt."""
    result: str
    identity: str
    by: str
    checked: str
    """What a check of a developer signature said, "" where none was made."""

    def to_dict(self) -> "VoucherShape":
        """Return it in the shape of a report's `reviews`."""
        return {"kind": self.kind, "result": self.result, "identity": self.identity, "by": self.by, "checked": self.checked}


Vouchers = dict[str, list[Voucher]]
"""By Message-ID of a reply, what vouches for its sender."""


class GivenPatch(Struct, frozen=True):
    """A patch that a trailer was given to."""

    message_id: str
    n: int | None


class Review(Struct, frozen=True):
    """A trailer that somebody sent as a reply: weaker than an opinion, since a mail's From proves nothing."""

    key: str
    name: str
    email: str
    message_id: str
    on_cover: bool
    matches: bool
    """Whether the sender is who the trailer names, as b4 checks it."""
    machine: bool
    """Whether a bot or a tool said it: it is shown apart and never counts."""
    patches: tuple[GivenPatch, ...]
    vouched: tuple[Voucher, ...] = ()
    opinion: str = ""
    """The record that its reviewer published in that very mail: it is not counted again."""

    def to_dict(self) -> "ReviewShape":
        """Return it in the shape of a report's `reviews`."""
        return {
            "key": self.key, "name": self.name, "email": self.email, "message_id": self.message_id, "on_cover": self.on_cover,
            "matches": self.matches, "machine": self.machine,
            "patches": [{"message_id": patch.message_id, "n": patch.n} for patch in self.patches],
            "vouched": [one.to_dict() for one in self.vouched], "opinion": self.opinion,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> "Review":
        """Read what `to_dict` wrote."""
        patches = tuple(GivenPatch(**patch) for patch in row["patches"])
        return cls(**row | {"patches": patches, "vouched": tuple(Voucher(**one) for one in row["vouched"])})


def reviews(connection: Index, series: int, known: Vouchers | None = None, check: bool = False, people: People = NOBODY) -> list[Review]:
    """Return what replies to a series gave, oldest first; `people` knows who is a machine.

    What vouches for senders is read from the archives, unless it is `known`, as of series that have any. With `check` developer
    signatures are verified with the keys that patatt is configured with.
    """
    if known is None and not with_reviews(connection, [series]):
        return []
    published = stored.published_ids(connection)
    given: dict[tuple[str, str, str], list[Followup]] = {}
    numbers = {mail.message.message_id: mail.message.subject.n for mail, _ in effective_patches(connection, series)}
    for item in effective_followups(connection, series):
        given.setdefault((item.source, item.trailer.key.lower(), item.trailer.value), []).append(item)
    sources = list(dict.fromkeys(source for source, _, _ in given))
    vouched = vouchers(connection, sources, check) if known is None else known
    senders = locations.senders_of(connection, sources) if published else {}
    found = []
    for (source, _, value), items in given.items():
        person, first = parse_person(value), items[0]
        found.append(
            Review(
                key=first.trailer.key, name=person.name, email=person.email, message_id=source, on_cover=first.on_cover,
                matches=first.matches, machine=people.is_machine(person),
                patches=tuple(GivenPatch(item.patch, numbers.get(item.patch)) for item in items),
                vouched=tuple(vouched.get(source, ())), opinion=published.get((source, senders.get(source, "")), ""),
            )
        )  # fmt: skip
    return found


def vouchers(connection: Index, names: list[str], check: bool = False) -> Vouchers:
    """Return what vouches for the senders of some mails by their own headers, each archive read once; nothing for those that are gone."""
    senders = locations.senders_of(connection, names)
    groups: dict[tuple[str, Path, str], list[tuple[str, str, str]]] = {}
    for name, kind, path, unit, locator, blob in locations.first_places(connection, names):
        groups.setdefault((kind, path, unit), []).append((name, locator, blob))
    found: Vouchers = {}
    for (kind, path, unit), wanted in groups.items():
        with suppress(ArchiveError):
            contents = open_archive(kind, path).fetch_all(unit, [(locator, blob) for _, locator, blob in wanted])
            for (name, _, _), content in zip(wanted, contents, strict=True):
                found[name] = [_voucher(item, content, senders.get(name, ""), check) for item in attested(content)] if content else []
    return found


def _voucher(item: Attested, content: bytes, sender: str, check: bool) -> Voucher:
    checked = ""
    if item.kind == "patatt" and not same_email(item.identity or sender, sender):
        checked = "another's: its identity is not the sender"
    elif item.kind == "patatt" and check:
        checked = check_patatt(content)
    return Voucher(item.kind, item.result, item.identity, item.by, checked)


def vouched_text(review: Review) -> str:
    """Return in one phrase what vouches for the sender of a reply: the topmost DKIM result, and a developer signature if any."""
    parts = []
    if dkim := next((one for one in review.vouched if one.kind == "dkim"), None):
        parts.append(f"dkim={dkim.result} {dkim.identity}, says {dkim.by}")
    if signature := next((one for one in review.vouched if one.kind == "patatt"), None):
        parts.append(f"patatt {signature.identity or 'signature'}: {signature.checked or 'not checked'}")
    if review.machine:
        parts.append("a machine said it: does not count as a person's word")
    if not review.matches:
        parts.append("sent by somebody else: does not count")
    if review.opinion:
        parts.append(f"published opinion {review.opinion}")
    return "; ".join(parts) or "nothing vouches for it"
