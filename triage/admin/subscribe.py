# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy packs from git repositories: a signed tag fetched when asked for, verified, staged, and used whole or not at all."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict, replace

from triage import git
from triage.config import Config, Paths
from triage.files import typed_path, write_file, write_lock
from triage.model.errors import ArchiveError, ConfigError, KeysError, NetworkError, UsageError
from triage.model.expression import expression
from triage.opinion.person import git_config
from triage.opinion.repository import Repository
from triage.policy.names import unknown_names
from triage.policy.packtest import try_pack
from triage.policy.replies import check_replies
from triage.policy.validate import MAX_TOML
from triage.projects import SUBSCRIBED, builtin_packs, known_packs, load_pack, load_projects, read_test_mails

MAX_FILES, MAX_TAGS, MAX_MAILS = 300, 5000, 8 << 20
_VERSION = expression(r"v?(\d{1,9}(?:\.\d{1,9}){0,4})")
_FILE = expression(r"(?:packs/|policies/)?([\w.-]{1,60})\.(toml|mbox)")
_SIGNED_BY = expression(r"Good (?:\"git\" )?signature (?:for|from) (.+)")


class Source(Struct, frozen=True):
    """A repository of packs that was subscribed to, and what of it is used here."""

    name: str
    url: str
    tag: str = ""
    object: str = ""
    """The tag object, which must never change."""
    commit: str = ""
    signer: str = ""
    packs: tuple[tuple[str, str], ...] = ()
    """Each pack with sha256 over its file."""


class Staged(Struct, frozen=True):
    """A verified tag, ready to be used: what it changes, and a configuration in which it is used already."""

    source: Source
    changes: tuple[tuple[str, str], ...]
    """Each pack that differs: new, changed or gone."""
    config: Config
    files: dict[str, bytes]


def sources(config: Config) -> list[Source]:
    """Return the repositories that were subscribed to; raises `ConfigError` for a damaged file."""
    path = _folder(config) / "sources.json"
    try:
        rows = json.loads(path.read_text("utf-8"))["sources"] if path.exists() else []
        return [Source(**row | {"packs": tuple((name, digest) for name, digest in row["packs"])}) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"cannot read {path}", "move it away and subscribe again") from error


def new_source(config: Config, url: str) -> Source:
    """Return a source for a repository, named after it; raises `UsageError` for what is no address, or is subscribed to already."""
    if url.startswith("-") or not re.search(r"[/:]", url) or re.search(r"[\s\0]", url) or re.match(r"[a-z+]+::", url):
        raise UsageError(f"{url!r} is not the address of a git repository", "give a URL or a path")
    if typed_path(url).exists():
        url = str(typed_path(url).absolute())
    known = sources(config)
    if any(one.url == url for one in known):
        raise UsageError(f"{url} is subscribed to already", "`triage policy update` brings it up to date")
    stem = re.sub(r"[^A-Za-z0-9]+", "-", url.rstrip("/").removesuffix(".git").rpartition("/")[2]).strip("-")[:40] or "packs"
    taken = {one.name for one in known}
    return Source(next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 99))) if name not in taken), url)


@contextmanager
def staged(config: Config, source: Source) -> Iterator[Staged | None]:
    """Fetch a source's newest version, verify its tag's signature and check its packs; None where it is in use already.

    Nothing is used yet. Raises `NetworkError` where it cannot be had, `KeysError` for a tag that is not signed by a signer whom git
    trusts here or that was rewritten, `ConfigError` for a pack that fails its check.
    """
    repository = Repository(config.paths.data / "packs" / f"{source.name}.git")
    with repository.held():
        tag, oid = _newest(repository, source)
        if not tag:
            yield None
            return
        signer = _verified(repository, source, tag, oid)
        commit = git.read(repository.path, "rev-parse", "--verify", f"{oid}^{{commit}}").strip()
        files = _files(repository, commit)
    packs = tuple(sorted((name[:-5], sha256(content).hexdigest()) for name, content in files.items() if name.endswith(".toml")))
    found = replace(source, tag=tag, object=oid, commit=commit, signer=signer, packs=packs)
    config.paths.config.mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in sources(config):
        if other.name != source.name and (both := {name for name, _ in packs} & {name for name, _ in other.packs}):
            raise ConfigError(
                f"{other.name} has a pack called {min(both)} already", f"`triage policy unsubscribe {other.name}` gives it up"
            )
    with tempfile.TemporaryDirectory(dir=config.paths.config, prefix=".packs-") as folder:
        trial = replace(config, paths=Paths(config.paths.data, Path(folder)))
        _lay_out(config, source, trial.paths.policies, files)
        _check(trial, packs)
        _check_others(config, trial)
        yield Staged(found, tuple(_changes(config, source, packs)), trial, files)


def use(config: Config, new: Staged) -> None:
    """Use a staged version from now on: all its files at one moment, whatever ends the program."""
    with write_lock(config.paths.data):
        others = [one for one in sources(config) if one.name != new.source.name]
        _swap(config, [*others, new.source], new.files)


