# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy on mails and commits without a database: for hooks, CI, mail readers and b4."""

import re
import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triage.commands import POLICY_HELP, with_config
from triage.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from triage.archive.commits import CheckSettings
    from triage.config import Config, ProjectFiles
    from triage.policy.check import Checked
    from triage.policy.project import Projects

FORMS = ["text", "json", "terse", "github", "sarif", "b4"]


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...|-|BASE..HEAD")
@click.option("--new", "fresh", is_flag=True, help="Take a commit and check all commits that no ref reaches yet: for a pre-receive hook.")
@click.option(
    "--message",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Check the commit message in FILE, with what is staged: for a commit-msg hook.",
)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The repository of the commits. [default: the one you are in]",
)
@click.option(
    "--policy",
    "policies",
    metavar="PACK",
    multiple=True,
    help=f"{POLICY_HELP} Give it again for each further pack. [default: git's triage.policy, or that of your lists if they share one]",
)
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="Output format.")
@click.option("--fail-on", type=click.Choice(["error", "warn", "ask", "info"]), help="Exit with 3 if any finding is at least this severe.")
@click.option("--cover", type=click.File("rb"), metavar="FILE", help="The description that came with the patches, e.g. of a pull request.")
@click.option("--suggest", is_flag=True, help="Print the line that fixes a finding, where one does.")
@click.option(
    "--aliases",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The project's mailmap. [default: git's triage.aliases]",
)
@click.option(
    "--roster",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The project's MAINTAINERS, or TOML. [default: git's triage.roster]",
)
@with_config
def check(
    config: "Config", files: tuple[str, ...], fresh: bool, message: Path | None, repo: Path | None, policies: tuple[str, ...], form: str,
    fail_on: str | None, cover: Any, suggest: bool, aliases: Path | None, roster: Path | None,
) -> None:  # fmt: skip
    """Check mails, mboxes, format-patch files or commits against a policy; needs no database.

    For hooks, CI, mail readers and b4. Patches without Message-IDs, as code-hosting sites export them, are one series, and so are the
    commits of BASE..HEAD. Merges are judged only if they have content of their own. Which policy applies comes from your options, your
    git configuration or your lists, never from a file of the tree under review.
    """
    from triage.model import Severity
    from triage.projects import load_projects

    if bool(files) == bool(message):
        raise UsageError("what is to be checked?", "give FILE, -, BASE..HEAD, or --message FILE")
    told = _told_by_git(repo)
    people = _people(aliases or told.aliases, roster or told.roster)
    projects = load_projects(policies or told.policies or _shared_policy(config), config, people)
    _tell_names(projects)
    described = cover.read().decode("utf-8", "replace") if cover else ""
    checked = _judge_message(message, repo, projects) if message else _judge(files, fresh, repo, projects, described, form == "text")
    with suppress(BrokenPipeError):  # whoever reads no further is told by the exit code all the same
        _print(checked, projects, form, files[0] if len(files) == 1 else "", suggest)
        sys.stdout.flush()
    found = [finding for one in checked for finding in one.findings]
    if fail_on and any(finding.severity.rank <= Severity(fail_on).rank and not finding.cured for finding in found):
        raise SystemExit(ExitCode.FINDINGS)


def _told_by_git(repo: Path | None) -> "CheckSettings":
    from triage.archive.commits import read_settings

    return read_settings(repo)


def _people(aliases: Path | None, roster: Path | None) -> "ProjectFiles | None":
    from triage.config import ProjectFiles

    return ProjectFiles(aliases, roster) if aliases or roster else None


