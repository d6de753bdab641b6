"""Judge again, by scripts/recount.py, what tests/tools/judge_cases printed (on standard input).

Prints each case on which the two readings of PROTOCOL.md §6 differ, then one line of totals.
"""

import collections
import copy
import hashlib
import importlib.util
import os
import sys

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ORIGIN = "votes.example/mini"


def load_recount():
    spec = importlib.util.spec_from_file_location("recount", os.path.join(ROOT, "scripts", "recount.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["recount"] = module
    spec.loader.exec_module(module)
    return module


def copy_judge(recount, judge):
    """A judge to ask and throw away: what it shares with the other never changes."""
    shared = {id(judge.leaves): judge.leaves, id(judge.file_of): judge.file_of}
    twin = copy.deepcopy(judge, shared)
    twin.handlers = {name: getattr(twin, "judge_" + name) for name in recount.TYPES}
    return twin


def main():
    recount = load_recount()
    files, entries, cases = {}, [], collections.defaultdict(list)
    for line in sys.stdin:
        kind, *words = line.split()
        data = bytes.fromhex(words[-1])
        if kind == "file":
            files[hashlib.sha256(data).hexdigest()] = data
        elif kind == "entry":
            entries.append(data)
        else:
            cases[int(words[0])].append((words[1], data))

    judge = recount.Judge(ORIGIN, [recount.leaf_hash(entry) for entry in entries], files.get, map)
    total, differences, codes = 0, 0, set()
    for i in range(len(entries) + 1):
        for code, data in cases[i]:
            twin, found = copy_judge(recount, judge), "accepted"
            keys = recount.published_keys(entries + [data])
            try:
                twin.judge(i, recount.examine(ORIGIN, keys, data))
            except recount.Finding as finding:
                found = str(finding)
            total, codes = total + 1, codes | {code}
            if found != code:
                differences += 1
                print(f"at {i}: the fold says {code}, recount.py {found}: {data!r}")
        if i < len(entries):
            judge.judge(i, recount.examine(ORIGIN, recount.published_keys(entries), entries[i]))
    print(f"{total} cases, {len(codes)} codes, {differences} differences")


main()
