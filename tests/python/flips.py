#!/usr/bin/python3
"""Flip one byte of a ledger's files after another and let scripts/recount.py find each.

    flips.py FOLDER STEP FIRST    FOLDER/ledger and FOLDER/log.vkey; every STEP-th byte from FIRST on

Prints each flip that is not found as `missed PATH OFFSET`, then `flips N missed M`; the files are
left as they were.
"""

import importlib.util
import os
import sys

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load_recount():
    spec = importlib.util.spec_from_file_location(
        "recount", os.path.join(ROOT, "scripts", "recount.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["recount"] = module
    spec.loader.exec_module(module)
    return module


def places(ledger, step, first):
    """(path, offset) of the bytes to flip, counted through all files."""
    left = first
    paths = sorted(os.path.join(parent, name) for parent, _, names in os.walk(ledger)
                   for name in names)
    for path in paths:
        size = os.path.getsize(path)
        yield from ((path, at) for at in range(left, size, step))
        left = (left - size) % step if left < size else left - size


def main(folder, step, first):
    recount = load_recount()
    ledger = os.path.join(folder, "ledger")
    with open(os.path.join(folder, "log.vkey"), encoding="utf-8") as file:
        vkey = recount.read_verifier_key(file.read())
    if recount.verify(ledger, vkey).findings:
        print("the ledger is not good before anything is flipped", file=sys.stderr)
        return 2
    flips = missed = 0
    for path, at in places(ledger, int(step), int(first)):
        with open(path, "r+b", buffering=0) as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << at % 8]))
            flips += 1
            if not recount.verify(ledger, vkey).findings:
                print("missed", os.path.relpath(path, ledger), at)
                missed += 1
            file.seek(at)
            file.write(bytes([byte]))
    print("flips", flips, "missed", missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
