#!/usr/bin/python3
"""Write ledgers for tests, from server/ledger/PROTOCOL.md; nothing here is shared with recount.py.

    ledger_writer.py DIR              a good sample: DIR/ledger and DIR/log.vkey
    ledger_writer.py --damaged DIR    the corpus: DIR/<name>/{ledger,log.vkey,expected.json}
    ledger_writer.py --vectors FILE   the test vectors (server/ledger/vectors.json)

All keys come from fixed labels and all randomness from hashes, so the bytes never change. The keys
are worthless outside tests.
"""

import base64
import functools
import hashlib
import hmac
import json
import os
import socket
import sys
from fractions import Fraction

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "ledger.example/sample"
START = 1700000000
HOUR = 3600
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fixed(label):
    """32 bytes that depend on the label alone."""
    return sha256(b"dauys test\n" + label.encode())


# ---- Keys ----

class Ed25519Key:
    def __init__(self, label):
        self.secret = fixed("ed25519 " + label)
        self.private = Ed25519PrivateKey.from_private_bytes(self.secret)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.spki = bytes.fromhex("302a300506032b6570032100") + self.public
        self.id = sha256(self.spki)[:8].hex()

    def sign(self, message):
        return self.private.sign(message)


class P256Key:
    """A P-256 key whose ECDSA nonce is a hash of secret and message."""

    def __init__(self, label):
        self.secret = fixed("p256 " + label)
        self.scalar = int.from_bytes(self.secret, "big")
        self.private = ec.derive_private_key(self.scalar, ec.SECP256R1())
        self.point = p256_point(self.private)
        self.spki = self.private.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.id = sha256(self.spki)[:8].hex()

    def sign(self, message):
        nonce = int.from_bytes(sha256(self.secret + message), "big") % P256_ORDER
        point = ec.derive_private_key(nonce, ec.SECP256R1()).public_key().public_numbers()
        r = point.x % P256_ORDER
        s = (int.from_bytes(sha256(message), "big") + r * self.scalar) * pow(nonce, -1, P256_ORDER)
        return r.to_bytes(32, "big") + (s % P256_ORDER).to_bytes(32, "big")


def p256_point(private):
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def first_prime(label):
    """The first 1024-bit prime from a labelled place on that suits e = 65537."""
    start = b"".join(fixed(f"{label} {i}") for i in range(4))
    candidate = int.from_bytes(start, "big") | 3 << 1022 | 1
    small = [p for p in range(3, 2000, 2) if all(p % d for d in range(3, p, 2) if d * d <= p)]
    while (any(candidate % p == 0 for p in small) or (candidate - 1) % 65537 == 0
           or any(pow(base, candidate - 1, candidate) != 1 for base in (2, 3, 5))):
        candidate += 2
    return candidate


def der(tag, body):
    length = len(body)
    size = bytes([length]) if length < 128 else (
        b"\x81" + bytes([length]) if length < 256 else b"\x82" + length.to_bytes(2, "big"))
    return bytes([tag]) + size + body


