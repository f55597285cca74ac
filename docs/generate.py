#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the pages that are made from code: keys, commands, findings and packs, the words of packs, series, fixtures; `--check` only says whether they are current."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from docs import schemas
from triage.admin.demo import make_demo, unpack
from triage.cli import cli
from triage.config import Config, load_config
from triage.ingest.pipeline import ingest
from triage.mail.message import NOTES as MAIL_NOTES
from triage.mail.message import read_mail
from triage.model import Person, RawMail, blob_id
from triage.model.codes import BY_KIND, BY_PACK, CODES, SITE
from triage.model.errors import ExitCode
from triage.policy.evidence import attribute, find_evidence
from triage.policy.explain import explain
from triage.policy.vocabulary import COMMON, EXCEPTION, KINDS, PACK, PREDICATES, REPOSITORY, SCOPE, Parameter, json_schema
from triage.projects import builtin_packs, load_pack
from triage.report.make import make_report
from triage.report.request import Request
from triage.series.grouping import NOTES as SERIES_NOTES
from triage.series.grouping import WHY
from triage.series.versions import EVIDENCE
from tui.keys import table

ROOT = Path(__file__).parent.parent
NOTE = "<!-- made by docs/generate.py: change the code, not this page -->\n\n"


def keys_page() -> str:
    """Return docs/keys.md."""
    out = [f"# Keys\n\n{NOTE}"]
    out.append('The id in the last column goes into `[keys]` of config.toml, e.g. `"inbox.limit" = "f,ctrl+l"`.\n')
    scope = ""
    for where, keys, label, name in table():
        if where != scope:
            scope = where
            out.append(f"\n## {scope}\n\n| key | does | id |\n|---|---|---|\n")
        out.append(f"| `{keys.replace('|', chr(92) + '|')}` | {label} | `{name}` |\n")
    return "".join(out)


def commands_page() -> str:
    """Return docs/commands.md."""
    out = [f"# Commands\n\n{NOTE}", "Standard output is data; everything else goes to standard error.\n\n## Exit codes\n\n"]
    words = {
        "OK": "fine, also when nothing was new", "FAILED": "failed", "USAGE": "usage error",
        "FINDINGS": "findings at or above `--fail-on`", "QUARANTINED": "some mail was quarantined in this run",
        "IO": "disk full or an archive that cannot be read (the others went on)",
        "TRY_AGAIN": "a lock is held or the database is busy: try again", "CONFIG": "configuration, a policy pack or a database does not fit",
        "INTERRUPTED": "interrupted",
    }  # fmt: skip
    out += [f"* {code.value}: {words[code.name]}\n" for code in ExitCode]
    out += _command(cli, "triage")
    return "".join(out)


def _command(command: click.Command, name: str) -> list[str]:
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
    out = [f"\n## {name}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for child in sorted(command.list_commands(context)):
            found = command.get_command(context, child)
            assert found is not None
            out += _command(found, f"{name} {child}")
    return out


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


def datasette_page() -> str:
    """Return docs/datasette/datasette.yaml: the saved queries of metadata.yml where Datasette 1.0 looks for them."""
    import yaml

    described = yaml.safe_load((ROOT / "docs" / "datasette" / "metadata.yml").read_text("utf-8"))
    wanted = {"databases": {name: {"queries": one["queries"]} for name, one in described["databases"].items()}}
    head = "# SPDX-FileCopyrightText: 2026 the triage authors\n# SPDX-License-Identifier: GPL-3.0-or-later\n# made by docs/generate.py\n"
    return head + str(yaml.safe_dump(wanted, sort_keys=False, width=120, allow_unicode=True))


def beside(name: str) -> str:
    """Return a page of the repository's root as one of the site: its links into docs/ are links beside it."""
    return NOTE + (ROOT / name).read_text("utf-8").replace("](docs/", "](")


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


def man_page() -> str:
    """Return triage(1), every command in one page, from the same words as `--help`."""
    out = ['.\\" SPDX-FileCopyrightText: 2026 the triage authors\n.\\" SPDX-License-Identifier: GPL-3.0-or-later\n'
           '.\\" made by docs/generate.py\n.TH TRIAGE 1 "" "triage" "User Commands"\n.SH NAME\n'
           "triage \\- patch triage for projects that take patches by mail\n.SH SYNOPSIS\n.B triage\n[\\-\\-home DIR] COMMAND [ARGUMENT]...\n"
           ".SH DESCRIPTION\n", _roff(cli.help or ""), ".SH COMMANDS\n"]  # fmt: skip
    for name, command in _commands(cli, "triage"):
        context = click.Context(command, info_name=name, max_content_width=79, terminal_width=79)
        out.append(f".SS {_roff(name)}.nf\n{_roff(command.get_help(context).strip())}.fi\n")
    out.append(".SH FILES\nIndex, opinions and lists are in the data directory of the user (~/.local/share/triage), config.toml and policies in\n"
               "the configuration directory (~/.config/triage); TRIAGE_HOME or \\-\\-home puts all of it under one folder.\n")  # fmt: skip
    out.append(f".SH SEE ALSO\n.BR b4 (5),\n.BR git (1),\n.BR notmuch (1);\n{_roff(SITE)}")
    return "".join(out)


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command, info_name=name)
    for child in sorted(command.list_commands(context)):
        found = command.get_command(context, child)
        assert found is not None
        yield from _commands(found, f"{name} {child}")