def _print(checked: "list[Checked]", projects: "Projects", form: str, name: str, suggest: bool) -> None:
    """Print findings in a form."""
    from triage.commands.output import finding_lines, json_line, note, out
    from triage.model.text import counted, safe
    from triage.policy.check import listed
    from triage.policy.wording import suggested
    from triage.report.checked import github_line, sarif, terse_line

    mails = {message.message_id: message for one in checked for message in (*one.series.members, *one.replies)}
    found = [(one.series.first.message_id, finding) for one in checked for finding in one.findings]
    if form == "b4":
        from triage.b4 import b4_checks

        json_line(b4_checks([finding for _, finding in found]))
        return
    rows = [(listed(series, finding), mails.get(finding.message_id), finding) for series, finding in found]
    if form == "sarif":
        json_line(sarif([(item, mail) for item, mail, _ in rows]))
        return
    alone = len(mails) == 1
    if form == "text" and not rows and checked and sys.stdout.isatty():
        patches = sum(len(one.series.patches) for one in checked)
        note(f"triage: nothing found in {counted(len(checked), 'series', 'series')}, {counted(patches, 'patch', 'patches')}")
    for item, mail, finding in rows:
        if form == "json":
            json_line(item.to_dict())
            continue
        if form in {"terse", "github"}:
            line = terse_line(item, name if alone else "") if form == "terse" else github_line(item, mail)
            out(safe(line))
            continue
        for line in finding_lines(item, mail.raw_subject if mail else ""):
            out(line)
        if suggest and mail and (line := suggested(finding, mail, projects.pack_of(finding))):
            out(f"    suggest: {safe(line)}")


def _tell_names(projects: "Projects") -> None:
    """Say which names in the packs nobody bears: a rule on them would be silent."""
    from triage.commands.output import note
    from triage.model.text import safe
    from triage.policy.names import unknown_names

    for project in projects.each:
        for says in unknown_names(project.pack, project.people):
            note(f"triage: {safe(project.pack.id)}, {safe(says)}")


def _judge_message(path: Path, repo: Path | None, projects: "Projects") -> list["Checked"]:
    """Return what a project says of a commit that is about to be made."""
    from triage.archive.commits import read_commit_to_be
    from triage.git import patch_ids
    from triage.policy.check import check_commits

    commit = read_commit_to_be(path, repo)
    return check_commits([commit] if commit else [], projects, patch_ids)


def _judge(
    files: tuple[str, ...], fresh: bool, repo: Path | None, projects: "Projects", cover: str, tell: bool
) -> list["Checked"]:  # fmt: skip
    """Return what a project says of commits or mails; with `tell` say which merges were left out."""
    from triage.archive.commits import is_range, read_range
    from triage.archive.pipe import split_mails
    from triage.commands.output import note
    from triage.git import mailinfo, patch_ids
    from triage.policy.check import check_commits, check_mails

    if not fresh and not (len(files) == 1 and is_range(files[0], repo)):
        contents = [_content(name) for name in files]
        if files == ("-",) and not contents[0]:  # `git format-patch A..A | triage check -`
            note("triage: there was nothing to check on standard input")
            return []
        mails = [mail for content in contents for mail in split_mails(content)]
        return check_mails(mails, projects, patch_ids, cover, mailinfo, int(time.time()))
    if len(files) != 1:
        raise UsageError("one commit, or one range, is checked at a time", "triage check BASE..HEAD")
    commits = read_range(files[0], fresh, repo)
    if commits.merges and tell:
        one = commits.merges == 1
        merges = "1 merge without content of its own was" if one else f"{commits.merges} merges without content of their own were"
        note(f"triage: {merges} not judged")
    return check_commits(commits.reads, projects, patch_ids, cover)


def _content(name: str) -> bytes:
    """Return what is in a file, or on standard input for `-`; raises `UsageError` for what no mail tool writes."""
    from triage.archive.local import MAX_COPIED

    try:
        with nullcontext(sys.stdin.buffer) if name == "-" else open(name, "rb") as file:
            content = file.read(MAX_COPIED + 1)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            commit = re.fullmatch(r"[\w@^~-]+", name)
            hint = (
                f"for a commit give a range, as {name}~1..{name}" if commit else "check the name; for commits give a range, as BASE..HEAD"
            )
            raise UsageError(f"there is no file {name}", hint) from error
        raise UsageError(f"cannot read {name}", error.strerror or "check the name") from error
    if len(content) > MAX_COPIED:
        where = "on standard input" if name == "-" else f"in {name}"
        raise UsageError(f"more than {MAX_COPIED >> 20} MiB {where}", "add the file as an archive instead: `triage add`")
    return content


def _shared_policy(config: "Config") -> tuple[str, ...]:
    from triage.config import load_lists
    from triage.projects import known_packs

    policies = {spec.policies for spec in load_lists(config.paths)}
    if len(policies) != 1:
        why = "your lists have different policies" if policies else "no policy is named, and there is no list that has one"
        raise UsageError(why, f"add --policy with one of {', '.join(known_packs(config.paths.policies))}")
    return policies.pop()
