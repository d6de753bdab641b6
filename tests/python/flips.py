#!/usr/bin/python3
"""Flip one byte of a ledger's files after another and let scripts/recount.py find each.

    flips.py FOLDER STEP FIRST    FOLDER/ledger and FOLDER/log.vkey; every STEP-th byte from FIRST on
    flips.py FOLDER               the flips come on standard input, `OFFSET BIT PATH` a line

Prints each flip that is not found as `missed PATH OFFSET`, then `flips N missed M`; the files are
left as they were. Each time the whole folder is read and checked; only what a pure function gave
for the same bytes (the cut of a bundle, a leaf's hash, the root over a row of hashes) is remembered.
"""

import functools
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


def remember(recount):
    """Bounded: what a flip makes is forgotten again, what the folder holds is asked for each time."""
    recount.split_bundle = functools.lru_cache(1 << 16)(recount.split_bundle)
    recount.leaf_hash = functools.lru_cache(1 << 22)(recount.leaf_hash)
    whole = recount.tree_root
    root_of_row = functools.lru_cache(1 << 14)(lambda row: whole(list(row)))

    def tree_root(nodes):
        """Over rows of 256 first: only the last row may be shorter, so the pairs are the same."""
        while len(nodes) > 256:
            nodes = [root_of_row(tuple(nodes[i:i + 256])) for i in range(0, len(nodes), 256)]
        return root_of_row(tuple(nodes))

    recount.tree_root = tree_root


def places(ledger, step, first):
    """(path, offset, bit) of the bytes to flip, counted through all files."""
    left = first
    paths = sorted(os.path.join(parent, name) for parent, _, names in os.walk(ledger)
                   for name in names)
    for path in paths:
        size = os.path.getsize(path)
        yield from ((path, at, at % 8) for at in range(left, size, step))
        left = (left - size) % step if left < size else left - size


def listed_places(ledger):
    for line in sys.stdin:
        at, bit, path = line.rstrip("\n").split(" ", 2)
        yield os.path.join(ledger, path), int(at), int(bit)


def main(folder, step=None, first=None):
    recount = load_recount()
    ledger = os.path.join(folder, "ledger")
    with open(os.path.join(folder, "log.vkey"), encoding="utf-8") as file:
        vkey = recount.read_verifier_key(file.read())
    if recount.verify(ledger, vkey).findings:
        print("the ledger is not good before anything is flipped", file=sys.stderr)
        return 2
    remember(recount)
    flips = missed = 0
    for path, at, bit in places(ledger, int(step), int(first)) if step else listed_places(ledger):
        with open(path, "r+b", buffering=0) as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << bit]))
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
