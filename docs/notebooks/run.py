#!/usr/bin/env python3
"""Executes the notebooks of this folder; fails if a cell fails.

    python docs/notebooks/run.py [--write] [NAME ...]     default: all notebooks

Requires tatabox and the packages of docs/notebooks/requirements.txt.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

FOLDER = Path(__file__).resolve().parent
#: Longest execution of a cell. The slowest cell takes about 40 seconds on two cores.
TIMEOUT_S = 600
WIDGET = "application/vnd.jupyter.widget-view+json"
#: Folders of the machine that executed a notebook.
ABSOLUTE_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|Users|private|work)/\S+|[A-Z]:\\\\\S+")


def execute(path: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of a new kernel."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=TIMEOUT_S, record_timing=False, resources={"metadata": {"path": str(FOLDER)}})
    client.execute()
    clean(notebook)
    return notebook


def clean(notebook: nbformat.NotebookNode) -> None:
    """Removes closed progress bars and details of the machine, and joins consecutive pieces of text."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        outputs: list[nbformat.NotebookNode] = []
        for output in cell.outputs:
            if WIDGET in output.get("data", {}):
                continue
            output.get("metadata", {}).clear()
            if outputs and output.output_type == "stream" and outputs[-1].get("name") == output.name:
                outputs[-1].text += output.text
            else:
                outputs.append(output)
        cell.outputs = outputs


def problems(notebook: nbformat.NotebookNode) -> list[str]:
    """Faults of the outputs: cells out of order, text on standard error, paths of the machine."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        found.append("not executed in order; run docs/notebooks/run.py --write")
    for number, cell in enumerate(cells, start=1):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                found.append(f"cell {number} writes to standard error: {output.text.strip()[:200]}")
            for path in ABSOLUTE_PATH.findall(str(output.get("text", "")) + str(output.get("data", ""))):
                found.append(f"cell {number} shows the path {path[:80]}; show a relative path")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Executes the notebooks of docs/notebooks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as predict; default: all")
    parser.add_argument("--write", action="store_true", help="store the outputs in the notebooks")
    arguments = parser.parse_args()
    known = {path.stem: path for path in sorted(FOLDER.glob("*.ipynb"))}
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"no notebook {unknown[0]}; expected {', '.join(known)}")
    failed = []
    for name in arguments.names or known:
        started = time.monotonic()
        try:
            executed = execute(known[name])
        except (CellExecutionError, CellTimeoutError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed.append(name)
            continue
        found = problems(executed)
        if not arguments.write:
            found += [f"stored outputs: {text}" for text in problems(nbformat.read(known[name], as_version=4))]
        for text in found:
            print(f"{name}: {text}", file=sys.stderr)
        if found:
            failed.append(name)
        if arguments.write:
            nbformat.write(executed, known[name])
        print(f"{name}: {time.monotonic() - started:.0f} s")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
