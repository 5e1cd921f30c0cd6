# SPDX-License-Identifier: Apache-2.0
"""
readme.py README FOLDER: the commands of README in their order, each as the files NNN.sh (what is typed),
NNN.who ("root" or "user"), NNN.section and NNN.status (how it is to end) of FOLDER.

A command is an indented line behind "$ " or "# ", with the lines that a backslash or a here-document adds to it.
"(ends with 3, ...)" behind it is for people, and the status that is expected.
"""
import re
import sys
from pathlib import Path


def commands(lines):
    section = ""
    while lines:
        line = lines.pop(0)
        if lines and re.fullmatch(r"-{3,}", lines[0]):
            section = line
        start = re.fullmatch(r"    ([$#]) (.*)", line)
        if not start:
            continue
        who, text = start.groups()
        expected = re.search(r"\s+\(ends with (\d+)[^()]*\)$", text)
        if expected:
            text = text[: expected.start()]
        while text.endswith("\\"):
            text = text[:-1] + lines.pop(0).strip()
        if "<<'END'" in text:
            while not text.endswith("\nEND"):
                text += "\n" + lines.pop(0).removeprefix("    ")
        yield section, "user" if who == "$" else "root", int(expected[1]) if expected else 0, text


def main(readme, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for n, (section, who, status, text) in enumerate(commands(Path(readme).read_text().splitlines()), 1):
        for name, content in ("sh", text), ("who", who), ("section", section), ("status", status):
            (folder / f"{n:03}.{name}").write_text(f"{content}\n")


main(*sys.argv[1:])
