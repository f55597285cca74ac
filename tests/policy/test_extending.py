# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pack that extends another: what was decided under the one holds under the other, and upstream's rules hold beside the own."""

import json
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import Run, mail, patch_body
from triage.config import Config
from triage.model import Person
from triage.opinion.index import open_log
from triage.opinion.record import Draft
from triage.opinion.target import opinion_target
from triage.opinion.writing import append
from triage.store.schema import open_index

CHILD = '[policy]\nid = "house"\ntitle = "House"\nextends = "plain-dco"\nstatus = "verified"\n'
AI = '[policy]\nid = "{name}"\ntitle = "{name}"\nstatus = "verified"\n[[rule]]\nid = "tools"\nkind = "tools"\nseverity = "{grave}"\n{which}\nsource = "x"\ntext = "x"\n'


@pytest.fixture
def house(config: Config, tmp_path: Path, run: Run) -> Path:
    """A list of two patches, one without a sign-off, judged by plain-dco; and a pack that extends it."""
    (config.paths.policies).mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "house.toml").write_text(CHILD)
    box = tmp_path / "x.mbox"
    texts = [patch_body("Text one.\n"), patch_body("Text two.\n").replace("widget", "teapot").replace("return 0", "return 7")]
    mails = [
        mail(text, key=f"p{n}", subject=f"[PATCH] {what}", sender="Ada Example <ada@example.org>")
        for n, (what, text) in enumerate(zip(("widget: count", "teapot: pour slowly"), texts, strict=True))
    ]
    box.write_bytes(b"".join(b"From x@example.org Mon Mar  2 09:00:00 2026\n" + one + b"\n" for one in mails))
    assert run("add", "l", str(box), "--policy", "plain-dco").code == 0
    assert run("ingest").code == 0
    return box


def findings(run: Run) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("findings", "--json").out.splitlines()]


def test_a_pack_that_extends_another_keeps_ids_and_decisions(house: Path, run: Run) -> None:
    before = findings(run)
    assert {(item["code"], item["pack"]) for item in before} == {("DCO001", "plain-dco")}
    assert run("opinion", "give", str(before[0]["id"]), "dismiss", "-m", "Seen elsewhere.").code == 0
    assert run("policy", "use", "l", "house").code == 0
    assert run("ingest").code == 0
    after = findings(run)
    assert [item["id"] for item in after] == [item["id"] for item in before]
    assert {tuple(item["judged_by"]) for item in after} == {("house",)}  # type: ignore[arg-type]
    assert sorted(str(item["status"]) for item in after) == ["dismissed", "open"]
    assert run("policy", "changes", "l").out == ""


def test_records_on_the_ids_of_before_go_on_counting(house: Path, run: Run, config: Config) -> None:
    """An inherited rule's finding was called by the child's name; a record on that name is met and mapped."""
    run("policy", "use", "l", "house")
    run("ingest")
    item = findings(run)[0]
    with closing(open_index(config.paths.index)) as index:
        (also,) = index.execute("select also from finding where id = ?", (item["id"],)).fetchone()
    former = sha256(f"{also}\0{item['target']}".encode()).hexdigest()[:16]
    assert former != item["id"]
    assert run("opinion", "give", str(item["id"]), "dismiss", "-m", "Fine.").code == 0
    from triage.model.opinion import FindingRef
    from triage.opinion.index import scene_of
    from triage.opinion.matching import locate
    from triage.projects import Judges
    from triage.store.opinions import load_records

    with closing(open_index(config.paths.index)) as index:
        (record,) = load_records(index)
        series = index.execute("select series from finding where id = ?", (item["id"],)).fetchone()[0]
        context = scene_of(index, series, Judges(config).voices)
        assert context is not None
        from msgspec.structs import replace

        old = replace(record, finding=FindingRef(f"{former} DCO001 house/sob"))
        spot = locate(old, context)
    assert spot is not None
    assert (spot[0], spot[2].value) == (item["id"], "counts")


def test_work_for_upstream_must_satisfy_upstream(tmp_path: Path, run: Run, config: Config) -> None:
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "upstream.toml").write_text(AI.format(name="upstream", grave="error", which='allow = ["openai"]'))
    own = AI.format(name="own", grave="warn", which='allow = ["openai", "anthropic"]').replace(
        "status", 'must_satisfy = ["upstream"]\nstatus', 1
    )
    (config.paths.policies / "own.toml").write_text(own)
    box = tmp_path / "x.mbox"
    box.write_bytes(b"From x\n" + mail(patch_body("Text.\n\nAssisted-by: Claude:claude-opus\n"), key="p", subject="[PATCH] item"))
    run("add", "l", str(box), "--policy", "own")
    run("ingest")
    (item,) = [item for item in findings(run) if item["code"] == "AI009"]
    assert (item["pack"], item["judged_by"], item["severity"]) == ("upstream", ["upstream"], "error")


