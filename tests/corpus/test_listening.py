# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program hears in labelled texts, in a real thread about a policy, and in cases made from public reports."""

import json
import re
import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.conftest import SHARED, Run
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest

pytestmark = pytest.mark.corpus
LABELS, CASES = SHARED.parent / "labels", SHARED.parent / "cases"


def test_labelled_texts_are_heard_as_they_are_labelled(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = LABELS / "score.py"
    score = ModuleType("score")
    exec(compile(path.read_text("utf-8"), path, "exec"), score.__dict__)

    def here(command: list[str], env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        """Run what the score asks of the program in this process: it asks hundreds of times."""
        monkeypatch.setenv("TRIAGE_HOME", env["TRIAGE_HOME"])
        done = run(*command[1:])
        return subprocess.CompletedProcess(command, done.code, done.out, done.err)

    monkeypatch.setattr(score, "subprocess", SimpleNamespace(run=here))
    score.main(str(LABELS / "dev.jsonl"))
    out = capsys.readouterr().out
    declares = re.search(r"declares: texts \d+ precision ([\d.]+) recall ([\d.]+)", out)
    denies = re.search(
        r"denies precision ([\d.]+) recall ([\d.]+); all tools of a declaration heard (\d+) of (\d+); generate heard .*? (\d+) of (\d+)",
        out,
    )
    silent = re.search(r"in silence (\d+) of (\d+); called unclear though they declare nothing (\d+) of (\d+)", out)
    assert declares
    assert denies
    assert silent
    assert (float(declares[1]) >= 0.98, float(declares[2]) >= 0.93) == (True, True), out
    assert (float(denies[1]) >= 0.95, float(denies[2]) >= 0.95) == (True, True), out
    assert int(denies[3]) >= 0.95 * int(denies[4]), out
    assert int(denies[5]) <= 0.02 * int(denies[6]), out
    assert int(silent[1]) <= 0.03 * int(silent[2]), out
    assert int(silent[3]) <= 0.10 * int(silent[4]), out


def test_a_thread_about_a_policy_has_no_finding_about_ai(config: Config, run: Run) -> None:
    add_list(config, "thread", (str(SHARED / "qemu-provenance" / "thread.mbox"),), "qemu", "")
    ingest(config, load_lists(config.paths))
    rows = [json.loads(line) for line in run("findings", "--json").out.splitlines()]
    assert [row for row in rows if row["code"].startswith("AI")] == []


def codes(run: Run, *words: str) -> set[str]:
    """Return findings as `CODE` for each and `!CODE` too for an error."""
    rows = [json.loads(line) for line in run("check", *words, "--format", "json").out.splitlines()]
    return {row["code"] for row in rows} | {f"!{row['code']}" for row in rows if row["severity"] == "error"}


DECLARED = {"AI001", "AI003", "AI015"}
FORMS = {"AI006": ["50b", "50c", "50d", "50e", "51b", "51c"], "": ["50a", "50f", "50g", "51a"]}
DECLARES = ["52a", "52b", "52c", "54a", "54b", "54c", "54e", "55a", "55d", "55e", "55g", "55i", "58e"]
NOTHING = [
    "53a", "53b", "55f", "56a", "56d", "56e", "56g", "57a", "57d", "57f", "57h", "58a", "58g", "59a", "59c", "60c", "60e", "60f", "61a", "61b",
]  # fmt: skip


def case(name: str) -> list[str]:
    """Return the words of a case's own command after `triage check`, with whole paths."""
    (path,) = CASES.glob(f"{name}-*.json")
    words = json.loads(path.read_text("utf-8"))["command"].split()[2:]
    return [str(CASES / word) if (CASES / word).is_file() else word for word in words]


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in FORMS.items() for name in names])
def test_cases_of_the_trailers_form(code: str, name: str, run: Run) -> None:
    found = {item for item in codes(run, *case(name)) if item.startswith("AI")}
    assert found == ({code} if code else set())


@pytest.mark.parametrize("name", DECLARES)
def test_cases_that_declare(name: str, run: Run) -> None:
    assert codes(run, *case(name)) & DECLARED


@pytest.mark.parametrize("name", NOTHING)
def test_cases_that_declare_nothing(name: str, run: Run) -> None:
    assert not {item for item in codes(run, *case(name)) if item.startswith("AI") and item != "AI019"}


def test_cases_that_ask_at_most_or_are_unread(run: Run) -> None:
    assert not {item for item in codes(run, *case("60a")) if item.startswith("!AI")}
    assert codes(run, *case("62a")) & {"AI016", "AI001", "AI003", "AI004"}
    for unread in ("62d", "62e"):  # English is read; another language that names a tool is said to be unread
        assert "AI019" in codes(run, *case(unread))


def mailbox(config: Config, run: Run, path: Path, policy: str) -> list[dict[str, object]]:
    add_list(config, "l", (str(path),), policy, "")
    ingest(config, load_lists(config.paths))
    return [json.loads(line) for line in run("findings", "--json").out.splitlines()]


