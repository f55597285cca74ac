# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""safe(): no outside text can steer a terminal."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from triage.model.text import fit, safe, safe_lines


@given(st.text())
@settings(max_examples=10_000, deadline=None)
def test_safe_text_holds_nothing_a_terminal_obeys_and_stays_as_it_is(text: str) -> None:
    shown = safe(text)
    assert not [char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}]
    assert safe(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"), ("\x07\x00", "␇␀"), ("a\tb\nc", "a b␊c"), ("\x9b31m", "<U+009B>31m"), ("\u202egnp.exe", "<U+202E>gnp.exe"),
        ("\udc9b", "<U+DC9B>"), ("Müller 日本 é", "Müller 日本 é"), ("\x7f", "<U+007F>"), ("\u2028", "<U+2028>"), ("[@click=x]", "[@click=x]"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_tabs_are_expanded_to_columns_of_eight() -> None:
    assert safe_lines("a\tb\n\tc") == ["a       b", "        c"]


@given(st.text(), st.integers(1, 40))
@settings(deadline=None)
def test_fitted_text_takes_exactly_its_cells(text: str, cells: int) -> None:
    assert cell_len(fit(safe(text), cells)) == cells
