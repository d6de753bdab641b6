"""The corpus of damaged ledgers, each with exactly the findings that a verifier must list.

`cases` lists them: a name, the files of the folder, the expected findings.
"""

import base64
import hashlib
import json
import os

import ledger_writer as w
from ledger_writer import (HOUR, REGISTER, RULES, STAFF, START, Campaign, b64, canonical,
                           ed25519_key, fixed, p256_key, rsa_key)

WHOLE = -1


# R = the neutral point and S = 0: a lax verifier takes it for any message when A is neutral too.
NEUTRAL_POINT = b"\1" + bytes(31)
NEUTRAL_SIGNATURE = NEUTRAL_POINT + bytes(32)


class BareKey:
    """An SPKI of any bytes, with some other key's signatures or the neutral one."""

    def __init__(self, spki, signer=None):
        self.spki, self.id, self.signer = spki, w.sha256(spki)[:8].hex(), signer

    def sign(self, message):
        return self.signer.sign(message) if self.signer else NEUTRAL_SIGNATURE


# ---- Damages of single entries, by the point of the sample campaign ----

def flip(text, place=-9):
    """Base64 with one bit of one byte changed."""
    data = bytearray(base64.b64decode(text))
    data[place] ^= 1
    return b64(bytes(data))


def with_flipped_signature(entry):
    entry["sigs"][-1]["s"] = flip(entry["sigs"][-1]["s"])
    return entry


def reversed_signers(entry):
    entry["sigs"].reverse()
    return entry


def plain_vote(c, cat="edu"):
    return canonical({"c": str(c.admitted[cat][0]), "m": "choose"})


def ballot(c, voter, rev=1, cat="edu", **changes):
    return c.ballot_entry(cat, voter, plain_vote(c), rev, **changes)


