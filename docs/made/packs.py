# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of policy packs."""

import json

from docs.made import NOTE, ROOT
from triage.model.codes import BY_KIND
from triage.policy.vocabulary import COMMON, EXCEPTION, KINDS, PACK, PREDICATES, REPOSITORY, SCOPE, Parameter, json_schema


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
