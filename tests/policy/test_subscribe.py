# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs from a git repository: taken only from a tag that a trusted signer signed, checked and compared before they are used."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SOB, Run, mail, patch_body
from triage.admin.subscribe import sources, staged, use
from triage.config import Config

FIRST = '[policy]\nid = "team"\ntitle = "Team"\nstatus = "verified"\n[[rule]]\nid = "note"\nkind = "cover-letter"\nabove = 5\nseverity = "info"\n'
SECOND = (
    FIRST + '[[rule]]\nid = "tested"\nkind = "trailer"\nop = "require"\nkey = "Tested-by"\nseverity = "warn"\ntext = "x"\nsource = "x"\n'
)


class Packs:
    """A repository of packs whose tags are signed by ssh, and a reviewer who trusts one signer."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tree = folder, folder / "packs"
        self.tree.mkdir()
        self.key("ann")
        self.key("eve")
        self.git("init", "--quiet", "--initial-branch=main")

    def key(self, who: str) -> None:
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{who}@example.org", "-f", str(self.folder / who)]
        subprocess.run(words, check=True, capture_output=True)

    def git(self, *words: str, signer: str = "ann") -> str:
        settings = ("user.name=Ann", "user.email=ann@example.org", "gpg.format=ssh", f"user.signingkey={self.folder / signer}")
        options = [part for setting in settings for part in ("-c", setting)]
        done = subprocess.run(["git", "-C", str(self.tree), *options, *words], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def release(self, tag: str, files: dict[str, str], signer: str = "ann", *more: str, signed: bool = True) -> None:
        for name, text in files.items():
            (self.tree / name).parent.mkdir(exist_ok=True)
            (self.tree / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", tag)
        self.git("tag", *more, *(("-s", "-m", tag) if signed else ()), tag, signer=signer)

    def trust(self, *people: str) -> None:
        lines = [f"{who}@example.org {(self.folder / f'{who}.pub').read_text()}" for who in people]
        (self.folder / "signers").write_text("".join(lines))


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packs:
    made = Packs(tmp_path)
    made.trust("ann")
    (tmp_path / "gitconfig").write_text(f'[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tallowedSignersFile = {tmp_path / "signers"}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    return made


@pytest.fixture
def listed(tmp_path: Path, run: Run, packs: Packs) -> Callable[[], list[Any]]:
    """Subscribe to the first version and have a list judged by it; returns what gives the list's findings."""
    packs.release("v1", {"team.toml": FIRST})
    assert run("policy", "subscribe", str(packs.tree)).code == 0
    (tmp_path / "x.mbox").write_bytes(b"From x\n" + mail(patch_body(f"Text.\n\n{SOB}"), date="Mon, 02 Nov 2026 09:00:00 +0000"))
    assert run("add", "l", str(tmp_path / "x.mbox"), "--policy", "team").code == 0
    run("ingest")
    return lambda: [json.loads(line) for line in run("findings", "--json").out.splitlines()]


def test_a_signed_version_is_used_and_named_in_reports(packs: Packs, run: Run, tmp_path: Path) -> None:
    packs.release("v1", {"packs/team.toml": SECOND, "README": "x"})
    done = run("policy", "subscribe", str(packs.tree))
    assert (done.code, "signed by ann@example.org" in done.out, "  team: new\n" in done.out) == (0, True, True)
    assert "/subscribed/team.toml" in run("policy", "list").out
    (tmp_path / "x.mbox").write_bytes(b"From x\n" + mail(patch_body(f"Text.\n\n{SOB}")))
    run("add", "l", str(tmp_path / "x.mbox"), "--policy", "team")
    run("ingest")
    assert [json.loads(line)["rule"] for line in run("findings", "--json").out.splitlines()] == ["tested"]
    commit = packs.git("rev-parse", "HEAD")
    (pack,) = json.loads(run("report", "--format", "json").out)["provenance"]["packs"]
    assert pack["tag"] == f"v1 {commit[:12]}"
    assert f"tag v1 {commit[:12]}" in run("report", "--format", "md").out


