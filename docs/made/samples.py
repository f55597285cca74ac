# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown by example: fixtures, reports of the demo, saved queries, and the pages of the root."""

import os
import re
from collections.abc import Callable
from functools import cache
from tempfile import TemporaryDirectory

from docs.made import NOTE, ROOT
from triage.admin.demo import make_demo, unpack
from triage.config import Config, load_config
from triage.ingest.pipeline import ingest
from triage.report.make import make_report
from triage.report.request import Request


def fixtures_page() -> str:
    """Return fixtures/README.md."""
    rows = (ROOT / "fixtures" / "demo" / "TABLE.md").read_text("utf-8")
    return (
        f"# Fixtures\n\n{NOTE}Mails and archives written for this project; everybody in them is invented.\n\n"
        "`demo/*.fast-import` are two public-inbox v2 epochs as git fast-import streams, written by `make_demo.py` and unpacked by\n"
        "`triage demo` and the tests. `widgets` is judged by the pack linux-kernel, `emulator` by qemu.\n\n" + rows
    )


@cache
def _example_home() -> tuple[Config, TemporaryDirectory[str]]:
    """The sample archives, ingested, with the opinions of fixtures/opinions.fast-import; kept as long as the program runs."""
    folder = TemporaryDirectory()
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    config = load_config(folder.name)
    unpack((ROOT / "fixtures" / "opinions.fast-import").read_bytes(), config.paths.opinions)
    ingest(config, make_demo(config))
    return config, folder


def example(form: str) -> Callable[[], str]:
    """Return what makes the example report in one form: `triage report --period 2026-Q2` of the demo."""
    released = r"\g<1>1\g<2>0.0"  # the version of the day would make the page stale with every commit
    return lambda: re.sub(
        r"((?:- |<li>)triage )\d+(\\?\.)\d[^\s<]*", released, make_report(_example_home()[0], Request(period="2026-Q2", form=form))
    )


def datasette_page() -> str:
    """Return docs/datasette/datasette.yaml: the saved queries of metadata.yml where Datasette 1.0 looks for them."""
    import yaml

    described = yaml.safe_load((ROOT / "docs" / "datasette" / "metadata.yml").read_text("utf-8"))
    wanted = {"databases": {name: {"queries": one["queries"]} for name, one in described["databases"].items()}}
    head = "# SPDX-FileCopyrightText: 2026 the triage authors\n# SPDX-License-Identifier: GPL-3.0-or-later\n# made by docs/generate.py\n"
    return head + str(yaml.safe_dump(wanted, sort_keys=False, width=120, allow_unicode=True))


def beside(name: str) -> str:
    """Return a page of the repository's root as one of the site: its links into docs/ are links beside it."""
    return NOTE + (ROOT / name).read_text("utf-8").replace("](docs/", "](")