def test_what_two_packs_say_of_one_line_is_one_finding_with_both_named(tmp_path: Path, run: Run, config: Config) -> None:
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "upstream.toml").write_text(AI.format(name="upstream", grave="error", which='allow = ["openai"]'))
    own = AI.format(name="own", grave="warn", which='allow = ["google"]').replace("status", 'must_satisfy = ["upstream"]\nstatus', 1)
    (config.paths.policies / "own.toml").write_text(own)
    box = tmp_path / "x.mbox"
    box.write_bytes(b"From x\n" + mail(patch_body("Text.\n\nAssisted-by: Claude:claude-opus\n"), key="p", subject="[PATCH] item"))
    run("add", "l", str(box), "--policy", "own")
    run("ingest")
    (item,) = [item for item in findings(run) if item["code"] == "AI009"]
    assert (item["pack"], item["judged_by"], item["severity"]) == ("upstream", ["own", "upstream"], "error")


@pytest.fixture
def two_packs(config: Config, tmp_path: Path) -> Path:
    """Two packs that both refuse one tool, unlike grave, and a mail that declares it."""
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "upstream.toml").write_text(AI.format(name="upstream", grave="error", which='allow = ["openai"]'))
    (config.paths.policies / "own.toml").write_text(AI.format(name="own", grave="warn", which='allow = ["google"]'))
    box = tmp_path / "x.mbox"
    box.write_bytes(b"From x\n" + mail(patch_body("Text.\n\nAssisted-by: Claude:claude-opus\n"), key="p", subject="[PATCH] item"))
    return box


def test_a_list_judged_by_several_packs_shows_one_finding_with_all_named(two_packs: Path, run: Run) -> None:
    assert run("add", "l", str(two_packs), "--policy", "own", "--policy", "upstream").code == 0
    run("ingest")
    (item,) = [item for item in findings(run) if item["code"] == "AI009"]
    assert (item["pack"], item["judged_by"], item["severity"]) == ("upstream", ["own", "upstream"], "error")
    assert "upstream (judged by own, upstream), rule tools" in run("findings").out
    report = run("report", "--format", "md").out
    assert "upstream (judged by own, upstream) tools" in report
    assert {line.split(":")[0] for line in report.splitlines() if line.startswith("- policy")} == {"- policy own for l, verified",
                                                                                                  "- policy upstream for l, verified"}  # fmt: skip


def test_a_list_takes_and_gives_up_a_second_pack(two_packs: Path, run: Run) -> None:
    run("add", "l", str(two_packs), "--policy", "own")
    run("ingest")
    (before,) = [item for item in findings(run) if item["code"] == "AI009"]
    assert "1 of 1 series end otherwise" in run("policy", "use", "l", "own", "upstream").err
    assert "judged by own upstream" in run("add", "l", str(two_packs), "--policy", "own").err
    run("ingest")
    assert [item["severity"] for item in findings(run) if item["code"] == "AI009"] == ["error"]
    run("policy", "use", "l", "own")
    run("ingest")
    assert [item["id"] for item in findings(run) if item["code"] == "AI009"] == [before["id"]]
    assert "named twice" in run("policy", "use", "l", "own", "own").err
    assert "no policy pack called" in run("policy", "use", "l", "own", "upsteam").err


def test_a_check_takes_several_packs(two_packs: Path, run: Run) -> None:
    one = run("check", "--policy", "own", str(two_packs)).out
    both = run("check", "--policy", "own", "--policy", "upstream", "--fail-on", "error", str(two_packs))
    assert "upstream" not in one
    assert (both.code, "upstream (judged by own, upstream)" in both.out) == (3, True)


def test_a_list_whose_second_pack_cannot_be_read_is_judged_by_neither(two_packs: Path, run: Run, config: Config) -> None:
    run("add", "l", str(two_packs), "--policy", "own", "--policy", "upstream")
    run("ingest")
    before = findings(run)
    path = config.paths.policies / "upstream.toml"
    whole = path.read_text()
    path.write_text("[policy")
    broken = run("ingest")
    assert broken.code == 78
    assert "upstream.toml is not valid TOML" in broken.err
    path.write_text(whole)
    assert run("ingest").code == 0
    assert findings(run) == before


