# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds the cron job: one run at a time, a clean end, units that work, and a doctor who says what to do."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.archive.test_sources import maildir
from tests.conftest import DIFF, Inbox, Run, mail, patch_body
from tests.servers import Server
from triage.admin.lists import add_list
from triage.admin.schedule import cron_line, install_units, systemd_units
from triage.config import Config, load_lists
from triage.files import write_lock
from triage.ingest.cron import sweep
from triage.ingest.pipeline import ingest
from triage.ingest.status import read_health
from triage.ingest.uptodate import nothing_new
from triage.store.schema import open_index

TRIAGE = [sys.executable, "-m", "triage"]


def test_of_twenty_starts_one_works_and_the_others_leave_quietly(run: Run, config: Config, inbox: Inbox) -> None:
    inbox.add(*(mail(patch_body(), key=f"m{n}", subject=f"[PATCH] t{n}") for n in range(60)))
    run("add", "w", str(inbox.path), "--policy", "linux-kernel")
    with write_lock(config.paths.data, "sweep.lock"):
        late = [subprocess.Popen([*TRIAGE, "ingest"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(19)]
        assert {(process.wait(), *process.communicate()) for process in late} == {(75, b"", b"")}
    assert run("ingest").out.startswith("w: 60 mails")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_a_run_at_a_mails_boundary(number: signal.Signals, run: Run, config: Config, inbox: Inbox) -> None:
    inbox.add(*(mail(patch_body(), key=f"m{n}", subject=f"[PATCH] t{n}") for n in range(120)))
    run("add", "w", str(inbox.path), "--policy", "linux-kernel")
    slow = "import triage.ingest.intake as p, time; real = p.store_chunk; p.CHUNK = 5\n" \
           "def slowly(*words):\n    time.sleep(0.1)\n    print('.', flush=True)\n    return real(*words)\n" \
           "p.store_chunk = slowly\nimport sys; sys.argv = ['triage', 'ingest']\nfrom triage.cli import main\nmain()"  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", slow], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == "triage: interrupted: what was stored is whole, the next run goes on\n"
    connection = open_index(config.paths.index)
    taken = connection.execute("select count(*) from message").fetchone()[0]
    connection.close()
    assert 0 < taken < 120
    assert taken % 5 == 0
    assert run("ingest").out.startswith(f"w: {120 - taken} mails")


def test_workers_end_with_a_run_that_is_killed(run: Run, config: Config, inbox: Inbox) -> None:
    """They hold the pipes of the run: whoever reads these would wait as long as they do."""
    inbox.add(*(mail(patch_body(), key=f"m{n}", subject=f"[PATCH] t{n}") for n in range(60)))
    run("add", "w", str(inbox.path), "--policy", "linux-kernel")
    slow = "import triage.ingest.intake as p, time; p.CHUNK = 5; p.PARALLEL_FROM = 10; real = p.store_chunk\n" \
           "def slowly(*words):\n    print('.', flush=True)\n    time.sleep(9)\n    return real(*words)\n" \
           "p.store_chunk = slowly\nimport sys; sys.argv = ['triage', 'ingest', '--workers', '2']\nfrom triage.cli import main\nmain()"  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", slow], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=20)  # ends when every process that holds the pipes has


def test_systemd_takes_the_units(config: Config, tmp_path: Path) -> None:
    units = systemd_units(config, 30, "origin", tmp_path / "my site")
    service = units["triage-ingest.service"]
    assert f"--home {config.paths.data} ingest\n" in service
    assert f"--home {config.paths.data} opinion sync -q origin\n" in service
    assert """ExecStart=-/bin/sh -c "umask 022; exec""" in service
    assert f"""site '{tmp_path / "my site"}'"\n""" in service
    assert f'ReadWritePaths=-{config.paths.data} "-{tmp_path / "my site"}"\n' in service
    assert "OnFailure=triage-failed@%n.service" in service
    files = install_units(units, tmp_path / "units")
    assert {path.name for path in files} == set(units)
    if analyze := shutil.which("systemd-analyze"):
        env = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
        done = subprocess.run([analyze, "--user", "verify", *files], capture_output=True, text=True, env=env)
        assert (done.returncode, done.stderr) == (0, "")
        done = subprocess.run([analyze, "security", "--offline=true", "--threshold=40", files[0]], capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("minutes", [45, 59, 90, 1439])
def test_an_interval_that_cron_cannot_express_is_refused(minutes: int, run: Run) -> None:
    done = run("schedule", "cron", "--every", str(minutes))
    assert done.code == 2
    assert "cron cannot express" in done.err
    assert run("schedule", "systemd", "--every", str(minutes)).code == 0


def test_units_are_written_where_systemd_looks(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    done = run("schedule", "systemd", "--install")
    assert done.code == 0
    assert "systemctl --user enable --now triage-ingest.timer" in done.err
    assert (tmp_path / "config" / "systemd" / "user" / "triage-ingest.timer").is_file()


@pytest.mark.parametrize("odd", ["a b", "50%", "$HOME", "it's", 'quo"te', "back\\slash", "#x;y"])
def test_a_cron_line_runs_with_nothing_but_what_cron_gives(odd: str, tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / odd
    monkeypatch.setenv("TRIAGE_HOME", str(home))
    inbox.add(mail(patch_body()))
    subprocess.run([*TRIAGE, "add", "w", inbox.path, "--policy", "linux-kernel"], check=True, capture_output=True)
    lines = subprocess.run([*TRIAGE, "schedule", "cron"], check=True, capture_output=True, text=True).stdout.splitlines()
    path, line = lines[1], lines[2]
    assert line.startswith("*/30 * * * * ")
    command = re.sub(r"(?<!\\)%.*", "", line.split(" ", 5)[5]).replace("\\%", "%")  # crontab(5): % ends the command
    done = subprocess.run(
        ["env", "-i", path, f"HOME={tmp_path}", "SHELL=/bin/sh", "/bin/sh", "-c", command], capture_output=True, text=True, cwd="/"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "w: 1 mails, 1 series, 0 new findings\n"
    again = subprocess.run(
        ["env", "-i", path, f"HOME={tmp_path}", "SHELL=/bin/sh", "/bin/sh", "-c", command], capture_output=True, text=True, cwd="/"
    )
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.parametrize(("minutes", "when"), [(30, "*/30 * * * *"), (120, "7 */2 * * *"), (1440, "7 5 * * *")])
def test_a_cron_line_comes_as_often_as_asked(minutes: int, when: str, config: Config) -> None:
    assert list(cron_line(config, minutes))[2].startswith(f"{when} ")


def test_the_doctor_sees_what_is_wrong(run: Run, config: Config, tmp_path: Path) -> None:
    run("add", "w", str(maildir(tmp_path / "mail", mail(patch_body()))), "--policy", "linux-kernel")
    assert "ok  w: freshness: not read yet" in run("doctor").out
    run("ingest")
    said = run("doctor")
    assert said.code == 0, said.out
    for line in ("ok  disk: ", "ok  clock: ", "ok  locks: free", "ok  w: freshness: last read ", "ok  w: source: maildir:"):
        assert line in said.out
    with write_lock(config.paths.data, "sweep.lock"):
        assert "locks: sweep.lock held: a run is under way" in run("doctor").out
    old = json.loads(config.paths.runs.read_text("utf-8"))
    old["archives"][0]["fine"] = int(time.time()) - 4 * 86400
    config.paths.runs.write_text(json.dumps(old), "utf-8")
    assert "does `triage schedule` run?" in run("doctor").out
    config.paths.data.chmod(0o755)
    assert "chmod 700" in run("doctor").out


def test_how_a_run_went_is_forgotten_with_its_list_and_survives_nonsense(run: Run, config: Config, inbox: Inbox) -> None:
    inbox.add(mail(patch_body()))
    run("add", "a", str(inbox.path), "--policy", "linux-kernel")
    run("add", "b", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    assert [one.name for one in read_health(config)] == ["a", "b"]
    run("remove", "a")
    run("ingest")
    assert [one.name for one in read_health(config)] == ["b"]
    config.paths.runs.write_text("nonsense", "utf-8")
    assert run("ingest").code == 0
    assert [one.failed for one in read_health(config)] == [0]


# a real server whose mail is removed, purged, edited, carried into new epochs, and pushed again (threats A3 to A5) -------

DELIVERED = [mail(f"Why {n}.\n---\n widget.c | 2 +-\n\n{DIFF.replace('widget.c', f'widget{n}.c')}", key=f"s{n}", subject=f"[PATCH] widget: part {n}", To="test@example.org",
                  sender="Bo Sample <bo@example.org>") for n in range(6)]  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "server")
    made.deliver(*DELIVERED)
    made.start()
    yield made
    made.stop()


def gone(config: Config) -> dict[str, str]:
    connection = open_index(config.paths.index)
    found = dict(connection.execute("select message_id, gone from message").fetchall())
    connection.close()
    return found


def standing(run: Run) -> dict[str, str]:
    return {row["message_id"]: row["status"] for row in map(json.loads, run("findings", "rule:DCO001", "--json").out.splitlines())}


def test_what_a_server_takes_back_changes_and_rewrites_is_followed(server: Server, run: Run, config: Config, tmp_path: Path) -> None:
    run("add", "w", server.url, "--policy", "linux-kernel")
    run("ingest")
    for n in range(6):
        assert run("opinion", "give", f"s{n}@example.org", "confirm", "--finding", "DCO001", "-m", "asked").code == 0
    assert set(standing(run).values()) == {"confirmed"}

    def follow() -> dict[str, int]:
        server.restart()
        (done,) = json.loads(run("ingest", "--json").out)["archives"]
        total = done["total"]
        assert total["entries"] == total["parsed"] + total["duplicate"] + total["deleted"] + total["quarantined"]
        return {key: done[key] for key in ("parsed", "deleted", "withdrawn")}

    server.call("public-inbox-learn", "rm", stdin=DELIVERED[0])
    assert follow() == {"parsed": 0, "deleted": 1, "withdrawn": 0}
    server.call("public-inbox-purge", str(server.inbox), stdin=DELIVERED[1])
    assert follow()["withdrawn"] == 1
    (tmp_path / "mail.eml").write_bytes(DELIVERED[2])
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nexec sed -i 's/^Why 2\\.$/Why not?/' \"$1\"\n", "utf-8")
    editor.chmod(0o755)
    server.call("public-inbox-edit", "-F", str(tmp_path / "mail.eml"), str(server.inbox), GIT_EDITOR=str(editor))
    assert follow()["withdrawn"] == 1
    assert gone(config)["s0@example.org"] == "deleted"
    assert gone(config)["s1@example.org"] == "withdrawn"
    assert standing(run)["s2@example.org"] == "open"  # other words, another question
    assert {standing(run)[f"s{n}@example.org"] for n in (3, 4, 5)} == {"confirmed"}

    for epoch in (1, 2):  # two rollovers between runs
        shutil.copytree(server.inbox / "git" / "0.git", server.inbox / "git" / f"{epoch}.git")
        git = ["git", f"--git-dir={server.inbox / 'git' / f'{epoch}.git'}"]
        subprocess.run([*git, "update-ref", "-d", "refs/heads/master"], check=True)
        for n in range(2):
            content = mail(patch_body(), key=f"e{epoch}{n}", subject=f"[PATCH] widget: epoch {epoch} {n}")
            blob = (
                subprocess.run([*git, "hash-object", "-w", "--stdin"], input=content, capture_output=True, check=True)
                .stdout.decode()
                .strip()
            )
            tree = (
                subprocess.run([*git, "mktree"], input=f"100644 blob {blob}\tm\n".encode(), capture_output=True, check=True)
                .stdout.decode()
                .strip()
            )
            parent = ["-p", "refs/heads/master"] if n else []
            commit = subprocess.run(
                [*git, "commit-tree", tree, *parent, "-m", "mail"], capture_output=True, check=True, text=True
            ).stdout.strip()
            subprocess.run([*git, "update-ref", "refs/heads/master", commit], check=True)
    assert follow() == {"parsed": 4, "deleted": 0, "withdrawn": 0}

    git = ["git", f"--git-dir={server.inbox / 'git' / '0.git'}"]  # a forced push: the same mails on other commits
    tree = subprocess.run([*git, "rev-parse", "refs/heads/master^{tree}"], capture_output=True, check=True, text=True).stdout.strip()
    commits = subprocess.run(
        [*git, "rev-list", "--reverse", "refs/heads/master"], capture_output=True, check=True, text=True
    ).stdout.split()
    parent = []
    for commit in commits:
        tree = subprocess.run([*git, "rev-parse", f"{commit}^{{tree}}"], capture_output=True, check=True, text=True).stdout.strip()
        made = subprocess.run(
            [*git, "commit-tree", tree, *parent, "-m", "pushed again"], capture_output=True, check=True, text=True
        ).stdout.strip()
        parent = ["-p", made]
    subprocess.run([*git, "update-ref", "refs/heads/master", made], check=True)
    before = gone(config)
    assert follow()["withdrawn"] == 0
    assert gone(config) == before
    assert {standing(run)[f"s{n}@example.org"] for n in (3, 4, 5)} == {"confirmed"}
    assert len(run("opinion", "list", "--json").out.splitlines()) == 6
    before_rebuild = standing(run)
    run("db", "rebuild")
    assert standing(run) == before_rebuild


def test_a_signal_that_comes_while_workers_are_started_ends_a_run_as_any_other(run: Run, config: Config, inbox: Inbox) -> None:
    """A pool that is interrupted between making its thread and starting it can never be shut down."""
    inbox.add(*(mail(patch_body(), key=f"m{n}", subject=f"[PATCH] t{n}") for n in range(60)))
    run("add", "w", str(inbox.path), "--policy", "linux-kernel")
    hit = "import os, signal, sys, concurrent.futures.process as c, triage.ingest.intake as p; p.CHUNK = 5; p.PARALLEL_FROM = 10\n" \
          "real = c._ExecutorManagerThread.__init__\n" \
          "def struck(*words):\n    real(*words)\n    os.kill(os.getpid(), signal.SIGTERM)\n    for _ in range(9999): pass\n" \
          "c._ExecutorManagerThread.__init__ = struck\nsys.argv = ['triage', 'ingest', '--workers', '2']\nfrom triage.cli import main\nmain()"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", hit], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, "triage: interrupted: what was stored is whole, the next run goes on\n")
    assert run("ingest").out.startswith("w: 60 mails")


def test_a_pack_that_changed_is_seen_whatever_else_was_read_meanwhile(run: Run, config: Config, tmp_path: Path) -> None:
    (config.paths.policies).mkdir(parents=True)
    for name in ("pa", "pb"):
        (config.paths.policies / f"{name}.toml").write_text(f'[policy]\nid = "{name}"\ntitle = "T"\n')
        box = Inbox(tmp_path / f"{name}.git")
        box.add(mail("Without.\n---\n" + patch_body().partition("---\n")[2], key=name, sender=f"{name} <{name}@example.org>"))
        assert run("add", name, str(box.path), "--policy", name).code == 0
    run("ingest")
    assert not run("findings").out
    rule = '[[rule]]\nid = "sob"\nkind = "trailer"\nop = "require"\nkey = "Signed-off-by"\nwhen = "patch"\nseverity = "error"\n'
    with (config.paths.policies / "pb.toml").open("a") as file:
        file.write(rule)
    again = Inbox.__new__(Inbox)
    again.path, again.count, again.since = tmp_path / "pa.git", 5, 1772442000
    again.add(mail(patch_body(), key="more", sender="pa <pa@example.org>"))
    run("ingest", "pa")
    run("ingest")
    assert "pb@example.org" in run("findings").out
    with (config.paths.policies / "pb.toml").open("w") as file:
        file.write('[policy]\nid = "pb"\ntitle = "T"\n')
    run("ingest")
    assert not run("findings").out


def test_what_other_processes_read_for_an_earlier_run_is_not_believed(config: Config) -> None:
    from triage.ingest.judging import Setting, _judges_of
    from triage.model.errors import ConfigError

    config.paths.policies.mkdir(parents=True)
    pack = config.paths.policies / "own.toml"
    pack.write_text('[policy]\nid = "own"\ntitle = "One"\n')

    def judged(token: str, broken: frozenset[str] = frozenset()) -> str:
        project = _judges_of(Setting(config, (), {1: ("own",)}, broken, token)).of("own")
        return getattr(project, "pack").title  # noqa: B009

    assert judged("first") == "One"
    pack.write_text('[policy]\nid = "own"\ntitle = "Two"\n')
    assert (judged("first"), judged("second")) == ("One", "Two")
    pack.unlink()
    with pytest.raises(ConfigError, match="a worker does not read the policy own"):
        judged("third")


def test_a_list_with_nothing_new_is_left_alone_while_another_is_read(config: Config, isolated: Path) -> None:
    one, two = Inbox(isolated / "one.git"), Inbox(isolated / "two.git")
    one.add(mail(patch_body(), key="a"))
    two.add(mail(patch_body(), key="b"))
    for name, inbox in (("list0", one), ("list1", two)):
        add_list(config, name, (str(inbox.path),), "linux-kernel", "")
    specs = load_lists(config.paths)
    ingest(config, specs)
    two.add(mail(patch_body(), key="c"), mail(patch_body(), key="a"))
    assert set(nothing_new(config, specs)) == {"list0"}
    runs = sweep(config, specs).runs
    assert [(run.name, run.counts.entries, run.total["entries"]) for run in runs] == [("list0", 0, 1), ("list1", 2, 3)]
    with closing(open_index(config.paths.index)) as connection:
        rows = connection.execute("select message_id, count(*) from series join series_list on series = series.id group by 1 order by 1")
        assert rows.fetchall() == [("a@example.org", 2), ("b@example.org", 1), ("c@example.org", 1)]
    shutil.rmtree(one.path)
    assert set(nothing_new(config, specs)) == {"list1"}


def test_lists_whose_files_were_touched_are_looked_at_once_more_with_the_next_mail(config: Config, isolated: Path) -> None:
    one, two = Inbox(isolated / "one.git"), Inbox(isolated / "two.git")
    for name, inbox in (("list0", one), ("list1", two)):
        inbox.add(mail(patch_body(), key=name))
        add_list(config, name, (str(inbox.path),), "linux-kernel", "")
    specs = load_lists(config.paths)
    ingest(config, specs)
    (config.paths.config / "config.toml").write_text("")
    assert set(nothing_new(config, specs)) == {"list0", "list1"}
    two.add(mail(patch_body(), key="c"))
    assert nothing_new(config, specs) == {}
    sweep(config, specs)
    two.add(mail(patch_body(), key="d"))
    assert set(nothing_new(config, specs)) == {"list0"}