def unsubscribe(config: Config, name: str) -> Source:
    """Forget a source and its packs; raises `UsageError` where there is none such, or a list is judged by one of its packs."""
    from triage.config import load_lists

    found = next((one for one in sources(config) if name in {one.name, one.url}), None)
    if found is None:
        known = ", ".join(one.name for one in sources(config)) or "none"
        raise UsageError(f"no source is called {name!r}", f"subscribed to: {known}")
    mine = {pack for pack, _ in found.packs} - set(builtin_packs()) - {path.stem for path in config.paths.policies.glob("*.toml")}
    for spec in load_lists(config.paths):
        if used := mine & {project.pack.id for project in load_projects(spec.policies, config).each}:
            raise UsageError(f"{spec.name} is judged by {min(used)}", f"choose another first: `triage policy use {spec.name} PACK`")
    with write_lock(config.paths.data):
        _swap(config, [one for one in sources(config) if one.name != found.name], {})
        shutil.rmtree(config.paths.data / "packs" / f"{found.name}.git", ignore_errors=True)
    return found


def _folder(config: Config) -> Path:
    return config.paths.policies / SUBSCRIBED


def _swap(config: Config, rows: list[Source], files: dict[str, bytes]) -> None:
    """Put a new folder in the place of the one in use, by one rename of a link: what `rows` name, taken from `files` or from before."""
    link = _folder(config)
    before = {path.name: path for path in link.iterdir() if path.is_file()} if link.is_dir() else {}
    config.paths.policies.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=config.paths.policies, prefix=f".{SUBSCRIBED}-"))
    try:
        for name in (f"{pack}{end}" for one in rows for pack, _ in one.packs for end in (".toml", ".mbox")):
            content = files.get(name) if name in files else before[name].read_bytes() if name in before else None
            if content is not None:
                write_file(fresh / name, content.decode("utf-8"), private=True)
        told = {"schema": 1, "sources": [asdict(one) for one in sorted(rows, key=lambda one: one.name)]}
        write_file(fresh / "sources.json", json.dumps(told, indent=1) + "\n", private=True)
        pointer = fresh.with_name(f"{fresh.name}.link")
        pointer.symlink_to(fresh.name)
        os.replace(pointer, link)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise ArchiveError(f"cannot write to {config.paths.policies}", f"{error.strerror}; nothing was changed") from error
    for left in config.paths.policies.glob(f".{SUBSCRIBED}-*"):
        if left.name != fresh.name:
            left.unlink() if left.is_symlink() else shutil.rmtree(left, ignore_errors=True)


def _newest(repository: Repository, source: Source) -> tuple[str, str]:
    """Return the newest tag beyond the one in use, with its object, fetched; "" where there is none."""
    done = repository.reach("ls-remote", "--quiet", "--tags", "--", source.url)
    if done.returncode:
        raise NetworkError(f"cannot reach {source.url}", f"{git.first_line(done.stderr)}; what is in use stays")
    rows = [line.partition("\t") for line in done.stdout.decode("utf-8", "replace").splitlines()[: 2 * MAX_TAGS]]
    tags = {ref.removeprefix("refs/tags/"): oid for oid, _, ref in rows if _VERSION.fullmatch(ref.removeprefix("refs/tags/"))}
    if source.tag and tags.get(source.tag) != source.object:
        what = "was rewritten" if source.tag in tags else "is gone"
        raise KeysError(f"the tag {source.tag} of {source.url} {what}", "nothing was taken; ask who looks after it")
    newer = [tag for tag in tags if not source.tag or _number(tag) > _number(source.tag)]
    if not newer:
        if not source.tag:
            raise UsageError(f"{source.url} has no version", "its tags must be numbers, such as v1 or v2.3, and signed")
        return "", ""
    tag = max(newer, key=_number)
    words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--")
    done = repository.reach(*words, source.url, f"+refs/tags/{tag}:refs/tags/{tag}")
    if done.returncode:
        raise NetworkError(f"cannot fetch {tag} of {source.url}", f"{git.first_line(done.stderr)}; what is in use stays")
    return tag, git.read(repository.path, "rev-parse", "--verify", f"refs/tags/{tag}").strip()