def rsa_spki(modulus, exponent=65537):
    numbers = [n.to_bytes(n.bit_length() // 8 + 1, "big") for n in (modulus, exponent)]
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    return der(0x30, algorithm + der(3, b"\0" + der(0x30, b"".join(der(2, n) for n in numbers))))


def mgf1(seed, length):
    blocks = (hashlib.sha384(seed + i.to_bytes(4, "big")).digest() for i in range(-(-length // 48)))
    return b"".join(blocks)[:length]


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


class RsaKey:
    """A 2048-bit RSA key that signs with PSS; the salt is a hash of the message."""

    def __init__(self, label):
        self.p, self.q = first_prime(f"rsa p {label}"), first_prime(f"rsa q {label}")
        self.modulus = self.p * self.q
        self.secret_exponent = pow(65537, -1, (self.p - 1) * (self.q - 1))
        self.spki = rsa_spki(self.modulus)
        self.id = sha256(self.spki)[:8].hex()

    def sign(self, message, salt_length=48):
        digest = hashlib.sha384(message).digest()
        salt = hashlib.sha384(b"salt" + message).digest()[:salt_length]
        hashed = hashlib.sha384(bytes(8) + digest + salt).digest()
        block = bytes(256 - 48 - salt_length - 2) + b"\1" + salt
        masked = bytearray(xor(block, mgf1(hashed, len(block))))
        masked[0] &= 0x7f
        return self.private_operation(bytes(masked) + hashed + b"\xbc")

    def private_operation(self, block):
        number = int.from_bytes(block, "big")
        mp = pow(number, self.secret_exponent % (self.p - 1), self.p)
        mq = pow(number, self.secret_exponent % (self.q - 1), self.q)
        root = mq + self.q * ((mp - mq) * pow(self.q, -1, self.p) % self.p)
        return root.to_bytes(256, "big")


@functools.lru_cache(maxsize=None)
def ed25519_key(label):
    return Ed25519Key(label)


@functools.lru_cache(maxsize=None)
def p256_key(label):
    return P256Key(label)


@functools.lru_cache(maxsize=None)
def rsa_key(label):
    return RsaKey(label)


# ---- Sealing (HPKE base mode) ----

def labeled_extract(suite, salt, label, secret):
    return hmac.new(salt, b"HPKE-v1" + suite + label + secret, hashlib.sha256).digest()


def labeled_expand(suite, key, label, info, length):
    text = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info + b"\1"
    return hmac.new(key, text, hashlib.sha256).digest()[:length]


def hpke_seal(point, info, aad, plaintext, ephemeral):
    """(enc, ct) to this public point with this ephemeral P256Key."""
    suite, kem = b"HPKE\0\x10\0\1\0\2", b"KEM\0\x10"
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    prk = labeled_extract(kem, b"", b"eae_prk", ephemeral.private.exchange(ec.ECDH(), public))
    shared = labeled_expand(kem, prk, b"shared_secret", ephemeral.point + point, 32)
    context = (b"\0" + labeled_extract(suite, b"", b"psk_id_hash", b"")
               + labeled_extract(suite, b"", b"info_hash", info))
    secret = labeled_extract(suite, shared, b"secret", b"")
    key = labeled_expand(suite, secret, b"key", context, 32)
    nonce = labeled_expand(suite, secret, b"base_nonce", context, 12)
    return ephemeral.point, AESGCM(key).encrypt(nonce, plaintext, aad)


# ---- Tree, notes, folder ----

def leaf_hash(entry):
    return sha256(b"\0" + entry)


def tree_hash(leaves):
    """RFC 6962 §2.1, as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + tree_hash(leaves[:split]) + tree_hash(leaves[split:]))


def inclusion_proof(index, leaves):
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return inclusion_proof(index, leaves[:split]) + [tree_hash(leaves[split:])]
    return inclusion_proof(index - split, leaves[split:]) + [tree_hash(leaves[:split])]


def note_key_id(name, public, kind=1):
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def verifier_key(name, key):
    return f"{name}+{note_key_id(name, key.public).hex()}+{b64(bytes([1]) + key.public)}"


def signature_line(text, name, key):
    return f"— {name} {b64(note_key_id(name, key.public) + key.sign(text.encode()))}\n"


def checkpoint_text(origin, size, root):
    return f"{origin}\n{size}\n{b64(root)}\n"


def tile_name(level, number, width):
    path = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        path = f"x{number % 1000:03}/{path}"
    return f"tile/{level}/{path}" + (f".p/{width}" if width < 256 else "")


def bundle(entries):
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def folder_files(entries, files, origin=ORIGIN, size=None, root=None):
    """{path: bytes} of a whole ledger folder; size and root only to sign wrong ones."""
    leaves = [leaf_hash(entry) for entry in entries]
    paths = {"files/" + name: data for name, data in files.items()}
    for first in range(0, len(entries), 256):
        part = entries[first:first + 256]
        paths[tile_name("entries", first // 256, len(part))] = bundle(part)
    level, hashes = 0, leaves
    while hashes:
        for first in range(0, len(hashes), 256):
            part = hashes[first:first + 256]
            paths[tile_name(level, first // 256, len(part))] = b"".join(part)
        full = range(0, len(hashes) - 255, 256)
        level, hashes = level + 1, [tree_hash(hashes[i:i + 256]) for i in full]
    text = checkpoint_text(origin, size or len(entries), root or tree_hash(leaves))
    note = text + "\n" + signature_line(text, origin, ed25519_key("log"))
    paths["checkpoint"] = note.encode()
    return paths


class Odd:
    """What a folder may hold beside files of some bytes; `make` makes it at a path."""

    def __init__(self, make):
        self.make = make


def link(target):
    return Odd(lambda path: os.symlink(target, path))


def sparse(size):
    """A file of so many zero bytes, which take no room."""
    def make(path):
        with open(path, "wb") as file:
            file.truncate(size)
    return Odd(make)


def socket_file(path):
    """A socket by its path, which may be longer than an address may be."""
    here = os.open(os.path.dirname(path), os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{here}/{os.path.basename(path)}")
    os.close(here)


SOCKET, PIPE, FOLDER = Odd(socket_file), Odd(os.mkfifo), Odd(os.mkdir)


def write_folder(folder, paths, vkey=None):
    """Write FOLDER/ledger and FOLDER/log.vkey."""
    for path, data in paths.items():
        full = os.path.join(folder, "ledger", path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if isinstance(data, Odd):
            data.make(full)
            continue
        with open(full, "wb") as file:
            file.write(data)
    with open(os.path.join(folder, "log.vkey"), "w", encoding="utf-8") as file:
        file.write((vkey or verifier_key(ORIGIN, ed25519_key("log"))) + "\n")


def receipt(entries, index, note):
    leaves = [leaf_hash(entry) for entry in entries]
    lines = ["c2sp.org/tlog-proof@v1", f"extra {b64(entries[index])}", f"index {index}"]
    lines += [b64(node) for node in inclusion_proof(index, leaves)]
    return ("\n".join(lines) + "\n\n").encode() + note


# ---- A campaign ----

BALLOTS = {
    "edu": {"method": "choose"},
    "health": {"method": "approve", "at_most": 2},
    "eco": {"method": "points", "sum": 10},
    "sport": {"method": "rank", "at_most": 3, "weights": [5, 3, 1]},
    "art": {"method": "score", "at_most": 3, "least": 1, "most": 5,
            "criteria": [{"id": "effect", "weight": 3, "title": "Effect"},
                         {"id": "reach", "weight": 2, "title": "Reach"}]},
}
RULES = {
    "title": "Sample", "public": True,
    "phases": [{"id": name} for name in ("nomination", "screening", "evaluation", "publication")],
    "categories": [{"id": cat, "title": cat, "ballot": ballot} for cat, ballot in BALLOTS.items()],
    "max_rev": 3,
    "tie_breaks": ["voters", "lot"],
}
REGISTER = ('name,id\r\n"Clean, green ""water""",n1\r\nSchool,n2\n\nTwo\tlines,"n3"\n'
            '"line\nbreak",n4\r\nҚазақ,"n,5"').encode()
STAFF = {
    "ann": ("administrator", "demo-ann"), "bob": ("administrator", "demo-bob"),
    "ann2": ("administrator", "demo-ann"), "eve": ("moderator", "demo-eve"),
    "olga": ("operator", "demo-olga"), "leo": ("administrator", "demo-leo"),
}
ADMINISTRATORS = ("ann", "bob")
COUNTS = ("issued", "cast", "superseded", "spoiled", "void")


def key_pop(origin, use, cat, key):
    return key.sign(f"{origin}\nkey-pop/v1\n{use}\n{cat}\n".encode() + key.spki)


@functools.lru_cache(maxsize=None)
def pass_token(label, origin, cat, pk, pre, salt_length=48):
    message = pre + f"ballot-pass/v1\n{origin}\n{cat}\n".encode() + pk
    return rsa_key(label).sign(message, salt_length)


class Campaign:
    """A ledger that grows. Entries are made by the *_entry methods, appended by add (a good one) or
    bad (one that must be found, with its code)."""

    def __init__(self, origin=ORIGIN, rules=RULES):
        self.origin, self.rules, self.now = origin, rules, START
        self.entries, self.files, self.expected = [], {}, []
        self.admitted, self.refused = {cat: [] for cat in BALLOTS}, {}
        self.choices, self.upto = {cat: {} for cat in BALLOTS}, None
        self.counts = {cat: dict.fromkeys(COUNTS, 0) for cat in BALLOTS}

    def add(self, entry):
        """Append an entry, or the bytes of one, and return its index."""
        self.entries.append(entry if isinstance(entry, bytes) else canonical(entry))
        return len(self.entries) - 1

    def bad(self, code, entry):
        self.expected.append({"code": code, "index": self.add(entry)})

    def file(self, data):
        name = sha256(data).hex()
        self.files[name] = data
        return name

    def paths(self):
        return folder_files(self.entries, self.files, self.origin)

    # -- making entries

    def own_entry(self, kind, **fields):
        return {"v": 1, "t": kind, "at": self.now} | fields

    def sign(self, entry, *names):
        """The entry with the signatures of these keys, staff's or the registrar's."""
        body = {key: value for key, value in entry.items() if key not in ("at", "sig", "sigs")}
        text = f"{self.origin}\n{entry['t']}/v1\n".encode() + canonical(body)
        sigs = [{"k": ed25519_key(n).id, "s": b64(ed25519_key(n).sign(text))} for n in names]
        return entry | {"sigs": sorted(sigs, key=lambda item: item["k"])}

    def staff_entry(self, kind, names=ADMINISTRATORS, **fields):
        fields = {"seen": len(self.entries)} | fields
        return self.sign(self.own_entry(kind, **fields), *names)

    def genesis_entry(self, staff=None, **changes):
        keys = [{"key": b64(ed25519_key(name).spki), "person": person, "role": role,
                 "pop": b64(key_pop(self.origin, "staff", "", ed25519_key(name)))}
                for name, (role, person) in (staff or STAFF).items()]
        rules = self.file(json.dumps(self.rules, indent=1).encode())
        return self.own_entry("genesis", origin=self.origin, rules=rules, staff=keys, demo=1) | changes

    def key_entry(self, use, key, cat="", names=ADMINISTRATORS, **changes):
        fields = {"use": use, "id": key.id, "key": b64(key.spki),
                  "pop": b64(key_pop(self.origin, use, cat, key))} | ({"cat": cat} if cat else {})
        return self.staff_entry("key", names, **(fields | changes))

    def phase_entry(self, phase, act, names=ADMINISTRATORS, **fields):
        fields = {"phase": phase, "act": act, "why": "as planned"} | fields
        return self.staff_entry("phase", names, **fields)

    def own_phase_entry(self, phase, act):
        return self.own_entry("phase", phase=phase, act=act)

    def register_entry(self, data, count, names=("ann",)):
        return self.staff_entry("register", names, set=self.file(data), n=count)

    def nominate_entry(self, cat, ngo, person, names=("registrar",)):
        return self.sign(self.own_entry("nominate", cat=cat, ngo=ngo, p=b64(fixed("n " + person)),
                                        c=b64(fixed(f"why {cat} {ngo} {person}"))), *names)

    def moderate_entry(self, ref, decision, names=("eve",)):
        return self.staff_entry("moderate", names, ref=ref, d=decision, c=b64(fixed("reason")))

    def amend_entry(self, ref, text="completed", names=("registrar",)):
        return self.sign(self.own_entry("amend", ref=ref, c=b64(fixed(text))), *names)

    def merge_entry(self, ref, into, names=("eve",)):
        return self.staff_entry("moderate", names, ref=ref, d="merge", into=into,
                                c=b64(fixed("same organisation")))

    def erase_entry(self, ref, basis="consent", names=("ann",)):
        return self.staff_entry("erase", names, ref=ref, basis=basis)

    def issue_entry(self, cat, person, names=("registrar",), key=None):
        return self.sign(self.own_entry(
            "issue", cat=cat, ik=(key or rsa_key(cat)).id, p=b64(fixed("pass " + person)),
            bh=b64(fixed(f"blinded {cat} {person}"))), *names)

    def void_entry(self, ref, names=ADMINISTRATORS):
        return self.staff_entry("void", names, ref=ref, c=b64(fixed("why void")))

    def notice_entry(self, text, names=("bob",), **changes):
        return self.staff_entry("notice", names, text=text, **changes)

    def mark_entry(self):
        return self.own_entry("mark")

    def unseal_entry(self, **changes):
        key = p256_key("seal")
        return self.own_entry("unseal", k=key.id, sk=b64(key.secret)) | changes

    def ballot_entry(self, cat, voter, plaintext, rev=1, **changes):
        """A ballot with this plaintext, padded; `changes` are made before it is signed."""
        own, pre = ed25519_key(f"pass {cat} {voter}"), fixed(f"pre {cat} {voter}")
        aad = canonical({"cat": cat, "pk": b64(own.public), "rev": changes.pop("aad_rev", rev)})
        enc, ct = hpke_seal(p256_key("seal").point, f"ballot-seal/v1\n{self.origin}\n".encode(), aad,
                            plaintext.ljust(self.sealed_length(cat)),
                            p256_key(f"seal {cat} {voter} {rev}"))
        entry = {"v": 1, "t": "ballot", "cat": cat, "ik": rsa_key(cat).id, "pk": b64(own.public),
                 "pre": b64(pre), "rev": rev, "enc": b64(enc), "ct": b64(ct),
                 "tok": b64(pass_token(cat, self.origin, cat, own.public, pre))} | changes
        text = f"{self.origin}\nballot/v1\n".encode() + canonical(entry)
        return entry | {"sig": b64(own.sign(text))}

    def sealed_length(self, cat):
        ballot, nominees = BALLOTS[cat], self.admitted[cat]
        digits = max(len(str(n)) for n in nominees)
        most = min(ballot.get("at_most", 1), len(nominees))
        extra = {
            "choose": digits,
            "approve": most * (digits + 3),
            "rank": most * (digits + 3),
            "points": min(ballot.get("sum", 0), len(nominees)) * (digits + 4 + 2),
            "score": most * (digits + 6 + (6 + 4 + 1) + (5 + 4 + 1)),
        }[ballot["method"]]
        return -(-(24 + extra) // 64) * 64

    # -- voting and counting

    def issue(self, cat, person):
        self.counts[cat]["issued"] += 1
        return self.add(self.issue_entry(cat, person))

    def vote(self, cat, voter, choice, rev=1):
        """A good ballot; the choice uses 0, 1, 2 for the admitted nominees."""
        names = [str(n) for n in self.admitted[cat]]
        member, value = choice
        if member == "c":
            value = names[value]
        elif member in "ao":
            value = [names[i] for i in value]
            value = sorted(value) if member == "a" else value
        else:
            value = {names[i]: mark for i, mark in value.items()}
        plain = canonical({"m": BALLOTS[cat]["method"], member: value})
        self.counts[cat]["cast"] += 1
        self.counts[cat]["superseded"] += voter in self.choices[cat]
        self.choices[cat][voter] = value
        return self.add(self.ballot_entry(cat, voter, plain, rev))

    def spoil(self, cat, voter, plaintext, changes):
        """A ballot that is logged but not counted."""
        self.counts[cat]["cast"] += 1
        self.counts[cat]["spoiled"] += 1
        return self.add(self.ballot_entry(cat, voter, plaintext, **changes))

    def void(self, cat, voter, ref):
        """Set aside a pass whose last ballot was counted until now."""
        self.counts[cat]["void"] += 1
        del self.choices[cat][voter]
        return self.add(self.void_entry(ref))

    def tally(self, cat):
        """The tally file's object, from the choices that the writer itself made."""
        ballot, counts, pairs, voters = BALLOTS[cat], {}, {}, {}
        for value in self.choices[cat].values():
            count_choice(ballot["method"], value, counts, pairs, voters)
        root = tree_hash([leaf_hash(entry) for entry in self.entries[:self.upto + 1]])
        rows = []
        for nominee in self.admitted[cat]:
            score = score_of(ballot, counts.get(str(nominee), {}))
            lot = sha256(f"lot/v1\n{self.origin}\n{cat}\n{nominee}\n".encode() + root)
            rows.append((-score, -voters.get(str(nominee), 0), lot, nominee))
        ranking = [{"nominee": str(nominee), "place": place, "score": str(-score), "voters": -more}
                   for place, (score, more, _, nominee) in enumerate(sorted(rows), start=1)]
        tally = {"v": 1, "origin": self.origin, "cat": cat, "upto": self.upto, "counts": counts,
                 "counted": len(self.choices[cat]), "ranking": ranking} | self.counts[cat]
        return tally | ({"pairs": pairs} if ballot["method"] == "rank" else {})

    def tally_entry(self, cat, **changes):
        tally = self.tally(cat)
        named = {name: tally[name] for name in ("cat", "upto", *COUNTS)}
        return self.own_entry("tally", result=self.file(canonical(tally)), **named) | changes


def count_choice(method, value, counts, pairs, voters):
    """Add one choice to the histograms, the pairs and the voters."""
    if method == "score":
        marks = [(nominee, criterion, mark) for nominee, given in value.items()
                 for criterion, mark in given.items()]
    elif method == "points":
        marks = [(nominee, "points", mark) for nominee, mark in value.items()]
    elif method == "rank":
        marks = [(nominee, "rank", place) for place, nominee in enumerate(value, start=1)]
        for i, ahead in enumerate(value):
            for behind in value[i + 1:]:
                row = pairs.setdefault(ahead, {})
                row[behind] = row.get(behind, 0) + 1
    else:
        marks = [(nominee, "votes", 1) for nominee in ([value] if method == "choose" else value)]
    for nominee, criterion, mark in marks:
        row = counts.setdefault(nominee, {}).setdefault(criterion, {})
        row[str(mark)] = row.get(str(mark), 0) + 1
    for nominee in {mark[0] for mark in marks}:
        voters[nominee] = voters.get(nominee, 0) + 1


def score_of(ballot, counts):
    if ballot["method"] == "score":
        total, weights = Fraction(0), 0
        for criterion in ballot["criteria"]:
            row = counts.get(criterion["id"], {})
            values = [int(value) for value, times in row.items() for _ in range(times)]
            weights += criterion["weight"]
            if values:
                total += Fraction(criterion["weight"] * sum(values), len(values))
        return total / weights
    score = Fraction(0)
    for row in counts.values():
        for value, times in row.items():
            worth = ballot["weights"][int(value) - 1] if ballot["method"] == "rank" else int(value)
            score += worth * times
    return score


# ---- The sample campaign ----

VOTES = {
    "edu": [("c", 0), ("c", 1), ("c", 1), ("c", 0), ("c", 2)],
    "health": [("a", [0, 1]), ("a", [1]), ("a", [2, 0]), ("a", [1, 2])],
    "eco": [("p", {0: 7, 1: 3}), ("p", {2: 10}), ("p", {1: 1, 0: 1, 2: 1}), ("p", {1: 6})],
    "sport": [("o", [2, 0, 1]), ("o", [1]), ("o", [0, 2]), ("o", [2, 1, 0])],
    "art": [("s", {0: {"effect": 4, "reach": 1}, 1: {"effect": 5}}), ("s", {2: {"reach": 5}}),
            ("s", {1: {"effect": 2, "reach": 2}, 0: {"reach": 3}, 2: {"effect": 1}})],
}


def spoiled_ballots(c):
    """(category, plaintext, changes of the entry) of ballots that are logged but not counted."""
    edu, health, eco, sport, art = ([str(n) for n in c.admitted[cat]] for cat in BALLOTS)
    a, b, d = sorted(health)
    refused, other = str(c.refused["edu"]), health[0]
    point = p256_key("seal").point
    return [
        ("edu", b'{"c":"%s","m":"choose"}' % refused.encode(), {}),
        ("edu", b'{"c":"%s","m":"choose"}' % other.encode(), {}),
        ("edu", b'{"c":"0%s","m":"choose"}' % edu[0].encode(), {}),
        ("edu", b'{"c":%s,"m":"choose"}' % edu[0].encode(), {}),
        ("edu", b'{"m":"choose","c":"%s"}' % edu[0].encode(), {}),
        ("edu", b'{"c":"%s", "m":"choose"}' % edu[0].encode(), {}),
        ("edu", b' {"c":"%s","m":"choose"}' % edu[0].encode(), {}),
        ("edu", b'{"c":"%s","m":"choose"} \n' % edu[0].encode(), {}),
        ("edu", b'{"c":"%s","m":"choose","x":1}' % edu[0].encode(), {}),
        ("edu", b'{"a":["%s"],"m":"approve"}' % edu[0].encode(), {}),
        ("edu", b'["%s"]' % edu[0].encode(), {}),
        ("edu", b"", {}),
        ("edu", b'{"c":"%s","m":"choose"}' % edu[0].encode(), {"aad_rev": 2}),
        ("edu", b'{"c":"%s","m":"choose"}' % edu[0].encode(), {"enc": b64(b"\4" + bytes(64))}),
        ("edu", b'{"c":"%s","m":"choose"}' % edu[0].encode(),
         {"enc": b64(bytes([6 + point[-1] % 2]) + point[1:])}),
        ("health", canonical({"a": [], "m": "approve"}), {}),
        ("health", canonical({"a": [a, b, d], "m": "approve"}), {}),
        ("health", canonical({"a": [b, a], "m": "approve"}), {}),
        ("health", canonical({"a": [a, a], "m": "approve"}), {}),
        ("health", canonical({"a": a, "m": "approve"}), {}),
        ("eco", canonical({"m": "points", "p": {}}), {}),
        ("eco", canonical({"m": "points", "p": {eco[0]: 0}}), {}),
        ("eco", canonical({"m": "points", "p": {eco[0]: 6, eco[1]: 5}}), {}),
        ("eco", canonical({"m": "points", "p": {eco[0]: "1"}}), {}),
        ("eco", canonical({"m": "points", "p": {eco[0]: 1, "1": 1}}), {}),
        ("sport", canonical({"m": "rank", "o": []}), {}),
        ("sport", canonical({"m": "rank", "o": [sport[0], sport[0]]}), {}),
        ("sport", canonical({"m": "rank", "o": [sport[0], refused]}), {}),
        ("sport", canonical({"m": "rank", "o": [[sport[0]]]}), {}),
        ("art", canonical({"m": "score", "s": {}}), {}),
        ("art", canonical({"m": "score", "s": {art[0]: {}}}), {}),
        ("art", canonical({"m": "score", "s": {art[0]: {"effect": 0}}}), {}),
        ("art", canonical({"m": "score", "s": {art[0]: {"effect": 6}}}), {}),
        ("art", canonical({"m": "score", "s": {art[0]: {"cost": 3}}}), {}),
        ("art", canonical({"m": "score", "s": {art[0]: 3}}), {}),
    ]


def sample_campaign(hook=lambda point, campaign: None):
    """A good campaign from genesis to tallies. `hook(point, campaign)` may add entries at named
    points (see the calls of hook)."""
    c = Campaign()
    prepare(c, hook)
    nominate(c, hook)
    hold_evaluation(c, hook)
    publish(c, hook)
    return c


def prepare(c, hook):
    """Genesis, keys, register and the schedule of nomination."""
    c.add(c.genesis_entry())
    c.add(c.key_entry("registrar", ed25519_key("registrar")))
    c.add(c.key_entry("seal", p256_key("seal")))
    for cat in BALLOTS:
        c.add(c.key_entry("pass", rsa_key(cat), cat))
    c.add(c.key_entry("staff", ed25519_key("max"), role="moderator", person="demo-max"))
    c.add(c.staff_entry("revoke", id=ed25519_key("leo").id, why="lost \"card\" \\ Қазақша"))
    c.add(c.register_entry(b"id\nn0\n", 1))
    c.now += 60
    hook("keys", c)
    c.add(c.register_entry(REGISTER, 5))
    c.add(c.phase_entry("nomination", "schedule", opens=START + HOUR, closes=START + 3 * HOUR))
    c.add(c.phase_entry("nomination", "schedule", opens=START + HOUR, closes=START + 2 * HOUR,
                        no="decision 7"))
    hook("scheduled", c)


def nominate(c, hook):
    """Nomination and screening; evaluation is scheduled before the last nominee is decided."""
    c.now = START + HOUR
    c.add(c.own_phase_entry("nomination", "open"))
    c.add(c.phase_entry("nomination", "extend", closes=START + 4 * HOUR, no="decision 8"))
    nominees = {cat: [c.add(c.nominate_entry(cat, ngo, "p1")) for ngo in ("n1", "n2", "n3", "n,5")]
                for cat in BALLOTS}
    c.add(c.nominate_entry("edu", "n1", "p2"))
    hook("nominating", c)
    c.add(c.phase_entry("nomination", "pause"))
    hook("paused", c)
    c.add(c.phase_entry("nomination", "resume"))
    c.now = START + 4 * HOUR
    hook("nomination_over", c)
    c.add(c.own_phase_entry("nomination", "close"))
    c.add(c.phase_entry("screening", "schedule", opens=c.now + HOUR, closes=c.now + 2 * HOUR))
    c.add(c.phase_entry("screening", "open"))
    hook("screening", c)
    for cat, (first, second, third, last) in nominees.items():
        c.add(c.moderate_entry(first, "return"))
        c.add(c.amend_entry(first))
        c.admitted[cat] = [first, second, third]
        for nominee in c.admitted[cat]:
            c.add(c.moderate_entry(nominee, "admit", ("max",)))
        c.refused[cat] = last
        if cat == "health":
            c.add(c.moderate_entry(last, "withdraw", ("bob",)))
        elif cat == "sport":
            c.add(c.merge_entry(last, first))
        elif cat != "edu":
            c.add(c.moderate_entry(last, "refuse", ("eve", "max")))
    c.add(c.moderate_entry(c.refused["art"], "reopen", ("eve", "max")))
    c.add(c.moderate_entry(c.refused["art"], "refuse", ("ann", "max")))
    c.add(c.erase_entry(c.admitted["edu"][0]))
    c.now += 2 * HOUR
    hook("screening_over", c)
    c.add(c.own_phase_entry("screening", "close"))
    c.add(c.phase_entry("evaluation", "schedule", opens=c.now, closes=c.now + 9 * HOUR))
    hook("unready", c)
    c.add(c.moderate_entry(c.refused["edu"], "refuse", ("ann", "eve")))
    hook("due", c)


def hold_evaluation(c, hook):
    """Passes and ballots."""
    c.add(c.own_phase_entry("evaluation", "open"))
    c.voidable = {}
    for cat, votes in VOTES.items():
        for number, choice in enumerate(votes):
            c.issue(cat, f"v{number}")
            if number == 0:
                c.vote(cat, "v0", votes[-1])
            c.vote(cat, f"v{number}", choice, rev=2)
        c.issue(cat, "void")
        c.voidable[cat] = c.vote(cat, "void", votes[0])
    for number, (cat, plaintext, changes) in enumerate(spoiled_ballots(c)):
        c.issue(cat, f"s{number}")
        c.spoil(cat, f"s{number}", plaintext, changes)
    c.issue("edu", "absent")
    hook("voting", c)
    c.now += HOUR
    c.add(c.mark_entry())
    c.void("edu", "void", c.voidable["edu"])
    c.add(c.phase_entry("evaluation", "pause"))
    hook("eval_paused", c)
    c.add(c.phase_entry("evaluation", "resume"))
    hook("voted", c)
    c.now += 8 * HOUR
    hook("overdue", c)
    c.upto = c.add(c.own_phase_entry("evaluation", "close"))


def publish(c, hook):
    """Unsealing and tallies."""
    c.void("art", "void", c.voidable["art"])
    hook("closed", c)
    c.now += HOUR
    c.add(c.unseal_entry())
    hook("unsealed", c)
    for cat in BALLOTS:
        c.add(c.tally_entry(cat))
    c.add(c.phase_entry("publication", "schedule", opens=c.now + HOUR, closes=c.now + 2 * HOUR))
    hook("tallied", c)
    c.add(c.notice_entry("The result is published."))


def pad_with_notices(c, size):
    """Append notices up to a size, so that there are full tiles."""
    while len(c.entries) < size:
        c.add(c.notice_entry(f"notice {len(c.entries)}"))
    return c


# ---- Test vectors ----

def vectors():
    """What server/ledger/vectors.json holds: inputs in the clear, bytes in hex or base64."""
    c = sample_campaign()
    log, seal, own = ed25519_key("log"), p256_key("seal"), ed25519_key("pass edu v0")
    first = [leaf_hash(entry) for entry in c.entries[:5]]
    text = checkpoint_text(c.origin, 5, tree_hash(first))
    note = (text + "\n" + signature_line(text, c.origin, log)).encode()
    index = next(i for i, entry in enumerate(c.entries) if b'"t":"ballot"' in entry)
    ballot = json.loads(c.entries[index])
    signed = canonical({key: value for key, value in ballot.items() if key != "sig"})
    plain = canonical({"c": str(c.admitted["edu"][2]), "m": "choose"}).ljust(64)
    tally, lot_root = c.tally("sport"), fixed("root")
    lot = f"lot/v1\n{c.origin}\nsport\n{c.admitted['sport'][0]}\n".encode()
    pseudonym_key, number = fixed("pseudonym key"), "900101300123"
    return {
        "origin": c.origin,
        "note": {"key_secret": log.secret.hex(), "key_public": log.public.hex(),
                 "key_id": note_key_id(c.origin, log.public).hex(),
                 "verifier_key": verifier_key(c.origin, log), "checkpoint": note.decode(),
                 "entries": [entry.decode() for entry in c.entries[:5]]},
        "receipt": {"index": 3, "proof": receipt(c.entries[:5], 3, note).decode()},
        "keys": [{"use": use, "spki": b64(key.spki), "id": key.id, "cat": cat,
                  "pop": b64(key_pop(c.origin, use, cat, key))}
                 for use, key, cat in (("staff", ed25519_key("ann"), ""), ("seal", seal, ""),
                                       ("registrar", ed25519_key("registrar"), ""),
                                       ("pass", rsa_key("edu"), "edu"))],
        "leaf": {"entry": c.entries[0].decode(), "hash": first[0].hex()},
        "signed_text": {"entry": c.entries[index].decode(), "public": own.public.hex(),
                        "text": (f"{c.origin}\nballot/v1\n".encode() + signed).decode(),
                        "sig": ballot["sig"]},
        "pass": {"spki": b64(rsa_key("edu").spki), "pre": ballot["pre"], "pk": ballot["pk"],
                 "cat": "edu", "tok": ballot["tok"], "message": b64(
                     base64.b64decode(ballot["pre"]) + f"ballot-pass/v1\n{c.origin}\nedu\n".encode()
                     + own.public)},
        "sealed": {"secret": seal.secret.hex(), "point": seal.point.hex(),
                   "ephemeral_secret": p256_key("seal edu v0 1").secret.hex(),
                   "info": f"ballot-seal/v1\n{c.origin}\n", "plaintext": plain.decode(),
                   "aad": canonical({"cat": "edu", "pk": ballot["pk"], "rev": 1}).decode(),
                   "enc": ballot["enc"], "ct": ballot["ct"]},
        "pseudonym": {"key": pseudonym_key.hex(), "person": number,
                      "pass": b64(hmac.new(pseudonym_key, f"{c.origin}\npass\n{number}".encode(),
                                           hashlib.sha256).digest()),
                      "nominate": b64(hmac.new(
                          pseudonym_key, f"{c.origin}\nnominate\n{number}".encode(),
                          hashlib.sha256).digest())},
        "tally": {"file": canonical(tally).decode(), "sha256": sha256(canonical(tally)).hex()},
        "lot": {"cat": "sport", "nominee": str(c.admitted["sport"][0]), "root": lot_root.hex(),
                "hash": sha256(lot + lot_root).hex()},
    }


def main(arguments):
    if len(arguments) == 1:
        write_folder(arguments[0], pad_with_notices(sample_campaign(), 600).paths())
    elif len(arguments) == 2 and arguments[0] == "--vectors":
        with open(arguments[1], "w", encoding="utf-8") as file:
            file.write(json.dumps(vectors(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    elif len(arguments) == 2 and arguments[0] == "--damaged":
        import ledger_damages   # needs this module, so only here
        ledger_damages.write_corpus(arguments[1])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
