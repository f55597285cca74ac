# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.soak`: a million fuzz executions. What is fuzzed is imported here, so that its branches are counted."""

import sys

import atheris

with atheris.instrument_imports(include=["triage.mail", "triage.series", "triage.archive.mbox", "triage.policy.evidence"]):
    from tests.soak.fuzz_mail import fuzz

fuzz(sys.argv[1:])