def _number(tag: str) -> tuple[int, ...]:
    match = _VERSION.fullmatch(tag)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def _verified(repository: Repository, source: Source, tag: str, oid: str) -> str:
    """Return who signed a tag, by git's own check with the user's signers; raises `KeysError` where nobody whom git trusts did."""
    kind = git.read(repository.path, "cat-file", "-t", oid).strip()
    head = git.read(repository.path, "cat-file", "tag", oid).partition("\n\n")[0] if kind == "tag" else ""
    if f"\ntag {tag}\n" not in f"{head}\n":
        why = "is a plain pointer, without a signature" if kind != "tag" else "is another tag under this name"
        raise KeysError(f"{tag} of {source.url} {why}", "nothing was taken; ask who looks after it to sign it: git tag -s")
    done = repository.reach("-c", "gpg.minTrustLevel=fully", "verify-tag", oid)
    said = done.stderr.decode("utf-8", "replace")
    signed = _SIGNED_BY.search(said)
    if done.returncode or not signed:
        hint = git.first_line(done.stderr)
        if "allowedSignersFile" in said or not (git_config("gpg.ssh.allowedSignersFile") or "gpg" in said):
            hint = "git has no gpg.ssh.allowedSignersFile: put the signer's key into one and name it there"
        raise KeysError(f"nobody whom git trusts here signed {tag} of {source.url}", f"{hint}; nothing was taken")
    return " ".join(signed[1].split())


def _files(repository: Repository, commit: str) -> dict[str, bytes]:
    """Return the packs of a commit and their test mails, by file name; raises `ConfigError` for what is no repository of packs."""
    listed = git.read(repository.path, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0")
    wanted: dict[str, str] = {}
    for row in filter(None, listed):
        about, _, path = row.partition("\t")
        mode, _, oid = about.split(" ")
        if (match := _FILE.fullmatch(path)) and mode in {"100644", "100755"}:
            if f"{match[1]}.{match[2]}" in wanted:
                raise ConfigError(f"two packs are called {match[1]}", "nothing was taken")
            wanted[f"{match[1]}.{match[2]}"] = oid
    names = {name.rpartition(".")[0] for name in wanted if name.endswith(".toml")}
    if not names or len(wanted) > MAX_FILES:
        raise ConfigError(
            "there is no pack in it" if not names else f"it has more than {MAX_FILES} files", "packs are *.toml, or packs/*.toml"
        )
    kept = {name: oid for name, oid in wanted.items() if name.rpartition(".")[0] in names}
    with git.Batch(repository.path, MAX_MAILS, missing_ok=True) as batch:
        content = dict(zip(kept, (found for _, found in batch.read_all(iter(kept.values()))), strict=True))
    for name, found in content.items():
        if found is None or (name.endswith(".toml") and len(found) > MAX_TOML):
            raise ConfigError(f"{name} is too large", "nothing was taken")
        try:
            found.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{name} is not in UTF-8", "nothing was taken") from error
    return {name: found for name, found in content.items() if found is not None}


def _lay_out(config: Config, source: Source, folder: Path, files: dict[str, bytes]) -> None:
    """Write what would be there with some files of a source in use: the user's own packs, other sources', and these."""
    try:
        (folder / SUBSCRIBED).mkdir(parents=True)
        for path in config.paths.policies.glob("*.toml") if config.paths.policies.is_dir() else ():
            shutil.copy(path, folder / path.name)
        mine = {name for name, _ in source.packs}
        for path in _folder(config).glob("*.toml") if _folder(config).is_dir() else ():
            if path.stem not in mine:
                shutil.copy(path, folder / SUBSCRIBED / path.name)
        for name, content in files.items():
            (folder / SUBSCRIBED / name).write_bytes(content)
    except OSError as error:
        raise ArchiveError(f"cannot write to {config.paths.config}", error.strerror or str(error)) from error


def _check(config: Config, packs: tuple[tuple[str, str], ...]) -> None:
    """Raise `ConfigError` for the first pack that `triage policy check` would not pass."""
    from triage.archive.mbox import split_mbox

    for name, _ in packs:
        project = load_projects((str(config.paths.policies / SUBSCRIBED / f"{name}.toml"),), config).each[0]
        check_replies(project.pack)
        wrong = unknown_names(project.pack, project.people) or try_pack(
            project.pack, split_mbox(read_test_mails(project.pack)), git.patch_ids
        ).wrong  # fmt: skip
        if wrong:
            raise ConfigError(f"the pack {name} fails its check: {wrong[0]}", "nothing was taken; tell who looks after it")


def _check_others(config: Config, trial: Config) -> None:
    """Raise `ConfigError` for a pack that can be read now and could not be with the new ones in use."""
    for name in known_packs(config.paths.policies):
        try:
            load_pack(name, config.paths.policies)
        except ConfigError:
            continue
        try:
            load_pack(name, trial.paths.policies)
        except ConfigError as error:
            if (trial.paths.policies / SUBSCRIBED / f"{name}.toml").exists() or name in builtin_packs():
                raise ConfigError(f"with it the pack {name} could not be read: {error.message}", "nothing was taken") from error


def _changes(config: Config, source: Source, packs: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    old, new, ours = dict(source.packs), dict(packs), set(builtin_packs())
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            what = "new" if name not in old else "gone" if name not in new else "changed"
            hidden = ", hidden by your own" if (config.paths.policies / f"{name}.toml").exists() else ""
            yield name, what + (", in place of the one that comes with triage" if name in ours and what != "gone" else "") + hidden
