# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Series whose neighbours changed get their versions again."""

from triage.model import Link
from triage.model.series import Posting
from triage.series.corrections import Corrections
from triage.series.versions import previous, same_people, suggestions
from triage.store import links
from triage.store.corrections import load_corrections
from triage.store.schema import Index


def link_series(connection: Index, wanted: list[int]) -> None:
    """Give each of `wanted` its topic, and newer neighbours theirs again; to be called inside a transaction."""
    said = load_corrections(connection)
    corrections = Corrections(said)
    near = {series_id: links.neighbours(connection, series_id, said) for series_id in wanted}
    postings = links.postings(connection, {item for ids in near.values() for item in ids} | set(wanted))
    again = set(wanted)
    for series_id, ids in near.items():
        again |= {o for o in ids if o in postings and (said or postings[o].may_follow(postings[series_id]))}
    for other in again - set(near):
        near[other] = links.neighbours(connection, other, said)
        postings |= links.postings(connection, near[other] - set(postings))
    for series_id in sorted(again, key=lambda item: (postings[item].posted, postings[item].order)):
        series = postings[series_id]
        others = [postings[other] for other in sorted(near[series_id]) if other in postings]
        _load_files(connection, series, others)
        found = previous(series, others, corrections)
        if not found:
            elsewhere = links.elsewhere(connection, series_id, series)
            found = suggestions(series, elsewhere.values(), corrections)
            postings |= elsewhere
        links.save_links(connection, series_id, series, found, _takes_over(series, found, postings))


def _takes_over(series: Posting, found: tuple[Link, ...], postings: dict[int, Posting]) -> bool:
    """Say whether the version before is other people's, by no person's word."""
    to = next((link.to for link in found if link.kind != "similar"), None)
    older = next((posting for posting in postings.values() if posting.first == to), None)
    return bool(older) and found[0].kind != "human" and older is not None and not same_people(series, older)


def _load_files(connection: Index, series: Posting, others: list[Posting]) -> None:
    """Load what a posting and those under its very title and number touch: by nothing else can two of one name be told apart."""
    alike = [o for o in others if o.title == series.title and o.version == series.version and not o.patch_ids & series.patch_ids]
    for posting in [series, *alike[-links.NEAREST :]] if alike else ():
        posting.files = posting.files or links.files_of(connection, posting)