def test_a_child_pack_keeps_three_hundred_decisions(config: Config, tmp_path: Path, run: Run) -> None:
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "house.toml").write_text(CHILD)
    box = tmp_path / "x.mbox"
    mails = [mail(patch_body("Text.\n").replace("widget", f"item{n}"), key=f"p{n}", subject=f"[PATCH] item{n}: turn") for n in range(300)]
    box.write_bytes(b"".join(b"From x@example.org Mon Mar  2 09:00:00 2026\n" + one + b"\n" for one in mails))
    run("add", "l", str(box), "--policy", "plain-dco")
    run("ingest")
    log = open_log(config.paths)
    me = Person("Rita Example", "rita@example.org")
    with closing(open_index(config.paths.index)) as index:
        targets = [opinion_target(index, f"p{n}@example.org", "DCO001") for n in range(300)]
    for target in targets:
        append(log, Draft(me, "dismiss", target, reason="Signed off by mail."), sign=False)
    run("ingest")
    before = findings(run)
    assert [item["status"] for item in before] == ["dismissed"] * 300
    run("policy", "use", "l", "house")
    run("ingest")
    assert [(item["id"], item["status"]) for item in findings(run)] == [(item["id"], "dismissed") for item in before]
    assert run("policy", "changes", "l").out == ""


def test_what_another_pack_will_change_is_said_beforehand(house: Path, run: Run, config: Config) -> None:
    assert "0 of 2 series end otherwise" in run("policy", "use", "l", "house").err
    (config.paths.policies / "none.toml").write_text('[policy]\nid = "none"\ntitle = "None"\nstatus = "verified"\n')
    told = run("policy", "use", "l", "none").err
    assert "2 of 2 series end otherwise" in told
    assert "error → fine" in told


def test_where_a_pack_asks_for_less_than_its_parent_is_said(config: Config, run: Run) -> None:
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "wide.toml").write_text(
        '[policy]\nid = "wide"\ntitle = "Wide"\nextends = "openedx"\nstatus = "verified"\n[[rule]]\nid = "tools"\nkind = "tools"\nby = "vendor"\n'
        'allow = ["microsoft", "anthropic", "openai", "aws", "google", "deepseek"]\nunknown = "ok"\nseverity = "warn"\ntext = "x"\nsource = "x"\n'
    )
    told = run("policy", "check", "wide").err
    for says in ("allows deepseek, too", "gives warn, not error", "takes unknown tools for ok, not ask"):
        assert f"wide loosens what it extends: rule tools {says}" in told
    assert "loosens" not in run("policy", "check", "opencraft").err


def test_a_model_on_ones_own_machine_is_no_cloud(tmp_path: Path, run: Run) -> None:
    for words, asked in (
        ("Assisted-by: Claude (local, Ollama)", False),
        ("Written with Claude on my own machine.", False),
        ("Assisted-by: Claude", True),
    ):
        (tmp_path / "x").write_bytes(mail(patch_body(f"Text.\n\n{words}\n"), date="Tue, 01 Sep 2026 09:00:00 +0000"))
        assert ("AI004" in run("check", "--policy", "opencraft", str(tmp_path / "x")).out) is asked, words


@pytest.mark.parametrize(
    ("said", "words", "codes"),
    [
        ("", "Assisted-by: Claude", {"AI004"}),
        ("private = false\nsecrets = false", "Assisted-by: Claude", set()),
        ("secrets = true", "Assisted-by: Claude", {"AI001", "AI004"}),
        ("secrets = true", "Assisted-by: Claude (local, Ollama)", set()),
        ("private = true", "Assisted-by: Claude", {"AI004"}),
    ],
)
def test_what_a_list_says_of_its_repository_decides_what_a_cloud_model_may_see(
    tmp_path: Path, run: Run, config: Config, said: str, words: str, codes: set[str]
) -> None:
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "house.toml").write_text(f'[policy]\nid = "house"\nextends = "opencraft"\n[repository]\n{said}\n')
    (config.paths.policies / "facts.toml").write_text(f'[policy]\nid = "facts"\n[repository]\n{said}\n')
    (tmp_path / "x").write_bytes(mail(patch_body(f"Text.\n\n{words}\n"), date="Tue, 01 Sep 2026 09:00:00 +0000"))
    for packs in (("--policy", "house"), ("--policy", "facts", "--policy", "opencraft")):
        found = [json.loads(line) for line in run("check", *packs, "--format", "json", str(tmp_path / "x")).out.splitlines()]
        assert {item["code"] for item in found if item["rule"].startswith("no-cloud")} == codes


def test_who_grants_exceptions_is_said_where_one_would_help(run: Run, tmp_path: Path) -> None:
    assert "proposed to oscm@axim.org" in run("policy", "show", "openedx").out
    assert "openedx: propose an exception to oscm@axim.org" in run("policy", "explain", "AI009").out
    box = tmp_path / "x.mbox"
    box.write_bytes(b"From x@example.org Tue Sep  1 09:00:00 2026\n" + mail(
        patch_body("Text.\n\nAssisted-by: Qwen 3.6\n"), key="p", subject="[PATCH] item", date="Tue, 01 Sep 2026 09:00:00 +0000") + b"\n")  # fmt: skip
    run("add", "l", str(box), "--policy", "openedx")
    run("ingest")
    assert "An exception can be proposed to oscm@axim.org." in run("draft", "p@example.org").out