def _roff(text: str) -> str:
    """Return plain text for a man page, no line of which is a request."""
    lines = text.replace("\b", "").replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "".join(f"\\&{line}\n" if line[:1] in {".", "'"} else f"{line}\n" for line in lines)


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


_BEFORE = """
The version before is the nearest lower number that is named or under whose patch titles a posting goes on: a link to v1 does not beat a v2
that is here. It was sent earlier, unless numbers that were written out say otherwise; who forgets a number goes on what they sent last. A
posting that shares no patch, no patch title, no change-id and no named link with another is not a version of it, whatever its cover is called
(`Fixes for net`, `[PART 2]`). A cover or patch that is sent again under its number joins the fuller posting and replaces nothing. A cover's title
alone ties a higher number to a lower one unless other postings of the same people are called so and have nothing in common. `v6.1` in
a tag is a stable branch, unless it stands below a v6 whose patches it replaces. What an older version declared of AI is handed on to a
silent newer one, but not where likeness alone ties them.
"""


def series_page() -> str:
    """Return docs/series.md: the reasons, kinds of evidence and notes that the code has words for."""
    out = [f"# How mails become series and versions\n\n{NOTE}"]
    out.append(
        "`triage show SERIES --why` says for each mail why it is where it is, and what ties the series to an older one;\n"
        "`triage show SERIES --versions [--diff]` lists the versions and what changed between them.\n"
        "The answer does not depend on the order in which mails arrive. What people say in records (`triage series link`, `unlink`,\n"
        "`split`, `merge`) comes before anything below, travels with `opinions.git` and outlives `triage db rebuild`.\n"
    )
    for title, words in (
        ("Why a mail is in a series", {w: t.replace("record {by}", "*record*").format(by="*mail*", gap="*time*") for w, t in WHY.items()}),
        ("Evidence for a version, strongest first", EVIDENCE),
        ("Notes on a series", SERIES_NOTES),
        ("Notes on a mail", MAIL_NOTES),
    ):
        out.append(f"\n## {title}\n\n| word | says |\n|---|---|\n")
        out += [f"| `{word}` | {text} |\n" for word, text in words.items()]
        if words is EVIDENCE:
            out.append(_BEFORE)
    return "".join(out)


def fixtures_page() -> str:
    """Return fixtures/README.md."""
    rows = (ROOT / "fixtures" / "demo" / "TABLE.md").read_text("utf-8")
    return (
        f"# Fixtures\n\n{NOTE}Mails and archives written for this project; everybody in them is invented.\n\n"
        "`demo/*.fast-import` are two public-inbox v2 epochs as git fast-import streams, written by `make_demo.py` and unpacked by\n"
        "`triage demo` and the tests. `widgets` is judged by the pack linux-kernel, `emulator` by qemu.\n\n" + rows
    )


