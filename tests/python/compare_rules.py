#!/usr/bin/python3
"""Judge rules files by scripts/recount.py (PROTOCOL.md §3): a file in hex on each line of standard
input, `ok` or `invalid` on each line of output, as tests/tools/rules --counting --hex says it."""

import importlib.util
import os
import sys

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
spec = importlib.util.spec_from_file_location("recount", os.path.join(ROOT, "scripts", "recount.py"))
recount = importlib.util.module_from_spec(spec)
sys.modules["recount"] = recount
spec.loader.exec_module(recount)

for line in sys.stdin:
    try:
        recount.read_rules(bytes.fromhex(line))
        print("ok")
    except ValueError:
        print("invalid")
