# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: the table of codes, a page a code, and what is heard, with examples as the program itself reads them."""

from collections.abc import Iterator

from docs.made import NOTE
from triage.mail.message import read_mail
from triage.model import Person, RawMail, blob_id
from triage.model.codes import BY_KIND, BY_PACK, CODES
from triage.policy.evidence import attribute, find_evidence
from triage.policy.explain import explain
from triage.projects import builtin_packs, load_pack


def findings_page() -> str:
    """Return docs/findings/index.md."""
    out = [f"# Findings\n\n{NOTE}", "| code | name | says | cannot see | a second opinion answers | cure |\n|---|---|---|---|---|---|\n"]
    out += [f"| [{c.code}]({c.code}.md) | {c.name} | {c.about} | {c.misses} | {c.question} | {c.cure} |\n" for c in CODES.values()]
    out.append(f"\n{', '.join(BY_PACK)} come with every pack that has rules.\n")
    out += listening()
    out.append("\n## Which rule gives which finding\n\n| rule kind | findings |\n|---|---|\n")
    out += [f"| {kind} | {', '.join(codes)} |\n" for kind, codes in BY_KIND.items()]
    out.append("\n## Policy packs\n")
    for name in builtin_packs():
        pack = load_pack(name)
        out.append(f"\n### {pack.id}: {pack.title}\n\nStance {pack.stance}; {pack.status}; DCO {pack.dco}.\n\n")
        if pack.rules:
            out.append("| rule | kind | severity | in force | text | source |\n|---|---|---|---|---|---|\n")
        for rule in pack.rules:
            span = f"{rule.valid_from or ''} – {rule.valid_until or ''}" if rule.valid_from or rule.valid_until else "always"
            out.append(f"| {rule.id} | {rule.kind} | {rule.severity.value} | {span} | {rule.text} | {rule.source} |\n")
    return "".join(out)


def finding_page(code: str) -> str:
    """Return the page of one finding code, whose address `explain`, SARIF and reports print."""
    packs = [load_pack(name) for name in builtin_packs()]
    found = explain(code, packs)
    about = found.about
    out = [f"# {code} {about.name}\n\n{NOTE}{about.about}\n\n"]
    for head, text in (("What it cannot see", about.misses), ("What a person decides", about.question), ("How it is fixed", about.cure)):
        out.append(f"## {head}\n\n{text}\n\n")
    out.append("## Where it comes from\n\n")
    if found.any_pack:
        out.append("It comes with every pack that has rules.\n\n")
    if found.kinds:
        out.append(f"Rules of the kind {', '.join(f'`{kind}`' for kind in found.kinds)} give it.\n\n")
    if found.rules:
        out.append("| pack | rule | severity | says | source |\n|---|---|---|---|---|\n")
        out += [f"| {pack} | {rule.id} | {rule.severity.value} | {rule.text} | {rule.source} |\n" for pack, rule in found.rules]
    return "".join(out).rstrip() + "\n"


EXAMPLES = {
    "in a commit message, a cover letter or below the `---`": (
        "The lid table was written by Claude from the data sheet.", "I had Codex convert the forty callers and read each of them.", "Thanks to Copilot for the switch statement.",
        "Claude found the missing unlock; the fix is mine.", "I let Gemini look over the diff before sending this.", "This text was translated from German with DeepL.",
        "Assisted-by: Claude:claude-opus-4-6", "Made with [Cursor](https://cursor.com)", "- [x] Parts of this were generated with AI", "AI used: yes, for the tests",
        "https://claude.ai/code/session_01AbCdEf", "No AI was used for this patch.", "AI used: no", "- [ ] AI was used\n- [x] I wrote it without AI",
        "AI-generated contributions are declined by our policy.", "If you use an LLM, please say so.", "Should we take patches made with AI tools?", "Add support for ChatGPT as a provider.",
        "v2: fix what the AI review bot found", "Claude Dupont measured this on the old kettle.", "Our kettle and Claude Code, as ever.", "Dieser Patch wurde vollständig mit Claude Code gebaut.",
    ),
    "in a reply of the author": (
        "> Did you use an LLM for this?\n\nYes, for the tests.", "> Did you use an LLM for this?\n\nNo.", "> This reads like ChatGPT.\n\nI wrote all of it myself.",
        "I will send a v2 to address the AI generated comments.",
    ),
    "in somebody else's reply": (
        "This patch was evidently written by ChatGPT.", "I ran Claude over your series and it found a leak.", "Did you use an LLM for this?", "This is an AI-generated review of your patch.",
    ),
}  # fmt: skip


