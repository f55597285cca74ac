# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forty texts that a terminal, a markup reader, a shell or a mail program would obey, and mails that hold one in every field."""

from pathlib import Path

from tests.conftest import Inbox, mail

CONTROL = (
    "\x1b]0;P00\x07", "\x1b]2;P01\x1b\\", "\x1b]52;c;UDAy\x07", "\x1b]8;;https://p03.example.org\x1b\\x\x1b]8;;\x1b\\", "\x1b[2JP04", "\x1b[1;1HP05",
    "\x1b[?1049lP06", "\x1b[6nP07", "\x1b[cP08", "\x1bcP09", "\x1b[31;5mP10", "\x1b[?1000hP11", "\x1bP+q544e\x1b\\P12", "\x1b_P13\x1b\\",
    "\x1b^P14\x1b\\", "\x1bXP15\x1b\\", "\x1b]1337;File=:P16\x07", "\x1b]777;notify;P17;x\x07", "\x9b2JP18", "\x9d0;P19\x9c", "\x90P20\x9c",
    "P21\x08\x08\x08X", "P22\rX", "\x07P23", "P24\x7fX", "P25\x0b\x0cX", "\u202eP26\u202c", "\u2066P27\u2069", "P28\u200b\u200d\ufeff",
    "P29\U000e0041\U000e007f", "P30\u2028\u2029", "P31\ue000\U000f0000",
)  # fmt: skip
MARKUP = (
    "[@click=app.quit]P32[/]", "[/]P33[/b]", "[b]P34[$error]", "[link=file:///etc/passwd]P35[/link]", "P36$(touch pwned)`touch pwned`",
    "--help P37; touch pwned", "<script>P38</script>|a|b|", "P39 %s {x} {0.__class__} \\[b]",
)  # fmt: skip
PAYLOADS = CONTROL + MARKUP
NEVER = "".join(
    map(chr, [*range(0x80, 0xA0), 0x7F, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xE000])
)
"""Characters that no screen of ours writes, whoever draws it."""
assert len(PAYLOADS) == 40


def fill(inbox: Inbox, payloads: tuple[str, ...] = PAYLOADS) -> None:
    """Add two versions of a series and a reply for each payload, which stands in every field that shows anywhere."""
    for number, payload in enumerate(payloads):
        flat = "".join(char for char in payload if char not in "\x00\r\n\x0b\x0c\u2028\u2029")
        for version in (1, 2):
            body = (
                f"{payload}\nCo-developed-by: {flat} <c@example.org>\nAssisted-by: {flat}\nGenerated with Claude {flat}\n---\n v{version}\n"
                f"\ndiff --git a/{flat}.c b/{flat}.c\n--- a/{flat}.c\n+++ b/{flat}.c\n@@ -1,1 +1,2 @@ {flat}\n x\n+{payload}{version}\n"
            )
            inbox.add(mail(
                body, key=f"h{number}v{version}", subject=f"[PATCH{' v2' if version == 2 else ''}] h{number}: {flat}",
                sender=f'"{flat[:40]}" <x{number}@example.org>', date=f"Mon, 0{version + 3} May 2026 09:00:00 +0000",
            ))  # fmt: skip
        inbox.add(mail(
            f"> {payload}\nReviewed-by: {flat} <r@example.org>\n", key=f"h{number}r", subject=f"Re: [PATCH v2] h{number}: {flat}",
            sender=f'"{flat[:40]}" <r@example.org>', date="Tue, 05 May 2026 10:00:00 +0000", In_Reply_To=f"<h{number}v2@example.org>",
        ))  # fmt: skip


def no_file_was_touched(folder: Path) -> bool:
    """Say that no payload was read by a shell."""
    return not list(folder.rglob("pwned*"))
