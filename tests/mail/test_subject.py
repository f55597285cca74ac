# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subject lines: every marker that lists use, and none that is not one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import cpu
from triage.mail.subject import parse_subject


@pytest.mark.parametrize(
    ("raw", "version", "n", "total", "title"),
    [
        ("[PATCH] x", 1, None, None, "x"),
        ("[PATCHv2 1/3] x", 2, 1, 3, "x"),
        ("[PATCH v6,19/24] x", 6, 19, 24, "x"),
        ("[PATCH,v2,1/3] x", 2, 1, 3, "x"),
        ("[v2,1/3] x", 2, 1, 3, "x"),
        ("[PATCH v4 0/3,RESEND] x", 4, 0, 3, "x"),
        ("[PATCH1/8] x", 1, 1, 8, "x"),
        ("[PATCH 1 of 2] x", 1, 1, 2, "x"),
        ("[PATCH 3/n] x", 1, 3, None, "x"),
        ("[PATCH 6/5] x", 1, 6, 5, "x"),
        ("[PATCH 1/0] x", 1, None, None, "x"),
        ("[PATCH 0/0] x", 1, None, None, "x"),
        ("[PATCH (v2)] x", 2, None, None, "x"),
        ("PATCH v2: x", 2, None, None, "x"),
        ("[PATCH 1/2 x", 1, 1, 2, "x"),
        ("PATCH 2/3] x", 1, 2, 3, "x"),
        ("[PATCH 4.19/4.14/4.9] x", 1, None, None, "x"),
        ("[PATCH ١/٢] x", 1, None, None, "x"),
        ("[PATCH v99999999999999999999 1/1] x", 1, 1, 1, "x"),
        ("[PATCH v1000 1/2] x", 1, 1, 2, "x"),
        ("[RFC PATCH 1/2] x", 1, 1, 2, "x"),
        ("[PATCH RFC v3 1/2] x", 3, 1, 2, "x"),
        ("[RFC v2 1/2] x", 2, 1, 2, "x"),
        ("[RESEND PATCH v2 1/2] x", 2, 1, 2, "x"),
        ("[PATCH net-next v3 2/7] net: x", 3, 2, 7, "net: x"),
        ("[bpf-next PATCH v2 1/2] x", 2, 1, 2, "x"),
        ("[list][PATCH v2 1/2] x", 2, 1, 2, "x"),
        ("[PATCH] [1/2] x", 1, 1, 2, "x"),
        ("[PATCH 2/2] [v3] x", 3, 2, 2, "x"),
        ("[PATCH 1/2 v2] x", 2, 1, 2, "x"),
        ("[patch 01/10] x", 1, 1, 10, "x"),
        ("[[PATCH] 2/2] x", 1, 2, 2, "x"),
        ("[PATCH [3/4]] x", 1, 3, 4, "x"),
        ("[PATCH nf.v4 1/2] x", 4, 1, 2, "x"),
        ("[PATCH net,v20/4] x", 20, None, None, "x"),
        ("[v11-ima PATCH] x", 11, None, None, "x"),
        ("[PATCH for v5.9] x", 1, None, None, "x"),
        ("[PATCH for v6 1/2] x", 1, 1, 2, "x"),
        ("[PATCH v2 for v6 1/2] x", 2, 1, 2, "x"),
        ("[WIP 1/4] x", 1, 1, 4, "x"),
        ("[PATCH] arr[i] = [RFC] x", 1, None, None, "arr[i] = [RFC] x"),
    ],
)
def test_version_and_counter_are_read(raw: str, version: int, n: int | None, total: int | None, title: str) -> None:
    subject = parse_subject(raw)
    assert (subject.version, subject.n, subject.total, subject.title) == (version, n, total, title)
    assert subject.is_patch
    assert not subject.is_reply


@pytest.mark.parametrize(
    ("raw", "rfc"),
    [
        ("[RFC PATCH] x", True), ("[PATCH-RFC] x", True), ("[RFC_PATCH v2] x", True), ("[RFC/RFT-PATCH] x", True), ("[PATCH] RFC: x", True),
        ("[PATCH 1/2] RFC - x", True), ("[WIP PATCH] x", True), ("[PATCH WIP v2] x", True), ("[PATCH] WIP: x", True), ("[PATCH RFT] x", True),
        ("[PATCH] x", False), ("[PATCH] rfcomm: x", False), ("[PATCH] RFC 2822 dates", False), ("[PATCH] net: RFC: x", False),
        ("[patch-tool PATCH] x", False), ("[PATCH wipe 1/2] x", False),
    ],
)  # fmt: skip
def test_what_is_not_for_applying_is_an_rfc(raw: str, rfc: bool) -> None:
    assert parse_subject(raw).rfc is rfc
    assert parse_subject(raw).is_patch


def test_a_point_version_replaces_one_patch() -> None:
    subject = parse_subject("[PATCH v5.1 10/12] x")
    assert (subject.version, subject.minor, subject.n) == (5, 1, 10)


@pytest.mark.parametrize(
    "raw", ["Re: [PATCH 1/2] x", "AW: [PATCH 1/2] x", "答复: [PATCH 1/2] x", "Fwd: [PATCH 1/2] x", "Re: Re: x", "re[2]: x"]
)
def test_replies_in_many_languages_are_replies(raw: str) -> None:
    assert parse_subject(raw).is_reply


@pytest.mark.parametrize("raw", ["[PULL 0/3] x", "[GIT PULL] x", "GIT PULL: x"])
def test_pull_requests_are_no_patches(raw: str) -> None:
    assert parse_subject(raw).is_pull
    assert not parse_subject(raw).is_patch


@pytest.mark.parametrize("raw", ["", "x", "[BUG] x", "Release 1/2 of it", "regression in v2"])
def test_other_subjects_are_no_patches(raw: str) -> None:
    assert not parse_subject(raw).is_patch


def test_rfc_resend_and_prefixes_are_kept() -> None:
    subject = parse_subject("[RFC PATCH RESEND net-next 1/2] x")
    assert (subject.rfc, subject.resend, subject.prefixes) == (True, True, ("net-next",))


@given(st.text())
def test_no_subject_raises(raw: str) -> None:
    subject = parse_subject(raw)
    assert 0 <= subject.version <= 999
    assert subject.n is None or 0 <= subject.n <= 9999


def test_long_subjects_take_linear_time() -> None:
    def read(size: int) -> None:
        for raw in ("[PATCH" + ",a" * size, "[" * size, "Re: " * size, "[PATCH 1/2" * size, "[a]" * size):
            parse_subject(raw)

    assert cpu(lambda: read(40_000)) < 40 * cpu(lambda: read(4_000))