@pytest.mark.parametrize(
    ("name", "policy", "wanted", "unwanted"),
    [
        ("63a-reviewer-quotes-policy.mbox", "qemu", set(), {"AI001", "AI002"}),
        ("63b-review-bot.mbox", "qemu", set(), {"AI001", "AI002"}),
        ("63c-signoff-given-by-another.mbox", "linux-kernel", {"DCO001"}, set()),
        ("63d-remediation-text.mbox", "linux-kernel", {"DCO001"}, set()),
        ("lists/19-author-speaks-of-ai-review.mbox", "linux-kernel", set(), {"AI001", "AI003"}),
        ("lists/20-author-discusses-ai-policy.mbox", "gentoo", set(), {"AI001"}),
        ("lists/21-ai-made-review-mail.mbox", "gentoo", set(), {"AI002"}),
        ("lists/37-find-only-cover.mbox", "linux-kernel", set(), {"AI003"}),
        ("seeds/q18-docs.mbox", "qemu", set(), {"AI001"}),
        ("seeds/q4-footer.mbox", "qemu", {"AI001"}, set()),
        ("seeds/q5-session.mbox", "qemu", {"AI001"}, set()),
        ("seeds/q6-madewith.mbox", "qemu", {"AI001"}, set()),
        ("seeds/j7-refs.mbox", "jupyterhub", {"AI003"}, set()),
        ("seeds/j7-admit.mbox", "jupyterhub", {"AI003"}, set()),
        ("seeds/j2-cover.mbox", "jupyterhub", {"AI004"}, {"AI001", "AI002", "AI003"}),
    ],
)
def test_cases_of_threads(name: str, policy: str, wanted: set[str], unwanted: set[str], config: Config, run: Run) -> None:
    found = {str(row["code"]) for row in mailbox(config, run, CASES / name, policy)}
    assert wanted <= found
    assert not unwanted & found


@pytest.mark.parametrize(
    ("name", "tools"),
    [
        ("q30", ["anthropic/claude/claude-opus-4-8"]), ("o5", ["openai/chatgpt/gpt-5-5", "opencode/opencode/", "deepseek/deepseek/deepseek-v4-flash"]),
        ("o9", ["zhipu/glm/glm-5"]), ("o13", ["cognition/devin/"]), ("o17", ["sourcegraph/amp/"]), ("p0", ["deepseek/deepseek/deepseek-v4-flash", "openai/chatgpt/gpt-5-5"]),
        ("p1", ["openai/chatgpt/gpt-5-5", "deepseek/deepseek/deepseek-v4"]),
    ],
)  # fmt: skip
def test_cases_that_name_several_tools(name: str, tools: list[str], config: Config, run: Run) -> None:
    add_list(config, "l", (str(CASES / "seeds" / f"{name}.mbox"),), "openedx", "")
    ingest(config, load_lists(config.paths))
    shown = json.loads(run("show", f"{name}@t.example", "--json").out)
    assert tools in [item["tools"] for item in shown["evidence"] if item["says"] == "declares"]


def test_a_tool_at_the_end_of_a_sentence_is_named_without_its_dot(config: Config, run: Run) -> None:
    mailbox(config, run, CASES / "lists" / "35-tool-name-with-dot.mbox", "linux-kernel")
    shown = json.loads(run("show", "r35@example.org", "--json").out)
    assert {tool for item in shown["evidence"] for tool in item["tools"]} == {"openai/chatgpt/gpt-5"}


@pytest.mark.parametrize(
    ("number", "machine"),
    [
        (0, True),
        (1, True),
        (2, True),
        (3, True),
        (4, True),
        (5, True),
        (6, True),
        (7, True),
        (8, True),
        (9, False),
        (10, False),
        (12, True),
        (13, True),
        (14, True),
    ],
)
def test_cases_of_senders(number: int, machine: bool, config: Config, run: Run) -> None:
    found = mailbox(config, run, CASES / "seeds" / f"j8-{number}.mbox", "jupyterhub")
    assert ("AI016" in {row["code"] for row in found}) is machine


def test_cases_of_declarations_that_were_missed(config: Config, run: Run) -> None:
    add_list(config, "l", (str(CASES / "lists" / "22-missed-declarations.mbox"),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    for name in ("a22", "b22", "c22", "d22"):
        shown = json.loads(run("show", f"{name}@example.org", "--json").out)
        assert "declares" in {item["says"] for item in shown["evidence"]}, name


@pytest.mark.parametrize("name", ["j6-refs", "j6-box"])
def test_cases_in_which_the_author_answers(name: str, config: Config, run: Run) -> None:
    found = mailbox(config, run, CASES / "seeds" / f"{name}.mbox", "jupyterhub")
    assert {row["status"] for row in found if row["code"] in {"AI002", "AI004"}} == {"cured"}


def test_cases_of_pull_request_descriptions(run: Run) -> None:
    patch = str(CASES / "seeds" / "j1-silent.mbox")

    def said(name: str) -> set[str]:
        return codes(run, patch, "--cover", str(CASES / "seeds" / f"{name}.md"), "--policy", "jupyterhub")

    assert not said("j2b") & {"AI003", "AI004"}  # nothing is ticked
    assert "AI004" in said("j2c")  # "I got Claude to write this": how is told, the parts are not
    assert "AI004" in said("j2f")  # "I used AI."
    assert not said("j2") & {"AI003"}
