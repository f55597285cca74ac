# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reads mails where one machine's processes do not do: any `concurrent.futures.Executor`, a Dask cluster's among them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from triage.model.errors import ConfigError, NetworkError, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor


@contextmanager
def open_executor(name: str) -> "Iterator[Executor | None]":
    """Yield the executor called `dask:ADDRESS`, None for ""; its workers need triage installed and the archives at the same paths.

    Raises `ConfigError` where Dask is not installed, `NetworkError` where its scheduler does not answer.
    """
    scheme, _, address = name.partition(":")
    if not name:
        yield None
        return
    if scheme != "dask" or not address:
        raise UsageError(f"there is no executor {name!r}", "dask:ADDRESS, e.g. dask:tcp://10.0.0.7:8786")
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError("Dask is not installed", "`pip install 'patch-triage[dask]'` installs it") from error
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise NetworkError(f"no Dask scheduler answers at {address}", "start one, or leave --executor out") from error
    with client:
        yield client.get_executor(pure=False, retries=3)
