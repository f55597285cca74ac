# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of docs/design.md, held by the code: who imports whom, what stays in its one home, how large things grow."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import rooms
from tests.conftest import ROOT

SOURCES = sorted([*(ROOT / "triage").rglob("*.py"), *(ROOT / "tui").rglob("*.py")])
TREES = {path: ast.parse(path.read_text("utf-8")) for path in SOURCES}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions() -> Iterator[tuple[str, str, int]]:
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name(path), node.name, (node.end_lineno or 0) - node.lineno + 1


def imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_files_and_functions_stay_small() -> None:
    assert [name(path) for path in SOURCES if len(path.read_text("utf-8").splitlines()) > 400] == []
    assert [found for found in functions() if found[2] > 40] == []


def test_test_files_stay_readable() -> None:
    files = [*ROOT.glob("tests/**/*.py"), *ROOT.glob("fixtures/*.py")]
    assert [name(path) for path in files if len(path.read_text("utf-8").splitlines()) > 600] == []


def test_rooms_stand_on_few_floors_and_no_modules_import_each_other_in_a_circle() -> None:
    graph = rooms.imports()
    assert rooms.circle(graph) == []
    assert len(rooms.floors(graph)) <= 12
    assert rooms.circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}), "it finds one where there is one"


def test_the_core_has_the_rooms_of_the_design_and_nothing_lies_loose() -> None:
    found = {path.name for path in (ROOT / "triage").iterdir() if path.name not in {"__pycache__", "_version.py"}}
    folders = {"admin", "archive", "commands", "ingest", "mail", "model", "opinion", "policy", "query", "report", "series", "store"}
    files = {"b4.py", "cli.py", "config.py", "files.py", "git.py", "programs.py", "projects.py"}
    assert found == folders | files | {"__init__.py", "__main__.py", "py.typed", "schemas"}


def test_the_lock_file_has_every_direct_dependency_and_no_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    text = (ROOT / "constraints.txt").read_text("utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
    groups = project["dependency-groups"]
    wanted = [*project["project"]["dependencies"], *groups["docs"], *(one for one in groups["test"] if isinstance(one, str))]
    assert {re.split(r"[<>=\[]", one)[0].lower().replace("_", "-") for one in wanted} <= locked
    assert "://" not in text


@pytest.mark.parametrize(
    ("module", "homes"),
    [
        ("textual", {"tui"}), ("jinja2", {"triage/report"}), ("rich", {"triage/model/text.py", "triage/commands/progress.py", "tui/widgets"}),
        ("email.parser", {"triage/mail", "triage/opinion/record.py"}),
    ],
)  # fmt: skip
def test_each_risky_dependency_has_its_door(module: str, homes: set[str]) -> None:
    users = {
        name(path) for path, tree in TREES.items() if any(found == module or found.startswith(f"{module}.") for found in imports(tree))
    }
    assert {user for user in users if not any(user == home or user.startswith(f"{home}/") for home in homes)} == set()


def test_sql_is_written_in_the_store_only() -> None:
    elsewhere = []
    for path, tree in TREES.items():
        if "store" in path.parts:
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"execute", "executemany", "executescript"}
            ):
                elsewhere.append(f"{name(path)}:{node.lineno}")
    assert elsewhere == []


def test_the_core_neither_prints_nor_exits() -> None:
    found = []
    for path, tree in TREES.items():
        if name(path) in {"triage/cli.py", "triage/commands/output.py"} or "commands" in path.parts:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in {"print", "exit", "quit", "sys.exit", "os._exit", "input"} or called.startswith(("sys.stdout", "sys.stderr")):
                    found.append(f"{name(path)}:{node.lineno} {called}")
            if isinstance(node, ast.Raise) and node.exc and "SystemExit" in ast.unparse(node.exc):
                found.append(f"{name(path)}:{node.lineno} SystemExit")
    assert found == []


