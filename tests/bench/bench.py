# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed as ratios, measured in one run against something real: `python -m tests.bench.bench [ingest|reading]… [ARCHIVE.git …]`.

Ingest is set against `git cat-file --batch` over the same mails in commit order. Without arguments the shared archives are cloned.
The terminal UI is measured by `python -m tests.bench.terminal`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from triage import git
from triage.admin.lists import add_list
from triage.archive.publicinbox import PublicInbox
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.mail.message import read_mail
from triage.model import RawMail
from triage.model.archive import Entry
from triage.series.grouping import group
from triage.store.schema import open_index

SECTIONS = ("ingest", "reading")


def best(work: Callable[[], object], tries: int = 3) -> float:
    """Return the least seconds of some tries."""
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def floor(path: Path) -> tuple[float, int]:
    """Return what reading the mails alone costs, and how many there are."""
    archive = PublicInbox(path, "git")
    blobs = [item.blob for item in archive.walk(path.name, "").items if item.entry is Entry.MAIL]
    names = ("\n".join(blobs) + "\n").encode()

    def read() -> None:
        subprocess.run(
            git.command(path, "cat-file", "--batch", "--buffer"), input=names, stdout=subprocess.DEVNULL, env=git.isolated_env(), check=True
        )

    return best(read), len(blobs)


def bench_ingest(archives: list[Path]) -> None:
    """Print mails a second and the ratio to the floor, for a first, an idle and a small run."""
    print(f"{'archive':16} {'mails':>7} {'cat-file/s':>11} {'ingest/s':>9} {'x floor':>8} {'idle ms':>8}")
    for path in archives:
        seconds, mails = floor(path)

        def first(path: Path = path) -> Config:
            home = tempfile.mkdtemp()
            config = load_config(home)
            add_list(config, "bench", (str(path),), "linux-kernel", "")
            ingest(config, load_lists(config.paths))
            return config

        whole = best(first, 2)
        config = first()
        env = os.environ | {"TRIAGE_HOME": str(config.paths.data)}
        idle = best(lambda env=env: subprocess.run([sys.executable, "-m", "triage", "ingest"], check=True, env=env))  # type: ignore[misc]
        print(f"{path.stem:16} {mails:7} {mails / seconds:11.0f} {mails / whole:9.0f} {whole / seconds:8.1f} {idle * 1000:8.0f}")
        with closing(open_index(config.paths.index)) as connection:
            size = connection.execute("select page_count * page_size from pragma_page_count, pragma_page_size").fetchone()[0]
        print(
            f"{'':16} index {size / mails:.0f} bytes a mail; python alone starts in {best(lambda: subprocess.run([sys.executable, '-c', ''], check=True)) * 1000:.0f} ms"
        )
        shutil.rmtree(config.paths.data)


def bench_reading(archives: list[Path]) -> None:
    """Print mails a second for parsing alone and for grouping alone, in one process, and the ratios to the floor."""
    print(f"\n{'archive':16} {'mails':>7} {'parse/s':>9} {'x floor':>8} {'group/s':>9} {'x floor':>8}")
    for path in archives:
        seconds, mails = floor(path)
        archive = PublicInbox(path, "git")
        items = [item for item in archive.walk(path.name, "").items if item.entry is Entry.MAIL]
        raws = [RawMail(content or b"", item.locator, item.blob, item.archived) for item, content in archive.read(path.name, items)]
        parsing = best(lambda raws=raws: [read_mail(raw) for raw in raws])  # type: ignore[misc]
        members = [message for raw in raws if (message := read_mail(raw).message).is_member]
        grouping = best(lambda members=members: group(members))  # type: ignore[misc]
        rates = (mails / parsing, parsing / seconds, len(members) / grouping, grouping * mails / len(members) / seconds)
        print(f"{path.stem:16} {mails:7} {rates[0]:9.0f} {rates[1]:8.1f} {rates[2]:9.0f} {rates[3]:8.2f}")


def main() -> None:
    """Run all."""
    chosen = {word for word in sys.argv[1:] if word in SECTIONS} or set(SECTIONS)
    archives = [Path(word).absolute() for word in sys.argv[1:] if word not in SECTIONS]
    folder = Path(tempfile.mkdtemp())
    bundles = sorted((Path(__file__).parents[3] / "shared" / "corpora" / "archives").glob("*.bundle"))
    for bundle in bundles if not archives else []:
        subprocess.run(["git", "clone", "-q", "--mirror", bundle, folder / f"{bundle.stem}.git"], check=True)
        archives.append(folder / f"{bundle.stem}.git")
    if "ingest" in chosen:
        bench_ingest(archives)
    if "reading" in chosen:
        bench_reading(archives)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