def policy_page() -> str:
    """Return docs/policy.md: the vocabulary of packs."""
    example = ROOT / "fixtures" / "policies" / "teapot.toml"
    mails = example.with_suffix(".mbox").read_text("utf-8").partition("\n\n\n")[0] + "\n"
    intro = POLICY_INTRO
    for word, text in (
        ("example_name", example.name),
        ("example_mail", mails),
        ("example", example.read_text("utf-8").partition("\n\n")[2]),
    ):
        intro = intro.replace("{" + word + "}", text)
    out = [f"# Policy packs\n\n{NOTE}{intro}"]
    out.append("\n## [policy]\n\n" + _parameters(PACK))
    out.append("\n## [repository]\n\nFacts that rules can name; what is not said is not known.\n\n" + _parameters(REPOSITORY))
    out.append("\n## [[rule]]\n\nAll kinds have:\n\n" + _parameters(COMMON))
    for kind, parameters in KINDS.items():
        out.append(f"\n### {kind}\n\nGives {', '.join(BY_KIND[kind])}.\n\n" + _parameters(parameters))
    out.append("\n## [[exception]]\n\n" + _parameters(EXCEPTION) + "\n`scope` holds:\n\n" + _parameters(SCOPE))
    out.append(
        "\n## Predicates of `when`\n\nJoined by `and`, each maybe with `not` before it; for `or` write two rules. A rule is asked of each patch,"
        " or where it says so of the series, and `when` of the mail that it is asked of.\n\n"
        "| predicate | holds when | example | not for |\n|---|---|---|---|\n"
    )
    for word, about in PREDICATES.items():
        shown = f"`{word}{about.example}`: " if about.value else ""
        out.append(f"| `{word}{about.value}` | {about.says} | {shown}{about.holds} | {about.fails} |\n")
    return "".join(out)


def _parameters(parameters: dict[str, Parameter]) -> str:
    rows = [
        f"| `{name}`{' *' if p.needed else ''} | {p.kind} | {p.says}{': ' + ', '.join(f'`{c}`' for c in p.choices) if p.choices else ''} |\n"
        for name, p in parameters.items()
    ]
    return "| key | type | says |\n|---|---|---|\n" + "".join(rows)


def pack_schema() -> str:
    """Return triage/schemas/policy-pack.json."""
    return json.dumps(json_schema(), indent=1) + "\n"


POLICY_INTRO = """\
A pack is a TOML file: `triage policy list` shows those there are, `triage policy show PACK` what one says. A pack of your own goes into
the folder that `triage policy list` names in its last line, as ID.toml; it may extend another, whose rules of the same id it replaces.
Editors check it against what `triage schema policy-pack` prints (`#:schema` in the first line). `triage policy check PACK` says what is wrong in
it and on which line, all at once, and tries each rule on the mails beside it: PACK.mbox, where a case begins at a mail with the header `X-Triage-Test: RULE passes` or
`X-Triage-Test: RULE fails CODE`. `triage policy compare PACK OTHER date:2026` shows which series would have ended otherwise.

A mail is judged by the rules in force on its date, the earlier of its Date header and the time the archive took it in. Rules of one id
may follow each other in time. Declared AI use is evidence of a class: `trailer`, `message`, `cover`, `tail` (below the ---),
`author-reply`, and what others say: `third-party`, `bot-guess`. The last two only ever ask, and only where a rule lists them in `evidence`. Only words that declare, or that allege it of
this contribution, count as evidence; words that can be read both ways ask (`unclear` in the rules ai-stance and disclosure); what nobody
says is never inferred. [What is heard](findings/index.md#what-is-heard) shows which words say what.

Rules of your own house need no Python. A tag of some people, or of a role of the roster: kind `trailer` with `op = "require"` and `people`,
`role` and `needs`. A cover letter for long series: kind `cover-letter`. The size of a patch or a series: kind `size`. Tools by vendor, name or
model: kind `tools`. With `code = "ACK001"` and `name = "acks-missing"` the findings of a rule are called as you like, in lists, searches and
reports. `triage policy check` names the nearest valid word for a predicate, role, vendor, tool or model that nobody knows. A rule may look so:

```toml
[[rule]]
id = "release-acks"
kind = "trailer"
op = "require"
key = "Acked-by"
people = ["Ann Example <ann@example.org>", "Ben Sample <ben@example.net>", "Cay Third <cay@example.com>"]
needs = 2
when = "path:security/selinux/"
severity = "warn"
code = "ACK001"
name = "acks-missing"
text = "Two of the three release managers acknowledge a patch."
source = "house rules, 2026-10-01"
```

A list may be judged by several packs: `triage add --policy house --policy openedx`, `triage policy use LIST house openedx`. The first is its
own; `must_satisfy = ["openedx"]` in a pack asks for the same. What they say of one line is one finding, with the gravest severity and
every pack named (`judged_by`). Its id hangs on the pack that defines the rule, so that a list keeps its opinions when you extend a pack.

Packs travel by git: `triage policy subscribe GIT-URL` takes those of a repository's newest version, `triage policy update` brings them up to date
and `--check` only says what would change. A version is a tag such as v2.3. Its signature must be good by git's own check with *your* signers
(`gpg.ssh.allowedSignersFile`, or your GnuPG keys), it must never have been another commit, every pack must pass `triage policy check`, and
what it changes in the last 90 days of your lists is printed first. Reports name tag and digest. Nothing is fetched by itself.

`[replies]` holds the project's own words for reply drafts (`triage draft ID`), by finding code, with {name} {project} {says} {quote}
{source} {rule} {line} {statement} where they belong. `"AI001.generated"` is for one case: `generated` (all of it by a tool), `looked-at` (by
a tool, and read by a person), `assisted` (by a person, with a tool's help), `new` (the author's first series here), `asked` (a statement
that is only asked for), `told` (the same, of somebody who told of a tool); without it the code's own text is used. `welcome` in [policy] greets who is new. "I am the author", a ticked box
that says so and "No AI was used" close what they answer, in a reply or in the description; an empty box closes nothing.

A finding that something in the thread settled, a sign-off sent later for instance, is shown as `cured` and is not open any more. An
`Acked-by` in a reply to one patch speaks of that patch, in a reply to the cover letter of all.

Who is who comes from the project's own files, named in config.toml by the pack's id, or that of a pack which it extends; a roster is a MAINTAINERS file of the kernel's or
QEMU's form, or TOML (`[[area]]` with name, role, people, files):

```toml
[projects.linux-kernel]
aliases = "~/src/linux/.mailmap"
roster = "~/src/linux/MAINTAINERS"
```

## An example

```toml
# {example_name}
{example}```

A patch relies on an exception that the document grants (`granted_by = "policy"`) by fitting its scope and carrying what it requires; it
then gets a note instead of the finding. One that a person grants is claimed with `AI-exception-granted-by: Name <address>` (or
`Exception-granted-by:`), and what the rule says stands until somebody waives it; author and sender cannot grant it to themselves.
Of several that fit, the most specific is named. With `justified = true` the patch must also name the exception and say in a sentence why
it fits; with `agreed_by = "maintainer"` another maintainer is asked to agree, as a second opinion.

Its test mails, `teapot.mbox`, begin like this. A case may go on over several mails, a series or its replies; `passes CODE` is for what a
rule notes though all is well, and `X-Triage-People:` lines are the roster of a case, as in MAINTAINERS, and
`X-Triage-Repository: secrets = true` says what it supposes of the repository.

```text
{example_mail}```

Keys with an asterisk must be there.
"""