def listening() -> Iterator[str]:
    """Yield what counts as a declaration and what does not, with examples as the program itself reads them."""
    yield """
## What is heard

Nothing is inferred from style, and no word counts by itself. A sentence is read for *who* (you, this patch, somebody else) *did* what, with
*which* tool, to *what*, and whether it is asserted, denied, asked, planned or a rule. It then is one of these:

* **declares**: you say that a machine had part in this contribution, and what it did: generate, test, translate, describe, find, review,
  debug, research, or unknown. A tool that only found, reviewed, debugged or explained made nothing of the patch, and a rule about
  generated content leaves it alone unless its text says otherwise.
* **denies**: no machine had part in it. **attests**: you wrote it; that answers who asks, and denies nothing.
* **alleges**: somebody else says of this very contribution that a machine made it. It is only ever asked about.
* **discusses**: rules, AI in general, other people's work, what might be. **reports**: what a bot or a reviewer's tool found, passed on or answered.
* **unclear**: your own words name a tool or AI about this contribution and the grammar does not tell what for. It is noted (AI019), never
  an error and never a draft; a pack may have it asked about (`unclear = "ask"`). English is read; a sentence in another language that
  names a tool is noted as unread.

Quotes, code, diffs, quoted titles, comments of a template and indented examples are not your words. A box counts as it is ticked; of two
that contradict the words beside them decide. The address of a session with a tool declares, but does not tell what for: a project that
takes no AI use asks about it. A person's name with a person's address is a person, whatever tool is called so. A bot's `Reviewed-by` is
no person's word and is shown apart. `triage show ID --statements` says for each sentence of a mail what was heard and why.
"""
    for where, texts in EXAMPLES.items():
        yield f"\n{where[0].upper()}{where[1:]}:\n\n| text | heard |\n|---|---|\n"
        for text in texts:
            shown = text.replace("\n\n", "\n").replace("\n", "<br>").replace("|", "\\|")
            yield f"| {shown} | {heard(text, where)} |\n"


def heard(text: str, where: str) -> str:
    """Return in a few words what the program hears in a text."""
    sender = "Bo Sample <bo@example.net>" if "else" in where else "Ada Example <ada@example.org>"
    reply = "reply" in where
    body = (
        f"{text}\n"
        if reply
        else f"Text.\n\n{text}\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n w.c | 2 +-\n\ndiff --git a/w.c b/w.c\n--- a/w.c\n+++ b/w.c\n@@ -1 +1 @@\n-a\n+b\n"
    )
    subject = "Re: [PATCH] widget: fix" if reply else "[PATCH] widget: fix"
    head = f"From: {sender}\nSubject: {subject}\nDate: Mon, 05 Oct 2026 09:00:00 +0000\nMessage-ID: <a@example.org>\nIn-Reply-To: <b@example.org>\n"
    content = f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}".encode()
    read = read_mail(RawMail(content, "", blob_id(content), 0))
    own = [Person("Ada Example", "ada@example.org")]
    found = [attribute(item, own, lambda one, other: one.email == other.email) for item in find_evidence(read.message, read.body)]
    words = [
        f"{e.says}, {e.role}{' by ' + ', '.join(t.strip('/') for t in e.tools) if e.tools else ''}" if e.declares else str(e.says)
        for e in found
    ]
    return "; ".join(dict.fromkeys(words)) or "nothing"
