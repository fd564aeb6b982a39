"""How well comments are read, and how fast: prints the table and writes it to docs/comments-table.md.

    make words DATA=folder
    python -m benchmarks.words --data folder --only mood_table

Every section is made by a module of benchmarks/voices/ with `section(data) -> str`. Minutes.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

SECTIONS = ("mood_table", "theme_table", "crisis", "languages", "scrub_table", "pipeline_table")
"""Modules of benchmarks/voices/, in the order in which they are read."""

HEAD = """# How well comments are read

Written by `make words`; do not edit. Ours are figures on texts whose authors the model or list in question has not
met, as each section says. One annotator wrote most labels: a disagreement may be the label's.

"""


def main() -> int:
    """Write all sections, or print one."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--data", type=Path, required=True, help="folder with the labelled texts")
    ask.add_argument("--only", choices=SECTIONS, help="print one section and write nothing")
    ask.add_argument("--out", type=Path, default=Path("docs/comments-table.md"))
    told = ask.parse_args()
    if not told.data.is_dir():
        ask.error("--data names no folder")
    parts = []
    for name in [told.only] if told.only else SECTIONS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        parts.append(importlib.import_module(f"benchmarks.voices.{name}").section(told.data))
    page = HEAD + "\n".join(parts)
    print(page)
    if not told.only:
        told.out.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