def damage_keys(c):
    """After the good keys, before anything is scheduled."""
    new, other, rsa = ed25519_key("new"), p256_key("other"), rsa_key("edu")
    staff = {"role": "auditor", "person": "demo-new"}
    off_curve = other.spki[:-1] + bytes([other.spki[-1] ^ 1])
    yield "key_malformed", c.key_entry("seal", BareKey(off_curve))
    yield "key_malformed", c.key_entry("registrar", other)
    yield "key_malformed", c.key_entry("registrar", BareKey(new.spki + b"\0", new))
    yield "key_malformed", c.key_entry("registrar", BareKey(b"", new))
    yield "key_malformed", c.key_entry("pass", BareKey(w.rsa_spki(rsa.modulus, 3), rsa), "edu")
    yield "key_malformed", c.key_entry("pass", BareKey(w.rsa_spki(rsa.p), rsa), "edu")
    yield "key_malformed", c.key_entry("pass", BareKey(w.rsa_spki(rsa.modulus >> 1 | 1), rsa), "edu")
    small = w.rsa_spki(rsa.modulus).replace(w.der(2, b"\0" + rsa.modulus.to_bytes(256, "big")),
                                            w.der(2, b"\0" + (rsa.modulus // 2).to_bytes(256, "big")))
    yield "key_malformed", c.key_entry("pass", BareKey(small, rsa), "edu")
    yield "category_unknown", c.key_entry("pass", BareKey(b"x"), "none")
    yield "key_id", c.key_entry("registrar", new, id=ed25519_key("ann").id)
    yield "key_known", c.key_entry("staff", ed25519_key("ann"), **staff)
    yield "key_known", c.key_entry("registrar", ed25519_key("max"))
    yield "key_duplicate", c.key_entry("seal", other)
    yield "key_duplicate", c.key_entry("pass", rsa_key("art2"), "art")
    yield "demo_key", c.key_entry("staff", new, role="auditor", person="new")
    yield "key_pop", c.key_entry("registrar", new, pop=b64(new.sign(b"else")))
    yield "key_pop", c.key_entry("registrar", new, pop="")
    yield "key_pop", c.key_entry("staff", new, pop=b64(w.key_pop(c.origin, "registrar", "", new)),
                                 **staff)
    yield "key_pop", c.key_entry("registrar", BareKey(new.spki[:12] + NEUTRAL_POINT))
    yield "key_pop", c.key_entry("registrar", BareKey(new.spki[:12] + b"\xff" * 32, new))
    yield "key_unknown", c.staff_entry("revoke", id=new.id, why="?")
    yield "key_revoked", c.staff_entry("revoke", id=ed25519_key("leo").id, why="again")
    yield "signers_order", reversed_signers(c.notice_entry("order", ("ann", "bob")))
    twice = c.notice_entry("twice", ("ann",))
    yield "signers_order", twice | {"sigs": twice["sigs"] * 2}
    yield "signer_unknown", c.notice_entry("unknown", ("ann", "nobody"))
    yield "signer_unknown", c.notice_entry("registrar", ("registrar",))
    yield "signer_unknown", c.nominate_entry("edu", "n1", "p1", ("ann",))
    yield "signer_revoked", c.notice_entry("revoked", ("leo",))
    first_is_leo = ed25519_key("leo").id < ed25519_key("nobody").id
    yield ("signer_revoked" if first_is_leo else "signer_unknown",
           c.notice_entry("the first signer decides", ("leo", "nobody")))
    yield "signer_role", c.notice_entry("role", ("eve",))
    yield "signer_role", c.key_entry("registrar", new, names=("ann", "bob", "olga"))
    yield "signers_missing", c.key_entry("registrar", new, names=("ann", "ann2"))
    yield "signers_missing", c.phase_entry("nomination", "schedule", ("bob",), opens=1, closes=2)
    yield "signature_wrong", with_flipped_signature(c.notice_entry("flipped"))
    yield "signature_wrong", c.notice_entry("said") | {"text": "unsaid"}
    big = c.notice_entry("S is not reduced")
    raw = base64.b64decode(big["sigs"][0]["s"])
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(raw[32:], "little") + order
    big["sigs"][0]["s"] = b64(raw[:32] + s.to_bytes(32, "little"))
    yield "signature_wrong", big
    yield "seen_wrong", c.notice_entry("seen", seen=len(c.entries) + 1)
    yield "genesis_place", c.genesis_entry()
    c.now -= 61
    yield "time_back", c.notice_entry("early")
    c.now += 61
    yield "phase_unknown", c.phase_entry("council", "schedule", opens=1, closes=2)
    yield "phase_unknown", c.own_phase_entry("any", "open")
    yield "phase_times", c.phase_entry("screening", "schedule", opens=START, closes=START)
    yield "phase_order", c.phase_entry("nomination", "open")
    yield "phase_order", c.own_phase_entry("nomination", "open")
    yield "phase_order", c.own_phase_entry("nomination", "close")
    yield "phase_order", c.phase_entry("nomination", "extend", closes=START * 2, no="1")
    yield "phase_order", c.phase_entry("nomination", "pause")
    yield "phase_order", c.phase_entry("nomination", "resume")
    yield "window_not_open", c.nominate_entry("edu", "n1", "p1")
    yield "category_unknown", c.nominate_entry("none", "n1", "p1")
    yield "window_not_open", ballot_before_nominees(c)
    yield "mark_place", c.mark_entry()
    yield "unseal_place", c.unseal_entry()
    yield "nomination_unknown", c.moderate_entry(0, "admit")
    yield "ballot_unknown", c.void_entry(0)


def ballot_before_nominees(c):
    c.admitted["edu"] = [1]
    entry = ballot(c, "v1")
    c.admitted["edu"] = []
    return entry


BAD_REGISTERS = [
    b"", b"\n\n", b"name\nn1\n", b"id,id\n1,2\n", b"id\n\xff\n", b"\xef\xbb\xbfid\nn1\n",
    b"\xef\xbb\xbfname,id\nx,n1\n", b"id,name\nn1\n", b"id\nn1,x\n", b"id\nn1\nn1\n", b"id,name\n,x\n", b'id\n""\n',
    b'id\nn"1\n', b'id\n"n1\n', b'id\n"n1"x\n', b"id\nn1\rn2\n", b"id\nn1\r", b'"id\n',
    b"id\n" + b"x" * 65 + b"\n", "id\n".encode() + "ң".encode() * 33 + b"\n", b"ID\nn1\n",
    b"id \nn1\n", b'id,name\n"n1" ,x\n',
]
GOOD_REGISTERS = [
    (b"id", 0), (b"id\n", 0), (b"\nid\n\n", 0), (b"id\r\nn1\r\n\r\nn2", 2), (b'"id"\n"n1"', 1),
    (b'a,id,b\n,n1,\n"\r\n",n2,"\r"', 2), (b'id\n"a""b"\n' + b"x" * 64, 2),
    ("id\n".encode() + "ң".encode() * 32, 1), (b'id\n" "\n  \n\t\n', 3), (b"id,n\nn1,\"\"\n", 1),
    (b"\n\r\nid\n\x00\n", 1),
]


def damage_registers(c):
    for data in BAD_REGISTERS:
        yield "register_malformed", c.register_entry(data, 1)
    yield "register_malformed", c.register_entry(b'id\n" "\n \n', 1)
    for data, count in GOOD_REGISTERS:
        yield None, c.register_entry(data, count)
        yield "register_count", c.register_entry(data, count + 1)
    yield "register_count", c.register_entry(REGISTER, 6)
    yield "file_missing", c.staff_entry("register", ("ann",), set="0" * 64, n=5)
    yield "signer_role", c.register_entry(REGISTER, 5, ("max",))
    yield None, c.register_entry(REGISTER, 5)


def damage_scheduled(c):
    yield "phase_times", c.own_phase_entry("nomination", "open")
    yield "phase_times", c.phase_entry("nomination", "extend", closes=START + 2 * HOUR, no="1")
    yield "phase_order", c.phase_entry("screening", "open")
    yield "phase_order", c.phase_entry("evaluation", "open")
    yield "window_not_open", c.nominate_entry("edu", "n1", "p1")
    c.now = START + HOUR
    yield "overdue", c.notice_entry("late")
    yield "overdue", c.phase_entry("nomination", "open")
    yield "overdue", c.own_phase_entry("nomination", "close")
    yield "overdue", c.own_phase_entry("screening", "open")
    yield "overdue", c.nominate_entry("none", "n1", "p1", ("nobody",))
    yield "overdue", c.mark_entry()


def damage_nominating(c):
    first = next(i for i, entry in enumerate(c.entries) if b'"t":"nominate"' in entry)
    support = len(c.entries) - 1
    yield "nominated_twice", c.nominate_entry("edu", "n1", "p1")
    yield "ngo_unknown", c.nominate_entry("edu", "n9", "p1")
    yield "ngo_unknown", c.nominate_entry("edu", "n0", "p1")
    yield "category_unknown", c.nominate_entry("none", "n9", "p1")
    yield "signature_wrong", with_flipped_signature(c.nominate_entry("edu", "n1", "p3"))
    yield "signer_unknown", c.nominate_entry("edu", "n1", "p3", ("eve",))
    yield "nomination_unknown", c.moderate_entry(support, "admit")
    yield "nomination_unknown", c.moderate_entry(999999, "admit")
    yield "signers_missing", c.moderate_entry(first, "refuse")
    yield "signer_role", c.moderate_entry(first, "admit", ("olga",))
    yield "nomination_unknown", c.amend_entry(support)
    yield "signer_unknown", c.amend_entry(first, names=("ann",))
    yield "amended_before", c.amend_entry(first, "why edu n1 p1")
    yield None, c.amend_entry(first, "more")
    yield "amended_before", c.amend_entry(first, "more")
    yield None, c.amend_entry(first, "less")
    yield "nomination_not_refused", c.moderate_entry(first, "reopen", ("eve", "max"))
    yield "signers_missing", c.moderate_entry(first, "reopen")
    yield "fields_wrong", c.moderate_entry(first, "merge")
    yield "fields_wrong", c.merge_entry(first, first + 1) | {"d": "admit"}
    yield "merge_target_wrong", c.merge_entry(first, first)
    yield "merge_target_wrong", c.merge_entry(first, support)
    yield "merge_target_wrong", c.merge_entry(first, first + 4)
    yield "commitment_unknown", c.erase_entry(first - 1)
    yield "commitment_unknown", c.erase_entry(999999)
    yield "fields_wrong", c.erase_entry(support, "wish")
    yield "signer_role", c.erase_entry(support, names=("max",))
    yield None, c.erase_entry(support)
    yield "erased_before", c.erase_entry(support, "court")
    yield "phase_order", c.phase_entry("nomination", "schedule", opens=c.now, closes=c.now + 1)
    yield "phase_order", c.phase_entry("nomination", "open")
    yield "phase_order", c.phase_entry("nomination", "resume")
    yield "phase_times", c.own_phase_entry("nomination", "close")
    yield "phase_times", c.phase_entry("nomination", "extend", closes=START + 4 * HOUR, no="1")
    notice = c.notice_entry("once")
    yield None, notice
    yield "repeated_body", notice
    yield "repeated_body", c.notice_entry("once", ("ann",), seen=notice["seen"])
    yield None, c.notice_entry("once")


def damage_paused(c):
    yield "campaign_paused", c.nominate_entry("edu", "n2", "p2")
    yield "phase_order", c.phase_entry("nomination", "pause")


def damage_nomination_over(c):
    yield "overdue", c.nominate_entry("edu", "n2", "p2")
    yield "overdue", c.phase_entry("nomination", "close")
    yield "overdue", c.phase_entry("nomination", "extend", closes=c.now + HOUR, no="9")


def damage_screening(c):
    yield "window_closed", c.nominate_entry("edu", "n2", "p2")
    yield "phase_order", c.own_phase_entry("nomination", "close")
    yield "phase_order", c.phase_entry("nomination", "schedule", opens=c.now, closes=c.now + 1)
    yield "phase_order", c.phase_entry("nomination", "resume")
    yield "window_not_open", ballot_before_nominees(c)


def damage_unready(c):
    yield "evaluation_unready", c.own_phase_entry("evaluation", "open")
    yield "evaluation_unready", c.phase_entry("evaluation", "open")
    yield "nomination_decided", c.moderate_entry(c.admitted["edu"][0], "admit")
    yield "nomination_decided", c.moderate_entry(c.refused["health"], "return")
    yield "nomination_decided", c.amend_entry(c.refused["health"])
    yield "nomination_not_refused", c.moderate_entry(c.refused["health"], "reopen", ("eve", "max"))
    yield "nomination_not_refused", c.moderate_entry(c.refused["sport"], "reopen", ("eve", "max"))
    yield "nomination_not_refused", c.moderate_entry(c.admitted["edu"][0], "reopen", ("eve", "max"))
    yield "nomination_decided", c.merge_entry(c.refused["sport"], c.admitted["sport"][1])
    yield "merge_target_wrong", c.merge_entry(c.refused["edu"], c.admitted["art"][0])
    yield "erased_before", c.erase_entry(c.admitted["edu"][0])
    yield None, c.notice_entry("nothing is due before it is ready")


def damage_due(c):
    yield "overdue", c.notice_entry("late")
    yield "overdue", c.phase_entry("evaluation", "open")


def damage_voting(c):
    yield "key_late", c.key_entry("seal", p256_key("other"))
    yield "key_late", c.key_entry("pass", rsa_key("art2"), "edu")
    yield None, c.key_entry("staff", ed25519_key("new"), role="auditor", person="demo-new")
    yield "window_closed", c.register_entry(REGISTER, 5)
    yield "window_closed", c.moderate_entry(c.admitted["edu"][0], "admit")
    yield "window_closed", c.amend_entry(c.refused["art"])
    yield "window_closed", c.moderate_entry(c.refused["art"], "reopen", ("eve", "max"))
    yield "pass_key_wrong", c.issue_entry("edu", "x", key=rsa_key("art"))
    yield "pass_key_wrong", c.issue_entry("edu", "x", key=ed25519_key("ann"))
    yield "issued_twice", c.issue_entry("edu", "v1")
    yield "category_unknown", c.issue_entry("none", "v1")
    yield "category_unknown", ballot(c, "absent") | {"cat": "none"}
    yield "pass_key_wrong", ballot(c, "absent", ik=rsa_key("art").id)
    good = base64.b64decode(ballot(c, "absent")["ct"])
    yield "ct_length", ballot(c, "absent", ct=b64(good[:-1]))
    yield "ct_length", ballot(c, "absent", ct=b64(good + bytes(64)))
    yield "rev_out_of_range", ballot(c, "absent", rev=0)
    yield "rev_out_of_range", ballot(c, "absent", rev=4)
    yield "pass_forged", ballot(c, "absent", tok=flip(ballot(c, "absent")["tok"]))
    yield "pass_forged", ballot(c, "absent", pre=b64(fixed("other pre")))
    yield "pass_forged", ballot(c, "absent", tok=ballot(c, "v1")["tok"])
    own, pre = ed25519_key("pass edu absent").public, fixed("pre edu absent")
    short_salt = w.pass_token("edu", c.origin, "edu", own, pre, 32)
    yield "pass_forged", ballot(c, "absent", tok=b64(short_salt))
    yield "pass_forged", ballot_with_large_token(c)
    tok = w.pass_token("edu", c.origin, "edu", NEUTRAL_POINT, fixed("pre edu absent"))
    yield "signature_wrong", ballot(c, "absent", tok=b64(tok), pk=b64(NEUTRAL_POINT)) | {
        "sig": b64(NEUTRAL_SIGNATURE)}
    yield "signature_wrong", flip_sig(ballot(c, "absent"))
    yield "signature_wrong", ballot(c, "absent") | {"rev": 2}
    yield "rev_stale", ballot(c, "v1", rev=2)
    yield "rev_stale", ballot(c, "v0", rev=1)
    yield None, ballot(c, "absent")
    c.counts["edu"]["cast"] += 1
    c.choices["edu"]["absent"] = str(c.admitted["edu"][0])
    yield "passes_exceeded", ballot(c, "stranger")
    yield "mark_place", c.mark_entry()
    yield "ballot_unknown", c.void_entry(0)
    yield "signer_role", c.void_entry(c.voidable["edu"], ("ann", "eve"))
    yield "phase_order", c.phase_entry("screening", "pause")
    yield "unseal_place", c.unseal_entry()
    yield "tally_place", c.own_entry("tally", cat="edu", upto=1, result="0" * 64,
                                     **dict.fromkeys(w.COUNTS, 0))


def ballot_with_large_token(c):
    """A ballot whose token is a good one plus the modulus, which fits 256 bytes for some voters."""
    for number in range(1000):
        entry = ballot(c, f"large {number}")
        tok = int.from_bytes(base64.b64decode(entry["tok"]), "big") + rsa_key("edu").modulus
        if tok < 1 << 2048:
            return ballot(c, f"large {number}", tok=b64(tok.to_bytes(256, "big")))
    raise AssertionError("no token is small enough")


def flip_sig(entry):
    return entry | {"sig": flip(entry["sig"])}


def damage_eval_paused(c):
    yield "campaign_paused", ballot(c, "v1", rev=3)
    yield "pass_void", c.void_entry(c.voidable["edu"])
    yield "mark_place", c.mark_entry()
    c.now += HOUR - 1
    yield "mark_place", c.mark_entry()
    c.now += 1
    yield None, c.mark_entry()


def damage_voted(c):
    yield "pass_void", ballot(c, "void", rev=3)
    yield None, c.staff_entry("revoke", id=rsa_key("sport").id, why="lost")
    yield "key_revoked", c.issue_entry("sport", "x")
    yield "key_revoked", c.ballot_entry("sport", "v1", b"", rev=3)
    yield None, c.staff_entry("revoke", id=ed25519_key("registrar").id, why="lost")
    yield "signer_revoked", c.issue_entry("edu", "x")


def damage_overdue(c):
    yield "overdue", c.issue_entry("edu", "x")
    yield None, ballot(c, "v1", rev=3)
    c.counts["edu"]["cast"] += 1
    c.counts["edu"]["superseded"] += 1
    c.choices["edu"]["v1"] = str(c.admitted["edu"][0])


def damage_closed(c):
    yield "window_closed", c.issue_entry("edu", "x")
    yield "window_closed", ballot(c, "v2", rev=3)
    yield "mark_place", c.mark_entry()
    yield "tally_place", c.tally_entry("edu")
    yield "seal_key_wrong", c.unseal_entry(k=rsa_key("edu").id)
    yield "seal_key_wrong", c.unseal_entry(k="0" * 16)
    yield "seal_key_wrong", c.unseal_entry(sk=b64(fixed("other")))
    yield "seal_key_wrong", c.unseal_entry(sk=b64(bytes(32)))
    yield "seal_key_wrong", c.unseal_entry(sk=b64(b"\xff" * 32))
    yield "seal_key_wrong", c.unseal_entry(sk=b64(w.P256_ORDER.to_bytes(32, "big")))


def damage_unsealed(c):
    yield "unseal_place", c.unseal_entry()
    yield "window_closed", c.void_entry(c.voidable["eco"])
    for name in ("upto", *w.COUNTS):
        entry = c.tally_entry("eco")
        yield "tally_wrong", entry | {name: entry[name] + 1}
    yield "tally_result", c.tally_entry("eco", result=c.tally_entry("art")["result"])
    yield "tally_result", c.tally_entry("eco", result="0" * 64)
    other = c.tally("eco")
    other["ranking"][0]["voters"] += 1
    yield "tally_result", c.tally_entry("eco", result=c.file(canonical(other)))
    yield "tally_result", c.tally_entry("eco", result=c.file(canonical(c.tally("eco")) + b"\n"))
    yield "category_unknown", c.tally_entry("eco") | {"cat": "none"}


def damage_tallied(c):
    yield "tally_place", c.tally_entry("eco")
    yield "unseal_place", c.unseal_entry()


POINT_DAMAGES = {
    "keys": [damage_keys], "scheduled": [damage_registers, damage_scheduled],
    "nominating": [damage_nominating], "paused": [damage_paused],
    "nomination_over": [damage_nomination_over], "screening": [damage_screening],
    "unready": [damage_unready], "due": [damage_due], "voting": [damage_voting],
    "eval_paused": [damage_eval_paused], "voted": [damage_voted], "overdue": [damage_overdue],
    "closed": [damage_closed], "unsealed": [damage_unsealed], "tallied": [damage_tallied],
}


def damaged_campaign(wanted):
    """The sample campaign with all damages of one point."""
    def hook(point, c):
        for damages in POINT_DAMAGES[point] if point == wanted else ():
            for code, entry in damages(c):
                c.add(entry) if code is None else c.bad(code, entry)
    return w.sample_campaign(hook)


# ---- Damages of the genesis ----

def ballot_rules(**ballot):
    return RULES | {"categories": [{"id": "edu", "ballot": ballot}]}


def criteria(*pairs):
    return [{"id": name, "weight": weight} for name, weight in pairs]


SCORE = {"method": "score", "at_most": 2, "least": 0, "most": 0, "criteria": criteria(("a", 1))}
DEEP = json.dumps(RULES)[:-1]
BAD_RULES = [
    b"", b"[]", b"{}", b"{", b"\xef\xbb\xbf" + DEEP.encode() + b"}", DEEP.encode() + b"} x",
    DEEP.encode() + b', "max_rev": 3}', DEEP.encode() + b', "x": {"a": 1, "\\u0061": 1}}',
    DEEP.encode() + b', "x": 1.0}', DEEP.encode() + b', "x": 1e3}',
    DEEP.encode() + b', "x": 9007199254740992}', DEEP.encode() + b', "x": "\\u0000"}',
    DEEP.encode() + b', "x": "\\ud800"}', DEEP.encode() + b', "\\ud800": 1}',
    DEEP.encode() + b', "x": "\xff"}', DEEP.encode() + b', "x": NaN}',
    DEEP.encode() + b', "x": 1\0}', DEEP.encode() + b', "x": "a\nb"}', DEEP.encode() + b', "x": 01}',
    DEEP.encode() + b', "x": ' + b"[" * 16 + b"]" * 16 + b"}",
    DEEP.encode() + b', "x": ' + b"[" * 50000 + b"]" * 50000 + b"}",
    DEEP.encode() + b"}" + b" " * (1 << 20),
    RULES | {"phases": []}, RULES | {"phases": [{"id": "nomination"}]},
    RULES | {"phases": [{"id": "evaluation"}, {"id": "nomination"}]},
    RULES | {"phases": [{"id": "evaluation"}, {"id": "evaluation"}]},
    RULES | {"phases": [{"id": "evaluation"}, {"id": "party"}]}, RULES | {"phases": ["evaluation"]},
    RULES | {"phases": {"id": "evaluation"}}, RULES | {"phases": [{"id": "evaluation"}, {}]},
    RULES | {"categories": []}, RULES | {"categories": {}}, RULES | {"categories": [1]},
    RULES | {"categories": [{"id": "edu"}]}, RULES | {"categories": RULES["categories"][:1] * 2},
    RULES | {"categories": [{"id": "Edu", "ballot": {"method": "choose"}}]},
    RULES | {"categories": [{"id": "e" * 17, "ballot": {"method": "choose"}}]},
    RULES | {"categories": [{"id": "", "ballot": {"method": "choose"}}]},
    RULES | {"categories": [{"id": 1, "ballot": {"method": "choose"}}]},
    RULES | {"categories": [{"ballot": {"method": "choose"}}]},
    RULES | {"categories": [{"id": f"c{i}", "ballot": {"method": "choose"}} for i in range(65)]},
    RULES | {"max_rev": 0}, RULES | {"max_rev": "3"}, RULES | {"max_rev": True},
    RULES | {"tie_breaks": ["voters", "voters"]}, RULES | {"tie_breaks": ["age"]},
    RULES | {"tie_breaks": "lot"}, {k: v for k, v in RULES.items() if k != "tie_breaks"},
    ballot_rules(), ballot_rules(method="veto"), ballot_rules(method="approve"),
    ballot_rules(method="approve", at_most=0), ballot_rules(method="approve", at_most=5001),
    ballot_rules(method="approve", at_most=-1), ballot_rules(method="points"),
    ballot_rules(method="points", sum=0), ballot_rules(method="points", sum=None),
    ballot_rules(method="rank", at_most=2), ballot_rules(method="rank", at_most=2, weights=[1]),
    ballot_rules(method="rank", at_most=2, weights=[1, -1]),
    ballot_rules(method="rank", at_most=2, weights=[1, "1"]),
    ballot_rules(method="rank", at_most=2, weights=[2, True]),
    ballot_rules(**SCORE | {"least": 2, "most": 1}), ballot_rules(**SCORE | {"least": -1}),
    ballot_rules(**SCORE | {"criteria": []}),
    ballot_rules(**SCORE | {"criteria": criteria(("a", 1), ("a", 2))}),
    ballot_rules(**SCORE | {"criteria": criteria(("a", 0))}),
    ballot_rules(**SCORE | {"criteria": criteria(("A", 1))}),
    ballot_rules(**SCORE | {"criteria": criteria(("a" * 65, 1))}),
    ballot_rules(**SCORE | {"criteria": [{"weight": 1}]}),
    ballot_rules(**SCORE | {"criteria": criteria(*((f"a{i}", 1) for i in range(17)))}),
]
GOOD_RULES = [
    DEEP.encode() + b', "x": ' + b"[" * 15 + b"]" * 15 + b"}",
    DEEP.encode() + b', "x": [null, true, -9007199254740991, "\\ud83d\\ude00\\n", ""]}',
    b" \t\r\n" + DEEP.encode() + b"}\n", DEEP.encode() + b"}" + b" " * ((1 << 20) - len(DEEP) - 1),
    RULES | {"tie_breaks": []}, RULES | {"tie_breaks": ["lot", "voters"]},
    RULES | {"phases": [{"id": "evaluation"}]},
    RULES | {"categories": [{"id": f"c{i}", "ballot": {"method": "choose"}} for i in range(64)]},
    ballot_rules(method="choose", at_most=-5), ballot_rules(method="approve", at_most=5000),
    ballot_rules(method="rank", at_most=2, weights=[0, 9007199254740991]), ballot_rules(**SCORE),
    ballot_rules(**SCORE | {"criteria": criteria(*((f"a{i}", 1) for i in range(16)))}),
    ballot_rules(**SCORE | {"criteria": criteria(("a" * 64, 1))}),
]


def genesis_case(code, change=None, rules=RULES, staff=None):
    """A ledger of one genesis entry, in which `change` alters something."""
    c = Campaign(rules=RULES)
    data = rules if isinstance(rules, bytes) else json.dumps(rules).encode()
    entry = c.genesis_entry(staff, rules=c.file(data))
    if change:
        change(entry)
    c.add(entry) if code is None else c.bad(code, entry)
    return c


def set_first_staff(**changes):
    def change(entry):
        entry["staff"][0] |= changes
    return change


def set_fields(**changes):
    return lambda entry: entry.update(changes)


def remove_demo(entry):
    del entry["demo"]


def repeat_first_staff(entry):
    entry["staff"].append(entry["staff"][0])


def genesis_cases():
    """(name, campaign) of all ledgers that go wrong, or not, at the genesis."""
    ann = b64(ed25519_key("ann").spki)
    yield "genesis_origin_wrong", genesis_case("origin_wrong", set_fields(origin="other.example"))
    yield "genesis_file_missing", genesis_case("file_missing", set_fields(rules="0" * 64))
    yield "genesis_key_malformed", genesis_case("key_malformed", set_first_staff(key=ann[:-4]))
    yield "genesis_key_known", genesis_case("key_known", repeat_first_staff)
    yield "genesis_demo_without", genesis_case("demo_key", remove_demo)
    yield "genesis_demo_name", genesis_case("demo_key", set_first_staff(person="ann"))
    yield "genesis_key_pop", genesis_case("key_pop", set_first_staff(pop=b64(bytes(64))))
    yield "genesis_pop_short", genesis_case("key_pop", set_first_staff(pop=""))
    yield "genesis_signers_missing", genesis_case("signers_missing", staff={
        name: person for name, person in STAFF.items() if name in ("ann", "ann2", "eve")})
    good = genesis_case(None, set_fields(prev={"origin": "x", "root": b64(bytes(32)), "size": 0}))
    yield "genesis_good_prev", good
    for number, rules in enumerate(BAD_RULES):
        yield f"rules_bad_{number:02}", genesis_case("rules_invalid", rules=rules)
    for number, rules in enumerate(GOOD_RULES):
        yield f"rules_good_{number:02}", genesis_case(None, rules=rules)
    yield "genesis_refused", refused_genesis()
    c = Campaign()
    c.bad("genesis_place", c.mark_entry())
    c.bad("genesis_place", c.genesis_entry())
    yield "genesis_late", c


def refused_genesis():
    """After a genesis that was not accepted there is nothing: no key, no category, no phase."""
    c = genesis_case("key_pop", set_first_staff(pop=""))
    c.now = 1
    c.bad("genesis_place", c.genesis_entry())
    c.bad("signer_unknown", c.notice_entry("x"))
    c.bad("signer_unknown", c.issue_entry("edu", "x"))
    c.bad("phase_unknown", c.own_phase_entry("evaluation", "open"))
    c.bad("category_unknown", ballot_before_nominees(c))
    c.bad("mark_place", c.mark_entry())
    c.bad("unseal_place", c.unseal_entry())
    c.bad("category_unknown", c.own_entry("tally", cat="edu", upto=0, result="0" * 64,
                                          **dict.fromkeys(w.COUNTS, 0)))
    return c


# ---- Ballots too long for an entry ----

def sealed_case(length_of_last_id, ready):
    """Four nominees, whose longest ballot is 24 + 4 · (2 + 6 + 14 · 84 + that length + 20) bytes."""
    ids = [f"{i:x}" * 64 for i in range(14)] + ["z" * length_of_last_id]
    ballot = {"method": "score", "at_most": 4, "least": 0, "most": 2**53 - 1,
              "criteria": criteria(*((name, 1) for name in ids))}
    c = Campaign(rules=RULES | {"categories": [{"id": "art", "ballot": ballot}],
                                "phases": [{"id": "nomination"}, {"id": "evaluation"}]})
    c.add(c.genesis_entry())
    c.add(c.key_entry("registrar", ed25519_key("registrar")))
    c.add(c.key_entry("seal", p256_key("seal")))
    c.add(c.key_entry("pass", rsa_key("art"), "art"))
    c.add(c.register_entry(REGISTER, 5))
    c.add(c.phase_entry("nomination", "schedule", opens=START, closes=START + HOUR))
    c.add(c.own_phase_entry("nomination", "open"))
    w.pad_with_notices(c, 10)
    nominees = [c.add(c.nominate_entry("art", ngo, "p")) for ngo in ("n1", "n2", "n3", "n4")]
    for nominee in nominees:
        c.add(c.moderate_entry(nominee, "admit"))
    c.now += HOUR
    c.add(c.own_phase_entry("nomination", "close"))
    c.add(c.phase_entry("evaluation", "schedule", opens=c.now, closes=c.now + HOUR))
    if not ready:
        c.bad("evaluation_unready", c.own_phase_entry("evaluation", "open"))
        c.bad("evaluation_unready", c.phase_entry("evaluation", "open"))
        c.add(c.notice_entry("nothing is due before it is ready"))
        return c
    c.bad("overdue", c.notice_entry("late"))
    c.add(c.own_phase_entry("evaluation", "open"))
    return c


# ---- Canonical form and fields ----

NOTICE = b'{"at":1700000000,"seen":1,"sigs":[],"t":"notice","text":"%s","v":1}'
NOT_CANONICAL = [
    b"", b" ", b"{", b"[]", b"1", b'"x"', b"null", b"{}\n", b" {}", b"{ }", b'{"v": 1}', b"{}{}",
    b'{"v":1,"v":1}', b'{"v":1,"t":"mark"}', b'{"t":"mark","v":1,}', b'{"V":1}', b'{"":1}',
    b'{"a-b":1}', b'{"%s":1}' % (b"a" * 65), b'{"v":01}', b'{"v":-1}', b'{"v":-0}', b'{"v":+1}',
    b'{"v":1.0}', b'{"v":1e0}', b'{"v":9007199254740992}', b'{"v":%s}' % (b"9" * 5000),
    b'{"v":null}', b'{"v":true}', b'{"v":false}', b'{"v":NaN}', b'{"v":Infinity}',
    b'{"v":[[[[]]]]}', b'{"v":{"a":{"a":{"a":{}}}}}', b"[" * 8192, b'{"v":' * 1300,
    b'{"v":[%s1]}' % (b"1," * 254), b'{"v":"%s"}' % (b"a" * 8185), b"\xef\xbb\xbf{}",
    NOTICE % b"\\u0041", NOTICE % b"\\/", NOTICE % b"\\n", NOTICE % b"a\nb", NOTICE % b"\\u000a",
    NOTICE % b"\x7f", NOTICE % b"\x1f", NOTICE % b"\x00", NOTICE % b"\xff", NOTICE % b"\xc0\x80",
    NOTICE % b"\xed\xa0\x80", NOTICE % b"\\ud800", NOTICE % b"\xf4\x90\x80\x80", NOTICE % b"\xd0",
    *(NOTICE % char.encode() for char in "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"),
    *(NOTICE % text.encode() for text in ("e\u0301", "\u0344", "\u212b", "\u1100\u1161",
                                          "a\u0323\u0302\u0323", "a\u0302\u0323")),
]
OTHERWISE_WRONG = [
    ("version_unknown", b"{}"), ("version_unknown", b'{"t":"mark","v":2}'),
    ("version_unknown", b'{"t":"mark","v":"1"}'), ("version_unknown", b'{"v":[[[]]]}'),
    ("version_unknown", b'{"v":[%s1]}' % (b"1," * 253)),
    ("version_unknown", b'{"%s":9007199254740991}' % (b"a" * 64)),
    ("version_unknown", b'{"v":"%s"}' % (b"a" * 8184)),
    ("version_unknown", b'{"_":1,"a":1,"a0":1,"a_":1,"aa":1}'),
    ("type_unknown", b'{"v":1}'), ("type_unknown", b'{"t":"party","v":1}'),
    ("type_unknown", b'{"t":1,"v":1}'), ("type_unknown", b'{"t":["mark"],"v":1}'),
    *(("fields_wrong", NOTICE % text.encode()) for text in (
        "", "\\\\", "\\\"", "\u00e9", "\u200b", "\u202f", "\u2065", "\u206a", "\U0001f600",
        "\u0438\u0306\u0301"[1:], "\ufffe", "\uffff", "\x80")),
]


def canonical_case():
    c = genesis_case(None)
    for data in NOT_CANONICAL:
        c.bad("not_canonical", data)
    for code, data in OTHERWISE_WRONG:
        c.bad(code, data)
    return c


OPTIONAL = {"no", "demo", "prev"}
ODD_VALUES = ("", [], {}, "-", 7, 9007199254740991, [1], "0" * 15, "0" * 64, "A" * 43 + "=")


def takes(entry, field, value):
    """Whether the text allows this odd value in a field of this entry."""
    if field in ("at", "seen", "opens", "closes", "n", "rev", "upto", "ref", *w.COUNTS):
        return isinstance(value, int)
    if field in ("key", "pop"):
        return value in ("", "A" * 43 + "=", "0" * 64)
    if field in ("set", "result", "rules"):
        return value == "0" * 64
    if field in ("why", "no", "text", "ngo", "origin"):
        return isinstance(value, str) and value != ""
    if field in ("p", "c", "bh", "pk", "pre", "sk"):
        return value == "A" * 43 + "="
    if field == "ct":
        return value in ("0" * 64, "A" * 43 + "=")
    if field in ("person", "phase"):
        return value in ("-", "0" * 15, "0" * 64)
    return field == "cat" and value == "0" * 15


def fields_case():
    """Every kind of entry of the sample with a field missing, odd or too many."""
    c, seen = genesis_case(None), set()
    for data in w.sample_campaign().entries:
        entry = json.loads(data)
        kind = tuple(entry.get(name) for name in ("t", "use", "act"))
        kind += ("sigs" in entry, "no" in entry)
        if kind in seen:
            continue
        seen.add(kind)
        c.bad("fields_wrong", entry | {"zz": 1})
        for field in sorted(entry.keys() - {"v", "t"}):
            for value in ODD_VALUES:
                if not takes(entry, field, value):
                    c.bad("fields_wrong", entry | {field: value})
            if field not in OPTIONAL or entry.get("act") == "extend":
                c.bad("fields_wrong", {k: v for k, v in entry.items() if k != field})
        add_form_details(c, entry)
    return c


def add_form_details(c, entry):
    """Wrong values that only one kind of field can have."""
    sig = {"k": "0" * 16, "s": b64(bytes(64))}
    if "sigs" in entry:
        for sigs in ([sig | {"k": "0" * 17}], [sig | {"k": "A" * 16}], [sig | {"s": b64(bytes(63))}],
                     [sig | {"x": 1}], [{"k": sig["k"]}], [sig] * 9, sig):
            c.bad("fields_wrong", entry | {"sigs": sigs})
    for field in ("why", "no", "text"):
        if field in entry:
            c.bad("fields_wrong", entry | {field: "x" * 2001})
            c.bad("fields_wrong", entry | {field: "ң" * 1001})
    if "ngo" in entry:
        c.bad("fields_wrong", entry | {"ngo": "x" * 65})
        c.bad("fields_wrong", entry | {"ngo": "ң" * 33})
    if "c" in entry:
        for text in (b64(bytes(31)), b64(bytes(33)), "A" * 43, "A" * 42 + "B=", "A" * 43 + "==",
                     "-" + "A" * 42 + "=", "A" * 20 + " " + "A" * 23 + "="):
            c.bad("fields_wrong", entry | {"c": text})
    if "cat" in entry:
        for text in ("e" * 17, "Edu", "e-u"):
            c.bad("fields_wrong", entry | {"cat": text})
    if "phase" in entry:
        for text in ("x" * 65, "a b", "ң"):
            c.bad("fields_wrong", entry | {"phase": text})
        for act in ("start", "schedule", "extend", "pause"):
            if "sigs" not in entry or act == "start":
                c.bad("fields_wrong", entry | {"act": act})
    if "staff" in entry:
        c.bad("fields_wrong", entry | {"staff": entry["staff"][:1] * 17})
        c.bad("fields_wrong", entry | {"staff": [entry["staff"][0] | {"role": "king"}]})
        c.bad("fields_wrong", entry | {"staff": [entry["staff"][0] | {"use": "staff"}]})
        c.bad("fields_wrong", entry | {"demo": 0})
        prev = {"origin": "x", "root": b64(bytes(32)), "size": 0}
        for bad in (prev | {"size": ""}, prev | {"root": ""}, prev | {"x": 1}, {"origin": "x"}):
            c.bad("fields_wrong", entry | {"prev": bad})
    if "use" in entry:
        c.bad("fields_wrong", entry | {"use": "party"})
        if entry["use"] != "pass":
            c.bad("fields_wrong", entry | {"cat": "edu"})
        if entry["use"] != "staff":
            c.bad("fields_wrong", entry | {"person": "demo-x", "role": "auditor"})
    if "ct" in entry:
        c.bad("fields_wrong", entry | {"ct": b64(bytes(16))})
        c.bad("fields_wrong", entry | {"ct": b64(bytes(5001))})
        c.bad("fields_wrong", entry | {"enc": b64(bytes(64))})
        c.bad("fields_wrong", entry | {"tok": b64(bytes(255))})
        c.bad("fields_wrong", entry | {"at": 1})


def missing_tally_file():
    """The tally file itself is gone, and so the tally is not accepted."""
    def hook(point, c):
        if point == "tallied":
            del c.files[w.sha256(canonical(c.tally("eco"))).hex()]
            index = next(i for i, entry in enumerate(c.entries)
                         if b'"cat":"eco"' in entry and b'"t":"tally"' in entry)
            c.expected.append({"code": "file_missing", "index": index})
    return w.sample_campaign(hook)


# ---- Damages of the folder ----

def note(text, *lines):
    return (text + "\n" + "".join(lines)).encode()


def sha_of(text):
    return w.sha256(text.encode()).hex()[:8]


def note_of_length(length, text, line):
    """A note of exactly so many bytes: lines of unknown keys fill it."""
    lines = [line] + [f"— {'x' * 100} {b64(bytes(3 * 800))}\n"] * 4
    for name in range(1, 200):
        rest = length - len(note(text, *lines)) - len("—  \n".encode()) - name
        if rest % 4 == 0:
            return note(text, *lines, f"— {'x' * name} {b64(bytes(rest // 4 * 3))}\n")
    raise AssertionError("no name fits")


def checkpoint_cases(c):
    """(name, code, checkpoint) with wrong, and some unusual but good, checkpoints."""
    root = w.tree_hash([w.leaf_hash(entry) for entry in c.entries])
    size, log, origin = len(c.entries), ed25519_key("log"), c.origin
    text = w.checkpoint_text(origin, size, root)
    line = w.signature_line(text, origin, log)
    other = w.signature_line(text, "witness.example", ed25519_key("witness"))
    def signed(text):
        return note(text, w.signature_line(text, origin, log))
    malformed = {
        "empty": b"", "no_signature": text.encode(), "no_gap": (text + line).encode(),
        "no_lines": (text + "\n").encode(), "cut": note(text, line)[:-1],
        "latin": note(text, line) + b"\xff\n", "tab": signed(text[:-1] + "\t\n"),
        "return": signed(text.replace("\n", "\r\n")),
        "extension": signed(text + "more\n"), "short": signed(f"{origin}\n{size}\n"),
        "leading_zero": signed(text.replace(str(size), f"0{size}")),
        "size_zero": signed(w.checkpoint_text(origin, 0, root)),
        "size_large": signed(w.checkpoint_text(origin, 2**32, root)),
        "size_sign": signed(w.checkpoint_text(origin, f"+{size}", root)),
        "root_short": signed(w.checkpoint_text(origin, size, root[:31])),
        "root_bits": signed(text.replace("=\n", "=\n").replace(
            text[-3:], ("B" if text[-3] != "B" else "C") + "=\n")),
        "hyphen": note(text, line.replace("—", "-")),
        "bad_other_line": note(text, line, "— witness.example AAAA\n"),
        "bad_other_base64": note(text, line, "— witness.example AAAAAAAB==\n"),
        "name_plus": note(text, line, "— wit+ness AAAAAAA=\n"),
        **{f"name_space_{ord(space):04x}": note(text, line, f"— wit{space}ness AAAAAAA=\n")
           for space in "\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"},
        "name_control": note(text, line, "— wit\x1fness AAAAAAA=\n"),
        "name_escape": note(text, line, "— \x1b[31mwitness AAAAAAA=\n"),
        "name_256": note(text, line, "— " + "ң" * 128 + " AAAAAAA=\n"),
        "name_long": note(text, line, "— " + "x" * 256 + " AAAAAAA=\n"),
        "origin_256": signed(w.checkpoint_text("x" * 256, size, root)),
        "lines_65": note(text, line, *[other] * 64),
        "payload_4097": note(text, line, f"— witness {b64(bytes(4097))}\n"),
        "longer_16384": note_of_length(16385, text, line),
        "space": note(text, line.replace("\n", " \n")),
        "empty_line": note(text, line, "\n"),
    }
    for name, data in malformed.items():
        yield name, "checkpoint_malformed", data
    elsewhere = w.checkpoint_text("elsewhere.example", size, root)
    yield "origin", "checkpoint_origin", note(elsewhere, w.signature_line(elsewhere, origin, log))
    yield "key", "checkpoint_key", note(text, other)
    yield "key_other_id", "checkpoint_key", note(text, w.signature_line(text, origin,
                                                                        ed25519_key("log2")))
    yield "key_other_name", "checkpoint_key", note(text, w.signature_line(text, "x", log))
    wrong = w.signature_line(text + "x", origin, log)
    yield "signature", "checkpoint_signature", note(text, wrong)
    yield "signature_twice", "checkpoint_signature", note(text, line, wrong)
    short = f"— {origin} {b64(w.note_key_id(origin, log.public) + bytes(63))}\n"
    yield "signature_short", "checkpoint_signature", note(text, short)
    yield "good_witnessed", None, note(text, other, line, other)
    yield "good_twice", None, note(text, line, line)
    for name, text_origin in (("nfd", "e\u0301.example"), ("bidi", "a\u202eb"), ("del", "a\x7f"),
                              ("space", "a b"), ("255", "x" * 255)):
        text = w.checkpoint_text(text_origin, size, root)
        yield "origin_" + name, "checkpoint_origin", signed(text)
    text = w.checkpoint_text(origin, size, root)
    for name in ("e\u0301", "a\u202eb", "\u0344", "a\u200bb", "\x7f", "\ufffe", "\u0080", "\u061c",
                 "\u180e", "\U0001f600", "x" * 255, "ң" * 127):
        yield f"good_name_{sha_of(name)}", None, note(text, line, f"— {name} AAAAAAA=\n")
    yield "good_lines_64", None, note(text, *[other] * 63, line)
    yield "good_payload_4096", None, note(text, line, f"— witness {b64(bytes(4096))}\n")
    yield "good_length_16384", None, note_of_length(16384, text, line)


def folder_cases(c):
    """(name, paths, expected) of damaged folders of a campaign of 600 entries."""
    paths, leaves = c.paths(), [w.leaf_hash(entry) for entry in c.entries]
    entry_file = next(path for path in paths if path.startswith("files/"))

    def changed(path, data):
        return {p: d for p, d in (paths | {path: data}).items() if d is not None}

    def turned(path, place):
        data = bytearray(paths[path])
        data[place] ^= 1
        return changed(path, bytes(data))

    part = c.entries[512:]
    one = paths["tile/entries/001"]
    yield "bundle_missing", changed("tile/entries/001", None), [("bundle_missing", 256)]
    yield "bundle_other_width", {
        p.replace("entries/002.p/88", "entries/002.p/87"): d for p, d in paths.items()}, [
            ("bundle_missing", 512)]
    yield "bundle_two", changed("tile/entries/000", None) | {"tile/entries/001": b""}, [
        ("bundle_missing", 0), ("bundle_malformed", 256)]
    yield "bundle_cut", changed("tile/entries/001", one[:-1]), [("bundle_malformed", 256)]
    yield "bundle_longer", changed("tile/entries/001", one + b"\0"), [("bundle_malformed", 256)]
    yield "bundle_more", changed("tile/entries/002.p/88", w.bundle(part + part[:1])), [
        ("bundle_malformed", 512)]
    yield "bundle_and_tile", changed("tile/entries/001", None) | {"tile/0/001": b""}, [
        ("bundle_missing", 256)]
    swapped = w.bundle(part[1:2] + part[:1] + part[2:])
    yield "bundle_swapped", changed("tile/entries/002.p/88", swapped), [
        ("tile_mismatch", 512), ("root_mismatch", WHOLE)]
    yield "bundle_changed", turned("tile/entries/001", 40), [
        ("tile_mismatch", 256), ("tile_mismatch", 256), ("root_mismatch", WHOLE)]
    yield "tile_missing", changed("tile/0/001", None), [("tile_missing", 256)]
    yield "tile_missing_above", changed("tile/1/000.p/2", None), [("tile_missing", 0)]
    yield "tile_width", changed("tile/0/002.p/88", paths["tile/0/002.p/88"][:-1]), [
        ("tile_width", 512)]
    yield "tile_longer", changed("tile/0/001", paths["tile/0/001"] + bytes(32)), [
        ("tile_width", 256)]
    yield "tile_changed", turned("tile/0/001", 32 * 5 + 3), [("tile_mismatch", 261)]
    yield "tile_changed_above", turned("tile/1/000.p/2", 32), [("tile_mismatch", 256)]
    yield "root_mismatch", w.folder_files(c.entries, c.files, root=fixed("other root")), [
        ("root_mismatch", WHOLE)]
    yield "earlier_good", paths | {
        "tile/0/001.p/7": b"".join(leaves[256:263]), "tile/entries/001.p/7": w.bundle(
            c.entries[256:263]), "tile/1/000.p/1": paths["tile/1/000.p/2"][:32]}, []
    yield "earlier_tile", paths | {
        "tile/0/001.p/7": b"".join(leaves[256:262]) + bytes(32)}, [("tile_mismatch", 256)]
    yield "earlier_width", paths | {"tile/0/001.p/7": b"".join(leaves[256:264])}, [
        ("tile_width", 256)]
    yield "earlier_above", paths | {"tile/1/000.p/1": bytes(32)}, [("tile_mismatch", 0)]
    yield "earlier_bundle", paths | {"tile/entries/001.p/7": w.bundle(c.entries[256:264])}, [
        ("bundle_mismatch", 256)]
    yield "earlier_bundle_empty", paths | {"tile/entries/002.p/1": b""}, [("bundle_mismatch", 512)]
    unknown = ["tile/0/002.p/89", "tile/0/002", "tile/0/003", "tile/0/000.p/0", "tile/0/000.p/256",
               "tile/0/000.p/07", "tile/00/000", "tile/0/0", "tile/0/x000/001", "tile/2/000.p/1",
               "tile/1/000.p/3", "tile/entries/002.p/89", "tile/entries/x999/x999/999", "tile/64/000",
               "tile/0/001.q/7", "files/sub/file", "notes.txt", "tile/readme", "checkpoint.bak",
               "tile/0/x999/x999/x999/x999/x999/x999/999.p/1"]
    for number, path in enumerate(unknown):
        yield f"unknown_{number:02}", paths | {path: b"x"}, [("file_unknown", WHOLE)]
    yield "unknown_all", paths | {path: b"x" for path in unknown if path != "tile/0/002"}, [
        ("file_unknown", WHOLE)] * (len(unknown) - 1)
    yield "file_mismatch", turned(entry_file, 0), [("file_mismatch", WHOLE)]
    yield "file_name", paths | {"files/readme": b"x"}, [("file_mismatch", WHOLE)]
    yield "file_upper", paths | {"files/" + w.sha256(b"\0").hex().upper(): b"\0"}, [
        ("file_mismatch", WHOLE)]
    yield "file_extra", paths | {"files/" + w.sha256(b"x").hex(): b"x"}, []
    yield from odd_items(paths, entry_file, changed)
    yield "several", changed("tile/0/001", None) | {"x": b"", "files/y": b""}, [
        ("tile_missing", 256), ("file_unknown", WHOLE), ("file_mismatch", WHOLE)]


def odd_items(paths, entry_file, changed):
    """Links, sockets, pipes, odd names, and files that are too large."""
    unknown = [("file_unknown", WHOLE)]
    large = 64 * 1024 * 1024 + 1
    digest = hashlib.sha256(bytes(large)).hexdigest()
    yield "large_named", paths | {"files/" + digest: w.sparse(large)}, unknown
    yield "large_other", paths | {"files/x": w.sparse(large)}, unknown
    digest = hashlib.sha256(bytes(large - 1)).hexdigest()
    yield "large_just_good", paths | {"files/" + digest: w.sparse(large - 1)}, []
    for name, odd in (("socket", w.SOCKET), ("pipe", w.PIPE), ("nowhere", w.link("nowhere")),
                      ("loop", w.link("loop")), ("folder_link", w.link("/"))):
        for place, path in (("there", name), ("in_files", "files/" + name),
                            ("named", "files/" + w.sha256(b"x").hex()), ("earlier", "tile/0/001.p/7")):
            yield f"{name}_{place}", paths | {path: odd}, unknown
        yield name + "_needed", changed("tile/0/001", odd), [("tile_missing", 256)]
        yield name + "_bundle", changed("tile/entries/001", odd), [("bundle_missing", 256)]
    yield "link_good", changed(entry_file, w.link("../copy")) | {"copy": paths[entry_file]}, unknown
    yield "link_wrong", changed("tile/0/001", w.link("../../../log.vkey")), [("tile_width", 256)]
    yield "folder_needed", changed("tile/0/001", w.FOLDER), [("tile_missing", 256)]
    for number, name in enumerate(("tile/0/x000", "tile/0/001.p/7", "empty")):
        yield f"folder_{number}", paths | {name: w.FOLDER}, []
    for number, name in enumerate(("new\nline", "tile/0/001\n", " ", "\x7f", "\udcff", "ң", "Checkpoint",
                                   "x" * 200)):
        yield f"name_{number}", paths | {name: b""}, unknown
    yield "name_in_files", paths | {"files/\n": b""}, [("file_mismatch", WHOLE)]
    yield "path_200", paths | {"x/" * 99 + "xy": b""}, unknown
    yield "path_201", paths | {"x/" * 100 + "x": b""}, unknown
    yield "path_too_deep", paths | {"x/" * 500 + "x": b"", "x/" * 500 + "y": b""}, unknown


def listed(findings):
    return [{"code": code, "index": index} for code, index in findings]


def cases():
    """(name, paths, expected) of the whole corpus, good ledgers among them."""
    sample = w.pad_with_notices(w.sample_campaign(), 600)
    yield "good", sample.paths(), []
    for point in POINT_DAMAGES:
        c = damaged_campaign(point)
        yield "entries_" + point, c.paths(), c.expected
    for name, c in (*genesis_cases(), ("canonical", canonical_case()), ("fields", fields_case()),
                    ("tally_file", missing_tally_file()), ("sealed_4928", sealed_case(22, True)),
                    ("sealed_4992", sealed_case(23, False))):
        yield name, c.paths(), c.expected
    small = genesis_case(None)
    for name, code, data in checkpoint_cases(small):
        found = [(code, WHOLE)] if code else []
        yield "checkpoint_" + name, small.paths() | {"checkpoint": data}, listed(found)
    for name, paths, findings in folder_cases(sample):
        yield "folder_" + name, paths, listed(findings)


def in_order(expected):
    return sorted(expected, key=lambda finding: (finding["index"], finding["code"]))


def write_corpus(folder):
    for name, paths, expected in cases():
        w.write_folder(os.path.join(folder, name), paths)
        with open(os.path.join(folder, name, "expected.json"), "w", encoding="utf-8") as file:
            json.dump(in_order(expected), file, indent=1)
