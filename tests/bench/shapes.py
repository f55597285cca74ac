# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives made up, as large as wanted: an ordinary list, and each shape that once cost its square.

A shape of size n is its mails in the order of their arrival, as an mbox would hold them; the same for the same n.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

START = 1_600_000_000
DAY = 86400
WORDS = ["spout", "handle", "lid", "base", "ring", "glaze", "kiln", "clay", "wheel", "slip", "foot", "rim", "cup", "bowl", "plate", "jar"]


def mail(key: str, subject: str, body: str, when: int, who: int = 0, parents: tuple[str, ...] = (), more: str = "") -> bytes:
    """Return one mail; `who` is a number that names a person, `parents` stand nearest first."""
    above = (
        f"In-Reply-To: <{parents[0]}@example.org>\nReferences: {' '.join(f'<{one}@example.org>' for one in reversed(parents))}\n"
        if parents
        else ""
    )
    date = format_datetime(datetime.fromtimestamp(when, UTC))
    return (
        f"From: {person(who)}\nTo: widgets@lists.example.org\nSubject: {subject}\nDate: {date}\nMessage-ID: <{key}@example.org>\n"
        f"{above}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n{more}\n{body}"
    ).encode()


def person(who: int) -> str:
    """Return a person by number."""
    return f"P{who} Example <p{who}@example.org>"


def patch(number: int, who: int = 0, text: str = "", files: int = 40) -> str:
    """Return the body of a patch that is no other's."""
    word, name = WORDS[number % len(WORDS)], f"src/part{number % files}.c"
    return (
        f"The {word} was wrong in case {number}.\n{text}\nSigned-off-by: {person(who)}\n---\n {name} | 2 +-\n"
        f" 1 file changed, 1 insertion(+), 1 deletion(-)\n\ndiff --git a/{name} b/{name}\nindex 1111111..2222222 100644\n"
        f"--- a/{name}\n+++ b/{name}\n@@ -{number + 1},3 +{number + 1},3 @@ int {word}(void)\n int a{number};\n-\treturn {number};\n"
        f"+\treturn {number + 1};\n int b;\n-- \n2.45.0\n"
    )


