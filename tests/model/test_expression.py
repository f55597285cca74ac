# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions that are compiled at their first use: they behave as compiled ones, and every one of the program can be compiled."""

import copy
import importlib
import pkgutil
import re

import pytest

import triage
import tui
from triage.model.expression import expression


def test_an_expression_does_what_a_compiled_one_does() -> None:
    word = expression(r"\bv([0-9]+)", re.IGNORECASE)
    compiled = re.compile(word.pattern, re.IGNORECASE)
    text = "V2 and v13"
    assert word.findall(text) == compiled.findall(text) == ["2", "13"]
    assert word.sub("x", text) == "x and x"
    assert word.match("v3")
    assert not word.fullmatch("v3 ")
    assert expression(rb"a+").split(b"1aa2") == [b"1", b"2"]
    assert copy.copy(word).search("v7")


def test_a_wrong_expression_is_found_at_its_first_use() -> None:
    wrong = expression("(")
    with pytest.raises(re.error):
        wrong.search("x")


def test_every_expression_of_the_program_can_be_compiled() -> None:
    """As nothing compiles them when their module is loaded, a slip in one that is rarely used would show only at a user's."""
    kind = type(expression(""))
    found = 0
    for package in (triage, tui):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if info.name.endswith("__main__"):
                continue
            for value in vars(importlib.import_module(info.name)).values():
                every = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else [value]
                for one in every:
                    if isinstance(one, kind):
                        re.compile(one.pattern, one._flags)
                        found += 1
    assert found > 300
