#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the rooms of the code by floors, each above all that it imports, and any circle of modules: `python docs/rooms.py`.

Imports within functions count; those for type checkers alone do not.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]


def modules() -> dict[str, Path]:
    """Return the modules of both packages by name, but for the version, which is made when the program is built."""
    paths = sorted(path for package in ("triage", "tui") for path in (ROOT / package).rglob("*.py") if path.name != "_version.py")
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield what a module imports: a module and "", or a module and a name in it."""
    if isinstance(tree, ast.If) and "TYPE_CHECKING" in ast.unparse(tree.test):
        return
    if isinstance(tree, ast.Import):
        yield from ((alias.name, "") for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom) and tree.module:
        yield from ((tree.module, alias.name) for alias in tree.names)
    for child in ast.iter_child_nodes(tree):
        yield from _imported(child)


def imports() -> dict[str, set[str]]:
    """Return by module which others it imports."""
    known = modules()
    found: dict[str, set[str]] = {name: set() for name in known}
    for name, path in known.items():
        for module, what in _imported(ast.parse(path.read_text("utf-8"))):
            target = f"{module}.{what}" if f"{module}.{what}" in known else module
            if target in known and target != name:
                found[name].add(target)
    return found


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return modules that import each other in a circle, empty for none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def room(module: str) -> str:
    """Return the room that a module is in: its folder, or its file where it lies loose; the terminal UI is one."""
    return "tui" if module.startswith("tui") else ".".join(module.split(".")[:2])


def floors(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the rooms by floors, the lowest first."""
    rooms: dict[str, set[str]] = {}
    for name, targets in graph.items():
        rooms.setdefault(room(name), set()).update(room(target) for target in targets if room(target) != room(name))
    heights: dict[str, int] = {}
    for one in TopologicalSorter(rooms).static_order():
        heights[one] = 1 + max((heights[below] for below in rooms.get(one, ())), default=0)
    return [sorted(one for one, height in heights.items() if height == floor) for floor in range(1, max(heights.values()) + 1)]


def main() -> None:
    """Print the picture; exit 1 where there is a circle."""
    graph = imports()
    if found := circle(graph):
        sys.exit("a circle: " + " -> ".join(found))
    for number, names in reversed(list(enumerate(floors(graph), 1))):
        print(f"{number:3}  {'  '.join(name.removeprefix('triage.') for name in names)}")


if __name__ == "__main__":
    main()