def ordinary(size: int) -> Iterator[bytes]:
    """A list as lists are: of ten mails two or three are patches, alone or in series with a cover and versions, the others replies."""
    number = topic = 0
    while number < size:
        topic += 1
        who, when = topic % 997, START + topic * 3600
        title = f"{WORDS[topic % 16]}: mend the {WORDS[topic // 16 % 16]} of case {topic}"
        for version in range(1, 1 + (1, 1, 1, 2, 3)[topic % 5]):
            mark = f" v{version}" if version > 1 else ""
            total = (1, 1, 1, 3, 5)[topic % 5]
            head = f"t{topic}v{version}"
            if total > 1:
                yield mail(f"{head}n0", f"[PATCH{mark} 0/{total}] {title}", f"Some of it.\n\n{person(who)}\n", when, who)
                number += 1
            for n in range(1, total + 1):
                subject = f"[PATCH{mark} {n}/{total}] {title}, part {n}" if total > 1 else f"[PATCH{mark}] {title}"
                parents = (f"{head}n0",) if total > 1 else ()
                yield mail(f"{head}n{n}", subject, patch(topic * 7 + n, who), when + n, who, parents)
                number += 1
            above: tuple[str, ...] = (f"{head}n1",)
            for reply in range((3 + topic % 7) * total // 2):
                other = (topic + reply + 1) % 997
                given = f"Reviewed-by: {person(other)}\n" if reply % 4 == 1 else ""
                body = f"On Monday, {person(who)} wrote:\n> The part was wrong in case {topic}.\n\nWhy not the other one?\n\n{given}"
                yield mail(f"{head}r{reply}", f"Re: [PATCH{mark}] {title}", body, when + 60 * (reply + 1), other, above)
                above = (f"{head}r{reply}", *above)[:8]
                number += 1
            when += 8 * DAY


def one_author(size: int) -> Iterator[bytes]:
    """Single patches of one author, a thousand a month."""
    for n in range(size):
        yield mail(f"a{n}", f"[PATCH] {WORDS[n % 16]}: mend case {n} of part {n % 40}", patch(n), START + n * 2600)


def obsoleting(size: int) -> Iterator[bytes]:
    """The same, each naming the one that comes next."""
    for n in range(size):
        body = patch(n, text=f"\nObsoleted-by: <a{n + 1}@example.org>\n")
        yield mail(f"a{n}", f"[PATCH] {WORDS[n % 16]}: mend case {n}", body, START + n * 600)


def many_authors(size: int) -> Iterator[bytes]:
    """Single patches of as many authors."""
    for n in range(size):
        yield mail(f"a{n}", f"[PATCH] {WORDS[n % 16]}: mend case {n}", patch(n, n), START + n * 600, n)


def one_thread(size: int) -> Iterator[bytes]:
    """A patch and replies to it, each to the one before."""
    yield mail("r0", "[PATCH] spout: mend it", patch(0), START)
    above: tuple[str, ...] = ("r0",)
    for n in range(1, size):
        yield mail(f"r{n}", "Re: [PATCH] spout: mend it", f"> Why?\n\nSo it is, for the {n}th time.\n", START + n * 60, n % 50, above)
        above = (f"r{n}", *above)[:12]


def thread_backwards(size: int) -> Iterator[bytes]:
    """The same, the last mail first."""
    yield from reversed(list(one_thread(size)))


PATCHES = 999


def versions(size: int) -> Iterator[bytes]:
    """A series of 999 patches in as many versions as make `size` patches."""
    for version in range(1, size // PATCHES + 1):
        mark, when = f" v{version}" if version > 1 else "", START + version * 9 * DAY
        yield mail(f"v{version}n0", f"[PATCH{mark} 000/{PATCHES}] rewrite all", "All of it.\n", when)
        for n in range(1, PATCHES + 1):
            body = patch(n + (version * 1000 if n % 7 == 0 else 0))
            yield mail(f"v{version}n{n}", f"[PATCH{mark} {n:03}/{PATCHES}] rewrite part {n}", body, when + n, parents=(f"v{version}n0",))


def equal_titles(size: int) -> Iterator[bytes]:
    """Patches of one title by one author, an hour apart."""
    for n in range(size):
        yield mail(f"a{n}", "[PATCH] spout: fix the leak", patch(n), START + n * 3600)


def equal_titles_of_many(size: int) -> Iterator[bytes]:
    """Patches of one title, each by another."""
    for n in range(size):
        yield mail(f"a{n}", "[PATCH] spout: fix the leak", patch(n, n), START + n * 3600, n)


def flagged(size: int) -> Iterator[bytes]:
    """Patches of many people without a sign-off, with a declared tool."""
    for n in range(size):
        body = patch(n, n % 300).replace("Signed-off-by:", "Assisted-by: Claude:claude-5\nAcked-by:")
        yield mail(f"a{n}", f"[PATCH] {WORDS[n % 16]}: mend case {n}", body, START + n * 600, n % 300)


def unthreaded(size: int) -> Iterator[bytes]:
    """Numbered patches of one sender without a thread, in series of ten that follow closely."""
    for n in range(size):
        series, at = divmod(n, 10)
        yield mail(f"a{n}", f"[PATCH {at + 1}/10] mend case {series} of part {at}", patch(n), START + series * 700 + at)


def one_run(size: int) -> Iterator[bytes]:
    """First patches of ten, one sender, seconds apart: nobody can tell which goes with which."""
    for n in range(size):
        yield mail(f"a{n}", f"[PATCH {n % 10 + 1}/10] mend it", patch(n), START + n)


def one_series(size: int) -> Iterator[bytes]:
    """The patches of one series, none of them a reply."""
    for n in range(1, size + 1):
        yield mail(f"a{n}", f"[PATCH {n}/{size}] rewrite part {n}", patch(n), START + n)


def below_another(size: int) -> Iterator[bytes]:
    """The same, each a reply to one mail that is not here."""
    for n in range(1, size + 1):
        yield mail(f"a{n}", f"[PATCH {n}/{size}] rewrite part {n}", patch(n), START + n, parents=("nowhere",))


def first_of_two(size: int) -> Iterator[bytes]:
    """Patches 1 and 2 of two, again and again, each a reply to one mail that is not here."""
    for n in range(size):
        yield mail(f"a{n}", f"[PATCH {n % 2 + 1}/2] mend case {n}", patch(n), START + n * 60, parents=("nowhere",))


def covers_again(size: int) -> Iterator[bytes]:
    """Two patches, and their cover sent again and again."""
    for n in (1, 2):
        yield mail(f"p{n}", f"[PATCH {n}/2] mend part {n}", patch(n), START + n, parents=("c0",))
    for n in range(size - 2):
        yield mail(f"c{n}", "[PATCH 0/2] mend both", "Both of them.\n", START + n * 10, parents=("c0",) if n else ())


def equal_ids(size: int) -> Iterator[bytes]:
    """Single patches that all have one Message-ID."""
    for n in range(size):
        yield mail("same", f"[PATCH] spout: mend case {n}", patch(n), START + n * 600)


def reviewed(size: int) -> Iterator[bytes]:
    """A series of 999 patches; the rest are reviews of its cover, each by another person."""
    yield mail("c0", f"[PATCH 000/{PATCHES}] rewrite all", "All of it.\n", START)
    for n in range(1, PATCHES + 1):
        yield mail(f"p{n}", f"[PATCH {n:03}/{PATCHES}] rewrite part {n}", patch(n), START + n, parents=("c0",))
    for n in range(1, size - PATCHES):
        body = f"Fine.\n\nReviewed-by: {person(n)}\n"
        yield mail(f"r{n}", f"Re: [PATCH 000/{PATCHES}] rewrite all", body, START + 5000 + n, n, parents=("c0",))


Shape = Callable[[int], Iterator[bytes]]
SHAPES: dict[str, tuple[Shape, int]] = {
    "one author, single patches": (one_author, 20_000),
    "the same, each naming the next": (obsoleting, 5_000),
    "as many authors": (many_authors, 20_000),
    "one thread of replies": (one_thread, 20_000),
    "the thread backwards": (thread_backwards, 20_000),
    "999 patches in 30 versions": (versions, 30 * PATCHES),
    "equal titles of one author": (equal_titles, 5_000),
    "equal titles of many": (equal_titles_of_many, 5_000),
    "unthreaded series of one sender": (unthreaded, 10_000),
    "numbers of one sender, no thread": (one_run, 5_000),
    "all with findings": (flagged, 5_000),
    "one series without a thread": (one_series, 5_000),
    "one series below a mail not here": (below_another, 5_000),
    "two patches, again, below one": (first_of_two, 5_000),
    "a cover sent again": (covers_again, 5_000),
    "one Message-ID, other patches": (equal_ids, 5_000),
    "reviews on a cover of 999 patches": (reviewed, 12_000),
}
"""Each shape with its whole size in mails."""


def write_mbox(path: Path, mails: Iterator[bytes]) -> Path:
    """Write mails as an mbox (mboxrd); returns its path."""
    with path.open("wb") as file:
        for one in mails:
            file.write(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + one.replace(b"\nFrom ", b"\n>From ") + b"\n")
    return path
