#!/usr/bin/env python3
"""Makes datasets/edge: broken and extreme files, and the table of what each leads to.

    .venv/bin/python datasets/make_edge.py && git diff --exit-code datasets/edge

Writes `edge/cases.json`, a list of

    {"args": […], "status": 0 | 1 | 2, "stderr_contains": […], "why": "…"}

`args` follow `tallyho eval`, run in datasets/edge. `stderr_contains` are the words that
the message must hold, wherever they stand. A case that succeeds may also have

    "expect": {"rows": {…}, "classes": […], "metrics": {name: number or null}}

(parts of the JSON report, metrics within 1e-6, null for undefined) and "digest", the
name of a group of cases that must all print the same digest.
"""

import json
import shutil
from pathlib import Path

import edge_arrays
import edge_tables
import edge_values

EDGE = Path(__file__).parent / "edge"


class Cases:
    """The folder being filled and the table of its cases."""

    def __init__(self, folder):
        self.folder = folder
        self.table = []

    def write(self, name, content):
        """Writes a file once; a name used twice would change an earlier case."""
        path = self.folder / name
        assert not path.exists(), f"{name} is written twice"
        path.write_bytes(content)
        return name

    def bad(self, why, args, *words):
        """Refused with status 2 and a message that holds `words`."""
        self.add(why, args, 2, words)

    def broken(self, why, args, *words):
        """Scored, but a rule is broken: status 1."""
        self.add(why, args, 1, words)

    def good(self, why, args, digest=None, rows=None, classes=None, **metrics):
        """Scored with status 0; `rows`, `classes` and `metrics` are what the report must hold."""
        expect = {"rows": rows, "classes": classes, "metrics": metrics or None}
        expect = {key: part for key, part in expect.items() if part is not None}
        more = ({"expect": expect} if expect else {}) | ({"digest": digest} if digest else {})
        self.add(why, args, 0, (), more)

    def add(self, why, args, status, words, more={}):
        args = args.split() if isinstance(args, str) else args
        case = {"args": args, "status": status, "stderr_contains": [str(word) for word in words], "why": why}
        self.table.append(case | more)

    def close(self):
        """Writes the table, one case a line."""
        lines = ",\n".join(json.dumps(case) for case in self.table)
        (self.folder / "cases.json").write_text(f"[\n{lines}\n]\n")
        named = " ".join(word for case in self.table for word in case["args"])
        unused = [path.name for path in self.folder.iterdir()
                  if path.name not in named and path.name != "cases.json"]
        assert not unused, f"no case uses {unused}"


def main():
    shutil.rmtree(EDGE, ignore_errors=True)
    EDGE.mkdir()
    cases = Cases(EDGE)
    for part in [edge_arrays.npy, edge_arrays.npz, edge_values.labels, edge_values.scores, edge_values.widths,
                 edge_tables.csv, edge_tables.parquet]:
        part(cases)
    cases.close()


if __name__ == "__main__":
    main()
