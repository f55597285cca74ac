# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions that are compiled when a text first needs them: a cron run that reads ten mails needs few of some hundred."""

import re
from typing import Any, AnyStr, Generic, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


class _Expression(Generic[AnyStr]):
    """Stands for a compiled expression until one of its methods is asked for, and then has them all."""

    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:  # copying and the like ask for names that nobody has
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        self.__dict__.update((method, getattr(compiled, method)) for method in _METHODS)
        return self.__dict__[name]


def expression(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what searches and replaces as `re.compile(pattern, flags)` does, and raises its `re.error` no sooner than at its first use."""
    return cast("re.Pattern[AnyStr]", _Expression(pattern, flags))