def test_nothing_catches_everything() -> None:
    found = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}):
                reraises = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
                if not reraises:
                    found.append(name(path))
    assert found == ["triage/ingest/reading.py"]  # the worker's edge, which quarantines what meets a bug


def test_no_porcelain_is_run_anywhere() -> None:
    porcelain = {"log", "show", "diff", "status", "checkout", "blame", "gc", "pull", "merge", "archive", "grep"}
    found = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                ("git.read", "git.command", "git.succeeds", "._git", "command")
            ):
                words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                found += [f"{name(path)}:{node.lineno}" for word in words[:1] if word in porcelain and "commands" not in path.parts]
    assert found == []


def test_widgets_get_no_text_that_render_has_not_made() -> None:
    """Outside text reaches a widget as `Content` of `safe()` text, or not at all (threats T1 and T2)."""
    widgets = {"Static", "Label", "Option", "Button", "OptionList"}
    found = []
    for path, tree in TREES.items():
        if path.parts[-3:-1] != ("tui", "screens"):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in widgets or called == "update":
                for arg in node.args:
                    if isinstance(arg, ast.JoinedStr | ast.BinOp) or (
                        isinstance(arg, ast.Constant) and arg.value and "[" in str(arg.value)
                    ):
                        found.append(f"{name(path)}:{node.lineno}")
            if called == "notify" and "markup=False" not in ast.unparse(node):
                found.append(f"{name(path)}:{node.lineno}")
            if called == "Static" and "markup=False" not in ast.unparse(node):
                found.append(f"{name(path)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize(
    "module",
    [
        "triage.cli",
        "triage.commands.program",
        "triage.ingest.pipeline",
        "triage.ingest.uptodate",
        "triage.report.render",
        "triage.admin.lists",
        "tui.keys",
    ],
)
def test_importing_the_core_never_loads_the_terminal_ui(module: str) -> None:
    heavy = "{'textual.app', 'b4', 'liblore', 'pygit2', 'requests', 'sqlite_utils'}"
    script = f"import {module}, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_list_is_shown_without_what_only_other_screens_need() -> None:
    """Who opens the terminal sees the list before policies, archives, mails and forms are loaded: they are most of the program."""
    script = "import tui.app, sys; print(sorted(name for name in sys.modules if name.split('.')[0] in {'triage', 'tui'}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = ast.literal_eval(done.stdout)
    rooms = {
        "triage.admin",
        "triage.archive",
        "triage.ingest",
        "triage.mail",
        "triage.policy",
        "triage.projects",
        "triage.report",
        "triage.series",
    }
    assert "tui.screens.inbox" in loaded
    assert [one for one in loaded if ".".join(one.split(".")[:2]) in rooms] == []
    assert {one for one in loaded if one.startswith("tui.screens.")} == {
        f"tui.screens.{one}" for one in ("base", "inbox", "marking", "subject", "viewing", "working")
    }


def test_every_command_is_documented_and_has_help() -> None:
    import click

    from triage.commands.program import cli

    page = (ROOT / "docs" / "commands.md").read_text("utf-8")

    def walk(command: click.Command, path: str) -> None:
        assert command.help, path
        assert f"\n## {path}\n" in page
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{path} {option.name}"
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)):
                child = command.get_command(click.Context(command), name)
                assert child is not None
                walk(child, f"{path} {child.name}")

    walk(cli, "triage")


def test_the_sample_archives_are_what_their_generator_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "fixtures" / "make_demo.py", tmp_path], check=True)
    for path in (ROOT / "fixtures" / "demo").iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_repository_names_no_machine_and_no_registry() -> None:
    import re

    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    pattern = re.compile(r"/(?:work|root|farm)/|pypi\.org|/home/[a-z]+/")
    found = [
        path
        for path in tracked
        if path.endswith((".py", ".md", ".toml", ".j2", "run")) and pattern.search((ROOT / path).read_text("utf-8"))
    ]
    assert [path for path in found if path != "tests/test_architecture.py"] == []
