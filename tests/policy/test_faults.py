# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong in a pack, said all at once with its line, to a person and to an editor."""

import json
import pickle
import tomllib
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import Run
from triage.model.errors import FaultsError
from triage.policy.vocabulary import json_schema
from triage.projects import builtin_packs, load_pack

FAULTY = """\
[policy]
titel = "Mine"

[[rule]]
id = "signed"
kind = "trailer"
key = "Signed-off-by"
op = "requier"

[[rule]]
id = "fine"
kind = "tools"
deny = ["openai"]

  [[ rule ]]
id = "lines"
kind = "size"
max_aded = 9

[[exception]]
id = "tests"
grants = ["signed"]
granted_by = "policy"
scope = { pahts = ["tests/"] }
"""


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(FAULTY, "utf-8")
    return path


def test_every_fault_is_said_with_its_line(faulty: Path, run: Run) -> None:
    done = run("policy", "check", str(faulty))
    assert done.code == 78
    assert [line.removeprefix(f"triage: {faulty}") for line in done.err.splitlines()] == [
        ", [policy]: key 'titel' is unknown: did you mean 'title'?",
        ":4, rule 'signed', op 'requier' is unknown: did you mean 'require'?",
        ":15, rule 'lines': key 'max_aded' is unknown: did you mean 'max_added'?",
        ":20, exception 'tests', scope: key 'pahts' is unknown: did you mean 'paths'?",
    ]
    assert len(json.loads(run("policy", "check", "--json", str(faulty)).out)["wrong"]) == 4


def test_whoever_only_uses_the_pack_hears_of_the_first_fault(faulty: Path) -> None:
    with pytest.raises(FaultsError, match=r"'titel' is unknown.*; 3 more faults: `triage policy check` lists all") as raised:
        load_pack(str(faulty))
    assert pickle.loads(pickle.dumps(raised.value)).faults[1].message == raised.value.faults[1].message


def test_headers_inside_a_text_leave_lines_untold(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[policy]\n\n[[rule]]\nid = "a"\nkind = "sizes"\ntext = """\n[[rule]]\n"""\n', "utf-8")
    assert f"{path}, rule 'a', kind 'sizes' is unknown: did you mean 'size'?" in run("policy", "check", str(path)).err


def test_an_editor_is_told_which_word_of_a_rule_is_wrong() -> None:
    errors = list(jsonschema.Draft202012Validator(json_schema()).iter_errors(tomllib.loads(FAULTY)))
    assert {(tuple(error.path), error.validator) for error in errors} >= {
        (("rule", 0, "op"), "enum"), (("rule", 2), "additionalProperties"), (("exception", 0, "scope"), "additionalProperties"),
    }  # fmt: skip
    for name in builtin_packs():
        text = files("triage.policy.packs").joinpath(f"{name}.toml").read_text("utf-8")
        data = json.loads(json.dumps(tomllib.loads(text), default=str))
        jsonschema.validate(data, json_schema(), cls=jsonschema.Draft202012Validator)