def test_an_update_tells_what_it_changes_before_it_is_used(
    packs: Packs, run: Run, listed: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.commands.policy_sources.time.time", lambda: 1_794_000_000)  # 2026-11-06
    assert run("policy", "update").err == "packs: v1 is the newest\n"
    packs.release("v2", {"team.toml": SECOND})
    told = run("policy", "update", "--check")
    assert told.code == 0
    for line in ("signed by ann@example.org", "  team: changed", "  l: 1 of 1 series of the last 90 days end otherwise", "fine  → warn"):
        assert line in told.out
    assert "nothing is changed" in told.err
    run("ingest")
    assert listed() == []
    assert "v2 is used from now on" in run("policy", "update").err
    run("ingest")
    assert [item["rule"] for item in listed()] == ["tested"]


@pytest.mark.parametrize("how", ["stranger", "unsigned", "annotated", "renamed", "no signers"])
def test_a_version_that_nobody_trusted_signed_is_not_taken(
    packs: Packs, run: Run, listed: Callable[[], list[Any]], how: str, tmp_path: Path
) -> None:
    if how == "renamed":  # the old signed tag under a new name
        packs.git("update-ref", "refs/tags/v9", packs.git("rev-parse", "refs/tags/v1"))
    elif how == "annotated":
        packs.release("v2", {"team.toml": SECOND}, "ann", "-a", "-m", "x", signed=False)
    else:
        packs.release("v2", {"team.toml": SECOND}, "eve" if how == "stranger" else "ann", signed=how != "unsigned")
    if how == "no signers":
        (tmp_path / "gitconfig").write_text("[gpg]\n\tformat = ssh\n")
    done = run("policy", "update")
    assert done.code == 78
    assert "nothing was taken" in done.err
    if how == "no signers":
        assert "git has no gpg.ssh.allowedSignersFile" in done.err
    run("ingest")
    assert listed() == []


def test_a_rewritten_tag_is_refused(packs: Packs, run: Run, listed: Callable[[], list[Any]]) -> None:
    packs.release("v1", {"team.toml": SECOND}, "ann", "-f")
    done = run("policy", "update")
    assert (done.code, "the tag v1 of" in done.err, "was rewritten" in done.err) == (78, True, True)
    packs.release("v2", {"team.toml": SECOND})
    assert "was rewritten" in run("policy", "update").err
    packs.git("tag", "-d", "v1")
    assert "is gone" in run("policy", "update").err
    run("ingest")
    assert listed() == []


def test_an_older_version_is_no_update(packs: Packs, run: Run, listed: Callable[[], list[Any]]) -> None:
    packs.release("v0.9", {"team.toml": SECOND})
    assert run("policy", "update").err == "packs: v1 is the newest\n"
    packs.release("v1.10", {"team.toml": SECOND})
    packs.release("v1.9", {"team.toml": FIRST})
    assert "v1.10 is used from now on" in run("policy", "update").err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (FIRST.replace("cover-letter", "cover-lettre"), "'cover-lettre' is unknown: did you mean 'cover-letter'"),
        ("[policy", "is not valid TOML"),
        (SECOND + '[[rule]]\nid = "t"\nkind = "tools"\ndeny = ["opanai"]\n', "no vendor of AI tools is called 'opanai'"),
    ],
)
def test_a_pack_that_fails_its_check_is_not_taken(packs: Packs, run: Run, listed: Callable[[], list[Any]], text: str, why: str) -> None:
    packs.release("v2", {"team.toml": text, "other.toml": SECOND.replace('"team"', '"other"')})
    done = run("policy", "update")
    assert (done.code, why in done.err) == (78, True)
    assert "other" not in run("policy", "list").out
    run("ingest")
    assert listed() == []


def test_a_pack_whose_test_mails_are_wrong_is_not_taken(packs: Packs, run: Run, listed: Callable[[], list[Any]]) -> None:
    case = b"From x\n" + mail(patch_body(f"Text.\n\n{SOB}"), X_Triage_Test="tested passes")
    packs.release("v2", {"team.toml": SECOND, "team.mbox": case.decode()})
    done = run("policy", "update")
    assert done.code == 78
    assert "the pack team fails its check" in done.err


def test_without_a_network_what_is_in_use_stays(packs: Packs, run: Run, listed: Callable[[], list[Any]]) -> None:
    packs.tree.rename(packs.tree.with_name("away"))
    done = run("policy", "update")
    assert (done.code, "cannot reach" in done.err) == (75, True)
    assert run("policy", "check", "team").code == 0
    packs.tree.with_name("away").rename(packs.tree)
    assert run("policy", "update").code == 0


def test_a_pack_that_a_list_needs_does_not_vanish(packs: Packs, run: Run, listed: Callable[[], list[Any]]) -> None:
    (packs.tree / "team.toml").unlink()
    packs.release("v2", {"other.toml": SECOND.replace('"team"', '"other"')})
    assert "l is judged by team" in run("policy", "update").err
    assert "l is judged by team" in run("policy", "unsubscribe", "packs").err
    run("policy", "use", "l", "plain-dco")
    assert "v2 is used from now on" in run("policy", "update").err
    listing = run("policy", "list").out
    assert ("other" in listing, "team" in listing) == (True, False)
    assert run("policy", "unsubscribe", "packs").code == 0
    assert "subscribed" not in run("policy", "list").out


def test_a_pack_of_ones_own_comes_before_one_that_was_subscribed_to(packs: Packs, run: Run, config: Config) -> None:
    packs.release("v1", {"team.toml": SECOND})
    run("policy", "subscribe", str(packs.tree))
    (config.paths.policies / "team.toml").write_text(FIRST)
    assert "tested" not in run("policy", "show", "team").out