@cache
def _example_home() -> tuple[Config, TemporaryDirectory[str]]:
    """The sample archives, ingested, with the opinions of fixtures/opinions.fast-import; kept as long as the program runs."""
    folder = TemporaryDirectory()
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    config = load_config(folder.name)
    unpack((ROOT / "fixtures" / "opinions.fast-import").read_bytes(), config.paths.opinions)
    ingest(config, make_demo(config))
    return config, folder


def example(form: str) -> Callable[[], str]:
    """Return what makes the example report in one form: `triage report --period 2026-Q2` of the demo."""
    released = r"\g<1>1\g<2>0.0"  # the version of the day would make the page stale with every commit
    return lambda: re.sub(
        r"((?:- |<li>)triage )\d+(\\?\.)\d[^\s<]*", released, make_report(_example_home()[0], Request(period="2026-Q2", form=form))
    )


PAGES = {
    "docs/examples/report.html": example("html"), "docs/examples/report.md": example("md"),
    "docs/keys.md": keys_page, "docs/commands.md": commands_page, "docs/findings/index.md": findings_page, "docs/man/triage.1": man_page,
    "docs/datasette/datasette.yaml": datasette_page, "docs/policy.md": policy_page,
    "docs/series.md": series_page, "docs/changes.md": partial(beside, "CHANGELOG.md"), "docs/contributing.md": partial(beside, "CONTRIBUTING.md"),
    "docs/security.md": partial(beside, "SECURITY.md"), "fixtures/README.md": fixtures_page, "triage/schemas/policy-pack.json": pack_schema,
    **{f"triage/schemas/{name}.json": partial(schemas.schema, name) for name in schemas.SHAPES},
} | {f"docs/findings/{code}.md": partial(finding_page, code) for code in CODES}  # fmt: skip


def main() -> int:
    """Write or check every page."""
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"not current: {', '.join(stale)}; run docs/generate.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
