# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of everything that is printed as JSON: what `to_dict()` returns, and what the schemas are made of (docs/schemas.py).

For type checkers and for making schemas alone: nothing here is imported when the program runs. A string beside a type is what its
schema says of it, pairs what its schema asks of it besides the type.
"""