@pytest.mark.parametrize("url", ["-x", "ext::sh -c true", "word", "a b/c"])
def test_what_is_no_address_is_refused(run: Run, url: str) -> None:
    assert run("policy", "subscribe", "--", url).code == 2


def test_a_repository_without_packs_or_versions_is_told(packs: Packs, run: Run) -> None:
    packs.release("later", {"team.toml": FIRST})
    assert "has no version" in run("policy", "subscribe", str(packs.tree)).err
    (packs.tree / "team.toml").unlink()
    packs.release("v1", {"README": "x"})
    assert "there is no pack in it" in run("policy", "subscribe", str(packs.tree)).err
    assert "there is nothing to update" in run("policy", "update").err


def test_nothing_of_a_tree_leads_out_of_its_folder(packs: Packs, run: Run, config: Config) -> None:
    (packs.tree / "team.toml").write_text(FIRST)
    (packs.tree / "evil.toml").symlink_to("/etc/passwd")
    packs.release("v1", {"sub/deep.toml": FIRST, "packs/good.toml": FIRST.replace('"team"', '"good"')})
    assert run("policy", "subscribe", str(packs.tree)).code == 0
    found = sorted(path.name for path in (config.paths.policies / "subscribed").iterdir())
    assert found == ["good.toml", "sources.json", "team.toml"]


def test_a_pack_that_stands_in_for_one_of_ours_is_told_as_that(packs: Packs, run: Run, tmp_path: Path) -> None:
    packs.release("v1", {"python.toml": FIRST.replace('"team"', '"python"')})
    assert "  python: new, in place of the one that comes with triage\n" in run("policy", "subscribe", str(packs.tree)).out
    run("add", "l", "-", "--policy", "python")
    assert run("policy", "unsubscribe", "packs").code == 0  # ours is there again


def test_a_pack_that_breaks_another_is_not_taken(packs: Packs, run: Run) -> None:
    packs.release("v1", {"qemu.toml": FIRST.replace('"team"', '"qemu"')})
    done = run("policy", "subscribe", str(packs.tree))
    assert (done.code, "with it the pack qemu-proposed-2026 could not be read" in done.err) == (78, True)
    assert run("policy", "check", "qemu-proposed-2026").code == 0


def test_two_sources_with_a_pack_of_one_name_are_not_mixed(packs: Packs, run: Run, tmp_path: Path) -> None:
    packs.release("v1", {"team.toml": FIRST})
    run("policy", "subscribe", str(packs.tree))
    (tmp_path / "more").mkdir()
    subprocess.run(["git", "clone", "--quiet", str(packs.tree), str(tmp_path / "more" / "others")], check=True)
    done = run("policy", "subscribe", str(tmp_path / "more" / "others"))
    assert (done.code, "packs has a pack called team already" in done.err) == (78, True)


def test_texts_for_replies_are_checked_before_a_pack_is_used(packs: Packs, run: Run, config: Config) -> None:
    wrong = FIRST + '[replies]\nFMT005 = "{name.__class__}"\n'
    packs.release("v1", {"team.toml": wrong})
    assert "{name.__class__} is unknown" in run("policy", "subscribe", str(packs.tree)).err
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "team.toml").write_text(wrong)
    assert run("add", "l", "-", "--policy", "team").code == 78


def test_a_killed_update_leaves_one_version_whole(
    packs: Packs, run: Run, listed: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch, config: Config
) -> None:
    packs.release("v2", {"team.toml": SECOND, "other.toml": SECOND.replace('"team"', '"other"')})

    def stop(*words: object, **more: object) -> None:
        raise KeyboardInterrupt

    def update() -> None:
        with staged(config, sources(config)[0]) as new:
            assert new is not None
            use(config, new)

    monkeypatch.setattr("triage.admin.subscribe.os.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        update()
    monkeypatch.undo()
    assert (config.paths.policies / "subscribed" / "team.toml").read_text() == FIRST
    assert not (config.paths.policies / "subscribed" / "other.toml").exists()


def test_two_packs_of_one_name_are_not_confused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plain-dco.toml").write_text('[policy]\nid = "plain-dco"\n[[rule]]\nid = "c"\nkind = "cover-letter"\nabove = 1\n')
    (tmp_path / "x").write_bytes(mail(patch_body()))
    done = run("check", "--policy", "plain-dco", "--policy", str(tmp_path / "plain-dco.toml"), str(tmp_path / "x"))
    assert (done.code, "two packs are called plain-dco" in done.err) == (78, True)


def test_a_date_at_the_end_of_time_is_a_date(run: Run, config: Config) -> None:
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "team.toml").write_text(FIRST.replace('status = "verified"', "checked = 9999-12-31"))
    assert run("policy", "check", "team").code == 0
